"""The probes of core/observe/probes.hpp are in the built program, as its comment lists them.

Purpose: a tool finds a probe by the note in the program's file: provider, name, and where each
argument is.
"""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def listed():
    """Name and number of arguments of every probe in the header's table."""
    lines = (ROOT / "core/observe/probes.hpp").read_text().splitlines()
    table = [
        re.split(r"  +", line.removeprefix("//").strip())
        for line in lines
        if re.match(r"//   \w+_\w+  ", line)
    ]
    return {name: arguments.count(",") + 1 for name, arguments, *_ in table}


def probes_of(program):
    """(name, arguments) of every note of provider `tricolour`; an argument is size and place, for
    example -8@%rax."""
    notes = subprocess.run(
        ["readelf", "--notes", "--wide", program], capture_output=True, text=True, check=True
    ).stdout
    return re.findall(
        r"Provider: tricolour\s+Name: (\w+)\s+Location: [^\n]*\n\s+Arguments:([^\n]*)", notes
    )


def test_every_probe_is_in_the_program(build_dir):
    expected = listed()
    assert {
        "cycle_begin",
        "cycle_end",
        "phase_begin",
        "phase_end",
        "pause_begin",
        "pause_stopped",
        "pause_end",
        "handshake_begin",
        "handshake_end",
    } == expected.keys()
    found = probes_of(build_dir / "tricolour")
    assert {name for name, _ in found} == expected.keys()
    for name, arguments in found:
        places = arguments.split()
        assert len(places) == expected[name], f"{name}: {arguments}"
        assert all(re.match(r"-?[48]@\S", place) for place in places), f"{name}: {arguments}"


def test_no_installed_header_needs_the_probes():
    installed = [
        path
        for room in ("core", "barriers", "collectors")
        for path in (ROOT / room).rglob("*.hpp")
        if path.name != "probes.hpp"
    ]
    assert installed and not [
        path for path in installed if re.search(r"probes\.hpp|sys/sdt\.h", path.read_text())
    ]
