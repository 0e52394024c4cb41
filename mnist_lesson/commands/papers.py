"""Papers for a class: an opener, answers, a handout, slides and certificates, as PDFs."""

import base64
import io
import re
from pathlib import Path

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from nbformat import reads

from mnist_lesson import exercises, progress
from mnist_lesson.commands.pages import edition
from mnist_lesson.exercise_engine.exercise import Exercise
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.instructor.handout import handout
from mnist_lesson.instructor.opener import opener
from mnist_lesson.instructor.sheet import MARGIN, Paper
from mnist_lesson.progress.class_folder import read_class
from mnist_lesson.shared.workspace import throwaway_folder
from mnist_lesson.widgets.keepsakes import certificate

# Page, the cell with the picture, the title above it, and the question to ask below it.
SLIDES = (
    ("03", "six-of-each", "Can you read all of these?", "Now write down the rule for a 7."),
    (
        "00",
        "bent",
        "The best line there is",
        "Would you trust it? What would a better function do?",
    ),
    ("00", "show-neuron", "A neuron: weigh, add, bend", "Turn the 2.0 into 1.0. What comes out?"),
    ("00", "sliding-window", "A window slides over a picture", "What does this one look for?"),
    (
        "05",
        "conv-2-maps",
        "One 5, seen in 32 feature maps",
        "Which two maps see nothing at all?",
    ),
    ("06", "descent", "Learning is walking downhill", "You're in thick fog. How do you get down?"),
    ("06", "overfit-curves", "When should you stop?", "Which line are you looking at, and why?"),
    ("07", "worst-mistakes", "It's wrong once in a hundred", "Which mistakes would you make, too?"),
    ("08", "letters", "It knows ten digits, and nothing else", "What would an honest machine say?"),
    (
        "10",
        "forget",
        "Teach it only your own hand …",
        "… and it forgets the others. How would you stop that?",
    ),
)


def answers() -> Paper:
    """Draw the answer key: a sheet per page, with its guesses, exercises and answers."""
    paper = Paper()
    kind = "answers · not for handing out"
    for number, page in enumerate(exercises.PAGES):
        title = f"{number:02} · {page.replace('_', ' ').capitalize()}"
        text = _answers_of(page)
        # The largest letters with which the page's answers still fit on one sheet.
        for scale in (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7):
            with paper.offset_rendering():  # tried, and undone
                before = paper.page
                paper.begin(kind, title, text, scale=scale)
                fits = paper.page == before + 1
            if fits:
                break
        paper.begin(kind, title, text, scale=scale)
    return paper


def _answers_of(page: str) -> str:
    """Return what a teacher wants to know of a page's guesses and exercises, in Markdown."""
    parts = [_about_guess(guess) for guess in exercises.guesses_of(page)]
    for place, exercise in enumerate(exercises.exercises_of(page), start=1):
        parts.append(f"## {place}. {exercise.title}\n\n{_about_exercise(exercise)}")
    return "\n\n".join(parts)


def _about_guess(guess: Guess) -> str:
    truth = guess.options.get(str(guess.truth), "")
    right = f"({guess.truth}) {truth}" if truth else f"{guess.truth}"
    answer = "Their own result decides" if guess.truth is None else right
    return f"## A guess\n\n{guess.text}\n\n**{answer}.** {guess.why}"


def _about_exercise(exercise: Exercise) -> str:
    # Without the docstring, which only repeats the task.
    code = re.sub(r'\n    """.*?"""', "", exercise.solution_text, flags=re.DOTALL)
    # Leave out slips that use our own helpers: they mean nothing to a teacher.
    plain = [slip for slip in exercise.slips.items() if not re.search(r"\b_\w", slip[0])]
    slips = "\n".join(f"- If it's `{wrong}`: {says}" for wrong, says in plain[:2])
    return f"{exercise.task}\n\n```\n{code}\n```\n\n{exercise.why}\n\n{slips}"


def slides() -> Paper:
    """Draw the slides, in 16 : 9."""
    paper = Paper("landscape", (190.5, 338.7))
    for page, cell, title, question in SLIDES:
        paper.add_page()
        paper.write_markdown(f"# {title}", scale=1.5)
        picture = io.BytesIO(picture_of(page, cell))
        paper.image(picture, MARGIN, 34, 298, 122, keep_aspect_ratio=True)
        paper.y = 160
        paper.write_markdown(f"## {question} (page {page})", scale=1.6)
    return paper


def picture_of(page: str, name: str) -> bytes:
    """Return the picture in a page's saved output, as PNG."""
    path = next(edition().glob(f"{page}_*.ipynb"))
    cells = reads(path.read_text(encoding="utf-8"), as_version=4).cells
    cell = next(cell for cell in cells if cell.id == name)
    data = next(output.data for output in cell.outputs if "image/png" in output.get("data", {}))
    return base64.b64decode(data["image/png"])


def certificates(class_folder: Path) -> list[Figure]:
    """Draw a certificate for each learner with a progress file in the folder."""
    room = read_class(class_folder)
    left_out = list(room.left_out)
    drawn = []
    for learner in room.learners:
        if learner.writer is not None and not learner.records:
            continue  # only ten digits for the class, no progress file
        try:
            with throwaway_folder():  # certificate() needs a learner's whole folder
                progress.load(learner.path)
                drawn.append(certificate(learner.called))
        except (progress.ProgressError, ValueError) as error:
            left_out.append((learner.file, str(error)))
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
        for name, paper in draw.items():
            file = folder / f"{name}.pdf"
            paper().output(str(file))
            print(file)
        if class_folder is None:
            return 0
        sheets = certificates(class_folder)
        if not sheets:
            print(f"{class_folder} has no progress file in it, such as my_progress_Ada.zip.")
            return 1
        with PdfPages(folder / "certificates.pdf") as pdf:
            for sheet in sheets:
                pdf.savefig(sheet)
        print(folder / "certificates.pdf")
        return 0
    except OSError as error:  # the folder's, or a file's that a reader has open
        print(f"{error.filename}: {error.strerror}. Name a folder, as in: papers my_papers")
        return 1
