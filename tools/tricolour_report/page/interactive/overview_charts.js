// The charts of all cells: any metric, lower-bound overhead, barrier cost, and where the time went.

const metricHere = () => data.metrics.find(({name}) => name === chosen.metric);
const labels = () => [...new Set(data.cells.map(({label}) => label))];
const byMultiple = data.heaps.every((heap) => heap.endsWith("x"));
const heapNumber = (heap) => (byMultiple ? Number(heap.slice(0, -1)) : data.heaps.indexOf(heap) + 1);
const HEAP_LABEL = byMultiple ? "heap, as a multiple of the least that works" : "heap";
const SPREAD = 0.5; // of the way to the next heap: points at one heap stand side by side, so that intervals stay apart

function heapAxis() {
  const places = data.heaps.map(heapNumber);
  const text = (value) => (byMultiple ? `${Number(value.toPrecision(3))}x` : data.heaps[Math.round(value) - 1] || "");
  const ends = byMultiple ? [d3.min(places) / 1.25, d3.max(places) * 1.25] : [0.4, places.length + 0.6];
  return {kind: byMultiple ? "log" : "linear", domain: ends, label: HEAP_LABEL, say: text, tick: text, ticks: places};
}

// Where the point of a combination stands at its heap.
function besides(heap, number, of) {
  const places = data.heaps.map(heapNumber);
  const shift = SPREAD * ((number + 0.5) / of - 0.5);
  if (!byMultiple) return heapNumber(heap) + shift;
  const gaps = places.slice(1).map((place, before) => Math.log(place / places[before]));
  return heapNumber(heap) * Math.exp(shift * (d3.min(gaps) || 0.4));
}

// The values, and the ends of their intervals as far as they do not press the values together: what goes on far beyond them is cut at the edge.
function readable(points) {
  const values = points.map(({value}) => value);
  const [least, most] = d3.extent([1, ...values]);
  const reach = 2 * Math.max(most - least, 0.05);
  const ends = points.flatMap(({low, high}) => [low, high]).filter(finite);
  return [...values, ...ends.map((end) => Math.max(least - reach, Math.min(most + reach, end)))];
}

// Cells' values as points with intervals: over the heaps where there are several, else a row for each combination.
// `points` is [{cell, value, low, high, text, small}]; a cell of `failed` is a cross with its status.
function comparison({title, points, failed, axis, rule, extra = []}) {
  const several = data.heaps.length > 1;
  const names = labels().filter((name) => [...points.map(({cell}) => cell), ...failed].some((cell) => cell.label === name));
  const rules = [...extra, ...(finite(rule) ? [several ? {y: rule} : {x: rule}] : [])];
  const shown = points.filter(({cell}) => !hidden.has(cell.label));
  const valueAxis = axis(readable(shown.length ? shown : points));
  const lost = valueAxis.kind === "log" ? points.filter(({value, small}) => !small && value <= 0).length : 0;
  const named = `${title}${several ? "" : `, heap ${data.heaps[0]}`}${lost ? ` (${lost} of ${points.filter(({small}) => !small).length} are 0)` : ""}`;
  if (!several) {
    const rows = names.filter((name) => !hidden.has(name));
    const dots = points.map(({cell, value, ...rest}) => ({...look(cell), marker: cell.marker, x: value, y: cell.label, ...rest}));
    const crosses = failed.map((cell) => failure(cell, {x: valueAxis.domain[0], y: cell.label}));
    return {title: named, x: valueAxis, y: bandAxis(rows.length ? rows : names.slice(0, 1)), dots: [...dots, ...crosses].filter(({key}) => rows.includes(key)), rules};
  }
  const place = (cell) => besides(cell.heap, names.indexOf(cell.label), names.length);
  const dots = points.map(({cell, value, ...rest}) => ({...look(cell), marker: cell.marker, x: place(cell), y: value, ...rest}));
  const lines = names.map((name) => {
    const own = points.filter(({cell, small}) => cell.label === name && !small).sort((a, b) => heapNumber(a.cell.heap) - heapNumber(b.cell.heap));
    return own.length && {...look(own[0].cell), width: 1, opacity: 0.75, points: own.map(({cell, value}) => [place(cell), value]), say: () => null};
  }).filter(Boolean);
  const crosses = failed.map((cell) => failure(cell, {x: place(cell), y: valueAxis.domain[0]}));
  return {title: named, x: heapAxis(), y: valueAxis, lines, dots: [...dots, ...crosses], rules, height: 320};
}

