"""The schema of result files, loaded from `results/schema`, the one place where it is written.

Purpose: validate `index.json` and `run.json`, and give the columns of every table.
Invariant: a document that passes `check` has every field that later code reads.
"""

import json
from functools import lru_cache
from pathlib import Path

import jsonschema

from .errors import UsageProblem

FOLDER = Path(__file__).resolve().parents[2] / "results" / "schema"


@lru_cache(maxsize=None)
def load(name: str) -> dict:
    path = FOLDER / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(f"the result schema {path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=None)
def _validator(name: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(load(name))


def check(document: object, name: str) -> str | None:
    """The first violation of schema `name` in one line, or None when the document is valid."""
    if isinstance(document, dict) and document.get("schema_version") not in (1, None):
        return f"schema version {document['schema_version']!r}, this program reads version 1"
    violation = jsonschema.exceptions.best_match(_validator(name).iter_errors(document))
    if violation is None:
        return None
    place = ".".join(str(step) for step in violation.absolute_path) or "top level"
    return f"{place}: {violation.message[:160]}"


def table_columns(table: str) -> tuple[list[str], list[str]]:
    """(all columns in order, those that hold text) of a table such as `pauses`."""
    entry = load("tables.schema.json")["tables"][table]
    return entry["columns"], entry["text"]
