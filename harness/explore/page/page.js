// Steps through the counterexample that stands in the page as `report`.
"use strict";

const byId = (id) => document.getElementById(id);
const report = JSON.parse(byId("report").textContent);
const found = report.counterexample;
const start = {thread: "", operation: "", text: "before the first step", heap: found.initial};
const frames = [start, ...found.steps];
const fills = {white: "#ffffff", grey: "#a9a9a9", black: "#222222", free: "none"};
const [arrowInk, rootInk] = ["#444", "#1458a6"];
let at = 0;

function tellWhatWasExplored() {
  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const setting = `${report.barrier} under ${report.protocol}, memory model ${report.memory}`;
  const parts = [
    plural(report.mutators, "mutator"),
    `${plural(report.operations, "operation")} each`,
    `${plural(report.objects, "object")} beside the globals`,
    plural(report.cycles, "cycle"),
    plural(report.mark_threads, "mark thread"),
  ];
  if (report.assists) parts.push("and mutators assist");
  byId("title").textContent = `${setting}: object ${found.lost} is lost`;
  byId("bounds").textContent = `${parts.join(", ")}; ${report.states} states visited`;
  byId("verdict").textContent =
    `From step ${found.broken_at} on nothing would have marked ${found.lost}.`;
}

function listSteps() {
  frames.forEach((frame, number) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const thread = document.createElement("small");
    thread.textContent = [frame.thread, frame.operation].filter(Boolean).join(": ");
    button.append(`${number}. ${frame.text}`, thread);
    button.onclick = () => show(number);
    if (number === found.broken_at) item.className = "broken";
    item.append(button);
    byId("steps").append(item);
  });
}

function draw(parent, name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

function drawPath(svg, d, stroke) {
  draw(svg, "path", {d, fill: "none", stroke, "stroke-width": 2, "marker-end": "url(#tip)"});
}

function drawArrow(svg, from, to, ink, bend) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const end = [to.x - ux * 32, to.y - uy * 32];
  const begin = [from.x + ux * from.r, from.y + uy * from.r];
  const middle = [(begin[0] + end[0]) / 2 - uy * bend, (begin[1] + end[1]) / 2 + ux * bend];
  drawPath(svg, `M${begin} Q${middle} ${end}`, ink);
}

function drawTip(svg) {
  const size = {viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7};
  const tip = draw(draw(svg, "defs", {}), "marker", {id: "tip", ...size, orient: "auto"});
  draw(tip, "path", {d: "M0,0 L10,5 L0,10 z", fill: arrowInk});
}

// Objects stand in a row, mutators below them.
function drawHeap({objects, mutators}) {
  const svg = byId("heap");
  svg.replaceChildren();
  drawTip(svg);
  const apart = 560 / Math.max(1, objects.length - 1);
  const places = new Map(
    objects.map(({name}, number) => [name, {x: 80 + number * apart, y: 100, r: 30}]),
  );
  for (const object of objects) drawSlots(svg, object, places);
  mutators.forEach((mutator, number) => {
    const x = (720 * (number + 1)) / (mutators.length + 1);
    if (mutator.running) drawMutator(svg, mutator, {x, y: 270, r: 22}, places);
  });
  for (const object of objects) drawObject(svg, object, places.get(object.name));
}

function drawSlots(svg, object, places) {
  const from = places.get(object.name);
  object.slots.forEach((target, slot) => {
    const to = places.get(target);
    if (!to) return;
    if (from === to) {
      const [left, right, above] = [from.x - 40, from.x + 40, from.y - 90];
      const end = `${from.x + 14},${from.y - 29}`;
      const loop = `C${left},${above} ${right},${above} ${end}`;
      drawPath(svg, `M${from.x - 14},${from.y - 27} ${loop}`, arrowInk);
    } else {
      const far = Math.abs(to.x - from.x) > 600 / places.size + 60;
      drawArrow(svg, from, to, arrowInk, (far ? 70 : 18) + slot * 24);
    }
  });
}

