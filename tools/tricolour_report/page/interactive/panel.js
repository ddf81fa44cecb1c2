// One panel: axes, grid and marks as SVG.
//
// A panel is {title, x, y, lines, dots, bars, shades, rules, notes, height, note, onRange, picksAt,
// keys}. What is drawn carries its looks as attributes, so that the SVG can be saved as it is.
// Marks whose key is in `hidden` are not drawn.
//   lines:  {key, said, colour, dash, width, points: [[x, y], ...], band: [[x, low, high], ...],
//            step, say(point, place)}; a point of which `say` gives null is not read out
//   dots:   {key, said, colour, marker, x, y, low, high, small, hollow, text}; the interval lies
//            along the axis that is no band
//   bars:   {key, label, colour, row, from, to, place, of, low, high, text, more}; `place` of `of`
//            bars in a row of the band axis y
//   shades: {from, to, colour, opacity}; rules: {x or y, label, dash}; notes: [row, text]

const NARROW = 400;
const LINE = 13; // pixels from one line of a row's name to the next

let clips = 0;

function drawPanel(holder, panel, isolate) {
  const size = sized(panel, Math.floor(holder.clientWidth));
  const {width, height, inner, nameRoom} = size;
  const rows = panel.y.kind === "band";
  const x = scaleOf(panel.x, [inner.x0, inner.x1]);
  const y = scaleOf(panel.y, rows ? [inner.y0, inner.y1] : [inner.y1, inner.y0]);
  const place = {x, y, inner, above: nameRoom};
  const labels = [panel.title, panel.y.label, panel.x.label].filter(Boolean);
  const svg = picture({
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": FONT,
    "font-size": 11,
    fill: INK,
    tabindex: 0,
    role: "application",
    "aria-roledescription": "chart",
    "aria-label": labels.join("; ") || "chart",
  });
  holder.replaceChildren(svg.node());
  drawHeading(svg, panel);
  const ticks = drawAxes(svg, panel, place, size);
  const plot = svg.append("g").attr("clip-path", `url(#${drawClip(svg, inner)})`);
  drawShades(plot, panel, place);
  drawRules(plot, panel, place);
  const bars = drawBars(plot, panel, place);
  drawNotes(plot, panel, place);
  const targets = [...bars, ...drawLines(plot, panel, place), ...drawDots(plot, panel, place)];
  svg.node().append(ticks); // names stay readable over what crosses them
  if (panel.note) drawText(svg, (inner.y0 + inner.y1) / 2, inner, panel.note);
  listen(svg, panel, {x, inner, targets}, isolate);
}

// Where everything is, in pixels. Names of rows stand above their bars where beside them there is
// no room; `nameRoom` is what they take of a row's height then.
function sized(panel, width) {
  const rows = panel.y.kind === "band";
  const longest = rows ? d3.max(panel.y.names, (name) => textWidth(name)) : 0;
  const above = rows && (width < NARROW || longest > 0.4 * width);
  const nameWidth = width - 12;
  const nameLines = above ? d3.max(panel.y.names, (name) => wrapped(name, nameWidth).length) : 0;
  const rowHeight = above ? 33 + LINE * nameLines : panel.rowHeight || 24;
  const top = 8 + (panel.title ? 16 : 0) + (panel.y.label ? 16 : 0);
  const bottom = panel.x.label ? 42 : 26;
  const height = rows
    ? top + bottom + rowHeight * panel.y.names.length
    : panel.height || Math.round(Math.max(250, Math.min(330, width * 0.62)));
  const yTicks = ticksOf(panel.y, Math.max(2, Math.floor((height - top - bottom) / 34)));
  const names = rows ? longest : d3.max(yTicks, (tick) => textWidth(panel.y.tick(tick)));
  const left = above ? 6 : Math.ceil(names || 0) + 12;
  const inner = {x0: left, x1: width - 16, y0: top, y1: height - bottom};
  return {width, height, inner, yTicks, nameRoom: LINE * nameLines, nameWidth};
}

