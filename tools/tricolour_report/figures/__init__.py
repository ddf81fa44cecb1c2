"""The figures: one module a kind, `gallery` draws them all.

Every module takes digested results and returns matplotlib figures; none computes a statistic that the tables do not
also use. Colours, line styles and axes come from `style` alone, so that a collector and a barrier look the same
everywhere, whatever MPLBACKEND and the matplotlibrc of the working folder and of the user say.
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
