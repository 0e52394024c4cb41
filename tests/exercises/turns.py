"""The cells that a page's exercises are made of, and what fills them in."""

from __future__ import annotations

import copy

from nbformat import NotebookNode

from mnist_lesson import exercises
from mnist_lesson.exercise_engine.exercise import Exercise


def task_text(exercise: Exercise, number: int) -> str:
    """Return the Markdown of an exercise's task, as a page holds it."""
    return f"### {number}. {exercise.title}\n\n{exercise.task}"


def completed(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a page as a learner leaves it who solved everything and guessed everything."""
    answers = {}
    for page in exercises.PAGES:
        for exercise in exercises.exercises_of(page):
            answers[f"exercise:{exercise.key}"] = exercise.solution_text
        for guess in exercises.guesses_of(page):
            answer = repr(guess.truth) if guess.options else "9"
            answers[f"guess:{guess.key}"] = f"exercises.{guess.key}.guess(answer={answer}, sure=70)"
    done = copy.deepcopy(notebook)
    for cell in done.cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("guess:") and tag in answers:
                # What else stands in the cell, such as an import, stays.
                lines = [line for line in cell.source.splitlines() if ".ask(" not in line]
                cell.source = "\n".join([*lines, answers[tag]])
            else:
                cell.source = answers.get(tag, cell.source)
    return done
