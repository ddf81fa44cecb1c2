"""The worst moments of a run: told in words, and shown by a button in the timeline."""

import re

from ...testing.page_in_browser import choose, click_on, text_of

TICKS = "#chart-timeline .x-tick"
SHADES = "document.querySelectorAll('#chart-timeline svg rect[fill-opacity=\"0.2\"]').length"


def test_the_worst_pause_and_request_are_told_with_their_causes(page):
    choose(page, "run-cell", "latency, heap 2x, stop_the_world")
    told = text_of(page, "#worst-pause-text")
    assert re.match(r"Longest pause: [\d.]+ ms, .* after .*; full of all mutators, in cycle", told)
    assert re.search(r"meanwhile marking [\d.]+ ms", told)
    told = text_of(page, "#worst-request-text")
    assert re.match(r"Slowest request: [\d.]+ ms, .*; of which paused [\d.]+ ms", told)


def test_a_button_opens_the_timeline_at_the_moment(page):
    choose(page, "run-cell", "latency, heap 2x, concurrent")
    for name in ("pause", "request"):
        click_on(page, "#whole-cycle")
        whole = text_of(page, TICKS)
        click_on(page, f"#worst-{name}")
        assert text_of(page, TICKS) != whole
        assert page.run(SHADES) >= 1
        assert page.run("document.querySelector('#chart-timeline > details').open")
        assert page.run("location.hash").startswith("#chart-timeline?")
        top = page.run("document.querySelector('#chart-timeline').getBoundingClientRect().top")
        assert -1 <= top < 900


def test_a_run_without_requests_has_no_such_button(page):
    choose(page, "run-cell", "gcbench, heap 2x, stop_the_world")
    assert page.run("document.getElementById('worst-request').disabled")
    assert not page.run("document.getElementById('worst-pause').disabled")
    assert "none of this run" in text_of(page, "#worst-request-text")
