"""An HDR histogram of durations in nanoseconds (Tene, HdrHistogram, version 2 of its encoding).

Purpose: counts in buckets of at most 1/1000 relative width, their compressed encoding, and their
distribution by percentile.
Invariants: bucket boundaries, encoding and iteration are those of the Java library with 3
significant digits and a least discernible value of 1 ns, so that what it reads back equals what is
here. Not for values above 2^53.
"""

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Iterator

import numpy as np

DIGITS = 3
SUB_BUCKETS = 2048  # the least power of two that holds 2 * 10^DIGITS
HALF = SUB_BUCKETS // 2
HALF_MAGNITUDE = HALF.bit_length() - 1
HIGHEST_NS = 3_600_000_000_000  # an hour; doubled as often as a value asks for
PERCENTILE_TICKS_PER_HALF = 5
COMPRESSED_COOKIE, COOKIE = 0x1C849314, 0x1C849313


@dataclass(frozen=True)
class Step:
    """One line of the distribution: `percentile` of 100 (the level asked for), `value` in ns,
    `count` up to it."""

    value: int
    percentile: float
    count: int


class HdrHistogram:
    def __init__(self, lengths_ns: np.ndarray, weights: np.ndarray | None = None):
        """From whole nanoseconds of 0 or more, each counted once or by its weight."""
        values = np.asarray(lengths_ns, dtype="int64")
        if len(values) and values.min() < 0:
            raise ValueError("a duration is negative")
        counted = np.ones(len(values), dtype="int64") if weights is None else weights
        self.total = int(counted.sum())
        self.highest = HIGHEST_NS
        while len(values) and values.max() > self.highest:
            self.highest *= 2
        places = _index_of(values)
        self.counts = np.zeros(int(places.max(initial=-1)) + 1, dtype="int64")
        np.add.at(self.counts, places, counted)
        self._used = np.flatnonzero(self.counts)

    @property
    def buckets(self) -> int:
        return self.highest.bit_length() - HALF_MAGNITUDE

    @property
    def maximum(self) -> int:
        """The highest value that is not told from the longest duration."""
        return highest_equivalent(int(self._used[-1])) if self.total else 0

    def mean_and_deviation(self) -> tuple[float, float]:
        """Of the middles of the buckets, in ns."""
        if not self.total:
            return 0.0, 0.0
        middles = np.array([median_equivalent(int(index)) for index in self._used], dtype=float)
        weights = self.counts[self._used]
        mean = float((middles * weights).sum() / self.total)
        return mean, float(np.sqrt((weights * (middles - mean) ** 2).sum() / self.total))

    def by_percentile(self) -> Iterator[Step]:
        """Levels that halve the distance to 100 in PERCENTILE_TICKS_PER_HALF steps, and 100 itself
        at the end."""
        level, counted = 0.0, 0
        for index in self._used.tolist():
            counted += int(self.counts[index])
            reached = 100.0 * counted / self.total
            while reached >= level and counted < self.total:
                yield Step(highest_equivalent(index), level, counted)
                level = _next_level(level)
        if self.total:
            yield Step(self.maximum, level, self.total)
            yield Step(self.maximum, 100.0, self.total)

    def encoded(self) -> str:
        """The compressed encoding in base 64, as it stands in interval logs."""
        body = _packed(self.counts)
        header = struct.pack(">iiiiqqd", COOKIE, len(body), 0, DIGITS, 1, self.highest, 1.0)
        squeezed = zlib.compress(header + body)
        return base64.b64encode(
            struct.pack(">ii", COMPRESSED_COOKIE, len(squeezed)) + squeezed
        ).decode("ascii")


def _index_of(values: np.ndarray) -> np.ndarray:
    """The place of each value among the counts."""
    bucket = np.frexp((values | (SUB_BUCKETS - 1)).astype(float))[1] - (HALF_MAGNITUDE + 1)
    return ((bucket + 1) << HALF_MAGNITUDE) + (values >> bucket) - HALF


def _bounds(index: int) -> tuple[int, int]:
    """(least value, number of values) that are counted at `index`."""
    bucket = (index >> HALF_MAGNITUDE) - 1
    if bucket < 0:
        return index, 1
    return ((index & (HALF - 1)) + HALF) << bucket, 1 << bucket


def highest_equivalent(index: int) -> int:
    least, width = _bounds(index)
    return least + width - 1


def median_equivalent(index: int) -> int:
    least, width = _bounds(index)
    return least + width // 2


def _next_level(level: float) -> float:
    halvings = int(np.log(100.0 / (100.0 - level)) / np.log(2)) + 1
    return level + 100.0 / (PERCENTILE_TICKS_PER_HALF * 2**halvings)


def _packed(counts: np.ndarray) -> bytes:
    """ZigZag LEB128; a run of several zeros is its negated length."""
    packed = bytearray()
    position = 0
    used = np.flatnonzero(counts)
    for index in used.tolist():
        zeros = index - position
        if zeros:
            packed += _leb128(-zeros if zeros > 1 else 0)
        packed += _leb128(int(counts[index]))
        position = index + 1
    return bytes(packed)


def _leb128(value: int) -> bytes:
    """At most 2^56 in magnitude, beyond which the encoding has another form."""
    rest = (value << 1) ^ (value >> 63)
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append(0x80 | (rest & 0x7F))
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)
