"""Sweep folders for the tests, made from a seeded random model of three collectors.

Purpose: complete, plausible result folders (every table, every kind of pause, failed and verified
runs) without running a collector.
Invariant: the same arguments give the same files; what is written follows `results/schema`.
"""

import json
from pathlib import Path
from typing import Iterator

import numpy as np
import pandas as pd

from ..read import schema
from ..read.tables import TABLES
from . import synthetic_figures

MILLISECOND = 1_000_000
PAUSE_MS = {"stop_the_world": 20.0, "incremental": 0.5, "concurrent": 0.3}
SPEED = {"stop_the_world": 1.0, "incremental": 0.85, "concurrent": 0.95}
BARRIER_COST = {
    "dijkstra_black": 0.95,
    "none": 1.0,
    "dijkstra": 0.98,
    "yuasa": 0.96,
    "hybrid": 0.93,
    "steele": 0.97,
}
DELAY = ("count", "p50_ns", "p99_ns", "max_ns")
FLOOR = {"before": (900, 55_000, 140_000, 900_000), "after": (900, 56_000, 150_000, 1_100_000)}
COMBINATIONS = [
    ("stop_the_world", "none"),
    *[
        (c, b)
        for c in ("stop_the_world", "incremental", "concurrent")
        for b in ("dijkstra", "yuasa", "hybrid")
    ],
]


def write_sweep(
    folder: Path,
    invocations: int = 5,
    workloads=("gcbench", "latency"),
    heaps=("2x",),
    combinations=tuple(COMBINATIONS),
    failing: dict | None = None,
    mutators: int = 1,
    speed: dict | None = None,
    seconds: float = 1.0,
    cycles: int = 12,
    cycles_of: dict | None = None,
    open_loop: bool = False,
) -> Path:
    """Write a whole sweep. `failing` maps (collector, barrier, workload) to a status; `speed`
    scales combinations' throughput; `cycles_of` gives combinations cycles of their own; in an open
    loop requests have a schedule."""
    folder.mkdir(exist_ok=True)
    cells = []
    number = 0
    for workload in workloads:
        for heap in heaps:
            for collector, barrier in combinations:
                parameters = {
                    "collector": collector,
                    "barrier": barrier,
                    "marker": "serial",
                    "workload": workload,
                    "heap": heap,
                    "mutators": mutators,
                }
                cell = f"{number:08x}"
                number += 1
                status = (failing or {}).get((collector, barrier, workload), "ok")
                factor = (speed or {}).get((collector, barrier), 1.0)
                count = (cycles_of or {}).get(
                    (collector, barrier), max(1, round(cycles / _room(parameters)))
                )
                runs = [
                    _write_run(
                        folder, cell, block, parameters, status, factor, seconds, count, open_loop
                    )
                    for block in range(invocations)
                ]
                cells.append({"cell": cell, "parameters": parameters, "runs": runs})
    index = {
        "schema_version": schema.version("index.schema.json"),
        "name": "synthetic",
        "created_utc": "2026-01-02T03:04:05Z",
        "baseline": {"collector": "stop_the_world", "barrier": "none"},
        "invocations": invocations,
        "cells": cells,
        "machine_floor": {when: dict(zip(DELAY, values)) for when, values in FLOOR.items()},
    }
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "experiment.toml").write_text('schema = 1\nname = "synthetic"\n')
    return folder


def changed_records(folder: Path, runs: str = "*/*") -> Iterator[dict]:
    """The record of each run, of cell and block as `runs` has them, to be changed; it is written
    back when the next is asked for."""
    for path in sorted(folder.glob(f"runs/{runs}/run.json")):
        record = json.loads(path.read_text())
        yield record
        path.write_text(json.dumps(record))


def _write_run(folder, cell, block, parameters, status, factor, seconds, cycles, open_loop) -> dict:
    path = folder / "runs" / cell / str(block)
    path.mkdir(parents=True)
    exit_code = {"ok": 0, "heap_exhausted": 4, "timeout": 5}.get(status, 1)
    record = {
        "schema_version": schema.version("run.schema.json"),
        "cell": cell,
        "block": block,
        "status": status,
        "exit_code": exit_code,
        "command": "tricolour run "
        + " ".join(f"--{key} {value}" for key, value in parameters.items() if key != "cell"),
        "parameters": {**parameters, "verify": False, "seed": 42, "param": {}, "set": {}},
    }
    if status == "ok":
        rng = np.random.default_rng([int(cell, 16), block])
        tables, requests = _tables(rng, parameters, seconds, cycles, open_loop)
        record.update(_measurements(rng, parameters, factor, seconds, cycles, tables, requests))
        for name, rows in tables.items():
            _frame(name, rows).to_csv(path / f"{name}.csv", index=False)
    else:
        record["error"] = "no room for 4096 bytes"
    (path / "run.json").write_text(json.dumps(record))
    return {
        "block": block,
        "path": f"runs/{cell}/{block}",
        "status": status,
        "exit_code": exit_code,
    }


