"""Your turn: exercises that answer back, a module a page.

    exercises.load.pixels.check(pixels)     is it right? With buttons for hints and a solution
    exercises.load.pixels.hint()            each call goes one step further
    exercises.load.pixels.solution()        one right answer, and why
    exercises.load.pixels.mine()            the last answer that you gave
    exercises.load.memoriser.ask()          a guess before the result; after it: .reveal()

What was done is kept in the learner's folder only. Nothing is ever sent anywhere.
"""

from mnist_lesson.exercise_engine.calibration import calibration, draw_calibration
from mnist_lesson.exercise_engine.exercise import Exercise
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.exercises import (
    introduction,
    load,
    look,
    model,
    one_hot,
    preprocess,
    take_home,
    test,
    train,
    your_digits,
    your_hand,
)

PAGES = (
    "introduction",
    "load",
    "preprocess",
    "look",
    "one_hot",
    "model",
    "train",
    "test",
    "your_digits",
    "your_hand",
    "take_home",
)

__all__ = [
    "PAGES",
    "calibration",
    "draw_calibration",
    "exercises_of",
    "guesses_of",
    "introduction",
    "load",
    "look",
    "model",
    "one_hot",
    "preprocess",
    "take_home",
    "test",
    "train",
    "your_digits",
    "your_hand",
]


def exercises_of(page: str) -> list[Exercise]:
    """Return a page's exercises, in order."""
    return [item for item in vars(globals()[page]).values() if isinstance(item, Exercise)]


def guesses_of(page: str) -> list[Guess]:
    """Return a page's guesses, in order."""
    return [item for item in vars(globals()[page]).values() if isinstance(item, Guess)]
