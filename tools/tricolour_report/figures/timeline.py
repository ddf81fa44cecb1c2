"""Timeline of one cycle: a row for each thread, phases and pauses as bars.

Invariants: one panel a collector, each with its own time axis in ms from the cycle's first event. The cycle is the one
of median length in the run. Pauses are drawn over the rows of the mutators they stop.
"""

from matplotlib.patches import Patch

from ..read.experiment import CellResult, Experiment
from .one_run import OneRun, bars, one_of_each_collector
from .style import Style, empty_note, panels

PHASES = {
    "begin": "#56B4E9",
    "marking": "#009E73",
    "termination": "#CC79A7",
    "sweeping": "#E69F00",
    "stall": "#B00020",
    "assist": "#7A5195",
    "handshake": "#8C6D31",
    "lazy_sweeping": "#F5C05C",
    "search": "#D55E00",
    "large_object_search": "#E8A1C6",
    "registry_lock": "#0072B2",
    "page_fault": "#9AD3F2",
    "run_delay": "#999999",
    "allocation_slow_path": "#5CC3A2",
}
PAUSE = "#222222"
COLOURS = PHASES | {"paused": PAUSE}  # what a mutator alone was stopped for is a pause as any
RUNNING = "#DDDDDD"


def timeline(experiment: Experiment, results: list[CellResult], style: Style):
    runs = one_of_each_collector(results)
    rows = max(len(_threads(run)) for run in runs)
    figure, grid = panels(len(runs), columns=1, width=8.6, height=1.0 + 0.34 * rows)
    for axes, run in zip(grid, runs):
        _draw(axes, run, experiment, style)
    handles = [Patch(color=RUNNING, label="mutator runs"), Patch(color=PAUSE, label="pause")]
    shown = {str(phase) for run in runs for phase in run.phases["phase"]}
    handles += [
        Patch(color=colour, label=name.replace("_", " "))
        for name, colour in PHASES.items()
        if name in shown
    ]
    figure.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=5, fontsize=9
    )
    return figure


def _threads(run: OneRun) -> list[tuple[str, int]]:
    """Mutators first, then the collector's threads in order of their role."""
    mutators = int(run.result.digests[0].record["parameters"]["mutators"])
    others = run.phases[run.phases["role"] != "mutator"]
    pairs = sorted(set(zip(others["role"].astype(str), others["thread"])))
    return [("mutator", index) for index in range(mutators)] + pairs


def _draw(axes, run: OneRun, experiment: Experiment, style: Style) -> None:
    axes.set_title(experiment.label(run.result.cell), color=style.colour(run.result.cell.collector))
    cycle = _median_cycle(run)
    if cycle is None:
        empty_note(axes, "this run had no cycle")
        return
    number, begin, end = cycle
    margin = max(0.04 * (end - begin), 0.01)
    threads = _threads(run)
    for row, (role, index) in enumerate(threads):
        if role == "mutator":
            axes.broken_barh(
                [(begin - margin, end - begin + 2 * margin)], (row - 0.36, 0.72), facecolor=RUNNING
            )
        own = run.phases[
            (run.phases["role"] == role)
            & (run.phases["thread"] == index)
            & (run.phases["cycle"] == number)
        ]
        for phase, group in own.groupby("phase"):
            shown = bars(group["begin_ms"], group["end_ms"], end - begin)
            axes.broken_barh(
                shown, (row - 0.36, 0.72), facecolor=COLOURS.get(str(phase), "#999999"), linewidth=0
            )
        if role == "mutator":
            stops = run.pauses[run.pauses["mutator"].isin(["all", str(index)])]
            stops = stops[
                (stops["resume_ms"] > begin - margin) & (stops["begin_ms"] < end + margin)
            ]
            shown = bars(stops["begin_ms"], stops["resume_ms"], end - begin)
            axes.broken_barh(
                shown, (row - 0.36, 0.72), facecolor=PAUSE, edgecolor=PAUSE, linewidth=0.6
            )
    axes.set_yticks(range(len(threads)), [f"{role} {index}" for role, index in threads])
    axes.set_ylim(len(threads) - 0.5, -0.5)
    axes.set_xlim(begin - margin, end + margin)
    axes.set_xlabel(f"ms since the measured region began (cycle {number}, block {run.block})")
    axes.grid(axis="y", visible=False)


def _median_cycle(run: OneRun) -> tuple[int, float, float] | None:
    """(number, begin, end) in ms of the cycle of median length, or None."""
    spans = []
    for number in sorted(set(run.pauses["cycle"]) | set(run.phases["cycle"])):
        pauses, phases = (
            run.pauses[run.pauses["cycle"] == number],
            run.phases[run.phases["cycle"] == number],
        )
        begins = [*pauses["begin_ms"], *phases["begin_ms"]]
        ends = [*pauses["resume_ms"], *phases["end_ms"]]
        if min(begins) >= 0 and max(ends) <= run.length_ms:
            spans.append((max(ends) - min(begins), number, min(begins), max(ends)))
    if not spans:
        return None
    return sorted(spans)[len(spans) // 2][1:]
