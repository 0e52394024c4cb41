"""Any answer to every exercise and guess: no error gets out, and nothing passes by luck."""

import copy
import itertools
import math
import random
from collections import deque
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from mnist_lesson import exercises
from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.exercise import FunctionExercise

ALL = {one.key: one for page in exercises.PAGES for one in exercises.exercises_of(page)}
GUESSES = {one.key: one for page in exercises.PAGES for one in exercises.guesses_of(page)}
SPECIAL = {
    "introduction.line": lambda got: np.allclose(np.asarray(got, float), (2, 1), atol=0.02),
    "look.lazy": lambda got: abs(float(got) - 11.2367) < 0.07,
}


class Hostile:
    """Whatever Python asks of it, it fails; and it claims to equal everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __len__ = __iter__ = __bool__ = __float__ = __index__ = __array__ = __call__ = (
        __repr__
    )


class Liar(float):
    """A number that claims to equal every other."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


class Secret(type):
    """A kind of type that does not even tell its name."""

    @property
    def __name__(cls) -> str:
        raise RuntimeError("no")


class SilentError(Exception, metaclass=Secret):
    """An error that cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")


def raises(*arguments: Any) -> None:
    raise SilentError


HOSTILE = [Hostile(), Hostile, Liar(3), raises, Secret("Thing", (), {})(), SilentError()]
TEXTS = ["", "7", "validation", "learning", "\ud800", "`<b>$x$", "a" * 10_000, "0000000100"]
NUMBERS = [0, 1, 3, 7, -20, 10**5000, 0.5, -99.5, math.nan, math.inf, -math.inf, -0.0, 1e308]
NUMBERS += [5e-324, 2 - 1j, Decimal("0.1"), Fraction(1, 7), True, False, np.float16(3)]
NUMBERS += [np.int8(-1), np.bool_(True), np.datetime64("nat")]
THINGS = [None, ..., NotImplemented, object(), b"\xff", np.str_("7"), np.void(b"1"), {1, 2}]
THINGS += [range(9), deque([1, 2]), memoryview(b"1234567890"), [[1, 2], [3]], {"A": [1]}]
FUNCTIONS = [len, print, list, dict, int, np.sum, np.argmax, np.eye, sorted, map, range, iter]
FUNCTIONS += [type, random, ALL]
KINDS = ["uint8", "int64", "float16", "float32", "float64", "bool", "complex64", "U3", "O", "S2"]
SHAPES = [(), (0,), (2,), (10,), (10, 10), (2, 3, 3)]


def returning(value: Any) -> Callable[..., Any]:
    """Return a function that takes anything and gives `value`."""
    return lambda *arguments: value


def anything() -> Iterator[Any]:
    """Yield each thing as it is and inside others; and arrays of all kinds and many shapes."""
    for thing in (*HOSTILE, *TEXTS, *NUMBERS, *THINGS, *FUNCTIONS):
        yield from (thing, [thing] * 10, {"A": thing, "B": thing})
    for shape, kind in itertools.product(SHAPES, KINDS):
        yield np.full(shape, 7).astype(kind)


def answers(exercise: Any) -> Iterator[Any]:
    """Yield anything as an answer; where a function is asked for, one that gives it back, too."""
    yield from (*HOSTILE, *FUNCTIONS, (number for number in range(3)))
    for thing in anything():
        yield returning(thing) if isinstance(exercise, FunctionExercise) else thing


def equals(exercise: Any, answer: Any) -> bool:
    """Say whether an answer that passed truly is a right one, by a way of its own."""
    if isinstance(exercise, FunctionExercise):
        pairs = [
            [np.asarray(call(*copy.deepcopy(case)), float) for call in (answer, exercise.right)]
            for case in exercise.cases
        ]
        return all(np.allclose(got, want, atol=2e-4) for got, want in pairs)
    if exercise.key in SPECIAL:
        return bool(SPECIAL[exercise.key](answer))
    want = exercise.right
    if isinstance(want, dict) or isinstance(want[0] if isinstance(want, tuple) else want, str):
        return bool(np.all(np.asarray(answer) == np.asarray(want)))
    return np.allclose(np.asarray(answer, float), np.asarray(want, float), atol=1e-4)


@pytest.fixture(autouse=True)
def _no_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many writes are another test's matter."""
    monkeypatch.setattr(journal, "note", lambda *about, **more: "")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", ALL)
def test_any_answer_gets_a_reply(key: str) -> None:
    """No exception, a state, words, and a card; and what passes is right."""
    for answer in answers(ALL[key]):
        reply = ALL[key].check(answer)
        assert reply.state in ("right", "not yet", "not attempted yet")
        assert reply.text
        assert "<div" in reply._repr_html_()
        assert 0 < len(repr(reply)) < 3000
        assert not reply or equals(ALL[key], answer), repr(reply)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", GUESSES)
def test_any_guess_gets_a_reply(key: str) -> None:
    """And so does any result that is handed to it."""
    for thing in anything():
        for reply in (GUESSES[key].guess(thing, thing), GUESSES[key].reveal(thing)):
            assert reply.state == "guess"
            assert repr(reply)
            assert reply._repr_html_()
