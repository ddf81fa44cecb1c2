"""The mutated copy of the source tree, and its build.

Purpose: `build/mutants/source` is the tree with every mutant in it, `build/mutants` its build;
`manifest.json` there says which number switches which mutant on. The tree in git stays untouched.
Invariant: the manifest is written when the build is whole, and its `digest` is that of the sources
it was made from: with another digest the build is made again. A mutant that does not compile is
left out, and counted. A file whose text does not change is not written, so that a build goes on
where it was interrupted.
"""

import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tricolour_report.program import session
from tricolour_report.program.process import captured, tell

from . import sites
from .sites import Mutant, Site

TARGETS = ("core_test", "barriers_test", "collectors_test", "tricolour", "harness_test")
MOST_ROUNDS = 12
RESULTS = "results/reference/"  # a corpus of tests; new ones change no mutant
SWITCH = Path(__file__).resolve().parent / "switch.hpp"
# Where a heap counts its cycles; forget_later needs to know.
CYCLE_COUNT = ("collectors/cycle/cycle.cpp", "++phase.cycle;")
CYCLE_HOOK = " tricolour::mutation::cycle_begins(phase.cycle);"
INCLUDED = "-w -include ${PROJECT_SOURCE_DIR}/mutation_switch.hpp"
WARNINGS = (
    "tools/cmake/TricolourTargets.cmake",
    "-Wall -Wextra -Wconversion -Wshadow -Werror",
    INCLUDED,
)


OPTIMISATION = ("tools/cmake/TricolourTargets.cmake", '"-O3 -DNDEBUG"', '"-O1 -DNDEBUG"')


class BuildFailed(Exception):
    """The mutated copy cannot be built; the text says why."""


@dataclass(frozen=True)
class Build:
    folder: Path
    digest: str
    mutants: dict[int, Mutant]
    uncompilable: list[str]


def mutated(text: str, numbered: Iterable[tuple[int, Site]]) -> str:
    """`text` with every edit in it, each behind its number; edits nest or do not overlap."""
    tokens = sites.CppSource(text).tokens
    opened: list[tuple[int, str]] = []
    pieces, at = [], 0

    def close_until(begin: int) -> None:
        nonlocal at
        while opened and opened[-1][0] <= begin:
            end, suffix = opened.pop()
            pieces.extend((text[at:end], suffix))
            at = end

    spans = [
        (tokens[site.edit.span.first].begin, tokens[site.edit.span.last].end, number, site)
        for number, site in numbered
    ]
    for begin, end, number, site in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        close_until(begin)
        later = "_later" if site.edit.operator == "forget_later" else ""
        active = f"tricolour::mutation::active{later}({number}u)"
        pieces.extend((text[at:begin], site.edit.prefix.replace("{active}", active)))
        at = begin
        opened.append((end, site.edit.suffix))
    close_until(len(text))
    pieces.append(text[at:])
    return "".join(pieces)


