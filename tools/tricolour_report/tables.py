"""Strict reading of one run's tables.

Purpose: a data frame from `pauses.csv` and its like.
Invariant: a table is returned whole and typed (int64 or text) or `DamagedRun` is raised: wrong header, a cut last line,
a missing or non-integer field are all refused.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from . import schema
from .errors import DamagedRun


def read_table(run_folder: Path, table: str) -> pd.DataFrame:
    columns, text = schema.table_columns(table)
    path = run_folder / f"{table}.csv"
    binary = run_folder / f"{table}.bin"
    if table == "requests" and not path.exists() and binary.exists():
        return _read_binary(binary, columns)
    try:
        _check_frame(path, columns)
        table = pd.read_csv(
            path,
            dtype={name: ("string" if name in text else "int64") for name in columns},
            keep_default_na=False,
            na_values={name: [""] for name in columns if name not in text},
            on_bad_lines="error",
        )
    except OSError as error:
        raise DamagedRun(f"{path.name}: {error.strerror}") from error
    except (ValueError, OverflowError) as error:
        raise DamagedRun(f"{path.name}: {_first_line(error)}") from error
    if len(table) and not isinstance(table.index, pd.RangeIndex):
        raise DamagedRun(f"{path.name}: rows have more fields than columns")
    return table


def _check_frame(path: Path, columns: list[str]) -> None:
    with path.open("rb") as stream:
        header = stream.readline()
        stream.seek(-1, 2)
        last_byte = stream.read(1)
    if header.decode("utf-8", "replace").strip().split(",") != columns:
        raise DamagedRun(f"{path.name}: the columns are not {','.join(columns)}")
    if last_byte != b"\n":
        raise DamagedRun(f"{path.name}: the last line is cut off")


def _read_binary(path: Path, columns: list[str]) -> pd.DataFrame:
    values = np.fromfile(path, dtype="<i8")
    if path.stat().st_size % (8 * len(columns)):
        raise DamagedRun(f"{path.name}: the last row is cut off")
    return pd.DataFrame(values.reshape(-1, len(columns)), columns=columns)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
