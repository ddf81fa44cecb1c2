"""A folder that keeps records and metrics only is read, reported as far as these go, and never
overwritten."""

import gzip

import pytest

from ..statistics.metrics import METRICS
from .experiment import load_experiment


def files(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_metrics_are_those_of_the_whole_sweep(_small, published_sweep):
    whole, kept = load_experiment(_small, print), load_experiment(published_sweep, print)
    assert (
        kept.sweep.published
        and not whole.sweep.published
        and not kept.skipped
        and kept.timed_runs == whole.timed_runs
    )
    for one, other in zip(whole.results, kept.results):
        for metric in METRICS:
            assert other.values(metric) == pytest.approx(one.values(metric), rel=1e-12)


def test_its_page_says_what_is_missing_and_nothing_else_is_touched(published_sweep, command):
    before = files(published_sweep)
    code, out, _ = command("report", published_sweep, "--quiet")
    page = published_sweep / "report.html"
    assert code == 0 and out.strip() == str(page)
    assert files(published_sweep) == before | {page.relative_to(published_sweep): page.read_bytes()}
    text = page.read_text()
    assert (
        "lacks the tables of single events (pauses.csv" in text
        and "tricolour run --collector concurrent" in text
    )
    assert "older than the metric wall_gc" not in text


def test_a_summary_older_than_a_metric_is_named(published_sweep, command):
    summary = published_sweep / "summary.csv"
    summary.write_text(
        "".join(line for line in summary.read_text().splitlines(True) if ",wall_gc," not in line)
    )
    assert command("report", published_sweep, "--quiet")[0] == 0
    assert "older than the metric wall_gc" in (published_sweep / "report.html").read_text()


def test_its_cells_can_be_compared(published_sweep, command):
    code, out, _ = command(
        "compare",
        f"{published_sweep}:collector=stop_the_world",
        f"{published_sweep}:collector=concurrent",
    )
    assert code == 0 and "throughput" in out


def archive(content: bytes) -> bytes:
    """Without the time, which would enter the name of a test: all processes need the same names."""
    return gzip.compress(content, mtime=0)


def flipped(place: int) -> bytes:
    """An archive with one wrong byte in its deflated data."""
    content = bytearray(archive(b'{"cell": "00000000", "block": 1}'))
    content[place] ^= 0xFF
    return bytes(content)


DAMAGED = [
    b"",
    b"no gzip",
    flipped(10),
    *map(
        archive,
        (
            b"{",
            b"[1]",
            b'{"cell": "00000000"}',
            b"[" * 100_000,
            b'{"cell": "\\ud800", "block": 0}',
            b'{"cell": "0", "block": NaN}',
        ),
    ),
]


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_records_are_refused(published_sweep, command, content):
    (published_sweep / "runs.json.gz").write_bytes(content)
    code, out, error = command("report", published_sweep, "--quiet")
    if content:
        assert code == 2 and out == "" and "runs.json.gz" in error
    else:  # an empty archive holds no record: every run is named
        assert code == 0 and error.count("run.json is missing") == 18


@pytest.mark.parametrize("content", [None, "", "a,b\n1,2\n"])
def test_without_its_metrics_it_is_refused(published_sweep, command, content):
    (published_sweep / "summary.csv").unlink()
    if content is not None:
        (published_sweep / "summary.csv").write_text(content)
    code, _, error = command("report", published_sweep, "--quiet")
    assert code == 2 and "summary.csv" in error


@pytest.mark.parametrize(
    "form, code",
    [("gbench", 0), ("benchstat", 0), ("hgrm", 2), ("hlog", 2), ("dacapo", 2), ("csv", 2)],
)
def test_exports_of_events_are_refused(published_sweep, tmp_path, command, form, code):
    found, out, error = command(
        "export", published_sweep, "--format", form, "--out", tmp_path / "out", "--quiet"
    )
    assert found == code and (
        code == 0 or ("keeps no single" in error and not (tmp_path / "out").exists())
    )


def test_a_folder_that_has_its_runs_is_read_from_them(small_sweep):
    (small_sweep / "runs.json.gz").write_bytes(b"something else")
    assert not load_experiment(small_sweep, print).sweep.published
