"""Any metric of all cells, as a ratio to the baseline or as it is.

Invariants: ratios have 95 % intervals, paired by block. Of a value the median run is told, of a
longest one the least, with an interval to the greatest, and every run is a small mark. A hollow
point is of a starved cell or against a starved baseline, and ranks nothing.
"""

from math import isnan

from ..read.experiment import ENOUGH_CYCLES, CellResult, Experiment
from ..statistics.metrics import METRICS, Metric
from . import comparison
from .chart import Axis, Chart, Panel, Rule, in_facets
from .comparison import Compared, of_ratio
from .description import Figure, Material, Scope

PRINTED = "throughput"
NAMED_BY_TICKS = ("ns", "bytes")
VALUE = "heap {heap}: {told} of runs {value}|, median {median}, greatest {high}||; {state}|"


def present(experiment: Experiment) -> list[Metric]:
    """Those that any run has."""
    digests = [digest for result in experiment.results for digest in result.digests]
    return [
        metric
        for metric in METRICS.values()
        if any(not isnan(digest.metrics[metric.name]) for digest in digests)
    ]


def _chart(material: Material, metric: Metric, view: str) -> Chart | None:
    ratio = view == "ratio"
    panels = [
        one
        for workload in material.experiment.workloads
        if (one := _panel(material, workload, metric, ratio))
    ]
    if not panels:
        return None
    results = material.experiment.results
    starved = f"hollow: starved (a run with fewer than {ENOUGH_CYCLES} cycles), or its baseline is"
    explained = comparison.explained(
        len(material.experiment.heaps) > 1 and any(_failed(one, ratio) for one in results),
        "" if all(one.fairly_compared for one in results) else starved,
    )
    return in_facets(panels, _columns(material), switchable=True, explained=explained)


def _columns(material: Material) -> int:
    return 3 if len(material.experiment.heaps) == 1 else 2


def _panel(material: Material, workload: str, metric: Metric, ratio: bool) -> Panel | None:
    results = [one for one in material.experiment.results if one.cell.workload == workload]
    of = _ratio if ratio else _value
    compared = [found for one in results if (found := of(one, metric))]
    lost_baseline = ratio and any(one.digests and one.baseline is None for one in results)
    if not compared and not lost_baseline:
        return None
    failed = [one for one in results if _failed(one, ratio)]
    unit = "" if metric.unit in NAMED_BY_TICKS or ratio else f", {metric.unit}"
    over = " / baseline" if ratio else unit
    label = f"{metric.name}{over}, {metric.better} is better"
    hold = (1.0,) if ratio else ()
    axis = Axis(label, "ratio" if ratio else metric.unit, hold=hold, readable=ratio)
    say = comparison.RATIO + "the baseline|; {state}|" if ratio else VALUE
    rules = [Rule(1.0)] if ratio else []
    return comparison.panel(material, workload, compared, failed, axis, say, rules)


def _failed(result: CellResult, ratio: bool) -> bool:
    return bool(result.failures) or not result.digests or (ratio and result.baseline is None)


def _state(result: CellResult) -> str:
    if result.starved:
        return "starved"
    return "" if result.fairly_compared else "the baseline is starved"


def _ratio(result: CellResult, metric: Metric) -> Compared | None:
    ratio = result.ratio(metric.name)
    if ratio is None:
        return None
    state = "; ".join(filter(None, ["this is it" if result.is_baseline else "", _state(result)]))
    return of_ratio(result, ratio, not result.fairly_compared, state)


def _value(result: CellResult, metric: Metric) -> Compared | None:
    runs = result.values(metric.name)
    over = result.over_runs(metric.name)
    if over is None:
        return None
    low, high, median = float("nan"), float("nan"), float("nan")
    if metric.longest:
        low, high, median = over.least, over.greatest, over.median
    texts = {"told": metric.told, "median": median, "state": _state(result)}
    told = result.told(metric.name)
    return Compared(result, told, low, high, result.starved, texts, runs)


def _printed(material: Material) -> Chart | None:
    return _chart(material, METRICS[PRINTED], "ratio")


FIGURE = Figure(
    title="Metrics of all cells, by heap",
    reading="A ratio is paired by block with the baseline of the same workload and heap, and has a "
    "95 % interval. An interval that includes 1 shows no difference; one that reaches the edge "
    "continues beyond it. A value is that of the median run; a longest value is the least, with "
    "a bar to the greatest. Every run is a small mark. A cross is a cell with failed runs. A "
    "hollow mark is not ranked, because a run of the cell or of its baseline had fewer than 3 "
    "cycles.",
    in_print="This is the throughput, as a ratio.",
    scope=Scope.METRIC,
    chart=_chart,
    printed=_printed,
    printed_as=PRINTED,
    lacks="{metric} of any cell, or no baseline above 0",
    of_events=False,
)
