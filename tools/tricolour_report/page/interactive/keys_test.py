"""The page by keys and by finger: marks are read out, series left alone, the timeline enlarged."""

import pytest

from ...testing.page_in_browser import choose, drawn, middle_of, on_mark, place_of, text_of


def focus(page, chart, panel=""):
    page.run(f"document.querySelector('#chart-{chart} .panel{panel} svg[tabindex]').focus()")


def shown(page):
    return page.run("Boolean(document.querySelector('.read-out:not([hidden])'))")


def alone(page, chart):
    return (
        page.run(f"document.querySelectorAll('#chart-{chart} .key[aria-pressed=true]').length") == 1
    )


@pytest.mark.parametrize("chart", ["utilisation", "metric", "time-spent", "timeline", "heap"])
def test_the_keys_go_from_mark_to_mark(page, chart):
    focus(page, chart, ":last-child")  # the collector of two barriers
    read = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "End", "Home"):
        page.press(key)
        assert shown(page)
        read.append(text_of(page, ".read-out"))
    assert read[0] == read[-1] and len(set(read)) >= 3
    page.press("Escape")
    assert not shown(page)


def test_tab_goes_from_a_choice_to_the_legend_and_the_chart(page):
    page.run("document.getElementById('metric').focus()")
    reached = []
    for _ in range(25):
        page.press("Tab")
        reached.append(page.run("document.activeElement.outerHTML.match(/<(\\w+)/)[1]"))
    assert reached[:3] == ["select", "a", "summary"] and {"a", "button", "svg", "input"} <= set(
        reached
    )


def test_enter_leaves_the_series_of_a_mark_alone_and_again_brings_the_others_back(page):
    before = drawn(page)
    focus(page, "utilisation")
    page.press("ArrowRight", "Enter")
    assert alone(page, "utilisation")
    assert page.run("document.activeElement.closest('.chart').id") == "chart-utilisation"
    page.press("ArrowRight", "Enter")
    assert drawn(page) == before


def test_the_timeline_is_enlarged_by_keys_and_buttons(page):
    ticks = lambda: text_of(page, "#chart-timeline .x-tick")
    whole = ticks()
    focus(page, "timeline")
    page.press("+")
    larger = ticks()
    assert larger != whole
    page.press("+", "-")
    assert ticks() == larger
    page.click(*middle_of(page, "#later"))
    assert ticks() not in (larger, whole)
    page.run("document.getElementById('whole-cycle').focus()")
    page.press("Enter")
    assert ticks() == whole


def test_enter_at_a_mark_of_the_heap_picks_its_cycle(page):
    choose(page, "run-cell", "latency, heap 3x, concurrent")
    focus(page, "heap")
    page.press("Home", "End", "Enter")
    last = page.run("document.getElementById('run-cycle').value")
    page.press("Home", "Enter")
    assert page.run("document.getElementById('run-cycle').value") != last


def test_a_finger_reads_out_and_draws_a_part_of_the_timeline(page, folder):
    page.width(390)
    page.call("Emulation.setTouchEmulationEnabled", enabled=True)
    page.swipe(tuple(on_mark(page, "utilisation")))
    assert shown(page)
    page.swipe(tuple(on_mark(page, "metric")))
    assert shown(page)
    page.swipe(tuple(middle_of(page, "#answer-title")))
    assert not shown(page)
    whole = text_of(page, "#chart-timeline .x-tick")
    left, top, width, height = place_of(page, "#chart-timeline .panel svg")
    page.swipe(*((left + width * share, top + height / 2) for share in (0.4, 0.5, 0.6, 0.7)))
    assert text_of(page, "#chart-timeline .x-tick") != whole
    page.call("Emulation.setTouchEmulationEnabled", enabled=False)
