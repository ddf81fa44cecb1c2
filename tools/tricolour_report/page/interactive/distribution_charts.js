// The charts of one workload at one heap: pauses, request latencies and utilisation. `data` is the page's document, `chosen` (page.js) what its selects say.

const data = JSON.parse(document.getElementById("data").textContent);
const cellsHere = () => data.cells.filter((cell) => cell.workload === chosen.workload && cell.heap === chosen.heap);
const settingHere = () => data.settings.find((one) => one.workload === chosen.workload && one.heap === chosen.heap);
const zip = (xs, ys) => ys.map((y, place) => [xs[place], y]);
const bandOf = (xs, {low, high}) => low.map((value, place) => [xs[place], value, high[place]]);
const look = (cell) => ({key: cell.label, label: cell.label, colour: cell.colour, dash: cell.dash});
const keysOf = (cells) => cells.map(look);
const FLOOR = {key: "floor", label: "the machine's floor, nothing else running", colour: "#a8a8a8", dash: [], width: 4};

// Why a chart of single events is not there.
function withoutEvents(what) {
  if (data.published) return `This folder keeps no tables of single events, so there is ${what} here. The sweep can be made again with its experiment.toml.`;
  return `There is ${what} for ${chosen.workload} at heap ${chosen.heap}.`;
}

// A panel for each kind of pause that is not switched off with its cells.
function byKind(panelOf, withFloor) {
  const cells = cellsHere().filter((cell) => cell.pauses && Object.keys(cell.pauses).length);
  const setting = settingHere();
  if (!cells.length) return {absent: withoutEvents("no pause")};
  const domain = d3.extent(setting.edges);
  const panels = setting.kinds.map((kind) => {
    const own = cells.filter((cell) => cell.pauses[kind]);
    const visible = own.filter((cell) => !hidden.has(cell.label));
    const total = d3.sum(visible, (cell) => cell.pauses[kind].n);
    const most = d3.max(visible, (cell) => cell.pauses[kind].most);
    const title = visible.length ? `${kind}: n = ${total}, max ${duration(most)}` : `${kind}: none switched on`;
    return {title, x: timeAxis("length of the pause", domain), ...panelOf(own, kind, setting)};
  });
  return {panels, legend: [...keysOf(cells), ...(withFloor && data.floor ? [FLOOR] : [])], logarithmic: true};
}

function pauseHistogram({log}) {
  return byKind((cells, kind, {edges}) => {
    const most = d3.max(cells, (cell) => d3.max(cell.pauses[kind].counts));
    return {
      y: countAxis("pauses in all invocations, by length", log ? [0.7, Math.max(12, most * 1.6)] : [0, most * 1.06], log),
      lines: cells.map((cell) => {
        const {counts, n} = cell.pauses[kind];
        const say = ([from, number]) => {
          const place = edges.indexOf(from);
          return number < 1 ? null : `${number} of ${n} pauses from ${duration(from)} to ${duration(edges[Math.min(place + 1, edges.length - 1)])}`;
        };
        return {...look(cell), step: true, points: [...zip(edges, counts.map((number) => number || (log ? 0.5 : 0))), [edges[edges.length - 1], log ? 0.5 : 0]], say};
      }),
    };
  });
}

function pauseDistribution({log}) {
  return byKind((cells, kind) => {
    const least = d3.min(cells, (cell) => d3.min(cell.pauses[kind].survival[1]));
    const floor = data.floor ? d3.min(data.floor[1]) : 1;
    const say = ([length, probability]) => `P(longer than ${duration(length)}) = ${threeDigits(probability)}`;
    return {
      y: {...countAxis("P(pause > x)", log ? [Math.min(least, floor) / 1.4, 1.3] : [0, 1.04], log), say: threeDigits, tick: short},
      lines: [
        ...(data.floor ? [{...FLOOR, opacity: 0.6, points: zip(...data.floor), say}] : []),
        ...cells.map((cell) => ({...look(cell), step: true, points: zip(...cell.pauses[kind].survival), say})),
      ],
    };
  }, true);
}

