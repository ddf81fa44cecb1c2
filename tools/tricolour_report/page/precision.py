"""Floating garbage of barriers on identical work: `cycles.csv` of tools/precision, summed up and
drawn.

Purpose: summary.csv, one row per workload, barrier and colour of allocation, and the figure.
Invariants: shares are of what was reachable when the cycles ended, summed over cycles; that sum is
the same for every barrier, or the file is refused: then it is not of identical work.
"""

from pathlib import Path

import pandas as pd

from ..program.errors import UsageProblem
from ..program.regular import regular
from ..program.writing import publish

KEY = ["workload", "barrier", "allocate"]
SUMS = ["live_at_end", "floating_black", "floating_retained"]


def read_cycles(path: Path) -> pd.DataFrame:
    try:
        cycles = pd.read_csv(regular(path))
    except (OSError, ValueError) as error:
        raise UsageProblem(f"{path} cannot be read: {error}") from error
    missing = [name for name in [*KEY, "cycle", *SUMS] if name not in cycles]
    if missing or cycles.empty:
        raise UsageProblem(
            f"{path} has no {', '.join(missing) or 'rows'}: it is no cycles.csv of tools/precision"
        )
    return cycles


def summarise(cycles: pd.DataFrame) -> pd.DataFrame:
    """In the order of the file. `black`, `retained`: share of what was live."""
    summary = (
        cycles.groupby(KEY, sort=False)
        .agg(cycles=("cycle", "size"), **{name: (name, "sum") for name in SUMS})
        .reset_index()
    )
    work = summary.groupby("workload")[["cycles", "live_at_end"]].nunique()
    different = work[(work > 1).any(axis=1)]
    if not different.empty:
        raise UsageProblem(
            f"cycles.csv compares different work: {different.index[0]} was not the same under "
            "every barrier"
        )
    summary["black"] = summary["floating_black"] / summary["live_at_end"]
    summary["retained"] = summary["floating_retained"] / summary["live_at_end"]
    return summary


def write_precision(folder: Path) -> Path:
    """Writes summary.csv and the figure into `folder`; returns the figure's path."""
    from ..figures.files import save
    from ..figures.precision import draw_precision

    summary = summarise(read_cycles(folder / "cycles.csv"))
    figure = draw_precision(summary)
    with publish() as publication:
        summary.to_csv(
            publication.path(folder / "summary.csv"),
            index=False,
            float_format="%.6g",
            lineterminator="\n",
        )
        save(figure, folder / "plots", "floating_garbage", publication.path)
    return folder / "plots" / "floating_garbage.png"
