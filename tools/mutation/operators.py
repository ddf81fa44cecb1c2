"""The mutation operators of C++, each a list of the places that it matches.

Purpose: every operator is a function from a source and one of its functions to edits. An edit wraps
a range of tokens: the text before and after it makes a choice at run time, `original` and `mutated`
are what the table shows.
Invariant: an edit adds no line, so that a line of a mutated copy is the line of the source.
"""

import re
from dataclasses import dataclass
from typing import Callable, Iterator

from .cpp_source import CppSource, Function, Range

SHADES = set(
    "shade shade_white mark_card try_log regrey push_grey rescan_now flush_shade_buffer".split()
)
EVENTS = set(
    "emit on_event record push_back emplace_back switch_activity rename_activity end_wait add count"
    " announce_trigger cycle_began cycle_ended".split()
)
PUBLICATIONS = set(
    "store publish exchange fetch_add fetch_sub push enter emit notify_one notify_all".split()
)
# Without effect on what a program computes, or without effect in this build.
UNOBSERVABLE = set(
    "pass_window __builtin_prefetch prefetch reserve note_safepoint poison unpoison relax pause"
    " yield shrink_to_fit madvise require_safepoint require_alive require_slots require_newest"
    " clear_cache".split()
)
RELATIONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
WEAKER = {
    "memory_order_seq_cst": "memory_order_acq_rel",
    "memory_order_acq_rel": "memory_order_acquire",
    "memory_order_acquire": "memory_order_relaxed",
    "memory_order_release": "memory_order_relaxed",
}
PAIRS = {
    "begin_ns": "end_ns",
    "end_ns": "begin_ns",
    "stopped_ns": "begin_ns",
    "begin": "end",
}
UNITS = {
    "1e3": "1e6",
    "1e6": "1e9",
    "1e9": "1e6",
    "1000": "1000000",
    "1000000": "1000",
    "1000000000": "1000000",
}
_BOUNDARY = {"&&", "||", "?", ":", ";", ",", "(", ")", "[", "]", "{", "}", "=", "return"}


@dataclass(frozen=True)
class Edit:
    """`prefix` and `suffix` hold `{active}` where the switch is read."""

    operator: str
    span: Range
    prefix: str
    suffix: str
    mutated: str


def _dropped(operator: str, span: Range, later: bool = False) -> Edit:
    note = "nothing, from the second cycle on" if later else "nothing"
    return Edit(operator, span, "{ if (!{active}) { ", " } }", note)


def _chosen(source: CppSource, operator: str, span: Range, mutated: str) -> Edit:
    return Edit(operator, span, "({active} ? (" + mutated + ") : (", "))", mutated)


def _is_unobservable(source: CppSource, statement: Range) -> bool:
    return source.callee(statement) in UNOBSERVABLE or source.word(statement.first) == "probe"


def _calls(source: CppSource, function: Function, names: set[str]) -> Iterator[Range]:
    for statement in source.statements(function):
        if source.callee(statement) in names and not _is_unobservable(source, statement):
            yield statement


def drop_barrier(source: CppSource, function: Function) -> Iterator[Edit]:
    for statement in _calls(source, function, SHADES):
        yield _dropped("drop_barrier", statement)


def drop_event(source: CppSource, function: Function) -> Iterator[Edit]:
    for statement in _calls(source, function, EVENTS):
        yield _dropped("drop_event", statement)


def drop_step(source: CppSource, function: Function) -> Iterator[Edit]:
    for statement in source.statements(function):
        known = source.callee(statement) in SHADES | EVENTS
        if not known and not _is_unobservable(source, statement):
            yield _dropped("drop_step", statement)


def forget_later(source: CppSource, function: Function) -> Iterator[Edit]:
    for statement in source.statements(function):
        if source.callee(statement) and not _is_unobservable(source, statement):
            yield _dropped("forget_later", statement, later=True)


def swap_publications(source: CppSource, function: Function) -> Iterator[Edit]:
    statements = {statement.first: statement for statement in source.statements(function)}
    swapped_until = -1
    for first in statements.values():
        second = statements.get(first.last + 1)
        if (
            second is None
            or first.first <= swapped_until
            or source.word(first.first - 1) in ("else", ")")
        ):
            continue
        if any(_is_unobservable(source, one) for one in (first, second)):
            continue
        if source.callee(second) in PUBLICATIONS or source.callee(first) in PUBLICATIONS:
            swapped_until = second.last
            begin, end = (on_one_line(source.source(one)) for one in (second, first))
            yield Edit(
                "swap_publications",
                Range(first.first, second.last),
                f"if ({{active}}) {{ {begin} tricolour::mutation::linger(); {end} }} else {{ ",
                " }",
                f"{begin} {end}",
            )


def on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"//[^\n]*", "", text))


def off_by_one(source: CppSource, function: Function) -> Iterator[Edit]:
    for place in range(function.body.first + 1, function.body.last):
        relation = source.word(place)
        if (
            relation not in RELATIONS
            or not source.runs_here(place)
            or not _is_binary(source, place)
        ):
            continue
        span = Range(_operand_begin(source, place), _operand_end(source, place))
        if any(word in RELATIONS for word in source.words(Range(span.first, place - 1))):
            continue
        left = source.text[source.tokens[span.first].begin : source.tokens[place].begin]
        right = source.text[source.tokens[place].end : source.tokens[span.last].end]
        yield _chosen(
            source, "off_by_one", span, on_one_line(f"{left}{RELATIONS[relation]}{right}")
        )


