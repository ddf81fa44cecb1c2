"""The testbed beside other allocators and collectors, one panel for each contest and figure.

Purpose: where each program is, and how far its runs are apart. A dot is the median over runs, a
line goes from the least to the greatest.
Invariants: the axis of a time is logarithmic; a program without a run that is ok is named, with its
status where its dot would be.
"""

from statistics import median

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..compare.peers import PeerCell, Peers
from ..statistics.quantities import measured
from .style import COLOURS, FAILED, GREY, log_time_axis, panels

PEER_COLOURS = dict(zip(("malloc", "java", "go", "boehm"), COLOURS[3:]))
PANELS = {
    "latency-closed": (
        ("operations_per_s", "requests/s"),
        ("p9999_ns", "p99.99"),
        ("max_ns", "worst request"),
    ),
    "latency-open": (("p999_ns", "p99.9"), ("p9999_ns", "p99.99"), ("max_ns", "worst request")),
    "gcbench": (("pass_ns", "time of a pass"),),
    "pauses": (("longest_pause_ns", "longest pause"),),
}
BESIDE = 1.6  # how far an axis of times goes beyond its values: one of 1, 2 and 5 is then on it
OTHER_PANELS = (("operations_per_s", "operations/s"), ("longest_pause_ns", "longest pause"))


def draw_peers(peers: Peers) -> Figure | None:
    """None where there is no cell."""
    wanted = [(contest, *figure) for contest in peers.contests for figure in _panels_of(contest)]
    if not wanted:
        return None
    most = max(len(peers.of(contest)) for contest in peers.contests)
    colours = _colours_of(peers)
    figure, axes = panels(len(wanted), columns=2, width=5.6, height=1.2 + 0.19 * most)
    for place, (contest, name, title) in zip(axes, wanted):
        _panel(place, peers.of(contest), name, f"{contest}: {title}", colours)
    return figure


def _panels_of(contest: str) -> tuple[tuple[str, str], ...]:
    return next(
        (found for begin, found in PANELS.items() if contest.startswith(begin)), OTHER_PANELS
    )


def _panel(
    axes: Axes, cells: list[PeerCell], figure: str, title: str, colours: dict[str, str]
) -> None:
    values = [cell.values(figure) for cell in cells]
    known = [value for one in values for value in one if value > 0]
    least = min(known, default=1)
    for place, (cell, one) in enumerate(zip(cells, values)):
        colour = _colour(cell, colours)
        if one:
            axes.plot([min(one), max(one)], [place, place], color=colour, linewidth=1.4)
            axes.plot(median(one), place, "o", color=colour, markersize=4.5)
        else:
            said = cell.status.replace("_", " ") if cell.status != "ok" else "no such figure"
            axes.text(
                least,
                place,
                said,
                va="center",
                fontsize=7,
                color=FAILED if cell.status not in ("ok", "missing") else GREY,
            )
    axes.set_yticks(
        range(len(cells)),
        [cell.label + (" (starved)" if cell.starved else "") for cell in cells],
        fontsize=7,
    )
    axes.set_ylim(len(cells) - 0.5, -0.5)
    axes.set_title(title)
    if not figure.endswith("_ns"):
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: measured(value, "/s")))
        axes.set_xlabel("more is better")
        return
    axes.set_xscale("log")
    axes.set_xlabel("less is better")
    if known:
        axes.set_xlim(least / BESIDE, max(known) * BESIDE)
        log_time_axis(axes.xaxis, least, max(known))
    else:
        axes.xaxis.set_ticks([])


def _collector(cell: PeerCell) -> str:
    return cell.program.split("-")[0]


def _colours_of(peers: Peers) -> dict[str, str]:
    """By collector of the testbed, or else by kind of program."""
    cells = [cell for contest in peers.contests for cell in peers.of(contest)]
    own = dict.fromkeys(_collector(cell) for cell in cells if cell.kind == "tricolour")
    return dict(zip(own, COLOURS)) | PEER_COLOURS


def _colour(cell: PeerCell, colours: dict[str, str]) -> str:
    return colours[_collector(cell) if cell.kind == "tricolour" else cell.kind]
