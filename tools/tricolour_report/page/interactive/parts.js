// Parts of a panel (lines, dots, bars, shades) from the marks of the document, by their kind.

// A sentence with its fields filled in; what is between two bars is left out where one of its
// fields is unknown.
function said(sentence, fields) {
  const unknown = (name) => [undefined, null, ""].includes(fields[name]);
  return sentence
    .split("|")
    .map((part, place) => {
      const names = [...part.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      if (place % 2 && names.some(unknown)) return "";
      return part.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
    })
    .join("");
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
    at: along.say(at[place]),
    next: along.say(next),
    value: value(column(mark.value)),
    low: value(column(mark.low)),
    high: value(column(mark.high)),
    ...Object.fromEntries(texts),
  });
}

// `draw` is given each place of a mark that no switched-off row has.
function eachShown(mark, names, draw) {
  column(mark.at).forEach((at, place) => {
    if (!names || names.includes(at)) draw(at, place);
  });
}

const placed = (names, at, value) => (names ? {x: value, y: at} : {x: at, y: value});

const DRAWN = {
  line(parts, mark, {axis, log, along, values}) {
    const [at, own, low, high] = [mark.at, mark.value, mark.low, mark.high].map(column);
    const lifted = (value) => (log && value === 0 && finite(axis.zero) ? axis.zero : value);
    const silent = (value) => !mark.say || (finite(axis.zero) && value === 0);
    parts.lines.push({
      ...look(mark.series),
      ...(mark.width === undefined ? {} : {width: mark.width}),
      ...(mark.dash ? {dash: mark.dash} : {}),
      step: mark.step,
      points: own.map((value, place) => [at[place], lifted(value)]),
      band: low ? low.map((one, place) => [at[place], one, high[place]]) : undefined,
      say: (_, place) => (silent(own[place]) ? null : sayAt(mark, place, {along, values})),
    });
  },
  points(parts, mark, {names, along, values}) {
    const [hollow, low, high] = [mark.hollow, mark.low, mark.high].map(column);
    eachShown(mark, names, (at, place) =>
      parts.dots.push({
        ...look(mark.series),
        ...placed(names, at, column(mark.value)[place]),
        low: low && low[place],
        high: high && high[place],
        small: mark.small,
        hollow: Boolean(hollow && hollow[place]),
        text: sayAt(mark, place, {along, values}),
      }),
    );
  },
  failures(parts, mark, {names, values}) {
    eachShown(mark, names, (at, place) =>
      parts.dots.push({
        ...look(mark.series),
        ...placed(names, at, values.domain[0]),
        colour: FAILED,
        marker: "X",
        text: thing(mark.reasons)[place],
      }),
    );
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
      const share = sums ? `${((100 * value) / sums.get(row)).toFixed(1)} %` : null;
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
  const [low, high] = [mark.low, mark.high].map(column);
  return {
    from: values.domain[0],
    to: column(mark.value)[place],
    low: low && low[place],
    high: high && high[place],
    place: groups.indexOf(mark.series.key),
    of: groups.length,
  };
}
