"""The tables of the page, but for those of barriers and of other programs.

Invariant: what is judged or computed is judged and computed elsewhere; here it gets its columns.
"""

from ..compare.memory import Row as MemoryRow
from ..compare.memory import memory
from ..compare.rows import COLUMNS, Group, groups
from ..compare.table import Column, Table
from ..compare.waits import explained_text, shares_text, waits
from ..read.calibration import Calibration
from ..read.experiment import Experiment
from ..read.sweep_folder import Run
from ..statistics.quantities import ABSENT, duration, ratio, size
from .answers import Mean, Win, answers


def cells(group: Group) -> Table:
    return Table(COLUMNS, group.rows, lambda row: row.state)


def wins(experiment: Experiment) -> Table:
    """A row is (setting, whether it is the first of that, win)."""
    rows = [
        (answer.setting, place == 0, win)
        for answer in answers(experiment)
        for place, win in enumerate(answer.wins)
    ]
    return Table(
        [
            Column("workload", lambda row: row[0], state=lambda row: "" if row[1] else "again"),
            Column("contest", lambda row: row[2].contest),
            Column("winner", lambda row: row[2].winner, "some-wrap"),
            Column("value", lambda row: row[2].figure, "number"),
            Column(
                "against the baseline",
                lambda row: _against(row[2]),
                "some-wrap",
                lambda row: row[2].claim,
            ),
        ],
        rows,
    )


def _against(win: Win) -> str:
    return win.against_baseline + (" (exploratory)" if win.claim == "exploratory" else "")


def throughput(means: list[Mean]) -> Table:
    """Where not all are of the same workloads, it says of which."""
    columns = [
        Column("combination", lambda mean: mean.combination, "some-wrap"),
        Column("heap", lambda mean: mean.heap),
        Column("geometric mean [95 %]", lambda mean: mean.text, state=_claim),
        Column("workloads", lambda mean: mean.members, "some-wrap"),
        Column("invocations", lambda mean: mean.ratio.invocations, "number"),
    ]
    if len({mean.members for mean in means}) == 1:
        columns = [column for column in columns if column.title != "workloads"]
    return Table(columns, means)


def _claim(mean: Mean) -> str:
    if not mean.ratio.differs or mean.ratio.exploratory:
        return ""
    return "claimed" if mean.ratio.value > 1 else "claimed worse"


def bought(experiment: Experiment) -> Table:
    return Table(
        [
            Column("combination", lambda row: row.combination, "some-wrap"),
            Column("throughput from heap to heap [95 %]", _steps, "some-wrap"),
            Column("5 % more needs", lambda row: row.price),
            Column("workloads", lambda row: ", ".join(row.workloads), "some-wrap"),
        ],
        memory(experiment),
    )


def _steps(row: MemoryRow) -> str:
    return "; ".join(
        f"{step.low} to {step.high}: {ratio(step.ratio)}{' *' if step.ratio.differs else ''}"
        for step in row.steps
    )


def waited(experiment: Experiment) -> Table:
    """A row is (group, row of a cell with requests, its waits)."""
    rows = [
        (group, row, one)
        for group in groups(experiment)
        for row in group.rows
        if (one := waits(row.result))
    ]
    any_of = lambda one, text: text if one.count else ABSENT
    return Table(
        [
            Column("combination", lambda row: experiment.label(row[1].result.cell), "some-wrap"),
            Column("setting", lambda row: row[0].title, "some-wrap"),
            Column("requests", lambda row: row[2].count, "number"),
            Column("time", lambda row: any_of(row[2], duration(row[2].total)), "number"),
            Column(
                "shares of it",
                lambda row: shares_text(row[2], len(row[2].parts)) or ABSENT,
                "some-wrap",
            ),
            Column(
                "explained", lambda row: any_of(row[2], explained_text(row[2])), "number some-wrap"
            ),
            Column("longest gap without a name", lambda row: row[1].unexplained, "number lines"),
            Column("the slowest", lambda row: _slowest(row[2].slowest), "some-wrap"),
        ],
        rows,
    )


def _slowest(request) -> str:
    if not request:
        return ABSENT
    return f"{duration(request.length)} (block {request.block}): {request.text}"


def failed(experiment: Experiment) -> Table:
    """A row is (cell, failed run)."""
    rows = [
        (result, run) for result in experiment.results for run in result.runs if run.status != "ok"
    ]
    return Table(
        [
            *_setting(experiment, lambda row: row[0].cell),
            Column("block", lambda row: row[1].block, "number"),
            Column("status", lambda row: row[1].status),
            Column("exit", lambda row: row[1].exit_code, "number"),
            Column(
                "error, and the command that repeats it",
                lambda row: (row[1].record or {}).get("error", ""),
                "wrap",
                code=lambda row: (row[1].record or {}).get("command", ""),
            ),
        ],
        rows,
    )


def verified(experiment: Experiment) -> Table:
    return Table(
        [
            *_setting(experiment, lambda run: run.cell),
            Column("block", lambda run: run.block, "number"),
            Column("status", lambda run: run.status),
            Column("cycles checked", lambda run: found_by_oracle(run, "cycles_checked"), "number"),
            Column("lost objects", lambda run: found_by_oracle(run, "lost_objects"), "number"),
            Column(
                "floating garbage",
                lambda run: size(found_by_oracle(run, "floating_bytes")),
                "number",
            ),
        ],
        experiment.verified,
        lambda run: "failed" if found_by_oracle(run, "lost_objects") else "",
    )


def found_by_oracle(run: Run, count: str) -> int:
    return run.record.get("verify", {}).get(count, 0)


def _setting(experiment: Experiment, cell_of) -> list[Column]:
    return [
        Column("combination", lambda row: experiment.label(cell_of(row)), "some-wrap"),
        Column("workload", lambda row: cell_of(row).workload),
        Column("heap", lambda row: cell_of(row).heap),
    ]


def checks(calibration: Calibration) -> Table:
    return Table(
        [
            Column("check", lambda check: check.name),
            Column("what", lambda check: check.what, "wrap"),
            Column("expected", lambda check: check.expected, "some-wrap"),
            Column("measured", lambda check: check.measured, "some-wrap"),
            Column("passes", lambda check: "yes" if check.passes else "no"),
        ],
        calibration.checks,
        lambda check: "" if check.passes else "failed",
    )
