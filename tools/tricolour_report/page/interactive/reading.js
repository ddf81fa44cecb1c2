// What the reader is at in a panel, by pointer, finger or keys: it is read out and stands out, and
// Enter, or a range that is drawn, chooses.
//
// A target is {key, colour, texts, at: [x, y]} of a point, or {..., box: [x0, y0, x1, y1]} of a
// bar.

const REACH = 36; // pixels from the pointer to what is read out

const readOut = {
  box: null,
  of: null, // the panel that is read out
  show(panel, [x, y], texts) {
    this.of = panel;
    this.box =
      this.box ||
      document
        .querySelector("main")
        .appendChild(element("div", {className: "read-out", role: "status"}));
    const lines = texts.filter(Boolean);
    this.box.replaceChildren(
      ...lines.map((text, place) => element(place ? "div" : "b", {textContent: text})),
    );
    this.box.hidden = false;
    const {offsetWidth: width, offsetHeight: height} = this.box;
    const room = document.documentElement.clientWidth;
    const below = y + 18 + height <= window.innerHeight;
    this.box.style.left = `${Math.max(4, Math.min(x + 14, room - width - 4))}px`;
    this.box.style.top = `${below ? y + 18 : Math.max(4, y - height - 14)}px`;
  },
  hide(panel = this.of) {
    if (this.box && this.of === panel) this.box.hidden = true;
  },
};

// The marks of one series stand out of a figure's, and its band is seen; without a key all are as
// they were. The band of a series that is alone stays.
function standOut(holder, key = "") {
  if (holder.dataset.out === key) return;
  holder.dataset.out = key;
  for (const mark of holder.querySelectorAll("[data-key]")) {
    mark.classList.toggle("faded", Boolean(key) && mark.dataset.key !== key);
    if (mark.matches(".band:not(.alone)"))
      mark.setAttribute("visibility", mark.dataset.key === key ? "visible" : "hidden");
  }
}

function listen(svg, panel, {x, inner, targets}, isolate) {
  const node = svg.node();
  const holder = node.closest(".panels");
  const unseen = {fill: "none", "stroke-width": 1.5, visibility: "hidden", class: "halo"};
  const ring = draw(svg, "path", unseen);
  const shown = (target) => {
    standOut(holder, target ? target.key : "");
    ring.attr("visibility", target ? "visible" : "hidden");
    if (target) ring.attr("d", outline(target)).attr("stroke", target.at ? target.colour : INK);
    if (!target) readOut.hide(node);
  };
  const read = (target, [px, py]) => {
    shown(target);
    const frame = node.getBoundingClientRect();
    if (target) readOut.show(node, [px + frame.left, py + frame.top], target.texts);
  };
  listenToKeys(node, panel, {x, targets, read, isolate});
  listenToPointer(svg, panel, {x, inner, targets, read});
}

function outline({at, box}) {
  if (!at) return `M${box[0]},${box[1]}H${box[2]}V${box[3]}H${box[0]}Z`;
  return `M${at[0] - 6},${at[1]}a6,6 0 1 0 12,0a6,6 0 1 0 -12,0Z`;
}

const middleOf = ({at, box}) => at || [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];

function listenToKeys(node, panel, {x, targets, read, isolate}) {
  let place = -1;
  const go = (to) => {
    if (!targets.length) return;
    place = Math.max(0, Math.min(targets.length - 1, to));
    read(targets[place], middleOf(targets[place]));
  };
  const chosen = () => {
    if (place < 0) return;
    if (panel.picksAt) panel.onRange(null, x.invert(middleOf(targets[place])[0]));
    else if (targets[place].key) isolate(targets[place].key);
  };
  const keys = {
    ArrowRight: () => go(place + 1),
    ArrowLeft: () => go(place - 1),
    ArrowDown: () => go(inOtherSeries(targets, place, 1)),
    ArrowUp: () => go(inOtherSeries(targets, place, -1)),
    Home: () => go(0),
    End: () => go(targets.length - 1),
    Enter: chosen,
    Escape: () => read(null, []),
    ...panel.keys,
  };
  node.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  node.addEventListener("blur", () => read(null, []));
}

// The place of the mark of the next series that is nearest along the panel.
function inOtherSeries(targets, place, step) {
  if (place < 0) return 0;
  const series = [...new Set(targets.map(({key}) => key))];
  const next = series[(series.indexOf(targets[place].key) + step + series.length) % series.length];
  const [here] = middleOf(targets[place]);
  const away = (one) =>
    targets[one].key === next ? Math.abs(middleOf(targets[one])[0] - here) : Infinity;
  return d3.least(d3.range(targets.length), away);
}

// Read-out, and where `onRange` is given the choice of a range by drawing with mouse or finger.
function listenToPointer(svg, panel, {x, inner, targets, read}) {
  const node = svg.node();
  const points = d3
    .quadtree()
    .x((t) => t.at[0])
    .y((t) => t.at[1])
    .addAll(targets.filter((t) => t.at));
  const boxes = targets.filter((t) => t.box).reverse();
  const drawn = draw(svg, "rect", {
    y: inner.y0,
    height: inner.y1 - inner.y0,
    width: 0,
    fill: CHOSEN,
    "fill-opacity": 0.15,
    class: "halo",
  });
  const placeOf = (event) => {
    const frame = node.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  let begun = null;
  const look = (event) => {
    const [px, py] = placeOf(event);
    if (begun !== null) drawn.attr("x", Math.min(begun, px)).attr("width", Math.abs(px - begun));
    const box = boxes.find(
      ({box: [x0, y0, x1, y1]}) => px >= x0 - 2 && px <= x1 + 2 && py >= y0 && py <= y1,
    );
    read(box || points.find(px, py, REACH), [px, py]);
  };
  const end = () => {
    begun = null;
    drawn.attr("width", 0);
  };
  node.addEventListener("pointermove", look);
  node.addEventListener("pointerdown", look);
  node.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") read(null, []);
  }); // a tap is read out until the next
  if (!panel.onRange) return;
  node.addEventListener("pointerdown", (event) => {
    if (event.button === 0) ([begun] = placeOf(event)), node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointercancel", end); // the finger scrolls the page
  node.addEventListener("pointerup", (event) => {
    if (begun === null) return;
    const [px] = placeOf(event);
    const range = [begun, px]
      .sort((a, b) => a - b)
      .map((place) => x.invert(Math.max(inner.x0, Math.min(inner.x1, place))));
    const far = Math.abs(px - begun) > 4;
    end();
    panel.onRange(far ? range : null, x.invert(px));
  });
}
