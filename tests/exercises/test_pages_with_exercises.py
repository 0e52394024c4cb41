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
from mnist_lesson.exercise_engine.exercise import FunctionExercise

PAGES = Path(__file__).resolve().parents[2] / "notebooks"
FILES = {page: next(PAGES.glob(f"[0-9][0-9]_{page}.ipynb")) for page in exercises.PAGES}
SLOW_FIRST = ("train", "test", "model", "your_digits")
each_page = pytest.mark.parametrize("page", exercises.PAGES)


def cells_of(page: str) -> list[NotebookNode]:
    """Return a page's cells as they are saved."""
    return nbformat.read(FILES[page], as_version=4).cells


def shown(cell: NotebookNode) -> str:
    """Return a cell's output as plain text."""
    return "\n".join(
        output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])
    )


def tagged(cells: list[NotebookNode], kind: str) -> dict[str, int]:
    """Return where the cells with a tag such as `check:load.pixels` stand, by their keys."""
    return {
        tag.partition(":")[2]: place
        for place, cell in enumerate(cells)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(f"{kind}:")
    }


@each_page
def test_each_exercise_stands_in_its_page_word_for_word(page: str) -> None:
    """Task, blank and check, in order, as the package has them."""
    cells = cells_of(page)
    sources = [cell.source for cell in cells]
    blanks, checks = tagged(cells, "exercise"), tagged(cells, "check")
    assert list(blanks) == list(checks) == [e.key for e in exercises.exercises_of(page)]
    for number, exercise in enumerate(exercises.exercises_of(page), 1):
        place = blanks[exercise.key]
        assert turns.task_text(exercise, number) in sources[:place]
        assert sources[place] == exercise.blank
        assert sources[checks[exercise.key]] == exercise.check_call
        assert checks[exercise.key] == place + 1


@each_page
def test_a_result_stands_between_a_guess_and_its_answer(page: str) -> None:
    cells = cells_of(page)
    asked, revealed = tagged(cells, "guess"), tagged(cells, "reveal")
    assert set(asked) == set(revealed) == {guess.key for guess in exercises.guesses_of(page)}
    for key, place in asked.items():
        between = cells[place + 1 : revealed[key]]
        assert any(cell.cell_type == "code" for cell in between)


@each_page
def test_saved_pages_show_exercises_not_attempted(page: str) -> None:
    """No one's answers are saved in the lesson."""
    cells = cells_of(page)
    for place in tagged(cells, "check").values():
        assert shown(cells[place]).startswith("○ Not attempted yet.")
    for place in tagged(cells, "guess").values():
        assert "Guess first." in shown(cells[place])


def test_no_page_gives_a_number_away_before_it_is_asked_for() -> None:
    """Neither in prose nor in print, with a comma in it or not. Two digits may turn up by chance."""
    cells = [cell for page in exercises.PAGES for cell in cells_of(page)]
    printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", [])]
    saved = " ".join([*(f"{cell.source} {shown(cell)}" for cell in cells), *printed])
    for page in exercises.PAGES:
        for exercise in exercises.exercises_of(page):
            if isinstance(exercise, FunctionExercise) or exercise.key == "model.small_network":
                continue
            right = exercise.solve()
            if isinstance(right, int) and right > 99:
                number = rf"(?<![\d,.]){right:,}(?!\d)|(?<!\d){right}(?!\d)"
                assert not re.search(number, saved), exercise.key


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
    checks = {key: shown(cells[place])[:7] for key, place in tagged(cells, "check").items()}
    assert checks == dict.fromkeys(checks, "✔ Right")
    for guess in exercises.guesses_of(page):
        answer = shown(cells[tagged(cells, "reveal")[guess.key]])
        assert answer.startswith("How it went.")
        if guess.options:
            assert "Right" in answer
    errors = [
        output
        for cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    allowed = sum("raises-exception" in cell.metadata.get("tags", []) for cell in cells)
    assert len(errors) == allowed