// The figures of percentile curves: {middle, low, high} over the nines, and `pooled` where all runs' events together reach further.
function ninesPanel(title, label, log, curves) {
  const shown = curves.filter(({key}) => !hidden.has(key));
  const usable = (shown.length ? shown : curves).flatMap(({curve}) => [curve.middle, curve.low, curve.high, curve.pooled || []]);
  const length = d3.max(usable, (values) => values.length) || 1;
  const values = usable.flat().filter((value) => finite(value) && value > 0);
  const domain = domainOf(values, log, {include: log ? [] : [0], room: 0.04});
  const texts = ({curve}) => ([x, value]) => {
    const place = data.nines.indexOf(x);
    const range = finite(curve.low[place]) ? `; runs ${duration(curve.low[place])} to ${duration(curve.high[place])}` : "";
    return `${ninesAxis(1e6).say(x)}: ${duration(value)}${range}`;
  };
  return {
    title, x: ninesAxis(Math.max(10, data.nines[length - 1])), y: timeAxis(label, domain, log),
    note: values.length ? "" : "too few events for any quantile (n < 10)",
    lines: curves.flatMap((one) => [
      ...(one.curve.pooled ? [{...one, width: 0.8, points: zip(data.nines, one.curve.pooled), say: ([x, value]) => `p of all runs together, ${ninesAxis(1e6).say(x)}: ${duration(value)}`}] : []),
      {...one, points: zip(data.nines, one.curve.middle), band: bandOf(data.nines, one.curve), say: texts(one)},
    ]),
  };
}

function pausePercentiles({log}) {
  const cells = cellsHere().filter((cell) => cell.nines);
  if (!cells.length) return {absent: withoutEvents("no pause")};
  const panel = ninesPanel("", "length of the pause", log, cells.map((cell) => ({...look(cell), curve: cell.nines})));
  return {panels: [{...panel, wide: true, height: 360}], legend: keysOf(cells), logarithmic: true};
}

// The longest request of a run, at one of n: a dot at the median, a bar from the least to the greatest, and dots to the curve's end.
function withLongest(panel, curves) {
  const shown = curves.filter(({key}) => !hidden.has(key));
  const ends = shown.map(({curve}) => curve.end);
  if (!ends.length) return panel;
  const values = ends.flatMap(([, median, least, greatest]) => [median, least, greatest]);
  const [low, high] = panel.y.domain;
  return {
    ...panel, note: "", x: ninesAxis(Math.max(10, d3.max(ends, ([n]) => n))),
    y: {...panel.y, domain: [Math.min(low, d3.min(values.filter((value) => value > 0)) / 1.1), Math.max(high, d3.max(values) * 1.1)]},
    lines: [...panel.lines, ...curves.filter(({curve}) => curve.middle.length).map((one) => {
      const last = one.curve.middle.length - 1;
      return {...one, dash: [1, 3], width: 1, points: [[data.nines[last], one.curve.middle[last]], one.curve.end], say: () => null};
    })],
    dots: curves.map((one) => {
      const [n, median, least, greatest] = one.curve.end;
      return {...one, x: n, y: median, low: least, high: greatest, text: `longest of ${count(n)}: median ${duration(median)}, least ${duration(least)}, greatest ${duration(greatest)}`};
    }),
  };
}

function requestLatency({log}) {
  const cells = cellsHere().filter((cell) => cell.requests && Object.keys(cell.requests).length);
  if (!cells.length) return {absent: withoutEvents("no recorded request")};
  const names = Object.keys(data.latencies).filter((name) => cells.some((cell) => cell.requests[name]));
  const panels = names.map((name) => {
    const curves = cells.filter((cell) => cell.requests[name]).map((cell) => ({...look(cell), marker: cell.marker, curve: cell.requests[name]}));
    return withLongest(ninesPanel(data.latencies[name], "request latency", log, curves), curves);
  });
  const domain = d3.extent(panels.flatMap((panel) => panel.y.domain));
  for (const panel of panels) panel.y = {...panel.y, domain};
  return {panels, legend: keysOf(cells), logarithmic: true};
}

