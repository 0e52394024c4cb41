"""Times for the plans: which cells a row covers, and how long they take to read and to run.

`python benchmarks/run.py --texts` writes both times into the rows of notebooks/instructor/plans.md,
from the pages' words and from the seconds of each cell that `benchmarks/pages.py cells` measured.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
PLANS = NOTEBOOKS / "instructor" / "plans.md"
MEASURED = Path(__file__).with_name("pages.json")
WORDS_A_MINUTE = 180
MINUTES = {"One hour": 60, "Three hours": 180}  # all others are lessons of 45
ROW = re.compile(
    r"^\|(?: \*\*(?P<lesson>\d)\*\*)? (?P<clock>\d:\d\d) \| (?P<page>\d\d|) ?\| (?P<what>.+?) "
    r"\|(?: (?P<reading>[\d.]+) min)? \|(?: (?P<waiting>\d+) s)? \|$"
)


@dataclass(frozen=True)
class Step:
    """A row of a plan. Times are in minutes from the start of the hour or lesson."""

    plan: str
    start: int
    end: int
    page: str
    what: str


@dataclass(frozen=True)
class Piece:
    """A piece of a page: a cell, or the part of one below a heading."""

    level: int  # of the heading above it
    heading: str
    kind: str  # "markdown" or "code"
    text: str
    name: str  # of the cell


def steps(text: str) -> list[Step]:
    """Read the rows. Each ends where the next starts; the last, when the title says."""
    found: list[Step] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        last = MINUTES.get(title, 45)
        lines = [line for line in body.splitlines() if re.match(r"\| (\*\*)?\d", line)]
        rows = [ROW.match(line) for line in lines]
        if None in rows:
            raise ValueError(f"This row has another form: {lines[rows.index(None)]}")
        starts = [60 * int(row["clock"][0]) + int(row["clock"][2:]) for row in rows if row]
        ends = [start if start > 0 else last for start in starts[1:]] + [last]
        lesson = ""
        for row, start, end in zip(rows, starts, ends, strict=True):
            lesson = f", lesson {row['lesson']}" if row["lesson"] else lesson
            found.append(Step(title + lesson, start, end, row["page"], row["what"]))
    return found


@cache
def pieces(page: str) -> list[Piece]:
    """Return a page in order, cut at its headings."""
    path = next(NOTEBOOKS.glob(f"{page}_*.ipynb"))
    level, heading = 1, "the top"
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        is_text = cell.cell_type == "markdown"
        parts = re.split(r"^(?=##)", cell.source, flags=re.MULTILINE) if is_text else [cell.source]
        for part in filter(None, parts):
            if is_text and part.startswith("##"):
                marks, _, heading = part.partition("\n")[0].partition(" ")
                level = len(marks)
            found.append(Piece(level, heading, cell.cell_type, part, cell.id))
    return found


def section(page: str, heading: str) -> list[Piece]:
    """Return the pieces of a section, including its subsections."""
    whole = pieces(page)
    places = [n for n, piece in enumerate(whole) if piece.heading == heading]
    if not places:
        raise ValueError(f"Page {page} has no section {heading!r}.")
    level = whole[places[0]].level
    rest = whole[places[0] :]
    ends = [n for n, p in enumerate(rest) if p.heading != heading and p.level <= max(level, 2)]
    end = min(ends, default=len(rest))
    return rest[: end if level < 3 else len(places)]


def chosen(step: Step) -> list[Piece]:
    """Return the pieces of a page that a row covers."""
    found = section(step.page, "the top") if "the top" in step.what else []
    for heading, code in re.findall(r"\*([^*]+)\*(?: up to `([^`]+)`)?", step.what):
        part = section(step.page, heading)
        if code:
            places = [n for n, p in enumerate(part) if p.kind == "code" and code in p.text]
            if len(places) != 1:
                raise ValueError(f"Page {step.page}, {heading}: {code!r} in {len(places)} cells.")
            part = part[: places[0] + 1]
        found = found + part
    return found


def reading(step: Step) -> float:
    """Return how many minutes it takes to read a row's words."""
    words = sum(len(piece.text.split()) for piece in chosen(step) if piece.kind == "markdown")
    return words / WORDS_A_MINUTE


def waiting(step: Step) -> float:
    """Return how many seconds a row's cells take to run."""
    cells = json.loads(MEASURED.read_text(encoding="utf-8"))["cells"]
    page = next(name for name in cells if name.startswith(step.page))
    names = {piece.name for piece in chosen(step) if piece.kind == "code"}
    if "the top" in step.what:
        names.add("start of the kernel")
    if "twelve epochs" in step.what:  # this training runs while everybody reads
        names.discard("train")
    seconds = sum(cells[page][name] for name in names)
    # The button starts the same training as page 06 with `fast = True`.
    if "Now train your own" in step.what:
        seconds += cells["06_train"]["train"]
    return seconds


def filled(text: str) -> str:
    """Return the plans with both times in each row as they were measured.

    If the minutes of reading are right to within half a minute, they stay, because pages change
    all the time.
    """
    rows = iter(steps(text))
    lines = []
    for line in text.splitlines():
        row = ROW.match(line)
        step = next(rows) if row else None
        if row and step and step.page:
            minutes = float(row["reading"] or 0)
            if abs(minutes - reading(step)) > 0.5:
                minutes = reading(step)
            seconds = 5 * math.ceil(
                waiting(step) / 5
            )  # round up, since nobody minds a shorter wait
            begin = line.rsplit("|", 3)[0]
            line = f"{begin}| {minutes:.1f} min | {seconds} s |"
        lines.append(line)
    return "\n".join(lines) + "\n"
