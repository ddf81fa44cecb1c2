// The legend of a figure: entries that switch series off and on, or leave one alone, everywhere.
//
// An entry is {key, label, colour, dash, marker, box, ...}, without a key for a mark that is
// explained, or {heading}. The buttons stay while series change, and so does their place in the
// window.

const hidden = new Set(); // keys of the series that are switched off, in every figure

function drawLegend(legend, keys, holder) {
  const signature = JSON.stringify(keys);
  if (legend.dataset.of !== signature) {
    legend.dataset.of = signature;
    legend.replaceChildren(...keys.map((one) => entry(one, keys, legend, holder)));
    if (keys.some(({key}) => key)) legend.append(allOn(keys, legend));
  }
  for (const button of legend.querySelectorAll("[aria-pressed]"))
    button.setAttribute("aria-pressed", String(button.pressed()));
  const all = legend.querySelector(".all");
  if (all) all.disabled = !keys.some(({key}) => hidden.has(key));
}

function entry(one, keys, legend, holder) {
  if (one.heading) return element("span", {className: "soft", textContent: one.heading});
  const parts = [sample(one), element("span", {textContent: one.label})];
  if (!one.key) return element("span", {className: "key"}, ...parts);
  const toggle = () => {
    if (!hidden.delete(one.key)) hidden.add(one.key);
  };
  const button = switching(
    "key",
    () => !hidden.has(one.key),
    legend,
    (event) => (event.detail > 1 ? leaveAlone(one.key, keys) : toggle()),
  );
  button.title = "switch off or on; double-click: this one alone";
  button.append(...parts);
  const only = switching(
    "only",
    () => isAlone(one.key, keys),
    legend,
    () => (isAlone(one.key, keys) ? allOf(keys) : leaveAlone(one.key, keys)),
  );
  only.append("only");
  only.setAttribute("aria-label", `only ${one.label}`);
  const whole = element("span", {className: "entry"}, button, only);
  whole.addEventListener("pointerenter", () =>
    standOut(holder, hidden.has(one.key) ? "" : one.key),
  );
  whole.addEventListener("pointerleave", () => standOut(holder, ""));
  return whole;
}

// `pressed` tells whether the button is.
function switching(className, pressed, legend, act) {
  const button = Object.assign(element("button", {type: "button", className}), {pressed});
  button.setAttribute("aria-pressed", "");
  button.addEventListener("click", (event) =>
    keepPlace(legend, () => {
      act(event);
      redrawAll();
    }),
  );
  return button;
}

function allOn(keys, legend) {
  const all = element("button", {type: "button", className: "all", textContent: "all on"});
  all.addEventListener("click", () =>
    keepPlace(legend, () => {
      allOf(keys);
      redrawAll();
    }),
  );
  return all;
}

const allOf = (keys) => keys.forEach(({key}) => hidden.delete(key));

function leaveAlone(key, keys) {
  for (const one of keys)
    if (one.key === key) hidden.delete(one.key);
    else if (one.key) hidden.add(one.key);
}

const isAlone = (key, keys) =>
  keys.every((one) => !one.key || hidden.has(one.key) === (one.key !== key));

// What was under the pointer stays there, however much the figures above it grow or shrink.
function keepPlace(node, act) {
  const before = node.getBoundingClientRect().top;
  act();
  window.scrollBy(0, node.getBoundingClientRect().top - before);
}

// How a series looks, as a small SVG.
function sample({colour, dash, marker, box, width, hollow, opacity = 1}) {
  const svg = picture({width: 34, height: 12, "aria-hidden": "true"});
  const square = {x: 10, y: 1, width: 14, height: 10};
  if (box) draw(svg, "rect", {...square, fill: colour, "fill-opacity": opacity});
  else if (!marker || dash)
    draw(svg, "path", {
      d: "M1,6H33",
      stroke: colour,
      "stroke-opacity": opacity,
      "stroke-width": width || 2,
      "stroke-dasharray": (dash || []).join(" "),
    });
  if (marker)
    draw(svg, "path", {
      d: MARKERS[marker] || MARKERS.o,
      transform: "translate(17,6)",
      fill: marker === "X" ? "none" : hollow ? PAPER : colour,
      stroke: marker === "X" || hollow ? colour : "none",
      "stroke-width": 2,
    });
  return svg.node();
}
