"""The worst moments of a run: its longest pause and its slowest request.

Purpose: say when each was, in which cycle, and what it was or waited for, so that the page can open
the timeline there.
Invariants: times are ns from the begin of the measured region. A moment's cycle is the one whose
events overlap it longest, what followed it up to the next one included; a moment beside no event
has none.
"""

from dataclasses import dataclass

import pandas as pd

from ..compare.waits import parts_text, slow_requests
from ..statistics.interval_union import merge

PAUSE = "pause: "
PAUSED = "paused"  # what the mutator itself says of the same time
ALL_MUTATORS = -1
MOST_NAMED = 3  # of what ran during a pause


@dataclass(frozen=True)
class Moment:
    begin: int
    length: int
    cycle: int | None
    text: str


def worst_pause(events: pd.DataFrame) -> Moment | None:
    """Of phases and pauses as `RunEvents.table` has them; None without a pause."""
    pauses = events[events["pause"]]
    if pauses.empty:
        return None
    longest = pauses.loc[(pauses["end"] - pauses["begin"]).idxmax()]
    begin, end, cycle = int(longest["begin"]), int(longest["end"]), int(longest["cycle"])
    who = "of all mutators" if longest["row"] == ALL_MUTATORS else "of one mutator"
    kind = longest["name"].removeprefix(PAUSE).replace("_", " ")
    others = events[~events["pause"] & (events["name"] != PAUSED)]
    meanwhile = parts_text(_during(others, begin, end), MOST_NAMED)
    text = f"{kind} {who}, in cycle {cycle}" + (f"; meanwhile {meanwhile}" if meanwhile else "")
    return Moment(begin, end - begin, cycle, text)


def worst_request(events: pd.DataFrame, block: int, record: dict) -> Moment | None:
    """None where no request was slow enough to be recorded by itself."""
    slowest = slow_requests(block, record, 1)
    if not slowest:
        return None
    one = slowest[0]
    beside = events.assign(shared=_overlaps(events, one.start, one.start + one.length))
    by_cycle = beside.groupby("cycle")["shared"].sum()
    cycle = int(by_cycle.idxmax()) if len(by_cycle) and by_cycle.max() > 0 else None
    return Moment(one.start, one.length, cycle, f"of which {one.text}")


def _overlaps(events: pd.DataFrame, begin: int, end: int) -> pd.Series:
    within = events["end"].clip(begin, end) - events["begin"].clip(begin, end)
    return within.clip(lower=0)


def _during(phases: pd.DataFrame, begin: int, end: int) -> dict[str, int]:
    """For how long a phase of each name ran between `begin` and `end`, on whichever thread."""
    found = {}
    for name, own in phases[_overlaps(phases, begin, end) > 0].groupby("name"):
        low, high = merge(
            own["begin"].clip(begin, end).to_numpy(), own["end"].clip(begin, end).to_numpy()
        )
        found[str(name)] = int((high - low).sum())
    return found
