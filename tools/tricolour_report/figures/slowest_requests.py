"""What the slowest requests waited for, by cell.

Invariants: left, the time of all requests of 1 ms or more by cause, as shares that add up to 1;
right, the slowest request of all runs by its causes, in ms. Time without a name is drawn as such.
"""

from matplotlib.patches import Patch

from ..compare.rows import over_runs
from ..compare.waits import COLOURS, SLOW, Waits, explained_text, waits
from ..read.experiment import CellResult, Experiment
from ..statistics.quantities import duration
from .style import GREY, Style, panels


def slowest_requests(experiment: Experiment, results: list[CellResult], style: Style):
    """None where no request took that long."""
    found = [(result, waits(result)) for result in results]
    if not any(one and one.count for _, one in found):
        return None
    labels = [experiment.label(result.cell) for result in results]
    figure, (of_all, slowest) = panels(
        2,
        columns=2,
        width=5.0,
        height=1.3 + 0.42 * len(labels),
        beside=0.075 * max(map(len, labels)),
        sharey=True,
    )
    for row, (result, one) in enumerate(found):
        if one is None or not one.count:
            said = ", ".join(result.failures) or (
                "no request" if one is None else f"no request of {SLOW} or more"
            )
            of_all.text(0.01, row, said.replace("_", " "), va="center", fontsize=8, color=GREY)
            continue
        _stack(of_all, row, one.parts, one.total)
        _stack(slowest, row, one.slowest.parts, 1e6)
        of_all.text(0.005, row - 0.31, _told(result, one), va="bottom", fontsize=7, color=GREY)
        slowest.text(
            one.slowest.length / 1e6,
            row,
            f" {duration(one.slowest.length)}",
            va="center",
            fontsize=8,
        )
    of_all.set_title(f"all requests of {SLOW} or more")
    of_all.set_xlabel("share of their time")
    of_all.set_xlim(0, 1)
    slowest.set_title("the slowest request of all runs")
    slowest.set_xlabel("ms")
    slowest.set_xlim(
        0, 1.2 * max(one.slowest.length for _, one in found if one and one.count) / 1e6
    )
    of_all.set_yticks(range(len(labels)), labels)
    of_all.set_ylim(len(labels) - 0.5, -0.7)
    for axes in (of_all, slowest):
        axes.grid(axis="y", visible=False)
    shown = [name for name in COLOURS if any(one and (name in one.parts) for _, one in found)]
    handles = [Patch(color=COLOURS[name], label=name.replace("_", " ")) for name in shown]
    figure.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=6, fontsize=9
    )
    return figure


def _told(result: CellResult, one: Waits) -> str:
    gap = over_runs(result, "unexplained_max")
    return (
        f"n = {one.count}, {duration(one.total)}; explained {explained_text(one)}; longest gap "
        f"without a name {gap}"
    )


def _stack(axes, row: int, parts: dict[str, int], unit: float) -> None:
    left = 0.0
    for name, spent in parts.items():
        axes.barh(row, spent / unit, left=left, height=0.36, color=COLOURS[name])
        left += spent / unit
