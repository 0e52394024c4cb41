"""Every exercise against a bank of answers: right ones written differently, and wrong ones with their message."""

from __future__ import annotations

import ast
import inspect
import time

import bank_first_pages
import bank_last_pages
import numpy as np
import pytest

from mnist_lesson import exercises
from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise

BANK = bank_first_pages.BANK | bank_last_pages.BANK
ALL = {one.key: one for page in exercises.PAGES for one in exercises.exercises_of(page)}
WITH_KERAS = {"model.small_network"}  # its bank is in test_small_network.py


def names(answers: list[object]) -> list[str]:
    """Return the cases' names: the exercise and a number."""
    seen: dict[str, int] = {}
    return [
        f"{key}-{seen.setdefault(key, 0) or ''}{seen.update({key: seen[key] + 1}) or ''}"
        for key, *_ in answers
    ]


RIGHT = [(key, answer) for key, (right, _) in BANK.items() for answer in right]
WRONG = [(key, answer, words) for key, (_, wrong) in BANK.items() for answer, words in wrong]


def run_text(text: str, name: str) -> object:
    """Run a cell's text as the page would and return what it calls `name`."""
    space: dict[str, object] = {"np": np}
    exec(text, space)
    return space[name]


def asks_for_a_number(exercise: Exercise) -> bool:
    """Not for a function, a list, words or a network."""
    other = isinstance(exercise, FunctionExercise) or exercise.key in WITH_KERAS
    return not other and isinstance(exercise.solve(), int | float)


def test_there_are_two_to_four_exercises_a_page() -> None:
    """One or two in 00."""
    counts = [len(exercises.exercises_of(page)) for page in exercises.PAGES]
    assert 1 <= counts[0] <= 2
    assert all(2 <= count <= 4 for count in counts[1:])


def test_every_exercise_has_a_bank() -> None:
    """At least three right answers; five wrong ones, or three where the answer is a number."""
    assert set(BANK) | WITH_KERAS == set(ALL)
    for key, (right, wrong) in BANK.items():
        assert len(right) >= 3, key
        assert len(wrong) >= (3 if asks_for_a_number(ALL[key]) else 5), key


@pytest.mark.parametrize(("key", "answer"), RIGHT, ids=names(RIGHT))
def test_right_answers_are_right(key: str, answer: object) -> None:
    """However they are written."""
    reply = ALL[key].check(answer)
    assert reply.state == "right", repr(reply)
    assert ALL[key].why in reply.text


@pytest.mark.parametrize(("key", "answer", "words"), WRONG, ids=names(WRONG))
def test_wrong_answers_get_their_message(key: str, answer: object, words: str) -> None:
    """Each known misunderstanding has its own words."""
    reply = ALL[key].check(answer)
    assert reply.state == "not yet"
    assert words in repr(reply).replace("\n", " ")


@pytest.mark.parametrize("key", ALL)
def test_known_mistakes_are_told_apart(key: str) -> None:
    """Each mistake that an exercise knows gets its own sentence, and not another's."""
    exercise = ALL[key]
    least = 3 if isinstance(exercise, FunctionExercise) else 1
    assert len({says for _, says in exercise.slips}) >= least or exercise._judge_answer
    for wrong, says in exercise.slips:
        assert says in exercise.check(wrong).text


@pytest.mark.parametrize("key", ALL)
def test_the_solution_that_learners_see_is_right(key: str) -> None:
    """Its text is run as it stands."""
    if key in WITH_KERAS:
        pytest.skip("needs Keras: test_small_network.py")
    solution = ALL[key].solution()
    assert ALL[key].check(run_text(solution.code, ALL[key].name)).state == "right"
    assert ALL[key].why in repr(solution).replace("\n", " ")
    assert ": Any" not in solution.code


@pytest.mark.parametrize("key", ALL)
def test_the_blank_is_not_attempted_yet(key: str) -> None:
    """Nor is nothing at all, and neither is written down."""
    exercise = ALL[key]
    blanks: list[object] = [..., None]
    if key not in WITH_KERAS:
        blanks.append(run_text(exercise.blank, exercise.name))
    for blank in blanks:
        assert exercise.check(blank).state == "not attempted yet"
    assert exercise.check().state == "not attempted yet"
    assert repr(exercise.check()) == repr(ALL["load.pixels"].check())
    assert journal.known() == []


@pytest.mark.parametrize("key", ALL)
def test_hints_are_a_ladder(key: str) -> None:
    """Each call goes one step further, and the last one stays."""
    exercise = Exercise(ALL[key].solve, **words_of(ALL[key]))
    hints = [exercise.hint() for _ in range(len(exercise.hints) + 1)]
    assert 2 <= len(exercise.hints) <= 4
    assert [hint.heading for hint in hints[:-1]] == [
        f"Hint {n} of {len(exercise.hints)}" for n in range(1, len(exercise.hints) + 1)
    ]
    assert all(text in hint.text for text, hint in zip(exercise.hints, hints, strict=False))
    assert hints[-1] == hints[-2]
    assert "`.solution()`" in hints[-1].text


def words_of(exercise: Exercise) -> dict[str, object]:
    """Return the words that an exercise was made from."""
    return {
        name: getattr(exercise, name) for name in ("title", "task", "hints", "why", "slips", "form")
    }


@pytest.mark.parametrize(
    "key", [key for key, one in ALL.items() if isinstance(one, FunctionExercise)]
)
def test_the_example_is_the_smallest_one_that_fails(key: str) -> None:
    """Cases go from small to large, and the first that fails is shown."""
    exercise = ALL[key]
    assert isinstance(exercise, FunctionExercise)
    sizes = [sum(np.size(item) for item in case) for case in exercise.cases]
    assert sizes[0] == min(sizes)
    for wrong, _ in exercise.slips:
        reply = exercise.check(wrong)
        assert [label for label, _ in reply.example[: len(exercise.arguments)]] == list(
            exercise.arguments
        )
        assert {"your answer", "right answer"} <= {label for label, _ in reply.example}


@pytest.mark.parametrize("key", ALL)
def test_solutions_are_short_and_need_only_numpy(key: str) -> None:
    """What is shown can be typed by hand."""
    code = ALL[key].solution_code
    ast.parse(code)
    assert len(code.splitlines()) <= 8
    assert max(map(len, code.splitlines())) <= 110


def test_one_verdict_takes_well_under_a_second() -> None:
    """The slowest right answer in the bank, printed for the record: `pytest -rP` shows it."""
    slowest = 0.0
    for key, answer in RIGHT:
        start = time.perf_counter()
        ALL[key].check(answer)
        slowest = max(slowest, time.perf_counter() - start)
    print(f"slowest check: {slowest * 1000:.0f} ms")


def test_a_slow_loop_that_ends_passes() -> None:
    """The time limit is for loops that never end."""

    def count_digits(labels):
        for _ in range(100_000):
            pass
        return [(labels == digit).sum() for digit in range(10)]

    assert exercises.load.count_digits.check(count_digits)


def test_every_task_names_what_the_function_takes() -> None:
    """A blank and its task speak of the same things."""
    for exercise in ALL.values():
        if isinstance(exercise, FunctionExercise):
            assert exercise.solve.__doc__, exercise.key
            assert len(exercise.blank.splitlines()) == 3
            assert (
                inspect.signature(exercise.solve).parameters.keys()
                == dict.fromkeys(exercise.arguments).keys()
            )
