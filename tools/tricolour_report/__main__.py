"""The five commands: `python3 -I tricolour_report/__main__.py COMMAND`.

Exit codes: 0 done; 1 the output could not be written; 2 wrong usage or unreadable input;
6 `compare --fail-on` found a regression, 8 it could not decide; 130 interrupted.
"""

import argparse
import sys
from pathlib import Path

if not __package__:  # run by its path, since isolated mode has no other way to the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    __package__ = "tricolour_report"

from .program import process
from .program.errors import UsageProblem
from .program.names import unknown_name
from .program.process import shown, tell, write_out

EXAMPLE = "Example, after that of `tricolour sweep --help`:\n  "
DEFAULT_METRICS = ["throughput", "pause_p99", "pause_max", "mmu_10ms", "cpu_total"]


def silent(line: str) -> None:
    """For --quiet: steps are not told; skipped runs still are."""
    if line.startswith("skipped "):
        tell(line)


def run_report(arguments: argparse.Namespace) -> int:
    from .page.report import write_paper, write_report
    from .page.watch import watch

    progress = silent if arguments.quiet else tell
    folder, html = arguments.folder, arguments.html
    if arguments.style == "paper":
        written = write_paper(folder, arguments.width or "column", progress)
    else:
        written = (watch if arguments.watch else write_report)(folder, html, progress)
    print(shown(written))
    return 0


def conflict_of_report(arguments: argparse.Namespace) -> str:
    """What of a report's words does not go together; empty where all does."""
    pages = [f"--{name}" for name in ("html", "watch") if getattr(arguments, name)]
    if arguments.style == "paper" and pages:
        return f"--style paper writes no page, so it takes no {' and no '.join(pages)}"
    if arguments.style != "paper" and arguments.width:
        return "--width is the width of --style paper"
    return ""


def run_summary(arguments: argparse.Namespace) -> int:
    from .page.terminal import print_summary
    from .read.experiment import load_experiment

    print_summary(load_experiment(arguments.folder, tell))
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    from .exports.exporting import write_export

    progress = silent if arguments.quiet else tell
    print(shown(write_export(arguments.folder, arguments.format, arguments.out, progress)))
    return 0


def run_precision(arguments: argparse.Namespace) -> int:
    from .page.precision import write_precision

    print(shown(write_precision(arguments.folder)))
    return 0


def run_compare(arguments: argparse.Namespace) -> int:
    from .compare.compare import compare
    from .compare.compare_text import as_json, as_text
    from .compare.gate import judge
    from .compare.operands import parse
    from .statistics.metrics import METRICS

    names = list(dict.fromkeys(arguments.metric or DEFAULT_METRICS))
    for name in names:
        if name not in METRICS:
            raise UsageProblem(unknown_name("metric", name, METRICS))
    if arguments.pairwise:
        return run_pairwise(arguments)
    comparison = compare(parse(arguments.base), parse(arguments.other), names, tell, arguments.over)
    gate = None
    if arguments.fail_on is not None:
        gate = judge(comparison, arguments.fail_on, asked=bool(arguments.metric))
    write_out((as_json if arguments.json else as_text)(comparison, gate))
    return gate.exit_code if gate else 0


def run_pairwise(arguments: argparse.Namespace) -> int:
    from .compare.family_text import pairwise_json, pairwise_text
    from .compare.operands import parse
    from .compare.pairwise import compare_pairwise
    from .statistics.metrics import METRICS

    names = arguments.metric or [name for name in DEFAULT_METRICS if not METRICS[name].extreme]
    operand = parse(arguments.base)
    found = compare_pairwise(operand, list(dict.fromkeys(names)), tell)
    write_out((pairwise_json if arguments.json else pairwise_text)(operand.text, found))
    return 0


def percentage(text: str) -> float:
    try:
        value = float(text.removesuffix("%").strip()) / 100
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a percentage from 0% up to 100%")
    return value


