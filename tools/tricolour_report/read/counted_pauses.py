"""The pauses that a run's figures count.

Purpose: single pauses, for what is put together over several runs and for pictures of one.
Invariant: which pauses count, and from when, is decided by the run (`counted` and `begin_ns` of
pauses.csv), never here.
"""

from pathlib import Path

import pandas as pd

from ..program.errors import DamagedRun
from .tables import read_table


def read_counted_pauses(run_folder: Path) -> pd.DataFrame:
    """The rows that count, with an added column `length_ns`; raises DamagedRun."""
    return counted(read_table(run_folder, "pauses"))


def counted(pauses: pd.DataFrame) -> pd.DataFrame:
    table = pauses.assign(length_ns=pauses["resume_ns"] - pauses["begin_ns"])
    table = table[table["counted"] == 1]
    if (table["length_ns"] < 0).any():
        raise DamagedRun("pauses.csv: a pause ends before it begins")
    return table
