"""A mistyped name is answered with the near one, in each place where a name is read."""

import pytest

from .names import unknown_name
from .process import ArgumentParser


def test_the_near_name_comes_first_and_all_follow():
    said = unknown_name("metric", "pause-mux", ["pause_max", "mmu_10ms"])
    assert said == (
        "no metric is called 'pause-mux'; did you mean 'pause_max'? There are pause_max, mmu_10ms"
    )
    assert unknown_name("metric", "x", ["pause_max", "mmu"]) == (
        "no metric is called 'x'; there are pause_max, mmu"
    )
    assert unknown_name("key", "cel", ["cell"]).endswith("did you mean 'cell'? There is only cell")
    assert unknown_name("key", "cell", []) == "no key is called 'cell'; there are none"


@pytest.mark.parametrize(
    "words, said",
    [
        (["--jsn"], "no flag is called '--jsn'; did you mean '--json'? There are --help, --json"),
        (["--jsn=1"], "no flag is called '--jsn'; did you mean '--json'?"),
        (
            ["--form", "cvs"],
            "no value of --form is called 'cvs'; did you mean 'csv'? There are csv",
        ),
        (["one", "two"], "'one' is one argument too many"),
    ],
)
def test_a_parser_of_arguments_says_so(words, said, capsys):
    parser = ArgumentParser(prog="command")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--form", choices=["csv", "hgrm"])
    with pytest.raises(SystemExit):
        parser.parse_args(words)
    assert f"command: {said}" in capsys.readouterr().err


def test_a_parser_of_subcommands_says_so(capsys):
    parser = ArgumentParser(prog="command")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("report").add_argument("--quiet", action="store_true")
    commands.add_parser("export")
    with pytest.raises(SystemExit):
        parser.parse_args(["reprot"])
    said = "no command is called 'reprot'; did you mean 'report'? There are report, export"
    assert said in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser.parse_args(["report", "--quite"])
    assert "command report: no flag is called '--quite'; did you mean" in capsys.readouterr().err
