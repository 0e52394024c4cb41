"""Predict, then run: a question before the result, and how it went afterwards."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.answers import NotAnAnswerError, as_number, show
from mnist_lesson.exercise_engine.reply import Reply

if TYPE_CHECKING:
    from mnist_lesson.exercise_engine.panels import CardPanel

NOTHING_YET = (
    "You haven't guessed yet. Make your guess further up, then come back here. "
    "It stays in your folder until you hand it in."
)
DOUBTED = (  # a wrong guess that nobody was sure of
    "Not this time, but you had your doubts.",
    "Missed, and you saw it coming: that's worth something, too.",
    "A miss, but you hadn't bet much on it. Wise!",
    "No, but it's good to know what you don't know.",
    "Not quite. Being unsure was the right call, though.",
)
NO_RESULT = "There is no result yet to compare your guess with. Run the cells above, then this one."


class Guess:
    """A question that the learner answers before the result is on the screen.

    Parameters
    ----------
    key
        The guess's name in the lesson, such as "load.memoriser". Answers are saved under it, so
        never change it once learners have used it.
    question, options
        What to ask, and the choices by their letters; without options, it asks for a number.
    truth
        A letter of `options`, or a number; None if it's the learner's own result, which the
        page passes to `reveal`.
    why
        The paragraph that explains the result. Only `reveal` shows it.
    within
        A number is right if it's off by no more than this.
    out_of
        The largest number that makes sense, if the number counts some of so many.
    """

    def __init__(
        self,
        key: str,
        *,
        question: str,
        why: str,
        truth: str | float | None,
        options: Mapping[str, str] | None = None,
        within: float = 0,
        out_of: int | None = None,
    ) -> None:
        self.key = key
        self.question, self.why = " ".join(question.split()), " ".join(why.split())
        self.options = dict(options or {})
        self.truth = truth
        self.within = within
        self.out_of = out_of
        self._unsaved: journal.Event | None = None  # a guess that couldn't be saved
        self._waiting: list[Callable[[], None]] = []  # panels that wait for the guess

    def __repr__(self) -> str:
        return f"Guess {self.key}. It knows .ask(), .guess(answer=..., sure=...) and .reveal()."

    @property
    def text(self) -> str:
        """The question with its choices, in plain words."""
        choices = [f"({letter}) {words}" for letter, words in self.options.items()]
        near = f"Off by {self.within:g} or less counts as right." if not choices else ""
        return " ".join(filter(None, [self.question, *choices, near]))

    @property
    def code(self) -> str:
        """How to guess in code, for those who'd rather type."""
        answer = f'"{next(iter(self.options))}"' if self.options else "50"
        return f"exercises.{self.key}.guess(answer={answer}, sure=70)  # 70% sure"

    def ask(self) -> Reply:
        """Show the question, its choices as buttons, and a slider for how sure you are."""

        def panel() -> Any:
            from mnist_lesson.exercise_engine.panels import AskPanel

            return AskPanel(self.question, self.options, self.guess)

        return Reply("guess", self.text, code=self.code, title="Guess first", panel=panel)

    def guess(self, answer: Any = ..., sure: Any = ...) -> Reply:
        """Note a guess. You can change it until the result is revealed; after that, it stands.

        Parameters
        ----------
        answer
            A letter (or the choice's own words), or a number: whichever the question asks for.
        sure
            How sure you are, in percent: 0 to 100. A share such as 0.7 counts as 70.
        """
        if isinstance(answer, EllipsisType) or isinstance(sure, EllipsisType):
            return Reply("guess", NOTHING_YET)
        try:
            said = self._read(answer)
        except Exception as error:  # a class the learner wrote can raise anything
            words = f"I can't use that answer. {self._asks(error)}"
            return Reply("guess", words, (("You gave", show(answer)),))
        try:
            percent = _read_sure(sure)
        except Exception:
            words = (
                "How sure are you? Give a number from 0 to 100, as in `sure=70`. No quotes, no %."
            )
            return Reply("guess", words, (("You gave", show(sure)),))
        before, seen = self._standing()
        if before and seen:
            words = f"You've already seen the result, so your first guess stands: {_words(before)}."
            return Reply("guess", words)
        trouble = journal.note("guess", self.key, answer=said, sure=percent)
        self._unsaved = {"answer": said, "sure": percent} if trouble else None
        # Emptied first, because a panel may start waiting again when it's told.
        waiting, self._waiting = self._waiting, []
        for tell in waiting:
            tell()
        words = f"Noted: {said}, and you're {percent:g}% sure. Now go on and see. {trouble}"
        return Reply("guess", words.strip())

    def reveal(self, result: Any = None) -> Reply:
        """Say how the guess went, and why.

        `result` is the page's own number, if there's no other truth; else a sentence to add, such
        as what came out on this computer.
        """
        standing, seen = self._standing()
        if standing is None:
            return self._not_yet(result)
        truth = self.truth
        if truth is None:
            try:
                truth = as_number(result)
            except Exception:
                return Reply("guess", NO_RESULT)
        # Compared as text, the form in which a guess is kept.
        right = self._is_right(str(standing["answer"]), truth)
        if not seen:  # note it once, however often the cell is run
            journal.note("reveal", self.key, right=right)
        verdict = _verdict(right, float(standing["sure"]), self.key)
        own = f" {result}" if result and self.truth is not None else ""
        said = f"You said {_words(standing)}. {verdict}{own}\n{self.why}"
        title = f"{'✔' if right else '✘'} {self._answer(truth)}"
        state = "guessed" if right else "missed"
        reply = Reply(state, said, title=title, large=True)
        return replace(reply, panel=lambda: _card(reply))

    def _not_yet(self, result: Any) -> Reply:
        """Ask for the guess first. In a notebook, the result appears here once there is one."""

        def panel() -> Any:
            waits = _card(Reply("guess", NOTHING_YET))
            self._waiting.append(lambda: waits.tell(self.reveal(result)))
            return waits

        title = "" if self.truth is None else self._answer(self.truth)
        paper = Reply("reveal", self.why, title=title, large=True)
        return Reply("guess", NOTHING_YET, panel=panel, on_paper=paper)

    def _answer(self, truth: str | float) -> str:
        if self.options:
            return f"It's {truth}: {self.options[str(truth)]}"
        whole = "" if self.out_of is None else f" out of {self.out_of:,}"
        return f"It's {truth:.3g}{whole}"

    def _asks(self, error: Exception) -> str:
        if self.options:
            return f"Give one of the letters {', '.join(self.options)}, in quotes."
        is_said = isinstance(error, NotAnAnswerError)
        return str(error) if is_said else "Give a number, without quotes."

    def _read(self, answer: Any) -> str:
        """Return the guess as it's saved, a letter or digits. Raises an error if it's neither."""
        if self.options:
            said = " ".join(str(answer).lower().split())
            by_words = {" ".join(words.lower().split()): key for key, words in self.options.items()}
            return said if said in self.options else by_words[said]
        if isinstance(answer, str) and (found := re.search(r"\d[\d,]*(\.\d+)?", answer)):
            answer = float(found[0].replace(",", ""))  # "80 or more" counts as 80
        number = as_number(answer)
        if not math.isfinite(number):
            raise NotAnAnswerError("That number has no end. Give one that has.")
        if self.out_of is not None and not 0 <= number <= self.out_of:
            raise NotAnAnswerError(
                f"Give a number from 0 to {self.out_of:,}: there are {self.out_of:,} in all."
            )
        return f"{number:.6g}"

    def _is_right(self, said: str, truth: str | float) -> bool:
        if isinstance(truth, str):
            return said == truth
        return abs(float(said) - truth) <= self.within + 1e-9

    def _standing(self) -> tuple[journal.Event | None, bool]:
        """Return the guess that counts, and whether its result has been revealed."""
        kept, seen = standing(journal.known(), self.key)
        return kept or self._unsaved, seen


