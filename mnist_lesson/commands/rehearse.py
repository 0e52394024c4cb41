"""Before class: run every page on this machine, and say what the class will wait for."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from mnist_lesson.commands.run_page import run_page
from mnist_lesson.shared.words import say_seconds

INSTRUCTORS = "tuning"  # the page that a class does not wait for


@dataclass(frozen=True)
class Page:
    """One page, run: seconds, peak memory in MB, its longest cell, what it trained in full, and what went wrong."""

    name: str
    seconds: float
    peak: float
    slowest: str
    full: float
    fault: str = ""


def rehearse(notebooks: Path, pages: list[str] | None = None) -> int:
    """Run pages in rehearsal, each on a fresh kernel in a throw-away folder, and print a line each.

    Pages are those of the folder `notebooks` and of the folder `instructor` in it.

    Returns
    -------
    0, or 1 if a page failed: the last lines say which, and why.
    """
    chosen = sorted(notebooks.glob("*.ipynb")) + sorted(notebooks.glob("instructor/*.ipynb"))
    unknown = [
        name for name in pages or [] if not any(path.stem.startswith(name) for path in chosen)
    ]
    if unknown or not chosen:
        print(f"There is no page {', '.join(unknown) or 'here'}. Type a number, such as 06.")
        return 1
    print(
        "Trainings are short here. “In class” is a guess at the page as it stands, with trainings in full."
    )
    print(f"{'page':24}{'here':>12}{'in class':>14}{'memory':>10}")
    done = []
    for path in chosen:
        if not pages or any(path.stem.startswith(name) for name in pages):
            done.append(measure(path))
            print(_line(done[-1]), flush=True)
    in_class = [page for page in done if page.name != INSTRUCTORS]
    faults = [f"{page.name}: {page.fault}" for page in done if page.fault]
    whole = sum(page.seconds + page.full for page in in_class)
    print(
        f"In all, the class waits about {say_seconds(whole)}; one page takes up to {max(p.peak for p in done):.0f} MB."
    )
    print(_advice(in_class))
    print("To fix:\n" + "\n".join(faults) if faults else "Nothing to fix.")
    return 1 if faults else 0


def _line(page: Page) -> str:
    in_class = say_seconds(page.seconds + page.full)
    ending = (f"  longest cell: {page.slowest}" if page.slowest else "") + (
        "  FAILED" if page.fault else ""
    )
    return (
        f"{page.name:24}{say_seconds(page.seconds):>12}{in_class:>14}{page.peak:>7.0f} MB{ending}"
    )


def _advice(pages: list[Page]) -> str:
    long = [page.name for page in pages if page.full > 300]
    if not long:
        return "No page keeps the class waiting for more than five minutes."
    return f"Start the training of {', '.join(long)} before the break, or lower `epochs` in its first cells."


def measure(path: Path) -> Page:
    """Run one page from top to bottom in rehearsal and measure it."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        run = run_page(notebook, path.parent, Path(scratch), timing=True)
        full = sum(_more(file) for file in Path(scratch, "my_work", "runs").glob("*/run.json"))
    return Page(path.stem, run.seconds, run.peak_mb, _slowest(run.notebook), full, run.fault)


def _more(file: Path) -> float:
    """Guess how many seconds a training would take beyond its rehearsal: ten times the digits, and all epochs."""
    facts = json.loads(file.read_text(encoding="utf-8"))
    epochs = facts["settings"]["epochs"] / max(1, facts["history"]["epoch"][-1])
    return float(facts["seconds"] * (10 * epochs - 1)) if facts["rehearsal"] else 0.0


def _slowest(page: Any) -> str:
    """Name the cell that took longest, with its seconds, if that was more than three."""
    from datetime import datetime

    took = []
    for cell in page.cells:
        times = cell.metadata.get("execution", {})
        if "iopub.execute_input" in times and "shell.execute_reply" in times:
            begun, ended = (
                datetime.fromisoformat(times[name].replace("Z", "+00:00"))
                for name in ("iopub.execute_input", "shell.execute_reply")
            )
            took.append(((ended - begun).total_seconds(), cell.source.splitlines()[-1][:40]))
    seconds, line = max(took, default=(0.0, ""))
    return f"{seconds:.0f} s, {line}" if seconds > 3 else ""
