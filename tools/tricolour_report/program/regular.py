"""Files that end.

Purpose: the one check before anything opens a file of a result folder. A pipe would be waited for
and a device read for ever.
Invariant: what is refused is an OSError, as any other file that cannot be read, so a reader says
so in its own words. A folder passes: opening it fails by itself.
"""

import errno
import stat
from pathlib import Path


def regular(path: Path) -> Path:
    """`path`; raises OSError when it is no regular file or folder, or is not there."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return path
