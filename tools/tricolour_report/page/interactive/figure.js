// One figure: its panels, its legend, a choice of y axis, and the SVG to take away.
//
// `describe({log})` gives {panels, columns, legend, logarithmic, absent}: `columns` beside each
// other where the page is wide, `logarithmic` whether the y (or value) axis may be switched, and
// `absent` is a sentence in place of panels. `lacks()` tells that without drawing. A figure that is
// folded is drawn when it is opened.

const figures = [];

function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  const {role, ...own} = properties;
  Object.assign(node, own);
  if (role) node.setAttribute("role", role);
  node.append(...children);
  return node;
}

function figure(id, describe, lacks, {log = false} = {}) {
  const root = document.getElementById(id);
  const fold = root.querySelector("details");
  const holder = root.querySelector(".panels");
  const legend = root.querySelector(".legend");
  const tools = fold.appendChild(element("div", {className: "tools"}));
  const state = {log};
  const box = element("input", {type: "checkbox"});
  const axis = element("label", {}, box, " logarithmic values");
  const save = element("button", {type: "button", textContent: "Save as SVG"});
  tools.append(axis, save);
  let stale = true;
  const draw = () => {
    stale = false;
    const {
      panels = [],
      columns = 1,
      legend: keys = [],
      logarithmic = false,
      absent = "",
    } = describe(state);
    const focused = [...holder.children].findIndex((panel) =>
      panel.contains(document.activeElement),
    );
    const isolate = (key) =>
      keepPlace(root, () => {
        if (isAlone(key, keys)) allOf(keys);
        else leaveAlone(key, keys);
        redrawAll();
      });
    axis.hidden = !logarithmic;
    box.checked = state.log;
    save.hidden = !panels.length;
    holder.dataset.out = "";
    holder.classList.toggle(
      "slim",
      panels.length > 2 && panels.every((panel) => panel.y.kind !== "band"),
    );
    holder.style.setProperty("--columns", columns);
    // The page keeps its place while panels are replaced.
    holder.style.minHeight = `${holder.offsetHeight}px`;
    holder.replaceChildren(
      ...panels.map(({wide}) => element("div", {className: wide ? "panel wide" : "panel"})),
    );
    drawLegend(legend, keys, holder);
    panels.forEach((panel, place) => drawPanel(holder.children[place], panel, isolate));
    if (absent) holder.append(element("p", {className: "soft absent", textContent: absent}));
    holder.style.minHeight = "";
    if (focused >= 0 && panels[focused])
      holder.children[focused].firstChild.focus({preventScroll: true});
    root.dataset.drawn = absent ? "absent" : String(holder.querySelectorAll(".mark").length);
    state.keys = keys;
  };
  const show = () => {
    root.querySelector(".lacks").textContent = lacks() ? " nothing to show here" : "";
    if (fold.open && stale) draw();
  };
  fold.addEventListener("toggle", show);
  box.addEventListener("change", () => {
    state.log = box.checked;
    draw();
    remember();
  });
  save.addEventListener("click", () =>
    saveSvg(
      id,
      holder,
      state.keys.filter(({key}) => key && !hidden.has(key)),
    ),
  );
  const made = {
    id,
    state,
    first: log,
    fold,
    show,
    refresh: () => {
      stale = true;
      show();
    },
  };
  figures.push(made);
  return made;
}

function redrawAll() {
  readOut.hide();
  for (const one of figures) one.refresh();
  remember();
}

// All panels below each other and the legend under them, as one SVG file with the colours of paper.
function saveSvg(name, holder, keys) {
  const panels = [...holder.querySelectorAll("svg")];
  const width = d3.max(panels, (panel) => Number(panel.getAttribute("width")));
  let height = 0;
  const whole = picture({"font-family": FONT, "font-size": 11, fill: INK});
  const put = (node, x, y) => {
    const copy = node.cloneNode(true);
    copy.setAttribute("x", x);
    copy.setAttribute("y", y);
    copy.querySelectorAll(".halo, [visibility=hidden]").forEach((unseen) => unseen.remove());
    copy.querySelectorAll(".faded").forEach((mark) => mark.classList.remove("faded"));
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
    draw(whole, "text", {x: x + 40, y: height + 10}).text(key.label);
    x += room;
  }
  height += 20;
  withAttributes(whole, {width, height, viewBox: `0 0 ${width} ${height}`});
  const text = onPaper(new XMLSerializer().serializeToString(whole.node()));
  const file = URL.createObjectURL(new Blob([text], {type: "image/svg+xml"}));
  element("a", {href: file, download: `${name}.svg`}).click();
  setTimeout(() => URL.revokeObjectURL(file), 1000);
}
