"""Tables: columns with titles, and a row for each thing that is shown.

Invariant: a column's texts are the same wherever the table is written. In a text, `\\n` is where a
line ends if there is room for several, and a space where there is not.
"""

from dataclasses import dataclass
from typing import Any, Callable, Sequence


def nothing(_: Any) -> str:
    return ""


@dataclass(frozen=True)
class Column:
    """`text` and `code`, a command behind it, are of a row. `looks` are the classes of all cells on
    the page, among them `number` where they are aligned to the right; `state` has further ones of a
    row's cell."""

    title: str
    text: Callable[[Any], object]
    looks: str = ""
    state: Callable[[Any], str] = nothing
    code: Callable[[Any], str] = nothing

    @property
    def is_number(self) -> bool:
        return "number" in self.looks.split()

    def classes(self, row: Any) -> str:
        return f"{self.looks} {self.state(row)}".strip()


@dataclass(frozen=True)
class Table:
    """`state` has the classes of a whole row: `failed` or `starved`."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    state: Callable[[Any], str] = nothing