def tracked(root: Path) -> list[str]:
    listed = captured(
        ["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"], check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def digest_of(root: Path, with_python: bool = False) -> str:
    """Of all that the mutated build is made from; `with_python`: of statistics and checks too."""
    ignored = (".md",) if with_python else (".md", ".py")
    found = hashlib.sha256()
    for name in tracked(root):
        if not name.endswith(ignored) and not name.startswith(RESULTS):
            found.update(name.encode() + b"\0" + (root / name).read_bytes())
    found.update(b"".join(path.read_bytes() for path in sorted(SWITCH.parent.glob("*.py"))))
    return found.hexdigest()[:16]


def load(folder: Path) -> Build | None:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        mutants = {int(number): Mutant(**one) for number, one in manifest["mutants"].items()}
        return Build(folder, manifest["digest"], mutants, manifest["uncompilable"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def prepare(root: Path, folder: Path, targets: Iterable[str] = TARGETS) -> Build:
    """The build of the tree at `root`, made where it is not there yet."""
    digest = digest_of(root)
    found = load(folder)
    if found is not None and found.digest == digest:
        return found
    everything = sites.in_tree(root)
    left_out = _read_names(folder / "uncompilable.json")
    for _ in range(MOST_ROUNDS):
        numbered = _numbered(everything, left_out)
        write(root, folder / "source", numbered)
        refused = compile_tree(folder, targets, numbered)
        if not refused:
            return _keep(folder, digest, numbered, everything, left_out)
        tell(f"mutants: {len(refused)} do not compile and are left out")
        left_out |= refused
        (folder / "uncompilable.json").write_text(
            json.dumps(sorted(left_out), indent=1) + "\n", encoding="utf-8"
        )
    raise BuildFailed(f"mutants still do not compile after {MOST_ROUNDS} rounds: {folder}.log")


def _numbered(everything: list[Site], left_out: set[str]) -> dict[int, Site]:
    """By a number that depends on the name, so that a change in one file leaves the others be."""
    numbered: dict[int, Site] = {}
    for site in everything:
        number = zlib.crc32(site.mutant.name.encode())
        while number == 0 or number in numbered:
            number = (number + 1) % 2**32
        numbered[number] = site
    return {number: site for number, site in numbered.items() if site.mutant.name not in left_out}


def _read_names(path: Path) -> set[str]:
    try:
        return set(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()


def _keep(folder, digest, numbered, everything, left_out) -> Build:
    known = {site.mutant.name for site in everything}
    mutants = {number: site.mutant for number, site in numbered.items()}
    build = Build(folder, digest, mutants, sorted(left_out & known))
    document = {
        "digest": digest,
        "uncompilable": build.uncompilable,
        "mutants": {number: asdict(mutant) for number, mutant in mutants.items()},
    }
    part = folder / "manifest.json.part"
    part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    part.rename(folder / "manifest.json")
    return build


def write(root: Path, copy: Path, numbered: dict[int, Site]) -> None:
    by_file: dict[str, list[tuple[int, Site]]] = {}
    for number, site in numbered.items():
        by_file.setdefault(site.mutant.file, []).append((number, site))
    files = tracked(root)
    for name in files:
        data = (root / name).read_bytes()
        if name in by_file:
            data = mutated(data.decode("utf-8"), by_file[name]).encode("utf-8")
        _write_changed(copy / name, _adapted(name, data))
        shutil.copymode(root / name, copy / name)
    _write_changed(copy / "mutation_switch.hpp", SWITCH.read_bytes())
    wanted = {"mutation_switch.hpp", *files}
    for path in copy.rglob("*"):
        if path.is_file() and path.relative_to(copy).as_posix() not in wanted:
            path.unlink()


def _adapted(name: str, data: bytes) -> bytes:
    """What the copy has otherwise than the tree, besides mutants."""
    for file, found, instead in (
        (*CYCLE_COUNT, CYCLE_COUNT[1] + CYCLE_HOOK),
        WARNINGS,
        OPTIMISATION,
    ):
        if name == file:
            if data.count(found.encode()) < 1:
                raise BuildFailed(
                    f"{file} has no '{found}' any more: tools/mutation/tree.py relies on it"
                )
            data = data.replace(found.encode(), instead.encode())
    return data


def _write_changed(path: Path, data: bytes) -> None:
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def compile_tree(folder: Path, targets: Iterable[str], numbered: dict[int, Site]) -> set[str]:
    """Names of the mutants on lines that the compiler refused; empty when all is built."""
    copy, log = folder / "source", folder.with_suffix(".log")
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    words = ["cmake", "-S", copy, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
    words += ["-DTRICOLOUR_BENCHMARKS=OFF", "-DTRICOLOUR_TESTS=ON", *launcher]
    configured = captured(words)
    if configured.returncode != 0:
        raise BuildFailed(f"cmake: {configured.stderr[-2000:]}")
    tell(f"mutants: building {folder}")
    built = session.run(["cmake", "--build", folder, "--target", *targets, "--", "-k", "0"])
    log.write_text(built.output + built.said, encoding="utf-8")
    if built.code == 0:
        return set()
    refused = refused_by(built.output, numbered)
    if not refused:
        raise BuildFailed(f"the mutated copy does not compile, and no mutant is to blame: {log}")
    return refused


def refused_by(said: str, numbered: dict[int, Site]) -> set[str]:
    """Of each error that the compiler told, the mutants on the first mutated line that it names."""
    by_line: dict[tuple[str, int], set[str]] = {}
    for site in numbered.values():
        by_line.setdefault((site.mutant.file, site.mutant.line), set()).add(site.mutant.name)
    place = re.compile(r"\bsource/([\w/.]+):(\d+)")
    refused = set()
    for error in re.split(r"\n(?=[^\n]*: error: )", "\n" + said)[1:]:
        places = [(name, int(line)) for name, line in place.findall(error)]
        refused |= next((by_line[one] for one in places if one in by_line), set())
    return refused
