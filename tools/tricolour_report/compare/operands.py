"""Operands of `compare`: a sweep folder with an optional filter, `DIR[:key=value,...]`.

Purpose: parse operands, select cells, and match the cells of two selections.
Invariants: a filter that names an unknown key, or matches nothing, says what exists. Cells are
matched on the workload and on every parameter that varies within either selection and that no
filter pins, so that each comparison has exactly one cell on either side.
"""

from dataclasses import dataclass
from pathlib import Path

from ..program.errors import UsageProblem
from ..program.names import unknown_name
from ..program.process import shown
from ..read.experiment import CellResult
from ..read.sweep_folder import Cell, read_cells

UNSET = "-"  # where a cell leaves a parameter to its default


@dataclass(frozen=True)
class Operand:
    """`text` is as it is shown."""

    text: str
    folder: Path
    filter: dict

    def selects(self, cell: Cell) -> bool:
        return all(
            _spelling(cell.parameters.get(key, "")) == _spelling(value)
            for key, value in self.filter.items()
        )


@dataclass(frozen=True)
class Match:
    """One comparison: `key` holds the coordinates on which both sides agree."""

    key: dict
    base: CellResult
    other: CellResult

    @property
    def workload(self) -> str:
        return self.base.cell.workload


def parse(text: str) -> Operand:
    """Parse and check against what the folder holds; raises UsageProblem."""
    folder, separator, conditions = text.rpartition(":")
    if not separator or "=" not in conditions or Path(text).is_dir():
        folder, conditions = text, ""
    pairs = {}
    for condition in filter(None, conditions.split(",")):
        key, equals, value = condition.partition("=")
        if not (key and equals and value):
            raise UsageProblem(f"'{condition}' in operand '{text}' is not key=value")
        if key.strip() in pairs:
            raise UsageProblem(f"operand '{text}' gives '{key.strip()}' twice")
        pairs[key.strip()] = value.strip()
    operand = Operand(shown(text), Path(folder), pairs)
    _check(operand)
    return operand


def _check(operand: Operand) -> None:
    cells = read_cells(operand.folder)
    existing: dict[str, set] = {}
    for cell in cells:
        for key, value in cell.parameters.items():
            existing.setdefault(key, set()).add(value)
    for key, value in operand.filter.items():
        if key not in existing:
            raise UsageProblem(
                unknown_name(f"parameter of the cells of {operand.folder}", key, sorted(existing))
            )
        if _spelling(value) not in {_spelling(one) for one in existing[key]}:
            raise UsageProblem(
                f"no cell of {operand.folder} has {key}={value}; there are "
                f"{', '.join(sorted(existing[key]))}"
            )
    if not any(operand.selects(cell) for cell in cells):
        there = sorted(
            {
                ", ".join(f"{k}={cell.parameters.get(k, UNSET)}" for k in operand.filter)
                for cell in cells
            }
        )
        raise UsageProblem(f"no cell matches '{operand.text}'; there are {'; '.join(there)}")


def _spelling(name: str) -> str:
    return name.replace("-", "_")


def match(
    base: Operand, other: Operand, left: list[CellResult], right: list[CellResult]
) -> tuple[list[Match], list[str]]:
    """(comparisons, one sentence for each cell without a partner); raises UsageProblem when a side
    is ambiguous or nothing fits."""
    keys = _matching_keys(base, other, left, right)
    left_by_key = _by_key(base, left, keys)
    right_by_key = _by_key(other, right, keys)
    matches = [
        Match(dict(zip(keys, values)), left_by_key[values], right_by_key[values])
        for values in left_by_key
        if values in right_by_key
    ]
    if not matches:
        raise UsageProblem(
            f"'{base.text}' and '{other.text}' have no cell with the same {', '.join(keys)}"
        )
    lonely = [
        f"only in '{operand.text}': "
        f"{', '.join(f'{k}={v}' for k, v in zip(keys, values) if v != UNSET)}"
        for operand, mine, theirs in (
            (base, left_by_key, right_by_key),
            (other, right_by_key, left_by_key),
        )
        for values in mine
        if values not in theirs
    ]
    return matches, lonely


def _matching_keys(
    base: Operand, other: Operand, left: list[CellResult], right: list[CellResult]
) -> list[str]:
    varying = set()
    for side in (left, right):
        names = {name for result in side for name in result.cell.parameters}
        varying |= {
            name for name in names if len({result.cell.parameters.get(name) for result in side}) > 1
        }
    pinned = (base.filter.keys() | other.filter.keys()) - {"workload"}
    return ["workload", *sorted(varying - pinned - {"workload"})]


def _by_key(
    operand: Operand, results: list[CellResult], keys: list[str]
) -> dict[tuple, CellResult]:
    by_key: dict[tuple, CellResult] = {}
    for result in results:
        values = tuple(result.cell.parameters.get(key, UNSET) for key in keys)
        if values in by_key:
            one, two = by_key[values].cell.parameters, result.cell.parameters
            names = sorted(key for key in one.keys() | two.keys() if one.get(key) != two.get(key))
            differing = (
                " and ".join(f"{name} ({one.get(name)}, {two.get(name)})" for name in names)
                or "nothing"
            )
            raise UsageProblem(
                f"'{operand.text}' selects several cells for {values[0]}, which differ in "
                f"{differing}; add a filter"
            )
        by_key[values] = result
    return by_key


def differences(matches: list[Match]) -> list[str]:
    """The parameters that differ between the sides, as `collector: stop_the_world ->
    concurrent`."""
    found: dict[str, None] = {}
    for one in matches:
        left, right = one.base.cell.parameters, one.other.cell.parameters
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key):
                found[f"{key}: {left.get(key, UNSET)} -> {right.get(key, UNSET)}"] = None
    return list(found)
