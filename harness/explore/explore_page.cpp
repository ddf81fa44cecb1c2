// The page that steps through a counterexample: one file, no network.
#include <fmt/format.h>

#include "harness/explore/explore_report.hpp"

namespace tricolour {
namespace {

constexpr const char* head = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A lost object</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.2rem auto; max-width: 76rem; padding: 0 1rem; color: #1c1c1c; background: #fff; }
h1 { font-size: 1.25rem; margin: 0 0 .3rem; } p { margin: .2rem 0; }
main { display: grid; grid-template-columns: minmax(18rem, 2fr) minmax(0, 3fr); gap: 1.4rem; margin-top: 1rem; }
ol { list-style: none; margin: 0; padding: 0; max-height: 34rem; overflow-y: auto; border: 1px solid #ccc; }
ol button { display: block; width: 100%; text-align: left; font: inherit; border: 0; border-left: 4px solid transparent; background: none; padding: .25rem .5rem; cursor: pointer; }
ol button small { color: #555; display: block; }
ol .current button { border-left-color: #1458a6; background: #e4eefb; font-weight: 600; } ol .broken button { background: #fde8e4; }
svg { width: 100%; height: auto; box-sizing: border-box; border: 1px solid #ccc; } svg text { font: 14px system-ui, sans-serif; }
nav { margin: .6rem 0; display: flex; gap: .4rem; align-items: center; } nav button { font: inherit; padding: .2rem .8rem; }
table { border-collapse: collapse; margin-top: .6rem; } td, th { border: 1px solid #ccc; padding: .2rem .5rem; text-align: left; vertical-align: top; }
#threads { overflow-x: auto; } .warning { color: #a3200d; font-weight: 600; }
@media (max-width: 50rem) { main { grid-template-columns: minmax(0, 1fr); } ol { max-height: 14rem; } svg text { font-size: 18px; } }
</style></head><body>
)html";

constexpr const char* body = R"html(
<h1 id="title"></h1><p id="bounds"></p><p id="verdict"></p>
<main><section><ol id="steps"></ol></section>
<section><nav><button id="first">First</button><button id="back">Back</button><button id="next">Next</button><button id="last">Last</button>
<span id="position"></span></nav>
<p id="what"></p><svg id="heap" viewBox="0 0 720 330" role="img" aria-label="the heap"></svg><div id="threads"></div>
<p>Keys: left and right, Home and End. Objects are drawn white, grey or black; dashed ones are free; the lost one has a red rim. An arrow from a mutator is a root.</p></section></main>
<script>
"use strict";
const report = JSON.parse(document.getElementById("report").textContent);
const found = report.counterexample;
const frames = [{ thread: "", operation: "", text: "before the first step", heap: found.initial }, ...found.steps];
let at = 0;
const byId = (id) => document.getElementById(id);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
byId("title").textContent = `${report.barrier} under ${report.protocol}, memory model ${report.memory}: object ${found.lost} is lost`;
byId("bounds").textContent = `${plural(report.mutators, "mutator")}, ${plural(report.operations, "operation")} each, ${plural(report.objects, "object")}` +
  ` beside the globals, ${plural(report.cycles, "cycle")}, ${plural(report.mark_threads, "mark thread")}` +
  `${report.assists ? ", and mutators assist" : ""}; ${report.states} states visited`;
byId("verdict").textContent = `From step ${found.broken_at} on nothing would have marked ${found.lost}.`;
frames.forEach((frame, i) => {
  const item = document.createElement("li"), button = document.createElement("button"), thread = document.createElement("small");
  thread.textContent = [frame.thread, frame.operation].filter(Boolean).join(": ");
  button.append(`${i}. ${frame.text}`, thread);
  button.onclick = () => show(i);
  if (i === found.broken_at) item.className = "broken";
  item.append(button);
  byId("steps").append(item);
});
function element(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}
const fills = { white: "#ffffff", grey: "#a9a9a9", black: "#222222", free: "none" };
function arrow(svg, from, to, colour, bend) {
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
  const end = { x: to.x - dx / length * 32, y: to.y - dy / length * 32 };
  const begin = { x: from.x + dx / length * from.r, y: from.y + dy / length * from.r };
  const middle = { x: (begin.x + end.x) / 2 - dy / length * bend, y: (begin.y + end.y) / 2 + dx / length * bend };
  svg.append(element("path", { d: `M${begin.x},${begin.y} Q${middle.x},${middle.y} ${end.x},${end.y}`, fill: "none", stroke: colour, "stroke-width": 2, "marker-end": "url(#tip)" }));
}
function draw(heap) {
  const svg = byId("heap");
  svg.replaceChildren();
  const definitions = element("defs", {}), tip = element("marker", { id: "tip", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" });
  tip.append(element("path", { d: "M0,0 L10,5 L0,10 z", fill: "#444" }));
  definitions.append(tip);
  svg.append(definitions);
  const places = {};
  heap.objects.forEach((object, i) => { places[object.name] = { x: 80 + i * 560 / Math.max(1, heap.objects.length - 1), y: 100, r: 30 }; });
  heap.objects.forEach((object) => object.slots.forEach((target, slot) => {
    if (!target) return;
    const from = places[object.name], to = places[target];
    if (from === to) {
      svg.append(element("path", { d: `M${from.x - 14},${from.y - 27} C${from.x - 40},${from.y - 90} ${from.x + 40},${from.y - 90} ${from.x + 14},${from.y - 29}`, fill: "none", stroke: "#444", "stroke-width": 2, "marker-end": "url(#tip)" }));
    } else {
      const far = Math.abs(to.x - from.x) > 600 / heap.objects.length + 60;
      arrow(svg, from, to, "#444", (far ? 70 : 18) + slot * 24);
    }
  }));
  heap.mutators.forEach((mutator, i) => {
    if (!mutator.running) return;
    const place = { x: 720 * (i + 1) / (heap.mutators.length + 1), y: 270, r: 22 };
    svg.append(element("rect", { x: place.x - 55, y: place.y - 20, width: 110, height: 40, rx: 6, fill: "#e4eefb", stroke: "#1458a6" }));
    svg.append(element("text", { x: place.x, y: place.y + 5, "text-anchor": "middle" }, mutator.name));
    mutator.roots.forEach((target) => arrow(svg, place, places[target], "#1458a6", 8));
  });
  for (const object of heap.objects) {
    const place = places[object.name], lost = object.name === found.lost;
    svg.append(element("circle", { cx: place.x, cy: place.y, r: 30, fill: fills[object.colour], stroke: lost ? "#c62d14" : "#222", "stroke-width": lost ? 4 : 2, "stroke-dasharray": object.colour === "free" ? "5 4" : "none" }));
    svg.append(element("text", { x: place.x, y: place.y + 5, "text-anchor": "middle", fill: object.colour === "black" ? "#fff" : "#222" }, object.name));
    svg.append(element("text", { x: place.x, y: place.y + 48, "text-anchor": "middle", fill: "#555" }, object.colour + (object.dirty ? ", card dirty" : "")));
  }
}
function table(heap) {
  const rows = [["", "roots", "shade buffer", "store buffer", "under way", "barrier", "own roots scanned"]];
  for (const m of heap.mutators) {
    if (m.running) rows.push([m.name, m.roots.join(", "), m.shade_buffer.join(", "), m.store_buffer.join("; "), m.operation, m.marking ? "on" : "off", m.roots_scanned ? "yes" : "no"]);
  }
  const result = document.createElement("table");
  rows.forEach((row, i) => {
    const line = result.insertRow();
    row.forEach((text) => { const cell = document.createElement(i === 0 ? "th" : "td"); cell.textContent = text; line.append(cell); });
  });
  return result;
}
function show(index) {
  at = Math.max(0, Math.min(frames.length - 1, index));
  const frame = frames[at], heap = frame.heap;
  byId("position").textContent = `step ${at} of ${frames.length - 1}`;
  byId("what").textContent = [frame.thread, frame.operation, frame.text].filter(Boolean).join(": ");
  byId("what").className = at === found.broken_at ? "warning" : "";
  draw(heap);
  const facts = document.createElement("p");
  facts.textContent = `cycle ${heap.cycle}, ${heap.phase}; grey set {${heap.grey_set.join(", ")}}; read, not yet marked {${heap.pending.join(", ")}}`;
  byId("threads").replaceChildren(facts, table(heap));
  [...byId("steps").children].forEach((item, i) => item.classList.toggle("current", i === at));
  byId("steps").children[at].scrollIntoView({ block: "nearest" });
  for (const [id, off] of [["first", at === 0], ["back", at === 0], ["next", at === frames.length - 1], ["last", at === frames.length - 1]]) byId(id).disabled = off;
}
byId("first").onclick = () => show(0);
byId("back").onclick = () => show(at - 1);
byId("next").onclick = () => show(at + 1);
byId("last").onclick = () => show(frames.length - 1);
document.addEventListener("keydown", (event) => {
  const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: frames.length - 1 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  show(moves[event.key]);
});
show(0);
</script></body></html>
)html";

/// Inside a script element nothing may look like its end.
std::string safe_in_script(std::string text) {
  for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3)
    text.replace(at, 2, "<\\/");
  return text;
}

}  // namespace

std::string exploration_page(const ExploreCommand& command, const exploration::Report& report) {
  const std::string data = safe_in_script(to_text(exploration_json(command, report)));
  return fmt::format("{}<script type=\"application/json\" id=\"report\">{}</script>{}", head, data,
                     body);
}

}  // namespace tricolour
