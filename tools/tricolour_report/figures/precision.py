"""Floating garbage per barrier: a panel for each workload, a bar for each barrier and colour of
allocation.

Invariants: a bar is split into what was born black and what a barrier or the marker retained; every
panel has the same bars in the same order; the number at a bar is the sum in per cent of the live
data.
"""

import pandas as pd
from matplotlib.figure import Figure

from .style import GREY, panels

RETAINED, BLACK = "#0072B2", "#BBBBBB"


def draw_precision(summary: pd.DataFrame) -> Figure:
    workloads = list(dict.fromkeys(summary["workload"]))
    bars = list(dict.fromkeys(zip(summary["barrier"], summary["allocate"])))
    figure, grid = panels(len(workloads), columns=4, width=3.3, height=0.9 + 0.24 * len(bars))
    for number, (axes, workload) in enumerate(zip(grid, workloads)):
        rows = summary[summary["workload"] == workload].set_index(["barrier", "allocate"])
        _panel(axes, rows, bars, named=number % 4 == 0)
        axes.set_title(workload)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=2, fontsize=9
    )
    return figure


def _panel(axes, rows: pd.DataFrame, bars: list[tuple[str, str]], named: bool) -> None:
    shares = [
        rows.loc[bar, ["retained", "black"]] * 100 if bar in rows.index else None for bar in bars
    ]
    places = [place for place, share in enumerate(shares) if share is not None]
    retained = [shares[place]["retained"] for place in places]
    black = [shares[place]["black"] for place in places]
    axes.barh(
        places,
        retained,
        0.7,
        color=RETAINED,
        label="retained: marked, and unreachable at the end of the cycle",
    )
    axes.barh(
        places,
        black,
        0.7,
        left=retained,
        color=BLACK,
        label="born black: allocated while marking, and dead before its end",
    )
    for place, *parts in zip(places, retained, black):
        axes.text(sum(parts), place, f" {sum(parts):#.3g}", va="center", fontsize=8, color=GREY)
    axes.set_yticks(
        range(len(bars)),
        [f"{barrier}, {colour}" for barrier, colour in bars] if named else [""] * len(bars),
    )
    axes.set_ylabel("barrier, colour of new objects" if named else "")
    axes.invert_yaxis()
    axes.margins(x=0.18)
    axes.set_xlim(left=0)
    axes.set_xlabel("floating, % of live")
    axes.grid(axis="y", visible=False)
