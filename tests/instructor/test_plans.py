"""The plans by the clock: what they name is in the pages, runs alone, and fits into its minutes."""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest
from samples import names

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
PLANS = NOTEBOOKS / "instructor" / "plans.md"
GUIDE = NOTEBOOKS / "instructor" / "guide.md"
WORDS_A_MINUTE = 180
ROW = re.compile(
    r"^\|(?: \*\*(\d)\*\*)? (\d:\d\d) \| (\d\d|) ?\| (.+?) \|(?: ([\d.]+) min)? \|(?: (\d+) s)? \|$"
)


@dataclass(frozen=True)
class Step:
    """A row of a plan."""

    plan: str
    start: int  # minutes
    end: int
    page: str
    what: str
    reading: float
    waiting: int


def steps() -> list[Step]:
    """Read the rows; each ends where the next begins, and a lesson or plan where its title says."""
    found: list[Step] = []
    for part in re.split(r"^## ", PLANS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        last = {"One hour": 60, "Three hours": 180}.get(title, 45)
        lines = [line for line in text.splitlines() if re.match(r"\| (\*\*)?\d", line)]
        rows = [ROW.match(line) for line in lines]
        assert all(rows), [line for line, row in zip(lines, rows, strict=True) if not row]
        starts = [60 * int(row[2][0]) + int(row[2][2:]) for row in rows]
        ends = [start if start > 0 else last for start in starts[1:]] + [last]
        lesson = ""
        for row, start, end in zip(rows, starts, ends, strict=True):
            lesson = f", lesson {row[1]}" if row[1] else lesson
            facts = (row[3], row[4], float(row[5] or 0), int(row[6] or 0))
            found.append(Step(title + lesson, start, end, *facts))
    return found


@cache
def pieces(page: str) -> list[tuple[int, str, str, str]]:
    """Return a page in order, cut at headings: level and heading above, kind of cell, text."""
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
            found.append((level, heading, cell.cell_type, part))
    return found


def section(page: str, heading: str) -> list[tuple[str, str]]:
    """Return kind and text of a section's cells, those of the sections below it, too."""
    whole = pieces(page)
    places = [n for n, piece in enumerate(whole) if piece[1] == heading]
    assert places, f"page {page} has no section {heading!r}"
    level = whole[places[0]][0]
    rest = whole[places[0] :]
    end = next(
        (n for n, p in enumerate(rest) if p[1] != heading and p[0] <= max(level, 2)), len(rest)
    )
    return [piece[2:] for piece in rest[: end if level < 3 else len(places)]]


def cells(step: Step) -> list[tuple[str, str]]:
    """Return kind and text of the cells that a row names."""
    named = re.findall(r"\*([^*]+)\*(?: up to `([^`]+)`)?", step.what)
    chosen = section(step.page, "the top") if "the top" in step.what else []
    for heading, code in named:
        found = section(step.page, heading)
        if code:
            places = [n for n, (kind, text) in enumerate(found) if kind == "code" and code in text]
            assert len(places) == 1, f"page {step.page}, {heading}: {code!r} in {len(places)} cells"
            found = found[: places[0] + 1]
        chosen = chosen + found
    return chosen


ON_PAGES = [step for step in steps() if step.page]


@pytest.mark.parametrize("step", ON_PAGES, ids=lambda step: f"{step.plan}, {step.page}")
def test_a_row_says_what_it_takes_and_fits(step: Step) -> None:
    words = sum(len(text.split()) for kind, text in cells(step) if kind == "markdown")
    assert step.reading == pytest.approx(words / WORDS_A_MINUTE, abs=0.5)
    assert step.reading + step.waiting / 60 <= 0.75 * (step.end - step.start)


def test_no_row_needs_a_cell_that_it_leaves_out() -> None:
    known: dict[tuple[str, str], set[str]] = {}
    for step in ON_PAGES:
        space = known.setdefault((step.plan, step.page), set(vars(builtins)))
        for _, code in [cell for cell in cells(step) if cell[0] == "code"]:
            made, needed = names(code)
            missing = needed - space - made
            assert not missing, f"{step.plan}, {step.page}: {missing} in {code}"
            space |= made


CUTS = re.findall(
    r"^\| \[(\d\d)\].*\| \*(.+)\* \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("page", "heading"), CUTS)
def test_what_the_guide_cuts_is_needed_by_nothing_after_it(page: str, heading: str) -> None:
    cut = section(page, heading)
    space = set(vars(builtins))
    for *_, kind, text in pieces(page):
        if kind == "code" and (kind, text) not in cut:
            made, needed = names(text)
            assert not needed - space - made, text
            space |= made


def test_the_guide_says_for_each_page_what_can_be_cut() -> None:
    assert len(CUTS) == 10  # all twelve but 09, which is for home, and 11, which is short
