"""Your turn: exercises that answer back, one module per page.

    exercises.load.pixels.check(pixels)     is it right? With buttons for hints and a solution
    exercises.load.pixels.hint()            each call goes one step further
    exercises.load.pixels.solution()        one right answer, and why
    exercises.load.pixels.mine()            the last answer that you gave
    exercises.load.memoriser.ask()          a guess before the result; after it: .reveal()

Answers are saved in the learner's own folder. Nothing is ever sent anywhere.

To add an exercise, follow CONTRIBUTING.md. Two things to know about `slips`:

- A learner's function counts as a slip only if it gives the slip's result in every one of the
  `cases`, so each slip needs a case where it goes wrong in its own way.
- If several slips fit, the learner reads the first, so put the special ones on top.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_lesson.exercise_engine.calibration import calibration, draw_calibration
    from mnist_lesson.exercise_engine.exercise import Exercise
    from mnist_lesson.exercise_engine.guess import Guess
    from mnist_lesson.exercises import (
        faster,
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

# In page order, which is also the order in the progress panel and on the class board.
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
    "faster",
    "your_hand",
    "take_home",
)

__all__ = [
    "PAGES",
    "calibration",
    "draw_calibration",
    "exercises_of",
    "faster",
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


ENGINE = "mnist_lesson.exercise_engine"


def __getattr__(name: str) -> Any:
    """Load a page's exercises only when asked for: its first picture comes before them."""
    if name in PAGES:
        return import_module(f"{__name__}.{name}")
    if name in ("calibration", "draw_calibration"):
        return getattr(import_module(f"{ENGINE}.calibration"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def exercises_of(page: str) -> list[Exercise]:
    """Return a page's exercises, in order."""
    return _of_kind(page, import_module(f"{ENGINE}.exercise").Exercise)


def guesses_of(page: str) -> list[Guess]:
    """Return a page's guesses, in order."""
    return _of_kind(page, import_module(f"{ENGINE}.guess").Guess)


def _of_kind(page: str, kind: type[Any]) -> list[Any]:
    return [
        item
        for item in vars(import_module(f"{__name__}.{page}")).values()
        if isinstance(item, kind)
    ]