const failure = (cell, place) => ({...look(cell), colour: data.looks.failed, marker: "X", text: `heap ${cell.heap}: ${cell.failures || "no value"}`, ...place});

function comparisonKeys() {
  const first = new Map(data.cells.map((cell) => [cell.label, cell]));
  const several = data.heaps.length > 1;
  return [...first.values()].map((cell) => ({...look(cell), marker: cell.marker, dash: several ? cell.dash : undefined}));
}

const ratioText = ([value, low, high, n]) => `${value}${finite(low) ? ` [${low}, ${high}]` : ""}, n = ${n}`;

const starvedText = (cell) => (cell.starved ? "; starved" : cell.fair ? "" : "; the baseline is starved");

function metricPoints(cell, metric) {
  const ratio = cell.ratios && cell.ratios[metric.name];
  const at = `heap ${cell.heap}: `;
  if (chosen.view === "ratio") {
    if (!ratio || !finite(ratio[0])) return [];
    const [value, low, high] = ratio;
    return [{cell, value, low, high, hollow: !cell.fair, text: `${at}${cell.is_baseline ? "the baseline" : `${ratioText(ratio)} times the baseline`}${starvedText(cell)}`}];
  }
  const values = (cell.values && cell.values[metric.name]) || [];
  const present = values.filter(finite);
  if (!present.length) return [];
  const [least, middle, greatest] = [d3.min(present), d3.median(present), d3.max(present)];
  const longest = metric.told === "least";
  const value = longest ? least : middle;
  const told = `${at}${metric.told} of runs ${measured(value, metric.unit)}${longest ? `, median ${measured(middle, metric.unit)}, greatest ${measured(greatest, metric.unit)}` : ""}`;
  const runs = values.flatMap((one, place) => (finite(one) ? [{cell, value: one, small: true, text: `${at}block ${cell.blocks[place]}: ${measured(one, metric.unit)}`}] : []));
  return [...runs, {cell, value, hollow: cell.starved, ...(longest && greatest > least ? {low: least, high: greatest} : {}), text: told + starvedText(cell)}];
}

const UNITS_IN_TICKS = ["ns", "bytes"];

function metricChart({log}) {
  const metric = metricHere();
  if (!metric) return {absent: "There is no timed run."};
  const ratio = chosen.view === "ratio";
  const label = ratio ? `${metric.name} / baseline, ${metric.better} is better` : `${metric.name}${UNITS_IN_TICKS.includes(metric.unit) ? "" : `, ${metric.unit}`}, ${metric.better} is better`;
  const axis = (values) => {
    const domain = domainOf(values, log, {include: ratio ? [1] : []});
    return ratio ? plainAxis(label, domain, log) : unitAxis(label, domain, log, metric.unit);
  };
  const panels = data.workloads.map((workload) => {
    const cells = data.cells.filter((cell) => cell.workload === workload);
    const points = cells.flatMap((cell) => metricPoints(cell, metric));
    if (!points.length) return null;
    return comparison({title: workload, points, failed: cells.filter((cell) => cell.failures), axis, rule: ratio ? 1 : undefined});
  }).filter(Boolean);
  if (!panels.length) return {absent: ratio ? `No cell has ${metric.name} beside a baseline above 0; look at its values.` : `No cell has ${metric.name}.`};
  return {panels, legend: comparisonKeys(), logarithmic: true};
}

const RESOURCES = {wall: "wall time", cpu: "CPU time"};

