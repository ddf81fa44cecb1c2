"""The page for people who use assistive programs: the rules of axe-core."""

import subprocess
from pathlib import Path

import pytest

from ...testing.page_in_browser import open_all


@pytest.fixture(scope="module")
def axe():
    """The rules of axe-core, which tools/packages installs with npm."""
    found = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True)
    rules = Path(found.stdout.strip()) / "axe-core/axe.min.js"
    if not rules.exists():
        pytest.skip(f"{rules} is missing: npm could not install axe-core")
    return rules.read_text(encoding="utf-8")


@pytest.mark.parametrize("width, theme", [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_serious(page, folder, axe, width, theme):
    """With every chart and section open."""
    page.width(width)
    page.theme(theme)
    page.open(folder / "report.html")
    open_all(page)
    page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.run(axe)
    found = page.run("axe.run().then(({violations}) => violations)")
    serious = [
        f"{one['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]
    assert serious == []
