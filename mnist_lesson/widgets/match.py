"""A match on the sheet: two readers of the same drawings, and who was right how often."""

from __future__ import annotations

from functools import partial
from html import escape

import ipywidgets

from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.kit import Status, button, row
from mnist_lesson.shared.words import a_digit


class Match(ipywidgets.VBox):
    """Two answers side by side, large, and ten buttons to say which digit it was.

    Parameters
    ----------
    one, other
        What the readers are called, as in "the memoriser".
    """

    def __init__(self, one: str, other: str) -> None:
        self.names = (one, other)
        self.right = [0, 0]
        self.played = 0
        self.judged = False  # was the drawing on the sheet counted already?
        self.answers: tuple[int, int] | None = None
        self.cards = ipywidgets.HTML()
        self.digits = [
            button(str(digit), partial(self.judge, digit), tooltip=f"I drew {a_digit(digit)}")
            for digit in range(CLASSES)
        ]
        for small in self.digits:
            small.layout.min_width = "0"
        self.none = button("no digit", self.judge_nonsense, tooltip="I drew something else")
        truth = row(ipywidgets.HTML("I drew a …"), *self.digits, self.none)
        truth.add_class("lm-tight")
        self.score = Status()
        self.score.add_class("lm-lesson")  # who has won is what one looks for
        super().__init__([self.cards, truth, self.score])
        self.read(None)

    def read(self, answers: tuple[int, int] | None, *, asking: bool = False) -> None:
        """Show what the two read, 0 to 9; None, and there's no drawing to read.

        `asking` whether they're right is for a drawing as it was drawn, not one pushed about.
        """
        self.answers = answers
        asking = asking and not self.judged
        self._offer(asking)
        # What was said of the drawing as it was may be false by now.
        self.score.say(self._standing() if asking or self.played else "")
        self._show()

    def start_again(self) -> None:
        """Take a cleared sheet for the next drawing: it may be judged once."""
        self.judged = False

    def _offer(self, judging: bool) -> None:
        for small in (*self.digits, self.none):
            small.disabled = not judging

    def judge(self, digit: int) -> None:
        """Count who was right about the drawing."""
        if self.answers is None or self.digits[0].disabled:  # a second click came too late
            return
        self.played += 1
        for place, answer in enumerate(self.answers):
            self.right[place] += answer == digit
        self.judged = True  # a drawing counts once, however much is added to it
        self._offer(False)
        self._show(digit)
        self.score.say(f"{self._verdict(digit)} {self._standing()}")

    def judge_nonsense(self) -> None:
        """Answer whoever drew a smiley: no point for either, as neither can say what's true."""
        if self.answers is None or self.none.disabled:
            return
        self.judged = True
        self._offer(False)
        self.score.say("Neither can say so! Both know ten answers, and have to pick one.")

    def _show(self, truth: int | None = None) -> None:
        answers = self.answers or ("?", "?")
        cards = [
            f'<div class="{"" if truth in (None, answer) else "lm-wrong"}">'
            f"{escape(name.capitalize())}<b>{answer}</b></div>"
            for name, answer in zip(self.names, answers, strict=True)
        ]
        self.cards.value = f'<div class="lm-turned lm-still">{"".join(cards)}</div>'

    def _verdict(self, digit: int) -> str:
        assert self.answers is not None
        right = [answer == digit for answer in self.answers]
        if all(right):
            return "Both got it."
        if not any(right):
            return "You fooled them both!"
        return f"A point to {self.names[right.index(True)]}!"

    def _standing(self) -> str:
        if not self.played:
            return "Say what it was, and the match begins."
        drawings = "1 drawing" if self.played == 1 else f"{self.played} drawings"
        one, other = (f"{name} {count}" for name, count in zip(self.names, self.right, strict=True))
        return f"After {drawings}: {one}, {other}."