def standing(events: list[journal.Event], key: str) -> tuple[journal.Event | None, bool]:
    """Return the last guess before the result was revealed, and whether it was revealed."""
    counts: journal.Event | None = None
    # A reveal before any guess doesn't count: it only asked for the guess that follows.
    for event in events:
        if event["key"] == key and event["kind"] == "guess" and {"answer", "sure"} <= set(event):
            counts = event
        if event["key"] == key and event["kind"] == "reveal" and counts:
            return counts, True
    return counts, False


def _card(reply: Reply) -> CardPanel:
    from mnist_lesson.exercise_engine.panels import CardPanel

    return CardPanel("How it went", reply)


def _read_sure(sure: Any) -> float:
    """Return a number of percent. Raises an error if it's none."""
    number = as_number(sure)
    if not 0 <= number <= 100:
        raise NotAnAnswerError("That's no percentage.")
    return round(100 * number, 4) if 0 < number < 1 else number


def _words(event: journal.Event) -> str:
    return f"{str(event['answer'])[:20]}, {event['sure']:g}% sure"


def _verdict(right: bool, sure: float, key: str) -> str:
    if not right:
        if sure >= 80:
            return "Not this time, although you were sure. Surprises like that teach the most."
        # By the key, so that a guess gets the same words each time, and the next one others.
        doubted = DOUBTED[sum(key.encode()) % len(DOUBTED)]
        # At 50, the slider may never have been touched, and that says nothing about doubts.
        return doubted if sure < 50 else "Not this time."
    if sure < 50:
        return "Right! You could have trusted yourself more."
    return "Right, and you were sure of it." if sure >= 80 else "Right!"
