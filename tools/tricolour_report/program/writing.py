"""Results that appear whole or not at all.

Purpose: write all files of a result into hidden folders next to their destinations, then move each
into place; and the same for a new folder.
Invariants: nothing under a final name is touched before everything is complete. Only a regular file
is replaced: a symbolic link stays and its target is replaced, a character device or a pipe is
written to, and all else is refused. Temporary names are unique, so no other file is overwritten,
and hidden folders never outlive their block. Permissions follow the umask.
"""

import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from .errors import UsageProblem


def destination(final: Path) -> Path:
    """Where `final` is, behind any links; raises UsageProblem when it must not be replaced."""
    try:
        mode = final.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Path(os.path.realpath(final))
    if stat.S_ISREG(mode):
        return Path(os.path.realpath(final))
    if _takes_a_stream(mode):
        return final
    what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
    raise UsageProblem(f"{final} is {what} and is not replaced; give the name of a file")


def _takes_a_stream(mode: int) -> bool:
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


class Publication:
    """Files being written: `path(final)` is where to write what `final` will be once all is
    complete."""

    def __init__(self):
        self._hidden: dict[Path, Path] = {}
        self._finals: list[tuple[Path, Path]] = []

    def path(self, final: Path) -> Path:
        place = destination(final)
        home = Path(tempfile.gettempdir()) if self._is_stream(place) else place.parent
        if os.path.lexists(home) and not home.is_dir():
            raise UsageProblem(f"{home}, where {final.name} should go, is not a folder")
        if not home.is_dir():  # one that is made when all is complete
            home = home.parent
        if home not in self._hidden:
            self._hidden[home] = _hidden_in(home)
        draft = self._hidden[home] / f"{len(self._finals)}{final.suffix}"
        self._finals.append((draft, place))
        return draft

    def move_into_place(self) -> None:
        streams = [place for _, place in self._finals if self._is_stream(place)]
        for _, place in self._finals:
            if place not in streams:
                place.parent.mkdir(exist_ok=True)
        for draft, place in self._finals:
            if place not in streams:
                os.replace(draft, place)
                continue
            with draft.open("rb") as written, place.open("wb") as stream:
                shutil.copyfileobj(written, stream)

    def clear(self) -> None:
        for hidden in self._hidden.values():
            shutil.rmtree(hidden, ignore_errors=True)

    @staticmethod
    def _is_stream(place: Path) -> bool:
        return place.exists() and _takes_a_stream(place.stat().st_mode)


@contextmanager
def publish() -> Iterator[Publication]:
    """Within the block write drafts; on leaving it without an exception they are moved into
    place."""
    publication = Publication()
    try:
        yield publication
        publication.move_into_place()
    finally:
        publication.clear()


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Within the block fill the folder that is given; on leaving it without an exception it becomes
    `final`, which must not exist."""
    if os.path.lexists(final):
        raise UsageProblem(f"{final} exists already; give the name of a new folder")
    hidden = _hidden_in(final.absolute().parent)
    try:
        draft = hidden / "new"
        draft.mkdir()
        yield draft
        draft.rename(final)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def take_folder(folder: Path, mark: str) -> None:
    """Makes the folder of a result. One that exists must be empty, or have the file `mark`, as an
    earlier result has: its files will be replaced."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).exists():
        raise UsageProblem(
            f"{folder} has files, and no {mark} of an earlier result; give a new folder"
        )
    folder.mkdir(parents=True, exist_ok=True)


def _hidden_in(folder: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=".tricolour-", dir=folder))
    except OSError as error:  # by the folder's name: that of the hidden one says nothing
        raise OSError(error.errno, error.strerror, str(folder)) from error
