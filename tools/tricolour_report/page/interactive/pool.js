// The document that the page carries: what `encoding.py` wrote, and the pool of its axes, looks and
// columns, which charts refer to by place.

const data = JSON.parse(await unpacked(document.getElementById("data").textContent));

// The text of compressed bytes that are written in letters (base64).
function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  return new Response(
    new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
}

for (const thing of data.pool) {
  for (const series of [thing.series, ...(Array.isArray(thing) ? thing : [])]) {
    if (series && series.colour) series.colour = painted(series.colour);
  }
}

// What is at a place of the pool; nothing where there is no place.
const thing = (place, otherwise) => (place === undefined ? otherwise : data.pool[place]);

// A column of numbers or names; whole numbers come as differences.
const columns = new Map();
function column(place) {
  if (place === undefined) return null;
  if (!columns.has(place)) {
    const found = data.pool[place];
    const whole = () => running(found.steps).map((value) => value * found.by);
    columns.set(place, Array.isArray(found) ? found : whole());
  }
  return columns.get(place);
}

function running(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}
