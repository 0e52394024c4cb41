#!/usr/bin/env python3
"""How quickly the pages show something, and how much memory they take.

    python benchmarks/pages.py               # trainings in rehearsal
    python benchmarks/pages.py --full        # trainings in full; pages.json says which
    python benchmarks/pages.py start walk    # only these parts
    python benchmarks/pages.py pages --only 06 09 --full    # of the pages, only these

start   seconds from a kernel's launch, and from its readiness, to the first picture of 01–03,
        beside the imports with which the original lesson begins, and beside bare imports of NumPy
        and matplotlib and reading the digits, in turns (medians of five)
pages   peak memory of each page's kernel
button  peak memory of page 00's kernel if one presses its button, and a network is trained
cells   seconds of each cell, with the trainings in full; on page 06, with the fast network, as in
        the plan for one hour
walk    peak memory of the whole lesson in one JupyterLab, as `mnist-lesson lab` starts it: run each
        page from top to bottom, follow its link to the next, and close it; without the browser

Memory is PSS (memory shared by two processes counts once) if the system reports it, otherwise RSS.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import psutil
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from measuring import keep, machine, parser

from mnist_lesson.commands.run_page import page_environment, sampling

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tools"), str(ROOT / "tests" / "browser")]
from lab import Lab, lab  # noqa: E402

import notebooks as tool  # noqa: E402  (both on the path since the line above)

ROUNDS = 5
RESULTS = Path(__file__).with_suffix(".json")
# What the original's first cell imports.
ORIGINAL = """\
import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
import matplotlib.pyplot as plt
import matplotlib.image as mpimg
import numpy as np
print('imported')
"""
PRESSED = "own = TrainYourOwn(pad)\nown.start()\nown.wait()\nown"
# The least that a page of pictures needs: the libraries that compute and draw, and the digits.
BARE = """\
import numpy as np
import matplotlib.pyplot as plt
from mnist_lesson.load import MNIST
with np.load(MNIST) as arrays:
    digits = [arrays[name] for name in arrays]
print('imported')
"""


@contextlib.contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    """Start a kernel as JupyterLab does, and yield its client."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        environment = page_environment(Path(scratch))
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(
            env=environment, cwd=str(tool.PAGES), extra_arguments=["--log-level=ERROR"]
        )
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=120)
            yield client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def seconds_to(
    wanted: Callable[[dict[str, Any]], bool], cells: Iterable[str]
) -> tuple[float, float]:
    """Run cells on a new kernel until a `wanted` message: seconds since launch, and since ready."""
    launched = time.perf_counter()
    seen: list[float] = []

    def look(message: dict[str, Any]) -> None:
        if wanted(message):
            seen.append(time.perf_counter())

    with kernel() as client:
        ready = time.perf_counter()
        for cell in cells:
            client.execute_interactive(cell, timeout=300, output_hook=look)
            if seen:
                return seen[0] - launched, seen[0] - ready
    raise RuntimeError("No cell showed what was waited for.")


def is_picture(message: dict[str, Any]) -> bool:
    """Say whether a kernel's message has a picture in it."""
    return "image/png" in message["content"].get("data", {})


def is_done(message: dict[str, Any]) -> bool:
    """Say whether a kernel's message says that the imports are done."""
    return message["content"].get("text", "") == "imported\n"


def start() -> dict[str, Any]:
    """Measure the first picture of each page against two sets of imports, in turns."""
    tasks = {
        "original's imports": partial(seconds_to, is_done, [ORIGINAL]),
        "bare imports and digits": partial(seconds_to, is_done, [BARE]),
    }
    for page in tool.choose(["01", "02", "03"]):
        cells = [
            cell.source
            for cell in nbformat.read(page, as_version=4).cells
            if cell.cell_type == "code"
        ]
        tasks[page.stem] = partial(seconds_to, is_picture, cells)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
    for turn in range(ROUNDS + 1):
        for name, task in tasks.items():
            taken = task()
            if turn:  # the first turn only brings the files into memory
                times[name].append(taken)
    found: dict[str, Any] = {}
    for name, taken in times.items():
        launch, ready = map(statistics.median, zip(*taken, strict=True))
        found[name] = {"s from launch": round(launch, 2), "s from ready": round(ready, 2)}
    return found


class MemoryWatch:
    """Watches the memory of a process's descendants (and, if asked, its own) ten times a second."""

    def __init__(self, pid: int, *, itself: bool = False) -> None:
        self.process = psutil.Process(pid)
        self.itself = itself
        self.peak = 0

    def now(self) -> int:
        """Return the bytes in use now."""
        total = 0
        for process in self.process.children(recursive=True) + [self.process] * self.itself:
            try:
                memory = process.memory_full_info()
            except psutil.Error:
                continue
            total += getattr(memory, "pss", 0) or memory.rss
        return total

    def sample(self) -> None:
        """Keep the largest figure so far."""
        self.peak = max(self.peak, self.now())


def megabytes(count: int) -> int:
    """Return bytes in whole megabytes (10**6)."""
    return round(count / 1e6)


