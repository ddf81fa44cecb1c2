"""Numbers as people read them.

Purpose: durations, sizes, ratios and shares with three significant digits and a unit; an absent
value is an en dash, everywhere.
"""

from math import isnan

from .intervals import Ratio

ABSENT = "–"


def duration(ns: float) -> str:
    """A duration in the unit that keeps it readable: 1.23 ms."""
    if isnan(ns):
        return ABSENT
    for factor, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if abs(ns) >= factor * 0.9995:
            return f"{_three_digits(ns / factor)} {unit}"
    return f"{_three_digits(ns)} ns"


def size(count: float) -> str:
    if isnan(count):
        return ABSENT
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= factor:
            return f"{_three_digits(count / factor)} {unit}"
    return f"{count:.0f} B"


def share(value: float) -> str:
    return ABSENT if isnan(value) else f"{100 * value:.1f} %"


def fraction(value: float) -> str:
    return ABSENT if isnan(value) else f"{value:.3f}"


def ratio(value: Ratio | None) -> str:
    """`0.953 [0.934, 0.973]`; no brackets where there is no interval."""
    if value is None:
        return ABSENT
    if isnan(value.low):
        return f"{value.value:.3f}"
    return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"


def time_text(ns: float) -> str:
    """A tick of a log time axis, from 1 ns up."""
    for factor, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if ns >= factor * 0.999:
            return f"{ns / factor:g} {unit}"
    return f"{ns:g} ns"


def measured(value: float, unit: str) -> str:
    """A value of a metric in its unit."""
    if unit == "ns":
        return duration(value)
    if unit == "bytes":
        return size(value)
    if unit == "share":
        return fraction(value)
    if isnan(value):
        return ABSENT
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor * 0.9995:
            return f"{_three_digits(value / factor)} {prefix} {unit}"
    return f"{_three_digits(value)} {unit}"


def _three_digits(value: float) -> str:
    magnitude = abs(value)
    if magnitude >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if magnitude >= 9.995 else f"{value:.2f}"
