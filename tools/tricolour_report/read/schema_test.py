"""The quick judgement of a record is that of the schema: it never takes what the schema refuses."""

import copy
import json
import random

import pytest

from ..testing.synthetic_sweep import write_sweep
from . import schema

WRONG = (None, "x", -1, 1.5, 1.0, True, [], {}, 2**62)
PLACES = 120


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = write_sweep(tmp_path_factory.mktemp("sweep"), 1, ("latency",), open_loop=True)
    return json.loads(next(folder.glob("runs/*/0/run.json")).read_text())


def places_of(value, place=()):
    """Of every member, and of the first element of every array."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield (*place, key)
            yield from places_of(member, (*place, key))
    if isinstance(value, list) and value:
        yield (*place, 0)
        yield from places_of(value[0], (*place, 0))


def changed(record, place, value):
    found = copy.deepcopy(record)
    inner = found
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return found


def read(tmp_path, record):
    """As a file has it: the text of 1.0 is no whole number."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return schema.parse(path)


def test_both_judge_alike(record, tmp_path):
    assert schema.check(read(tmp_path, record), schema.RUN) is None
    places = list(places_of(record))
    for place in random.Random(1).sample(places, min(PLACES, len(places))):
        for value in WRONG:
            document = read(tmp_path, changed(record, place, value))
            valid = not any(schema._validator(schema.RUN).iter_errors(document))
            assert schema._is_valid(document, schema.RUN) == valid, (place, value)


@pytest.mark.parametrize("value, valid", [(3, True), (3.0, False)])
def test_a_count_is_written_as_a_whole_number(record, tmp_path, value, valid):
    found = schema.check(read(tmp_path, changed(record, ("cycles",), value)), schema.RUN)
    assert (found is None) == valid
