"""The same workload with malloc and free, beside a sweep.

Purpose: `explicit_free.json` in a sweep's folder, as `tools/compare_malloc --json` writes it: what
an operation took without a collector.
Invariant: it holds for cells that leave the workload's parameters to their defaults, and for wall
time.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..program.errors import DamagedRun
from ..read import schema
from .lower_bound_overhead import Overhead

FILE = "explicit_free.json"


@dataclass(frozen=True)
class ExplicitFree:
    """`wall_ns`: geometric mean over runs, of one operation."""

    workload: str
    wall_ns: float

    def over_floor(self, overheads: list[Overhead]) -> float | None:
        """Cost over the floor of the same work; None where no cell does that."""
        for one in overheads:
            parameters = one.result.cell.parameters
            same = (
                one.resource == "wall"
                and one.result.cell.workload == self.workload
                and parameters.get("mutators", "1") == "1"
            )
            if same and not any(key.startswith("param.") for key in parameters):
                return self.wall_ns / one.floor_cost
        return None


def read_explicit_free(folder: Path) -> ExplicitFree | None:
    """None where the folder has no such file; raises DamagedRun when it cannot be read."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        document = schema.parse(path)
        times = np.array(document["malloc_ns"], dtype=float)
        workload = str(document["workload"])
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedRun(f"it is not what tools/compare_malloc --json writes: {error!r}") from error
    if times.ndim != 1 or not len(times) or not (times > 0).all():
        raise DamagedRun("a time of malloc_ns is not above 0, or there is none")
    return ExplicitFree(workload, float(np.exp(np.log(times).mean())))
