"""The tokens of a C++ source, without comments and preprocessor lines.

Purpose: what the operators of C++ look at. Invariant: tokens are in the order of the text, none
overlaps another, and `match` pairs every bracket with its partner.
"""

import re
from dataclasses import dataclass

_PATTERN = re.compile(
    r"""
    (?P<skipped>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<directive>(?m:^)\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<string>R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)+')
  | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><=>|->\*|->|::|\+\+|--|<<=|&&|\|\||[-+*/%&|^!=<>]=|\.\.\.|.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Token:
    kind: str  # string, number, word or sign
    text: str
    begin: int
    end: int


class Unreadable(Exception):
    """A source whose brackets do not match."""


def tokens_of(text: str) -> list[Token]:
    return [
        Token(
            found.lastgroup if found.lastgroup != "mark" else "string", found.group(), *found.span()
        )
        for found in _PATTERN.finditer(text)
        if found.lastgroup not in ("skipped", "directive")
    ]


def match_brackets(tokens: list[Token]) -> dict[int, int]:
    """The place of the partner of each bracket, both ways."""
    partner, open_ones = {}, []
    for place, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in _CLOSING.values():
            open_ones.append(place)
        elif token.text in _CLOSING:
            if not open_ones or tokens[open_ones[-1]].text != _CLOSING[token.text]:
                raise Unreadable(f"the {token.text} at offset {token.begin} has no partner")
            partner[place] = open_ones.pop()
            partner[partner[place]] = place
    if open_ones:
        raise Unreadable(f"a bracket at offset {tokens[open_ones[0]].begin} has no partner")
    return partner
