// One panel: axes, grid and marks as SVG.
//
// A panel is {title, x, y, lines, dots, bars, shades, rules, notes, height, note, onRange, picksAt, keys}. What is drawn carries its looks as attributes, so
// that the SVG can be saved as it is. Marks whose key is in `hidden` are not drawn.
//   lines:  {key, said, colour, dash, width, points: [[x, y], ...], band: [[x, low, high], ...], step, say(point, place)}   a point of which `say` gives null is not read out
//   dots:   {key, said, colour, marker, x, y, low, high, small, hollow, text}   the interval lies along the axis that is no band
//   bars:   {key, label, colour, row, from, to, place, of, low, high, text, more}   `place` of `of` bars in a row of the band axis y
//   shades: {from, to, colour, opacity}   rules: {x or y, label, dash}   notes: [row, text]

const FONT = 'system-ui, "DejaVu Sans", Verdana, sans-serif';
const NARROW = 400;

const measure = document.createElement("canvas").getContext("2d");
function textWidth(text, size = 11, weight = "") {
  measure.font = `${weight} ${size}px ${FONT}`;
  return measure.measureText(text).width;
}

// The words in lines that fit the room.
function wrapped(text, room) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (lines[lines.length - 1] && textWidth(longer) > room) lines.push(word); else lines[lines.length - 1] = longer;
  }
  return lines;
}

const LINE = 13; // pixels from one line of a row's name to the next
const regular = (corners, turn) => `M${d3.range(corners).map((i) => {
  const angle = turn + (2 * Math.PI * i) / corners;
  return `${(4.4 * Math.sin(angle)).toFixed(2)},${(-4.4 * Math.cos(angle)).toFixed(2)}`;
}).join("L")}Z`;
const symbol = (type) => d3.symbol().type(type).size(46)();
const MARKERS = {
  o: symbol(d3.symbolCircle), s: regular(4, Math.PI / 4), "^": regular(3, 0), v: regular(3, Math.PI), "<": regular(3, -Math.PI / 2),
  ">": regular(3, Math.PI / 2), D: regular(4, 0), d: "M0,-5L3,0L0,5L-3,0Z", p: regular(5, 0), h: regular(6, 0), 8: regular(8, Math.PI / 8),
  P: symbol(d3.symbolCross), X: "M-4,-4L4,4M-4,4L4,-4", "*": symbol(d3.symbolStar),
};

let clips = 0;

function drawPanel(holder, panel, isolate) {
  const width = Math.floor(holder.clientWidth);
  const narrow = width < NARROW;
  const rows = panel.y.kind === "band";
  const longest = rows ? d3.max(panel.y.names, (name) => textWidth(name)) : 0;
  const above = rows && (narrow || longest > 0.4 * width); // names of rows stand above their bars, where beside them there is no room
  const nameLines = above ? d3.max(panel.y.names, (name) => wrapped(name, width - 12).length) : 0;
  const rowHeight = above ? 33 + LINE * nameLines : panel.rowHeight || 24;
  const top = 8 + (panel.title ? 16 : 0) + (panel.y.label ? 16 : 0);
  const bottom = panel.x.label ? 42 : 26;
  const height = rows ? top + bottom + rowHeight * panel.y.names.length : panel.height || Math.round(Math.max(250, Math.min(330, width * 0.62)));
  const yTicks = ticksOf(panel.y, Math.max(2, Math.floor((height - top - bottom) / 34)));
  const names = rows ? longest : d3.max(yTicks, (tick) => textWidth(panel.y.tick(tick)));
  const left = above ? 6 : Math.ceil(names || 0) + 12;
  const right = 16;
  const frame = {above: LINE * nameLines, room: width - 12}; // what a row's name takes of its height, and how wide it may be
  const inner = {x0: left, x1: width - right, y0: top, y1: height - bottom};
  const x = scaleOf(panel.x, [inner.x0, inner.x1]);
  const y = scaleOf(panel.y, rows ? [inner.y0, inner.y1] : [inner.y1, inner.y0]);
  const svg = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("width", width).attr("height", height)
    .attr("viewBox", `0 0 ${width} ${height}`).attr("font-family", FONT).attr("font-size", 11).attr("fill", INK)
    .attr("tabindex", 0).attr("role", "application").attr("aria-roledescription", "chart")
    .attr("aria-label", [panel.title, panel.y.label, panel.x.label].filter(Boolean).join("; ") || "chart");
  holder.replaceChildren(svg.node());
  let line = 12;
  if (panel.title) {
    svg.append("text").attr("x", 0).attr("y", line).attr("font-weight", 600).attr("font-size", 12).text(panel.title);
    line += 17;
  }
  if (panel.y.label) svg.append("text").attr("x", 0).attr("y", line).attr("fill", SOFT).text(panel.y.label);
  const ticks = drawAxes(svg, panel, {x, y, inner, yTicks, frame});
  const clip = `clip-${++clips}`;
  svg.append("clipPath").attr("id", clip).append("rect").attr("x", inner.x0 - 1).attr("y", inner.y0 - 7)
    .attr("width", Math.max(0, inner.x1 - inner.x0 + 8)).attr("height", inner.y1 - inner.y0 + 8);
  const plot = svg.append("g").attr("clip-path", `url(#${clip})`);
  const targets = [];
  drawShades(plot, panel, x, inner);
  drawRules(plot, panel, x, y, inner);
  drawBars(plot, panel, x, y, frame.above, targets);
  drawNotes(plot, panel, x, y, frame.above);
  const lines = (panel.lines || []).filter(({key}) => !hidden.has(key));
  const alone = new Set(lines.map(({key}) => key)).size === 1;
  for (const one of lines) drawLine(plot, {...one, alone}, panel, x, y, targets);
  for (const one of panel.dots || []) if (!hidden.has(one.key)) drawDot(plot, one, panel, x, y, frame.above, targets);
  svg.node().append(ticks); // names stay readable over what crosses them
  if (panel.note) svg.append("text").attr("x", (inner.x0 + inner.x1) / 2).attr("y", (inner.y0 + inner.y1) / 2)
    .attr("text-anchor", "middle").attr("fill", SOFT).text(panel.note);
  listen(svg, panel, {x, inner, targets}, isolate);
}

