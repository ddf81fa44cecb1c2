"""Where and with what a comparison was made.

Purpose: the testbed's own provenance, and the versions of the peers, as texts.
Invariant: a version that cannot be had is "unknown", never left out.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tricolour_report.program.process import captured, shown

from .programs import Programs, library_of

HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
KEYS = ("commit", "host", "cpu", "cores", "kernel", "governor", "compiler", "memory_bytes", "utc")


def describe(programs: Programs, testbed: dict) -> dict[str, str]:
    found = {key: str(testbed.get(key, "unknown")) for key in KEYS}
    try:
        text = HUGE_PAGES.read_text(encoding="utf-8")
        found["transparent_huge_pages"] = re.search(r"\[(\w+)]", text)[1]
    except (OSError, TypeError):
        found["transparent_huge_pages"] = "unknown"
    found["glibc"] = str(testbed.get("libraries", {}).get("libc", "unknown"))
    for allocator in ("jemalloc", "mimalloc"):
        if library := library_of(allocator):
            found[allocator] = _package(library) or "unknown"
    if (programs.build / "peer_boehm").exists():
        found["libgc"] = _package("libgc.so.1") or "unknown"
    for version, java in programs.java.items():
        found[f"java{version}"] = _said([java, "-version"], r"\(build ([^)]+)\)")
    if "go" not in programs.missing:
        found["go"] = _said(["go", "version"], r"go version (\S+)")
    return found | {"command": shown(shlex.join(["tools/peers", *sys.argv[1:]]))}


def _package(library: str) -> str:
    """The version of the Debian package that owns the library."""
    owner = _said(["dpkg-query", "--search", f"*/{library}"], r"^([^:,\s]+)", "")
    return (
        _said(["dpkg-query", "--show", "--showformat=${Version}", owner], r"(\S+)", "")
        if owner
        else ""
    )


def _said(words: list, pattern: str, otherwise: str = "unknown") -> str:
    try:
        finished = captured([str(word) for word in words], timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return otherwise
    found = re.search(pattern, finished.stdout + finished.stderr)
    return found[1] if finished.returncode == 0 and found else otherwise
