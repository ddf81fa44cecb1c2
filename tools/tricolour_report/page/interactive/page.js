// The page: what is chosen, the selects that choose it, and the figures.

const byId = (id) => document.getElementById(id);
const firstTimed = data.cells.find((cell) => cell.blocks.length) || data.cells[0];
const chosen = {
  workload: firstTimed && firstTimed.workload, heap: firstTimed && preferredHeap(firstTimed.workload), metric: data.metrics.length ? data.metrics[0].name : "",
  view: "ratio", run: null, cycle: null, range: null,
};

const metricHere = () => data.metrics.find(({name}) => name === chosen.metric);
const cycleHere = () => {
  const events = chosen.run && chosen.run.events;
  return events && (events.cycles.find(({number}) => number === chosen.cycle) || events.cycles[0]);
};

// What a choice is, as the keys of charts have it.
function choiceText(name) {
  if (name === "run") return String(data.runs.indexOf(chosen.run));
  if (name === "cycle") return cycleHere() ? String(cycleHere().number) : "";
  return chosen[name];
}

function heapsOf(workload) {
  return data.heaps.filter((heap) => data.cells.some((cell) => cell.workload === workload && cell.heap === heap));
}

function preferredHeap(workload) {
  const heaps = heapsOf(workload);
  return heaps.includes("2x") ? "2x" : heaps[Math.floor(heaps.length / 2)];
}

function fill(select, options, value) {
  select.replaceChildren(...options.map(([text, key]) => element("option", {textContent: text, value: key})));
  select.value = value;
}

// Another select or figure may depend on what a select says, so everything is drawn again.
function onChoice(id, choose) {
  byId(id).addEventListener("change", (event) => { choose(event.target.value); redrawAll(); });
}

function fillSettings() {
  fill(byId("workload"), data.workloads.map((name) => [name, name]), chosen.workload);
  fill(byId("heap"), heapsOf(chosen.workload).map((heap) => [heap, heap]), chosen.heap);
  fill(byId("metric"), data.metrics.map(({name}) => [name, name]), chosen.metric);
  tellMetric();
}

function tellMetric() {
  const metric = metricHere();
  byId("metric-meaning").textContent = metric ? `${metric.meaning}${metric.extreme ? `; an extreme: no interval, the ${metric.told} of runs` : ""}` : "";
}

const runsOf = (cell) => data.runs.filter((run) => run.cell === cell);

function fillRun() {
  const cells = data.cells.map((cell, place) => [`${cell.workload}, heap ${cell.heap}, ${cell.label}`, String(place)]).filter(([, place]) => runsOf(Number(place)).length);
  fill(byId("run-cell"), cells, chosen.run ? String(chosen.run.cell) : "");
  const runs = chosen.run ? runsOf(chosen.run.cell) : [];
  fill(byId("run-block"), runs.map((run, place) => [`block ${run.block}${run.status === "ok" ? "" : `: ${run.status.replaceAll("_", " ")}`}`, String(place)]), String(runs.indexOf(chosen.run)));
  const cycle = cycleHere();
  const cycles = chosen.run && chosen.run.events ? chosen.run.events.cycles : [];
  fill(byId("run-cycle"), cycles.map(({number, span, longest}) => [`${number}: ${duration(span)}, longest pause ${duration(longest)}`, String(number)]), cycle ? String(cycle.number) : "");
  const place = cycles.indexOf(cycle);
  byId("cycle-before").disabled = place <= 0;
  byId("cycle-after").disabled = place < 0 || place >= cycles.length - 1;
  byId("whole-cycle").hidden = !chosen.range;
  byId("left-out").textContent = leftOut();
  byId("run-command").textContent = chosen.run ? chosen.run.command : "";
  byId("run-status").textContent = chosen.run ? [`status ${chosen.run.status.replaceAll("_", " ")}`, chosen.run.utc, chosen.run.error].filter(Boolean).join("; ") : "";
  fillSlow();
  fillMetrics();
}

function fillSlow() {
  const slow = (chosen.run && chosen.run.slow) || [];
  byId("run-slow-table").hidden = !slow.length;
  byId("run-slow-none").textContent = slow.length ? "" : chosen.run && chosen.run.slow ? "No request of this run took 1 ms or more." : "This run has no requests.";
  byId("run-slow").replaceChildren(...slow.map(([start, length, text]) => element("tr", {}, element("td", {textContent: duration(start)}),
    element("td", {className: "number", textContent: duration(length)}), element("td", {className: "some-wrap", textContent: text}))));
}

