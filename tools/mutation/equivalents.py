"""Mutants that change nothing that a program may rely on, each with the sentence that proves it.

Purpose: `equivalents.toml` lists them by name. Invariant: a name in it is that of a mutant of the
present sources, so that a proof does not outlive what it is about; and each has a proof.
"""

from collections.abc import Iterable
from pathlib import Path

import tomllib

from tricolour_report.program.errors import UsageProblem

from .sites import Mutant

LIST = Path(__file__).with_name("equivalents.toml")
MOST_SHARE = 0.1
LEAST_PROOF = 30  # signs; a shorter text is no sentence


def read(mutants: Iterable[Mutant], path: Path = LIST) -> dict[str, str]:
    """The proof of each by its name."""
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
        found = {one["name"]: one["proof"] for one in listed}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageProblem(
            f"{path}: each [[equivalent]] needs a name and a proof: {error!r}"
        ) from error
    known = {mutant.name for mutant in mutants}
    if gone := [f"'{name}'" for name in found if name not in known]:
        raise UsageProblem(
            f"{path}: there is no mutant {', '.join(gone)} any more; --list --sample 0 prints them"
        )
    for name, proof in found.items():
        if len(proof) < LEAST_PROOF:
            raise UsageProblem(f"{path}: '{name}' needs a sentence that proves it equivalent")
    return found
