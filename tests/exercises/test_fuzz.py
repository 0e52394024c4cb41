"""Any answer to every exercise and guess: no error gets out, and nothing passes by luck."""

import copy
import math
import random
from collections import deque
from collections.abc import Callable
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
EACH = 300  # for each exercise and guess
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


class SilentError(Exception):
    """An error that cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")


def raises(*arguments: Any) -> None:
    raise SilentError


HOSTILE = [Hostile(), Hostile, Liar(3), raises]
TEXTS = ["", "7", "validation", "learning", "\ud800", "`<b>$x$", "a" * 10_000, "0000000100"]
THINGS = [np.float16(3), np.int8(-1), np.bool_(True), np.str_("7"), np.void(b"1"), object()]
THINGS += [np.datetime64("nat"), True, False, None, ..., NotImplemented, math.nan, math.inf, -0.0]
THINGS += [1e308, 5e-324, 2 - 1j, b"\xff", Decimal("0.1"), Fraction(1, 7), range(9), deque([1, 2])]
THINGS += [memoryview(b"1234567890"), SilentError(), *HOSTILE, *TEXTS]
FUNCTIONS = [len, print, list, dict, int, np.sum, np.argmax, np.eye, sorted, map, range, iter]
FUNCTIONS += [type, random, ALL]
KINDS = ["uint8", "int64", "float16", "float32", "float64", "bool", "complex64", "U3", "O", "S2"]


def anything(chance: random.Random, depth: int = 0) -> Any:
    makers: list[Callable[[], Any]] = [
        lambda: chance.randint(-20, 20),
        lambda: 10 ** chance.randint(0, 5000),
        lambda: chance.uniform(-100, 100),
        lambda: array(chance),
        lambda: chance.choice(THINGS),
        lambda: chance.choice(FUNCTIONS),
        lambda: returning(anything(chance, depth + 1)),
        lambda: (number for number in range(3)),
    ]
    if depth < 3:
        makers += [
            lambda: [anything(chance, depth + 1) for _ in range(chance.randint(0, 10))],
            lambda: tuple(anything(chance, depth + 1) for _ in range(chance.randint(0, 3))),
            lambda: {chance.choice("ABCDE"): anything(chance, depth + 1) for _ in range(4)},
            lambda: {chance.randint(0, 9) for _ in range(3)},
        ]
    return chance.choice(makers)()


def array(chance: random.Random) -> np.ndarray:
    shape = tuple(chance.choice([0, 1, 2, 3, 10]) for _ in range(chance.randint(0, 4)))
    dtype = chance.choice(KINDS)
    return np.zeros(shape, dtype) if chance.random() < 0.5 else np.full(shape, 7).astype(dtype)


def returning(value: Any) -> Callable[..., Any]:
    """Return a function that takes anything and gives `value`."""
    return lambda *arguments: value


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


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", ALL)
def test_any_answer_gets_a_reply(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No exception, a state, words, and a card; and what passes is right."""
    # So many writes are another test's matter.
    monkeypatch.setattr(journal, "note", lambda *about, **more: "")
    chance = random.Random(key)
    for _ in range(EACH):
        answer = anything(chance)
        reply = ALL[key].check(answer)
        assert reply.state in ("right", "not yet", "not attempted yet")
        assert reply.text
        assert repr(reply)
        assert "<div" in reply._repr_html_()
        assert len(repr(reply)) < 3000
        assert not reply or equals(ALL[key], answer), repr(reply)


@pytest.mark.parametrize("key", ALL)
def test_hostile_answers_never_pass(key: str) -> None:
    """Neither as they are, nor handed back by a function, nor inside a list."""
    for thing in (*HOSTILE, [Hostile()] * 10, {"A": Hostile()}, (Hostile(), Hostile())):
        for answer in (thing, returning(thing)):
            assert ALL[key].check(answer).state == "not yet"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", GUESSES)
def test_any_guess_gets_a_reply(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so does any result that is handed to it."""
    monkeypatch.setattr(journal, "note", lambda *about, **more: "")
    chance = random.Random(key)
    for _ in range(EACH):
        for reply in (
            GUESSES[key].guess(anything(chance), anything(chance)),
            GUESSES[key].reveal(anything(chance)),
        ):
            assert reply.state == "guess"
            assert repr(reply)
            assert reply._repr_html_()
