"""A table is read whole or refused."""

import numpy as np
import pytest

from ..program.errors import DamagedRun
from .tables import read_table

HEADER = "t_ns,used,committed,trigger,event\n"


def write(folder, text, name="heap.csv"):
    (folder / name).write_text(text)


def test_rows_keep_every_bit_and_text(tmp_path):
    write(tmp_path, HEADER + f"{2**62 - 1},1,2,0,trigger\n5,1,2,0,\n")
    table = read_table(tmp_path, "heap")
    assert table["t_ns"].tolist() == [2**62 - 1, 5]
    assert table["event"].tolist() == ["trigger", ""]


def test_a_header_alone_is_an_empty_table(tmp_path):
    write(tmp_path, HEADER)
    assert len(read_table(tmp_path, "heap")) == 0


@pytest.mark.parametrize(
    "text, reason",
    [
        ("t_ns,used\n1,2\n", "columns"),
        (HEADER + "1,2,3,4,x\n1,2,3", "cut off"),
        (HEADER + "1,,3,4,x\n", ""),
        (HEADER + "1,2,3\n", ""),
        (HEADER + "1,2,3,4,x,6\n", ""),
        (HEADER + "1,2.5,3,4,x\n", ""),
        (HEADER + "1,99999999999999999999,3,4,x\n", ""),
        ("", ""),
    ],
)
def test_anything_else_is_refused(tmp_path, text, reason):
    write(tmp_path, text)
    with pytest.raises(DamagedRun, match=reason):
        read_table(tmp_path, "heap")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DamagedRun, match="heap.csv"):
        read_table(tmp_path, "heap")


def test_requests_may_be_binary(tmp_path):
    rows = np.array([[0, 1, 2, 3, 1, 2, 2], [1, 4, 5, 6, 9, 2, 2]], dtype="<i8")
    rows.tofile(tmp_path / "requests.bin")
    assert read_table(tmp_path, "requests")["end_ns"].tolist() == [3, 6]
    rows.ravel()[:-1].tofile(tmp_path / "requests.bin")
    with pytest.raises(DamagedRun, match="cut off"):
        read_table(tmp_path, "requests")
