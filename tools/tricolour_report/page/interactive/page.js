// The page: what is chosen, the selects that choose it, and the figures.

const byId = (id) => document.getElementById(id);
const firstTimed = data.cells.find((cell) => cell.blocks.length) || data.cells[0];
const chosen = {
  workload: firstTimed && firstTimed.workload,
  heap: firstTimed && preferredHeap(firstTimed.workload),
  metric: data.metrics.length ? data.metrics[0].name : "",
  view: "ratio",
  run: null,
  cycle: null,
  range: null,
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
  return data.heaps.filter((heap) =>
    data.cells.some((cell) => cell.workload === workload && cell.heap === heap),
  );
}

function preferredHeap(workload) {
  const heaps = heapsOf(workload);
  return heaps.includes("2x") ? "2x" : heaps[Math.floor(heaps.length / 2)];
}

function fill(select, options, value) {
  select.replaceChildren(
    ...options.map(([text, key]) => element("option", {textContent: text, value: key})),
  );
  select.value = value;
}

// Another select or figure may depend on what a select says, so everything is drawn again.
function onChoice(id, choose) {
  byId(id).addEventListener("change", (event) => {
    choose(event.target.value);
    redrawAll();
  });
}

function fillSettings() {
  fill(
    byId("workload"),
    data.workloads.map((name) => [name, name]),
    chosen.workload,
  );
  fill(
    byId("heap"),
    heapsOf(chosen.workload).map((heap) => [heap, heap]),
    chosen.heap,
  );
  fill(
    byId("metric"),
    data.metrics.map(({name}) => [name, name]),
    chosen.metric,
  );
  byId("view").value = chosen.view;
  tellMetric();
}

function tellMetric() {
  const metric = metricHere();
  const extreme = (one) =>
    one.extreme ? `; an extreme: no interval, the ${one.told} of runs` : "";
  byId("metric-meaning").textContent = metric ? metric.meaning + extreme(metric) : "";
}

function cycleText({number, span, longest, fell_back: fellBack}) {
  const text = `${number}: ${duration(span)}, longest pause ${duration(longest)}`;
  return fellBack ? `${text}, fell back` : text;
}

const runsOf = (cell) => data.runs.filter((run) => run.cell === cell);

function fillRun() {
  const cells = data.cells
    .map((cell, place) => [`${cell.workload}, heap ${cell.heap}, ${cell.label}`, String(place)])
    .filter(([, place]) => runsOf(Number(place)).length);
  fill(byId("run-cell"), cells, chosen.run ? String(chosen.run.cell) : "");
  const runs = chosen.run ? runsOf(chosen.run.cell) : [];
  fill(
    byId("run-block"),
    runs.map((run, place) => [
      `block ${run.block}${run.status === "ok" ? "" : `: ${run.status.replaceAll("_", " ")}`}`,
      String(place),
    ]),
    String(runs.indexOf(chosen.run)),
  );
  const cycle = cycleHere();
  const cycles = chosen.run && chosen.run.events ? chosen.run.events.cycles : [];
  fill(
    byId("run-cycle"),
    cycles.map((one) => [cycleText(one), String(one.number)]),
    cycle ? String(cycle.number) : "",
  );
  const place = cycles.indexOf(cycle);
  byId("cycle-before").disabled = place <= 0;
  byId("cycle-after").disabled = place < 0 || place >= cycles.length - 1;
  for (const id of ["larger", "smaller", "earlier", "later", "whole-cycle"])
    byId(id).disabled = !cycle || (id !== "larger" && !chosen.range);
  byId("left-out").textContent = leftOut();
  byId("run-command").textContent = chosen.run ? chosen.run.command : "";
  byId("run-status").textContent = chosen.run
    ? [`status ${chosen.run.status.replaceAll("_", " ")}`, chosen.run.utc, chosen.run.error]
        .filter(Boolean)
        .join("; ")
    : "";
  fillMoments();
  fillSlow();
  fillMetrics();
}

function fillSlow() {
  const slow = (chosen.run && chosen.run.slow) || [];
  byId("run-slow-table").hidden = !slow.length;
  byId("run-slow-none").textContent = slow.length
    ? ""
    : chosen.run && chosen.run.slow
      ? "No request of this run took 1 ms or more."
      : "This run has no requests.";
  byId("run-slow").replaceChildren(
    ...slow.map(([start, length, text]) =>
      element(
        "tr",
        {},
        element("td", {textContent: duration(start)}),
        element("td", {className: "number", textContent: duration(length)}),
        element("td", {className: "some-wrap", textContent: text}),
      ),
    ),
  );
}

// Every metric of the chosen run beside its cell's median.
function fillMetrics() {
  const cell = chosen.run && data.cells[chosen.run.cell];
  const place = cell ? cell.blocks.indexOf(chosen.run.block) : -1;
  byId("run-metrics").replaceChildren(
    ...data.metrics.flatMap((metric) => {
      const values = place >= 0 ? column(cell.values[metric.name]) : null;
      if (!values || !finite(values[place])) return [];
      const row = element("tr", {title: metric.meaning}, element("td", {textContent: metric.name}));
      row.append(
        ...[values[place], d3.median(values.filter(finite))].map((value) =>
          element("td", {className: "number", textContent: measured(value, metric.unit)}),
        ),
      );
      return [row];
    }),
  );
}

