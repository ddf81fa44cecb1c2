// Charts of the document as panels: what `encoding.py` wrote, for what is chosen and switched on.
//
// A chart refers to the document's pool for axes, looks and columns. `chosen` (page.js) is what the
// selects say.

const data = JSON.parse(await unpacked(document.getElementById("data").textContent));
const ROW = 24; // pixels
const WIDE = 340;

// The text of compressed bytes that are written in letters (base64).
function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

for (const thing of data.pool) {
  for (const series of [thing.series, ...(Array.isArray(thing) ? thing : [])]) {
    if (series && series.colour) series.colour = painted(series.colour);
  }
}

// What is at a place of the pool; nothing where there is no place.
const thing = (place, otherwise) => (place === undefined ? otherwise : data.pool[place]);

// A column of numbers or names; whole numbers come as differences.
const columns = new Map();
function column(place) {
  if (place === undefined) return null;
  if (!columns.has(place)) {
    const found = data.pool[place];
    const whole = () => running(found.steps).map((value) => value * found.by);
    columns.set(place, Array.isArray(found) ? found : whole());
  }
  return columns.get(place);
}

function running(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}

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
  return {key, label, said: facet ? `${facet} + ${label}` : label, colour, dash: scaled, width, marker, box: area, hollow, opacity};
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
    panel, axis, names, sums, log, left: new Map(), values: axisOf(axis, domain, log),
    along: names ? bandAxis(names, along.label) : axisOf(along, along.limits, Boolean(along.log)),
    groups: [...new Set(marks.filter(({kind}) => kind === "bars").map(({series}) => series.key))],
  };
  const parts = {lines: [], dots: [], bars: [], shades: []};
  for (const mark of shown) DRAWN[mark.kind](parts, mark, context);
  parts.lines.sort((one, other) => (one.opacity || 1) - (other.opacity || 1)); // pale ones below
  return {
    title: titleOf(panel, marks, shown, log), note: panel.note, wide, ...parts,
    x: names ? context.values : context.along, y: names ? context.along : context.values,
    rules: thing(panel.rules, []).map((rule) => ({...rule, ...placed(names, undefined, rule.value)})),
    notes: notesOf(panel, names, parts), ...picking(panel, parts, context),
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

// A sentence with its fields filled in; what is between two bars is left out where one of its
// fields is unknown.
function said(sentence, fields) {
  const unknown = (name) => [undefined, null, ""].includes(fields[name]);
  return sentence.split("|").map((part, place) => {
    const names = [...part.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (place % 2 && names.some(unknown)) return "";
    return part.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  }).join("");
}

// What is read out at one point of a mark.
function sayAt(mark, place, {along, values}) {
  const at = column(mark.at);
  const next = at[Math.min(place + 1, at.length - 1)];
  const value = (of) => (of && finite(of[place]) ? values.say(of[place]) : null);
  const texts = Object.entries(thing(mark.texts, {})).map(([name, all]) => {
    const one = Array.isArray(all) ? all[place] : all;
    return [name, typeof one === "number" ? values.say(one) : one];
  });
  return said(mark.say, {
    at: along.say(at[place]), next: along.say(next), value: value(column(mark.value)),
    low: value(column(mark.low)), high: value(column(mark.high)), ...Object.fromEntries(texts),
  });
}

// `draw` is given each place of a mark that no switched-off row has.
function eachShown(mark, names, draw) {
  column(mark.at).forEach((at, place) => { if (!names || names.includes(at)) draw(at, place); });
}

const placed = (names, at, value) => (names ? {x: value, y: at} : {x: at, y: value});

const DRAWN = {
  line(parts, mark, {axis, log, along, values}) {
    const at = column(mark.at), low = column(mark.low), high = column(mark.high);
    const lifted = (value) => (log && value === 0 && finite(axis.zero) ? axis.zero : value);
    const silent = (value) => !mark.say || finite(axis.zero) && value === 0;
    const own = column(mark.value);
    parts.lines.push({
      ...look(mark.series), ...(mark.width === undefined ? {} : {width: mark.width}),
      ...(mark.dash ? {dash: mark.dash} : {}), step: mark.step,
      points: own.map((value, place) => [at[place], lifted(value)]),
      band: low ? low.map((one, place) => [at[place], one, high[place]]) : undefined,
      say: (_, place) => (silent(own[place]) ? null : sayAt(mark, place, {along, values})),
    });
  },
  points(parts, mark, {names, along, values}) {
    const hollow = column(mark.hollow), low = column(mark.low), high = column(mark.high);
    eachShown(mark, names, (at, place) => parts.dots.push({
      ...look(mark.series), ...placed(names, at, column(mark.value)[place]),
      low: low && low[place], high: high && high[place], small: mark.small,
      hollow: Boolean(hollow && hollow[place]), text: sayAt(mark, place, {along, values}),
    }));
  },
  failures(parts, mark, {names, values}) {
    eachShown(mark, names, (at, place) => parts.dots.push({
      ...look(mark.series), ...placed(names, at, values.domain[0]), colour: FAILED, marker: "X",
      text: thing(mark.reasons)[place],
    }));
  },
  bars(parts, mark, context) {
    const {panel, names, values, sums} = context;
    const notes = thing(panel.notes, {});
    const {key, label: series, colour} = mark.series;
    const tell = (value) => (finite(value) ? values.say(value) : null);
    eachShown(mark, names, (row, place) => {
      const value = column(mark.value)[place];
      if (panel.stacked && !value) return;
      const bar = (panel.stacked ? stackedBar : groupedBar)(mark, place, context);
      const share = sums ? `${(100 * value / sums.get(row)).toFixed(1)} %` : null;
      const ends = {low: tell(bar.low), high: tell(bar.high)};
      const text = said(mark.say, {row, series, value: tell(value), share, ...ends});
      parts.bars.push({key, colour, row, ...bar, text, more: notes[row]});
    });
  },
  spans(parts, mark, {panel, along, values}) {
    const origin = panel.origin || 0;
    const edges = running(mark.edges).map((edge) => edge + origin);
    const {rows} = mark;
    const [low, high] = rows ? values.domain : along.domain;
    const {key, label, colour, opacity} = mark.series;
    for (let place = 0; place + 1 < edges.length; place += 2) {
      const [begin, end] = [edges[place], edges[place + 1]];
      if (end < low || begin > high) continue;
      const [from, to] = [Math.max(begin, low), Math.min(end, high)];
      if (!rows) parts.shades.push({from, to, colour, opacity});
      const fields = {length: duration(end - begin), after: duration(begin - origin)};
      const text = said(mark.say || "", fields);
      for (const row of rows || []) {
        parts.bars.push({key, label: `${row}, ${label}`, colour, row, from, to, least: 1, text});
      }
    }
  },
};

function stackedBar(mark, place, {left}) {
  const row = column(mark.at)[place];
  const from = left.get(row) || 0;
  const to = from + column(mark.value)[place];
  left.set(row, to);
  return {label: row, from, to};
}

function groupedBar(mark, place, {values, groups}) {
  const low = column(mark.low), high = column(mark.high);
  return {
    from: values.domain[0], to: column(mark.value)[place],
    low: low && low[place], high: high && high[place],
    place: groups.indexOf(mark.series.key), of: groups.length,
  };
}

// What drawing over a panel, a click into it, or a key chooses.
function picking(panel, parts, {values}) {
  const zoom = (range) => { if (range) zoomTo(range); };
  const keys = {"+": () => zoomBy(0.5), "-": () => zoomBy(2), "0": () => zoomTo(null)};
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
  return {picksAt: true, onRange: (range, at) => nearestCycle(range ? (range[0] + range[1]) / 2 : at)};
}