function drawMutator(svg, {name, roots}, place, places) {
  const box = {x: place.x - 55, y: place.y - 20, width: 110, height: 40, rx: 6};
  draw(svg, "rect", {...box, fill: "#e4eefb", stroke: rootInk});
  drawName(svg, place.x, place.y + 5, "#000", name);
  for (const root of roots) drawArrow(svg, place, places.get(root), rootInk, 8);
}

function drawObject(svg, {name, colour, dirty}, {x, y, r}) {
  const lost = name === found.lost;
  draw(svg, "circle", {
    cx: x,
    cy: y,
    r,
    fill: fills[colour],
    stroke: lost ? "#c62d14" : "#222",
    "stroke-width": lost ? 4 : 2,
    "stroke-dasharray": colour === "free" ? "5 4" : "none",
  });
  drawName(svg, x, y + 5, colour === "black" ? "#fff" : "#222", name);
  drawName(svg, x, y + 48, "#555", colour + (dirty ? ", card dirty" : ""));
}

function drawName(svg, x, y, fill, name) {
  draw(svg, "text", {x, y, "text-anchor": "middle", fill}, name);
}

const COLUMNS = {
  "": ({name}) => name,
  roots: ({roots}) => roots.join(", "),
  "shade buffer": (mutator) => mutator.shade_buffer.join(", "),
  "store buffer": (mutator) => mutator.store_buffer.join("; "),
  "under way": ({operation}) => operation,
  barrier: ({marking}) => (marking ? "on" : "off"),
  "own roots scanned": (mutator) => (mutator.roots_scanned ? "yes" : "no"),
};

function tableOf(mutators) {
  const table = document.createElement("table");
  const addRow = (kind, texts) => {
    const row = table.insertRow();
    for (const text of texts) {
      const cell = document.createElement(kind);
      cell.textContent = text;
      row.append(cell);
    }
  };
  addRow("th", Object.keys(COLUMNS));
  for (const mutator of mutators.filter(({running}) => running))
    addRow(
      "td",
      Object.values(COLUMNS).map((write) => write(mutator)),
    );
  return table;
}

function factsOf({cycle, phase, grey_set: grey, pending}) {
  const facts = document.createElement("p");
  facts.textContent =
    `cycle ${cycle}, ${phase}; grey set {${grey.join(", ")}}; ` +
    `read, not yet marked {${pending.join(", ")}}`;
  return facts;
}

function show(number) {
  const last = frames.length - 1;
  at = Math.max(0, Math.min(last, number));
  const {thread, operation, text, heap} = frames[at];
  byId("position").textContent = `step ${at} of ${last}`;
  byId("what").textContent = [thread, operation, text].filter(Boolean).join(": ");
  byId("what").className = at === found.broken_at ? "warning" : "";
  drawHeap(heap);
  byId("threads").replaceChildren(factsOf(heap), tableOf(heap.mutators));
  const items = [...byId("steps").children];
  items.forEach((item, place) => item.classList.toggle("current", place === at));
  items[at].scrollIntoView({block: "nearest"});
  for (const id of ["first", "back"]) byId(id).disabled = at === 0;
  for (const id of ["next", "last"]) byId(id).disabled = at === last;
}

function listen() {
  const moves = {
    first: ["Home", () => 0],
    back: ["ArrowLeft", () => at - 1],
    next: ["ArrowRight", () => at + 1],
    last: ["End", () => frames.length - 1],
  };
  for (const [id, [, target]] of Object.entries(moves)) byId(id).onclick = () => show(target());
  document.addEventListener("keydown", (event) => {
    const move = Object.values(moves).find(([key]) => key === event.key);
    if (!move) return;
    event.preventDefault();
    show(move[1]());
  });
}

tellWhatWasExplored();
listSteps();
listen();
show(0);
