// The page: what is chosen, the selects that choose it, and the figures.

const byId = (id) => document.getElementById(id);
const firstTimed = data.cells.find((cell) => cell.blocks.length) || data.cells[0];
const chosen = {
  workload: firstTimed && firstTimed.workload, heap: firstTimed && preferredHeap(firstTimed.workload), metric: data.metrics.length ? data.metrics[0].name : "",
  view: "ratio", run: null, cycle: null, range: null,
};

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
  const cycles = chosen.run && chosen.run.detail ? chosen.run.detail.cycles : [];
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
    const values = place >= 0 ? cell.values[metric.name] : null;
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
  const detail = chosen.run && chosen.run.detail;
  const median = detail && [...detail.cycles].sort((a, b) => a.span - b.span)[Math.floor(detail.cycles.length / 2)];
  chosen.cycle = number === null ? median && median.number : number;
  chosen.range = null;
  redrawRun();
}

function stepCycle(by) {
  const cycles = chosen.run.detail.cycles;
  chooseCycle(cycles[cycles.indexOf(cycleHere()) + by].number);
}

byId("charts").hidden = false; // figures take their width from the page
figure("chart-metric", metricChart);
figure("chart-overhead", lowerBoundOverhead);
figure("chart-barrier-cost", barrierCost);
figure("chart-pause-histogram", pauseHistogram, {log: true});
figure("chart-pause-distribution", pauseDistribution, {log: true});
figure("chart-pause-percentiles", pausePercentiles, {log: true});
figure("chart-request-latency", requestLatency, {log: true});
figure("chart-slowest-requests", slowestRequests);
figure("chart-bystander", bystanderDelay, {log: true});
figure("chart-utilisation", utilisation);
figure("chart-time-spent", timeSpent);
const runFigures = [figure("chart-timeline", timeline), figure("chart-heap", heapOverTime)];

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
chooseRun(data.runs.find((run) => run.detail) || data.runs[0]);
let width = document.documentElement.clientWidth;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return;
  width = document.documentElement.clientWidth;
  redrawAll();
});