def _frame(table: str, rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=schema.table_columns(table)[0])


def _room(parameters) -> float:
    """The heap beyond the least that works, over that least: 1 at 2x and where the heap is no
    multiple, 0.5 at least."""
    heap = parameters["heap"]
    return max(0.5, float(heap[:-1]) - 1) if heap.endswith("x") else 1.0


def _tables(rng, parameters, seconds, cycles, open_loop) -> tuple[dict, dict | None]:
    """(tables, what the run counts itself of all requests)."""
    start, length = 5_000_000_000, int(seconds * 1e9)
    tables = {name: [] for name in TABLES}
    for number in range(1, cycles + 1):
        begin = start + int(length * (number - 0.8) / cycles)
        _cycle(rng, tables, parameters, number, begin, int(length * 0.5 / cycles))
    for step in range(400):
        t = start + step * length // 400
        phase = (step * cycles / 400) % 1
        used = int((40 + 24 * phase) * 2**20)
        event = "trigger" if phase < cycles / 400 else "new trigger" if step % 40 == 1 else "sample"
        tables["heap"].append((t, used, 64 * 2**20, 58 * 2**20, event))
    slowness = 4 if parameters["collector"] == "concurrent" else 1
    for step in range(200):
        tables["bystander"].append(
            (start + step * length // 200, int(rng.gamma(1.5, 60_000 * slowness)))
        )
    requests = (
        _requests(rng, tables, start, length, open_loop)
        if parameters["workload"] == "latency"
        else None
    )
    return tables, requests


def _cycle(rng, tables, parameters, number, begin, duration) -> None:
    pause = lambda scale=1.0: int(
        PAUSE_MS[parameters["collector"]] * scale * MILLISECOND * rng.lognormal(0, 0.4)
    )
    stopped = "all" if parameters["mutators"] > 1 else "0"
    stop = lambda kind, at, length: tables["pauses"].append(
        (
            number,
            kind,
            "pacer",
            stopped,
            at - 30_000,
            at,
            at + length,
            length - 1000,
            60 * 2**20,
            42 * 2**20,
            at - 30_000 if stopped == "all" else at,
            1,
        )
    )
    phase = lambda thread, role, name, at, end: tables["phases"].append(
        (number, thread, role, name, at, end, 2**20, 9000)
    )
    if parameters["collector"] == "stop_the_world":
        length = pause()
        stop("full", begin, length)
        phase(0, "collector", "begin", begin, begin + length // 20)
        phase(0, "collector", "marking", begin + length // 20, begin + length)
        phase(0, "sweeper", "sweeping", begin + length, begin + length + duration // 8)
    elif parameters["collector"] == "incremental":
        for quantum in range(60):
            stop("quantum", begin + quantum * duration // 60, min(pause(), duration // 70))
        phase(0, "collector", "marking", begin, begin + duration)
        phase(0, "sweeper", "sweeping", begin + duration, begin + duration * 9 // 8)
    else:
        first, last = pause(), pause(2)
        stop("cycle_begin", begin, first)
        phase(0, "collector", "begin", begin, begin + first)
        phase(0, "marker", "marking", begin + first, begin + duration)
        stop("fallback" if rng.random() < 0.04 else "termination", begin + duration, last)
        phase(0, "collector", "termination", begin + duration, begin + duration + last)
        phase(0, "sweeper", "sweeping", begin + duration + last, begin + duration * 3 // 2)
        phase(0, "mutator", "assist", begin + duration // 2, begin + duration // 2 + 400_000)
        if number % 4 == 0:
            phase(
                0,
                "mutator",
                "search",
                begin + duration // 3,
                begin + duration // 3 + int(rng.integers(1, 4)) * MILLISECOND,
            )


def _requests(rng, tables, start, length, open_loop) -> dict:
    """Requests that wait for stops and searches; the longest have rows of their own, every second
    of the others has weight 2."""
    waits = [("paused", row[5], row[6]) for row in tables["pauses"]]
    waits += [("search", row[4], row[5]) for row in tables["phases"] if row[3] == "search"]
    waits.sort(key=lambda wait: wait[1])
    starts = np.sort(rng.integers(start, start + length, 4000))
    ends = starts + rng.gamma(2.0, 2000.0, len(starts)).astype("int64")
    hit = np.searchsorted([begin for _, begin, _ in waits], starts, side="right") - 1
    causes = [{} for _ in starts]
    for place, wait in enumerate(hit.tolist()):
        cause, _, until = waits[wait]
        if wait >= 0 and starts[place] < until:
            causes[place] = {cause: int(until - starts[place])}
            ends[place] += until - starts[place]
    intended = starts - rng.integers(0, 5_000, len(starts)) if open_loop else starts
    lengths = ends - intended
    order = np.argsort(-lengths, kind="stable")
    rest = np.sort(order[200:])
    kept = {**dict.fromkeys(order[:200].tolist(), 1), **dict.fromkeys(rest[::2].tolist(), 2)}
    tables["requests"] = [
        (0, int(intended[place]), int(starts[place]), int(ends[place]), kept[place])
        + (int(lengths[place]),) * 2
        for place in sorted(kept)
    ]
    slow = [place for place in order.tolist() if lengths[place] >= MILLISECOND]
    shares = {"p50_ns": 0.5, "p90_ns": 0.9, "p99_ns": 0.99, "p999_ns": 0.999}
    named: dict[str, int] = {}
    for place in slow:
        for cause, spent in causes[place].items():
            named[cause] = named.get(cause, 0) + spent
    total = int(lengths[slow].sum())
    return {
        **synthetic_figures.of_requests(_frame("requests", tables["requests"])),
        "row_every": 2,
        **{name: int(np.quantile(lengths, p)) for name, p in shares.items()},
        "p9999_ns": None,
        "p99999_ns": None,
        "from": "intended" if open_loop else "start",
        "slow": [
            {
                "thread": 0,
                "start_ns": int(intended[place]),
                "duration_ns": int(lengths[place]),
                "causes": causes[place],
            }
            for place in slow[:1000]
        ],
        "slow_count": len(slow),
        "slow_total_ns": total,
        "slow_causes": named,
        "explained_share": sum(named.values()) / total if total else None,
    }


def _while_marking(parameters, rate, seconds) -> dict:
    """A quarter of the run, at the speed of the rest; stopped mutators allocate nothing."""
    stopped = parameters["collector"] == "stop_the_world"
    per_second = 0.0 if stopped else 200 * rate
    return {
        "time_ns": int(seconds / 4 * 1e9),
        "allocated_bytes": int(per_second * seconds / 4),
        "allocated_bytes_per_s": per_second,
    }


def _measurements(rng, parameters, factor, seconds, cycles, tables, requests) -> dict:
    wall = int(seconds * 1e9)
    rate = (
        1e6
        * factor
        * SPEED[parameters["collector"]]
        * BARRIER_COST[parameters["barrier"]]
        * rng.lognormal(0, 0.01)
    )
    room = _room(parameters)
    rate *= (1 - 0.25 / room) / 0.75
    lengths = [row[6] - row[5] for row in tables["pauses"]]
    fallbacks = sum(row[1] == "fallback" for row in tables["pauses"])
    lost = sum(lengths)
    gaps = [gap for _, gap in tables["bystander"]]
    mutator = dict(
        running=wall - lost,
        allocation_slow_path=0,
        lazy_sweeping=0,
        paused=lost,
        handshake=0,
        assist=0,
        stall=0,
        blocked=0,
        search=0,
        large_object_search=0,
        registry_lock=0,
        page_fault=0,
        run_delay=0,
    )
    if parameters["collector"] == "concurrent":
        mutator.update(running=wall - lost - wall // 50, assist=wall // 50)
    return {
        "start_ns": 5_000_000_000,
        "end_ns": 5_000_000_000 + wall,
        "wall_ns": wall,
        "operations": int(rate * seconds),
        "operations_per_s": rate,
        "allocated_bytes": 10**9,
        "allocated_objects": 10**7,
        "while_marking": _while_marking(parameters, rate, seconds),
        "cycles": cycles,
        "fallbacks": fallbacks,
        "whole_process": {
            "concurrent_cycles": 0 if parameters["collector"] == "stop_the_world" else cycles
        },
        **synthetic_figures.of_pauses(_frame("pauses", tables["pauses"]), wall),
        "stalls": {"count": 0, "total_ns": 0, "max_ns": 0},
        "assists": {"count": 0, "total_ns": 0, "max_ns": 0},
        "requests": requests,
        "longest_unexplained_ns": 20_000 if requests else None,
        "run_delay": {"available": True, "why": "", "total_ns": 10_000, "steal_ns": 0},
        "bystander": dict(
            zip(DELAY, [len(gaps), *(int(np.quantile(gaps, p)) for p in (0.5, 0.99, 1.0))])
        ),
        "cpu_ns": {
            "mutator": wall - lost,
            "mark": int(wall / 5 / room),
            "sweep": int(wall / 20 / room),
            "pause": lost,
            "assist": 0,
            "other": wall // 100,
        },
        "mutator_time_ns": [{"mutator": i, **mutator} for i in range(parameters["mutators"])],
        "heap": {
            "size": 64 * 2**20,
            "live": 32 * 2**20,
            "peak": 62 * 2**20,
            "metadata": 2**22,
            "grey_set_reserve": 2**20,
            "peak_resident": 80 * 2**20,
        },
        "verify": {"cycles_checked": 0, "lost_objects": 0, "floating_bytes": 0},
        "provenance": {
            "host": "example",
            "kernel": "6.1",
            "cpu": "an x86-64",
            "cores": 2,
            "governor": "performance",
            "compiler": "gcc 12.2",
            "build_type": "Release",
            "commit": "0123abc",
            "libraries": {"tbb": "2021.8"},
            "utc": "2026-01-02T03:04:05Z",
        },
    }