function drawHeading(svg, panel) {
  const {title, y} = panel;
  const bold = {x: 0, y: 12, "font-weight": 600, "font-size": 12};
  if (title) draw(svg, "text", bold).text(title);
  if (y.label) draw(svg, "text", {x: 0, y: title ? 29 : 12, fill: SOFT}).text(y.label);
}

// In the middle of the plot's width.
function drawText(svg, y, inner, text) {
  const x = (inner.x0 + inner.x1) / 2;
  draw(svg, "text", {x, y, "text-anchor": "middle", fill: SOFT}).text(text);
}

// Returns the name of what is around the plot.
function drawClip(svg, inner) {
  const id = `clip-${++clips}`;
  draw(draw(svg, "clipPath", {id}), "rect", {
    x: inner.x0 - 1,
    y: inner.y0 - 7,
    width: Math.max(0, inner.x1 - inner.x0 + 8),
    height: inner.y1 - inner.y0 + 8,
  });
  return id;
}

// Returns the ticks' texts.
function drawAxes(svg, panel, place, size) {
  const {inner} = place;
  const grid = draw(svg, "g", {stroke: GRID, "stroke-width": 0.8});
  const text = draw(svg, "g", {fill: SOFT});
  drawXTicks(grid, text, panel.x, place, size.width);
  if (place.y.bandwidth) drawRowNames(text, panel.y, place, size);
  else drawYTicks(grid, text, panel.y, place, size.yTicks);
  const d = `M${inner.x0},${inner.y0}V${inner.y1}H${inner.x1}`;
  draw(svg, "path", {d, fill: "none", stroke: AXIS});
  if (panel.x.label) drawText(svg, inner.y1 + 33, inner, panel.x.label);
  return text.node();
}

// A tick whose text would run into that of the one before has none.
function drawXTicks(grid, text, axis, {x, inner}, width) {
  const widest = () => d3.max(ticksOf(axis, 8), (tick) => textWidth(axis.tick(tick)));
  const spacing = axis.kind === "band" ? 1 : Math.max(52, 14 + widest());
  let reached = -Infinity;
  for (const tick of ticksOf(axis, Math.max(2, Math.floor((inner.x1 - inner.x0) / spacing)))) {
    const at = x(tick) + (x.bandwidth ? x.bandwidth() / 2 : 0);
    if (!x.bandwidth) draw(grid, "line", {x1: at, x2: at, y1: inner.y0, y2: inner.y1});
    const wide = textWidth(axis.tick(tick));
    const begin = Math.max(0, Math.min(at - wide / 2, width - 1 - wide));
    if (begin < reached + 6) continue;
    reached = begin + wide;
    draw(text, "text", {class: "x-tick", x: begin, y: inner.y1 + 15}).text(axis.tick(tick));
  }
}

function drawYTicks(grid, text, axis, {y, inner}, ticks) {
  for (const tick of ticks) {
    draw(grid, "line", {x1: inner.x0, x2: inner.x1, y1: y(tick), y2: y(tick)});
    const at = {x: inner.x0 - 6, y: y(tick) + 4};
    draw(text, "text", {class: "y-tick", ...at, "text-anchor": "end"}).text(axis.tick(tick));
  }
}

function drawRowNames(text, axis, {y, inner, above}, {yTicks, nameWidth}) {
  const looks = {fill: INK, "paint-order": "stroke", stroke: PAPER, "stroke-width": 3};
  for (const row of yTicks) {
    const lines = above ? wrapped(axis.tick(row), nameWidth) : [axis.tick(row)];
    const beside = {x: inner.x0 - 7, y: y(row) + y.bandwidth() / 2 + 4, "text-anchor": "end"};
    lines.forEach((line, number) => {
      const at = above ? {x: inner.x0, y: y(row) + 9 + LINE * number} : beside;
      const kind = number ? "more" : "y-tick";
      draw(text, "text", {class: kind, ...looks, ...at}).text(line);
    });
  }
}
