"""The cells that a page's exercises and guesses are made of, and what fills them in.

The pages hold copies of these cells; `test_pages_with_exercises.py` compares them, so that a page and the
package never tell a learner two different things.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from nbformat import NotebookNode

from mnist_lesson import exercises
from mnist_lesson.exercise_engine.exercise import Exercise
from mnist_lesson.exercise_engine.guess import Guess

REASON = "The line says how far this learner is, which differs from folder to folder."
RESULTS = {"look.averages_read": "100 * right", "test.test_right": "100 * result.accuracy"}
INTRO = (
    "## Your turn\n\nPut your answer where the `...` is and run the cell. Then run the cell below it: it looks at "
    "your answer and says at once what it thinks. If you are stuck, take away the `#` before a hint. "
    "Each time you run a hint, it goes one step further."
)
BEFORE = {"train.readings": ("exercises.train.draw_curves()", "")}


@dataclass(frozen=True)
class Cell:
    """One cell of a page: `kind` is "markdown" or "code"."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)


def line_cell(page: str) -> Cell:
    """Return the cell at the top of a page that says how far one is."""
    return Cell("code", f'progress.line("{page}")', ("nbval-ignore-output",), {"reason": REASON})


def guess_cells(guess: Guess) -> list[Cell]:
    """Return the question, the cell to guess in, and the cell that goes behind the result."""
    return [
        Cell("markdown", f"**Guess first.** {guess.text}"),
        Cell("code", guess.guess_call, (f"guess:{guess.key}",)),
        Cell("code", guess.reveal_call(RESULTS.get(guess.key, "")), (f"reveal:{guess.key}",)),
    ]


def exercise_cells(exercise: Exercise, number: int) -> list[Cell]:
    """Return the task, the cell to fill in, and the cell that checks it."""
    tools = f"# exercises.{exercise.key}.hint()\n# exercises.{exercise.key}.solution()"
    before = [Cell("code", BEFORE[exercise.key][0])] if exercise.key in BEFORE else []
    return [
        Cell("markdown", f"### {number}. {exercise.title}\n\n{exercise.task}"),
        *before,
        Cell("code", exercise.blank, (f"exercise:{exercise.key}",)),
        Cell("code", f"{exercise.check_call}\n{tools}", (f"check:{exercise.key}",)),
    ]


def turn_cells(page: str) -> list[Cell]:
    """Return a page's whole section “Your turn”."""
    cells = [Cell("markdown", INTRO)]
    for number, exercise in enumerate(exercises.exercises_of(page), 1):
        cells += exercise_cells(exercise, number)
    return cells


def completed(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a page as a learner leaves it who solved everything and guessed everything."""
    done = copy.deepcopy(notebook)
    answers = {
        f"exercise:{e.key}": e.solution_code
        for page in exercises.PAGES
        for e in exercises.exercises_of(page)
    }
    for page in exercises.PAGES:
        for guess in exercises.guesses_of(page):
            answer = repr(guess.truth) if guess.options else "90"
            answers[f"guess:{guess.key}"] = f"exercises.{guess.key}.guess(answer={answer}, sure=70)"
    for cell in done.cells:
        for tag in cell.metadata.get("tags", []):
            cell.source = answers.get(tag, cell.source)
    return done
