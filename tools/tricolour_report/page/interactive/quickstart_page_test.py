"""The quickstart's page as a whole: its length on a desk, a telephone and paper."""

import re

import pytest

from ...testing.page_in_browser import open_all

MOST_PAGES = 8
PAGE = re.compile(rb"/Type /Page\b")


@pytest.mark.parametrize("width, height, screens", [(1280, 800, 12), (390, 844, 20)])
def test_the_page_is_short(browser, quickstart, width, height, screens):
    browser.width(width, height)
    browser.open(quickstart)
    assert browser.run("document.documentElement.scrollHeight") < screens * height
    order = browser.run("[...document.querySelectorAll('h2')].map((one) => one.textContent)")
    assert order[0].startswith("Which barrier?") and order[1].startswith("Answer")
    assert not browser.run("document.querySelector('#calibration > details').open")


@pytest.mark.parametrize("width", [1280, 390])
def test_paper_has_a_layout_of_its_own(browser, quickstart, width):
    """The same from a desk and from a telephone: tables are tables, and charts fit."""
    browser.width(width)
    browser.open(quickstart)
    pages = len(PAGE.findall(browser.printed()))
    assert 3 <= pages <= MOST_PAGES
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.width(690)
    shown = "getComputedStyle(document.querySelector('#wins {}')).display"
    assert browser.run(shown.format("thead")) == "table-header-group"
    assert browser.run(shown.format("td")) == "table-cell"
    browser.call("Emulation.setEmulatedMedia", media="")


def test_what_is_opened_is_printed_and_what_is_folded_is_named(browser, quickstart):
    browser.width(1280)
    browser.open(quickstart)
    few = len(PAGE.findall(browser.printed()))
    named = browser.run("document.getElementById('not-printed').textContent")
    assert "Mutator utilisation" in named and "Metrics of all cells" not in named
    open_all(browser)
    assert len(PAGE.findall(browser.printed())) > few
    assert "Mutator utilisation" not in browser.run(
        "document.getElementById('not-printed').textContent"
    )
