"""Early pages, panels and all, where no thread can be started, as in a browser's Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
RUN = """
import json, subprocess, sys, threading
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

HistoryManager.enabled = False
shell = InteractiveShell.instance()

def refuse(*about, **more):
    raise RuntimeError("can't start new thread")

threading.Thread.start = subprocess.Popen.__init__ = refuse
for cell in json.load(sys.stdin)["cells"]:
    if cell["cell_type"] == "code":
        code = "".join(cell["source"]).replace("%matplotlib inline", "")
        shell.run_cell(code).raise_error()
import numpy as np
from mnist_lesson.network.saved import current_network
assert current_network().predict(np.zeros((300, 28, 28, 1))).shape == (300, 10)
"""


@pytest.mark.parametrize("name", ["00_introduction", "08_your_digits"])
def test_a_page_runs_to_its_end(name: str, tmp_path: Path) -> None:
    """Panels, exercises and the twin do their work at once."""
    page = (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")
    folders = dict.fromkeys(("MNIST_LESSON_WORKSPACE", "IPYTHONDIR"), str(tmp_path))
    env = os.environ | folders | {"MPLBACKEND": "agg"}
    command = [sys.executable, "-c", RUN]
    done = subprocess.run(
        command, input=page, env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
