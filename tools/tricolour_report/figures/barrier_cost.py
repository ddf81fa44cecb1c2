"""The cost of a reference store under each barrier, in four arms.

Purpose: read `barrier_cost.json` (Google Benchmark) and draw ns per store with intervals, beside instructions per
store.
Invariants: intervals are over repetitions within one process, so they tell noise, not differences between processes. An
arm that a barrier lacks says n/a.
"""

from pathlib import Path

from ..program.errors import DamagedRun
from ..read import schema
from ..statistics.intervals import mean_with_interval
from .style import GREY, panels

FILE = "barrier_cost.json"
ARMS = {
    "off": "no barrier",
    "test": "flag test only",
    "filtered": "armed, all filtered",
    "full": "armed, shading",
}
ARM_COLOURS = ["#BBBBBB", "#56B4E9", "#E69F00", "#D55E00"]
NS_PER_UNIT = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


def read_costs(path: Path) -> dict[str, dict[str, dict[str, list[float]]]]:
    """barrier -> arm -> {"ns": repetitions, "instructions": repetitions}, in the order of registration, whatever the order of running was. Raises DamagedRun."""
    try:
        entries = schema.parse(path, path.name)["benchmarks"]
        costs: dict = {}
        for entry in sorted(entries, key=lambda entry: entry.get("family_index", 0)):
            parts = entry["name"].split("/")
            if (
                parts[0] != "store"
                or len(parts) < 3
                or entry.get("run_type") == "aggregate"
                or entry.get("error_occurred")
            ):
                continue
            arm = costs.setdefault(parts[1], {}).setdefault(
                parts[2], {"ns": [], "instructions": []}
            )
            arm["ns"].append(entry["cpu_time"] * NS_PER_UNIT[entry["time_unit"]])
            if "instructions" in entry:
                arm["instructions"].append(float(entry["instructions"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRun(f"{path.name} cannot be read: {error!r}") from error
    if not costs:
        raise DamagedRun(f"{path.name} has no benchmark store/<barrier>/<arm>")
    return costs


def barrier_cost(costs: dict):
    has_instructions = any(arm["instructions"] for arms in costs.values() for arm in arms.values())
    quantities = [("ns", "ns per store"), ("instructions", "instructions per store")][
        : 1 + has_instructions
    ]
    figure, grid = panels(len(quantities), columns=2, width=4.8, height=3.6)
    for axes, (quantity, label) in zip(grid, quantities):
        for number, arm in enumerate(ARMS):
            _bars(axes, costs, arm, number, quantity)
        axes.set_xticks(
            range(len(costs)), list(costs), rotation=30, ha="right", rotation_mode="anchor"
        )
        axes.set_xlabel("barrier")
        axes.set_ylabel(label)
        axes.grid(axis="x", visible=False)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=4, fontsize=9
    )
    return figure


def _bars(axes, costs: dict, arm: str, number: int, quantity: str) -> None:
    width = 0.8 / len(ARMS)
    places, heights, reaches = [], [], []
    for place, arms in enumerate(costs.values()):
        x = place + (number - (len(ARMS) - 1) / 2) * width
        values = arms.get(arm, {}).get(quantity, [])
        if not values:
            axes.text(x, 0, " n/a", rotation=90, ha="center", va="bottom", fontsize=8, color=GREY)
            continue
        mean, low, _ = mean_with_interval(values)
        places.append(x)
        heights.append(mean)
        reaches.append(mean - low)
    axes.bar(
        places,
        heights,
        width * 0.92,
        yerr=reaches,
        color=ARM_COLOURS[number],
        label=ARMS[arm],
        error_kw={"elinewidth": 1, "capsize": 2},
    )
