// Drawing in SVG: an element with its attributes, and how wide text is.

const FONT = 'system-ui, "DejaVu Sans", Verdana, sans-serif';

function withAttributes(selection, attributes) {
  for (const [name, value] of Object.entries(attributes)) selection.attr(name, value);
  return selection;
}

// A new one within `parent`, as a selection.
const draw = (parent, name, attributes) => withAttributes(parent.append(name), attributes);

// A picture that can be saved as it is.
const picture = (attributes) =>
  withAttributes(d3.create("svg"), {xmlns: "http://www.w3.org/2000/svg", ...attributes});

const measure = document.createElement("canvas").getContext("2d");
function textWidth(text, size = 11, weight = "") {
  measure.font = `${weight} ${size}px ${FONT}`;
  return measure.measureText(text).width;
}

// The words in lines that fit the room.
function wrapped(text, room) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (lines[lines.length - 1] && textWidth(longer) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
