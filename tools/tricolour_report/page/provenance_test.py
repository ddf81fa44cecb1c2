"""Provenance: values with their units."""

import pytest

from .provenance import told


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("memory_bytes", 25276510208, "23.5 GiB (25276510208 bytes)"),
        ("set.heap.hole_piece_bytes", "32768", "32.0 KiB (32768 bytes)"),
        ("memory_limit_bytes", None, "–"),
        ("cpu_limit", 1.5, "1.5 CPUs"),
        ("warmup_s", "0.5", "0.5 s"),
        ("param.live_mb", "32", "32 MB"),
        ("set.collector.quantum_slots", "16384", "16384 slots"),
        ("some_wait_ns", "1500000", "1.50 ms"),
        ("cores", 2, "2"),
        ("heap", "2x", "2x"),
        ("limit_bytes", "max", "max"),
        ("libraries", {"fmt": "9.1.0", "boost": "1.74.0"}, "boost 1.74.0, fmt 9.1.0"),
    ],
)
def test_a_value_has_the_unit_that_its_name_ends_in(name, value, text):
    assert told(name, value) == text
