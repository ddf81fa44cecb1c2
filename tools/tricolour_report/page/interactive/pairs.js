// Any combination as the baseline, and the matrix of all pairs. Ratios, intervals and verdicts are
// those of the data; turning a pair round is all that is computed here.

const familyText = ({metric, heap, workloads}) =>
  `${metric}, heap ${heap}: ${workloads.join(", ")}`;
const compared = {family: data.pairs[0], base: 0};

// OTHER / BASE, whichever way round the data has it; null of a combination with itself.
function pairOf(family, base, other) {
  for (const [left, right, value, low, high, shown, runs, needed] of family.pairs) {
    if (left === base && right === other) return {value, low, high, shown, runs, needed};
    if (left === other && right === base) {
      const turned = (end) => (finite(end) ? 1 / end : end);
      return {value: 1 / value, low: turned(high), high: turned(low), shown, runs, needed};
    }
  }
  return null;
}

const three = (value) => value.toFixed(3);
const intervalText = ({low, high}) =>
  finite(low) ? `[${three(low)}, ${three(high)}]` : "no interval";
function verdictText({value, shown, runs, needed}, {better}) {
  if (shown && runs < data.enough)
    return `${value > 1 ? "higher" : "lower"} here, nothing claimed (exploratory)`;
  if (shown) return value > 1 === (better === "higher") ? "better" : "worse";
  return `no difference shown${needed ? `; about ${needed} runs show 2 %` : ""}`;
}

function labelled(label, text, className = "") {
  const cell = element("td", {className, textContent: text});
  cell.dataset.label = label;
  return cell;
}

function pairRow(other, name) {
  const {family, base} = compared;
  const pair = pairOf(family, base, other);
  if (!pair)
    return element(
      "tr",
      {},
      labelled("combination", name, "some-wrap"),
      labelled("ratio [95 %]", other === base ? "1 (baseline)" : "no common block"),
    );
  return element(
    "tr",
    {},
    labelled("combination", name, "some-wrap"),
    labelled("ratio [95 %]", `${three(pair.value)} ${intervalText(pair)}`, "some-wrap"),
    labelled("verdict", verdictText(pair, family), "some-wrap"),
    labelled("runs", String(pair.runs), "number"),
  );
}

// Columns have numbers for names, so that twenty of them fit.
const numbered = (name, place) => `${place + 1}. ${name}`;

function matrixRow(base, name) {
  const {family} = compared;
  const cells = family.names.map((title, other) => {
    const pair = pairOf(family, base, other);
    return labelled(title, pair ? `${three(pair.value)}${pair.shown ? " *" : ""}` : "1", "number");
  });
  return element("tr", {}, labelled("baseline", numbered(name, base)), ...cells);
}

function redrawPairs() {
  const {family, base} = compared;
  fill(
    byId("pairs-family"),
    data.pairs.map((one, place) => [familyText(one), String(place)]),
    String(data.pairs.indexOf(family)),
  );
  fill(
    byId("pairs-base"),
    family.names.map((name, place) => [name, String(place)]),
    String(base),
  );
  const without = family.without.length ? `Without ${family.without.join("; ")}.` : "";
  byId("pairs-better").textContent = `${family.better} is better. ${without}`;
  byId("pairs-rows").replaceChildren(...family.names.map((name, place) => pairRow(place, name)));
  byId("matrix-head").replaceChildren(
    element("th", {textContent: "baseline"}),
    ...family.names.map((name, place) =>
      element("th", {className: "number", title: name, textContent: String(place + 1)}),
    ),
  );
  byId("matrix-rows").replaceChildren(...family.names.map((name, place) => matrixRow(place, name)));
}

if (data.pairs.length) {
  byId("any-baseline").hidden = false;
  byId("pairs-family").addEventListener("change", (event) => {
    const name = compared.family.names[compared.base];
    compared.family = data.pairs[Number(event.target.value)];
    compared.base = Math.max(0, compared.family.names.indexOf(name));
    redrawPairs();
  });
  byId("pairs-base").addEventListener("change", (event) => {
    compared.base = Number(event.target.value);
    redrawPairs();
  });
  redrawPairs();
}
