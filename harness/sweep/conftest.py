"""Shards of one sweep, made once for the tests of a file."""

import shutil

import pytest

from shard_folders import SHARDS, experiment, tricolour


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of an experiment of 2 cells and 5 blocks, with its shards `1`, `2` and `3`."""
    folder = tmp_path_factory.mktemp("shards")
    file = experiment(folder)
    for number in range(1, SHARDS + 1):
        tricolour(
            "sweep", file, "--shard", f"{number}/{SHARDS}", "--out", folder / str(number), "--quiet"
        )
    return folder


@pytest.fixture
def shards(finished, tmp_path):
    """The folders of the shards, copies that the test may damage."""
    return [
        shutil.copytree(finished / str(number), tmp_path / str(number))
        for number in range(1, SHARDS + 1)
    ]
