"""A sweep folder as it lies on disk.

Purpose: read `index.json` and every `run.json`; know which runs are complete, failed, damaged,
skipped or never ran.
Invariants: nothing here computes a statistic. Each run that the index lists ends in exactly one of
`Sweep.runs`
(complete or failed) and `Sweep.skipped` (named, with the reason).
"""

from dataclasses import dataclass, field
from pathlib import Path

from ..program.errors import DamagedRun, EarlierVersion, UsageProblem
from . import schema
from .published import is_published, read_records
from .writer import is_written

MAIN_KEYS = ("collector", "barrier", "workload", "heap")
OWN_KEYS = ("seconds", "operations")  # which a workload of an experiment has by itself


def of_workload(key: str) -> bool:
    """Whether it is a parameter that each workload of an experiment has for itself."""
    return key in OWN_KEYS or key.startswith("param.")


@dataclass(frozen=True)
class Cell:
    """One point of the experiment's matrix; `parameters` are flat text, `param.scale` for a nested
    one."""

    hash: str
    parameters: dict = field(hash=False, compare=False)

    @property
    def collector(self) -> str:
        return self.parameters["collector"]

    @property
    def barrier(self) -> str:
        return self.parameters["barrier"]

    @property
    def workload(self) -> str:
        return self.parameters["workload"]

    @property
    def heap(self) -> str:
        return self.parameters["heap"]


@dataclass(frozen=True)
class Run:
    """One invocation. `record` is the validated `run.json`, or None for a failed run that left
    none."""

    cell: Cell
    block: int
    folder: Path
    status: str
    exit_code: int
    record: dict | None = field(hash=False, compare=False)

    @property
    def verified(self) -> bool:
        return bool(self.record and self.record["parameters"].get("verify", False))

    @property
    def timed(self) -> bool:
        """True when the run may enter a timing figure."""
        return self.status == "ok" and not self.verified


@dataclass(frozen=True)
class Skipped:
    """A run that was not read, and why."""

    place: str
    reason: str


@dataclass
class Sweep:
    """`invocations` are the runs of each cell, in a shard's folder the shard's; `planned` counts
    all, whether or not they are listed; a `published` one has no tables of events. `machine_floor`:
    the delay of a thread that only sleeps, `before` and `after` the sweep, with nothing else
    running. `lists`: `collectors` and `barriers` in the order in which the program lists them.
    `running`: a process is writing the folder."""

    folder: Path
    name: str
    created_utc: str
    baseline: dict[str, str]
    invocations: int
    cells: list[Cell]
    runs: list[Run]
    skipped: list[Skipped]
    listed: int
    published: bool = False
    machine_floor: dict | None = None
    lists: dict[str, list[str]] = field(default_factory=dict)
    running: bool = False

    def place(self, kind: str, name: str) -> int:
        """Of a name among all `collectors` or `barriers`: in the program's list, else behind it in
        the order of the cells."""
        known = self.lists.get(kind, [])
        if name in known:
            return known.index(name)
        others = dict.fromkeys(cell.parameters[kind.removesuffix("s")] for cell in self.cells)
        return len(known) + [other for other in others if other not in known].index(name)

    @property
    def baseline_label(self) -> str:
        others = [
            f"{key}={value}"
            for key, value in self.baseline.items()
            if key not in ("collector", "barrier")
        ]
        return " ".join([f"{self.baseline['collector']} + {self.baseline['barrier']}", *others])

    @property
    def planned(self) -> int:
        return self.invocations * len(self.cells)

    @property
    def never_ran(self) -> int:
        return max(0, self.planned - self.listed)


def read_cells(folder: Path) -> list[Cell]:
    """Of the index alone; raises UsageProblem when `folder` is no sweep folder."""
    return [_cell(entry) for entry in _read_index(folder)["cells"]]


def _cell(entry: dict) -> Cell:
    return Cell(entry["cell"], flatten(entry["parameters"]))