// Returns the ticks' texts.
function drawAxes(svg, panel, {x, y, inner, yTicks, frame}) {
  const spacing = panel.x.kind === "band" ? 1 : Math.max(52, 14 + d3.max(ticksOf(panel.x, 8), (tick) => textWidth(panel.x.tick(tick))));
  const grid = svg.append("g").attr("stroke", GRID).attr("stroke-width", 0.8);
  const text = svg.append("g").attr("fill", SOFT);
  let reached = -Infinity; // where the label before ends
  for (const tick of ticksOf(panel.x, Math.max(2, Math.floor((inner.x1 - inner.x0) / spacing)))) {
    const place = x(tick) + (x.bandwidth ? x.bandwidth() / 2 : 0);
    if (!x.bandwidth) grid.append("line").attr("x1", place).attr("x2", place).attr("y1", inner.y0).attr("y2", inner.y1);
    const wide = textWidth(panel.x.tick(tick));
    const begin = Math.max(0, Math.min(place - wide / 2, Number(svg.attr("width")) - 1 - wide));
    if (begin < reached + 6) continue;
    reached = begin + wide;
    text.append("text").attr("class", "x-tick").attr("x", begin).attr("y", inner.y1 + 15).text(panel.x.tick(tick));
  }
  for (const tick of yTicks) {
    if (y.bandwidth) {
      const middle = y(tick) + y.bandwidth() / 2;
      const lines = frame.above ? wrapped(panel.y.tick(tick), frame.room) : [panel.y.tick(tick)];
      lines.forEach((line, number) => {
        const label = text.append("text").attr("class", number ? "more" : "y-tick").attr("fill", INK).attr("paint-order", "stroke")
          .attr("stroke", PAPER).attr("stroke-width", 3).text(line);
        if (frame.above) label.attr("x", inner.x0).attr("y", y(tick) + 9 + LINE * number);
        else label.attr("x", inner.x0 - 7).attr("y", middle + 4).attr("text-anchor", "end");
      });
      continue;
    }
    grid.append("line").attr("x1", inner.x0).attr("x2", inner.x1).attr("y1", y(tick)).attr("y2", y(tick));
    text.append("text").attr("class", "y-tick").attr("x", inner.x0 - 6).attr("y", y(tick) + 4).attr("text-anchor", "end").text(panel.y.tick(tick));
  }
  svg.append("path").attr("d", `M${inner.x0},${inner.y0}V${inner.y1}H${inner.x1}`).attr("fill", "none").attr("stroke", AXIS);
  if (panel.x.label) svg.append("text").attr("x", (inner.x0 + inner.x1) / 2).attr("y", inner.y1 + 33).attr("text-anchor", "middle")
    .attr("fill", SOFT).text(panel.x.label);
  return text.node();
}

function drawShades(plot, panel, x, inner) {
  for (const {from, to, colour, opacity} of panel.shades || []) {
    plot.append("rect").attr("class", "shade").attr("x", x(from)).attr("width", Math.max(0.6, x(to) - x(from))).attr("y", inner.y0)
      .attr("height", inner.y1 - inner.y0).attr("fill", colour).attr("fill-opacity", opacity);
  }
}

function drawRules(plot, panel, x, y, inner) {
  for (const rule of panel.rules || []) {
    const [x1, x2, y1, y2] = finite(rule.x) ? [x(rule.x), x(rule.x), inner.y0, inner.y1] : [inner.x0, inner.x1, y(rule.y), y(rule.y)];
    plot.append("line").attr("x1", x1).attr("x2", x2).attr("y1", y1).attr("y2", y2).attr("stroke", RULE)
      .attr("stroke-dasharray", (rule.dash || []).join(" "));
    if (rule.label) plot.append("text").attr("x", x2 - 4).attr("y", y2 - 5).attr("text-anchor", "end").attr("fill", SOFT).text(rule.label);
  }
}

