// The marks of a panel, as panel.js describes them: what is drawn, and what of it can be read out.
//
// A panel's `place` is {x, y, inner, above}: its scales, the rectangle of its plot, and how much of
// a row's height its name takes. Functions that draw what can be read out return its targets
// (reading.js).

const regular = (corners, turn) => {
  const places = d3.range(corners).map((corner) => {
    const angle = turn + (2 * Math.PI * corner) / corners;
    return `${(4.4 * Math.sin(angle)).toFixed(2)},${(-4.4 * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${places.join("L")}Z`;
};
const symbol = (type) => d3.symbol().type(type).size(46)();
const MARKERS = {
  o: symbol(d3.symbolCircle),
  s: regular(4, Math.PI / 4),
  "^": regular(3, 0),
  v: regular(3, Math.PI),
  "<": regular(3, -Math.PI / 2),
  ">": regular(3, Math.PI / 2),
  D: regular(4, 0),
  d: "M0,-5L3,0L0,5L-3,0Z",
  p: regular(5, 0),
  h: regular(6, 0),
  8: regular(8, Math.PI / 8),
  P: symbol(d3.symbolCross),
  X: "M-4,-4L4,4M-4,4L4,-4",
  "*": symbol(d3.symbolStar),
};

const fits = (axis, value) =>
  axis.kind === "band" || (finite(value) && (axis.kind !== "log" || value > 0));

// An interval that reaches 0 or below reaches the end of a logarithmic axis.
const lifted = (axis, value) => (fits(axis, value) ? value : axis.domain[0]);

function drawInterval(plot, from, to, across, horizontal, colour) {
  const d = horizontal
    ? `M${from},${across}H${to}M${from},${across - 3}v6M${to},${across - 3}v6`
    : `M${across},${from}V${to}M${across - 3},${from}h6M${across - 3},${to}h6`;
  draw(plot, "path", {class: "interval", d, fill: "none", stroke: colour, "stroke-width": 1.2});
}

function drawShades(plot, panel, {x, inner}) {
  for (const {from, to, colour, opacity} of panel.shades || [])
    draw(plot, "rect", {
      class: "shade",
      x: x(from),
      width: Math.max(0.6, x(to) - x(from)),
      y: inner.y0,
      height: inner.y1 - inner.y0,
      fill: colour,
      "fill-opacity": opacity,
    });
}

function drawRules(plot, panel, {x, y, inner}) {
  for (const rule of panel.rules || []) {
    const [x1, x2, y1, y2] = finite(rule.x)
      ? [x(rule.x), x(rule.x), inner.y0, inner.y1]
      : [inner.x0, inner.x1, y(rule.y), y(rule.y)];
    const dash = (rule.dash || []).join(" ");
    draw(plot, "line", {x1, x2, y1, y2, stroke: RULE, "stroke-dasharray": dash});
    if (!rule.label) continue;
    const label = {x: x2 - 4, y: y2 - 5, "text-anchor": "end", fill: SOFT};
    draw(plot, "text", label).text(rule.label);
  }
}

// The part of a row that its marks have: what is left under the name, where that stands above.
function rowRoom({y, above}, row) {
  return [y(row) + above, Math.max(6, y.bandwidth() - above)];
}

function drawBars(plot, panel, place) {
  const shown = (panel.bars || []).filter(({key}) => !hidden.has(key));
  return shown.map((bar) => drawBar(plot, bar, panel, place));
}

function drawBar(plot, bar, panel, place) {
  const {x} = place;
  const [rowTop, room] = rowRoom(place, bar.row);
  const thick = room / (bar.of || 1);
  const top = rowTop + thick * (bar.place || 0);
  const from = x(bar.from);
  const wide = Math.max(bar.least || 0, x(bar.to) - from);
  draw(plot, "rect", {
    class: "mark",
    "data-key": bar.key,
    x: from,
    width: wide,
    y: top,
    height: Math.max(1, thick * (bar.of > 1 ? 0.88 : 1)),
    fill: bar.colour,
  });
  if (finite(bar.low))
    drawInterval(plot, x(lifted(panel.x, bar.low)), x(bar.high), top + thick * 0.44, true, INK);
  const box = [from, top, from + wide, top + thick];
  return {key: bar.key, box, texts: [bar.label, bar.text, bar.more]};
}

function drawNotes(plot, panel, place) {
  for (const [row, text] of panel.notes || []) {
    const [top, room] = rowRoom(place, row);
    const at = {x: place.x.range()[0] + 4, y: top + room / 2 + 4};
    draw(plot, "text", {...at, fill: SOFT}).text(text);
  }
}

function drawLines(plot, panel, place) {
  const lines = (panel.lines || []).filter(({key}) => !hidden.has(key));
  const alone = new Set(lines.map(({key}) => key)).size === 1;
  return lines.flatMap((one) => {
    if (one.band) drawBand(plot, one, alone, panel, place);
    return drawLine(plot, one, panel, place);
  });
}

function drawBand(plot, one, alone, panel, {x, y}) {
  const area = d3
    .area()
    .defined((p) => fits(panel.y, p[1]) && fits(panel.y, p[2]))
    .x((p) => x(p[0]))
    .y0((p) => y(p[1]))
    .y1((p) => y(p[2]));
  draw(plot, "path", {
    class: alone ? "band alone" : "band",
    visibility: alone ? "visible" : "hidden",
    "data-key": one.key,
    d: area(one.band),
    fill: one.colour,
    "fill-opacity": 0.12,
  });
}

function drawLine(plot, one, panel, {x, y}) {
  const shown = (point) => fits(panel.x, point[0]) && fits(panel.y, point[1]);
  const line = d3
    .line()
    .defined(shown)
    .x((p) => x(p[0]))
    .y((p) => y(p[1]))
    .curve(one.step ? d3.curveStepAfter : d3.curveLinear);
  draw(plot, "path", {
    class: "mark",
    "data-key": one.key,
    d: line(one.points),
    fill: "none",
    stroke: one.colour,
    "stroke-width": one.width || 1.6,
    "stroke-dasharray": (one.dash || []).join(" "),
    "stroke-opacity": one.opacity || 1,
  });
  return one.points.flatMap((point, number) => {
    const text = shown(point) ? one.say(point, number) : null;
    if (text === null) return [];
    const at = [x(point[0]), y(point[1])];
    return [{key: one.key, at, colour: one.colour, texts: [one.said, text]}];
  });
}

function drawDots(plot, panel, place) {
  const shown = (dot) => !hidden.has(dot.key) && fits(panel.x, dot.x) && fits(panel.y, dot.y);
  return (panel.dots || []).filter(shown).map((dot) => drawDot(plot, dot, panel, place));
}

function drawDot(plot, dot, panel, place) {
  const {x, y} = place;
  const horizontal = Boolean(y.bandwidth);
  const along = horizontal ? 0 : 1; // of `at`: where the value is
  const [rowTop, room] = horizontal ? rowRoom(place, dot.y) : [0, 0];
  const at = [x(dot.x), horizontal ? rowTop + room / 2 : y(dot.y)];
  const failed = dot.marker === "X";
  if (failed) at[along] += horizontal ? 8 : -8; // it stands at the axis, just inside
  const scale = horizontal ? x : y;
  const low = lifted(horizontal ? panel.x : panel.y, dot.low);
  if (finite(dot.low))
    drawInterval(plot, scale(low), scale(dot.high), at[1 - along], horizontal, dot.colour);
  draw(plot, "path", {
    class: "mark",
    "data-key": dot.key,
    d: MARKERS[dot.marker] || MARKERS.o,
    transform: `translate(${at[0]},${at[1]}) scale(${dot.small ? 0.55 : 1})`,
    fill: failed ? "none" : dot.hollow ? PAPER : dot.colour,
    "fill-opacity": dot.small ? 0.45 : 1,
    stroke: failed || dot.hollow ? dot.colour : "none",
    "stroke-width": dot.hollow ? 1.5 : 2,
  });
  return {key: dot.key, at, colour: dot.colour, texts: [dot.said, dot.text]};
}
