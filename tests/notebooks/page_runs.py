"""One execution of a page by nbval, made to serve as many tests as it can.

The run compares every saved output, has no network, a home that cannot be written and a workspace of its
own, and notes whether TensorFlow was loaded. The tests of a page ask for its `Outcome`, and it runs once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sandbox

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool  # noqa: E402  (tools/notebooks.py, on the path since the line above)

WITNESS = Path(__file__).parent / "witness"
NBVAL = ["--nbval", "--nbval-current-env", "--color=no", "-q", "-p", "no:cacheprovider"]
AT_ONCE = min(2, os.cpu_count() or 1)  # two pages fill two cores; more would only swap


@dataclass(frozen=True)
class Outcome:
    """What came of one nbval run of a page."""

    cells: int  # how many cells nbval ran and compared
    failed: int
    skipped: int
    report: str  # what pytest printed
    heavy: frozenset[str]  # which of tensorflow and keras were imported
    workspace: Path
    home: Path
    seconds: float


def environment(scratch: Path, *, full: bool, workspace: Path | None) -> dict[str, str]:
    """Return a page's environment, with a home of its own and the witness on the path."""
    variables = tool.page_environment(scratch, full=full)
    search = [str(WITNESS), os.environ.get("PYTHONPATH", "")]
    variables |= {
        "HOME": str(scratch / "home"),
        "USERPROFILE": str(scratch / "home"),
        "LESSON_WITNESS": str(scratch / "witness.txt"),
        "PYTHONPATH": os.pathsep.join(part for part in search if part),
    }
    if workspace:
        variables["MNIST_LESSON_WORKSPACE"] = str(workspace)
    if sandbox.why_not():
        variables["LESSON_OFFLINE"] = "1"
    return variables


def nbval(page: Path, scratch: Path, *, full: bool = False, workspace: Path | None = None) -> Outcome:
    """Run `page` once under nbval, offline, with a home that cannot be written; say what came of it."""
    home, junit = scratch / "home", scratch / "junit.xml"
    home.mkdir(parents=True)
    variables = environment(scratch, full=full, workspace=workspace)
    timeout = 7200 if full else 600
    options = [*NBVAL, f"--nbval-cell-timeout={timeout}", f"--junitxml={junit}"]
    command = [sys.executable, "-m", "pytest", *options, str(page)]
    if sandbox.why_not():
        home.chmod(0o500)
    else:
        command = sandbox.wrap(command, [home, ROOT / "notebooks", ROOT / "mnist_lesson"])
    started = time.perf_counter()
    result = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    report = result.stdout + result.stderr
    if not junit.exists():
        raise RuntimeError(f"pytest could not run {page.name}:\n{report}")
    suite = ElementTree.parse(junit).getroot()[0]
    witness = scratch / "witness.txt"
    return Outcome(
        cells=int(suite.get("tests")),
        failed=int(suite.get("failures")) + int(suite.get("errors")),
        skipped=int(suite.get("skipped")),
        report=report,
        heavy=frozenset(witness.read_text().split()) if witness.exists() else frozenset(),
        workspace=Path(variables["MNIST_LESSON_WORKSPACE"]),
        home=home,
        seconds=time.perf_counter() - started,
    )


class PageRuns:
    """The nbval runs of one test session: each page at most once, two at a time, in the background."""

    def __init__(self, folder: Path, *, full: bool) -> None:
        self.folder, self.full = folder, full
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.started: dict[Path, Future[Outcome]] = {}

    def start(self, page: Path) -> Future[Outcome]:
        """Queue a page's run unless that was done before."""
        if page not in self.started:
            scratch = self.folder / page.stem
            self.started[page] = self.pool.submit(nbval, page, scratch, full=self.full)
        return self.started[page]

    def outcome(self, page: Path) -> Outcome:
        """Wait for a page's run and return what came of it."""
        return self.start(page).result()
