"""Before class: run every page on this machine, and say what the class will have to wait for."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import nbformat

from mnist_lesson.commands.run_page import PageRun, run_page
from mnist_lesson.shared.machine import free_memory
from mnist_lesson.shared.words import say_seconds

INSTRUCTORS = ("tuning", "class")  # pages that a class doesn't wait for
BROWSER, SYSTEM = 1000, 2000  # MB besides the pages: a laptop's browser, a server's own programs


@dataclass(frozen=True)
class Page:
    """A page that was run: its seconds, peak memory in MB, longest cell, and error, if any.

    `full` is how many more seconds full training would take.
    """

    name: str
    seconds: float
    peak: float
    slowest: str
    full: float
    fault: str = ""

    @property
    def in_class(self) -> float:
        """How many seconds it takes with full training."""
        return self.seconds + self.full


def rehearse(notebooks: Path, pages: list[str] | None = None, learners: int = 1) -> int:
    """Run pages in rehearsal, each on a fresh kernel in a throwaway folder, and give a verdict.

    The pages are those in the folder `notebooks`, and in `instructor` inside it.

    Parameters
    ----------
    learners
        How many will work on this machine at once: more than one on a server.

    Returns
    -------
    0 if this machine is ready; 1 if a page failed or memory is short, and then the last lines say
    what to do.
    """
    chosen = sorted(notebooks.glob("*.ipynb")) + sorted(notebooks.glob("instructor/*.ipynb"))
    unknown = [
        name for name in pages or [] if not any(path.stem.startswith(name) for path in chosen)
    ]
    if unknown or not chosen:
        print(f"There is no page {', '.join(unknown) or 'here'}. Type a number, such as 06.")
        return 1
    free = free_memory() / 1e6
    print("Training is cut short here. “In class” is an estimate for full training.")
    print(f"{'page':24}{'here':>12}{'in class':>14}{'memory':>10}")
    done = []
    for path in chosen:
        if not pages or any(path.stem.startswith(name) for name in pages):
            done.append(measure(path))
            print(_line(done[-1]), flush=True)
    # If you rehearse only an instructor's page, you want to know about that one.
    in_class = [page for page in done if page.name not in INSTRUCTORS] or done
    whole = say_seconds(sum(page.in_class for page in in_class))
    print(f"In all, the class waits about {whole}.")
    faults = [f"{page.name} stops: {page.fault}" for page in done if page.fault]
    faults += _short_memory(max(page.peak for page in in_class), free, learners)
    advice = _advice(in_class, learners)
    print("\nVerdict: " + ("not ready yet." if faults else "this machine is ready."))
    print("\n".join(f"- {line}" for line in faults + advice))
    return 1 if faults else 0


def _line(page: Page) -> str:
    ending = f"  longest cell: {page.slowest}" if page.slowest else ""
    ending += "  FAILED" if page.fault else ""
    return (
        f"{page.name:24}{say_seconds(page.seconds):>12}{say_seconds(page.in_class):>14}"
        f"{page.peak:>7.0f} MB{ending}"
    )


def _short_memory(peak: float, free: float, learners: int) -> list[str]:
    """If memory is short, say so, and what to change; otherwise, print the sum."""
    base = BROWSER if learners == 1 else SYSTEM
    needed = learners * peak + base
    what = "one page, and 1 GB for the browser"
    if learners > 1:
        what = f"{learners} learners who are all on the largest page, and 2 GB for the system"
    summed = f"Needed: {needed / 1000:.1f} GB for {what}. Free here: {free / 1000:.1f} GB."
    if needed <= free:
        print(summed)
        return []
    if learners == 1:
        return [f"{summed} Close other programs and other pages, or choose another machine."]
    fitting = max(0, int((free - base) / peak))
    turns = f"Let at most {fitting} train at once, while the others draw or read. Or take"
    return [
        f"{summed} {turns if fitting > 1 else 'Take'} a larger server, or let two share a screen "
        f"(then type --learners {(learners + 1) // 2})."
    ]


def _advice(pages: list[Page], learners: int) -> list[str]:
    """Say which training to start early, and how much longer it takes with many learners."""
    longest = max(pages, key=lambda page: page.full)
    said = []
    if learners > 1 and longest.full:
        each = say_seconds(learners * longest.full)
        said.append(
            f"Training takes every core. If all {learners} train on {longest.name} at once, "
            f"each waits up to {each}."
        )
    if longest.full * learners > 300:  # seconds
        said.append(
            f"Start the training of {longest.name} before the break. Or let everybody train the "
            "fast network: where the page says “if you're in a hurry”, they write fast = True."
        )
    return said or ["No page keeps the class waiting for more than five minutes."]


def measure(path: Path) -> Page:
    """Run one page from top to bottom in rehearsal and measure it."""
    notebook = nbformat.read(path, as_version=4)
    # Windows may hold on to a file for a moment after the kernel has ended.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        run = run_page(notebook, path.parent, Path(scratch), timing=True)
        full = sum(_more(file) for file in Path(scratch, "my_work", "runs").glob("*/run.json"))
    return Page(path.stem, run.seconds, run.peak_mb, _slowest(run), full, run.fault)


def _more(file: Path) -> float:
    """Estimate how many seconds full training would add: ten times the digits, and all epochs."""
    facts = json.loads(file.read_text(encoding="utf-8"))
    epochs = facts["settings"]["epochs"] / max(1, facts["history"]["epoch"][-1])
    return float(facts["seconds"] * (10 * epochs - 1)) if facts["rehearsal"] else 0.0


def _slowest(run: PageRun) -> str:
    """Name the cell that took longest, and its seconds, if it took more than three."""
    timed = run.cell_seconds()
    cell, seconds = max(timed, key=lambda pair: pair[1], default=(None, 0.0))
    if cell is None or seconds <= 3:
        return ""
    # Show its last line, since that's the result a reader waits for.
    code = cell.source.splitlines()[-1].partition("  #")[0]
    return f"{seconds:.0f} s, {shorten(code, 40, placeholder=' …')}"
