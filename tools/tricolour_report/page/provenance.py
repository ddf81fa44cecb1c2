"""Where the runs of a sweep come from: machine and build, and the parameters that all share.

Invariants: a value whose name ends in a unit is told with that unit, bytes also in full; what a run
does not have, such as a limit of a machine without limits, is a dash. A field with more than one
value over runs says so.
"""

import json

from ..read.experiment import Experiment
from ..read.sweep_folder import flatten
from ..statistics.quantities import ABSENT, duration, size

# By the last word of a name, or the whole name.
UNITS = {
    "s": "s",
    "ms": "ms",
    "us": "µs",
    "mb": "MB",
    "slots": "slots",
    "cpu_limit": "CPUs",
}


def provenance(experiment: Experiment) -> list[dict]:
    """Each field with its values over all runs; `differs` where it has more than one."""
    values: dict[str, dict[str, None]] = {}
    for record in _records(experiment):
        for key, value in record.get("provenance", {}).items():
            if key != "utc":
                values.setdefault(key, {})[told(key, value)] = None
    return [
        {"name": key, "values": list(found), "differs": len(found) > 1}
        for key, found in values.items()
    ]


def shared_parameters(experiment: Experiment) -> list[tuple[str, str]]:
    """Every parameter that has one value in all runs, defaults included."""
    runs = [
        flatten(record["parameters"]) for record in _records(experiment) if "parameters" in record
    ]
    return (
        [
            (name, told(name, value))
            for name, value in runs[0].items()
            if all(other.get(name) == value for other in runs)
        ]
        if runs
        else []
    )


def told(name: str, value: object) -> str:
    """A value with the unit that its name ends in."""
    if value is None:
        return ABSENT
    if isinstance(value, dict):
        return ", ".join(f"{part} {version}" for part, version in sorted(value.items()))
    text = value if isinstance(value, str) else json.dumps(value)
    number = _number(text)
    if number is None:
        return text
    word = name.rsplit("_", 1)[-1]
    if word == "bytes":
        return f"{size(number)} ({text} bytes)"
    if word == "ns":
        return duration(number)
    unit = UNITS.get(name) or UNITS.get(word)
    return f"{text} {unit}" if unit else text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _records(experiment: Experiment) -> list[dict]:
    return [run.record for result in experiment.results for run in result.runs if run.record]
