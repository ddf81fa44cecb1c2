// The address: what is chosen is its fragment, so that a link shows what its sender saw.
//
// The fragment is `#PLACE?CHOICES`: a section or chart, and all that is not as the page begins:
// workload, heap, metric, view, run, cycle, range (of the timeline), off (series), axis (chart:log
// or chart:linear), open and fold (sections and charts). A fragment without `?` is a place alone
// and chooses nothing.

const CHOICES = ["workload", "heap", "metric", "view", "run", "cycle", "range"];
// A narrow page has a line for each figure of a barrier, so its tables of barriers begin folded.
if (matchMedia("(max-width: 900px)").matches) {
  for (const node of document.querySelectorAll("#which-barrier details")) node.open = false;
}

const folds = [...document.querySelectorAll("[id] > details")].map((node) => ({
  id: node.parentNode.id,
  node,
  first: node.open,
}));
const address = {place: "", first: {}, ready: false};

function chosenNow() {
  const range = chosen.range ? chosen.range.map(Math.round).join("-") : "";
  return {
    ...chosen,
    run: String(data.runs.indexOf(chosen.run)),
    cycle: String(chosen.cycle),
    range,
  };
}

function choicesText() {
  const now = chosenNow();
  const other = new Set(CHOICES.filter((name) => now[name] !== address.first[name]));
  if (other.has("run")) other.add("cycle");
  const pairs = CHOICES.filter((name) => other.has(name)).map((name) => [name, now[name]]);
  for (const key of hidden) pairs.push(["off", key]);
  for (const {id, state, first} of figures)
    if (state.log !== first) pairs.push(["axis", `${id}:${state.log ? "log" : "linear"}`]);
  for (const {id, node, first} of folds)
    if (node.open !== first) pairs.push([node.open ? "open" : "fold", id]);
  return String(new URLSearchParams(pairs));
}

// Puts what is seen into the address and into the links to headings.
function remember() {
  if (!address.ready) return;
  const choices = choicesText();
  const fragment = (place) => (place || choices ? `#${place}${choices && `?${choices}`}` : "");
  for (const link of document.querySelectorAll(".anchor"))
    link.setAttribute("href", fragment(link.hash.slice(1).split("?")[0]));
  const wanted = fragment(address.place);
  if (wanted !== location.hash)
    history.replaceState(null, "", wanted || location.pathname + location.search);
}

// What the address says, as far as this page has it; the rest is as the page begins.
function choose(choices) {
  const asked = new URLSearchParams(choices);
  const has = (name, values) =>
    values.includes(asked.get(name)) ? asked.get(name) : address.first[name];
  chosen.workload = has("workload", data.workloads);
  chosen.heap = heapsOf(chosen.workload).includes(asked.get("heap"))
    ? asked.get("heap")
    : preferredHeap(chosen.workload);
  chosen.metric = has(
    "metric",
    data.metrics.map(({name}) => name),
  );
  chosen.view = has("view", ["ratio", "value"]);
  chosen.run =
    data.runs[
      Number(
        has(
          "run",
          data.runs.map((_, place) => String(place)),
        ),
      )
    ] || null;
  const cycles = chosen.run && chosen.run.events ? chosen.run.events.cycles : [];
  const cycle = cycles.find(({number}) => String(number) === asked.get("cycle"));
  chosen.cycle = cycle ? cycle.number : medianCycle(chosen.run);
  const range = (asked.get("range") || "").split("-").map(Number);
  chosen.range = range.length === 2 && range[0] < range[1] ? range : null;
  hidden.clear();
  for (const key of asked.getAll("off")) hidden.add(key);
  for (const {id, state, first} of figures) {
    const [, axis] =
      asked
        .getAll("axis")
        .map((one) => one.split(":"))
        .find(([chart]) => chart === id) || [];
    state.log = axis ? axis === "log" : first;
  }
  for (const {id, node, first} of folds)
    node.open = first ? !asked.getAll("fold").includes(id) : asked.getAll("open").includes(id);
}

// Opens what the place is in, and goes there.
function goTo(place) {
  const node = document.getElementById(place);
  if (!node) return;
  for (let around = node; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
    for (const {id, node: fold} of folds) if (id === around.id) fold.open = true;
  }
  for (const one of figures) one.show();
  node.scrollIntoView();
}

// Shows what the address says; `first`: when the page begins.
function arrive(first) {
  const [place, choices] = location.hash.slice(1).split(/\?(.*)/s);
  const asks = choices !== undefined && choices !== choicesText();
  address.place = document.getElementById(place) ? place : "";
  if (asks) choose(choices);
  if (asks || first) {
    fillSettings();
    fillRun();
    redrawAll();
  }
  goTo(address.place);
  remember();
}

function startAddress() {
  address.first = chosenNow();
  address.ready = true;
  arrive(true);
  window.addEventListener("hashchange", () => arrive(false));
  for (const {node} of folds) node.addEventListener("toggle", remember);
}