function lowerBoundOverhead({log}) {
  const panels = data.workloads.flatMap((workload) => Object.entries(RESOURCES).map(([resource, name]) => {
    const found = data.overheads.filter((one) => one.resource === resource && data.cells[one.cell].workload === workload);
    const points = found.map(({cell, ratio}) => ({cell: data.cells[cell], value: ratio[0], low: ratio[1], high: ratio[2], hollow: data.cells[cell].starved, text: `heap ${data.cells[cell].heap}: ${ratioText(ratio)} times the floor`}));
    if (!points.length) return null;
    const free = data.explicit_free && data.explicit_free.workload === workload && resource === "wall" ? data.explicit_free.ratio : null;
    const extra = finite(free) ? [{[data.heaps.length > 1 ? "y" : "x"]: free, dash: [5, 4], label: "malloc and free"}] : [];
    const axis = (values) => plainAxis("cost / floor, lower is better", domainOf(values, log, {include: finite(free) ? [1, free] : [1]}), log);
    return comparison({title: `${workload}, ${name}`, points, failed: [], axis, rule: 1, extra});
  })).filter(Boolean);
  if (!panels.length) return {absent: "There is no timed run, so there is no floor."};
  return {panels, legend: comparisonKeys(), logarithmic: true};
}

const COSTS = {ns: ["time per store", "ns per store"], instructions: ["instructions per store", "instructions per store"]};

function barrierCost({log}) {
  const costs = data.barrier_cost;
  if (!costs) return {absent: "This folder has no barrier_cost.json: it is the output of the benchmark of stores, and joins a report when it lies in the sweep's folder."};
  const arms = [...new Map(costs.map(({arm, colour}) => [arm, colour]))];
  const barriers = [...new Set(costs.map(({barrier}) => barrier))];
  const panels = Object.entries(COSTS).filter(([quantity]) => costs.some((one) => one[quantity])).map(([quantity, [title, label]]) => {
    const present = costs.filter((one) => one[quantity]);
    const values = present.filter(({arm}) => !hidden.has(arm)).map((one) => one[quantity][0]);
    const domain = log ? domainOf(values, true) : [0, (d3.max(values) || 1) * 1.08];
    return {
      title, x: plainAxis(label, domain, log), y: bandAxis(barriers), rowHeight: 46,
      bars: present.map((one) => {
        const [mean, low, high] = one[quantity];
        return {
          key: one.arm, label: `${one.barrier}, ${one.arm}`, colour: one.colour, row: one.barrier, from: domain[0], to: mean, low, high,
          place: arms.findIndex(([arm]) => arm === one.arm), of: arms.length, text: `${ratioPlain(mean, low, high)} ${label}`,
        };
      }),
    };
  });
  return {panels, legend: arms.map(([arm, colour]) => ({key: arm, label: arm, colour, box: true})), logarithmic: true};
}

const ratioPlain = (mean, low, high) => `${threeDigits(mean)}${finite(low) ? ` [${threeDigits(low)}, ${threeDigits(high)}]` : ""}`;

// Stacked seconds of the chosen workload and heap: CPU time by role, and the mutators' wall time by what they did.
function timeSpent() {
  const cells = cellsHere().filter((cell) => cell.cpu);
  if (!cells.length) return {absent: withoutEvents("no timed run")};
  const stack = (title, label, colours, values) => {
    const names = Object.keys(colours);
    const bars = cells.flatMap((cell) => {
      let from = 0;
      return names.flatMap((name, place) => {
        const seconds = values(cell)[place];
        if (hidden.has(name) || !seconds) return [];
        from += seconds;
        const text = `${name.replaceAll("_", " ")}: ${duration(seconds * 1e9)} (${(100 * seconds / d3.sum(values(cell))).toFixed(1)} %)`;
        return [{key: name, label: cell.label, colour: colours[name], row: cell.label, from: from - seconds, to: from, text}];
      });
    });
    const most = d3.max(bars, ({to}) => to) || 1;
    return {title, x: plainAxis(label, [0, most * 1.04]), y: bandAxis(cells.map((cell) => cell.label)), bars};
  };
  const entries = (colours) => Object.entries(colours).map(([name, colour]) => ({key: name, label: name.replaceAll("_", " "), colour, box: true}));
  return {
    panels: [
      stack("CPU time by role", "CPU seconds, mean run", data.roles, (cell) => cell.cpu),
      stack("mutators' wall time", "seconds of all mutators, mean run", data.states, (cell) => cell.states),
    ],
    legend: [{heading: "CPU time:"}, ...entries(data.roles), {heading: "wall time:"}, ...entries(data.states)],
  };
}
