"""The comparison with other allocators and collectors: read, shown, or named as damaged."""

import json

import pytest

from ..figures.peers import draw_peers
from ..program.errors import DamagedRun
from . import peers
from .peers import Peers, cells_of, columns, paired_ratio, read_peers, row


def run(at, status="ok", **figures):
    measured = {
        "wall_ns": 1e9,
        "operations": 1e6,
        "operations_per_s": 1e6,
        "collections": 9,
        "p999_ns": 1000,
        "p9999_ns": 2100,
        "max_ns": 1e6,
        "peak_resident": 2**20,
    }
    return {
        "round": at,
        "status": status,
        "error": "" if status == "ok" else "it <b>broke",
        "measured": measured | figures if status == "ok" else None,
    }


def cell(program, runs, status="ok", contest="latency-closed", kind="malloc", base=False, heap=""):
    name = f"{contest}/{program}" + (f"@{heap}" if heap else "")
    why = "" if status == "ok" else "it <b>broke"
    return {
        "name": name,
        "contest": contest,
        "program": program,
        "kind": kind,
        "heap": heap,
        "heap_bytes": 2**20 if heap else None,
        "base": base,
        "status": status,
        "why": why,
        "runs": runs,
    }


CELLS = [
    cell("jemalloc", [run(at) for at in range(10)], base=True),
    cell(
        "concurrent-yuasa",
        [
            run(at, operations_per_s=9e5 + at, p9999_ns=4000, max_ns=1e6 * (1 + at))
            for at in range(10)
        ],
        kind="tricolour",
        heap="2x",
    ),
    cell("go", [run(0, collections=1), run(1, "timeout")], "timeout", kind="go", heap="2x"),
    cell("boehm", [], "missing", kind="boehm", heap="2x"),
]
TARGET = {
    "cell": "latency-closed/concurrent-yuasa@2x",
    "figure": "requests/s over jemalloc's",
    "value": 0.9,
    "low": 0.89,
    "high": 0.91,
    "target": ">= 0.95",
    "unit": "ratio",
    "met": False,
    "missed_by": 0.05,
    "note": "<i>",
}
DOCUMENT = {
    "schema_version": 1,
    "mode": "peers",
    "created_utc": "2026-01-01T00:00:00Z",
    "rounds": 10,
    "seed": 42,
    "finished": True,
    "provenance": {"commit": "0123abc", "command": "tools/peers"},
    "heaps": {"latency-closed": 2**19},
    "busy": {},
    "cells": CELLS,
    "same_against_same": {
        "cell": "a",
        "again": "b",
        "ratio": 1.02,
        "low": 1.01,
        "high": 1.03,
        "rounds": 10,
        "includes_1": False,
    },
    "targets": [TARGET],
}


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Where the project's own would be; there is none."""
    home = tmp_path / "published-peers"
    home.mkdir()
    monkeypatch.setattr(peers, "PUBLISHED", home)
    return home


def rows():
    cells = cells_of(DOCUMENT)
    names = columns("latency-closed", cells[0])
    return {one.program: dict(zip(names, row(one, cells[0]))) for one in cells}


def test_ratios_are_paired_and_extremes_are_three():
    shown = rows()
    assert shown["concurrent-yuasa"]["requests/s / jemalloc"] == "0.900 [0.900, 0.900]"
    assert [shown["concurrent-yuasa"][name] for name in ("worst: least", "median", "greatest")] == [
        "1.00 ms",
        "5.50 ms",
        "10.0 ms",
    ]
    assert (
        shown["jemalloc"]["requests/s / jemalloc"] == "–"
        and shown["jemalloc"]["heap"] == "no limit"
    )


@pytest.mark.parametrize(
    "unserved, said",
    [
        ((5, 0), "ok; 5 of 25 requests unserved"),
        ((0, 0), "ok"),
        ((None, None), "ok"),
    ],
)
def test_a_row_says_how_many_requests_were_never_served(unserved, said):
    runs = [run(at, operations=10, unserved=missed) for at, missed in enumerate(unserved)]
    (one,) = cells_of({"cells": [cell("go", runs, contest="latency-open")]})
    assert row(one, None)[2] == said


def test_a_program_that_did_not_run_or_did_not_collect_says_so():
    shown = rows()
    assert (
        shown["go"]["status"] == "timeout: 1 of 2 runs are ok"
        and shown["go"]["collections"] == "1 (starved)"
    )
    assert shown["boehm"]["status"] == "missing" and shown["boehm"]["operations/s"] == "–"


def test_a_round_that_one_of_two_lacks_is_in_no_ratio():
    base, other = (
        cells_of({"cells": [cell("x", runs)]})[0]
        for runs in ([run(0), run(1)], [run(1, operations_per_s=2e6), run(2)])
    )
    assert paired_ratio(base, other, "operations_per_s").value == pytest.approx(2)
    assert paired_ratio(base, other, "operations_per_s").invocations == 1


def test_the_sweeps_own_goes_before_the_published_one(tmp_path, published):
    assert read_peers(tmp_path) is None
    (published / "peers.json").write_text(json.dumps(DOCUMENT))
    assert not read_peers(tmp_path).own
    (tmp_path / "peers.json").write_text(json.dumps(DOCUMENT | {"cells": []}))
    assert read_peers(tmp_path).own and read_peers(tmp_path).cells == []


@pytest.mark.parametrize(
    "change",
    [{"schema_version": 2}, {"cells": [{}]}, {"rounds": "ten"}, {"targets": [{}]}, {"more": 1}],
)
def test_anything_else_is_refused(tmp_path, published, change):
    (tmp_path / "peers.json").write_text(json.dumps(DOCUMENT | change))
    with pytest.raises(DamagedRun, match="peers.json"):
        read_peers(tmp_path)


def test_the_page_has_it_escaped(published_sweep, published, command):
    page = published_sweep / "report.html"
    assert command("report", published_sweep, "--quiet")[0] == 0
    assert "There is no peers.json" in page.read_text()
    (published / "plots").mkdir()
    (published / "plots/peers.png").write_bytes(b"\x89PNG")
    (published / "peers.json").write_text(json.dumps(DOCUMENT))
    assert command("report", published_sweep, "--quiet")[0] == 0
    text = page.read_text()
    assert "on the machine of the published reference" in text and "data:image/png;base64," in text
    assert (
        "0.900 [0.900, 0.900]" in text
        and "missed by 0.050; &lt;i&gt;" in text
        and "does NOT include 1" in text
    )
    (published / "peers.json").write_text("{")
    assert command("report", published_sweep, "--quiet")[0] == 0
    assert "The comparison with others is damaged" in page.read_text()


def test_every_program_has_a_place_in_the_figure():
    figure = draw_peers(Peers(True, DOCUMENT, cells_of(DOCUMENT), ""))
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()] == [
        "latency-closed: requests/s",
        "latency-closed: p99.99",
        "latency-closed: worst request",
    ]
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["jemalloc", "concurrent-yuasa 2x", "go 2x (starved)", "boehm 2x"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["missing"]
    for axes in figure.axes[:3]:
        low, high = axes.get_xlim()
        assert any(low <= tick <= high for tick in axes.get_xticks()), "its scale can be read"
    assert draw_peers(Peers(True, DOCUMENT, [], "")) is None
