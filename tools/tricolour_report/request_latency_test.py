"""A script imports the forms of latency by their public name."""

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent

SCRIPT = """
import pandas as pd
from tricolour_report.request_latency import latencies
frame = pd.DataFrame({"thread": 0, "intended_ns": [0, 10], "start_ns": [0, 20], "end_ns": [5, 40]})
print(latencies(frame)["intended"].tolist())
"""


def test_a_script_imports_latencies_by_its_public_name():
    words = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(words, cwd=TOOLS, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("[5, 30]\n", 0), done.stderr
