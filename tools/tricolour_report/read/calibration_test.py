"""The calibration appendix: found, shown, or named as damaged."""

import json

import pytest

from ..program.errors import DamagedRun
from . import calibration
from .calibration import read_calibration

CHECK = {
    "name": "clock",
    "what": "A sleep of 1 ms is read as one.",
    "expected": "1 ms",
    "measured": "1.06 ms <b>",
    "passes": True,
}
DOCUMENT = {
    "schema_version": 1,
    "made_by": {"commit": "0123abc", "cores": 2},
    "checks": [CHECK, CHECK | {"name": "stop", "passes": False}],
}


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Where the project's own would be; there is none."""
    path = tmp_path / "published" / "calibration.json"
    path.parent.mkdir()
    monkeypatch.setattr(calibration, "PUBLISHED", path)
    return path


def test_the_sweeps_own_goes_before_the_published_one(tmp_path, published):
    assert read_calibration(tmp_path) is None
    published.write_text(json.dumps(DOCUMENT))
    assert not read_calibration(tmp_path).own
    (tmp_path / "calibration.json").write_text(json.dumps(DOCUMENT | {"checks": []}))
    found = read_calibration(tmp_path)
    assert found.own and found.checks == [] and found.made_by == {"commit": "0123abc", "cores": "2"}


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"checks": [{}]},
        {"checks": [CHECK | {"passes": "yes"}]},
        {"made_by": []},
        {"checks": 3},
    ],
)
def test_anything_else_is_refused(tmp_path, published, change):
    (tmp_path / "calibration.json").write_text(json.dumps(DOCUMENT | change))
    with pytest.raises(DamagedRun, match="calibration.json"):
        read_calibration(tmp_path)


def test_it_stands_on_the_page_escaped(published_sweep, published, command):
    assert command("report", published_sweep, "--quiet")[0] == 0
    page = published_sweep / "report.html"
    said = lambda: " ".join(page.read_text().split())
    assert "There is no calibration.json" in said()
    published.write_text(json.dumps(DOCUMENT))
    assert command("report", published_sweep, "--quiet")[0] == 0
    assert (
        "1 of 2 checks passed" in said() and "1.06 ms &lt;b&gt;" in said() and "cores 2" in said()
    )
    published.write_text("{")
    assert command("report", published_sweep, "--quiet")[0] == 0
    assert "The calibration is damaged" in page.read_text()
