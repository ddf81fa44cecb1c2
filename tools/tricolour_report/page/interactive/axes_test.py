"""axes.js, run in a browser beside D3: what is written at ticks."""

from pathlib import Path

import pytest

from ...testing.headless_browser import Browser
from .script import read_script

AXES = (Path(__file__).parent / "axes.js").read_text(encoding="utf-8")
HARDLY_DIFFERENT = [[0.99995, 1], [1, 1], [0, 0], [12345, 12346], [0.3, 0.30001]]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    page = tmp_path_factory.mktemp("axes") / "page.html"
    page.write_text(f"<!doctype html><script>{read_script().library}</script>", encoding="utf-8")
    with Browser() as browser:
        browser.open(page)
        yield browser


@pytest.mark.parametrize("unit", ["ratio", "ns", "bytes", "count", "share"])
@pytest.mark.parametrize("values", HARDLY_DIFFERENT)
def test_ticks_of_values_that_hardly_differ_read_differently(browser, unit, values):
    ticks = browser.run(
        f"(() => {{ {AXES} const domain = domainOf({values}, false);"
        f" const axis = axisOf({{unit: '{unit}'}}, domain, false);"
        " return ticksOf(axis, 6).map(axis.tick); })()"
    )
    assert len(set(ticks)) == len(ticks) > 0
