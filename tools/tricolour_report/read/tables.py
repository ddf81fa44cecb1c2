"""Strict reading of one run's tables.

Purpose: a data frame from `pauses.csv` and its like.
Invariant: a table is returned whole and typed (int64 or text) or `DamagedRun` is raised: wrong
header, a cut last line, a missing or non-integer field, a word that the schema does not know are
all refused. Numbers are not negative and below MOST, so that no difference or sum of two of them
leaves 64 bits.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from ..program.errors import DamagedRun
from ..program.regular import regular
from . import schema

TABLES = ("pauses", "phases", "requests", "heap", "bystander", "verify")
MOST = 2**62


def read_table(run_folder: Path, table: str) -> pd.DataFrame:
    columns, text = schema.table_columns(table)
    path = run_folder / f"{table}.csv"
    if table == "requests" and not path.exists() and (run_folder / f"{table}.bin").exists():
        path = run_folder / f"{table}.bin"
    try:
        regular(path)
        rows = (
            _read_binary(path, columns)
            if path.suffix == ".bin"
            else _read_text(path, columns, text)
        )
    except OSError as error:
        raise DamagedRun(f"{path.name}: {error.strerror}") from error
    except (ValueError, OverflowError) as error:
        raise DamagedRun(f"{path.name}: {_first_line(error)}") from error
    for name in columns:
        if name not in text and len(rows) and not 0 <= rows[name].min() <= rows[name].max() < MOST:
            raise DamagedRun(f"{path.name}: a number in column {name} is negative or too large")
    for name, words in schema.table_words(table).items():
        unknown = rows.loc[~rows[name].isin(words), name]
        if len(unknown):
            raise DamagedRun(
                f"{path.name}: no {name} is called '{unknown.iloc[0]}'; there are "
                f"{', '.join(words)}"
            )
    return rows


def _read_text(path: Path, columns: list[str], text: list[str]) -> pd.DataFrame:
    _check_frame(path, columns)
    rows = pd.read_csv(
        path,
        dtype={name: ("string" if name in text else "int64") for name in columns},
        keep_default_na=False,
        na_values={name: [""] for name in columns if name not in text},
        on_bad_lines="error",
        quoting=csv.QUOTE_NONE,
    )
    if len(rows) and not isinstance(rows.index, pd.RangeIndex):
        raise DamagedRun(f"{path.name}: rows have more fields than columns")
    return rows


def _check_frame(path: Path, columns: list[str]) -> None:
    with path.open("rb") as stream:
        header = stream.readline()
        if not header:
            raise DamagedRun(f"{path.name}: the file is empty")
        stream.seek(-1, 2)
        last_byte = stream.read(1)
    if header.decode("utf-8", "replace").strip().split(",") != columns:
        raise DamagedRun(f"{path.name}: the columns are not {','.join(columns)}")
    if last_byte != b"\n":
        raise DamagedRun(f"{path.name}: the last line is cut off")


def _read_binary(path: Path, columns: list[str]) -> pd.DataFrame:
    if path.stat().st_size % (8 * len(columns)):
        raise DamagedRun(f"{path.name}: the last row is cut off")
    values = np.fromfile(path, dtype="<i8")
    return pd.DataFrame(values.reshape(-1, len(columns)), columns=columns)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
