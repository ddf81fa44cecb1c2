"""Names that a user has mistyped: what is said of them.

Invariant: as the program in C++ says it (harness/text/names.hpp).
"""

from difflib import get_close_matches
from typing import Iterable


def unknown_name(kind: str, name: str, existing: Iterable[str]) -> str:
    """`no metric is called 'pause'; did you mean 'pauses'? There are pauses, mmu`."""
    names = list(existing)
    near = get_close_matches(name.replace("-", "_"), [one.replace("-", "_") for one in names], 1)
    spelled = [one for one in names if [one.replace("-", "_")] == near]
    start = f"no {kind} is called '{name}'"
    if not names:
        return f"{start}; there are none"
    there = f"here {'is only' if len(names) == 1 else 'are'} {', '.join(names)}"
    return f"{start}; did you mean '{spelled[0]}'? T{there}" if spelled else f"{start}; t{there}"
