// Numbers as people read them, and axes: what an axis is, its scale and its ticks.
//
// An axis is {kind: "log" | "linear" | "band", domain or names, label, say, tick}: `say` writes a
// value for the read-out, `tick` for a tick, and ticks are round numbers of `step`, which is 1
// where it is not given. Every axis names its unit, in its label or in its ticks.

function threeDigits(value) {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  if (magnitude >= 99.95) return value.toFixed(0);
  if (magnitude >= 9.995) return value.toFixed(1);
  return magnitude >= 0.9995 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

function scaled(value, units, write) {
  for (const [factor, unit] of units)
    if (Math.abs(value) >= factor * 0.9995) return `${write(value / factor)} ${unit}`;
  const [factor, unit] = units[units.length - 1];
  return `${write(value / factor)} ${unit}`;
}

const TIME_UNITS = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];
const SIZE_UNITS = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];
const COUNT_UNITS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
];
const short = (value) => String(Number(value.toPrecision(4)));

const duration = (ns) => (ns === 0 ? "0" : scaled(ns, TIME_UNITS, threeDigits));
const share = (value) =>
  value >= 0.9995 || value === 0 ? String(Math.round(value)) : value.toFixed(3);
const count = (value) => (value < 10000 ? short(value) : scaled(value, COUNT_UNITS, short).trim());

// A value of a metric in its unit; `write` is threeDigits in read-outs, and short at ticks, where
// the axis' label has a unit of counts.
function measured(value, unit, write = threeDigits) {
  if (unit === "ns") return value === 0 ? "0" : scaled(value, TIME_UNITS, write);
  if (unit === "bytes") return scaled(value, SIZE_UNITS, write);
  if (unit === "share") return write === short ? short(value) : share(value);
  if (write === short) return count(value);
  return value === 0 ? `0 ${unit}` : `${scaled(value, COUNT_UNITS, write).trim()} ${unit}`;
}

const finite = (value) => value !== null && value !== undefined && Number.isFinite(value);

// A domain around the values; a logarithmic one has only positive values, a linear one may start at
// 0 or hold 1. It has room for a hundredth of the greatest value: less would draw what is no
// difference as wide as the picture, with ticks that read the same.
function domainOf(values, log, {include = [], room = 0.06} = {}) {
  const usable = [...values, ...include].filter((value) => finite(value) && (!log || value > 0));
  if (!usable.length) return log ? [1, 10] : [0, 1];
  let [low, high] = d3.extent(usable);
  if (log) {
    if (high / low < 1.05) [low, high] = [low / 1.2, high * 1.2];
    const margin = (high / low) ** room;
    return [low / margin, high * margin];
  }
  const least = 0.01 * (Math.max(Math.abs(low), Math.abs(high)) || 1);
  if (high - low < least) [low, high] = [(low + high - least) / 2, (low + high + least) / 2];
  const margin = room * (high - low);
  return [low === 0 ? 0 : low - margin, high + margin];
}

const plain = {say: threeDigits, tick: short};
const UNITS = {
  "": plain,
  ratio: {say: short, tick: short},
  share: {say: share, tick: short},
  count: {say: count, tick: count},
  ns: {say: duration, tick: (value) => (value === 0 ? "0" : scaled(value, TIME_UNITS, short))},
};
const unitOf = (unit) =>
  UNITS[unit] || {
    say: (value) => measured(value, unit),
    tick: (value) => measured(value, unit, short),
  };

// From what the document says of an axis: its unit, the unit that all ticks share (`by` of the
// values' own), or ticks with their texts.
function axisOf({label = "", unit = "", by, ticks}, domain, log) {
  const axis = {
    kind: log ? "log" : "linear",
    domain,
    label,
    ...unitOf(unit),
    step: by || (unit === "bytes" ? 2 ** 20 : 1),
  };
  if (unit === "percentile") return {...ninesAxis(domain), label};
  if (by) return {...axis, tick: (value) => String(Number((value / by).toPrecision(8)))};
  if (!ticks) return axis;
  const text = (value) =>
    ticks.reduce((best, one) =>
      Math.abs(one[0] - value) < Math.abs(best[0] - value) ? one : best,
    )[1];
  return {...axis, ticks: ticks.map(([place]) => place), say: text, tick: text};
}

const bandAxis = (names, label = "") => ({kind: "band", names, label, say: String, tick: String});

// x = 1 / (1 - p), so that every nine takes the same room, from the first to the last p that is
// shown.
function ninesAxis(domain) {
  const [first, last] = [
    Math.ceil(Math.log10(domain[0]) - 1e-6),
    Math.floor(Math.log10(domain[1]) + 1e-6),
  ];
  const nines = Math.max(1, Math.ceil(Math.log10(domain[1]) - 1e-6));
  const text = (x) => (x <= 1 ? "0" : `${Number((100 - 100 / x).toPrecision(nines + 2))}`);
  return {
    kind: "log",
    domain,
    say: (x) => `p${text(x)}`,
    tick: text,
    ticks: d3.range(first, last + 1).map((power) => 10 ** power),
  };
}

function scaleOf(axis, range) {
  if (axis.kind === "band")
    return d3.scaleBand().domain(axis.names).range(range).paddingInner(0.22).paddingOuter(0.14);
  return (axis.kind === "log" ? d3.scaleLog() : d3.scaleLinear()).domain(axis.domain).range(range);
}

// At most `most` tick values inside the domain.
function ticksOf(axis, most) {
  if (axis.kind === "band") return axis.names;
  const every = (values) =>
    values.filter((_, place) => place % Math.max(1, Math.ceil(values.length / most)) === 0);
  if (axis.ticks) return every(axis.ticks);
  const [low, high] = axis.domain.map((end) => end / (axis.step || 1));
  return roundNumbers(axis.kind, low, high, most, every).map((value) => value * (axis.step || 1));
}

function roundNumbers(kind, low, high, most, every) {
  if (kind === "linear") {
    let wanted = most;
    while (wanted > 1 && d3.ticks(low, high, wanted).length > most) --wanted;
    return d3.ticks(low, high, wanted);
  }
  const powers = d3.range(
    Math.ceil(Math.log10(low) - 1e-9),
    Math.floor(Math.log10(high) + 1e-9) + 1,
  );
  if (powers.length > 2) return every(powers.map((power) => Number(`1e${power}`)));
  const around = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1);
  const within = (steps) =>
    around
      .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
      .filter((v) => v >= low && v <= high);
  const found = [
    [1, 2, 5],
    [1, 1.5, 2, 3, 5, 7],
  ]
    .map(within)
    .find((values) => values.length >= 3);
  return found ? every(found) : d3.ticks(low, high, Math.min(4, most));
}
