"""The section "Which barrier?": a table for each collector, and a recommendation by need.

Purpose: texts for `which_barrier.html.j2`.
Invariants: a barrier is recommended only where the interval of a ratio, corrected for all pairs of
the table, excludes 1; else the text says that these runs do not show it, and how many would. Below
ENOUGH_INVOCATIONS a recommendation is exploratory and names the command that confirms it. A figure
that the folder lacks has the command that makes it in its place, in which DIR is the folder.
"""

import re
from dataclasses import dataclass
from math import expm1

from ..compare.ranking import Ranking
from ..compare.table import Table
from ..compare.which_barrier import Judgement, Setting, alone, settings
from ..program.errors import DamagedRun, UsageProblem
from ..read.experiment import Experiment
from ..statistics.intervals import ENOUGH_INVOCATIONS
from ..statistics.quantities import ratio
from ..statistics.several_pairs import SMALL_DIFFERENCE, runs_needed
from .barrier_table import (
    GARBAGE_COMMAND,
    STORES_COMMAND,
    Sources,
    fallen_back,
    read_sources,
    table,
)

NOT_SHOWN = "not shown by these runs"
MOST_RUNS = 10_000  # beyond it a number of runs is no plan


@dataclass(frozen=True)
class Recommendation:
    """`claim` is claimed, exploratory or none; `confirm` are the runs that would confirm it, or
    show what these do not; 0 where none can be told."""

    need: str
    advice: str
    reason: str
    claim: str
    confirm: int = 0


@dataclass(frozen=True)
class Choice:
    """Between the barriers of one setting. `further`: of a collector that has one before this, at
    another heap or with other parameters."""

    title: str
    further: bool
    table: Table
    recommendations: list[Recommendation]


@dataclass(frozen=True)
class Section:
    """`alone` are sentences of collectors that ran under one barrier; `missing` are (column,
    command) or (column, what is wrong); `confirm` is (runs, command)."""

    choices: list[Choice]
    alone: list[str]
    missing: list[tuple[str, str]]
    problems: list[str]
    confirm: tuple[int, str] | None


def which_barrier(experiment: Experiment) -> Section:
    sources, problems = _sources(experiment)
    found = settings(experiment, sources.garbage)
    first = {one.collector: one for one in reversed(found)}
    choices = [
        Choice(
            one.title,
            one is not first[one.collector],
            table(experiment, one, sources),
            _recommendations(one),
        )
        for one in found
    ]
    missing = []
    if sources.stores is None:
        missing.append(("Cost of a store and of a load", STORES_COMMAND))
    elif not sources.loads:
        missing.append(("Cost of a load", STORES_COMMAND))
    if sources.garbage is None:
        missing.append(("Floating garbage", GARBAGE_COMMAND))
    runs = _runs_of_command([one for choice in choices for one in choice.recommendations])
    return Section(
        choices,
        [f"{name} ran under {barrier} only." for name, barrier in alone(experiment).items()],
        missing,
        problems,
        (runs, repeat_command(experiment, runs)) if runs else None,
    )


def _runs_of_command(recommendations: list[Recommendation]) -> int:
    """The most that confirm something, else the fewest that show anything; 0 where nothing asks."""
    confirming = [one.confirm for one in recommendations if one.claim == "exploratory"]
    showing = [one.confirm for one in recommendations if 0 < one.confirm <= MOST_RUNS]
    return max(confirming, default=0) or min(showing, default=0)


def _sources(experiment: Experiment) -> tuple[Sources, list[str]]:
    """(what the folder has, what of it cannot be read)."""
    problems: list[str] = []
    found = {}
    for name, read in read_sources(experiment.sweep.folder).items():
        try:
            found[name] = read()
        except (DamagedRun, UsageProblem) as problem:
            problems.append(str(problem))
            found[name] = None
    return Sources(**found), list(dict.fromkeys(problems))


def _recommendations(setting: Setting) -> list[Recommendation]:
    return [_recommendation(setting, judgement) for judgement in setting.judgements]


