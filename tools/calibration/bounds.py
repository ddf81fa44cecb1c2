"""How far what is measured may be from what is known.

Purpose: the bounds of a calibration, and wide ones for a smoke run: some milliseconds of each
measurement on a machine that does something else. A wide bound still tells what is there from what
is not, and where it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """`injected`: share of an injected cost by which it may be missed. `coverage`: least and most
    share of intervals that contain 1. `recording`: share of the throughput that recording costs."""

    injected: float
    coverage: tuple[float, float]
    recording: float


STRICT = Bounds(injected=0.1, coverage=(0.94, 0.96), recording=0.01)
WIDE = Bounds(injected=0.5, coverage=(0.85, 1.0), recording=1.0)
