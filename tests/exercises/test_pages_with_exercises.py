"""Pages hold the exercises as the package has them; filled in, every check is right."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from samples import names

from mnist_lesson import exercises
from mnist_lesson.exercise_engine.exercise import FunctionExercise

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
FILES = {file.stem[3:]: file for file in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))}
RESULTS = {
    "faster.twenty": "track.compared",  # a sentence about the reader's own race
    "look.averages_read": "100 * right",
    "look.shifted": "100 * right_moved",
    "test.test_right": "100 * result.accuracy",
    "your_hand.next_ten": 'right["taught"]',
}
PAGES = [page for page in exercises.PAGES if page in FILES]
each_page = pytest.mark.parametrize("page", PAGES)


def cells_of(page: str) -> list[NotebookNode]:
    return nbformat.read(FILES[page], as_version=4).cells


def shown(cell: NotebookNode) -> str:
    texts = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
    return " ".join(" ".join(texts).split())


def tagged(cells: list[NotebookNode], kind: str) -> dict[str, int]:
    """Return where cells with a tag such as `check:load.pixels` stand, by the key in it."""
    places = {}
    for place, cell in enumerate(cells):
        for tag in cell.metadata.get("tags", []):
            if tag.startswith(f"{kind}:"):
                places[tag.partition(":")[2]] = place
    return places


@each_page
def test_the_page_holds_its_exercises_word_for_word(page: str) -> None:
    """Title and task, the cell to fill in, and the check, in the package's order."""
    cells, before = cells_of(page), 0
    places, checks = tagged(cells, "exercise"), tagged(cells, "check")
    own = exercises.exercises_of(page)
    assert set(places) == set(checks) == {one.key for one in own}
    for number, one in enumerate(own, 1):
        place = places[one.key]
        words = [cell.source for cell in cells[before:place] if cell.cell_type == "markdown"][-1]
        assert words == f"### {number}. {one.title}\n\n{one.task}"
        assert cells[place].source == one.blank
        assert cells[checks[one.key]].source == f"exercises.{one.key}.check({one.name})"
        assert before < place < checks[one.key]
        before = place


@each_page
def test_guesses_stand_before_their_result(page: str) -> None:
    """At least one cell runs in between; no text above the answer gives it away."""
    cells = cells_of(page)
    asked, revealed = tagged(cells, "guess"), tagged(cells, "reveal")
    assert set(asked) == set(revealed) == {guess.key for guess in exercises.guesses_of(page)}
    for guess in exercises.guesses_of(page):
        start, end = asked[guess.key], revealed[guess.key]
        assert cells[start].source.endswith(f"exercises.{guess.key}.ask()")
        assert cells[end].source.endswith(guess_call(guess.key))
        assert any(cell.cell_type == "code" for cell in cells[start + 1 : end])
        prose = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert guess.why not in " ".join(prose.split())


def guess_call(key: str) -> str:
    return f"exercises.{key}.reveal({RESULTS.get(key, '')})"


@each_page
def test_saved_pages_hold_nobodys_answers(page: str) -> None:
    """Exercises are not attempted; a guess shows its question, and its answer for GitHub."""
    cells = cells_of(page)
    guesses = {guess.key: guess for guess in exercises.guesses_of(page)}
    for place in tagged(cells, "check").values():
        assert shown(cells[place]).startswith("○ Not attempted yet.")
    for key, place in tagged(cells, "guess").items():
        assert guesses[key].question in shown(cells[place])
    for key, place in tagged(cells, "reveal").items():
        assert guesses[key].why in shown(cells[place])
        assert "You said" not in shown(cells[place])


def test_no_page_gives_a_number_away_before_it_is_asked_for() -> None:
    """Neither in prose nor in outputs. Two digits may turn up by chance."""
    cells = [cell for page in PAGES for cell in cells_of(page)]
    printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", [])]
    saved = " ".join([*(f"{cell.source} {shown(cell)}" for cell in cells), *printed])
    for page in PAGES:
        for one in exercises.exercises_of(page):
            if isinstance(one, FunctionExercise) or one.key == "model.small_network":
                continue
            right = one.right
            if isinstance(right, int) and right > 99:
                pattern = rf"(?<![\d,.]){right:,}(?!\d)|(?<!\d){right}(?!\d)"
                assert not re.search(pattern, saved), one.key


def completed(page: str) -> list[tuple[str, str]]:
    """Return the tags and the text of each cell of a learner who solved and guessed everything.

    Cells on which no exercise and no guess depends are left out: the page's own test runs those.
    """
    answers = {f"exercise:{one.key}": one.solution_text for one in exercises.exercises_of(page)}
    for guess in exercises.guesses_of(page):
        answer = repr(guess.truth) if guess.options else "9"
        call = f"exercises.{guess.key}.guess(answer={answer}, sure=70)"
        answers[f"guess:{guess.key}"] = f"from mnist_lesson import exercises, progress\n{call}"
    kept: list[tuple[str, str]] = []
    needed: set[str] = set()
    for cell in reversed([cell for cell in cells_of(page) if cell.cell_type == "code"]):
        tag = " ".join(cell.metadata.get("tags", []))
        source = answers.get(tag, cell.source)
        made, used = names(source)
        if ":" in tag or made & needed:
            needed |= used
            kept.insert(0, (tag, source))
    return kept


# One Python for all pages, as Keras takes seconds to load; each with names and a folder of its own.
RUN = """
import json, os, sys
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

HistoryManager.enabled = False
shell, said = InteractiveShell.instance(), {}
for page, cells in json.load(sys.stdin).items():
    os.environ["MNIST_LESSON_WORKSPACE"] = os.path.join(sys.argv[1], page)
    shell.reset()
    said[page] = {}
    for tags, code in cells:
        with capture_output():
            done = shell.run_cell(code.replace("%matplotlib inline", ""))
        said[page][tags or code] = repr(done.error_before_exec or done.error_in_exec or done.result)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Return what the cells of all completed pages say, by their tags."""
    folder = str(tmp_path_factory.mktemp("completed"))
    pages = json.dumps({page: completed(page) for page in PAGES})
    env = os.environ | {"MNIST_LESSON_REHEARSAL": "1", "MPLBACKEND": "agg", "IPYTHONDIR": folder}
    command = [sys.executable, "-c", RUN, folder]
    done = subprocess.run(command, input=pages, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@each_page
def test_a_completed_page_has_every_check_right(page: str, said: dict[str, dict[str, str]]) -> None:
    """With the solutions that learners are shown, and a guess."""
    checks = {f"check:{one.key}" for one in exercises.exercises_of(page)}
    wrong = {tag: said[page][tag] for tag in checks if said[page][tag][:7] != "✔ Right"}
    assert wrong == {}
    for guess in exercises.guesses_of(page):
        answer = said[page][f"reveal:{guess.key}"]
        assert answer.startswith("✔ It's " if guess.options else ("✔ It's ", "✘ It's ")), answer
