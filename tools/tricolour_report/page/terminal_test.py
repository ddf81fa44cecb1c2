"""The terminal summary fits, stays plain, and shows failures."""

import io
import sys

from ..read.experiment import load_experiment
from ..statistics.quantiles import quantile
from ..statistics.quantities import ABSENT, duration
from ..testing.synthetic_sweep import write_sweep
from .terminal import print_summary, summary


def test_lines_fit_and_every_cell_is_there(small_sweep):
    experiment = load_experiment(small_sweep, print)
    lines = summary(experiment, coloured=False).splitlines()
    assert max(map(len, lines)) <= 80 and "\033" not in "".join(lines)
    # The results, quantiles of pauses and longest pauses of two workloads, and longest requests.
    assert sum(line.startswith("concurrent ") for line in lines) == 2 * 3 + 1
    for collector in ("stop_the_world", "incremental", "concurrent"):
        assert any(line.startswith(f"{collector}:") and "longest" in line for line in lines)
    assert any("█" in line for line in lines)


def test_longest_values_are_three_and_mmu_is_the_median(small_sweep):
    experiment = load_experiment(small_sweep, print)
    text = summary(experiment, coloured=False)
    result = next(
        r
        for r in experiment.results
        if r.cell.collector == "concurrent" and r.cell.workload == "latency"
    )
    over = result.over_runs("request_max")
    assert " · ".join(map(duration, (over.least, over.median, over.greatest))) in text
    assert f" {result.middle('mmu_10ms'):.3f} " in text
    assert "hiccup" not in text and "The machine's own floor, with nothing else running" in text


def test_a_starved_cell_is_marked(tmp_path):
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"))
    folder = write_sweep(
        tmp_path,
        12,
        ("gcbench",),
        combinations=pairs,
        speed={pairs[1]: 2.0},
        cycles_of={pairs[1]: 1},
    )
    text = summary(load_experiment(folder, print), coloured=False)
    line = next(line for line in text.splitlines() if line.startswith("concurrent "))
    assert " 1! " in line and "]*" not in line
    assert "! The cell is starved: a run had fewer than 3 cycles" in text
    for path in folder.glob("runs/00000000/*/run.json"):
        path.write_text(path.read_text().replace('"cycles": 12', '"cycles": 0'))
    assert "Where the baseline is starved" in summary(
        load_experiment(folder, print), coloured=False
    )


def test_a_column_has_one_quantile_and_none_that_the_pauses_do_not_allow(tmp_path):
    """Two cells with different numbers of pauses: the one with fewer lacks the higher quantile."""
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"))
    folder = write_sweep(tmp_path, 12, ("gcbench",), combinations=pairs, cycles_of={pairs[1]: 4})
    experiment = load_experiment(folder, print)
    lines = summary(experiment, coloured=False).splitlines()
    heading = next(n for n, line in enumerate(lines) if line.endswith("MMU10  fallback"))
    assert lines[heading].split()[2:5] == ["p50", "p90", "p99"]
    for line in lines[heading + 1 : heading + 3]:
        (result,) = [r for r in experiment.results if line.startswith(r.cell.collector + " ")]
        place = lines[heading].index("p99") + len("p99")
        shown = line[place - 9 : place].strip()
        pauses = result.pooled_pauses()
        assert shown == duration(quantile(pauses, 0.99))
        assert (shown == ABSENT) == (len(pauses) < 1000)


def test_the_summary_closes_with_what_it_shows_and_what_to_do(tmp_path):
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"), ("concurrent", "dijkstra"))

    def closing_of(invocations, name):
        folder = write_sweep(
            tmp_path / name,
            invocations,
            ("gcbench",),
            combinations=pairs,
            speed={pairs[1]: 2.0, pairs[2]: 1.0},
        )
        text = summary(load_experiment(folder, print), coloured=False)
        closing = " ".join(text[text.index("What this shows:") :].split())
        return folder, closing, text.count("]*")

    few, said, _ = closing_of(3, "few")
    assert said.startswith("What this shows: nothing is claimed, because each cell has fewer than")
    assert f"What to do next: `tricolour report {few}`" in said
    many, said, claims = closing_of(12, "many")
    assert claims and f"differs from the baseline's in {claims} of 2 cells." in said
    (many / "report.html").write_text("page")
    text = summary(load_experiment(many, print), coloured=False)
    assert f"What to do next: open {many}/report.html" in " ".join(text.split())


def test_long_names_stand_apart(tmp_path):
    pairs = (("stop_the_world", "none"), ("stop_the_world", "dijkstra_black"))
    text = summary(
        load_experiment(write_sweep(tmp_path, 2, ("gcbench",), combinations=pairs), print),
        coloured=False,
    )
    assert max(map(len, text.splitlines())) <= 80 and "stop_the_world dijkstra_black " in text


def test_failures_and_missing_runs_are_visible(tmp_path):
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"))
    folder = write_sweep(
        tmp_path,
        2,
        ("gcbench",),
        combinations=pairs,
        failing={("concurrent", "yuasa", "gcbench"): "timeout"},
    )
    index = folder / "index.json"
    index.write_text(index.read_text().replace('"invocations": 2', '"invocations": 3'))
    text = summary(load_experiment(folder, print), coloured=False)
    assert "2 timeout, 1 missing" in text and "2 of 6 runs are missing" in text


def test_a_terminal_gets_colour_unless_no_color_is_set(small_sweep, monkeypatch):
    experiment = load_experiment(small_sweep, print)

    def printed(is_terminal, encoding="utf-8"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        stream.isatty = lambda: is_terminal
        monkeypatch.setattr(sys, "stdout", stream)
        print_summary(experiment)
        stream.flush()
        return stream.buffer.getvalue().decode(encoding)

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\033[" in printed(True)
    assert "\033[" not in printed(False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in printed(True)
    assert "#" in printed(False, "ascii")


def test_the_command_prints_it(small_sweep, command):
    code, out, error = command("summary", small_sweep)
    assert code == 0 and "gcbench, heap 2x (3 invocations; exploratory)" in out and error == ""
