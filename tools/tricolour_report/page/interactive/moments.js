// The worst moments of the chosen run: what each was, and buttons that open the timeline there.

const MOMENTS = {pause: "longest pause", request: "slowest request"};
const AROUND = 0.25; // of a moment's length, on each side of it

// Without tables of events a request is known from the run's record, but no cycle.
function momentsHere() {
  const {events, slow} = chosen.run || {};
  if (events) return events.moments;
  if (!slow || !slow.length) return {};
  const [[begin, length, causes]] = slow;
  return {request: {begin, length, cycle: null, text: `of which ${causes}`}};
}

function isShown({cycle}) {
  const {events} = chosen.run;
  return Boolean(events) && events.cycles.some(({number}) => number === cycle);
}

function momentText(name) {
  const moment = momentsHere()[name];
  const title = MOMENTS[name][0].toUpperCase() + MOMENTS[name].slice(1);
  if (!moment) return `${title}: none of this run is known by itself.`;
  const {begin, length, text} = moment;
  const where =
    isShown(moment) || !chosen.run.events
      ? ""
      : " It is in no cycle that lies inside the measured region, so no timeline shows it.";
  const when = `${duration(begin)} after the measured region began`;
  return `${title}: ${duration(length)}, ${when}; ${text}.${where}`;
}

function fillMoments() {
  for (const name of Object.keys(MOMENTS)) {
    const moment = momentsHere()[name];
    byId(`worst-${name}`).disabled = !moment || !isShown(moment);
    byId(`worst-${name}-text`).textContent = momentText(name);
  }
}

function openMoment(name) {
  const {begin, length, cycle} = momentsHere()[name];
  chosen.cycle = cycle;
  zoomTo([begin - AROUND * length, begin + (1 + AROUND) * length]);
  address.place = "chart-timeline";
  goTo(address.place);
  remember();
}

// The moments that a stretch of a run holds, to be shaded.
function momentShades([from, to]) {
  const inside = ({begin, length}) => begin < to && begin + length > from;
  const shade = ({begin, length}) => ({
    from: Math.max(begin, from),
    to: Math.min(begin + length, to),
    colour: CHOSEN,
    opacity: 0.2,
  });
  return Object.values(momentsHere()).filter(inside).map(shade);
}