def _is_binary(source: CppSource, place: int) -> bool:
    """A comparison has a space on both sides, a template's bracket never has."""
    token = source.tokens[place]
    return (
        source.text[token.begin - 1] in " \n"
        and source.text[token.end] in " \n"
        and source.word(place - 1) not in ("template", "operator")
    )


def _operand_begin(source: CppSource, place: int) -> int:
    while True:
        place -= 1
        if source.word(place) in (")", "]", "}"):
            place = source.partner[place]
        if source.word(place - 1) in _BOUNDARY - {")", "]", "}"}:
            return place


def _operand_end(source: CppSource, place: int) -> int:
    while True:
        place += 1
        if source.word(place) in ("(", "[", "{"):
            place = source.partner[place]
        if source.word(place + 1) in _BOUNDARY - {"(", "[", "{"}:
            return place


def skip_last(source: CppSource, function: Function) -> Iterator[Edit]:
    """Of a range-based for."""
    for place in range(function.body.first + 1, function.body.last):
        if (
            source.word(place) != "for"
            or source.word(place + 1) != "("
            or not source.runs_here(place)
        ):
            continue
        close, colon = source.partner[place + 1], place + 2
        while colon < close and source.word(colon) not in (":", ";"):
            colon = (
                source.partner[colon] + 1 if source.word(colon) in ("(", "[", "{") else colon + 1
            )
        if source.word(colon) == ":" and source.word(colon + 1) != "{":
            span = Range(colon + 1, close - 1)
            yield Edit(
                "skip_last",
                span,
                "tricolour::mutation::shortened({active}, ",
                ")",
                f"all but the last of {on_one_line(source.source(span))}",
            )


def weaken_order(source: CppSource, function: Function) -> Iterator[Edit]:
    """In calls that state an order, by one step."""
    for place in range(function.body.first + 1, function.body.last):
        weaker = WEAKER.get(source.word(place))
        if weaker is None:
            continue
        open_one = source.open_bracket(place)
        if open_one is None or source.tokens[open_one - 1].kind != "word":
            continue
        name = source.word(open_one - 1)
        if weaker == "memory_order_acq_rel" and name in ("load", "store", "write", "test"):
            weaker = "memory_order_acquire" if name in ("load", "test") else "memory_order_release"
        span = Range(source.postfix_begin(open_one - 1), source.partner[open_one])
        text, begin = source.source(span), source.tokens[span.first].begin
        token = source.tokens[place]
        mutated = text[: token.begin - begin] + weaker + text[token.end - begin :]
        yield _chosen(source, "weaken_order", span, on_one_line(mutated))


def wrong_rank(source: CppSource, function: Function) -> Iterator[Edit]:
    yield from _renamed_calls(
        source, function, "wrong_rank", {"ceil": "floor", "floor": "ceil", "lround": "ceil"}
    )


def wrong_bound(source: CppSource, function: Function) -> Iterator[Edit]:
    yield from _renamed_calls(source, function, "wrong_bound", {"max": "min", "min": "max"})


def _renamed_calls(source, function, operator, renamed) -> Iterator[Edit]:
    for place in range(function.body.first + 1, function.body.last):
        if (
            source.word(place) not in renamed
            or source.word(place - 1) != "::"
            or not source.runs_here(place)
        ):
            continue
        end = place + 1
        if source.word(end) == "<":  # std::max<std::uint64_t>
            while source.word(end) != "(":
                end += 1
        if source.word(end) != "(":
            continue
        span = Range(source.postfix_begin(place), source.partner[end])
        text, begin, token = (
            source.source(span),
            source.tokens[span.first].begin,
            source.tokens[place],
        )
        mutated = text[: token.begin - begin] + renamed[token.text] + text[token.end - begin :]
        yield _chosen(source, operator, span, on_one_line(mutated))


def wrong_pairing(source: CppSource, function: Function) -> Iterator[Edit]:
    """Reads of one end of an interval that take the other."""
    for place in range(function.body.first + 1, function.body.last):
        other = PAIRS.get(source.word(place))
        if other is None or not source.word(place).endswith("_ns"):
            continue
        designated = source.word(place - 2) in ("{", ",")
        if source.word(place - 1) not in (".", "->") or designated or source.word(place + 1) == "=":
            continue
        span = Range(source.postfix_begin(place), place)
        text = source.source(span)
        yield _chosen(
            source, "wrong_pairing", span, on_one_line(text[: -len(source.word(place))] + other)
        )


def wrong_unit(source: CppSource, function: Function) -> Iterator[Edit]:
    for place in range(function.body.first + 1, function.body.last):
        other = UNITS.get(source.word(place).replace("'", ""))
        if source.tokens[place].kind == "number" and other and source.runs_here(place):
            yield _chosen(source, "wrong_unit", Range(place, place), other)


ALWAYS: tuple[Callable, ...] = (
    drop_barrier,
    drop_event,
    drop_step,
    swap_publications,
    off_by_one,
    skip_last,
    wrong_rank,
    wrong_bound,
    wrong_pairing,
    wrong_unit,
)
EXPLORED_ONLY: tuple[Callable, ...] = (weaken_order,)
HEAP_ONLY: tuple[Callable, ...] = (forget_later,)


def edits_of(source: CppSource, explored: bool, of_heap: bool) -> Iterator[tuple[Function, Edit]]:
    """`explored`: a model checker runs this source; `of_heap`: it is code that runs in cycles."""
    fitting = ALWAYS + (EXPLORED_ONLY if explored else ()) + (HEAP_ONLY if of_heap else ())
    for function in source.functions:
        for operator in fitting:
            for edit in operator(source, function):
                yield function, edit
