"""One execution of a page by nbval, made to serve as many tests as it can.

The run compares every saved output, has no network, a home that cannot be written and a workspace
of its own, and notes whether TensorFlow was loaded. The tests of a page ask for its `Outcome`, and
it runs once.
"""

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import sandbox

from mnist_lesson.commands.run_page import page_environment

ROOT = Path(__file__).resolve().parents[2]

WITNESS = Path(__file__).parent / "witness"
# Other plugins would double the time that pytest takes to start, for each page.
NBVAL = [*("-p", "nbval.plugin"), *("-p", "nbval_pictures"), *("-p", "no:cacheprovider")]
NBVAL += ["--nbval", "--nbval-current-env", "-q", "--color=no"]
# Two pages fill two cores; where pytest runs two workers, the other one fills the second.
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
AT_ONCE = max(1, min(2, os.cpu_count() or 1) // WORKERS)


def printed(source: str, output: str) -> nbformat.NotebookNode:
    """Return a code cell that printed `output` when it was saved."""
    cell = nbformat.v4.new_code_cell(source, execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)]
    return cell


def page_of(path: Path, *cells: str | nbformat.NotebookNode) -> Path:
    """Write a page of code cells, given as their text or as they were saved."""
    new = nbformat.v4.new_code_cell
    made = [new(cell, execution_count=1) if isinstance(cell, str) else cell for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


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
    variables = page_environment(scratch, full=full)
    search = [str(WITNESS), str(ROOT / "tools"), os.environ.get("PYTHONPATH", "")]
    variables |= {
        "HOME": str(scratch / "home"),
        "USERPROFILE": str(scratch / "home"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "LESSON_WITNESS": str(scratch / "witness.txt"),
        "PYTHONPATH": os.pathsep.join(part for part in search if part),
    }
    del variables["PYTHONDONTWRITEBYTECODE"]  # the environment is ours
    if workspace:
        variables["MNIST_LESSON_WORKSPACE"] = str(workspace)
    if sandbox.why_not():
        variables["LESSON_OFFLINE"] = "1"
    return variables


def nbval(
    page: Path, scratch: Path, *, full: bool = False, workspace: Path | None = None
) -> Outcome:
    """Run `page` once under nbval, offline, with a home that cannot be written."""
    home = scratch / "home"
    junit = scratch / "junit.xml"
    home.mkdir(parents=True)
    # As a learner's copy, in a folder of its own: page 11 leaves its files beside it.
    copy = scratch / "lesson" / page.name
    copy.parent.mkdir()
    shutil.copy(page, copy)
    variables = environment(scratch, full=full, workspace=workspace)
    options = [f"--nbval-cell-timeout={7200 if full else 600}", f"--junitxml={junit}"]
    command = [sys.executable, "-m", "pytest", *NBVAL, *options, str(copy)]
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


# For the walk, in 07 after it has loaded its network: are these the weights that 06 saved?
WHOSE_NETWORK = """\
from mnist_lesson.network.keras_copy import to_keras
from mnist_lesson.network.saved import load_network
from mnist_lesson.shared.workspace import run_folder

own = to_keras(load_network(run_folder("model") / "model.npz")).get_weights()
print(all((a == b).all() for a, b in zip(model.get_weights(), own, strict=True)))
print(which)
"""


def walk(train: Outcome, page: Path, scratch: Path) -> Outcome:
    """Run the beginning of 07 in the workspace that 06 left, and ask it whose network it uses."""
    notebook = nbformat.read(page, as_version=4)
    (loaded,) = (n for n, cell in enumerate(notebook.cells) if "current_model()" in cell.source)
    del notebook.cells[loaded + 1 :]
    notebook.cells.append(printed(WHOSE_NETWORK, "True\nyour own network\n"))
    scratch.mkdir()
    nbformat.write(notebook, scratch / page.name)
    return nbval(scratch / page.name, scratch / "run", workspace=train.workspace)


class PageRuns:
    """The runs of one test session: each at most once, two at a time, in the background."""

    def __init__(self, folder: Path, *, full: bool) -> None:
        self.folder = folder
        self.full = full
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.started: dict[str, Future[Outcome]] = {}

    def whole(self, page: Path) -> Future[Outcome]:
        """Return a page's run, which is started on the first call."""
        if page.stem not in self.started:
            run = self.pool.submit(nbval, page, self.folder / page.stem, full=self.full)
            self.started[page.stem] = run
        return self.started[page.stem]

    def walked(self, train: Path, test: Path) -> Future[Outcome]:
        """Return the run of 07 after 06 in one workspace, which is started on the first call."""
        if "walk" not in self.started:
            after = self.whole(train)
            run = self.pool.submit(lambda: walk(after.result(), test, self.folder / "walk"))
            self.started["walk"] = run
        return self.started["walk"]
