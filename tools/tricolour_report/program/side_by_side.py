"""Items that several threads work on, for a main thread that may be interrupted at any moment.

Purpose: `finished` gives results in the order in which they come.
Invariants: at most `jobs` items are begun and not done, and none when it ends. No lock is taken
here but inside calls that are written in C, so that an interruption leaves none held.
(concurrent.futures takes the locks of all futures in turn to wait for one: interrupted between two
of them, it leaves those taken, and the workers wait for ever. Thread.start and Condition.wait can
be interrupted between a lock and what gives it back.)
Only the standard library is imported here.
"""

import _thread
from itertools import islice
from queue import SimpleQueue
from typing import Callable, Iterable, Iterator, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_NO_MORE = object()


def finished(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[tuple[Item, Result]]:
    """(item, work(item)) of each item. `items` is asked for the next one when one is done, in the
    caller's thread. Raises what `work` raised, once the items that are begun are done."""
    waiting, done = SimpleQueue(), SimpleQueue()
    items = iter(items)
    under_way, all_started = 0, False
    try:
        for _ in range(jobs):
            _thread.start_new_thread(_work, (work, waiting, done))
        all_started = True
        for item in islice(items, jobs):
            waiting.put(item)
            under_way += 1
        while under_way:
            item, result, error = done.get()
            under_way -= 1
            if error is not None:
                raise error
            for following in islice(items, 1):
                waiting.put(following)
                under_way += 1
            yield item, result
    finally:
        for _ in range(jobs):
            waiting.put(_NO_MORE)
        ended = 0 if all_started else jobs  # before that, nothing was given to any
        while ended < jobs:
            ended += done.get() is _NO_MORE


def _work(work: Callable, waiting: SimpleQueue, done: SimpleQueue) -> None:
    while (item := waiting.get()) is not _NO_MORE:
        try:
            done.put((item, work(item), None))
        except BaseException as error:
            done.put((item, None, error))
    done.put(_NO_MORE)
