"""The page in a browser: every chart is drawn, answers to the reader, and fits a desk and a
telephone, without a network."""

import json
import re
import shutil
from pathlib import Path

import pytest

from ...figures.registry import LIST
from ...testing.page_in_browser import choose, click_on, drawn, on_mark, open_all, place_of, text_of

CHARTS = tuple(name.replace("_", "-") for name in LIST)
OF_RECORDS = (
    "metric",
    "lower-bound-overhead",
    "held",
    "request-latency",
    "slowest-requests",
    "time-spent",
    "utilisation",
)
# What a folder without tables of events, barrier cost and cells of several threads lacks.
EVENTS = tuple(name for name in CHARTS if name not in OF_RECORDS)
OF_REQUESTS = ("request-latency", "slowest-requests")
LOGARITHMIC = (*CHARTS[:6], "request-latency", "bystander")

FITS = (Path(__file__).parents[2] / "testing/fits.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_chart_is_drawn_and_nothing_is_cut(page, folder, width):
    page.width(width)
    page.open(folder / "report.html")
    open_all(page)
    for workload, of_others in (("latency", ()), ("gcbench", OF_REQUESTS)):
        absent = (*of_others, "speed-up")  # all cells have as many threads
        choose(page, "workload", workload)
        found = drawn(page)
        assert tuple(found) == CHARTS
        assert {
            name: marks == "absent" or int(marks) >= 2 for name, marks in found.items()
        } == dict.fromkeys(CHARTS, True)
        assert tuple(name for name, marks in found.items() if marks == "absent") == absent
        assert page.run(FITS) == []


def test_axes_have_units_or_say_what_they_count(page):
    choose(page, "workload", "latency")
    labels = {name: text_of(page, f"#chart-{name} svg text") for name in CHARTS}
    assert (
        "ms" in labels["pause-histogram"]
        and "pauses in all invocations" in labels["pause-histogram"]
    )
    assert "P(pause > x)" in labels["pause-distribution"] and "90 " in labels["pause-percentiles"]
    assert (
        "share of the window" in labels["utilisation"]
        and "CPU time per operation" in labels["time-spent"]
        and "ns per store" in labels["barrier-cost"]
    )
    assert "share of their time" in labels["slowest-requests"]
    assert "P(delay > x)" in labels["bystander"]
    assert (
        "ms since" in labels["timeline"]
        and "MiB" in labels["heap"]
        and "heap, as a multiple" in labels["lower-bound-overhead"]
    )


def test_workload_heap_and_metric_are_picked(page):
    before = text_of(page, "#chart-pause-histogram svg text")
    choose(page, "heap", "3x")
    assert text_of(page, "#chart-pause-histogram svg text") != before
    assert drawn(page)["request-latency"] == "absent"
    choose(page, "workload", "latency")
    assert int(drawn(page)["request-latency"]) > 0
    choose(page, "metric", "pause_max")
    assert "pause_max / baseline" in text_of(
        page, "#chart-metric svg text"
    ) and "extreme" in text_of(page, "#metric-meaning")
    choose(page, "view", "value")
    assert "pause_max, lower is better" in text_of(
        page, "#chart-metric svg text"
    ) and " ms" in text_of(page, "#chart-metric .y-tick")


def test_value_axes_are_logarithmic_or_linear(page, folder):
    page.width(390)
    page.open(folder / "report.html")
    open_all(page)
    choose(page, "workload", "latency")
    for name in LOGARITHMIC:
        before = text_of(page, f"#chart-{name} .panels text")
        click_on(page, f"#chart-{name} input")
        assert text_of(page, f"#chart-{name} .panels text") != before, name
        assert int(drawn(page)[name]) >= 2
    choose(page, "view", "value")
    for metric in ("stall_total", "assist_total", "peak_resident"):  # all 0, some 0, close together
        choose(page, "metric", metric)
        assert page.run(FITS) == []
    assert page.run("document.querySelector('#chart-utilisation .tools label').hidden")


@pytest.mark.parametrize(
    "chart, said",
    [
        ("utilisation", r"(stop_the_world|concurrent) \+ \w+windows of [\d.]+ (µs|ms|s): [\d.]+"),
        ("pause-percentiles", r".*p[\d.]+: [\d.]+ (µs|ms)"),
        ("time-spent", r".*: [\d.]+ (ns|µs|ms|s) \([\d.]+ %\)"),
        ("slowest-requests", r".*(paused|search): [\d.]+ %n = \d+, .*; explained [\d.]+ %.*"),
        (
            "bystander",
            r"(the machine's floor|concurrent|stop).*P\(longer than .* (µs|ms)\) = [\d.]+",
        ),
        ("barrier-cost", r"no barriernone: .*ns per store"),
        ("timeline", r"mutator 0.*"),
    ],
)
def test_what_the_pointer_is_at_is_read_out(page, chart, said):
    if chart in OF_REQUESTS:
        choose(page, "workload", "latency")
    page.point(*on_mark(page, chart))
    assert page.run("!document.querySelector('.read-out').hidden")
    assert re.fullmatch(said, text_of(page, ".read-out"))
    page.point(2, 2)
    assert page.run("document.querySelector('.read-out').hidden")


def test_a_run_and_a_cycle_are_picked(page):
    choose(page, "run-cell", "latency, heap 3x, concurrent")
    choose(page, "run-block", "block 1")
    assert "--collector concurrent" in text_of(page, "#run-command") and "--heap 3x" in text_of(
        page, "#run-command"
    )
    first = page.run("document.getElementById('run-cycle').value")
    shown = text_of(page, "#chart-timeline svg text")
    assert f"cycle {first}" in shown and "marker 0" in shown and "mutator 1" in shown
    click_on(page, "#cycle-after")
    assert f"cycle {int(first) + 1}" in text_of(page, "#chart-timeline svg text")
    left, top, width, height = place_of(page, "#chart-heap .panel svg")
    page.click(left + width * 0.97, top + height * 0.5)
    assert page.run("Number(document.getElementById('run-cycle').value)") > int(first) + 1
    assert "of 6 cycles" in text_of(page, "#left-out") or "All 6 cycles" in text_of(
        page, "#left-out"
    )
    assert "throughput" in text_of(page, "#run-metrics") and "operations/s" in text_of(
        page, "#run-metrics"
    )


def test_the_longest_requests_are_in_the_chart_of_latencies_and_in_their_run(page):
    choose(page, "workload", "latency")
    seen = 0
    for number in (1, 2, 3):  # a panel for each collector
        panel = f"#chart-request-latency .panel:nth-child({number})"
        left, top, width, height = place_of(page, f"{panel} svg")
        dots = page.run(
            f"[...document.querySelectorAll('{panel} path.mark[transform]')]"
            ".map((dot) => dot.getBoundingClientRect()).map((box) => [box.x, box.y])"
        )
        assert all(left < x < left + width and top < y < top + height for x, y in dots)
        seen += len(dots)
    assert seen == 4  # one for each combination
    choose(page, "run-cell", "latency, heap 3x, stop_the_world")
    rows = text_of(page, "#run-slow tr")
    assert rows.count("paused ") == 10 and "ms" in rows
    choose(page, "run-cell", "gcbench, heap 3x, stop_the_world")
    assert text_of(page, "#run-slow tr") == "" and "has no requests" in text_of(
        page, "#run-slow-none"
    )


def test_the_heap_has_its_size_and_its_trigger(page):
    keys = text_of(page, "#chart-heap .key")
    assert (
        "size of the heap" in keys
        and "trigger: the use at which the next cycle is to begin" in keys
        and "the pacer begins a cycle" in keys
    )
    left, top, width, height = place_of(page, "#chart-heap .panel svg")
    read = set()
    for down in range(30):  # lines have their points at the begin
        page.point(left + width * 0.03, top + height * (0.05 + 0.03 * down))
        if page.run("!document.querySelector('.read-out').hidden"):
            read.add(text_of(page, ".read-out"))
    assert any(re.match(r"size of the heap64.0 MiB at 0", one) for one in read)
    assert any(re.match(r"trigger: the use.*[\d.]+ MiB at 0", one) for one in read)
    assert any(one.startswith("in use ") for one in read)


def test_a_part_of_a_cycle_is_drawn_larger(page):
    whole = text_of(page, "#chart-timeline .x-tick")
    left, top, width, height = place_of(page, "#chart-timeline .panel svg")
    press = lambda kind, share: page.mouse(kind, left + width * share, top + height / 2)
    press("mousePressed", 0.4)
    press("mouseMoved", 0.5)
    press("mouseReleased", 0.6)
    assert text_of(page, "#chart-timeline .x-tick") != whole
    click_on(page, "#whole-cycle")
    assert text_of(page, "#chart-timeline .x-tick") == whole


def test_a_failed_run_says_why(page):
    choose(page, "run-cell", "gcbench, heap 2x, incremental")
    assert "heap exhausted" in text_of(page, "#run-status") and "no room" in text_of(
        page, "#run-status"
    )
    assert (
        "heap exhausted" in text_of(page, "#chart-timeline .absent")
        and drawn(page)["heap"] == "absent"
    )


def test_a_chart_is_saved_as_svg(page):
    page.run(
        "URL.createObjectURL = (file) => { window.saved = file; return 'data:,'; };"
        "URL.revokeObjectURL = () => {}"
    )
    for name in ("utilisation", "time-spent"):
        click_on(page, f"#chart-{name} .tools button")
        document = page.run("window.saved.text()")
        assert page.run(
            f"new DOMParser().parseFromString({json.dumps(document)}, 'image/svg+xml')"
            ".querySelector('parsererror') === null"
        )
        assert (
            document.count("<svg") > 2
            and "</text>" in document
            and 'class="halo"' not in document
            and "var(" not in document
        )


def test_without_scripts_the_answer_and_the_tables_are_there(page, folder):
    page.open(folder / "report.html", scripts=False)
    picture = page.call("DOM.getDocument", depth=1)["root"]["nodeId"]

    def boxes(selector):
        """How many of these elements have a place on the page, asked without a script."""
        found = page.call("DOM.querySelectorAll", nodeId=picture, selector=selector)["nodeIds"]
        shown = 0
        for node in found:
            try:
                shown += page.call("DOM.getBoxModel", nodeId=node)["model"]["height"] > 0
            except RuntimeError:  # what is not laid out has no box
                pass
        return shown

    assert (
        boxes(".answer p") >= 3
        and boxes("noscript img") == 1
        and boxes("#wins tr") > 2
        and boxes(".part summary") > 8
        and boxes("#commands code") > 5
    )
    assert boxes(".chart") == 0


def test_a_published_folder_shows_what_it_has(page, folder, published_sweep, command):
    (published_sweep / "barrier_cost.json").unlink()
    shutil.copy(folder / "calibration.json", published_sweep)
    assert command("report", published_sweep, "--quiet")[0] == 0
    page.open(published_sweep / "report.html")
    open_all(page)
    choose(page, "workload", "latency")
    found = drawn(page)
    assert tuple(name for name, marks in found.items() if marks == "absent") == EVENTS
    assert "without tables of single events" in text_of(
        page, "#chart-timeline"
    ) and "lacks the tables of single events" in text_of(page, "#absent ul")
    page.width(390)
    click_on(page, "#chart-metric input")
    choose(page, "view", "value")
    for metric in page.run(
        "[...document.getElementById('metric').options].map((one) => one.value)"
    ):
        choose(page, "metric", metric)
        assert page.run(FITS) == [], metric
    page.requests[:] = [
        address
        for address in page.requests
        if address != (published_sweep / "report.html").as_uri()
    ]