// Every metric of the chosen run beside its cell's median.
function fillMetrics() {
  const cell = chosen.run && data.cells[chosen.run.cell];
  const place = cell ? cell.blocks.indexOf(chosen.run.block) : -1;
  byId("run-metrics").replaceChildren(...data.metrics.flatMap((metric) => {
    const values = place >= 0 ? column(cell.values[metric.name]) : null;
    if (!values || !finite(values[place])) return [];
    const row = element("tr", {title: metric.meaning}, element("td", {textContent: metric.name}));
    row.append(...[values[place], d3.median(values.filter(finite))].map((value) => element("td", {className: "number", textContent: measured(value, metric.unit)})));
    return [row];
  }));
}

function redrawRun() {
  fillRun();
  for (const draw of runFigures) draw();
}

function chooseRun(run) {
  chosen.run = run || null;
  chooseCycle(null);
}

function chooseCycle(number) {
  const events = chosen.run && chosen.run.events;
  const median = events && [...events.cycles].sort((a, b) => a.span - b.span)[Math.floor(events.cycles.length / 2)];
  chosen.cycle = number === null ? median && median.number : number;
  chosen.range = null;
  redrawRun();
}

function stepCycle(by) {
  const cycles = chosen.run.events.cycles;
  chooseCycle(cycles[cycles.indexOf(cycleHere()) + by].number);
}

function nearestCycle(time) {
  const {cycles} = chosen.run.events;
  if (!cycles.length) return;
  const away = ({begin, span}) => Math.max(begin - time, time - begin - span, 0);
  chooseCycle(cycles.reduce((best, one) => (away(one) < away(best) ? one : best)).number);
}

// What was left out of the chosen run, so that its page stays small.
function leftOut() {
  const events = chosen.run && chosen.run.events;
  const cycle = cycleHere();
  if (!events || !cycle) return "";
  const parts = [events.cycles.length < events.of ? `${events.cycles.length} of ${events.of} cycles are in this page, the one with the longest pause and the longest among them.` : `All ${events.of} cycles are in this page that lie inside the measured region.`];
  if (cycle.shown < cycle.events) parts.push(`In this cycle, bars less than ${duration(cycle.closed_ns)} apart are drawn as one: ${cycle.shown} for ${cycle.events}.`);
  if (events.samples > events.most_samples) parts.push(`Of ${events.samples} samples of the heap, at most ${events.most_samples} are shown: least and most of equal stretches.`);
  return parts.join(" ");
}

byId("charts").hidden = false; // figures take their width from the page
const drawOf = (one) => figure(`chart-${one.name.replaceAll("_", "-")}`, (state) => describe(one, state), {log: one.log});
const drawn = data.figures.map((one) => [one, drawOf(one)]);
const runFigures = drawn.filter(([{choices}]) => choices.includes("run")).map(([, draw]) => draw);

onChoice("workload", (name) => { [chosen.workload, chosen.heap] = [name, heapsOf(name).includes(chosen.heap) ? chosen.heap : preferredHeap(name)]; fillSettings(); });
onChoice("heap", (heap) => { chosen.heap = heap; });
onChoice("metric", (name) => { chosen.metric = name; tellMetric(); });
onChoice("view", (view) => { chosen.view = view; });
byId("run-cell").addEventListener("change", (event) => chooseRun(runsOf(Number(event.target.value))[0]));
byId("run-block").addEventListener("change", (event) => chooseRun(runsOf(chosen.run.cell)[Number(event.target.value)]));
byId("run-cycle").addEventListener("change", (event) => chooseCycle(Number(event.target.value)));
byId("cycle-before").addEventListener("click", () => stepCycle(-1));
byId("cycle-after").addEventListener("click", () => stepCycle(1));
byId("whole-cycle").addEventListener("click", () => { chosen.range = null; redrawRun(); });

fillSettings();
redrawAll();
chooseRun(data.runs.find((run) => run.events) || data.runs[0]);
let width = document.documentElement.clientWidth;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return;
  width = document.documentElement.clientWidth;
  redrawAll();
});
