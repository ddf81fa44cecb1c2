"""HDR histograms by brute force, and read back by the Java library."""

import base64
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

from ..testing.synthetic_sweep import write_sweep
from .hdr_histogram import HdrHistogram, _index_of, highest_equivalent
from .hgrm import distribution

LIBRARY = Path("/usr/share/java/hdrhistogram.jar")  # Debian's libhdrhistogram-java
PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


def test_a_bucket_holds_what_is_within_a_thousandth():
    values = np.unique(
        np.concatenate(
            [
                np.arange(5000),
                (2.0 ** np.linspace(12, 45, 5000)).astype("int64"),
                2 ** np.arange(11, 52) - 1,
            ]
        )
    )
    tops = np.array([highest_equivalent(int(index)) for index in _index_of(values)])
    assert (tops >= values).all() and ((tops - values) <= values / 1000).all()
    assert (np.diff(_index_of(values)) >= 0).all()
    assert (_index_of(tops) == _index_of(values)).all() and (
        _index_of(tops + 1) == _index_of(values) + 1
    ).all()


@pytest.mark.parametrize("seed", range(5))
def test_each_step_counts_what_is_not_above_it(seed):
    values = (
        np.random.default_rng(seed).lognormal(10, 3, 500 * 7**seed % 3000 + 1).astype("int64")
    )
    steps = list(HdrHistogram(values).by_percentile())
    for step in steps:
        assert step.count == (values <= step.value).sum()
        assert 100.0 * step.count / len(values) >= step.percentile
    assert steps[-1].percentile == 100.0 and steps[-1].count == len(values)
    assert [step.percentile for step in steps] == sorted(step.percentile for step in steps)


def test_a_weight_counts_as_often_as_the_value_repeated():
    rng = np.random.default_rng(3)
    values, weights = rng.lognormal(10, 3, 500).astype("int64"), rng.integers(1, 2000, 500)
    weighted, repeated = HdrHistogram(values, weights), HdrHistogram(np.repeat(values, weights))
    assert weighted.total == weights.sum() and distribution(weighted) == distribution(repeated)
    assert weighted.encoded() == repeated.encoded()


def test_the_encoding_holds_every_count():
    values = np.array([0, 0, 3, 3, 3, 5000, 10**9, 10**13])
    histogram = HdrHistogram(values)
    cookie, size = struct.unpack(">ii", (raw := base64.b64decode(histogram.encoded()))[:8])
    assert (cookie, size) == (0x1C849314, len(raw) - 8)
    inner = zlib.decompress(raw[8:])
    cookie, size, offset, digits, least, highest, ratio = struct.unpack(">iiiiqqd", inner[:40])
    assert (cookie, size, offset, digits, least, ratio) == (
        0x1C849313,
        len(inner) - 40,
        0,
        3,
        1,
        1.0,
    ) and highest >= 10**13
    counts, shift, word = [], 0, 0
    for byte in inner[40:]:
        word |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            value = (word >> 1) ^ -(word & 1)
            counts += [value] if value >= 0 else [0] * -value
            shift = word = 0
    assert counts == histogram.counts.tolist()


def test_nothing_and_negative_durations():
    assert "Total count    =            0" in distribution(HdrHistogram(np.zeros(0, int)))
    with pytest.raises(ValueError):
        HdrHistogram(np.array([-1]))


def test_the_java_library_reads_logs_and_prints_the_same_distribution(tmp_path, command):
    """Also the check of `.hgrm`: the library's own text of what it read is what was written, byte
    for byte."""
    folder = write_sweep(tmp_path / "sweep", 1, ("latency",), combinations=PAIRS, seconds=2.5)
    for form in ("hgrm", "hlog"):
        assert (
            command("export", folder, "--format", form, "--out", tmp_path / form, "--quiet")[0] == 0
        )
    logs = sorted((tmp_path / "hlog").iterdir())
    assert len(logs) == 8
    for log in logs:
        assert sum(line[0].isdigit() for line in log.read_text().splitlines()) == 3  # seconds
        printed = subprocess.run(
            [
                "java",
                "-cp",
                LIBRARY,
                "org.HdrHistogram.HistogramLogProcessor",
                "-i",
                log,
                "-outputValueUnitRatio",
                "1000",
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        ours = (tmp_path / "hgrm" / log.with_suffix(".hgrm").name).read_text()
        assert (
            "".join(line for line in printed.splitlines(True) if not line.startswith("#[StartTime"))
            == ours
        )
