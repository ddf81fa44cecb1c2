"""The cost of a reference store and load under each barrier, in four arms.

Purpose: read `barrier_cost.json` (Google Benchmark) and show ns and instructions per operation,
with intervals.
Invariants: intervals are over repetitions within one process, so they tell noise, not differences
between processes. An arm that a barrier lacks has no mark. The axis is logarithmic, because the
dearest arm costs many times the cheapest, and marks are points, because the length of a bar means
nothing there.
"""

from pathlib import Path

from ..program.errors import DamagedRun
from ..read import schema
from ..statistics.intervals import mean_with_interval
from .chart import Axis, Chart, Panel, Points, Rows, Series
from .description import Figure, Material, Scope

FILE = "barrier_cost.json"
OPERATIONS = STORE, LOAD = "store", "load"
ARMS = {
    "off": "no barrier",
    "test": "flag test only",
    "filtered": "armed, all filtered",
    "full": "armed, shading",
}
ARM_COLOURS = ["#767676", "#0072B2", "#E69F00", "#D55E00"]
ARM_MARKERS = ["o", "s", "^", "D"]
QUANTITIES = ("ns", "instructions")
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

    def read(folder: Path) -> list[tuple[str, Costs]] | None:
        path = folder / FILE
        return [(one, read_costs(path, one)) for one in OPERATIONS] if path.exists() else None

    costs = material.attempt(FILE, read)
    return chart_of(costs) if costs else None


def chart_of(costs: list[tuple[str, Costs]]) -> Chart:
    """Of operations with their costs; one that no barrier guards has no panel."""
    return Chart(
        [
            _panel(of, quantity, f"{quantity} per {operation}")
            for operation, of in costs
            for quantity in QUANTITIES
            if any(arm[quantity] for arms in of.values() for arm in arms.values())
        ],
        columns=2,
        switchable=True,
    )


def _panel(costs: Costs, quantity: str, label: str) -> Panel:
    marks = []
    for (arm, title), colour, marker in zip(ARMS.items(), ARM_COLOURS, ARM_MARKERS):
        found = {
            barrier: mean_with_interval(values)
            for barrier, arms in costs.items()
            if (values := arms.get(arm, {}).get(quantity))
        }
        if found:
            value, low, high = zip(*found.values())
            series = Series(title, title, colour, width=0, marker=marker)
            say = f"{{at}}: {{value}}| [{{low}}, {{high}}]| {label}"
            marks.append(Points(series, list(found), value, low, high, say=say))
    rows = Rows(tuple(costs), "barrier")
    return Panel("", rows, Axis(label, log=True), marks)


FIGURE = Figure(
    title="Cost of a reference store and load",
    reading="The time and the instructions of one operation in four arms, which separate the cost "
    "of flag test, filter and shading. Only barriers that guard loads are among the loads. "
    "Intervals are over repetitions in one process. An arm that a barrier lacks is not drawn.",
    scope=Scope.EXPERIMENT,
    chart=_chart,
    lacks="barrier_cost.json in this folder, which is the output of the benchmark of stores",
    of_events=False,
)
