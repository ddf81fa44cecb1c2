"""A published sweep: its records and metrics, without the tables of events.

Purpose: `runs.json.gz` (every `run.json`, one after the other) and `summary.csv` of a folder that
keeps no run folders, such as those in `results/reference`.
Invariant: a figure that needs single pauses, phases or requests is not there for such a sweep;
metrics are those that the report wrote when the tables were.
"""

import gzip
import zlib
from pathlib import Path

import pandas as pd

from ..program.errors import UsageProblem
from ..program.regular import regular
from . import schema

RECORDS = "runs.json.gz"
METRICS = "summary.csv"


def is_published(folder: Path) -> bool:
    return (folder / RECORDS).exists() and not (folder / "runs").is_dir()


def read_records(folder: Path) -> dict[tuple[str, int], dict]:
    """Every record by cell and block, not yet validated; raises UsageProblem when the file is not
    whole."""
    path = folder / RECORDS
    try:
        with gzip.open(regular(path), "rt", encoding="utf-8") as stream:
            text = stream.read().strip()
        decoder = schema.Decoder()
        records, place = {}, 0
        while place < len(text):
            record, place = decoder.raw_decode(text, place)
            records[record["cell"], record["block"]] = record
            while place < len(text) and text[place].isspace():
                place += 1
    except (
        OSError,
        EOFError,
        zlib.error,
        RecursionError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise UsageProblem(f"{path} cannot be read: {error!r}") from error
    return records


def read_metrics(folder: Path) -> dict[tuple[str, int], dict[str, float]]:
    """The metrics of every timed run by cell and block; raises UsageProblem when there is no such
    table."""
    path = folder / METRICS
    try:
        table = pd.read_csv(
            regular(path),
            dtype={"cell": "string", "block": "int64", "metric": "string", "value": "float64"},
        )
        rows = table[table["metric"].notna()]
        found: dict[tuple[str, int], dict[str, float]] = {}
        for cell, block, metric, value in zip(
            rows["cell"], rows["block"], rows["metric"], rows["value"]
        ):
            found.setdefault((cell, block), {})[metric] = value
    except (OSError, ValueError, KeyError) as error:
        raise UsageProblem(
            f"{path}, which a folder with {RECORDS} needs, cannot be read: {error}"
        ) from error
    return found