def pages(names: list[str], *, full: bool) -> dict[str, Any]:
    """Run each page on a new kernel and measure its peak memory."""
    results = {}
    for page in tool.choose(names):
        watch = MemoryWatch(os.getpid())
        with sampling(watch.sample, every=0.1):
            seconds = tool.execute(page, full=full).seconds
        results[page.stem] = {
            "peak MB": megabytes(watch.peak),
            "seconds": round(seconds, 1),
            "trainings": says(full),
        }
    return results


def button(*, full: bool) -> dict[str, Any]:
    """Run page 00 with its button pressed, and measure the peak memory of its kernel."""
    (path,) = tool.choose(["00"])
    page = nbformat.read(path, as_version=4)
    for cell in page.cells:
        cell.source = cell.source.replace("TrainYourOwn(pad)", PRESSED)
    watch = MemoryWatch(os.getpid())
    with sampling(watch.sample, every=0.1):
        tool.run_aside(page, path.parent, full=full)
    return {"peak MB": megabytes(watch.peak), "trainings": says(full)}


def cells(names: list[str]) -> dict[str, Any]:
    """Time each cell of the lesson's pages, by its id."""
    results = {}
    for path in tool.choose(names) if names else sorted(tool.PAGES.glob("[01][0-9]_*.ipynb")):
        page = nbformat.read(path, as_version=4)
        for cell in page.cells:
            cell.source = cell.source.replace("fast = False", "fast = True")
        run = tool.run_aside(page, path.parent, full=True, timing=True)
        seconds = {cell.id: round(spent, 2) for cell, spent in run.cell_seconds()}
        # The first cell waits for the kernel to start, which no cell's time includes.
        seconds["start of the kernel"] = round(run.seconds - sum(seconds.values()), 2)
        results[path.stem] = seconds
        print(f"  timed {path.stem}: {run.seconds:.0f} s", flush=True)
    return results


def says(full: bool) -> str:
    """Say how long the trainings were."""
    return "in full" if full else "in rehearsal"


def open_next(jupyter: Lab, current: str, following: str) -> None:
    """Click the page's link to the next one, then close the page we've read."""
    last = jupyter.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets.length - 1"
    )
    jupyter.command("docmanager:save")
    jupyter.show(int(last)).locator(f'a[href*="{following}"]').first.click()
    jupyter.wait_until(
        lambda: jupyter.title() == following and not jupyter.busy(), 120, f"{following} opens"
    )
    jupyter.close(current)
    jupyter.wait_until(
        lambda: len(jupyter.api("kernels")) == 1, 60, f"the kernel of {current} is shut down"
    )


def walk(*, full: bool) -> dict[str, Any]:
    """Walk through the lesson in one JupyterLab; return the peaks of each stage and of all."""
    names = [page.name for page in sorted(tool.PAGES.glob("0[0-7]_*.ipynb"))]
    stages: dict[str, int] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "lesson"
        shutil.copytree(
            tool.PAGES, root / "notebooks", ignore=shutil.ignore_patterns("my_work", ".*")
        )
        with lab(
            root, f"notebooks/{names[0]}", scratch=Path(folder) / "scratch", rehearsal=not full
        ) as jupyter:
            for name, following in zip(names, [*names[1:], None], strict=True):
                watch = MemoryWatch(jupyter.process.pid, itself=True)
                with sampling(watch.sample, every=0.1):
                    jupyter.run_all(timeout=7200)
                    if following:
                        open_next(jupyter, name, following)
                stages[name.removesuffix(".ipynb")] = megabytes(watch.peak)
                print(f"  walked {name}: {stages[name.removesuffix('.ipynb')]} MB", flush=True)
    return {"peak MB": max(stages.values()), "peak MB by page": stages, "trainings": says(full)}


def show(results: dict[str, Any]) -> None:
    """Print the figures as tables."""
    print(f"\n{results['machine']}")
    original = results.get("start", {}).get("original's imports", {})
    for name, row in results.get("start", {}).items():
        figures = [
            f"{row[state]:5.2f} {state} ({original[state] / row[state]:.1f} × sooner)"
            for state in row
        ]
        print(f"  start  {name:20} {'   '.join(figures)}")
    for name, row in results.get("pages", {}).items():
        print(f"  page   {name:20} {row['peak MB']:6} MB  in {row['seconds']} s")
    if "walk" in results:
        print(f"  walk   00 → 07, server included: {results['walk']['peak MB']} MB at most")


def main() -> None:
    """Measure what is asked for, keep the figures, print them."""
    command = parser(__doc__)
    command.add_argument(
        "parts", nargs="*", help="start, pages, button, cells, walk; none means all"
    )
    command.add_argument("--full", action="store_true", help="no rehearsal")
    command.add_argument("--only", nargs="+", default=[], help="of the part pages: these")
    options = command.parse_args()
    tasks = {
        "start": start,
        "pages": lambda: pages(options.only, full=options.full),
        "button": lambda: button(full=options.full),
        "cells": lambda: cells(options.only),
        "walk": lambda: walk(full=options.full),
    }
    if unknown := set(options.parts) - set(tasks):
        command.error(f"unknown part {', '.join(sorted(unknown))}")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    results: dict[str, Any] = {}
    for name in options.parts or tasks:
        found = tasks[name]()
        # Read after measuring: another process may have measured another part meanwhile.
        results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        before = results.get(name, {}) if options.only else {}
        results |= {"machine": machine(), name: before | found}
        keep(__file__, results)
    show(results)


if __name__ == "__main__":
    main()
