"""What was checked of the measuring itself.

Purpose: `calibration.json` of a sweep's folder, else the one that the project publishes, for the
page's appendix.
Invariant: a file that is there is shown or named as damaged, never ignored; a checkout or
installation may have none.
"""

from dataclasses import dataclass
from pathlib import Path

from ..program.errors import DamagedRun
from . import schema

FILE = "calibration.json"
SCHEMA_VERSION = 1
PUBLISHED = schema.FOLDER.parent / "reference" / "calibration" / FILE


@dataclass(frozen=True)
class Check:
    """`what` says in a sentence what was compared; `expected` and `measured` are texts with
    units."""

    name: str
    what: str
    expected: str
    measured: str
    passes: bool


@dataclass(frozen=True)
class Calibration:
    own: bool
    made_by: dict[str, str]
    checks: list[Check]


def read_calibration(folder: Path) -> Calibration | None:
    """That of the sweep's folder (`own`) before the published one; None where there is neither.
    Raises DamagedRun."""
    path = next((path for path in (folder / FILE, PUBLISHED) if path.exists()), None)
    if path is None:
        return None
    try:
        document = schema.parse(path, path.name)
        if document["schema_version"] != SCHEMA_VERSION:
            raise DamagedRun(
                f"{path.name}: schema version {document['schema_version']!r}, this program reads "
                f"version {SCHEMA_VERSION}"
            )
        checks = [
            Check(
                *(str(one[key]) for key in ("name", "what", "expected", "measured")),
                passes=_truth(one["passes"]),
            )
            for one in document["checks"]
        ]
        made_by = {str(name): str(value) for name, value in document["made_by"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRun(f"{path.name} cannot be read: {error!r}") from error
    return Calibration(path.parent == folder, made_by, checks)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"passes is {value!r}, not true or false")
    return value
