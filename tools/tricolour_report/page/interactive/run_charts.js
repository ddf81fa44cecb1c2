// One run as it passed: the timeline of a chosen cycle and the heap, both from `run.detail`.

// Begins and ends from steps: gap before, length, gap before, length ...
function intervals(steps, offset = 0) {
  const found = [];
  let at = offset;
  for (let place = 0; place + 1 < steps.length; place += 2) {
    found.push([at + steps[place], at + steps[place] + steps[place + 1]]);
    at += steps[place] + steps[place + 1];
  }
  return found;
}

function running(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}

const cycleHere = () => {
  const detail = chosen.run && chosen.run.detail;
  return detail && (detail.cycles.find(({number}) => number === chosen.cycle) || detail.cycles[0]);
};

function noDetail() {
  if (!chosen.run) return "No run was read.";
  if (chosen.run.status !== "ok") return `This run ended with ${chosen.run.status.replaceAll("_", " ")}: it has no timeline.`;
  if (chosen.run.verified) return "This run was verified: its times mean nothing.";
  return data.published ? "This folder keeps no tables of single events, so a run has no timeline here." : "This run's tables could not be read.";
}

const phaseColour = (name) => (name.startsWith("pause") ? data.looks.pause : data.phases[name] || "#999999");

function timeline() {
  const detail = chosen.run && chosen.run.detail;
  if (!detail) return {absent: noDetail()};
  const cycle = cycleHere();
  if (!cycle) return {absent: "No cycle of this run began and ended inside the measured region."};
  const margin = Math.max(0.02 * cycle.span, 10);
  const [from, to] = chosen.range || [cycle.begin - margin, cycle.begin + cycle.span + margin];
  const mutators = detail.threads.filter((name) => name.startsWith("mutator"));
  const bars = mutators.map((row) => ({key: "mutator runs", label: row, colour: data.looks.running, row, from, to, text: "runs"}));
  const rows = [...cycle.rows].sort(([, a], [, b]) => Number(detail.names[a].startsWith("pause")) - Number(detail.names[b].startsWith("pause")));
  for (const [thread, what, steps] of rows) {
    const name = detail.names[what];
    for (const row of thread < 0 ? mutators : [detail.threads[thread]]) {
      for (const [begin, end] of intervals(steps, cycle.begin)) {
        if (end < from || begin > to) continue;
        const text = `${duration(end - begin)}, from ${duration(begin - cycle.begin)} after the cycle's begin`;
        bars.push({key: name, label: `${row}, ${name}`, colour: phaseColour(name), row, from: Math.max(begin, from), to: Math.min(end, to), least: 1, text});
      }
    }
  }
  const names = [...new Set(rows.map(([, what]) => detail.names[what]))];
  const legend = [{key: "mutator runs", label: "mutator runs", colour: data.looks.running, box: true}, ...names.map((name) => ({key: name, label: name, colour: phaseColour(name), box: true}))];
  const x = {...timeAxis(`ms since the measured region began (cycle ${cycle.number})`, [from, to], false), tick: (ns) => String(Number((ns / 1e6).toFixed(4)))};
  const onRange = (range) => { chosen.range = range; redrawRun(); };
  return {panels: [{wide: true, x, y: bandAxis(detail.threads), bars, rowHeight: 30, onRange}], legend};
}

function heapOverTime() {
  const detail = chosen.run && chosen.run.detail;
  if (!detail) return {absent: noDetail()};
  const heap = detail.heap;
  if (!heap) return {absent: "This run recorded no sample of its heap."};
  const cell = data.cells[chosen.run.cell];
  const points = (times, values) => zip(running(times).map((time) => time * 1000), values).map(([time, kib]) => [time, kib * 1024]);
  const used = points(heap.time, heap.used);
  const trigger = points(heap.trigger_time, heap.trigger);
  if (trigger.length) trigger.push([detail.length, trigger[trigger.length - 1][1]]);
  const size = [[0, heap.size * 1024], [detail.length, heap.size * 1024]];
  const begun = points(heap.begun_time, heap.begun);
  const most = d3.max([...used, ...trigger, ...size], ([, bytes]) => bytes);
  const cycle = cycleHere();
  const series = [
    {key: "in use", label: "in use", colour: cell.colour, dash: []}, {key: "size", label: "size of the heap", colour: "#000000", dash: [], width: 1},
    {key: "trigger", label: "trigger: the use at which the next cycle is to begin", colour: "#000000", dash: [5, 3], width: 1},
    {key: "begun", label: "the pacer begins a cycle", colour: "#000000", marker: "v"},
  ];
  const say = ([time, bytes]) => `${measured(bytes, "bytes")} at ${duration(time)}`;
  const shades = hidden.has("pause") ? [] : intervals(detail.pauses).map(([from, to]) => ({from, to}));
  if (cycle) shades.unshift({from: cycle.begin, to: cycle.begin + cycle.span, colour: "#0057a8"});
  const mib = (bytes) => short(bytes / 2 ** 20);
  const axis = {kind: "linear", domain: [0, most * 1.1], label: "heap in use, MiB", say: (bytes) => measured(bytes, "bytes"), tick: mib, step: 2 ** 20};
  return {
    panels: [{
      wide: true, height: 300, x: {...timeAxis("ms since the measured region began", [0, detail.length], false), tick: (ns) => short(ns / 1e6)}, y: axis, shades,
      lines: [
        {...series[1], points: size, say: ([, bytes]) => measured(bytes, "bytes")}, {...series[2], step: true, points: trigger, say},
        {...series[0], step: true, width: 1.3, points: used, say},
      ],
      dots: begun.map(([time, bytes]) => ({...series[3], small: begun.length > 60, x: time, y: bytes, text: say([time, bytes])})),
      onRange: (range, at) => nearestCycle(range ? (range[0] + range[1]) / 2 : at),
    }],
    legend: [...series.filter(({key}) => ["in use", "size"].includes(key) || (key === "trigger" ? trigger.length : begun.length)), {key: "pause", label: "pause", colour: "#bdbdbd", box: true}],
  };
}

function nearestCycle(time) {
  const cycles = chosen.run.detail.cycles;
  if (!cycles.length) return;
  const away = ({begin, span}) => Math.max(begin - time, time - begin - span, 0);
  chooseCycle(cycles.reduce((best, one) => (away(one) < away(best) ? one : best)).number);
}

// What was left out of the chosen run, so that its page stays small.
function leftOut() {
  const detail = chosen.run && chosen.run.detail;
  const cycle = cycleHere();
  if (!detail || !cycle) return "";
  const parts = [detail.cycles.length < detail.of ? `${detail.cycles.length} of ${detail.of} cycles are in this page, the one with the longest pause and the longest among them.` : `All ${detail.of} cycles are in this page that lie inside the measured region.`];
  if (cycle.shown < cycle.events) parts.push(`In this cycle, bars less than ${duration(cycle.closed_ns)} apart are drawn as one: ${cycle.shown} for ${cycle.events}.`);
  if (detail.heap && detail.heap.used.length < detail.heap.samples) parts.push(`Of ${detail.heap.samples} samples of the heap, ${detail.heap.used.length} are shown: least and most of equal stretches.`);
  return parts.join(" ");
}
