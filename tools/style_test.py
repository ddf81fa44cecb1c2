"""tools/check_style: red for each language and each kind of fault, green on files without one.
tools/check_tidy: red for a fault in what it looks at, which --all makes everything."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOOD = {
    "core/good.cpp": "int one() { return 1; }\n",
    "tools/good.py": '"""Good."""\n',
    "tools/good": '#!/usr/bin/env bash\necho "$1"\n',
    "tools/good.js": 'const good = "good";\n',
}
ACTOR = "some" + "body"  # in two parts, for this file is checked, too
FAULTS = {
    "C++": ("core/bad.hpp", "int  one ( ) ;\n"),
    "Python, its form": ("tools/bad.py", "one = ( 1 )\n"),
    "Python, its imports": ("tools/bad.py", "import sys\nimport os\n\nprint(os, sys)\n"),
    "Python, a name": ("tools/bad.py", "print(missing)\n"),
    "Python without a suffix": ("tools/bad", "#!/usr/bin/env -S python3 -I\nprint(missing)\n"),
    "JavaScript": ("tools/bad.js", "const  one=1\n"),
    "shell": ("tools/bad", "#!/usr/bin/env bash\nrm -r $1/bin\n"),
    "shell that is sourced": ("tools/bad", "# shellcheck shell=bash\nrm -r $1/bin\n"),
    "a long comment": ("core/bad.hpp", "// " + 49 * "ab" + "\n"),
    "a long text": ("tools/bad.py", f'"""{98 * "a"}"""\n'),
    "a word in a comment": ("core/bad.hpp", f"// Read by {ACTOR}.\n"),
    "a word in a message": ("tools/bad.py", f'print("{ACTOR.capitalize()} else")\n'),
    "a word in a document": ("docs/bad.md", f"# Read by\n\n{ACTOR}'s\n"),
}


@pytest.fixture
def tree(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copy(ROOT / ".clang-format", tmp_path)
    for name, text in GOOD.items():
        write(tmp_path / name, text)
    return tmp_path


def write(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def check(tree, **environment):
    return subprocess.run(
        [ROOT / "tools/check_style", tree],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def test_what_is_as_it_should_be_passes(tree):
    checked = check(tree)
    lacks = "" if shutil.which("prettier") else "prettier is not installed"
    assert (checked.returncode, checked.stdout) == (0, "")
    assert checked.stderr.startswith(lacks) if lacks else checked.stderr == ""


@pytest.mark.parametrize("path, text", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_seen_and_its_file_named(tree, path, text):
    if path.endswith(".js") and not shutil.which("prettier"):
        pytest.skip("npm could not install prettier")
    write(tree / path, text)
    checked = check(tree)
    assert checked.returncode == 1
    assert path in checked.stdout + checked.stderr


def test_what_git_ignores_is_not_judged(tree):
    write(tree / ".gitignore", "build/\n")
    write(tree / "build/bad.cpp", "int  one ( ) ;\n")
    assert check(tree).returncode == 0


def test_stored_results_and_longer_words_are_not_judged(tree):
    write(tree / "results/run.txt", f"it was {ACTOR}\n")
    write(tree / "docs/good.md", f"`the_{ACTOR}_flag`, anti{ACTOR}\n")
    assert check(tree).returncode == 0


def test_a_program_that_is_missing_is_named(tree, tmp_path_factory):
    programs = tmp_path_factory.mktemp("programs")
    (programs / "git").symlink_to(shutil.which("git"))
    (programs / "python3").symlink_to(sys.executable)
    checked = check(tree, PATH=str(programs))
    assert checked.returncode == 1
    assert "clang-format-14" in checked.stderr


# Of each, something that clang-tidy finds.
BAD_SOURCE = "int one(int a) { return a == a; }\n"
BAD_HEADER = "inline int two(int a) { return a == a; }\n"
INCLUDES = '#include "core/one.hpp"\n'


@pytest.fixture
def compiled(tree):
    """A tree whose only source is compiled, and committed with its header; with another commit."""
    shutil.copy(ROOT / ".clang-tidy", tree)
    write(tree / "core/one.hpp", "int one();\n")
    write(tree / "core/one.cpp", INCLUDES + "int one() { return 1; }\n")
    commands = tree / "build/release/compile_commands.json"
    commands.parent.mkdir(parents=True)
    command = {"directory": str(tree), "file": "core/one.cpp"}
    command["command"] = f"c++ -std=c++20 -I{tree} -c core/one.cpp"
    commands.write_text(json.dumps([command]))
    commit(tree)
    return tree


def commit(tree):
    said = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-mA"]
    subprocess.run(["git", "-C", tree, "add", "core", "tools"], check=True)
    subprocess.run(["git", "-C", tree, *said], check=True)


def tidy(tree, *words):
    return subprocess.run([ROOT / "tools/check_tidy", *words, tree], capture_output=True, text=True)


@pytest.mark.parametrize("commits", [0, 1])
@pytest.mark.parametrize("path, text", [("core/one.cpp", BAD_SOURCE), ("core/one.hpp", BAD_HEADER)])
def test_a_fault_in_what_changed_last_is_found(compiled, path, text, commits):
    assert tidy(compiled).returncode == 0
    write(compiled / path, text)
    for _ in range(commits):
        commit(compiled)
    checked = tidy(compiled)
    assert checked.returncode == 1
    assert path in checked.stdout and "misc-redundant-expression" in checked.stdout


def test_what_changed_earlier_is_looked_at_with_all(compiled):
    write(compiled / "core/one.hpp", BAD_HEADER)
    commit(compiled)
    commit(compiled)
    assert tidy(compiled).returncode == 0
    assert tidy(compiled, "--all").returncode == 1


def test_what_was_pushed_is_looked_at_with_all(compiled):
    write(compiled / "core/one.cpp", BAD_SOURCE)
    commit(compiled)
    subprocess.run(["git", "-C", compiled, "branch", "-q", "pushed"], check=True)
    subprocess.run(["git", "-C", compiled, "branch", "-q", "-u", "pushed"], check=True)
    assert tidy(compiled).returncode == 0
    write(compiled / "core/one.cpp", BAD_SOURCE + BAD_HEADER)
    assert tidy(compiled).returncode == 1


def test_without_compile_commands_it_says_what_makes_them(tree):
    checked = tidy(tree)
    assert checked.returncode == 1
    assert "tools/build release" in checked.stderr
