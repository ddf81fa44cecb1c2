"""What a run measured, in the same words for every program.

Purpose: from the line of JSON of a peer, or the run.json and tables of the testbed.
Invariant: a figure that a program does not have is None. The longest gap of the testbed is that of
its requests in a closed loop, where a request begins when the one before it ends; in an open loop,
and with several mutators, it has none.
"""

from pathlib import Path

import pandas as pd

from tricolour_report.read.tables import read_table
from tricolour_report.statistics.lost_time import pauses_in_region

PERCENTILES = ("p50_ns", "p90_ns", "p99_ns", "p999_ns", "p9999_ns", "max_ns")
OF_REQUESTS = ("unserved", *PERCENTILES)
TESTBED_ONLY = (
    "fallbacks",
    "longest_pause_ns",
    "final_pause_ns",
    "longest_stall_ns",
    "stalls_ns",
    "mutator_ns",
    "marker_ns",
    "explained_share",
    "longest_unexplained_ns",
)
FIGURES = (
    "wall_ns",
    "operations",
    "operations_per_s",
    "collections",
    "peak_resident",
    "longest_gap_ns",
    *OF_REQUESTS,
    *TESTBED_ONLY,
)


def of_peer(document: dict) -> dict:
    requests = document["requests"] or {}
    found = {
        key: document[key]
        for key in (
            "wall_ns",
            "operations",
            "operations_per_s",
            "collections",
            "peak_resident",
            "longest_gap_ns",
        )
    }
    return dict.fromkeys(FIGURES) | found | {key: requests.get(key) for key in OF_REQUESTS}


def of_testbed(document: dict, folder: Path) -> dict:
    """`folder` has the run's tables."""
    requests = document["requests"] or {}
    region = (document["start_ns"], document["end_ns"])
    open_loop = document["parameters"]["param"].get("rate", 0) > 0
    if open_loop and requests.get("from") != "intended":
        raise ValueError("its latencies do not count from the intended start")
    pauses = pauses_in_region(read_table(folder, "pauses"), *region)
    phases = read_table(folder, "phases")
    stalls = phases[
        (phases["phase"] == "stall")
        & (phases["begin_ns"] < region[1])
        & (phases["end_ns"] > region[0])
    ]
    one_mutator = len(document["mutator_time_ns"]) == 1
    found = {
        "wall_ns": document["wall_ns"],
        "operations": document["operations"],
        "operations_per_s": document["operations_per_s"],
        "collections": document["cycles"],
        "peak_resident": document["heap"]["peak_resident"],
        "longest_gap_ns": requests.get("max_ns") if one_mutator and not open_loop else None,
        "fallbacks": document["fallbacks"],
        "longest_pause_ns": document["pauses"]["max_ns"],
        "final_pause_ns": _longest(pauses.loc[pauses["kind"] == "termination", "length_ns"]),
        "longest_stall_ns": _longest(stalls["end_ns"] - stalls["begin_ns"]),
        "stalls_ns": document["stalls"]["total_ns"],
        "mutator_ns": sum(
            sum(value for key, value in one.items() if key != "mutator")
            for one in document["mutator_time_ns"]
        ),
        "marker_ns": document["cpu_ns"]["mark"] + document["cpu_ns"]["sweep"],
        "explained_share": requests.get("explained_share"),
        "longest_unexplained_ns": document.get("longest_unexplained_ns"),
    }
    return dict.fromkeys(FIGURES) | found | {key: requests.get(key) for key in OF_REQUESTS}


def _longest(lengths: pd.Series) -> int:
    """0 when there is none."""
    return int(lengths.max()) if len(lengths) else 0
