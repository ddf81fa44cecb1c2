"""A C++ source as functions and their statements, as far as the operators need.

Purpose: the bodies of functions with their names, and the expression statements, loop headers and
conditions in them. It knows no types: what it takes for a statement and is none does not compile as
a mutant, and is dropped (tree.py).
Invariant: only code in function bodies is seen, without what only another build flavour runs.
"""

from dataclasses import dataclass
from functools import cached_property

from .cpp_tokens import Token, match_brackets, tokens_of

CONTROL = {"if", "for", "while", "switch", "catch"}
NO_EXPRESSION = CONTROL | set(
    "return do else case default break continue goto throw try using typedef static_assert const"
    " auto constexpr static template class struct union enum friend public private protected"
    " namespace extern thread_local inline volatile unsigned signed int bool char double float long"
    " short void co_return co_yield co_await delete new requires".split()
)
CLASSES = {"class", "struct", "union", "enum"}
# Their body runs in builds of another flavour only.
OTHER_FLAVOURS = {"faulty", "faults_built", "checked_built", "instrumented_built"}


@dataclass(frozen=True)
class Range:
    """Tokens [first, last]."""

    first: int
    last: int


@dataclass(frozen=True)
class Function:
    name: str
    body: Range


class CppSource:
    def __init__(self, text: str):
        self.text = text
        self.tokens: list[Token] = tokens_of(text)
        self.partner = match_brackets(self.tokens)

    def word(self, place: int) -> str:
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def words(self, span: Range) -> list[str]:
        return [token.text for token in self.tokens[span.first : span.last + 1]]

    def source(self, span: Range) -> str:
        return self.text[self.tokens[span.first].begin : self.tokens[span.last].end]

    def line(self, place: int) -> int:
        return self.text.count("\n", 0, self.tokens[place].begin) + 1

    @cached_property
    def functions(self) -> list[Function]:
        return list(self._functions(0, len(self.tokens), ""))

    def _functions(self, place: int, end: int, scope: str):
        """Those directly in a namespace or class between two places."""
        head = place
        while place < end:
            text = self.word(place)
            if text in ("(", "["):
                place = self.partner[place]
            elif text == ";" or (
                text == ":" and self.word(place - 1) in ("public", "private", "protected")
            ):
                head = place + 1
            elif text == "{":
                close = self.partner[place]
                kind, name = self._kind_of_brace(head, place)
                if kind == "scope":
                    yield from self._functions(
                        place + 1, close, f"{scope}{name}::" if name else scope
                    )
                elif kind == "function":
                    if "consteval" not in self.words(Range(head, place)):
                        yield Function(scope + name, Range(place, close))
                place = close
                if kind != "initialiser":
                    head = close + 1
            place += 1

    def _kind_of_brace(self, head: int, brace: int) -> tuple[str, str]:
        """What the brace after the tokens from `head` opens: scope, function or initialiser."""
        top, place = [], head
        while place < brace:
            top.append(place)
            place = self.partner[place] + 1 if self.word(place) in ("(", "[", "{") else place + 1
        words = _without_template([self.word(place) for place in top])
        if "namespace" in words or "extern" in words:
            return "scope", ""
        if "(" not in words or (
            "=" in words and words.index("=") < words.index("(") and "operator" not in words
        ):
            named = [place for place, word in enumerate(words) if word in CLASSES]
            named_last = named[-1] + 1 if named else len(words)
            return ("scope", words[named_last]) if named_last < len(words) else ("initialiser", "")
        parameters = words.index("(")
        if (
            ":" in words[parameters:]
            and self.tokens[brace - 1].kind == "word"
            and words[-1] not in ("try", "noexcept", "const")
        ):
            return "initialiser", ""  # of a member, in a constructor
        begin = parameters - 1
        while begin >= 2 and words[begin - 1] == "::":
            begin -= 2
        name = "".join(words[begin:parameters])
        return (
            "function",
            "operator" + words[parameters - 1] if "operator" in words[:parameters] else name,
        )

    @cached_property
    def _other_flavours(self) -> list[Range]:
        found = []
        for place, token in enumerate(self.tokens):
            if token.text != "if":
                continue
            header = place + 2 if self.word(place + 1) == "constexpr" else place + 1
            if self.word(header) != "(":
                continue
            words = self.words(Range(header, self.partner[header]))
            if OTHER_FLAVOURS & set(words) and "!" not in words:
                found.append(Range(place, self._end_of_statement(self.partner[header] + 1)))
        return found

    @cached_property
    def _constants(self) -> list[Range]:
        """Variables of functions that are evaluated when they are compiled, with no mutant on."""
        return [
            Range(place, self._semicolon_of(place))
            for function in self.functions
            for place in range(function.body.first + 1, function.body.last)
            if self.word(place) == "constexpr"
            and self.word(place - 1) != "if"
            and self._semicolon_of(place) is not None
        ]

    def runs_here(self, place: int) -> bool:
        spans = (*self._other_flavours, *self._constants)
        return not any(span.first <= place <= span.last for span in spans)

    def _end_of_statement(self, place: int) -> int:
        """The last token of the statement or block that begins at `place`."""
        if self.word(place) == "[":
            place = self.partner[place] + 1
        while place < len(self.tokens) - 1:
            text = self.word(place)
            if text in ("(", "[", "{"):
                place = self.partner[place]
                if text == "{":
                    return place
            elif text in (";", "}"):
                return place
            place += 1
        return place

    def statements(self, function: Function) -> list[Range]:
        """Its expression statements, those in lambdas included, each with its semicolon."""
        found = []
        for place in range(function.body.first + 1, function.body.last):
            if not self._begins_statement(place) or not self.runs_here(place):
                continue
            last = self._semicolon_of(place)
            if last is not None and self._is_expression(Range(place, last)):
                found.append(Range(place, last))
        return found

    def _begins_statement(self, place: int) -> bool:
        before = self.word(place - 1)
        if before in ("{", "}", ";", "else", "do"):
            return self.open_bracket(place) is None
        if before == "]" and self.word(self.partner[place - 1] - 1) == ")":
            place, before = self.partner[place - 1], ")"  # [[likely]]
        if before != ")":
            return False
        head = self.partner[place - 1] - 1
        return self.word(head) in ("if", "for", "while", "switch") or (
            self.word(head) == "constexpr" and self.word(head - 1) == "if"
        )

    def open_bracket(self, place: int) -> int | None:
        """The open parenthesis that holds `place`, with no brace between them."""
        before = place - 1
        while before >= 0:
            text = self.word(before)
            if text in (")", "]", "}"):
                before = self.partner[before]
            elif text in ("(", "["):
                return before
            elif text == "{":
                return None
            before -= 1
        return None

    def _semicolon_of(self, place: int) -> int | None:
        while place < len(self.tokens):
            text = self.word(place)
            if text == ";":
                return place
            if text in (")", "]", "}"):
                return None
            place = self.partner[place] + 1 if text in ("(", "[", "{") else place + 1
        return None

    def _is_expression(self, span: Range) -> bool:
        first = self.word(span.first)
        starts = self.tokens[span.first].kind == "word" or first in ("++", "--", "(", "::")
        after_initialiser = first == "*" and self.word(span.first - 1) == "}"
        if not starts and (first != "*" or after_initialiser) or first in NO_EXPRESSION:
            return False
        place, before = span.first, ""
        while place < span.last:
            token = self.tokens[place]
            if token.text in ("(", "=") or token.text in ("+=", "-=", "|=", "&=", "++", "--"):
                return True
            # Two names in a row, or a type's end and a name, declare something.
            if token.kind == "word" and (
                before in (">", "*", "&", "const", "&&")
                and place > span.first + 1
                or before.isidentifier()
            ):
                return False
            before = token.text
            place = self.partner[place] + 1 if token.text in ("[",) else place + 1
        return False

    def callee(self, statement: Range) -> str:
        """The name that a statement calls last at its top level; empty when it calls nothing."""
        place, name = statement.first, ""
        while place < statement.last:
            if self.word(place) == "=":
                return ""
            if self.word(place) == "(":
                if self.tokens[place - 1].kind == "word":
                    name = self.word(place - 1)
                place = self.partner[place]
            elif self.word(place) == "[":
                place = self.partner[place]
            place += 1
        return name

    def postfix_begin(self, place: int) -> int:
        """The first token of the postfix expression `a->b(c).d` whose last name is at `place`."""
        while True:
            before = self.word(place - 1)
            if before not in (".", "->", "::"):
                return place
            place -= 2
            while self.word(place) in (")", "]"):
                place = self.partner[place]
                if self.tokens[place - 1].kind == "word" or self.word(place - 1) in (")", "]"):
                    place -= 1
                else:
                    break


def _without_template(words: list[str]) -> list[str]:
    """A declaration's words without the `template <...>` before it."""
    if words[:2] != ["template", "<"]:
        return words
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "<") - (word == ">")
        if word == ">" and depth == 0:
            return _without_template(words[place + 1 :])
    return words
