"""Runs pytest with one mutant of Python on.

Purpose: the loader of the mutant's module compiles its changed syntax tree; all else is imported as
ever. A process that a test starts imports the module as it is.
usage: python -I tools/mutation/python_switch.py MUTANT PYTEST-ARGUMENT...
"""

import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The folder of this file is no place to import from: its names are a package's.
sys.path[:] = [str(ROOT / "tools")] + [
    path for path in sys.path if path != str(Path(__file__).parent)
]

from mutation import python_sites  # noqa: E402


class MutatedLoader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: str):
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname: str):
        path = Path(self.path)
        file = path.relative_to(ROOT).as_posix()
        tree = python_sites.mutated(file, path.read_text(encoding="utf-8"), self._mutant)
        return compile(tree, self.path, "exec")


class MutantFinder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: str):
        self._mutant = mutant
        self._file = ROOT / mutant.split(":")[0]

    def find_spec(self, fullname, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or Path(spec.origin).resolve() != self._file:
            return None
        spec.loader = MutatedLoader(fullname, spec.origin, self._mutant)
        return spec


def main(words: list[str]) -> int:
    import pytest

    sys.meta_path.insert(0, MutantFinder(words[0]))
    return pytest.main(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
