"""Lower-bound overhead against the heap multiple, wall and CPU time side by side.

Invariants: two panels a workload; the axis starts at 1, the floor; bars are 95 % intervals, cut
where they would go far beyond the points. Where the folder has the same workload with malloc and
free, that is a line.
"""

from ..compare.explicit_free import FILE as EXPLICIT_FREE
from ..compare.explicit_free import ExplicitFree, read_explicit_free
from ..compare.lower_bound_overhead import Overhead, overheads
from . import comparison
from .chart import Axis, Chart, Panel, Rule, in_facets
from .comparison import of_ratio
from .description import Figure, Material, Scope

RESOURCES = {"wall": "wall time", "cpu": "CPU time"}
FREE_LINE = (4.0, 3.0)


def _chart(material: Material) -> Chart | None:
    """None when no timed run did an operation."""
    found = overheads(material.experiment)
    explicit = material.attempt(EXPLICIT_FREE, read_explicit_free)
    panels = [
        _panel(material, f"{workload}, {title}", own, explicit)
        for workload in material.experiment.workloads
        for resource, title in RESOURCES.items()
        if (own := [one for one in found if _is_of(one, workload, resource)])
    ]
    return in_facets(panels, 2, switchable=True) if panels else None


def _is_of(one: Overhead, workload: str, resource: str) -> bool:
    return (one.result.cell.workload, one.resource) == (workload, resource)


def _panel(
    material: Material, title: str, found: list[Overhead], explicit: ExplicitFree | None
) -> Panel:
    free = explicit.over_floor(found) if explicit else None
    rules = [Rule(1.0)] + ([Rule(free, "malloc and free", FREE_LINE)] if free else [])
    hold = tuple(rule.value for rule in rules)
    axis = Axis("cost / floor, lower is better", "ratio", hold=hold, readable=True)
    compared = [of_ratio(one.result, one.ratio, one.result.starved, "") for one in found]
    say = comparison.RATIO + "the floor"
    return comparison.panel(material, title, compared, [], axis, say, rules)


FIGURE = Figure(
    title="Lower-bound overhead",
    reading="The cost of an operation, divided by the least that any cell of the same work cost "
    "without its explicit collection. Collecting costs at least this much. The cost includes "
    "barriers' fast paths and slower allocation. Bars are 95 % intervals, which do not allow "
    "for the floor's being chosen as the least. Lower is better.",
    scope=Scope.EXPERIMENT,
    chart=_chart,
    lacks="timed run, so there is no floor",
    of_events=False,
)
