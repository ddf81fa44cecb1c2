"""The axes of a static picture: limits, scales and ticks from what a chart says of them."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ..statistics.intervals import Ratio
from ..statistics.quantities import measured
from .chart import FACTORS, Axis, Bars, Line, Panel, Points
from .style import is_narrow, log_time_axis, nines_axis, readable_limits

ROOM = 0.05  # of what is shown, at each end
PLAIN = ("", "ratio", "count", "share", "percentile")


def in_ticks(axis: Axis, values) -> np.ndarray:
    """Values in the unit of the axis' ticks."""
    return np.asarray(values, dtype=float) / FACTORS.get(axis.ticks_in, 1.0)


def value_limits(panel: Panel) -> tuple[float, float]:
    """The ends of the axis of values, in its unit."""
    axis = panel.values
    if axis.limits is not None:
        return axis.limits
    if axis.readable:
        low, high = readable_limits(
            [
                Ratio(value, mark.low[place], mark.high[place], 0)
                if mark.low is not None
                else Ratio(value, np.nan, np.nan, 0)
                for mark in panel.marks
                if isinstance(mark, Points)
                for place, value in enumerate(mark.value)
            ]
        )
        return min([low, *axis.hold]), max([high, *axis.hold])
    return _around(np.array([*_values(panel), *axis.hold], dtype=float), axis.log)


def _around(values: np.ndarray, log: bool) -> tuple[float, float]:
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not len(values):
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = values.min(), values.max()
    if log:
        margin = max((high / low) ** ROOM, 1.1)
        return low / margin, high * margin
    margin = ROOM * (high - low) or 0.1 * abs(high) or 1.0
    return (low if low == 0 else low - margin), high + margin


def _values(panel: Panel) -> list[float]:
    found, sums = [], {}
    for mark in panel.marks:
        if isinstance(mark, Bars) and panel.stacked:
            for row, value in zip(mark.rows, mark.value):
                sums[row] = sums.get(row, 0.0) + value
        elif isinstance(mark, (Line, Points, Bars)):
            for part in (mark.value, mark.low, mark.high):
                found += [] if part is None else np.asarray(part, dtype=float).tolist()
    return [*found, *sums.values()]


def set_axis(axes: Axes, which: str, axis: Axis, limits: tuple[float, float]) -> None:
    """`which` is x or y; `limits` in the axis' unit."""
    if axis.unit == "percentile":
        nines_axis(axes, limits)
        return
    own = axes.xaxis if which == "x" else axes.yaxis
    low, high = in_ticks(axis, limits)
    (axes.set_xscale if which == "x" else axes.set_yscale)("log" if axis.log else "linear")
    (axes.set_xlim if which == "x" else axes.set_ylim)(low, high)
    if axis.ticks:
        own.set_major_locator(matplotlib.ticker.FixedLocator([place for place, _ in axis.ticks]))
        own.set_major_formatter(matplotlib.ticker.FixedFormatter([text for _, text in axis.ticks]))
        return
    if axis.log and axis.unit == "ns":
        log_time_axis(own, low, high)
        return
    if axis.log:
        own.set_major_locator(LogLocator(numticks=6))
        own.set_minor_locator(NullLocator())
    else:
        most = 3 if which == "x" and is_narrow(axes) else 6
        own.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    own.set_major_formatter(FuncFormatter(lambda value, _: _tick(axis, value)))


def _tick(axis: Axis, value: float) -> str:
    if axis.ticks_in or axis.unit in PLAIN:
        return f"{value:.10g}"
    return measured(value, axis.unit)
