"""Mutants: places in sources with a name that outlives unrelated changes.

Purpose: all mutants of a set of sources, and a sample of them that a seed decides.
Invariant: a name is made of file, function, operator and the mutated text; the same text once more
in the same function gets "#2". Neither lines nor the other functions of a file change it.
"""

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from . import operators, rooms
from .cpp_source import CppSource

LEAST_PER_ROOM = 20


@dataclass(frozen=True)
class Mutant:
    name: str
    room: str
    operator: str
    file: str
    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Site:
    """A mutant of C++ with the edit that makes it."""

    mutant: Mutant
    edit: operators.Edit


class Names:
    """Gives each mutant of one file its name."""

    def __init__(self, file: str):
        self._file = file
        self._given: Counter[str] = Counter()

    def of(self, function: str, operator: str, text: str) -> str:
        name = f"{self._file}:{function}:{operator}:{text}"
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}#{self._given[name]}"


def in_text(file: str, text: str) -> list[Site]:
    source, names, found = CppSource(text), Names(file), []
    room = rooms.room_of(file)
    fitting = operators.edits_of(source, rooms.is_explored(text), room != "harness")
    for function, edit in fitting:
        before = operators.on_one_line(source.source(edit.span))
        mutant = Mutant(
            names.of(function.name, edit.operator, before),
            room,
            edit.operator,
            file,
            source.line(edit.span.first),
            before,
            edit.mutated,
        )
        found.append(Site(mutant, edit))
    return found


def in_tree(root: Path) -> list[Site]:
    return [
        site
        for file in rooms.sources(root)
        for site in in_text(file, (root / file).read_text(encoding="utf-8"))
    ]


def sample(mutants: Iterable[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` mutants in an order that `seed` decides: from each room in turn, so that every room
    has its share, and in a room from each operator in turn."""
    chosen: list[Mutant] = []
    queues = {room: _by_operator(group, seed) for room, group in _grouped(mutants, "room").items()}
    while len(chosen) < count and any(queues.values()):
        for room in sorted(queues):
            if queues[room] and len(chosen) < count:
                chosen.append(queues[room].pop(0))
    return chosen


def _by_operator(mutants: list[Mutant], seed: int) -> list[Mutant]:
    queues = []
    for operator, group in sorted(_grouped(mutants, "operator").items()):
        # By name, so that a mutant's rank does not depend on which others there are.
        queues.append(
            sorted(group, key=lambda mutant: random.Random(f"{seed}/{mutant.name}").random())
        )
    turns = range(max(map(len, queues)))
    return [queue[turn] for turn in turns for queue in queues if turn < len(queue)]


def _grouped(mutants: Iterable[Mutant], attribute: str) -> dict[str, list[Mutant]]:
    groups: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        groups.setdefault(getattr(mutant, attribute), []).append(mutant)
    return groups
