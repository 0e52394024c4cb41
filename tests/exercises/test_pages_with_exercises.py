"""Pages hold the exercises as the package has them; filled in, every check is right."""

import copy
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from samples import names

import notebooks as tool
from mnist_lesson import exercises
from mnist_lesson.commands.run_page import PageRun
from mnist_lesson.exercise_engine.exercise import FunctionExercise

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
FILES = {file.stem[3:]: file for file in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))}
RESULTS = {
    "look.averages_read": "100 * right",
    "test.test_right": "100 * result.accuracy",
    "your_hand.next_ten": "10 * (read_after == new_labels).mean()",
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


def only_what_exercises_need(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Leave out cells on which no exercise and no guess depends: the page's own test runs those."""
    kept: list[NotebookNode] = []
    needed: set[str] = set()
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        kinds = {tag.partition(":")[0] for tag in cell.metadata.get("tags", []) if ":" in tag}
        made, used = names(cell.source)
        if kinds or made & needed:
            needed |= used
            kept.insert(0, cell)
    return kept


def completed(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a page as a learner leaves it who solved and guessed everything."""
    done = copy.deepcopy(notebook)
    answers = {}
    for page in PAGES:
        for one in exercises.exercises_of(page):
            answers[f"exercise:{one.key}"] = one.solution_text
        for guess in exercises.guesses_of(page):
            answer = repr(guess.truth) if guess.options else "9"
            call = f"exercises.{guess.key}.guess(answer={answer}, sure=70)"
            answers[f"guess:{guess.key}"] = f"from mnist_lesson import exercises, progress\n{call}"
    for cell in done.cells:
        for tag in cell.metadata.get("tags", []):
            cell.source = answers.get(tag, cell.source)
    done.cells = only_what_exercises_need(done.cells)
    return done


@pytest.fixture(scope="module")
def completed_runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Future[PageRun]]]:
    """Return one run of a completed copy of each page, two at a time."""
    folder = tmp_path_factory.mktemp("completed")
    with ThreadPoolExecutor(2) as pool:
        started = {}
        for page in PAGES:
            path = folder / FILES[page].name
            nbformat.write(completed(nbformat.read(FILES[page], as_version=4)), path)
            started[page] = pool.submit(tool.execute, path)
        yield started
        pool.shutdown(cancel_futures=True)


@each_page
def test_a_completed_page_runs_through_with_every_check_right(
    page: str, completed_runs: dict[str, Future[PageRun]]
) -> None:
    """With the solutions that learners are shown, and a guess."""
    run = completed_runs[page].result()
    assert run.error is None
    cells = run.notebook.cells
    said = {key: shown(cells[place]) for key, place in tagged(cells, "check").items()}
    assert {key: text[:7] for key, text in said.items()} == dict.fromkeys(said, "✔ Right")
    for key, place in tagged(cells, "reveal").items():
        assert shown(cells[place]).startswith(("✔ It's ", "✘ It's ")), key
    for guess in exercises.guesses_of(page):
        if guess.options:
            assert "Right" in shown(cells[tagged(cells, "reveal")[guess.key]])
