"""How far a long command is, and how long the rest will take, on standard error."""

import time
from dataclasses import dataclass, field

from .process import tell

REPORTED_EVERY_S = 5


@dataclass
class Progress:
    """`total_s`: what all runs take on a quiet machine, about; the time left is scaled by how long
    the ones so far really took."""

    total_s: float
    done_s: float = 0.0
    began: float = field(default_factory=time.monotonic)
    reported: float = float("-inf")

    def advance(self, nominal_s: float, what: str) -> None:
        self.done_s += nominal_s
        now = time.monotonic()
        if now - self.reported < REPORTED_EVERY_S:
            return
        self.reported = now
        left = (now - self.began) / self.done_s * max(0.0, self.total_s - self.done_s)
        tell(f"[{min(100, round(100 * self.done_s / self.total_s))} %, {left:.0f} s left] {what}")
