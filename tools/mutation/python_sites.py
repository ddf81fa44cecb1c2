"""The mutation operators of Python: one changed place in a module's syntax tree.

Purpose: all mutants of the statistics, and the changed tree of one of them. Names as in sites.py.
Invariant: the tree of a module with no mutant is its own.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path

from .checks import PYTHON_ROOM
from .sites import Mutant, Names

FOLDER = "tools/tricolour_report"
MODULES = (
    "compare/bystander compare/compare compare/gate compare/lower_bound_overhead compare/tidy"
    " compare/unserved compare/waits page/precision read/counted_pauses read/tables"
    " statistics/interval_union statistics/intervals statistics/metrics statistics/quantiles"
    " statistics/request_latency"
).split()
RELATIONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
RENAMED = {
    "wrong_rank": {"ceil": "floor", "floor": "ceil"},
    "wrong_bound": {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"},
    "wrong_pairing": {
        "begin_ns": "end_ns",
        "end_ns": "begin_ns",
        "begins": "ends",
        "ends": "begins",
        "stopped_ns": "begin_ns",
    },
}
RANKS = {0.5: 0.4, 0.9: 0.8, 0.95: 0.9, 0.99: 0.9, 0.999: 0.99}
UNITS = {1e3: 1e6, 1e6: 1e9, 1e9: 1e6}
EVENTS = {"append", "extend", "add", "update", "insert"}


def off_by_one(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in RELATIONS:
        yield ast.Compare(node.left, [RELATIONS[type(node.ops[0])]()], node.comparators)
    one = (
        isinstance(node, ast.BinOp)
        and isinstance(node.right, ast.Constant)
        and node.right.value == 1
    )
    if one and isinstance(node.op, (ast.Add, ast.Sub)) and isinstance(node.right.value, int):
        yield node.left


def skip_last(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.For, ast.comprehension)):
        changed = copy.copy(node)
        listed = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        changed.iter = ast.Subscript(listed, ast.Slice(upper=ast.Constant(-1)), ast.Load())
        yield changed


def drop_event(node: ast.AST) -> Iterator[ast.AST]:
    call = node.value if isinstance(node, ast.Expr) else None
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in EVENTS
    ):
        yield ast.Pass()


def _renamed(operator: str) -> Callable:
    names = RENAMED[operator]

    def matches(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            yield ast.Name(names[node.id], node.ctx)
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and node.attr in names
        ):
            yield ast.Attribute(node.value, names[node.attr], node.ctx)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names:
            yield ast.Constant(names[node.value])

    return matches


def _changed_number(numbers: dict[float, float]) -> Callable:
    def matches(node: ast.AST) -> Iterator[ast.AST]:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and not isinstance(node.value, bool)
        ):
            if node.value in numbers:
                yield ast.Constant(numbers[node.value])

    return matches


def wrong_rank(node: ast.AST) -> Iterator[ast.AST]:
    yield from _renamed("wrong_rank")(node)
    yield from _changed_number(RANKS)(node)


OPERATORS: dict[str, Callable[[ast.AST], Iterator[ast.AST]]] = {
    "off_by_one": off_by_one,
    "skip_last": skip_last,
    "drop_event": drop_event,
    "wrong_rank": wrong_rank,
    "wrong_bound": _renamed("wrong_bound"),
    "wrong_pairing": _renamed("wrong_pairing"),
    "wrong_unit": _changed_number(UNITS),
}


def _places(tree: ast.AST, scope: str = "") -> Iterator[tuple[str, ast.AST, str, int | None]]:
    """(scope, parent, field, place in its list) of every node that may be replaced."""
    for name, value in ast.iter_fields(tree):
        for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST):
                yield scope, tree, name, place
                named = isinstance(node, (ast.FunctionDef, ast.ClassDef))
                yield from _places(node, f"{scope}.{node.name}".lstrip(".") if named else scope)


def _mutations(file: str, tree: ast.AST) -> Iterator[tuple[Mutant, Callable[[], None]]]:
    names = Names(file)
    for scope, parent, name, place in _places(tree):
        value = getattr(parent, name)
        node = value if place is None else value[place]
        for operator, matches in OPERATORS.items():
            for changed in matches(node):
                before, after = (
                    " ".join(ast.unparse(one).split())
                    for one in (node, ast.fix_missing_locations(changed))
                )
                line = getattr(node, "lineno", getattr(parent, "lineno", 0))
                mutant = Mutant(
                    names.of(scope, operator, before),
                    PYTHON_ROOM,
                    operator,
                    file,
                    line,
                    before,
                    after,
                )

                def apply(parent=parent, name=name, place=place, changed=changed):
                    if place is None:
                        setattr(parent, name, changed)
                    else:
                        getattr(parent, name)[place] = changed

                yield mutant, apply


def in_text(file: str, text: str) -> list[Mutant]:
    return [mutant for mutant, _ in _mutations(file, ast.parse(text))]


def mutated(file: str, text: str, name: str) -> ast.AST:
    """The module's tree with the mutant of this name in it."""
    tree = ast.parse(text)
    for mutant, apply in _mutations(file, tree):
        if mutant.name == name:
            apply()
            return ast.fix_missing_locations(tree)
    raise LookupError(f"there is no mutant '{name}'")


def in_tree(root: Path) -> list[Mutant]:
    found = []
    for module in MODULES:
        path = root / FOLDER / f"{module}.py"
        found += in_text(f"{FOLDER}/{module}.py", path.read_text(encoding="utf-8"))
    return found
