"""Fixtures: the page of a synthetic sweep in a browser."""

import json
import shutil
from pathlib import Path

import pytest

from ...testing.headless_browser import Browser
from ...testing.page_in_browser import open_all
from ...testing.synthetic_barrier_cost import write_barrier_cost
from ...testing.synthetic_sweep import write_sweep
from .. import report

ROOT = Path(__file__).resolve().parents[4]
COMBINATIONS = (
    ("stop_the_world", "none"),
    ("incremental", "yuasa"),
    ("concurrent", "yuasa"),
    ("concurrent", "hybrid"),
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Four combinations at two heaps, one failing, with requests, barrier cost and calibration."""
    folder = write_sweep(
        tmp_path_factory.mktemp("sweep"),
        2,
        ("gcbench", "latency"),
        ("2x", "3x"),
        COMBINATIONS,
        mutators=2,
        failing={("incremental", "yuasa", "gcbench"): "heap_exhausted"},
    )
    write_barrier_cost(folder)
    check = {
        "name": "clock",
        "what": "A sleep of 1 ms is read as one, " * 4,
        "expected": "1 ms",
        "measured": "1.06 ms",
        "passes": True,
    }
    (folder / "calibration.json").write_text(
        json.dumps({"schema_version": 1, "made_by": {"commit": "0123abc"}, "checks": [check]})
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            report,
            "_draw",
            lambda *_: [
                report.Shown(
                    "Throughput against the baseline",
                    "Static.",
                    "data:image/svg+xml,%3Csvg/%3E",
                    400,
                )
            ],
        )
        report.write_report(folder, None, lambda line: None)
    return folder


@pytest.fixture(scope="session")
def browser():
    with Browser() as browser:
        yield browser


@pytest.fixture
def page(browser, folder):
    """The page at 1280 pixels with all charts open. Whatever a test does, there may be no
    complaint, and no request but that for the page itself."""
    browser.complaints.clear()
    browser.requests.clear()
    browser.width(1280)
    browser.theme("light")
    browser.open(folder / "report.html")
    open_all(browser)
    yield browser
    assert browser.complaints == []
    assert set(browser.requests) <= {(folder / "report.html").as_uri(), "about:blank"}


@pytest.fixture(scope="session")
def quickstart(tmp_path_factory):
    """With the costs of stores and loads, which the quickstart measures and no published folder
    has."""
    folder = tmp_path_factory.mktemp("quickstart") / "sweep"
    shutil.copytree(ROOT / "results/reference/quickstart", folder)
    write_barrier_cost(folder)
    return report.write_report(folder, None, lambda line: None)
