"""The address keeps what is seen: reloading and sharing it shows the same."""

import pytest

from ...testing.page_in_browser import after, choose, click_on, fold, follow, open_all

SEEN = """JSON.stringify({
  selects: [...document.querySelectorAll("main select")].map((one) => one.value),
  pressed: [...document.querySelectorAll("[open] .key[aria-pressed]")]
    .map((one) => one.ariaPressed),
  logarithmic: [...document.querySelectorAll("[open] .tools input")].map((one) => one.checked),
  open: [...document.querySelectorAll("[id] > details")].map((one) => one.open),
  ticks: [...document.querySelectorAll("#chart-timeline .x-tick")].map((one) => one.textContent),
})"""


def address(page):
    return page.run("location.hash")


def top_of(page, selector):
    return page.run(f"document.querySelector({selector!r}).getBoundingClientRect().top")


def change_all(page):
    """One of everything that can be chosen."""
    choose(page, "workload", "latency")
    choose(page, "heap", "3x")
    choose(page, "metric", "pause_max")
    choose(page, "view", "value")
    choose(page, "run-cell", "latency, heap 3x, concurrent")
    choose(page, "run-block", "block 1")
    click_on(page, "#cycle-after")
    click_on(page, "#larger")
    click_on(page, "#chart-utilisation .key", "yuasa")
    click_on(page, "#chart-metric .tools input")
    fold(page, "chart-pause-percentiles")
    fold(page, "provenance")


@pytest.mark.parametrize("width", [1280, 390])
def test_reloading_and_sharing_show_the_same(page, folder, width):
    page.width(width)
    page.open(folder / "report.html")  # at this width
    open_all(page)
    begun = page.run(SEEN)
    change_all(page)
    seen, shared = page.run(SEEN), address(page)
    assert seen != begun
    page.reload()
    assert page.run(SEEN) == seen and address(page) == shared
    page.open(folder / "report.html")
    assert page.run(SEEN) != seen and address(page) == ""
    page.open(folder / "report.html", fragment=shared)
    assert page.run(SEEN) == seen and address(page) == shared


def test_a_link_goes_to_its_chart_and_opens_it(page, folder):
    page.open(folder / "report.html")
    assert not page.run("document.querySelector('#chart-utilisation details').open")
    choose(page, "workload", "latency")
    follow(page, "#chart-utilisation .anchor")
    shared = address(page)
    assert shared.startswith("#chart-utilisation?") and "workload=latency" in shared
    for open_it in (lambda: None, lambda: page.open(folder / "report.html", fragment=shared)):
        open_it()
        assert page.run("document.querySelector('#chart-utilisation details').open")
        assert int(page.run("document.querySelector('#chart-utilisation').dataset.drawn")) > 0
        assert 0 <= top_of(page, "#chart-utilisation") < 200
        assert page.run("document.getElementById('workload').value") == "latency"


def test_a_link_of_the_navigation_opens_its_section_and_chooses_nothing(page):
    choose(page, "workload", "latency")
    follow(page, "nav a", "Provenance")
    assert page.run("document.querySelector('#provenance > details').open")
    assert address(page).startswith("#provenance?") and "workload=latency" in address(page)


def test_going_back_shows_what_was_seen(page, folder):
    page.open(folder / "report.html")
    follow(page, "#chart-utilisation .anchor")
    choose(page, "workload", "latency")
    follow(page, "#cells .anchor")
    choose(page, "workload", "gcbench")
    after(page, "window", "hashchange", lambda: page.run("history.back()"))
    assert page.run("document.getElementById('workload').value") == "latency"
    assert address(page).startswith("#chart-utilisation?")


def test_what_this_page_lacks_is_ignored(page, folder):
    page.open(folder / "report.html")
    begun = page.run(SEEN)
    asked = (
        "#nowhere?workload=none&heap=9x&metric=x&view=y&run=99&cycle=x&range=5-1&open=z&axis=z:log"
    )
    page.open(folder / "report.html", fragment=asked)
    assert page.run(SEEN) == begun and address(page) == ""


def test_headings_are_links_to_themselves(page):
    ids = page.run(
        "[...document.querySelectorAll('h2, .chart h3, .chart h4')].map((heading) => "
        "heading.closest('[id]:not(h2)').querySelector('.anchor').hash.slice(1).split('?')[0])"
    )
    assert len(ids) == len(set(ids)) > 20
    assert page.run(f"{ids}.every((id) => document.getElementById(id))")


def test_the_theme_is_the_systems_or_the_one_that_was_picked(page, folder):
    colour = "getComputedStyle(document.body).backgroundColor"
    stroke = "getComputedStyle(document.querySelector('#chart-metric .mark')).stroke"
    light = page.run(colour), page.run(stroke)
    page.theme("dark")
    dark = page.run(colour), page.run(stroke)
    assert all(one != other for one, other in zip(light, dark))
    choose(page, "theme", "light")
    assert (page.run(colour), page.run(stroke)) == light
    page.reload()
    assert (
        page.run(colour) == light[0]
        and page.run("document.getElementById('theme').value") == "light"
    )
    choose(page, "theme", "as the system")
    assert page.run(colour) == dark[0]
