"""Lines fit a terminal, and nothing of them is lost."""

import pytest

from .columns import COLUMNS, fitted


def test_a_short_line_stays_as_it_is():
    assert fitted(["  a  b", "", "x" * COLUMNS]) == "  a  b\n\n" + "x" * COLUMNS + "\n"


@pytest.mark.parametrize("begin", ["", "    "])
def test_a_long_line_goes_on_deeper(begin):
    words = [f"word{number}" for number in range(40)]
    lines = fitted([begin + " ".join(words)]).splitlines()
    assert len(lines) > 1 and all(len(line) <= COLUMNS for line in lines)
    assert lines[0].startswith(begin + "word0")
    assert all(line.startswith(begin + "  word") for line in lines[1:])
    assert " ".join(lines).split() == words


def test_a_word_that_fits_nowhere_leaves_its_line_whole():
    line = "BASE  " + "/folder" * 20
    assert fitted([line]) == line + "\n"
