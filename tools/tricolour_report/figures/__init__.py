"""The figures of the report: each is described once, and drawn in two forms from that.

Reading order: `chart` (what a picture shows) -> `description` (what a figure is) -> a figure, such
as `utilisation` -> `registry` (their list) -> `drawing` and `gallery` (the static pictures; the
page is in `page/interactive`). `precision` and `peers` are pictures of other tools.

No figure computes a statistic that the tables do not also use. Colours, line styles and axes come
from `style` alone, so that a collector and a barrier look the same everywhere, whatever MPLBACKEND
and the matplotlibrc of the working folder and of the user say.
"""

import logging
import os

# It tells of a home that it cannot write, which changes nothing here.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
os.environ |= {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}
_here = os.open(".", os.O_PATH | os.O_DIRECTORY)
os.chdir("/")  # matplotlib reads ./matplotlibrc when it is imported
try:
    import matplotlib  # noqa: F401
finally:
    os.fchdir(_here)
    os.close(_here)
