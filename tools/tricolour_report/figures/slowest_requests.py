"""What the slowest requests waited for, by cell.

Invariants: left, the time of all requests of 1 ms or more by cause, as shares that add up to 1;
right, the slowest request of all runs by its causes, in ms. Time without a name is shown as such.
"""

from ..compare.rows import over_runs
from ..compare.waits import COLOURS, SLOW, Waits, explained_text, waits
from ..read.experiment import CellResult
from ..statistics.quantities import duration
from .chart import Axis, Bars, Chart, Panel, Rows, Series
from .description import Figure, Material, Scope

ROW = 1.4


def _chart(material: Material) -> Chart | None:
    """None where no request took that long."""
    found = {material.label(result): (result, waits(result)) for result in material.results}
    slow = {row: one for row, (_, one) in found.items() if one and one.count}
    if not slow:
        return None
    rows = Rows(tuple(found), thick=ROW)
    shares = {
        row: {cause: spent / one.total for cause, spent in one.parts.items()}
        for row, one in slow.items()
    }
    lengths = {row: one.slowest.parts for row, one in slow.items()}
    told = {row: _told(result, one) for row, (result, one) in found.items()}
    slowest = {row: duration(one.slowest.length) for row, one in slow.items()}
    return Chart(
        [
            Panel(
                f"all requests of {SLOW} or more",
                rows,
                Axis("share of their time", "share", limits=(0, 1)),
                _bars(shares, "{series}: {share}"),
                stacked=True,
                notes=told,
            ),
            Panel(
                "the slowest request of all runs",
                rows,
                Axis("ms", "ns", "ms", hold=(0,)),
                _bars(lengths, "{series}: {value}"),
                stacked=True,
                notes=slowest,
            ),
        ],
        columns=2,
    )


def _bars(parts: dict[str, dict[str, float]], say: str) -> list[Bars]:
    return [
        Bars(
            Series(cause, cause.replace("_", " "), colour, area=True),
            list(parts),
            [own.get(cause, 0) for own in parts.values()],
            say=say,
        )
        for cause, colour in COLOURS.items()
        if any(cause in own for own in parts.values())
    ]


def _told(result: CellResult, one: Waits | None) -> str:
    if one is None or not one.count:
        none = "no request" if one is None else f"no request of {SLOW} or more"
        return (", ".join(result.failures) or none).replace("_", " ")
    gap = over_runs(result, "unexplained_max")
    return (
        f"n = {one.count}, {duration(one.total)}; explained {explained_text(one)}; longest gap "
        f"without a name {gap}"
    )


FIGURE = Figure(
    title="What the slowest requests waited for",
    reading="What requests of 1 ms or more waited for, of all invocations, as the runs timed it: "
    "shares of all their time, and the slowest request of all runs. Unexplained time has no "
    "name. The text has the number of requests, their time and the share that is explained; "
    "the longest gap without a name between two operations is shown as the least, the median "
    "and the greatest over runs.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks=f"request of {SLOW} or more of {{workload}} at heap {{heap}}",
    of_events=False,
)
