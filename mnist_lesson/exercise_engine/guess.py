"""Predict, then run: a question before a result, and how it went after."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import EllipsisType
from typing import Any

from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine import time_limit as guard
from mnist_lesson.exercise_engine.answers import as_number, show
from mnist_lesson.exercise_engine.reply import Reply

NOTHING_YET = (
    "You have not guessed yet. Put your guess and how sure you are where the `...` are, and run the cell. "
    "No one sees it but you."
)


class Guess:
    """A question that the learner answers before the result is on screen: `guess` first, then `reveal`.

    The truth is a letter of `options` or a number; None where it is the learner's own result, which the page
    hands to `reveal`.
    A number is right if it is within `within` of the truth.
    """

    def __init__(
        self,
        page: str,
        name: str,
        *,
        question: str,
        why: str,
        truth: str | float | None,
        options: Mapping[str, str] | None = None,
        within: float = 0,
        unit: str = "",
    ) -> None:
        self.page, self.name = page.rpartition(".")[2], name
        self.question, self.why, self.truth = question, why, truth
        self.options, self.within, self.unit = dict(options or {}), within, unit
        self._guessed_here = False

    @property
    def key(self) -> str:
        """The guess's name in the lesson, such as `load.memoriser`."""
        return f"{self.page}.{self.name}"

    def __repr__(self) -> str:
        return f"Guess {self.key}. It knows .guess(answer=..., sure=...) and .reveal()."

    @property
    def text(self) -> str:
        """The question as the page shows it, in Markdown."""
        choices = "\n".join(f"- **{letter}**: {words}" for letter, words in self.options.items())
        how = (
            f'Your answer is a letter, as in `answer="{next(iter(self.options))}"`.'
            if self.options
            else f"Your answer is a number. If it is off by {self.within:g} or less, it counts as right."
        )
        sure = "How sure are you, from 0 to 100? With `sure=100` you would bet anything on it."
        return "\n\n".join(filter(None, [self.question, choices, f"{how} {sure}"]))

    @property
    def guess_call(self) -> str:
        """The text of the cell in which the learner guesses."""
        return f"exercises.{self.key}.guess(answer=..., sure=...)"

    def reveal_call(self, result: str = "") -> str:
        """The text of the cell that says how the guess went."""
        return f"exercises.{self.key}.reveal({result})"

    def guess(self, answer: Any = ..., sure: Any = ...) -> Reply:
        """Note a guess. Until the result is revealed it may be changed; after that, it stands.

        Parameters
        ----------
        answer
            A letter, or a number, as the question asks.
        sure
            How sure you are, in percent: 0 to 100.
        """
        if isinstance(answer, EllipsisType) or isinstance(sure, EllipsisType):
            self._guessed_here = False
            return Reply("guess", NOTHING_YET)
        box = guard.run(lambda box: (self._read(answer), _read_sure(sure)))
        said, percent = box.value or (None, None)
        if said is None:
            return Reply(
                "guess",
                f"I could not read that answer. {self._asks()}",
                (("You gave", _safely(answer)),),
            )
        if percent is None:
            text = (
                "How sure are you? Give a number from 0 to 100, as in `sure=70`. No quotes, no %."
            )
            return Reply("guess", text, (("You gave", _safely(sure)),))
        self._guessed_here = True
        standing, seen = self._standing()
        if standing and seen:
            return Reply(
                "guess",
                f"You have seen the result already, so your guess from before stands: {_words(standing)}.",
            )
        trouble = journal.note("guess", self.key, answer=said, sure=percent)
        return Reply(
            "guess",
            f"Noted: {said}, and you are {percent:g} % sure. Now go on and see. {trouble}".strip(),
        )

    def reveal(self, result: Any = None) -> Reply:
        """Say how the guess went. `result` is the page's own number, where the question is about one."""
        standing, seen = self._standing()
        if not self._guessed_here or standing is None:
            return Reply("guess", NOTHING_YET)
        number = guard.run(lambda box: as_number(result)).value
        truth = self.truth if self.truth is not None else number
        if truth is None or (self.truth is None and not isinstance(truth, float)):
            return Reply(
                "guess",
                "I have no result yet to compare your guess with. Run the cells above, then this one.",
            )
        right = self._is_right(standing["answer"], truth)
        if not seen:
            journal.note("reveal", self.key, right=right)
        verdict = _verdict(right, standing["sure"])
        is_what = (
            f"{truth}: {self.options[str(truth)]}"
            if self.options
            else f"{truth:.4g} {self.unit}".strip()
        )
        return Reply(
            "guess",
            f"You said {_words(standing)}. It is {is_what}. {verdict} {self.why}",
            title="How it went",
        )

    def _asks(self) -> str:
        if self.options:
            return f"Give one of the letters {', '.join(self.options)}, in quotes."
        return "Give a number, without quotes."

    def _read(self, answer: Any) -> str | None:
        if self.options:
            letter = answer.strip().lower() if isinstance(answer, str) else None
            return letter if letter in self.options else None
        number = as_number(answer)
        return f"{number:.6g}" if isinstance(number, float) and math.isfinite(number) else None

    def _is_right(self, said: str, truth: str | float) -> bool:
        if isinstance(truth, str):
            return said == truth
        return abs(float(said) - truth) <= self.within + 1e-9

    def _standing(self) -> tuple[journal.Event | None, bool]:
        """Return the guess that counts, and whether its result has been revealed."""
        return standing(journal.known(), self.key)


def standing(events: list[journal.Event], key: str) -> tuple[journal.Event | None, bool]:
    """Return the guess that counts (the last one before the result was revealed), and whether it was."""
    counts: journal.Event | None = None
    for event in events:
        if event["key"] == key and event["kind"] == "guess" and {"answer", "sure"} <= set(event):
            counts = event
        if event["key"] == key and event["kind"] == "reveal" and counts:
            return counts, True
    return counts, False


def _read_sure(sure: Any) -> float | None:
    number = as_number(sure)
    return number if isinstance(number, float) and (number == 0 or 1 <= number <= 100) else None


def _safely(item: Any) -> str:
    return guard.run(lambda box: show(item)).value or "something that cannot be shown"


def _words(event: journal.Event) -> str:
    return f"{str(event['answer'])[:20]}, {event['sure']:g} % sure"


def _verdict(right: bool, sure: float) -> str:
    if not right:
        return (
            "Wrong, although you were sure. Such surprises teach the most."
            if sure >= 80
            else "Not right this time. But you had your doubts."
        )
    if sure < 50:
        return "Right! You could have trusted yourself more."
    return "Right, and you were sure of it." if sure >= 80 else "Right!"
