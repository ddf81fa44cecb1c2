// Charts of the document (pool.js) as panels, for what is chosen and switched on. `chosen`
// (page.js) is what the selects say.

const ROW = 24; // pixels
const WIDE = 340;

const chartOf = (figure) => figure.charts[figure.choices.map(choiceText).join("\n")];

// A figure's panels and legend for what is chosen, or why there are none.
function describe(figure, {log}) {
  const chart = chartOf(figure);
  if (!chart) return {absent: whyAbsent(figure)};
  const logarithmic = Boolean(chart.switchable);
  const panels = chart.panels.map((one) => {
    const panel = {...one, ...thing(one.of)};
    return panelOf(panel, logarithmic ? log : Boolean(panel.values.log), chart.columns === 1);
  });
  if (chart.shared) {
    const domain = d3.extent(panels.flatMap((panel) => panel.y.domain));
    for (const panel of panels) panel.y = {...panel.y, domain};
  }
  return {panels, columns: chart.columns, legend: legendOf(chart), logarithmic};
}

function whyAbsent(figure) {
  const run = figure.choices.includes("run");
  if (run && !chosen.run) return "No run was read.";
  if (run && chosen.run.absent) return chosen.run.absent;
  return figure.absent.replace(/\{(\w+)\}/g, (_, name) => chosen[name]);
}

function marksOf(panel) {
  const spans = ([of, ...edges]) => ({...thing(of), edges});
  return panel.marks.map((one) => (Array.isArray(one) ? spans(one) : {...one, ...thing(one.of)}));
}

function look({key, label, colour, dash = [], width = 1.5, marker, area, hollow, opacity, facet}) {
  const scaled = dash.map((length) => 1.5 * length);
  return {
    key,
    label,
    said: facet ? `${facet} + ${label}` : label,
    colour,
    dash: scaled,
    width,
    marker,
    box: area,
    hollow,
    opacity,
  };
}

// Every series once, by its rank; where panels have their own legends, below their titles.
function legendOf(chart) {
  const entry = (one) => ({...look(one), dash: one.width === 0 ? undefined : look(one).dash});
  const of = (panels) => {
    const series = panels.flatMap(marksOf).map((mark) => [mark.series.key, mark.series]);
    return [...new Map(series).values()].sort(byRank).map(entry);
  };
  const own = (panel) => [{heading: `${panel.title}:`}, ...of([panel])];
  const keys = chart.apart ? chart.panels.flatMap(own) : of(chart.panels);
  return [...keys, ...thing(chart.explained, []).map(entry)];
}

const rank = ({rank: place}) => (place === undefined ? Number.MAX_SAFE_INTEGER : place);
const byRank = (one, other) => rank(one) - rank(other);

function panelOf(panel, log, wide) {
  const marks = marksOf(panel);
  const {along, values: axis, limits} = panel;
  const names = along.names && rowsOf(along.names, marks);
  const shown = marks.filter((mark) => !hidden.has(mark.series.key) && isInRows(mark, names));
  const sums = panel.stacked ? sumsOf(shown) : null;
  const zoomed = panel.picks === "range" && chosen.range;
  const counted = shown.length ? shown : marks;
  const domain = zoomed || limits || valueDomain(axis, counted, sums, log);
  const context = {
    panel,
    axis,
    names,
    sums,
    log,
    left: new Map(),
    values: axisOf(axis, domain, log),
    along: names ? bandAxis(names, along.label) : axisOf(along, along.limits, Boolean(along.log)),
    groups: [...new Set(marks.filter(({kind}) => kind === "bars").map(({series}) => series.key))],
  };
  const parts = {lines: [], dots: [], bars: [], shades: []};
  for (const mark of shown) DRAWN[mark.kind](parts, mark, context);
  parts.lines.sort((one, other) => (one.opacity || 1) - (other.opacity || 1)); // pale ones below
  return {
    title: titleOf(panel, marks, shown, log),
    note: panel.note,
    wide,
    ...parts,
    x: names ? context.values : context.along,
    y: names ? context.along : context.values,
    rules: thing(panel.rules, []).map((rule) => ({
      ...rule,
      ...placed(names, undefined, rule.value),
    })),
    notes: notesOf(panel, names, parts),
    ...picking(panel, parts, context),
    rowHeight: names && Math.round(ROW * (along.thick || 1)),
    height: wide && !names ? WIDE : undefined,
  };
}

