"""Papers for a class: an opener, answers, a handout, slides and certificates, as PDFs."""

from __future__ import annotations

import re
from pathlib import Path

from matplotlib.figure import Figure

from mnist_lesson import exercises, progress
from mnist_lesson.commands.slides import slides
from mnist_lesson.exercise_engine.exercise import Exercise
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.instructor.handout import handout
from mnist_lesson.instructor.opener import opener
from mnist_lesson.instructor.sheet import Sheet, save_pages
from mnist_lesson.progress.class_folder import ClassFolder, ClassFolderError
from mnist_lesson.shared.workspace import throwaway_folder
from mnist_lesson.widgets.keepsakes import certificate

NUMBERS = {"your_digits": "08", "your_hand": "10", "take_home": "11"}


def answers() -> list[Figure]:
    """Draw the answer key: a sheet per page, with its guesses, exercises and answers."""
    return [_answer_sheet(number, page) for number, page in enumerate(exercises.PAGES)]


def _answer_sheet(number: int, page: str) -> Figure:
    title = f"{NUMBERS.get(page, f'{number:02}')} · {page.replace('_', ' ').capitalize()}"
    # Make the text smaller until the page's answers fit on one sheet.
    for scale in (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7):
        sheet = Sheet(title, "answers · not for handing out", scale=scale)
        for guess in exercises.guesses_of(page):
            _write_guess(sheet, guess)
        for place, exercise in enumerate(exercises.exercises_of(page), start=1):
            _write_exercise(sheet, place, exercise)
        if not sheet.full:
            break
    return sheet.figure


def _write_guess(sheet: Sheet, guess: Guess) -> None:
    truth = guess.options.get(str(guess.truth), "")
    right = f"({guess.truth}) {truth}" if truth else f"{guess.truth}"
    sheet.heading("A guess")
    sheet.write(guess.text)
    sheet.write(f"**{'Their own result decides' if guess.truth is None else right}.** {guess.why}")


def _write_exercise(sheet: Sheet, place: int, exercise: Exercise) -> None:
    sheet.heading(f"{place}. {exercise.title}")
    sheet.write(exercise.task)
    # Without the docstring, which only repeats the task.
    sheet.code(re.sub(r'\n    """.*?"""', "", exercise.solution_text, flags=re.DOTALL))
    sheet.write(exercise.why)
    # Leave out slips that use our own helpers: they mean nothing to a teacher.
    plain = [slip for slip in exercise.slips.items() if not re.search(r"\b_\w", slip[0])]
    for wrong, says in plain[:2]:
        sheet.write(f"If it's `{wrong}`: {says}", size=9.5, color="#666666")


def certificates(class_folder: Path) -> list[Figure]:
    """Draw a certificate for each learner with a progress file in the folder."""
    room = ClassFolder(class_folder).look()
    left_out = list(room.left_out)
    drawn = []
    for one in room.learners:
        if one.writer is not None and not one.records:
            continue  # only ten digits for the class, no progress file
        try:
            with throwaway_folder():  # certificate() needs a learner's whole folder
                progress.load(one.path)
                drawn.append(certificate(one.called))
        except (progress.ProgressError, ValueError) as error:
            left_out.append((one.file, str(error)))
    for name, reason in left_out:
        print(f"Left out: {name}: {reason}")
    return drawn


def papers(folder: Path, class_folder: Path | None = None) -> int:
    """Write all papers into a folder, and print the file names; return the exit code.

    Parameters
    ----------
    class_folder
        The folder with the learners' progress files; without it, there are no certificates.
    """
    draw = {"opener": opener, "handout": handout, "slides": slides, "answers": answers}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, pages in draw.items():
            print(save_pages(pages(), folder / f"{name}.pdf"))
        if class_folder is None:
            return 0
        sheets = certificates(class_folder)
        if not sheets:
            print(f"{class_folder} has no progress file in it, such as my_progress_Ada.zip.")
            return 1
        print(save_pages(sheets, folder / "certificates.pdf"))
        return 0
    except ClassFolderError as error:
        print(error)
        return 1
    except OSError as error:  # the folder's, or a file's that a reader has open
        print(f"{error.filename}: {error.strerror}. Name a folder, as in: papers my_papers")
        return 1
