"""Ten questions that a reader who has never seen it answers from the quickstart's page alone.

Each has the place of the page where its answer is, and what the text there must say.
"""

import re

import pytest

from ...testing.page_in_browser import choose, text_of

NUMBER = r"\d[\d.]*"
INTERVAL = rf"{NUMBER} \[{NUMBER}, {NUMBER}\]"
TIME = rf"{NUMBER} (ns|µs|ms|s)"


def of_pair(page):
    """After choosing `concurrent + yuasa` as the baseline."""
    choose(page, "pairs-base", "concurrent + yuasa")
    return text_of(page, "#pairs-rows tr")


def of_cell(page):
    choose(page, "run-cell", "gcbench, heap 2x, concurrent + yuasa")
    return text_of(page, "#run-command") + text_of(page, "#provenance")


def of_worst_request(page):
    choose(page, "run-cell", "latency, heap 2x, stop_the_world")
    return text_of(page, "#worst-request-text")


QUESTIONS = {
    "which barrier for tail latency, and by how much": (
        "#which-barrier",
        rf"For tail latency: .*({INTERVAL}|[Nn]ot shown by these runs)",
    ),
    "is yuasa better than hybrid": (
        of_pair,
        rf"concurrent \+ hybrid.*{INTERVAL}.*(shown|better|worse)",
    ),
    "what did the worst request wait for": (
        of_worst_request,
        rf"Slowest request: {TIME}, .*of which [a-z ]+ {TIME}",
    ),
    "did every cell collect": ("header", r"each with \d+ cycles or more"),
    "how many more runs are needed": (
        "#which-barrier",
        r"(confirm with \d+ runs|More runs, here \d+ of each cell)",
    ),
    "how much memory buys 5 % throughput": (
        "#memory",
        r"concurrent \+ hybrid 2x to 4x: .*(about [\d.]+x|not shown by these runs)",
    ),
    "what does a store cost idle and while marking": (
        "#which-barrier",
        rf"idle {NUMBER} ±{NUMBER} ns\s*marking {NUMBER}",
    ),
    "which cells fell back or failed": ("#which-barrier", r"\d+ of \d+ cycles"),
    "the command and commit of a cell": (
        of_cell,
        r"tricolour run .*--barrier yuasa.*commit\s*[0-9a-f]{7}",
    ),
    "which figure here must not be trusted, and why": (
        "#doubts",
        r"Every ratio: the smallest cell has \d+ of the 10 invocations",
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_page_answers(browser, quickstart, question):
    browser.width(1280)
    browser.open(quickstart)
    place, answer = QUESTIONS[question]
    text = place(browser) if callable(place) else text_of(browser, place)
    assert re.search(answer, text, re.S), text[:2000]
