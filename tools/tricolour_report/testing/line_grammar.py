"""Grammars of text formats that are made of lines, for tests.

Purpose: say whether a file belongs to a format, from a grammar that is committed beside the writer.
Invariant: a line belongs to exactly one of the rules that the rule `file` names, else the file is
refused at that line.
"""

import re
from pathlib import Path

RULE = re.compile(r"([a-z]+) = (.+)")


class Grammar:
    """Of a `.grammar` file; its head says how it is written."""

    def __init__(self, path: Path):
        written = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
        rules = dict(RULE.fullmatch(line).groups() for line in written)
        self._file = re.compile(rules.pop("file"))
        self._lines = {
            name: re.compile(_expand(text, rules))
            for name, text in rules.items()
            if re.search(rf"\b{name} ", self._file.pattern)
        }

    def complaint(self, text: str) -> str | None:
        """What is wrong with the text, or None."""
        if not text.endswith("\n"):
            return "the last line is cut off"
        kinds = []
        for number, line in enumerate(text.split("\n")[:-1], 1):
            fitting = [name for name, pattern in self._lines.items() if pattern.fullmatch(line)]
            if len(fitting) != 1:
                return f"line {number} is {' and '.join(fitting) or 'nothing'}: {line[:200]}"
            kinds += fitting
        return (
            None
            if self._file.fullmatch("".join(f"{kind} " for kind in kinds))
            else "the lines are in no order that the format has"
        )


def _expand(text: str, rules: dict[str, str]) -> str:
    return re.sub(r"<([a-z]+)>", lambda found: f"(?:{_expand(rules[found[1]], rules)})", text)
