"""A file that says what is done, one JSON object a line, so that what was interrupted goes on.

Invariant: a line is there whole or not at all: what an interruption left of a last line is cut off.
"""

import json
import os
from pathlib import Path

from .errors import UsageProblem
from .regular import regular


class LineJournal:
    def __init__(self, path: Path, fields: set[str], what: str):
        """Reads what is there: each line has at least `fields`, and is a `what`."""
        self._path, self._fields, self._what = path, fields, what
        self.entries: list[dict] = []
        if not path.exists():
            return
        try:
            text = regular(path).read_bytes()
        except OSError as error:
            raise UsageProblem(f"{path} cannot be read: {error.strerror}") from error
        whole = text[: text.rfind(b"\n") + 1]
        self.entries = [
            self._read(number, line) for number, line in enumerate(whole.splitlines(), 1)
        ]
        os.truncate(path, len(whole))

    def _read(self, number: int, line: bytes) -> dict:
        try:
            entry = json.loads(line)
            if not self._fields <= entry.keys():
                raise ValueError(f"it lacks {', '.join(sorted(self._fields - entry.keys()))}")
        except (ValueError, AttributeError, RecursionError) as error:
            raise UsageProblem(
                f"{self._path}:{number}: no {self._what} ({error!r}); without this line the"
                " run is made again"
            ) from error
        return entry

    def append(self, entry: dict) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.entries.append(entry)
