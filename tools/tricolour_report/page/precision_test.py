"""Floating garbage: shares of live data, and the same work under every barrier."""

import pandas as pd
import pytest

from ..program.errors import UsageProblem
from .precision import summarise, write_precision

ROWS = [
    # workload, barrier, allocate, cycle, live_at_end, floating_black, floating_retained
    ("fifo", "steele", "white", 1, 1000, 0, 10),
    ("fifo", "steele", "white", 2, 3000, 0, 30),
    ("fifo", "yuasa", "black", 1, 1000, 100, 20),
    ("fifo", "yuasa", "black", 2, 3000, 300, 60),
    ("gcold", "steele", "white", 1, 500, 0, 0),
]
COLUMNS = [
    "workload",
    "barrier",
    "allocate",
    "cycle",
    "live_at_end",
    "floating_black",
    "floating_retained",
]


def table(rows=ROWS):
    return pd.DataFrame(rows, columns=COLUMNS)


def test_shares_are_of_the_live_data_of_all_cycles():
    summary = summarise(table()).set_index(["workload", "barrier", "allocate"])
    assert summary.loc[("fifo", "steele", "white"), "retained"] == pytest.approx(40 / 4000)
    assert summary.loc[("fifo", "yuasa", "black"), "black"] == pytest.approx(400 / 4000)
    assert summary.loc[("fifo", "yuasa", "black"), "cycles"] == 2


def test_different_work_is_refused():
    with pytest.raises(UsageProblem, match="fifo was not the same"):
        summarise(table([*ROWS[:3], ("fifo", "yuasa", "black", 2, 3001, 0, 0)]))


def test_the_folder_gets_summary_and_figure(tmp_path):
    table().to_csv(tmp_path / "cycles.csv", index=False)
    figure = write_precision(tmp_path)
    assert figure.stat().st_size > 5_000
    assert (tmp_path / "plots" / "floating_garbage.svg").read_text().startswith("<?xml")
    assert (tmp_path / "plots" / "floating_garbage.pdf").read_bytes().startswith(b"%PDF-")
    assert len(pd.read_csv(tmp_path / "summary.csv")) == 3


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(COLUMNS) + "\n"])
def test_anything_else_is_refused(tmp_path, text):
    (tmp_path / "cycles.csv").write_text(text)
    with pytest.raises(UsageProblem, match="cycles.csv"):
        write_precision(tmp_path)
