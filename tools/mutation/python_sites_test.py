"""Each operator of Python on a line, and the switch that turns a mutant on."""

import subprocess
import sys

import pytest

from . import python_sites
from .checks import SWITCH

FILE = "tools/tricolour_report/example.py"


@pytest.mark.parametrize(
    "line, operator, after",
    [
        ("return a < b", "off_by_one", "a <= b"),
        ("return values[n - 1]", "off_by_one", "n"),
        ("return math.ceil(n)", "wrong_rank", "math.floor"),
        ("return quantile(values, 0.99)", "wrong_rank", "0.9"),
        ("return np.minimum(a, b)", "wrong_bound", "np.maximum"),
        ("return event['end_ns']", "wrong_pairing", "'begin_ns'"),
        ("found.append(n)", "drop_event", "pass"),
        ("return n / 1e6", "wrong_unit", "1000000000.0"),
    ],
)
def test_an_operator_changes_one_place(line, operator, after):
    text = f"def work(n):\n    {line}\n"
    mutants = [one for one in python_sites.in_text(FILE, text) if one.operator == operator]
    assert [one.after for one in mutants] == [after]
    assert mutants[0].name.startswith(f"{FILE}:work:{operator}:")
    compile(python_sites.mutated(FILE, text, mutants[0].name), FILE, "exec")


def test_a_loop_skips_its_last():
    text = "def work(all):\n    return [x for x in all]\n"
    (mutant,) = python_sites.in_text(FILE, text)
    space = {}
    exec(compile(python_sites.mutated(FILE, text, mutant.name), FILE, "exec"), space)
    assert space["work"]([1, 2, 3]) == [1, 2]


def test_a_mutant_of_several_lines_has_a_name_of_one():
    text = "def work(all):\n    for x in all:\n        if x:\n            print(x)\n"
    (mutant,) = python_sites.in_text(FILE, text)
    assert "\n" not in mutant.name + mutant.before + mutant.after
    compile(python_sites.mutated(FILE, text, mutant.name), FILE, "exec")


def test_an_unknown_mutant_is_told():
    with pytest.raises(LookupError, match="no mutant"):
        python_sites.mutated(FILE, "x = 1\n", "other")


PROBE = """
def test_quantiles():
    from tricolour_report.statistics import quantiles
    assert quantiles.allowed(100) == {}
"""


@pytest.mark.parametrize("mutant, allowed", [("", 0.9), ("wrong", None)])
def test_the_switch_changes_the_module_that_it_names(tmp_path, mutant, allowed):
    file = tmp_path / "probe_test.py"
    file.write_text(PROBE.format(allowed if allowed else "None"))
    name = f"{python_sites.FOLDER}/statistics/quantiles.py:{mutant}" if mutant else ""
    words = [sys.executable, "-I", SWITCH, name, "-q", "-p", "no:cacheprovider", file]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    # A name that no mutant has must not pass for a mutant that nothing caught.
    assert ended.returncode == (0 if allowed else 1), ended.stdout + ended.stderr
    assert allowed or "there is no mutant" in ended.stdout
