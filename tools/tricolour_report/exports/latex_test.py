"""LaTeX tables have every cell, nothing that LaTeX would take as its own, and say what claims."""

import re

from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import write_sweep
from .latex import FILE, escaped, write

PAIRS = (("stop_the_world", "none"), ("incremental", "yuasa"), ("concurrent", "yuasa"))
FAILING = {("incremental", "yuasa", "gcbench"): "heap_exhausted"}


def written(tmp_path, invocations):
    (tmp_path / "out").mkdir()
    folder = write_sweep(
        tmp_path / "sweep",
        invocations,
        ("gcbench", "latency"),
        ("2x", "3x"),
        PAIRS,
        failing=FAILING,
    )
    write(load_experiment(folder, print), tmp_path / "out", print)
    return (tmp_path / "out" / FILE).read_text()


def test_every_cell_has_a_row_in_the_table_of_its_setting(tmp_path):
    text = written(tmp_path, 2)
    tables = re.findall(r"\\begin\{table\}(.*?)\\end\{table\}", text, re.S)
    labels = [re.search(r"label\{tab:([a-z0-9-]+)\}", table)[1] for table in tables]
    assert labels == ["gcbench-heap-2x", "gcbench-heap-3x", "latency-heap-2x", "latency-heap-3x"]
    for table in tables:
        alignment = re.search(r"begin\{tabular\}\{([lr]+)\}", table)[1]
        rows = [line for line in table.splitlines() if line.endswith("\\\\")]
        assert len(rows) == 1 + len(PAIRS)  # the first has the titles
        for row in rows:
            assert len(re.findall(r"(?<!\\)&", row)) == len(alignment) - 1
        for collector, barrier in PAIRS:
            assert f"{escaped(collector)} & {barrier} &" in table
    assert "2 heap exhausted" in tables[0] and "2 heap exhausted" not in tables[2]
    assert "Longest request" not in tables[0] and "Longest request" in tables[2]


def test_a_table_of_few_invocations_is_called_exploratory(tmp_path):
    assert "2 invocations; exploratory" in written(tmp_path, 2)


def test_provenance_stands_above_in_comments(tmp_path):
    head = written(tmp_path, 1).split("\\begin{table}")[0]
    assert "% commit: 0123abc" in head
    assert all(line.startswith("%") for line in head.splitlines() if line)


def test_no_letter_of_a_name_is_a_command():
    assert escaped("a_b & 5 % {x} \\y ~ ^ # $") == (
        r"a\_b \& 5 \% \{x\} \textbackslash{}y \textasciitilde{} \textasciicircum{} \# \$"
    )
    assert escaped("1.2 µs · 3–4") == r"1.2 \textmu{}s $\cdot$ 3--4"
