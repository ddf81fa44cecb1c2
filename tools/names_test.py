"""tools/check_names: green on the tree as it is, red for each kind of place that knows a name."""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
LISTS = ("barriers/CMakeLists.txt", "collectors", "workloads/CMakeLists.txt")
PLACES = {
    "a script of Python": ("tools/new", '#!/usr/bin/env -S python3 -I\nEASY = ("yuasa", 1)\n'),
    "a script of the shell": ("tools/new", '#!/usr/bin/env bash\nrun --collector "incremental"\n'),
    "a module": ("tools/tricolour_report/page/new.py", "COLOURS = {'concurrent': 34}\n"),
    "a page": ("tools/tricolour_report/page/new.js", 'const first = "gcbench";\n'),
    "the harness": (
        "harness/run/new.cpp",
        'bool easy(const Plan& plan) { return plan.marker == "serial"; }\n',
    ),
    "another spelling": ("harness/run/new.cpp", 'auto first = "stop-the-world";\n'),
    "a sentence": ("harness/cli/new.cpp", 'say("it needs --collector stop_the_world");\n'),
    "a way of sweeping": ("harness/sweep/new.cpp", 'if (sweep == "lazy") wait();\n'),
}
FREE = {
    "a comment": ("harness/run/new.cpp", '// As "yuasa" does.\nint one;\n'),
    "a docstring": ("tools/new.py", '"""As stop_the_world does."""\n'),
    "a word of other things": ("tools/new.py", "LINE = 'none'\n"),
    "part of a word": ("harness/run/new.cpp", 'say("a concurrent collector");\n'),
    "a test": ("harness/run/new_test.cpp", 'auto first = "yuasa";\n'),
    "an experiment": ("tools/peer_runs/new.py", "FIRST = 'yuasa'\n"),
}


def check(root):
    done = subprocess.run(
        [str(ROOT / "tools/check_names"), str(root)], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def lists(tmp_path):
    for name in LISTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        else:
            (tmp_path / name).parent.mkdir()
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_no_name_is_known_outside_of_the_lists():
    assert check(ROOT) == (0, "")


@pytest.mark.parametrize("place", PLACES)
def test_a_name_is_found(lists, place):
    write(lists, *PLACES[place])
    code, printed = check(lists)
    assert code == 1 and printed.startswith(PLACES[place][0] + ":") and "ask the lists" in printed


@pytest.mark.parametrize("place", FREE)
def test_what_may_name_is_left_alone(lists, place):
    write(lists, *FREE[place])
    assert check(lists) == (0, "")


def test_a_name_that_is_added_to_a_list_is_looked_for(lists):
    write(lists, "harness/run/new.cpp", 'auto first = "card_views";\n')
    assert check(lists) == (0, "")
    barriers = lists / "barriers/CMakeLists.txt"
    barriers.write_text(barriers.read_text().replace("  yuasa\n", "  yuasa\n  card_views\n"))
    assert check(lists)[0] == 1