def parser() -> argparse.ArgumentParser:
    top = process.ArgumentParser(
        prog="tricolour",
        description="Statistics, plots and comparisons of Tricolour's result folders.",
    )
    commands = top.add_subparsers(required=True, metavar="report|summary|compare|export|precision")

    report = commands.add_parser(
        "report",
        help="write plots, summary.csv and a page for a sweep's folder",
        description="Writes plots, summary.csv and a self-contained page for a sweep's folder.",
        epilog=EXAMPLE + "tricolour report smoke",
        formatter_class=process.HelpLayout,
    )
    report.add_argument("folder", type=Path, metavar="DIR", help="the result folder of a sweep")
    report.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help=(
            "the file for the page (default: DIR/report.html); if DIR cannot be written, only the "
            "page is written"
        ),
    )
    report.add_argument(
        "--style",
        choices=("page", "paper"),
        default="page",
        metavar="S",
        help="page, or paper: only the figures, as PDF, SVG and PNG in DIR/paper (default: page)",
    )
    report.add_argument(
        "--width",
        choices=("column", "text"),
        metavar="W",
        help="of the figures of a paper: column (3.33 inches) or text (7 inches) (default: column)",
    )
    report.add_argument(
        "--watch",
        action="store_true",
        help=(
            "while a sweep writes DIR: write the page anew as runs end, and the whole report at "
            "the end. The page reloads itself. It takes at most a tenth of one processor, at idle "
            "priority"
        ),
    )
    report.add_argument("--quiet", action="store_true", help="print no progress on standard error")
    report.set_defaults(run=run_report, parser=report, conflict=conflict_of_report)

    summary = commands.add_parser(
        "summary",
        help="print the result tables and pause histograms",
        description="Prints the result tables and pause histograms of a sweep's folder.",
        epilog=EXAMPLE + "tools/python -I tools/tricolour_report/__main__.py summary smoke",
        formatter_class=process.HelpLayout,
    )
    summary.add_argument("folder", type=Path, metavar="DIR", help="the result folder of a sweep")
    summary.set_defaults(run=run_summary)

    add_compare(commands)

    export = commands.add_parser(
        "export",
        help="write a sweep's folder in another tool's format",
        description="Writes a sweep's folder in another tool's format.",
        epilog=(
            "hgrm, hlog: HdrHistogram's percentiles and interval logs of pauses and requests; "
            "perfetto: a timeline of each run in the Trace Event Format; gbench: Google "
            "Benchmark's JSON; benchstat: Go's benchmark text; dacapo: request latencies as "
            "DaCapo writes them; csv: tidy tables; latex: tables for papers.\n"
            + EXAMPLE
            + "tricolour export smoke --format csv --out tables"
        ),
        formatter_class=process.HelpLayout,
    )
    export.add_argument("folder", type=Path, metavar="DIR", help="the result folder of a sweep")
    export.add_argument(
        "--format",
        required=True,
        metavar="F",
        help="hgrm, hlog, perfetto, gbench, benchstat, dacapo, csv or latex",
    )
    export.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="the new folder for the files"
    )
    export.add_argument(
        "--quiet",
        action="store_true",
        help="print no progress on standard error; skipped runs are still named",
    )
    export.set_defaults(run=run_export)

    precision = commands.add_parser(
        "precision",
        help="summarise the floating garbage of each barrier",
        description="Summarises the floating garbage of each barrier that tools/precision "
        "measured.",
    )
    precision.add_argument(
        "folder",
        type=Path,
        metavar="DIR",
        help="the folder of cycles.csv, in which summary.csv and plots/ are written",
    )
    precision.set_defaults(run=run_precision)
    return top


def add_compare(commands) -> None:
    from .statistics.metrics import METRICS

    compare = commands.add_parser(
        "compare",
        help="print ratios of two selections of cells, with 95 %% intervals",
        description="Prints ratios OTHER / BASE with 95 % intervals. Within one DIR runs are "
        "paired by block; over two they are unpaired.",
        epilog=EXAMPLE + "tricolour compare smoke:barrier=none smoke:barrier=yuasa",
        formatter_class=process.HelpLayout,
    )
    compare.add_argument(
        "base",
        metavar="BASE",
        help="DIR[:key=value,...], the result folder of a sweep and a filter on its cells",
    )
    compare.add_argument(
        "other",
        metavar="OTHER",
        nargs="?",
        help="the same, for the other side; not with --pairwise",
    )
    compare.add_argument(
        "--metric",
        action="append",
        metavar="M",
        help=f"a metric: {', '.join(METRICS)}; may be repeated "
        f"(default: {', '.join(DEFAULT_METRICS)})",
    )
    compare.add_argument(
        "--fail-on",
        type=percentage,
        metavar="PERCENT",
        help=(
            "judge whether OTHER is worse by more than PERCENT, such as 5%%. Exit code 6, a "
            "regression: an interval excludes 1 on the bad side and its ratio is worse than "
            "PERCENT; or every run of OTHER is worse than every run of BASE by more, where the "
            "metric is a longest value or an MMU, which have no interval; or OTHER has failed "
            "runs and BASE has none. Exit code 0, no regression: there are 10 runs, and the "
            "interval, or the least, median and greatest of an MMU or longest value, are not "
            "worse than PERCENT. Exit code 8, undecided: every other case, such as too few runs "
            "or no data on a side. Default metrics that neither side has are not judged"
        ),
    )
    compare.add_argument(
        "--pairwise",
        action="store_true",
        help=(
            "BASE alone: every two combinations of collector and barrier in it, at each heap, "
            "Holm-corrected for all pairs"
        ),
    )
    compare.add_argument(
        "--over",
        metavar="AXIS",
        help=(
            "such as heap: whether OTHER/BASE changes along it, as ratios of ratios with 95 %% "
            "intervals, Holm-corrected"
        ),
    )
    compare.add_argument(
        "--json", action="store_true", help="print one JSON object instead of text"
    )
    compare.set_defaults(run=run_compare, parser=compare, conflict=conflict_of_compare)


def conflict_of_compare(arguments: argparse.Namespace) -> str:
    """What of a comparison's words does not go together; empty where all does."""
    if not arguments.pairwise:
        return "" if arguments.other else "the following arguments are required: OTHER"
    others = {
        "OTHER": arguments.other,
        "--over": arguments.over,
        "--fail-on": arguments.fail_on is not None,
    }
    given = [name for name, value in others.items() if value]
    return (
        f"--pairwise compares within BASE, and takes no {' and no '.join(given)}" if given else ""
    )


def main(words: list[str] | None = None) -> int:
    return process.run("tricolour", lambda: carry_out(words))


def carry_out(words: list[str] | None) -> int:
    arguments = parser().parse_args(words)
    if problem := getattr(arguments, "conflict", lambda _: "")(arguments):
        arguments.parser.error(problem)
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
