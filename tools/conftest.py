"""Markers of the tests under tools/, and the build that some of them need."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "full: takes minutes; tools/test --full only, which chooses by this marker"
    )
    config.addinivalue_line(
        "markers",
        "instrumented: needs build/instrumented/tricolour; tools/test --full, which makes it",
    )


def pytest_addoption(parser):
    parser.addoption(
        "--build-dir",
        default=os.environ.get("TRICOLOUR_BUILD_DIR", str(ROOT / "build/release")),
        help="a release build",
    )


@pytest.fixture
def build_dir(request):
    build = pathlib.Path(request.config.getoption("--build-dir")).resolve()
    if not (build / "CMakeCache.txt").exists():
        pytest.fail(f"no build in {build}: set TRICOLOUR_BUILD_DIR")
    return build


@pytest.fixture
def instrumented():
    binary = pathlib.Path(
        os.environ.get("TRICOLOUR_INSTRUMENTED", ROOT / "build/instrumented/tricolour")
    )
    assert binary.exists(), "tools/build instrumented tricolour"
    return binary