// A row of one series is switched off with it, but one row always stays.
function rowsOf(names, marks) {
  const keys = new Map(names.map((name) => [name, new Set()]));
  for (const {at, rows, series} of marks) {
    for (const row of rows || column(at) || []) keys.get(row).add(series.key);
  }
  const isOff = (name) => keys.get(name).size === 1 && hidden.has([...keys.get(name)][0]);
  const shown = names.filter((name) => !isOff(name));
  return shown.length ? shown : names.slice(0, 1);
}

function isInRows({kind, at}, names) {
  return !names || kind === "spans" || column(at).some((row) => names.includes(row));
}

// Of stacked bars, by row.
function sumsOf(marks) {
  const sums = new Map();
  for (const mark of marks) {
    const values = column(mark.value);
    column(mark.at).forEach((row, place) => sums.set(row, (sums.get(row) || 0) + values[place]));
  }
  return sums;
}

function titleOf(panel, marks, shown, log) {
  const title = panel.title || "";
  if (panel.tally) {
    const events = shown.map((mark) => mark.events).filter(Boolean);
    if (!events.length) return `${title}: none switched on`;
    const [n, longest] = [d3.sum(events, ([one]) => one), d3.max(events, ([, one]) => one)];
    return `${title}: n = ${n}, max ${duration(longest)}`;
  }
  const points = marks.filter(({kind, small}) => kind === "points" && !small);
  const values = points.flatMap(({value}) => column(value));
  const lost = log ? values.filter((value) => value <= 0).length : 0;
  return lost ? `${title} (${lost} of ${values.length} are 0)` : title;
}

function valueDomain(axis, marks, sums, log) {
  const parts = (mark) => [mark.value, mark.low, mark.high].flatMap((one) => column(one) || []);
  const points = marks.filter(({kind}) => kind === "points");
  const plainly = () => (sums ? [...sums.values()] : marks.flatMap(parts));
  const values = axis.readable ? readable(points) : plainly();
  return domainOf(values, log, {include: axis.hold || []});
}

// The values, and the ends of their intervals as far as they do not press the values together: what
// goes on far beyond them is cut at the edge.
function readable(points) {
  const values = points.flatMap(({value}) => column(value));
  const [least, most] = d3.extent([1, ...values]);
  const reach = 2 * Math.max(most - least, 0.05);
  const ends = points.flatMap(({low, high}) => [column(low) || [], column(high) || []]).flat();
  const near = (end) => Math.max(least - reach, Math.min(most + reach, end));
  return [...values, ...ends.filter(finite).map(near)];
}

// Texts of rows without a bar; a row with bars has its text in what is read out.
function notesOf(panel, names, {bars}) {
  const filled = new Set(bars.map(({row}) => row));
  const empty = ([row]) => names.includes(row) && !filled.has(row);
  return Object.entries(thing(panel.notes, {})).filter(empty);
}

// What drawing over a panel, a click into it, or a key chooses.
function picking(panel, parts, {values}) {
  const zoom = (range) => {
    if (range) zoomTo(range);
  };
  const keys = {"+": () => zoomBy(0.5), "-": () => zoomBy(2), 0: () => zoomTo(null)};
  if (panel.picks === "range") {
    parts.shades.push(...momentShades(values.domain));
    return {onRange: zoom, keys};
  }
  if (panel.picks !== "cycle") return {};
  const cycle = cycleHere();
  if (cycle) {
    const {begin: from, span} = cycle;
    parts.shades.unshift({from, to: from + span, colour: CHOSEN, opacity: 0.25});
  }
  return {
    picksAt: true,
    onRange: (range, at) => nearestCycle(range ? (range[0] + range[1]) / 2 : at),
  };
}
