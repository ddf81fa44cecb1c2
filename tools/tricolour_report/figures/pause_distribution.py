"""Pauses, complementary distribution: P(pause > x), down to 1/n, with the machine's floor."""

from .chart import Axis, Chart
from .description import Figure, Material, Scope
from .pauses import by_kind, floor_line, survival_line


def _chart(material: Material) -> Chart | None:
    values = Axis("P(pause > x)", log=True, hold=(0, 1))
    return by_kind(
        material,
        values,
        lambda series, pauses, _: survival_line(series, pauses),
        floor_line(material),
    )


FIGURE = Figure(
    title="Pauses, complementary distribution",
    reading="The share of pauses longer than x. The grey line is the machine's own floor: by "
    "how much a thread that only sleeps woke late with nothing else running, before and after "
    "the sweep. Pauses that follow it say nothing about a collector. Each of the longest 100 "
    "pauses is a step, and the others are drawn in about 400 steps.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks="pause of {workload} at heap {heap}",
)
