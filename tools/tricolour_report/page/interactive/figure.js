// One figure: its panels, a legend that switches series off and on, a choice of y axis, and the SVG to take away.
//
// `describe({log})` gives {panels, legend, logarithmic, absent}; `legend` is [{key, label, colour, dash, marker, box}], without a key for a mark that is explained, or {heading}, `logarithmic`
// whether the y (or value) axis may be switched, and `absent` is a sentence in place of panels. A series that is switched off is off in every figure.

const figures = [];

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

function figure(id, describe, {log = false} = {}) {
  const root = document.getElementById(id);
  const holder = root.querySelector(".panels");
  const legend = element("div", {className: "legend"});
  const tools = element("div", {className: "tools"});
  root.append(legend, tools);
  const state = {log};
  const box = element("input", {type: "checkbox", checked: log});
  const axis = element("label", {}, box, " logarithmic values");
  const save = element("button", {type: "button", textContent: "Save as SVG"});
  tools.append(axis, save);
  const draw = () => {
    const {panels = [], legend: keys = [], logarithmic = false, absent = ""} = describe(state);
    axis.hidden = !logarithmic;
    save.hidden = !panels.length;
    holder.classList.toggle("slim", panels.length > 2 && panels.every((panel) => panel.y.kind !== "band"));
    holder.style.minHeight = `${holder.offsetHeight}px`; // the page keeps its place while panels are replaced
    holder.replaceChildren(...panels.map(({wide}) => element("div", {className: wide ? "panel wide" : "panel"})));
    panels.forEach((panel, place) => drawPanel(holder.children[place], panel));
    if (absent) holder.append(element("p", {className: "soft absent", textContent: absent}));
    holder.style.minHeight = "";
    drawLegend(legend, keys);
    root.dataset.drawn = absent ? "absent" : String(holder.querySelectorAll(".mark").length);
    state.keys = keys;
  };
  box.addEventListener("change", () => { state.log = box.checked; draw(); });
  save.addEventListener("click", () => saveSvg(id, holder, state.keys.filter(({key}) => key && !hidden.has(key))));
  figures.push(draw);
  return draw;
}

function redrawAll() {
  readOut.hide();
  for (const draw of figures) draw();
}

function drawLegend(legend, keys) {
  legend.replaceChildren(...keys.map((one) => {
    if (one.heading) return element("span", {className: "soft", textContent: one.heading});
    if (!one.key) return element("span", {className: "key"}, sample(one), element("span", {textContent: one.label}));
    const button = element("button", {type: "button", className: "key", title: "click: switch this series off or on; double-click: show only this series"});
    button.setAttribute("aria-pressed", String(!hidden.has(one.key)));
    button.append(sample(one), element("span", {textContent: one.label}));
    button.addEventListener("click", (event) => {
      if (event.detail > 1) return alone(one.key, keys);
      if (hidden.has(one.key)) hidden.delete(one.key); else hidden.add(one.key);
      redrawAll();
      refocus(legend, one.label);
    });
    return button;
  }));
  if (keys.some(({key}) => key && hidden.has(key))) {
    const all = element("button", {type: "button", className: "key all", textContent: "all on"});
    all.addEventListener("click", () => { keys.forEach(({key}) => hidden.delete(key)); redrawAll(); });
    legend.append(all);
  }
}

function alone(key, keys) {
  for (const one of keys) if (one.key === key) hidden.delete(one.key); else if (one.key) hidden.add(one.key);
  redrawAll();
}

function refocus(legend, label) {
  const again = [...legend.children].find((button) => button.textContent === label);
  if (again) again.focus({preventScroll: true});
}

// How a series looks, as a small SVG.
function sample({colour, dash, marker, box, width, hollow, opacity = 1}) {
  const svg = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("width", 34).attr("height", 12).attr("aria-hidden", "true");
  if (box) svg.append("rect").attr("x", 10).attr("y", 1).attr("width", 14).attr("height", 10).attr("fill", colour).attr("fill-opacity", opacity);
  else if (!marker || dash) svg.append("path").attr("d", "M1,6H33").attr("stroke", colour).attr("stroke-opacity", opacity).attr("stroke-width", width || 2).attr("stroke-dasharray", (dash || []).join(" "));
  if (marker) {
    svg.append("path").attr("d", MARKERS[marker] || MARKERS.o).attr("transform", "translate(17,6)").attr("fill", marker === "X" ? "none" : hollow ? "#ffffff" : colour)
      .attr("stroke", marker === "X" || hollow ? colour : "none").attr("stroke-width", 2);
  }
  return svg.node();
}

// All panels below each other and the legend under them, as one SVG file.
function saveSvg(name, holder, keys) {
  const panels = [...holder.querySelectorAll("svg")];
  const width = d3.max(panels, (panel) => Number(panel.getAttribute("width")));
  let height = 0;
  const whole = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("font-family", FONT).attr("font-size", 11).attr("fill", INK);
  const put = (node, x, y) => {
    const copy = node.cloneNode(true);
    copy.setAttribute("x", x);
    copy.setAttribute("y", y);
    copy.querySelectorAll(".halo").forEach((halo) => halo.remove());
    whole.node().append(copy);
  };
  for (const panel of panels) {
    put(panel, 0, height);
    height += Number(panel.getAttribute("height")) + 8;
  }
  let x = 0;
  for (const key of keys) {
    const room = 34 + 6 + textWidth(key.label) + 18;
    if (x > 0 && x + room > width) [x, height] = [0, height + 18];
    put(sample(key), x, height);
    whole.append("text").attr("x", x + 40).attr("y", height + 10).text(key.label);
    x += room;
  }
  height += 20;
  whole.attr("width", width).attr("height", height).attr("viewBox", `0 0 ${width} ${height}`);
  const file = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(whole.node())], {type: "image/svg+xml"}));
  element("a", {href: file, download: `${name}.svg`}).click();
  setTimeout(() => URL.revokeObjectURL(file), 1000);
}