def open_sweep(folder: Path) -> Sweep:
    """Read the index and every run's record; raises UsageProblem when `folder` is no sweep
    folder."""
    running = is_written(folder)  # before the index is read: what ends meanwhile is in it
    index = _read_index(folder)
    records = read_records(folder) if is_published(folder) else None
    cells, runs, skipped, listed = [], [], [], 0
    for entry in index["cells"]:
        cell = _cell(entry)
        cells.append(cell)
        for listing in entry["runs"]:
            listed += 1
            try:
                runs.append(_read_run(folder, cell, listing, records))
            except EarlierVersion as earlier:
                raise UsageProblem(
                    f"{folder} has runs of schema version {schema.UPGRADED}, and this program "
                    f"reads version {schema.version(schema.RUN)}; `tricolour upgrade {folder}` "
                    "rewrites them"
                ) from earlier
            except DamagedRun as damage:
                skipped.append(Skipped(listing["path"], str(damage)))
    return Sweep(
        folder,
        _name(index),
        index["created_utc"],
        index["baseline"],
        _invocations(index),
        cells,
        runs,
        skipped,
        listed,
        records is not None,
        index.get("machine_floor"),
        index.get("lists", {}),
        running,
    )


def _name(index: dict) -> str:
    return index["name"] + (
        f", shard {index['shard']['number']}/{index['shard']['count']}" if "shard" in index else ""
    )


def _invocations(index: dict) -> int:
    """Of the folder's blocks: all, or those of its shard."""
    shard = index.get("shard", {"number": 1, "count": 1})
    return sum(
        block % shard["count"] == shard["number"] - 1 for block in range(index["invocations"])
    )


def flatten(parameters: dict, prefix: str = "") -> dict:
    """Nested parameters as flat text: {"param": {"scale": 2}} becomes {"param.scale": "2"}."""
    flat = {}
    for key, value in parameters.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = (
                ("true" if value else "false") if isinstance(value, bool) else str(value)
            )
    return flat


def _read_index(folder: Path) -> dict:
    path = folder / "index.json"
    if not folder.is_dir():
        raise UsageProblem(f"{folder} is not a folder")
    if not path.exists():
        raise UsageProblem(f"{folder} is not a sweep's result folder: it has no index.json")
    try:
        index = schema.read(path, "index.schema.json")
    except DamagedRun as damage:
        raise UsageProblem(f"{path} is no index of a sweep: {damage}") from damage
    _check_once(path, "cell", [cell["cell"] for cell in index["cells"]])
    for cell in index["cells"]:
        _check_once(path, f"cell {cell['cell']}, block", [run["block"] for run in cell["runs"]])
    return index


def _check_once(path: Path, what: str, names: list) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise UsageProblem(f"{path} is damaged: {what} {name} is listed twice")
        seen.add(name)


def _read_run(
    folder: Path, cell: Cell, listing: dict, records: dict[tuple[str, int], dict] | None
) -> Run:
    """`records`: those of a published sweep, else the run's folder has its own."""
    place = _place_of(folder, listing["path"])
    try:
        record = (
            _record_in(place)
            if records is None
            else _checked(records.get((cell.hash, listing["block"])))
        )
    except DamagedRun as damage:
        raise type(damage)(f"run.json: {damage}") from damage
    if record is None:
        if listing["status"] == "ok":
            raise DamagedRun("run.json is missing though the index says ok")
        return Run(cell, listing["block"], place, listing["status"], listing["exit_code"], None)
    if (record["cell"], record["block"]) != (cell.hash, listing["block"]):
        raise DamagedRun(f"run.json belongs to cell {record['cell']}, block {record['block']}")
    return Run(cell, record["block"], place, record["status"], record["exit_code"], record)


def _place_of(folder: Path, path: str) -> Path:
    place = folder / path
    try:
        leaves = Path(path).is_absolute() or folder.resolve() not in place.resolve().parents
        (place / "run.json").exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise DamagedRun(f"the path cannot be followed: {error}") from error
    if leaves:
        raise DamagedRun("the path leaves the sweep's folder")
    return place


def _record_in(place: Path) -> dict | None:
    path = place / "run.json"
    return schema.read(path, schema.RUN) if path.exists() else None


def _checked(record: dict | None) -> dict | None:
    if record is not None:
        schema.require(record, schema.RUN)
    return record
