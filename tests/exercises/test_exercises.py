"""Every exercise against a bank of answers: right ones, and wrong ones with their message."""

import linecache
import re
from pathlib import Path

import bank
import numpy as np
import pytest

from mnist_lesson import build_model, exercises
from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise

ALL = {one.key: one for page in exercises.PAGES for one in exercises.exercises_of(page)}
FUNCTIONS = [key for key, one in ALL.items() if isinstance(one, FunctionExercise)]


def answer_to(key: str, expression: str) -> object:
    """Return the answer that an expression of the bank gives: a value, or a function."""
    exercise = ALL[key]
    if isinstance(exercise, FunctionExercise):
        expression = f"lambda {', '.join(exercise.arguments)}: {expression}"
    return eval(expression, dict(vars(bank)))


def as_cell(exercise: Exercise, text: str) -> object:
    """Run a cell's text as a notebook does, which remembers the text of its cells."""
    name = f"<cell of {exercise.key}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space: dict[str, object] = {"np": np, "build_model": build_model}
    exec(compile(text, name, "exec"), space)
    return space[exercise.name]


RIGHT = [(key, answer) for key, answers in bank.RIGHT.items() for answer in answers]
WRONG = [(key, *pair) for key, wrong in bank.WRONG.items() for pair in wrong.items()]


def test_keys_are_written_down_and_stay() -> None:
    """Learners' answers are kept under them. Add to this list, but take nothing out."""
    first = {
        "introduction": "places line slide",
        "load": "memoriser pixels count_digits darker",
        "preprocess": "memory vote scaled to_unit add_channel",
        "look": "averages_read lazy average_each nearest",
        "one_hot": "apart seven encode decode",
        "model": "most_numbers small_network second_conv output_size softmax",
        "train": "adam updates readings best_epoch",
        "test": "test_right two_sets accuracy_of confusion_table",
        "your_digits": "strangers how_far center_of_mass dont_know",
        "take_home": "rounding gigabytes quantise",
    }
    guesses = {one.key for page in exercises.PAGES for one in exercises.guesses_of(page)}
    written = {f"{page}.{name}" for page in first for name in first[page].split()}
    assert written <= set(ALL) | guesses


def test_answers_from_before_are_found(workspace: Path) -> None:
    """A file as the lesson wrote it on 26 November 2026, when keys came from modules' names."""
    workspace.mkdir()
    (workspace / "answers.json").write_text(
        """{"format": "mnist_lesson answers", "version": 1, "events": [
        {"id": "a1", "time": 1764169200.0, "kind": "check", "key": "load.pixels", "state": "right",
         "answer": "7840000"},
        {"id": "a2", "time": 1764169201.0, "kind": "guess", "key": "load.memoriser", "answer": "b",
         "sure": 60.0},
        {"id": "a3", "time": 1764169202.0, "kind": "reveal", "key": "load.memoriser",
         "right": false}]}"""
    )
    assert exercises.load.pixels.mine().code == "7840000"
    assert "You said b, 60% sure" in exercises.load.memoriser.reveal().text
    assert exercises.calibration() == [(0.6, False)]


def test_there_are_two_to_four_exercises_a_page() -> None:
    """The first needs no more than a number changed; the last is a function."""
    for page in exercises.PAGES:
        own = exercises.exercises_of(page)
        assert 2 <= len(own) <= 4, page
        assert not isinstance(own[0], FunctionExercise), page
        assert isinstance(own[-1], FunctionExercise), page
        assert re.search(r"\d", own[0].blank), page


@pytest.mark.parametrize(("key", "answer"), RIGHT)
def test_right_answers_are_right(key: str, answer: str) -> None:
    reply = ALL[key].check(answer_to(key, answer))
    assert reply.state == "right", repr(reply)
    assert ALL[key].why in reply.text


@pytest.mark.parametrize(("key", "answer", "words"), WRONG)
def test_wrong_answers_get_their_message(key: str, answer: str, words: str) -> None:
    """What the engine itself tells apart."""
    reply = ALL[key].check(answer_to(key, answer))
    assert reply.state == "not yet"
    assert words in repr(reply).replace("\n", " ")


@pytest.mark.parametrize("key", [key for key, one in ALL.items() if one.slips])
def test_known_mistakes_are_told_apart(key: str) -> None:
    """Each known mistake gets its own sentence, and a function the smallest example."""
    for wrong, says in ALL[key].wrong:
        reply = ALL[key].check(wrong)
        assert says in reply.text
        if key in FUNCTIONS:
            assert {"your answer", "right answer"} <= dict(reply.example).keys()


@pytest.mark.parametrize("key", ALL)
def test_the_solution_is_right_and_the_blank_is_no_attempt(key: str) -> None:
    """Both are run as cells; and nothing at all is no attempt either, nor is any of it noted."""
    exercise = ALL[key]
    for blank in (..., None, as_cell(exercise, exercise.blank)):
        reply = exercise.check(blank)
        assert reply.state == "not attempted yet"
        assert "There's still a" not in reply.text  # nobody has begun
    assert journal.known() == []
    assert exercise.check(as_cell(exercise, exercise.solution().code)).state == "right"
    lines = exercise.solution_text.splitlines()
    assert len(lines) <= 8
    assert max(map(len, lines)) <= 110


def test_a_gap_that_is_left_is_named_and_numpys_dots_are_none() -> None:
    """Half filled in is no wrong answer; `images[..., 0]` means all of the axes before."""
    darker, channel = ALL["load.darker"], ALL["preprocess.add_channel"]
    half = darker.check(as_cell(darker, darker.blank.replace("...", "roomy + amount", 1)))
    assert half.state == "not attempted yet"
    assert "There's still a `...`" in half.text
    dots = "def add_channel(images):\n    return images[..., np.newaxis]"
    assert channel.check(as_cell(channel, dots)).state == "right"
    # Dots that a learner left below a finished answer harm nothing.
    left = darker.solution_text + "\n    ..."
    assert darker.check(as_cell(darker, left)).state == "right"


def test_hints_are_a_ladder() -> None:
    """Each call goes one step further, and the last one stays."""
    exercise = FunctionExercise(
        "page.twice",
        title="Twice",
        task="",
        blank="def twice(n):\n    ...",
        solution="def twice(n):\n    return 2 * n",
        hints=("Add it to itself.", "Or\n   multiply."),
        why="",
        cases=[(1,), (3,)],
        slips={"n ** 2": "You squared it."},
    )
    said = [exercise.hint() for _ in range(3)]
    assert [hint.heading for hint in said] == ["Hint 1 of 2", "Hint 2 of 2", "Hint 2 of 2"]
    assert said[1].text.startswith("Or multiply. ")
    assert "`.solution()`" in said[1].text
    pressed = exercise.check(...).panel()
    pressed.buttons["Hint"].click()
    assert "<b>Solution</b> shows an answer" in pressed.card.value  # the button is just above
    assert ".solution" not in pressed.card.value
    assert "press <b>Check</b>" in exercise.check(...).panel().card.value
    assert "lm-starred" not in pressed._dom_classes
    solved = exercise.check(lambda n: n + n).panel()
    solved.buttons["Hint"].click()
    assert "lm-starred" in solved._dom_classes  # a star that's won stays
    assert "You squared it." in exercise.check(lambda n: n * n).text
