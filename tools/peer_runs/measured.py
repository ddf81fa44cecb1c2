"""What a run measured, in the same words for every program.

Purpose: from the line of JSON of a peer, or the run.json of the testbed.
Invariant: a figure that a program does not have is None. The longest gap of the testbed is that of
its requests in a closed loop, where a request begins when the one before it ends; in an open loop,
and with several mutators, it has none.
"""

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


def of_testbed(document: dict) -> dict:
    requests = document["requests"] or {}
    open_loop = document["parameters"]["param"].get("rate", 0) > 0
    if open_loop and requests.get("from") != "intended":
        raise ValueError("its latencies do not count from the intended start")
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
        "final_pause_ns": document["pauses"]["by_kind"].get("termination", {"max_ns": 0})["max_ns"],
        "longest_stall_ns": document["stalls"]["max_ns"],
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
