"""Latency of requests, three ways.

Purpose: simple (end - start), intended (end - scheduled start) and metered latency (DaCapo Chopin): metered spreads the
begins of all requests within a window evenly, so that a pause also charges the requests that would have queued behind
it.
Invariant: 64-bit arithmetic on times relative to the first begin; metered latency is never below end - begin.
"""

import numpy as np
import pandas as pd

CHUNK = 1 << 15  # requests at a time, so that intermediate arrays stay in the cache
METERED_WINDOWS = {"metered_100ms": 100_000_000, "metered_full": None}


def latencies(requests: pd.DataFrame) -> dict[str, np.ndarray]:
    """Latencies in ns by name: simple, intended (only where a schedule differs from the start) and the metered ones."""
    intended = requests["intended_ns"].to_numpy("int64")
    start = requests["start_ns"].to_numpy("int64")
    end = requests["end_ns"].to_numpy("int64")
    result = {"simple": end - start}
    if (intended != start).any():
        result["intended"] = end - intended
    begin = intended
    if (begin[1:] < begin[:-1]).any():
        order = np.argsort(begin, kind="stable")
        begin, end = begin[order], end[order]
    for name, window in METERED_WINDOWS.items():
        result[name] = metered(begin, end, window)
    return result


def metered(begin: np.ndarray, end: np.ndarray, window: int | None) -> np.ndarray:
    """Metered latency of requests sorted by begin; `window` in ns, None for the whole run."""
    n = len(begin)
    result = np.empty(n)
    for low in range(0, n, CHUNK):
        high = min(low + CHUNK, n)
        position = np.arange(low, high)
        if window is None:
            first, last = np.zeros_like(position), np.full_like(position, n - 1)
        else:
            first, last = _window_bounds(begin, low, high, window // 2)
        own = (begin[low:high] - begin[0]).astype(float)
        span = last - first
        from_first, from_last = begin[first] - begin[0], begin[last] - begin[first]
        spread = np.where(span == 0, own, from_first + (position - first) * (from_last / np.maximum(span, 1)))
        result[low:high] = (end[low:high] - begin[0]) - np.minimum(own, spread)
    return result


def _window_bounds(begin: np.ndarray, low: int, high: int, half: int) -> tuple[np.ndarray, np.ndarray]:
    """For requests low..high: indices of the first begin at or after b - half, and at or after b + half, clamped."""
    own = begin[low:high]
    left = np.searchsorted(begin[:high], own[0] - half)
    first = left + np.searchsorted(begin[left:high], own - half)
    right = np.searchsorted(begin, own[-1] + half)
    last = low + np.searchsorted(begin[low:right], own + half)
    return first, np.minimum(last, len(begin) - 1)
