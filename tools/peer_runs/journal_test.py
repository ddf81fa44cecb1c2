"""What an interruption or an editor left of a comparison's journal."""

import json
import os

import pytest

from .journal import PLAN, RUNS, Journal, Unusable, begin, resume

RUN = {"cell": "gcbench-0/glibc", "round": 0, "status": "ok", "error": "", "measured": {}}
PLANNED = {"request": {"rounds": 2}, "build": "b", "heaps": {}, "busy": {}, "provenance": {}}
DEEP = "[" * 100_000


def test_a_plan_is_resumed_as_it_was_begun(tmp_path):
    begin(tmp_path / "out", PLANNED)
    assert resume(tmp_path / "out", {"rounds": 2}, "b") == PLANNED
    with pytest.raises(Unusable, match="begun with rounds 2, not 3"):
        resume(tmp_path / "out", {"rounds": 3}, "b")
    with pytest.raises(Unusable, match="exists; --resume continues"):
        begin(tmp_path / "out", PLANNED)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"request": 7}', '{"request": {}}', DEEP])
def test_a_damaged_plan_is_refused_in_one_sentence(tmp_path, text):
    (tmp_path / PLAN).write_text(text)
    with pytest.raises(Unusable) as refusal:
        resume(tmp_path, {"rounds": 2}, "b")
    assert "there is nothing to resume" in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("rest", [b"", b'{"cell": "gcb', b"\xff\xfe", b'{"error": "caf\xc3'])
def test_what_was_cut_off_is_forgotten(tmp_path, rest):
    line = json.dumps(RUN).encode() + b"\n"
    (tmp_path / RUNS).write_bytes(line + rest)
    journal = Journal(tmp_path)
    assert journal.runs == [RUN] and (tmp_path / RUNS).read_bytes() == line
    journal.append(RUN | {"round": 1})
    assert Journal(tmp_path).done() == {(0, RUN["cell"]), (1, RUN["cell"])}


@pytest.mark.parametrize("line", [b"{", b"7", b"[]", b"{}", b"\xff", DEEP.encode()])
def test_a_damaged_line_is_named(tmp_path, line):
    (tmp_path / RUNS).write_bytes(json.dumps(RUN).encode() + b"\n" + line + b"\n")
    with pytest.raises(Unusable, match="runs.jsonl:2: no run of a comparison"):
        Journal(tmp_path)


def test_pipes_are_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / PLAN)
    with pytest.raises(Unusable, match="no regular file"):
        resume(tmp_path, {"rounds": 2}, "b")
    os.mkfifo(tmp_path / RUNS)
    with pytest.raises(Unusable, match="runs.jsonl cannot be read: it is no regular file"):
        Journal(tmp_path)
