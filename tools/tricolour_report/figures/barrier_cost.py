"""The cost of a reference store under each barrier, in four arms.

Purpose: read `barrier_cost.json` (Google Benchmark) and show ns per store with intervals, and
instructions per store.
Invariants: intervals are over repetitions within one process, so they tell noise, not differences
between processes. An arm that a barrier lacks has no bar.
"""

from pathlib import Path

from ..program.errors import DamagedRun
from ..read import schema
from ..statistics.intervals import mean_with_interval
from .chart import Axis, Bars, Chart, Panel, Rows, Series
from .description import Figure, Material, Scope

FILE = "barrier_cost.json"
OPERATIONS = STORE, LOAD = "store", "load"
ARMS = {
    "off": "no barrier",
    "test": "flag test only",
    "filtered": "armed, all filtered",
    "full": "armed, shading",
}
ARM_COLOURS = ["#BBBBBB", "#56B4E9", "#E69F00", "#D55E00"]
QUANTITIES = {"ns": "ns per store", "instructions": "instructions per store"}
NS_PER_UNIT = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


Costs = dict[str, dict[str, dict[str, list[float]]]]


def read_costs(path: Path, operation: str = STORE) -> Costs:
    """barrier -> arm -> {"ns": repetitions, "instructions": repetitions}, in the order of
    registration, whatever the order of running was. Only barriers that guard loads have a cost of
    a LOAD. Raises DamagedRun, also where there is no cost of a store."""
    try:
        entries = schema.parse(path, path.name)["benchmarks"]
        costs: dict[str, Costs] = {name: {} for name in OPERATIONS}
        for entry in sorted(entries, key=lambda entry: entry.get("family_index", 0)):
            parts = entry["name"].split("/")
            if (
                parts[0] not in OPERATIONS
                or len(parts) < 3
                or entry.get("run_type") == "aggregate"
                or entry.get("error_occurred")
            ):
                continue
            barrier = costs[parts[0]].setdefault(parts[1], {})
            arm = barrier.setdefault(parts[2], {"ns": [], "instructions": []})
            arm["ns"].append(entry["cpu_time"] * NS_PER_UNIT[entry["time_unit"]])
            if "instructions" in entry:
                arm["instructions"].append(float(entry["instructions"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRun(f"{path.name} cannot be read: {error!r}") from error
    if not costs[STORE]:
        raise DamagedRun(f"{path.name} has no benchmark {STORE}/<barrier>/<arm>")
    return costs[operation]


def _chart(material: Material) -> Chart | None:
    """None without a readable file."""

    def read(folder: Path) -> dict | None:
        return read_costs(folder / FILE) if (folder / FILE).exists() else None

    costs = material.attempt(FILE, read)
    return chart_of(costs) if costs else None


def chart_of(costs: dict) -> Chart:
    return Chart(
        [
            _panel(costs, quantity, label)
            for quantity, label in QUANTITIES.items()
            if any(arm[quantity] for arms in costs.values() for arm in arms.values())
        ],
        columns=2,
        switchable=True,
    )


def _panel(costs: dict, quantity: str, label: str) -> Panel:
    marks = []
    for (arm, title), colour in zip(ARMS.items(), ARM_COLOURS):
        found = {
            barrier: mean_with_interval(values)
            for barrier, arms in costs.items()
            if (values := arms.get(arm, {}).get(quantity))
        }
        if found:
            value, low, high = zip(*found.values())
            series = Series(title, title, colour, area=True)
            say = "{row}, {series}: {value}| [{low}, {high}]| " + label
            marks.append(Bars(series, list(found), value, low, high, say))
    rows = Rows(tuple(costs), "barrier", thick=1.9)
    return Panel("", rows, Axis(label, hold=(0.0,)), marks)


FIGURE = Figure(
    title="Cost of a reference store",
    reading="The time per store in four arms, which separate the cost of flag test, filter and "
    "shading. Intervals are over repetitions in one process. An arm that a barrier lacks is not drawn.",
    scope=Scope.EXPERIMENT,
    chart=_chart,
    lacks="barrier_cost.json in this folder, which is the output of the benchmark of stores",
    of_events=False,
)
