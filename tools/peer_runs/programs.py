"""The programs: found, built, and the command that runs a cell.

Purpose: everything that knows where a program is and how it is called.
Invariant: a package that is not there takes its cells out of the rounds with a sentence, and
nothing else.
"""

import ctypes.util
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tricolour_report.program.process import captured

from .contests import Cell, allocator_of, multiple, warmup

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "harness" / "peers"
JAVA_HOMES = Path("/usr/lib/jvm")
OLDEST_JAVA = 17
JAVA_FLAGS = {
    "serial": "UseSerialGC",
    "parallel": "UseParallelGC",
    "g1": "UseG1GC",
    "zgc": "UseZGC",
    "shenandoah": "UseShenandoahGC",
}
MARKERS = 2
MOST_SECONDS = 1  # of warming up, and of measuring, before the next pass of gcbench is not begun


class BuildFailed(Exception):
    """The text is what the compiler said."""


@dataclass
class Programs:
    """`missing`: by allocator, kind or java version, the sentence that says what is missing."""

    build: Path
    built: Path
    java: dict[int, Path] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def java_versions(self) -> list[int]:
        return [OLDEST_JAVA, *(version for version in self.java if version > OLDEST_JAVA)]

    def digest(self) -> str:
        """Of the programs in C++: a comparison is made with one build from beginning to end."""
        found = hashlib.sha256()
        for name in ("tricolour", "peer_malloc", "peer_boehm"):
            if (self.build / name).exists():
                found.update((self.build / name).read_bytes())
        return found.hexdigest()

    def why_missing(self, cell: Cell) -> str:
        keys = {"malloc": allocator_of(cell), "java": cell.program.split("-")[0]}
        return self.missing.get(keys.get(cell.kind, cell.kind), "")

    def command(
        self, cell: Cell, seed: int, heaps: dict, busy: dict, folder: Path
    ) -> tuple[list[str], dict[str, str]]:
        """Words and environment. `heaps`: minimum heap by contest; `busy`: what a marker did, by
        contest and heap.
        """
        size = heap_bytes(cell, heaps)
        if cell.kind == "tricolour":
            return self._tricolour(cell, seed, heaps[cell.contest.name], folder), {}
        words = [cell.contest.workload, *_peer_words(cell, seed, busy)]
        if cell.kind == "java":
            version, collector = re.fullmatch(r"java(\d+)-(\w+)", cell.program).groups()
            flags = [
                f"-Xms{size}",
                f"-Xmx{size}",
                "-XX:+AlwaysPreTouch",
                f"-XX:+{JAVA_FLAGS[collector]}",
            ]
            return [
                str(self.java[int(version)]),
                *flags,
                "-cp",
                str(self.built),
                "Peer",
                *words,
            ], {}
        if cell.kind == "go":
            return [str(self.built / "peer_go"), *words], {"GOMEMLIMIT": str(size), "GOGC": "off"}
        if cell.kind == "boehm":
            return [str(self.build / "peer_boehm"), *words], {"GC_MARKERS": str(MARKERS)}
        library = library_of(allocator_of(cell))
        return [str(self.build / "peer_malloc"), *words], {"LD_PRELOAD": library} if library else {}

    def _tricolour(self, cell: Cell, seed: int, least: int, folder: Path) -> list[str]:
        contest = cell.contest
        collector, barrier = cell.program.split("-")
        length = (
            ["--operations", str(contest.passes)]
            if contest.passes
            else ["--seconds", f"{contest.seconds:g}"]
        )
        return [
            str(self.build / "tricolour"),
            "run",
            "--collector",
            collector,
            "--barrier",
            barrier,
            *workload_words(contest),
            "--heap",
            cell.heap,
            "--min-heap",
            str(least),
            *length,
            "--seed",
            str(seed),
            "--json",
            "--quiet",
            "--out",
            str(folder / "run"),
        ]


def workload_words(contest) -> list[str]:
    words = ["--workload", contest.workload, "--mutators", str(contest.mutators)]
    for name, value in contest.parameters.items():
        words += ["--param", f"{name}={value:g}"]
    return words


