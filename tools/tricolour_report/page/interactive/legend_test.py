"""Legends: series are switched off, left alone and brought back with the mouse, and stay in their
place meanwhile."""

import pytest

from ...testing.page_in_browser import choose, click_on, drawn, middle_of, open_all

KEY, ONLY, ALL = (f"#chart-{{}} .{name}" for name in ("key", "only", "all"))


def labels_of_marks(page, chart):
    """The series that have marks in a chart."""
    return set(
        page.run(
            f"[...document.querySelectorAll('#chart-{chart} .mark')].map((m) => m.dataset.key)"
        )
    )


def pressed(page, chart):
    return page.run(
        f"[...document.querySelectorAll('#chart-{chart} .key[aria-pressed=true]')]"
        ".map((one) => one.textContent)"
    )


def place(page, selector, text):
    """Where it is in the window, without scrolling there."""
    return page.run(
        f"(() => {{ const box = [...document.querySelectorAll({selector!r})].find((one) => "
        f"one.textContent === {text!r}).getBoundingClientRect(); return [box.left, box.top]; }})()"
    )


@pytest.fixture(params=[1280, 390])
def wide(page, folder, request):
    page.width(request.param)
    page.open(folder / "report.html")
    open_all(page)
    choose(page, "workload", "latency")  # in which no combination fails
    return page


def test_a_series_is_switched_off_everywhere_and_on_again(wide):
    before = drawn(wide)
    label = "yuasa"
    assert label in labels_of_marks(wide, "utilisation")
    click_on(wide, KEY.format("utilisation"), label)
    for chart in ("utilisation", "pause-percentiles", "metric"):
        assert label not in labels_of_marks(wide, chart)
        assert label not in pressed(wide, chart)
        assert labels_of_marks(wide, chart) == {"none", "hybrid"}
    click_on(wide, KEY.format("utilisation"), label)
    assert drawn(wide) == before


@pytest.mark.parametrize("chart", ["utilisation", "time-spent", "metric", "lower-bound-overhead"])
def test_a_double_click_leaves_a_series_alone_where_it_is(wide, chart):
    keys = wide.run(
        f"[...document.querySelectorAll('{KEY.format(chart)}[aria-pressed]')]"
        ".map((one) => one.textContent)"
    )
    selector, label = KEY.format(chart), keys[1]
    # Not every browser keeps the place by itself.
    wide.run("document.documentElement.style.overflowAnchor = 'none', null")
    at = middle_of(wide, selector, label)
    before = place(wide, selector, label)
    wide.click(*at, times=2)
    assert pressed(wide, chart) == [label]
    assert place(wide, selector, label) == pytest.approx(before, abs=1)
    click_on(wide, ALL.format(chart))
    assert pressed(wide, chart) == keys


def test_only_leaves_a_series_alone_and_brings_the_others_back(wide):
    before = drawn(wide)
    wide.run("document.querySelector('#chart-utilisation .entry:nth-child(2) .only').id = 'second'")
    click_on(wide, "#second")
    assert len(pressed(wide, "utilisation")) == 1
    assert len(labels_of_marks(wide, "utilisation")) == 1
    click_on(wide, "#second")
    assert drawn(wide) == before


def test_a_band_is_shown_of_a_series_that_is_pointed_at_or_alone(page):
    label = "yuasa"  # of concurrent, beside hybrid
    bands = (
        "[...document.querySelectorAll('#chart-utilisation .band[visibility=visible]')]"
        ".map((m) => m.dataset.key)"
    )
    alone = ["none"] * 2  # the only one of its collector, with MMU and BMU
    assert sorted(page.run(bands)) == sorted(alone)
    page.point(*middle_of(page, KEY.format("utilisation"), label))
    assert sorted(page.run(bands)) == sorted([*alone, label, label])
    page.click(*middle_of(page, KEY.format("utilisation"), label), times=2)
    page.point(2, 2)
    assert page.run(bands) == [label] * 2


def test_a_pointed_series_stands_out(page):
    choose(page, "workload", "latency")
    faded = "[...document.querySelectorAll('#chart-utilisation .faded')].map((m) => m.dataset.key)"
    page.point(*middle_of(page, KEY.format("utilisation"), "yuasa"))
    assert set(page.run(faded)) == {"none", "hybrid"}
    page.point(2, 2)
    assert page.run(faded) == []
