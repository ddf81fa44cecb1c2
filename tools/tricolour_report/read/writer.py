"""Whether a sweep is writing its folder now.

Invariant: the lock is asked for and never taken, so asking disturbs no sweep that begins.
"""

import fcntl
import os
import struct
from pathlib import Path

from ..program.regular import regular

LOCKED = "experiment.toml"  # by the sweep, as long as it runs
FLOCK = "hhqqi4x"  # struct flock of 64-bit Linux: type, whence, start, length, process


def is_written(folder: Path) -> bool:
    """False also where that cannot be known."""
    try:
        with regular(folder / LOCKED).open("rb") as file:
            asked = struct.pack(FLOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
            answer = fcntl.fcntl(file, fcntl.F_GETLK, asked)
    except OSError:
        return False
    return struct.unpack(FLOCK, answer)[0] != fcntl.F_UNLCK