def _recommendation(setting: Setting, judgement: Judgement) -> Recommendation:
    ranking = judgement.ranking
    if ranking is None:
        reason = f"{judgement.why_not}{_without(judgement)}."
        return Recommendation(judgement.need, NOT_SHOWN, reason, "none")
    names = [ranking.best, *(pair.other for pair in ranking.level)]
    of = f"{judgement.figure} over {_listed(judgement.workloads, 'and')}"
    reason = f"{of}: {_against(judgement, ranking)}{_more_runs(judgement, ranking)}"
    if not judgement.deterministic:
        reason += _fallbacks(setting, names)
    reason += f"{_without(judgement)}."
    if not ranking.worse:
        runs = 0 if judgement.deterministic else _to_show(ranking) or 0
        return Recommendation(judgement.need, NOT_SHOWN, reason, "none", runs)
    exploratory = ranking.worse[0].ratio.exploratory
    runs = _to_confirm(ranking) if exploratory and not judgement.deterministic else 0
    claim = "exploratory" if exploratory else "claimed"
    return Recommendation(judgement.need, _listed(names, "or"), reason, claim, runs)


def _listed(names: list[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _against(judgement: Judgement, ranking: Ranking) -> str:
    """What is shown of the best, by its nearest rival that is shown to be worse."""
    unit = "recorded workloads" if judgement.deterministic else "runs"
    pair = (ranking.worse or ranking.against)[0]
    many = f"{ranking.family} pair{'' if ranking.family == 1 else 's'}"
    verdict = "shown" if ranking.worse else "not shown"
    text = (
        f"{pair.other} has {ratio(pair.ratio)} times that of {pair.base} "
        f"({pair.ratio.invocations} {unit}; {verdict} after Holm's correction for {many})"
    )
    if not ranking.worse:
        return f"{text} and is the nearest to it"
    if others := [one.other for one in ranking.worse[1:]]:
        text += f"; {_listed(others, 'and')} {'is' if len(others) == 1 else 'are'} worse as well"
    if ranking.level:
        names = _listed([one.other for one in ranking.level], "and")
        text += f"; between {ranking.best} and {names} no difference is shown"
    if ranking.unclear:
        names = _listed([one.other for one in ranking.unclear], "and")
        text += f"; {names} varied too much to be ranked"
    return text


def _more_runs(judgement: Judgement, ranking: Ranking) -> str:
    """What runs would show of those that are on a level."""
    if not ranking.level:
        return ""
    if judgement.deterministic:
        return "; replays are deterministic, so more of them show no more"
    runs = _to_show(ranking)
    if runs is None:
        return "; a single run cannot tell how many would show a difference"
    number = f"about {runs}" if runs <= MOST_RUNS else f"more than {MOST_RUNS}"
    return f"; to show {100 * SMALL_DIFFERENCE:g} % takes {number} runs"


def _to_show(ranking: Ranking) -> int | None:
    """Runs that show a small difference between the best and all that are on a level with it."""
    numbers = [runs_needed(pair.estimate) for pair in ranking.level]
    return None if None in numbers else max(numbers, default=None)


def _to_confirm(ranking: Ranking) -> int:
    """Runs that show again what is shown of the nearest rival, if it is as large as it seems."""
    estimate = ranking.worse[0].estimate
    return max(ENOUGH_INVOCATIONS, runs_needed(estimate, expm1(abs(estimate.mean))) or 0)


def _fallbacks(setting: Setting, names: list[str]) -> str:
    """A warning where a barrier's figures are in part those of a stopped collection."""
    text = ""
    for name in names:
        fallbacks, cycles = fallen_back(setting.barriers[name])
        if fallbacks:
            text += f"; {fallbacks} of {cycles} cycles under {name} fell back to a stopped one"
    return text


def _without(judgement: Judgement) -> str:
    return "".join(f"; {name} takes no part: it {why}" for name, why in judgement.left_out.items())


def repeat_command(experiment: Experiment, runs: int) -> str:
    """The sweep again with so many runs of each cell."""
    recipe = experiment.sweep.folder / "experiment.toml"
    text = recipe.read_text(encoding="utf-8", errors="replace") if recipe.is_file() else ""
    line = f"invocations = {runs}"
    if re.search(r"^\s*invocations\s*=", text, re.M):
        edit = rf"s/^ *invocations *=.*/{line}/"
    elif re.search(r"^\[run\]", text, re.M):
        edit = rf"s/^\[run\].*/&\n{line}/"
    else:
        edit = rf"$a [run]\n{line}"
    return (
        f"sed '{edit}' DIR/experiment.toml >confirm.toml && "
        "build/release/tricolour sweep confirm.toml --out confirmed"
    )
