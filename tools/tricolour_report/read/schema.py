"""The schema of result files, loaded from `results/schema`, the one place where it is written.

Purpose: read `index.json` and `run.json`, and give the columns of every table.
Invariant: a document that `read` returns has every field that later code reads, every number in it
is finite and every whole one fits 64 bits, and its text can be written as UTF-8.
"""

import json
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Callable

import fastjsonschema
import jsonschema

from ..program.errors import DamagedRun, EarlierVersion, UsageProblem
from ..program.regular import regular

FOLDER = Path(__file__).resolve().parents[3] / "results" / "schema"
RUN = "run.schema.json"
UPGRADED = 2  # the version of runs that `tricolour upgrade` rewrites
MOST_BYTES = 2**28  # of a document; an index of a million runs has fewer


@lru_cache(maxsize=None)
def load(name: str) -> dict:
    path = FOLDER / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(f"the result schema {path} cannot be read: {error.strerror}") from error


def _refuse(word: str):
    raise ValueError(f"{word[:40]} is no number here")


class Real(float):
    """Of a text with a fraction or an exponent, such as 1.0: never whole."""

    def is_integer(self) -> bool:
        return False


def _real(word: str) -> Real:
    return Real(word) if isfinite(float(word)) else _refuse(word)


def _whole(word: str) -> int:
    return int(word) if len(word) < 20 and -(2**63) <= int(word) < 2**63 else _refuse(word)


class Decoder(json.JSONDecoder):
    """Of JSON alone: not Python's NaN and Infinity, no number that becomes infinite, no half of a
    surrogate pair. Raises ValueError, or RecursionError when a document is nested too deeply."""

    def __init__(self):
        super().__init__(parse_constant=_refuse, parse_float=_real, parse_int=_whole)

    def raw_decode(self, s: str, idx: int = 0) -> tuple[object, int]:
        """The document in `s` that begins at `idx`, and where it ends."""
        document, end = super().raw_decode(s, idx)
        json.dumps(document, ensure_ascii=False).encode("utf-8")
        return document, end


def parse(path: Path, called: str = "it") -> object:
    """The JSON in `path`; raises DamagedRun with what is wrong in it, which is `called` so."""
    try:
        _check_size(path, called)
        return Decoder().decode(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DamagedRun(f"{called} cannot be read: {error.strerror}") from error
    except UnicodeError as error:
        raise DamagedRun(f"{called} is not UTF-8 text") from error
    except RecursionError as error:
        raise DamagedRun(f"{called} is nested too deeply") from error
    except ValueError as error:
        raise DamagedRun(f"{called} is damaged: {error}") from error


def _check_size(path: Path, called: str) -> None:
    if regular(path).stat().st_size > MOST_BYTES:
        raise DamagedRun(f"{called} is larger than {MOST_BYTES >> 20} MiB, which no such file is")


def read(path: Path, name: str) -> dict:
    """The document in `path`, valid by schema `name`; raises DamagedRun with what is wrong in
    it."""
    document = parse(path)
    require(document, name)
    return document


def require(document: object, name: str) -> None:
    """Raises DamagedRun with what is wrong in the document, EarlierVersion where it can be
    upgraded."""
    violation = check(document, name)
    if violation and name == RUN and _version_of(document) == UPGRADED:
        raise EarlierVersion(violation)
    if violation:
        raise DamagedRun(violation)


def _is_whole(_, value: object) -> bool:
    """Draft 7 takes 1.0 as an integer; Python does not count with it."""
    return isinstance(value, int) and not isinstance(value, bool)


Validator = jsonschema.validators.extend(
    jsonschema.Draft7Validator,
    type_checker=jsonschema.Draft7Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


@lru_cache(maxsize=None)
def _validator(name: str) -> jsonschema.Draft7Validator:
    return Validator(load(name))


@lru_cache(maxsize=None)
def _compiled(name: str) -> Callable[[object], object]:
    return fastjsonschema.compile(load(name), use_default=False)


def _is_valid(document: object, name: str) -> bool:
    """Quickly. What it refuses, `_validator` judges, and finds the words."""
    try:
        _compiled(name)(document)
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True


def check(document: object, name: str) -> str | None:
    """The first violation of schema `name` in one line, or None when the document is valid."""
    found = _version_of(document)
    if found == 1 != version(name):
        return (
            f"schema version 1, this program reads version {version(name)}: run it again, because "
            "its figures do not mean the same"
        )
    if name == RUN and found == UPGRADED:
        return (
            f"schema version {UPGRADED}, this program reads version {version(name)}: "
            "`tricolour upgrade` rewrites it"
        )
    if found not in (version(name), None):
        return f"schema version {found!r}, this program reads version {version(name)}"
    if _is_valid(document, name):
        return None
    violation = jsonschema.exceptions.best_match(_validator(name).iter_errors(document))
    if violation is None:
        return None
    place = ".".join(str(step) for step in violation.absolute_path) or "top level"
    return f"{place}: {violation.message[:160]}"


def _version_of(document: object) -> object:
    return document.get("schema_version") if isinstance(document, dict) else None


def version(name: str) -> int:
    """The one that documents of schema `name` have."""
    return load(name)["properties"]["schema_version"]["const"]


def table_columns(table: str) -> tuple[list[str], list[str]]:
    """(all columns in order, those that hold text) of a table such as `pauses`."""
    entry = load("tables.schema.json")["tables"][table]
    return entry["columns"], entry["text"]


def table_words(table: str) -> dict[str, list[str]]:
    """The words that a text column may hold, by column; a column that is not there may hold any."""
    return load("tables.schema.json")["tables"][table]["values"]