// The part of a row that its marks have: what is left under the name, where that stands above.
function rowRoom(y, row, above) {
  return [y(row) + above, Math.max(6, y.bandwidth() - above)];
}

function drawBars(plot, panel, x, y, above, targets) {
  for (const bar of panel.bars || []) {
    if (hidden.has(bar.key)) continue;
    const [rowTop, room] = rowRoom(y, bar.row, above);
    const thick = room / (bar.of || 1);
    const top = rowTop + thick * (bar.place || 0);
    const [from, to] = [x(bar.from), x(bar.to)];
    const wide = Math.max(bar.least || 0, to - from);
    plot.append("rect").attr("class", "mark").attr("data-key", bar.key).attr("x", from).attr("width", wide).attr("y", top).attr("height", Math.max(1, thick * (bar.of > 1 ? 0.88 : 1)))
      .attr("fill", bar.colour);
    if (finite(bar.low)) interval(plot, x(lifted(panel.x, bar.low)), x(bar.high), top + thick * 0.44, true, INK);
    targets.push({key: bar.key, box: [from, top, from + wide, top + thick], texts: [bar.label, bar.text, bar.more]});
  }
}

function drawNotes(plot, panel, x, y, above) {
  for (const [row, text] of panel.notes || []) {
    const [top, room] = rowRoom(y, row, above);
    plot.append("text").attr("x", x.range()[0] + 4).attr("y", top + room / 2 + 4).attr("fill", SOFT).text(text);
  }
}

const fits = (axis, value) => axis.kind === "band" || (finite(value) && (axis.kind !== "log" || value > 0));

// An interval that reaches 0 or below reaches the end of a logarithmic axis.
const lifted = (axis, value) => (fits(axis, value) ? value : axis.domain[0]);

function interval(plot, from, to, across, horizontal, colour) {
  const d = horizontal ? `M${from},${across}H${to}M${from},${across - 3}v6M${to},${across - 3}v6` : `M${across},${from}V${to}M${across - 3},${from}h6M${across - 3},${to}h6`;
  plot.append("path").attr("class", "interval").attr("d", d).attr("fill", "none").attr("stroke", colour).attr("stroke-width", 1.2);
}

function drawLine(plot, one, panel, x, y, targets) {
  const shown = (point) => fits(panel.x, point[0]) && fits(panel.y, point[1]);
  if (one.band) {
    const area = d3.area().defined((p) => fits(panel.y, p[1]) && fits(panel.y, p[2])).x((p) => x(p[0])).y0((p) => y(p[1])).y1((p) => y(p[2]));
    plot.append("path").attr("class", one.alone ? "band alone" : "band").attr("visibility", one.alone ? "visible" : "hidden").attr("data-key", one.key).attr("d", area(one.band)).attr("fill", one.colour).attr("fill-opacity", 0.12);
  }
  const line = d3.line().defined(shown).x((p) => x(p[0])).y((p) => y(p[1])).curve(one.step ? d3.curveStepAfter : d3.curveLinear);
  plot.append("path").attr("class", "mark").attr("data-key", one.key).attr("d", line(one.points)).attr("fill", "none").attr("stroke", one.colour)
    .attr("stroke-width", one.width || 1.6).attr("stroke-dasharray", (one.dash || []).join(" ")).attr("stroke-opacity", one.opacity || 1);
  one.points.forEach((point, place) => {
    const text = shown(point) ? one.say(point, place) : null;
    if (text !== null) targets.push({key: one.key, at: [x(point[0]), y(point[1])], colour: one.colour, texts: [one.said, text]});
  });
}

function drawDot(plot, dot, panel, x, y, above, targets) {
  if (!fits(panel.x, dot.x) || !fits(panel.y, dot.y)) return;
  const horizontal = Boolean(y.bandwidth);
  const value = horizontal ? panel.x : panel.y;
  const [rowTop, room] = horizontal ? rowRoom(y, dot.y, above) : [0, 0];
  const at = horizontal ? [x(dot.x), rowTop + room / 2] : [x(dot.x), y(dot.y)];
  const colour = dot.colour;
  if (dot.marker === "X") at[horizontal ? 0 : 1] += horizontal ? 8 : -8; // a failure stands at the axis, just inside
  if (finite(dot.low)) interval(plot, (horizontal ? x : y)(lifted(value, dot.low)), (horizontal ? x : y)(dot.high), at[horizontal ? 1 : 0], horizontal, colour);
  const open = dot.marker === "X";
  plot.append("path").attr("class", "mark").attr("data-key", dot.key).attr("d", MARKERS[dot.marker] || MARKERS.o)
    .attr("transform", `translate(${at[0]},${at[1]}) scale(${dot.small ? 0.55 : 1})`)
    .attr("fill", open ? "none" : dot.hollow ? PAPER : colour).attr("fill-opacity", dot.small ? 0.45 : 1)
    .attr("stroke", open || dot.hollow ? colour : "none").attr("stroke-width", dot.hollow ? 1.5 : 2);
  targets.push({key: dot.key, at, colour, texts: [dot.said, dot.text]});
}
