"""A sweep under way, for tests that end it or come second."""

import subprocess
import time


def begin_sweep(program, words, until, **options):
    """Starts `tricolour sweep` and returns its process once `until()` holds; fails when the sweep
    ends before."""
    process = subprocess.Popen(
        [program, "sweep", *map(str, words)],
        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
    )
    while not until():
        assert process.poll() is None, "the sweep ended before"
        time.sleep(0.02)
    return process
