"""The report: complete, self-contained, all or nothing."""

import errno
import json
import os
import re
import socket

import matplotlib.image
import pandas as pd
import pytest

from ..testing.synthetic_barrier_cost import write_barrier_cost
from ..testing.synthetic_sweep import changed_records, write_sweep
from . import report
from .interactive import script

KINDS = (
    "pause_histogram",
    "pause_distribution",
    "pause_percentiles",
    "held",
    "utilisation",
    "request_latency",
    "timeline",
    "heap",
    "time_spent",
    "slowest_requests",
    "bystander",
)


def listing(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def latency_sweep(tmp_path):
    folder = write_sweep(
        tmp_path,
        2,
        ("latency",),
        combinations=(
            ("stop_the_world", "none"),
            ("incremental", "yuasa"),
            ("concurrent", "yuasa"),
        ),
    )
    write_barrier_cost(folder)
    return folder


def test_report_writes_figures_table_and_page(latency_sweep, command):
    (latency_sweep / "index.json").write_text(
        (latency_sweep / "index.json").read_text().replace('"synthetic"', '"<b>bold</b> & co"')
    )
    (latency_sweep / "experiment.toml").write_text("(unaltered) [matrix]")
    code, out, error = command("report", latency_sweep)
    page = latency_sweep / "report.html"
    assert code == 0 and out.splitlines()[-1] == str(page)
    assert "drawing throughput" in error
    names = {"throughput", "lower_bound_overhead", "barrier_cost"} | {
        f"{kind}_latency" for kind in KINDS
    }
    assert listing(latency_sweep / "plots") == {
        f"{name}.{form}" for name in names for form in ("png", "svg", "pdf")
    } | {"README.md"}
    assert all(
        f"`{name}`: " in (latency_sweep / "plots" / "README.md").read_text() for name in names
    )
    for picture in (latency_sweep / "plots").glob("*.png"):
        assert matplotlib.image.imread(picture).std() > 0.01
    for picture in (latency_sweep / "plots").glob("*.pdf"):
        document = picture.read_bytes()
        assert (
            document.startswith(b"%PDF-")
            and b"/Type3" not in document
            and b"/CreationDate" not in document
        )
    assert len(pd.read_csv(latency_sweep / "summary.csv")) > 6 * 15
    assert len(pd.read_csv(latency_sweep / "lower_bound_overhead.csv")) == 3 * 2
    assert not any(name.startswith(".") for name in listing(latency_sweep))
    check_page(page.read_text())


def check_page(html):
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in html and "<b>bold" not in html
    markup = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    references = re.findall(r'(?:src|href)="([^"]*)"', markup) + re.findall(
        r"url\(([^)]*)\)", markup
    )
    assert len(references) > 10
    assert all(reference.startswith(("data:", "#")) for reference in references)
    assert html.count("<script") == html.count("</script>") == 3 and "default-src 'none'" in html
    assert "Redistributions in binary form" in html and "(unaltered) [matrix]" in html
    assert (
        "Exploratory" in html
        and "tricolour run --collector concurrent" in html
        and "0123abc" in html
    )


def test_failed_cells_and_an_interrupted_sweep_stand_on_the_page(tmp_path, command):
    folder = write_sweep(
        tmp_path,
        2,
        ("gcbench",),
        combinations=(("stop_the_world", "none"), ("concurrent", "yuasa")),
        failing={
            ("concurrent", "yuasa", "gcbench"): "heap_exhausted",
            ("stop_the_world", "none", "gcbench"): "crashed",
        },
    )
    index = json.loads((folder / "index.json").read_text())
    index["invocations"] = 3
    (folder / "index.json").write_text(json.dumps(index))
    assert command("report", folder, "--quiet")[::2] == (0, "")
    html = (folder / "report.html").read_text()
    assert (
        "interrupted" in html
        and html.count('<td data-label="status">heap_exhausted</td>') == 2
        and "no room for 4096 bytes" in html
    )


def test_the_page_says_why_slow_requests_have_no_explained_share(tmp_path, command):
    folder = write_sweep(tmp_path, 1, ("latency",), combinations=(("stop_the_world", "none"),))
    path = next(folder.glob("runs/*/*/run.json"))
    record = json.loads(path.read_text())
    record["run_delay"] = {
        "available": False,
        "why": "there is no schedstat",
        "total_ns": None,
        "steal_ns": None,
    }
    record["requests"]["explained_share"] = None
    path.write_text(json.dumps(record))
    assert command("report", folder, "--quiet")[0] == 0
    html = (folder / "report.html").read_text()
    assert "run delay could not be read: there is no schedstat" in html
    explained = '<td data-label="explained" class="number some-wrap">– (run delay unknown)</td>'
    assert explained in html


def test_a_full_disk_leaves_the_old_report_untouched(small_sweep, command, monkeypatch):
    (small_sweep / "report.html").write_text("old")
    before = listing(small_sweep)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setitem(report.TABLES, "summary.csv", full)
    monkeypatch.setattr(report, "_draw", lambda *_: [])
    code, out, error = command("report", small_sweep, "--quiet")
    assert code == 1 and out == "" and "No space left" in error
    assert listing(small_sweep) == before and (small_sweep / "report.html").read_text() == "old"


def test_of_a_folder_that_cannot_be_written_only_the_page_is(
    small_sweep, tmp_path, command, monkeypatch
):
    before = listing(small_sweep)
    monkeypatch.setattr(report.os, "access", lambda path, _: path != small_sweep)
    code, out, error = command("report", small_sweep, "--html", tmp_path / "page.html", "--quiet")
    assert code == 0 and out == f"{tmp_path / 'page.html'}\n" and listing(small_sweep) == before
    assert error == (
        "skipped plots/, summary.csv, lower_bound_overhead.csv: "
        f"{small_sweep} cannot be written\n"
    )
    html = (tmp_path / "page.html").read_text()
    assert "lie in <code>plots/</code>" not in html and "Data: the run folders" in html
    code, out, error = command("report", small_sweep, "--quiet")
    assert code == 1 and out == "" and "--html FILE puts the page elsewhere" in error


@pytest.mark.parametrize("kind", ["folder", "socket"])
def test_what_is_no_file_is_refused_before_anything_is_read(
    small_sweep, tmp_path, command, monkeypatch, kind
):
    place = tmp_path / "page"
    if kind == "folder":
        place.mkdir()
    else:
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        socket.socket(socket.AF_UNIX).bind("page")
    monkeypatch.setattr(report, "load_experiment", None)
    code, out, error = command("report", small_sweep, "--html", place, "--quiet")
    assert code == 2 and out == "" and "is not replaced; give the name of a file" in error
    assert place.exists() and not place.is_file()


def test_requests_that_were_never_served_stand_on_the_page(tmp_path, command):
    folder = write_sweep(
        tmp_path, 1, ("latency",), combinations=(("stop_the_world", "none"),), open_loop=True
    )
    for record in changed_records(folder):
        record["requests"]["unserved"] = 1000
    sentence = (
        "latency, heap 2x: stop_the_world + none never served 1000 of 5000 requests that were due "
        "(20.0 %); latencies are of the others."
    )
    assert command("report", folder, "--quiet")[0] == 0
    assert sentence in (folder / "report.html").read_text()
    summary = pd.read_csv(folder / "summary.csv")
    assert summary[summary["metric"] == "requests_unserved"]["value"].tolist() == [1000]
    assert sentence in " ".join(command("summary", folder)[1].split())


def test_the_page_may_go_elsewhere_and_a_wrong_place_is_refused(
    small_sweep, tmp_path, command, monkeypatch
):
    monkeypatch.setattr(report, "_draw", lambda *_: [])
    code, out, _ = command("report", small_sweep, "--html", tmp_path / "page.html", "--quiet")
    assert (
        code == 0
        and out.strip() == str(tmp_path / "page.html")
        and (tmp_path / "page.html").exists()
    )
    code, _, error = command(
        "report", small_sweep, "--html", tmp_path / "no" / "page.html", "--quiet"
    )
    assert code == 2 and "is not a folder" in error


@pytest.mark.parametrize("name", ["report", "summary"])
def test_a_folder_without_results_is_refused(tmp_path, command, name):
    code, out, error = command(name, tmp_path)
    assert code == 2 and out == "" and "index.json" in error.splitlines()[-1]


def test_without_d3_nothing_is_written(small_sweep, tmp_path, command, monkeypatch):
    monkeypatch.setattr(script, "D3", tmp_path / "d3.min.js")
    before = listing(small_sweep)
    code, out, error = command("report", small_sweep, "--quiet")
    assert code == 2 and out == "" and "node-d3" in error and listing(small_sweep) == before
