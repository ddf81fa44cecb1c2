"""Results that appear whole or not at all.

Purpose: write all files of a report into a hidden folder beside their destination, then move each into place.
Invariants: nothing under its final name is touched before every file is complete; the hidden folder never outlives
`publish`.
"""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


class Publication:
    """Files being written: `path(final)` is where to write what `final` will be once all is complete."""

    def __init__(self, draft: Path):
        self._draft = draft
        self._finals: list[tuple[Path, Path]] = []

    def path(self, final: Path) -> Path:
        draft = self._draft / f"{len(self._finals)}{final.suffix}"
        self._finals.append((draft, final))
        return draft

    def move_into_place(self) -> None:
        for draft, final in self._finals:
            final.parent.mkdir(exist_ok=True)
            try:
                os.replace(draft, final)
            except OSError:
                _copy_whole(draft, final)


@contextmanager
def publish(folder: Path) -> Iterator[Publication]:
    """Within the block write drafts; on leaving it without an exception they are moved into place."""
    draft = Path(tempfile.mkdtemp(prefix=".report-", dir=folder))
    try:
        publication = Publication(draft)
        yield publication
        publication.move_into_place()
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_whole(draft: Path, final: Path) -> None:
    """For a destination on another file system: copy beside it, then rename."""
    beside = final.with_name(f".{final.name}.part")
    try:
        shutil.copyfile(draft, beside)
        os.replace(beside, final)
    finally:
        beside.unlink(missing_ok=True)