function redrawRun() {
  fillRun();
  for (const one of runFigures) one.refresh();
  remember();
}

function chooseRun(run) {
  chosen.run = run || null;
  chooseCycle(null);
}

// The number of a run's cycle of median length; null where it has none.
function medianCycle(run) {
  const cycles = run && run.events ? [...run.events.cycles].sort((a, b) => a.span - b.span) : [];
  return cycles.length ? cycles[Math.floor(cycles.length / 2)].number : null;
}

function chooseCycle(number) {
  chosen.cycle = number === null ? medianCycle(chosen.run) : number;
  chosen.range = null;
  redrawRun();
}

// The part of the cycle that is shown: all of it without a range.
function zoomTo(range) {
  chosen.range = range;
  redrawRun();
}

// So many times as long a part, moved by so many of its lengths, inside the cycle.
function zoomBy(factor, move = 0) {
  const cycle = cycleHere();
  if (!cycle) return;
  const [least, most] = [cycle.begin, cycle.begin + cycle.span];
  const [from, to] = chosen.range || [least, most];
  const length = Math.max(10, factor * (to - from));
  if (length >= most - least) return zoomTo(null);
  const begin = (from + to - length) / 2 + move * length;
  const inside = Math.max(least, Math.min(most - length, begin));
  zoomTo([inside, inside + length]);
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
  const shown = events.cycles.length;
  const parts = [
    shown < events.of
      ? `${shown} of ${events.of} cycles are in this page, the one with the longest pause and ` +
        "the longest among them."
      : `All ${events.of} cycles are in this page that lie inside the measured region.`,
  ];
  const fallen = events.cycles.filter(({fell_back}) => fell_back).length;
  if (fallen) parts.push(`${fallen} of them fell back.`);
  if (cycle.shown < cycle.events)
    parts.push(
      `In this cycle, bars less than ${duration(cycle.closed_ns)} apart are drawn as one: ` +
        `${cycle.shown} for ${cycle.events}.`,
    );
  if (events.samples > events.most_samples)
    parts.push(
      `Of ${events.samples} samples of the heap, at most ${events.most_samples} are shown: least ` +
        "and most of equal stretches.",
    );
  return parts.join(" ");
}

// For paper, figures are drawn as wide as a page has room, and what is folded is named.
function startPrinting() {
  const root = document.documentElement;
  let at = 0;
  window.addEventListener("beforeprint", () => {
    at = window.scrollY;
    const folded = folds
      .filter(({node}) => !node.open)
      .map(
        ({node}) => (node.querySelector("h2, h3, h4") || node.querySelector("summary")).textContent,
      );
    byId("not-printed").textContent = folded.length
      ? `Folded when this was printed: ${folded.join(", ")}.`
      : "";
    root.classList.add("printing");
    redrawAll();
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    redrawAll();
    window.scrollTo(0, at);
  });
}

startTheme();
byId("charts").hidden = false; // figures take their width from the page
const make = (one) =>
  figure(
    `chart-${one.name.replaceAll("_", "-")}`,
    (state) => describe(one, state),
    () => !chartOf(one),
    {log: one.log},
  );
const runFigures = data.figures
  .map((one) => [one, make(one)])
  .filter(([{choices}]) => choices.includes("run"))
  .map(([, made]) => made);

onChoice("workload", (name) => {
  [chosen.workload, chosen.heap] = [
    name,
    heapsOf(name).includes(chosen.heap) ? chosen.heap : preferredHeap(name),
  ];
  fillSettings();
});
onChoice("heap", (heap) => {
  chosen.heap = heap;
});
onChoice("metric", (name) => {
  chosen.metric = name;
  tellMetric();
});
onChoice("view", (view) => {
  chosen.view = view;
});
byId("run-cell").addEventListener("change", (event) =>
  chooseRun(runsOf(Number(event.target.value))[0]),
);
byId("run-block").addEventListener("change", (event) =>
  chooseRun(runsOf(chosen.run.cell)[Number(event.target.value)]),
);
byId("run-cycle").addEventListener("change", (event) => chooseCycle(Number(event.target.value)));
const onClick = (id, act) => byId(id).addEventListener("click", act);
onClick("cycle-before", () => stepCycle(-1));
onClick("cycle-after", () => stepCycle(1));
onClick("larger", () => zoomBy(0.5));
onClick("smaller", () => zoomBy(2));
onClick("earlier", () => zoomBy(1, -0.5));
onClick("later", () => zoomBy(1, 0.5));
onClick("whole-cycle", () => zoomTo(null));
for (const name of Object.keys(MOMENTS)) onClick(`worst-${name}`, () => openMoment(name));
onClick("open-charts", () => {
  for (const {fold, show} of figures) {
    fold.open = true;
    show();
  }
});
onClick("fold-charts", () => {
  for (const {fold} of figures) fold.open = false;
});

chosen.run = data.runs.find((run) => run.events) || data.runs[0] || null;
chosen.cycle = medianCycle(chosen.run);
startAddress();
startPrinting();
const {reloadS} = document.body.dataset; // of a page that is written anew while its sweep runs
if (reloadS) setTimeout(() => location.reload(), 1000 * Number(reloadS));
let width = document.documentElement.clientWidth;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return;
  width = document.documentElement.clientWidth;
  redrawAll();
});
