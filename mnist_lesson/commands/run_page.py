"""Run a page from top to bottom on a fresh kernel: for `rehearse`, tests, tools and benchmarks."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

# Everything a kernel writes goes under the scratch folder, and the user's own settings stay out.
FOLDERS = {
    "MNIST_LESSON_WORKSPACE": "my_work",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_CONFIG_DIR": "config",
    "IPYTHONDIR": "ipython",
}


@dataclass(frozen=True)
class PageRun:
    """A page that was run: its new outputs, how long it took, its peak memory, what stopped it."""

    notebook: NotebookNode
    seconds: float
    peak_mb: float  # of the kernel and everything it started, in MB (10**6 bytes)
    error: Exception | None

    def cell_seconds(self) -> list[tuple[NotebookNode, float]]:
        """Return each cell that was run with `timing`, and how many seconds it took."""
        timed = []
        for cell in self.notebook.cells:
            times = cell.metadata.get("execution", {})
            if "iopub.execute_input" in times and "shell.execute_reply" in times:
                begun = datetime.fromisoformat(times["iopub.execute_input"])
                ended = datetime.fromisoformat(times["shell.execute_reply"])
                timed.append((cell, (ended - begun).total_seconds()))
        return timed

    @property
    def fault(self) -> str:
        """What stopped the page, on one line; "" if nothing did."""
        if isinstance(self.error, CellExecutionError):
            return " ".join(f"{self.error.ename}: {self.error.evalue}".split())[:300]
        return " ".join(str(self.error or "").split())[:300]


@contextlib.contextmanager
def sampling(sample: Callable[[], None], every: float) -> Iterator[None]:
    """Call `sample` every so many seconds in the background, while a `with` block runs."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            with contextlib.suppress(psutil.Error):  # a process that has just ended
                sample()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def memory_of(kernel: KernelManager) -> float:
    """Return the memory of a kernel and everything it started, in MB: the exercises start some."""
    pid = getattr(kernel.provisioner, "pid", None)
    if pid is None:
        return 0.0
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family)) / 1e6


def page_environment(scratch: Path, *, full: bool = False) -> dict[str, str]:
    """Return a kernel's environment variables, and make the folders in `scratch` that they name.

    TensorFlow's log has to be turned down here, before the kernel starts.
    """
    ours = ("MNIST_LESSON_", "PYTEST_", "COV_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    for name, folder in FOLDERS.items():
        (scratch / folder).mkdir(parents=True, exist_ok=True)
        variables[name] = str(scratch / folder)
    if not full:
        variables["MNIST_LESSON_REHEARSAL"] = "1"
    variables["TF_CPP_MIN_LOG_LEVEL"] = "3"
    variables["PYTHONDONTWRITEBYTECODE"] = "1"  # the package's folder may belong to somebody else
    variables["JUPYTER_PREFER_ENV_PATH"] = "1"
    return variables


def run_page(
    page: NotebookNode, folder: Path, scratch: Path, *, full: bool = False, timing: bool = False
) -> PageRun:
    """Run a notebook's cells in `folder`, on a fresh kernel, until one fails.

    Its cells get their new outputs; everything else that the kernel writes goes into `scratch`, the
    learner's work into `my_work` there. A cell may take ten minutes, except in `full` training.
    With `timing`, each cell's metadata says when it started and ended.
    """
    # Use this environment's kernel, not one with the same name in the home folder.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    kernel = KernelManager(kernel_name="python3")
    client = NotebookClient(
        page,
        km=kernel,
        timeout=None if full else 600,  # seconds per cell
        record_timing=timing,
        store_widget_state=False,  # megabytes that no page would ever show
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    started = time.monotonic()
    error: Exception | None = None
    memory = [0.0]
    with sampling(lambda: memory.append(memory_of(kernel)), every=0.2):
        try:
            # Otherwise our kernel manager would leave the kernel running, and its memory in use.
            client.execute(env=page_environment(scratch, full=full), cleanup_kc=True)
        except (CellExecutionError, DeadKernelError, TimeoutError) as stopped:
            error = stopped
    return PageRun(page, time.monotonic() - started, max(memory), error)
