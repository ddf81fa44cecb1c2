"""Counts which pairs of roles have met in schedule windows, of those that can.

A pair is a window, the role of a thread that was delayed in it, and the role of a thread that
passed some window meanwhile. pairs.toml says in which roles a window is passed, and which pairs
cannot meet, each with the reason. The rest is possible: by it a stress run is measured.

Invariant: a pair that is met and called impossible is an error, of the list or of the heap.
"""

import collections
import itertools

import tomllib

ROLES = ("mutator", "collector", "marker", "sweeper")


def roles(names):
    unknown = set(names) - set(ROLES)
    if unknown:
        raise ValueError(f"there is no role {min(unknown)}; there are {', '.join(ROLES)}")
    return names


def read(path):
    """The pairs that can meet, as (window, in, meanwhile)."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    possible = {
        (window, own, other)
        for window, passed_by in listed["passed_by"].items()
        for own, other in itertools.product(roles(passed_by), ROLES)
    }
    for entry in listed["impossible"]:
        if set(entry) != {"windows", "in", "meanwhile", "why"}:
            raise ValueError(f"an impossible pair has windows, in, meanwhile and why: {entry}")
        windows = entry["windows"] or sorted(listed["passed_by"])
        excluded = set(itertools.product(windows, roles(entry["in"]), roles(entry["meanwhile"])))
        if not excluded & possible:
            raise ValueError(f"an entry excludes no pair that is left: {entry}")
        possible -= excluded
    return possible


class Coverage:
    def __init__(self, possible):
        self.possible = possible
        self.times = collections.Counter()

    def add(self, rows):
        """Adds the `window_pairs` of one run; returns those that were called impossible."""
        impossible = []
        for row in rows:
            pair = (row["window"], row["in"], row["meanwhile"])
            if pair in self.possible:
                self.times[pair] += row["times"]
            else:
                impossible.append(" ".join(pair))
        return impossible

    def share(self):
        return len(self.times) / len(self.possible)

    def not_met(self):
        return [" ".join(pair) for pair in sorted(self.possible - set(self.times))]

    def summary(self):
        return dict(
            possible=len(self.possible),
            met=len(self.times),
            share=round(self.share(), 3),
            times={" ".join(pair): self.times[pair] for pair in sorted(self.times)},
            not_met=self.not_met(),
        )

    def __str__(self):
        return f"{len(self.times)} of {len(self.possible)} window pairs met ({self.share():.0%})"
