"""Latency of requests in its forms, for scripts of one's own.

Purpose: simple (end - start), intended (end - scheduled start of an open loop), metered (DaCapo
Chopin: begins are spread evenly, so that a pause also charges the requests that would have queued
behind it) and scheduled (begins at a fixed rate). A run states all but the last of itself, and the
report reads them there. harness/figures/request_latency.cpp computes them by the same definitions;
request_latency_test.py beside it compares the two.
Invariants: the arrays have the frame's order. A row represents `weight` requests, and its ordinal
among all requests, in order of begin, is the middle of those. A window is a number of requests,
never a span of time: a span loses sight of every pause longer than half of it. Times are 64-bit
integers from the first begin, in which a double is exact. No latency counts from later than the
request's own begin.

Scheduled latency is monotone in every pause, and a run that is ahead of its schedule hides pauses
shorter than its lead. Metered latency in a window is monotone in one pause among equal requests;
with several, and over the whole run, a later pause can lower what earlier requests are charged. The
tests have these cases.
"""

import numpy as np
import pandas as pd

METERED_WINDOWS = {"metered_100ms": 100_000_000, "metered_full": None}
SAMPLED_STEP = 8  # times the greatest weight: ordinals say little of fewer requests of a sample


def latencies(requests: pd.DataFrame, rate: float | None = None) -> dict[str, np.ndarray]:
    """Latencies in ns by name, each aligned with the rows of `requests` (thread, intended_ns,
    start_ns, end_ns, weight).

    `intended` is there only where a schedule differs from the start, `scheduled` only with a
    `rate`, in requests a second. A frame without weights counts each row once.
    """
    intended, start, end = (
        requests[name].to_numpy("int64") for name in ("intended_ns", "start_ns", "end_ns")
    )
    found = {"simple": end - start}
    if (intended != start).any():
        found["intended"] = end - intended
    order = np.argsort(intended, kind="stable")
    first = intended[order[0]] if len(order) else 0
    begin, ended = (times[order] - first for times in (intended, end))
    weight = (
        requests["weight"].to_numpy("int64")[order]
        if "weight" in requests
        else np.ones(len(order), "int64")
    )
    forms = {name: spread_begins(begin, weight, window) for name, window in METERED_WINDOWS.items()}
    if rate is not None:
        forms["scheduled"] = ordinals(weight) * (1e9 / rate)
    for name, spread in forms.items():
        found[name] = np.empty(len(order))
        found[name][order] = ended - np.minimum(begin, spread)
    return found


def ordinals(weight: np.ndarray) -> np.ndarray:
    """The place of each row among all requests, from 0: the middle of those that it represents."""
    return np.cumsum(weight) - (weight + 1) / 2


def spread_begins(begin: np.ndarray, weight: np.ndarray, window: int | None) -> np.ndarray:
    """Where the begins of requests sorted by begin are when spread evenly; `window` in ns, None for
    the whole run."""
    if len(begin) < 2:
        return begin.astype(float)
    place = ordinals(weight)
    requests = int(weight.sum())
    if window is None:
        return begin[0] + place * ((begin[-1] - begin[0]) / requests)
    half = half_window(begin, weight, window)
    low, high = np.maximum(place - half, place[0]), np.minimum(place + half, place[-1])
    begin_low, begin_high = (np.interp(at, place, begin) for at in (low, high))
    share = np.divide(place - low, high - low, out=np.zeros(len(place)), where=high > low)
    return np.where(high > low, begin_low + share * (begin_high - begin_low), begin)


def half_window(begin: np.ndarray, weight: np.ndarray, window: int) -> int:
    """k: a window of 2k + 1 requests lasts `window` ns where requests begin at their median
    interval."""
    interval = median_interval(begin, weight)
    return int(round(window / (2 * interval))) if interval > 0 else int(weight.sum())


def median_interval(begin: np.ndarray, weight: np.ndarray) -> float:
    """The median interval in ns between the begins of two requests that follow each other.

    Requests that begin together share the interval that follows. In a sample the ordinals of single
    rows say too little, so intervals are averages over some rows.
    """
    step = 1 if weight.max() == 1 else SAMPLED_STEP * int(weight.max())
    if step > 1 and (stretches := int(weight.sum()) // step) > 1:
        place = ordinals(weight)
        edges = np.interp(np.linspace(place[0], place[-1], stretches + 1), place, begin)
        return float(np.median(np.diff(edges))) / ((place[-1] - place[0]) / stretches)
    distinct, first = np.unique(begin, return_index=True)
    together = np.diff(np.append(np.concatenate([[0], np.cumsum(weight)])[first], weight.sum()))[
        :-1
    ]
    intervals = np.diff(distinct) / together
    if not len(intervals):
        return 0.0
    order = np.argsort(intervals)
    reached = np.cumsum(together[order])
    return float(intervals[order[np.searchsorted(reached, reached[-1] / 2)]])
