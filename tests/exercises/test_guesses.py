"""Predict, then run: what counts as a guess, when it is fixed, and how one is told how it went."""

import itertools

import numpy as np
import pytest

from mnist_lesson import exercises
from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.calibration import draw_calibration, grouped
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.exercise_engine.panels import AskPanel
from mnist_lesson.exercise_engine.reply import Reply

memoriser, averages_read = exercises.load.memoriser, exercises.look.averages_read
GUESSES = {one.key: one for page in exercises.PAGES for one in exercises.guesses_of(page)}


def test_every_page_has_a_turning_point() -> None:
    """One guess a page; those with options have their truth among them."""
    assert all(exercises.guesses_of(page) for page in exercises.PAGES)
    for one in GUESSES.values():
        assert not one.options or one.truth in one.options
        assert one.options or one.within > 0


GUESSED = [
    *(("a", 50, "Noted: a"), (" C ", 0, "Noted: c"), ("a", np.float32(100), "Noted: a")),
    ("80 or  More", 0.7, "Noted: c, and you're 70% sure"),
    ("a", 1, "Noted: a, and you're 1% sure"),
    *((answer, 50, "one of the letters a, b, c") for answer in ("d", 1, ["a"])),
    *(("a", sure, "from 0 to 100") for sure in (101, -1, True, float("nan"))),
    *(("a", sure, "No quotes") for sure in ("70", "70 %")),
]


@pytest.mark.parametrize(("answer", "sure", "words"), GUESSED)
def test_what_counts_as_a_guess(answer: object, sure: object, words: str) -> None:
    """A letter and a percentage; all else is asked for again, and not noted."""
    assert words in memoriser.guess(answer=answer, sure=sure).text
    assert len(journal.known()) == words.startswith("Noted")


@pytest.mark.parametrize(
    ("said", "result", "right"),
    [(80, 81.2, True), (76.5, 81.2, True), (86.3, 81.2, False), (12, 81.2, False)],
)
def test_a_number_is_right_when_it_is_near(said: float, result: float, right: bool) -> None:
    averages_read.guess(answer=said, sure=60)
    reply = averages_read.reveal(np.float64(result))
    assert ("Right!" in reply.text) == right
    assert reply.heading == f"{'✔' if right else '✘'} It's 81.2 out of 100"
    assert reply.panel().card.value.count(reply.heading.replace("'", "&#x27;")) == 1
    assert exercises.calibration() == [(0.6, right)]


@pytest.mark.parametrize("result", [None, "81", ..., [81]])
def test_without_its_result_nothing_is_revealed(result: object) -> None:
    """The question is about the learner's own number."""
    averages_read.guess(answer=80, sure=60)
    assert "There is no result yet" in averages_read.reveal(result).text
    assert exercises.calibration() == []


def test_a_guess_can_change_until_it_is_revealed_and_not_after() -> None:
    """Else it would be no guess; a re-run cell says so; and before it nothing is revealed."""
    assert "80 or more" not in repr(memoriser.reveal())
    assert exercises.calibration() == []
    memoriser.guess(answer="a", sure=90)
    memoriser.guess(answer="b", sure=40)
    assert repr(memoriser.reveal()).startswith("✘ It's c: 80 or more. You said b, 40% sure.")
    assert "your first guess stands: b, 40% sure" in memoriser.guess(answer="c", sure=100).text
    assert "You said b" in memoriser.reveal().text
    assert exercises.calibration() == [(0.4, False)]


def test_what_came_out_on_this_computer_can_be_told_beside_the_answer() -> None:
    memoriser.guess(answer="c", sure=60)
    assert "In your race, 5 s." in memoriser.reveal("In your race, 5 s.").text
    assert "None" not in memoriser.reveal().text


def test_each_outcome_has_its_words() -> None:
    """Wrong or right, one can have been less, quite or very sure."""
    said = set()
    for truth, answer, sure in itertools.product("ab", "ab", (20, 60, 90)):
        key, options = f"page.{truth}{answer}{sure}", {"a": "A", "b": "B"}
        question = Guess(key, question="?", why="", truth=truth, options=options)
        question.guess(answer=answer, sure=sure)
        said.add(question.reveal().text.partition("sure. ")[2])
    assert len(said) == 6


def test_doubtful_misses_get_several_words_and_each_guess_always_the_same() -> None:
    def missed(key: str, sure: int = 20) -> str:
        question = Guess(key, question="?", why="", truth="a", options={"a": "A", "b": "B"})
        question.guess(answer="b", sure=sure)
        return question.reveal().text

    said = [missed(f"page.{number}") for number in range(12)]
    assert len(set(said)) > 2
    assert said[0] == missed("page.0")
    # An untouched slider stands at 50, which is no doubt.
    untouched = {
        missed(f"page.at_start_{number}", 50).partition("sure. ")[2] for number in range(12)
    }
    assert untouched == {"Not this time.\n"}


def test_enter_in_the_box_is_a_guess() -> None:
    got = []

    def take(answer: float, sure: int) -> Reply:
        got.append((answer, sure))
        return Reply("guess", "Noted.")

    panel = AskPanel("How many?", {}, take)
    panel.number.value = "10,000"
    panel.number._handle_custom_msg({"event": "submit"}, [])
    assert got == [(10_000, 50)]
    assert "Noted." in panel.card.value


def test_a_number_that_cannot_be_is_refused_and_noted_nowhere() -> None:
    question = Guess("page.count", question="?", why="", truth=80.72, out_of=1000)
    for answer in (1001, -1, "99,999"):
        assert "from 0 to 1,000" in question.guess(answer=answer, sure=50).text
    assert "haven't guessed" in question.reveal().text
    question.guess(answer=1000, sure=50)
    assert question.reveal().title == "✘ It's 80.7 out of 1,000"


@pytest.mark.usefixtures("no_workspace")
def test_guesses_are_kept_when_the_folder_cannot_be_written() -> None:
    """That it is not kept is said; no error comes out."""
    assert "could not be kept" in memoriser.guess(answer="a", sure=50).text
    assert "You said a, 50% sure" in memoriser.reveal().text


def test_groups_of_equally_sure_answers() -> None:
    groups = grouped([0.1, 0.3, 0.9, 0.9, 1.0], [True, False, True, True, False], [0, 0.5, 1])
    assert groups == [
        (pytest.approx(0.2), 0.5, 2),
        (pytest.approx(2.8 / 3), pytest.approx(2 / 3), 3),
    ]
    assert grouped([], [], [0, 1]) == []


def test_calibration_is_drawn_with_and_without_guesses() -> None:
    """The network's curve is always there; the learner's as soon as there are five guesses."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(10), 200).astype("float32")
    labels = probabilities.argmax(axis=1)

    def names(figure):
        return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]

    before = ["as often right as sure", "the network"]
    made = (
        memoriser,
        exercises.preprocess.memory,
        exercises.train.adam,
        exercises.train.overfit,
        exercises.your_digits.strangers,
    )
    for guess in made:
        assert names(draw_calibration(probabilities, labels)) == before
        guess.guess(answer=guess.truth, sure=75)
        guess.reveal()
    figure = draw_calibration(probabilities, labels)
    assert names(figure)[-1] == "you, and how many guesses"
    assert figure.axes[0].lines[-1].get_xydata().tolist() == [[75, 100]]
    network = figure.axes[0].lines[1].get_xydata()
    assert (network[:, 1] == 100).all()
    assert [text.get_text() for text in figure.axes[0].texts] == ["5"]
    figure.canvas.draw()