// Requests of 1 ms or more: the time of all by cause, as shares, and the slowest of each cell.
function slowestRequests() {
  const cells = cellsHere().filter((cell) => cell.waits);
  if (!cells.length) return {absent: data.cells.some((cell) => cell.waits) ? `No request of ${chosen.workload} at heap ${chosen.heap} took 1 ms or more.` : "No request took 1 ms or more."};
  const causes = Object.keys(data.causes).filter((cause) => cells.some(({waits}) => waits.parts[cause]));
  const stack = (title, axis, partsOf, unit, tell) => {
    const bars = cells.flatMap((cell) => {
      let from = 0;
      return causes.flatMap((cause) => {
        const spent = (partsOf(cell.waits)[cause] || 0) / unit(cell.waits);
        if (hidden.has(cause) || !spent) return [];
        from += spent;
        return [{key: cause, label: cell.label, colour: data.causes[cause], row: cell.label, from: from - spent, to: from, text: `${cause.replaceAll("_", " ")}: ${tell(spent, cell.waits)}`}];
      });
    });
    return {title, x: axis(d3.max(bars, ({to}) => to) || 1), y: bandAxis(cells.map(({label}) => label)), bars};
  };
  const all = ({count: n, total, explained}) => `of ${n} requests, ${duration(total)}; explained ${finite(explained) ? `${(100 * explained).toFixed(1)} %` : "unknown: no run delay"}`;
  return {
    panels: [
      stack("all requests of 1 ms or more", () => plainAxis("share of their time", [0, 1]), (waits) => waits.parts, ({total}) => total, (part, waits) => `${(100 * part).toFixed(1)} % ${all(waits)}`),
      stack("the slowest request of all runs", (most) => plainAxis("ms", [0, most * 1.04]), (waits) => waits.slowest, () => 1e6, (part, {length}) => `${duration(part * 1e6)} of ${duration(length)}`),
    ],
    legend: causes.map((cause) => ({key: cause, label: cause.replaceAll("_", " "), colour: data.causes[cause], box: true})),
  };
}

function bystanderDelay({log}) {
  const cells = cellsHere().filter((cell) => cell.bystander);
  if (!cells.length) return {absent: withoutEvents("no bystander delay")};
  const xs = [...cells.filter(({label}) => !hidden.has(label)).map(({bystander}) => bystander[0]), ...(data.floor ? [data.floor[0]] : [])].flat();
  const least = d3.min([...cells.map(({bystander}) => bystander), ...(data.floor ? [data.floor] : [])], ([, probability]) => d3.min(probability));
  const say = ([length, probability]) => `P(longer than ${duration(length)}) = ${threeDigits(probability)}`;
  const [low, high] = domainOf(xs, true, {room: 0.02});
  return {
    panels: [{
      wide: true, height: 340, x: timeAxis("delay of the bystander", [Math.max(low, 1000), high]),
      y: {...countAxis("P(delay > x)", log ? [least / 1.4, 1.3] : [0, 1.04], log), say: threeDigits, tick: short},
      lines: [...(data.floor ? [{...FLOOR, opacity: 0.6, points: zip(...data.floor), say}] : []), ...cells.map((cell) => ({...look(cell), step: true, points: zip(...cell.bystander), say}))],
    }],
    legend: [...keysOf(cells), ...(data.floor ? [FLOOR] : [])], logarithmic: true,
  };
}

const UTILISATION = {mmu: ["MMU: worst window of this length", "windows of"], bmu: ["BMU: worst window this long or longer", "windows of at least"]};

function utilisation() {
  const cells = cellsHere().filter((cell) => cell.mmu);
  if (!cells.length) return {absent: withoutEvents("no MMU curve")};
  const longest = data.windows[d3.max(cells, (cell) => cell.mmu.middle.length) - 1];
  const panels = Object.entries(UTILISATION).map(([kind, [title, windows]]) => ({
    title, x: timeAxis("window", [data.windows[0], longest]), y: shareAxis("mutator's share of the window"),
    lines: cells.map((cell) => ({
      ...look(cell), points: zip(data.windows, cell[kind].middle), band: bandOf(data.windows, cell[kind]),
      say: ([window, value]) => `${windows} ${duration(window)}: ${share(value)}`,
    })),
  }));
  return {panels, legend: keysOf(cells)};
}