def heap_bytes(cell: Cell, heaps: dict) -> int | None:
    return int(heaps[cell.contest.name] * multiple(cell.heap)) if cell.heap else None


def _peer_words(cell: Cell, seed: int, busy: dict) -> list[str]:
    contest = cell.contest
    words = dict(contest.parameters, warmup=warmup(cell))
    if contest.workload == "gcbench":
        words |= {"passes": contest.passes, "most_seconds": MOST_SECONDS}
    else:
        words |= {"seconds": contest.seconds, "seed": seed}
    if cell.busy_as:
        words |= busy[f"{contest.name}@{cell.busy_as}"]
    return [f"{name}={value:g}" for name, value in words.items()]


def library_of(allocator: str) -> str:
    """What to preload for it; empty for the system's own."""
    return "" if allocator == "glibc" else ctypes.util.find_library(allocator) or ""


def find(build: Path | None) -> Programs:
    """Builds what can be built. `build`: a folder that has tricolour and the peers in C++, instead
    of the release build.
    """
    if build is None:
        _run([ROOT / "tools" / "build", "release", "tricolour", "peers"])
    programs = Programs((build or ROOT / "build" / "release").absolute(), ROOT / "build" / "peers")
    programs.built.mkdir(parents=True, exist_ok=True)
    for allocator, package in (("jemalloc", "libjemalloc2"), ("mimalloc", "libmimalloc2.0")):
        if not library_of(allocator):
            programs.missing[allocator] = f"lib{allocator} is not installed ({package})"
    if not (programs.build / "peer_boehm").exists():
        programs.missing["boehm"] = "libgc was not found when the peers were built (libgc-dev)"
    _find_java(programs)
    _find_go(programs)
    return programs


def _find_java(programs: Programs) -> None:
    found = {}
    candidates = [Path(java) for java in [shutil.which("java")] if java] + sorted(
        JAVA_HOMES.glob("*/bin/java")
    )
    for java in candidates:
        if (version := java_version(java)) is not None:
            found.setdefault(version, java)
    compilers = [
        java.resolve().parent / "javac" for version, java in found.items() if version >= OLDEST_JAVA
    ]
    compiler = next((one for one in compilers if one.exists()), None)
    newest = max(found, default=0)
    programs.java = {
        version: found[version]
        for version in sorted({OLDEST_JAVA, newest} & found.keys())
        if version >= OLDEST_JAVA
    }
    if compiler is None:
        programs.java = {}
        programs.missing[
            f"java{OLDEST_JAVA}"
        ] = f"no Java compiler of version {OLDEST_JAVA} or later was found (default-jdk-headless)"
    else:
        sources = sorted((SOURCES / "java").glob("*.java"))
        _make(
            programs.built / "Peer.class",
            sources,
            [compiler, "--release", str(OLDEST_JAVA), "-d", programs.built],
        )
        if OLDEST_JAVA not in programs.java:
            programs.missing[
                f"java{OLDEST_JAVA}"
            ] = f"no Java {OLDEST_JAVA} was found (openjdk-{OLDEST_JAVA}-jdk-headless)"


def java_version(java: Path) -> int | None:
    try:
        said = captured([java, "-version"], timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(\d+)', said)
    return int(version[1]) if version else None


def _find_go(programs: Programs) -> None:
    if shutil.which("go") is None:
        programs.missing["go"] = "go was not found (golang-go)"
        return
    target = programs.built / "peer_go"
    _make(target, sorted((SOURCES / "go").glob("*.go")), ["go", "build", "-o", target])


def _make(target: Path, sources: list[Path], compile_words: list) -> None:
    """Compiles when a source is newer than what was made of it."""
    if not target.exists() or target.stat().st_mtime <= max(one.stat().st_mtime for one in sources):
        _run([*compile_words, *sources])


def _run(words: list) -> None:
    finished = subprocess.run(
        [os.fspath(word) for word in words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if finished.returncode != 0:
        raise BuildFailed(
            f"{' '.join(os.fspath(word) for word in words)}: exit"
            f" {finished.returncode}\n{finished.stdout[-2000:]}"
        )
