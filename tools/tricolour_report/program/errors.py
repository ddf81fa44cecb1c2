"""The ways in which input can be wrong.

`UsageProblem` ends the program with one sentence and exit code 2. `DamagedRun` concerns one run,
which is then named and skipped; an `EarlierVersion` among the runs of a folder is a reason to
refuse the folder.
"""


class UsageProblem(Exception):
    """Wrong usage or an unusable folder; the text is one sentence for the user."""


class DamagedRun(Exception):
    """A run's folder is incomplete, truncated or of another schema; the text says what is wrong
    with it."""


class EarlierVersion(DamagedRun):
    """A run of a schema version that `tricolour upgrade` rewrites to the present one."""
