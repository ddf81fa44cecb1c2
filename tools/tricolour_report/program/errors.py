"""The two ways in which input can be wrong.

`UsageProblem` ends the program with one sentence and exit code 2. `DamagedRun` concerns one run, which is then named
and skipped.
"""


class UsageProblem(Exception):
    """Wrong usage or an unusable folder; the text is one sentence for the user."""


class DamagedRun(Exception):
    """A run's folder is incomplete, truncated or of another schema; the text says what is wrong with it."""
