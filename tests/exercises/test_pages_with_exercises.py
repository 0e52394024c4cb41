"""The pages hold the exercises as the package has them; filled in, they run through with every check right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import turns
from nbformat import NotebookNode

import notebooks as tool
from mnist_lesson import exercises
from mnist_lesson.commands.run_page import PageRun
from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.exercise import FunctionExercise

ROOT = Path(__file__).resolve().parents[2]

FILES = {
    page: ROOT / "notebooks" / f"{number:02d}_{page}.ipynb"
    for number, page in enumerate(exercises.PAGES)
}
BLANK = re.compile(r"[=:] ?\.\.\.|^\s*\.\.\.$", re.MULTILINE)
SLOW_FIRST = ("train", "test", "model", "your_digits")
each_page = pytest.mark.parametrize("page", exercises.PAGES)


def cells_of(page: str) -> list[NotebookNode]:
    """Return a page's cells as they are saved."""
    return nbformat.read(FILES[page], as_version=4).cells


def as_turn(cell: NotebookNode) -> turns.Cell:
    """Return what of a cell is compared with the package."""
    metadata = dict(cell.metadata.get("mnist_lesson", {}))
    return turns.Cell(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())), metadata)


def shown(cell: NotebookNode) -> str:
    """Return a cell's output as plain text."""
    return "\n".join(
        output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])
    )


def tagged(cells: list[NotebookNode], kind: str) -> dict[str, NotebookNode]:
    """Return the cells with a tag such as `check:load.pixels`, by what stands behind the colon."""
    found = {}
    for cell in cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith(f"{kind}:"):
                found[tag.partition(":")[2]] = cell
    return found


@each_page
def test_your_turn_stands_in_the_page_word_for_word(page: str) -> None:
    """All of it, in one piece, in order."""
    cells, section = [as_turn(cell) for cell in cells_of(page)], turns.turn_cells(page)
    assert section[0] in cells
    start = cells.index(section[0])
    assert cells[start : start + len(section)] == section


@each_page
def test_guesses_stand_before_their_result(page: str) -> None:
    """The question and the guess together; the answer behind at least one cell that runs; no other exercise tags."""
    saved = cells_of(page)
    cells = [as_turn(cell) for cell in saved]
    for guess in exercises.guesses_of(page):
        question, answer, reveal = turns.guess_cells(guess)
        start, end = cells.index(question), cells.index(reveal)
        assert cells[start + 1] == answer
        assert any(cell.kind == "code" for cell in cells[start + 2 : end])
    assert set(tagged(saved, "guess")) == {guess.key for guess in exercises.guesses_of(page)}
    assert set(tagged(saved, "exercise")) == {
        exercise.key for exercise in exercises.exercises_of(page)
    }


@each_page
def test_the_progress_line_stands_at_the_top(page: str) -> None:
    """Before the first step."""
    assert turns.line_cell(page) in [as_turn(cell) for cell in cells_of(page)][:6]


@each_page
def test_saved_pages_show_exercises_not_attempted(page: str) -> None:
    """No one's answers are saved in the lesson."""
    saved = cells_of(page)
    for cell in tagged(saved, "check").values():
        assert shown(cell).startswith("○ Not attempted yet.")
    for cell in [*tagged(saved, "guess").values(), *tagged(saved, "reveal").values()]:
        assert "You have not guessed yet" in shown(cell)


def test_no_page_gives_a_number_away_before_it_is_asked_for() -> None:
    """Neither in its prose nor in what it prints, with a comma in it or not. Two digits may turn up by chance."""
    cells = [cell for page in exercises.PAGES for cell in cells_of(page)]
    printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", [])]
    saved = " ".join([*(f"{cell.source} {shown(cell)}" for cell in cells), *printed])
    for page in exercises.PAGES:
        for one in exercises.exercises_of(page):
            right = (
                None
                if isinstance(one, FunctionExercise) or one.key == "model.small_network"
                else one.solve()
            )
            if isinstance(right, int) and right > 99:
                assert not re.search(rf"(?<![\d,.]){right:,}(?!\d)|(?<!\d){right}(?!\d)", saved), (
                    one.key
                )


@pytest.fixture(scope="module")
def completed_runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Future[PageRun]]]:
    """Return one run of a completed copy of each page, two at a time, each in a workspace of its own."""
    folder = tmp_path_factory.mktemp("completed")
    with ThreadPoolExecutor(2) as pool:
        started = {}
        for page in sorted(exercises.PAGES, key=lambda page: page not in SLOW_FIRST):
            path = folder / FILES[page].name
            nbformat.write(turns.completed(nbformat.read(FILES[page], as_version=4)), path)
            started[page] = pool.submit(tool.execute, path)
        yield started
        pool.shutdown(cancel_futures=True)


@pytest.mark.training
@each_page
def test_a_completed_page_runs_through_with_every_check_right(
    page: str, completed_runs: dict[str, Future[PageRun]]
) -> None:
    """With the solutions that learners are shown, and a guess."""
    run = completed_runs[page].result()
    assert run.error is None
    cells = run.notebook.cells
    checks, reveals = tagged(cells, "check"), tagged(cells, "reveal")
    assert set(checks) == {exercise.key for exercise in exercises.exercises_of(page)}
    assert {key: shown(cell)[:7] for key, cell in checks.items()} == dict.fromkeys(
        checks, "✔ Right"
    )
    assert {key: shown(cell)[:12] for key, cell in reveals.items()} == dict.fromkeys(
        reveals, "How it went."
    )
    for guess in exercises.guesses_of(page):
        if guess.options:
            assert "Right" in shown(reveals[guess.key])
    errors = [
        output
        for cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    allowed = sum("raises-exception" in cell.metadata.get("tags", []) for cell in cells)
    assert len(errors) == allowed


def test_completing_fills_every_blank() -> None:
    """A page made of the package's own cells has none left."""
    for page in exercises.PAGES:
        section = turns.turn_cells(page) + [
            c for g in exercises.guesses_of(page) for c in turns.guess_cells(g)
        ]
        notebook = nbformat.v4.new_notebook()
        for cell in section:
            if cell.kind == "code":
                notebook.cells.append(
                    nbformat.v4.new_code_cell(cell.source, metadata={"tags": list(cell.tags)})
                )
        done = turns.completed(notebook)
        assert [cell.source for cell in done.cells if BLANK.search(cell.source)] == []
        assert len([cell for cell in notebook.cells if BLANK.search(cell.source)]) >= 2
    assert journal.known() == []
