"""Minimum mutator utilisation, exactly.

Purpose: MMU(w), the least fraction of any window of length w inside the run in which the mutator ran, and BMU(w), the
least MMU over all w' >= w (Cheng, Blelloch 2001; Sachindran et al. 2004).
Invariants: lost time is a piecewise linear function of time, so some worst window of length w starts where lost time
starts, or ends with the run; those candidates are all tried. Times are taken from the run's start, so that 64-bit
floats hold every nanosecond.
"""

import numpy as np


class LostTime:
    """The lost intervals of one mutator in a run of `length` ns, as a cumulative function."""

    def __init__(self, begins: np.ndarray, ends: np.ndarray, start_ns: int, end_ns: int):
        self.length = float(end_ns - start_ns)
        self.begins = (begins - start_ns).astype(float)
        self.ends = (ends - start_ns).astype(float)
        lengths = self.ends - self.begins
        self.before = np.concatenate([[0.0], np.cumsum(lengths)])
        self._edges = np.column_stack([self.begins, self.ends]).ravel()
        self._lost_at_edges = np.column_stack([self.before[:-1], self.before[1:]]).ravel()

    def until(self, time: np.ndarray) -> np.ndarray:
        """Lost nanoseconds from the run's start to `time`."""
        if not len(self._edges):
            return np.zeros_like(time, dtype=float)
        return np.interp(time, self._edges, self._lost_at_edges)

    def mmu(self, window: float) -> float:
        """MMU for a window of 0 < `window` <= length; NaN for a longer one."""
        if window > self.length:
            return float("nan")
        last_start = self.length - window
        starts = np.concatenate([np.minimum(self.begins, last_start), [last_start]])
        worst = np.max(self.until(starts + window) - self.until(starts))
        return 1.0 - worst / window

    def bmu(self, window: float) -> float:
        """Least MMU over all windows from `window` to the run's length.

        The worst window is either as short as allowed or runs from a begin of lost time to an end of it. The best ratio among the
        latter is found by Dinkelbach's iteration: each step solves `max(lost - ratio * length)` in linear time.
        """
        mmu = self.mmu(window)
        if np.isnan(mmu) or not len(self.begins):
            return mmu
        worst = 1.0 - mmu
        last_begin = np.searchsorted(self.begins, self.ends - window, side="right") - 1
        reachable = last_begin >= 0
        while reachable.any():
            score_of_begin = worst * self.begins - self.before[:-1]
            best_so_far = np.maximum.accumulate(score_of_begin)
            gain = self.before[1:] - worst * self.ends
            gain = np.where(reachable, gain + best_so_far[last_begin], -np.inf)
            end = int(np.argmax(gain))
            begin = int(np.argmax(score_of_begin[: last_begin[end] + 1]))
            ratio = (self.before[end + 1] - self.before[begin]) / (
                self.ends[end] - self.begins[begin]
            )
            if ratio <= worst * (1.0 + 1e-12):
                break
            worst = ratio
        return 1.0 - worst


def least_over_mutators(
    mutators: list[LostTime], windows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(MMU, BMU) at each window, the minimum over the mutators."""
    mmu = [[lost.mmu(w) for w in windows] for lost in mutators]
    bmu = [[lost.bmu(w) for w in windows] for lost in mutators]
    return np.min(np.array(mmu), axis=0), np.min(np.array(bmu), axis=0)
