"""Every chart of every figure for the page, by what the reader chooses.

Invariants: a figure's charts have the values of its choices as their key, joined by KEY; what a
figure has no chart of has a sentence that says so. Runs are worked off by several processes.
"""

from dataclasses import asdict, dataclass

from ...figures.chart import Chart
from ...figures.description import Figure, Material, Scope
from ...figures.metric import present
from ...figures.registry import FIGURES
from ...figures.run_events import RunEvents, budget, read_events
from ...figures.style import Style
from ...program.errors import DamagedRun
from ...program.parallel import share_out
from ...read.experiment import CellResult, Experiment
from ...read.sweep_folder import Run
from .encoding import Pool, encode

KEY = "\n"
VIEWS = ("ratio", "value")
WITHOUT_TABLES = (
    "This page was made without tables of single events, so there is no {} here. A published "
    "folder has none, and a new sweep with its experiment.toml has them; that of a running sweep "
    "has them at its end."
)


@dataclass(frozen=True)
class RunCharts:
    """What the page has of a run; `charts` by figure and, where that matters, cycle."""

    events: dict
    charts: dict[str, dict[str, Chart]]


def silent(line: str) -> None:
    """What could not be read is told where the pictures are drawn."""


def figures(
    experiment: Experiment, runs: list[RunCharts | None], pool: Pool, without: bool
) -> list[dict]:
    """Each with its charts; `runs` in the order of the page's; `without` tables of single
    events."""
    style = Style(experiment)
    found = []
    for figure in FIGURES:
        charts = _of_runs(figure, runs) if _of_a_run(figure) else _of(figure, experiment, style)
        shown = {key: encode(chart, pool) for key, chart in charts.items() if chart}
        found.append(
            {
                "name": figure.name,
                "choices": figure.scope.choices,
                "log": any(chart.panels[0].values.log for chart in charts.values() if chart),
                "charts": shown,
                "absent": _absent(figure, without),
            }
        )
    return found


def _of_a_run(figure: Figure) -> bool:
    return figure.scope in (Scope.RUN, Scope.CYCLE)


def _absent(figure: Figure, without: bool) -> str:
    if without and figure.of_events:
        return WITHOUT_TABLES.format(figure.lacks)
    return f"There is no {figure.lacks}."


def _of(figure: Figure, experiment: Experiment, style: Style) -> dict[str, Chart | None]:
    whole = Material(experiment, style, experiment.results, silent)
    if figure.scope is Scope.EXPERIMENT:
        return {"": figure.chart(whole)}
    if figure.scope is Scope.METRIC:
        return {
            KEY.join((metric.name, view)): figure.chart(whole, metric, view)
            for metric in present(experiment)
            for view in VIEWS
        }
    settings: dict[str, list[CellResult]] = {}
    for result in experiment.results:
        key = KEY.join((result.cell.workload, result.cell.heap))
        settings.setdefault(key, []).append(result)
    return {
        key: figure.chart(Material(experiment, style, results, silent))
        for key, results in settings.items()
        if any(result.digests for result in results)
    }


def _of_runs(figure: Figure, runs: list[RunCharts | None]) -> dict[str, Chart]:
    return {
        KEY.join(filter(None, (str(place), cycle))): chart
        for place, run in enumerate(runs)
        if run
        for cycle, chart in run.charts[figure.name].items()
    }


def run_charts(
    experiment: Experiment, runs: list[tuple[CellResult, Run]]
) -> list[RunCharts | None]:
    """Of each run, None where its tables cannot be read."""
    bars, samples = budget(len(runs))
    material = Material(experiment, Style(experiment), experiment.results, silent)

    def attempt(one: tuple[CellResult, Run]) -> RunCharts | None:
        try:
            events = read_events(*one, bars, samples)
        except DamagedRun:
            return None
        return RunCharts(
            _events(events), {f.name: _charts(f, material, events) for f in FIGURES if _of_a_run(f)}
        )

    return share_out(attempt, runs)


def _charts(figure: Figure, material: Material, events: RunEvents) -> dict[str, Chart]:
    if figure.scope is Scope.RUN:
        found = {"": figure.chart(material, events)}
    else:
        found = {
            str(cycle.number): figure.chart(material, events, cycle) for cycle in events.cycles
        }
    return {key: chart for key, chart in found.items() if chart}


def _events(events: RunEvents) -> dict:
    """What the page tells of a run: its cycles, and what of it is not shown."""
    names = ("number", "begin", "span", "longest", "fell_back", "events", "shown", "closed_ns")
    return {
        "moments": {name: asdict(moment) for name, moment in events.moments.items()},
        "cycles": [{name: getattr(cycle, name) for name in names} for cycle in events.cycles],
        "of": events.of,
        "samples": len(events.heap),
        "most_samples": events.samples,
    }
