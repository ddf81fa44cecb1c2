"""`tricolour run --safepoint-timeout`: a late mutator is named with its stack, and the run goes on.

Purpose: what only the whole program shows: that the flag arrives, and that functions of the program
have names. A wait that is injected into a handshake makes its mutator late.
"""

import re
import subprocess

import pytest

RUN = (
    "run --collector concurrent --barrier yuasa --workload latency --param live_mb=4 --heap 16M "
    "--seconds 1"
).split()
# Once in a run, longer than the timeout.
ONE_WAIT = "--set inject.handshake_ns=400000000 --set inject.wait_apart_ns=1000000000000".split()


def said_by(binary, words):
    done = subprocess.run([binary, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.instrumented
def test_a_late_mutator_is_named_with_its_stack_and_the_run_goes_on(instrumented):
    said = said_by(instrumented, [*RUN, *ONE_WAIT, "--safepoint-timeout", "100ms"])
    assert "a wait is late: for mutator 0 to take part in a handshake, " in said
    stacks = re.findall(r"  thread \d+ \(of mutator 0\) executes\n((?:    at .*\n)+)", said)
    assert any(re.search(r"tricolour::\w+::answer", stack) for stack in stacks), said


@pytest.mark.instrumented
@pytest.mark.parametrize("words", [[], ["--safepoint-timeout", "0"]])
def test_nothing_is_said_before_the_timeout(instrumented, words):
    assert "is late" not in said_by(instrumented, [*RUN, *ONE_WAIT, *words])
