"""A match on the sheet: two readers of the same drawings against each other, and against you."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import NDArray

from mnist_lesson.shared.kit import (
    Card,
    Keys,
    Status,
    button,
    cards,
    digit_buttons,
    digit_tile,
    row,
    show_if,
    tiles,
)
from mnist_lesson.shared.words import a_digit

GOAL = 5  # points win the match


class Match(ipywidgets.VBox):
    """Two answers side by side, large, and ten buttons to say which digit it was.

    A reader that's right gets a point; if neither is, you do. The first with five points wins.

    Parameters
    ----------
    one, other
        What the readers are called, as in "the memoriser".
    clear
        Clears the sheet for the next round.
    """

    judged = traitlets.Bool(False)  # was the drawing on the sheet counted already?

    def __init__(self, one: str, other: str, clear: Callable[[], None]) -> None:
        self.names = (one, other, "you")
        self.points = [0, 0, 0]
        self._fooled: list[str] = []  # tiles of the drawings that fooled both
        self._tricks: set[tuple[int, int, int]] = set()  # what the two read, and what it was
        self.answers: tuple[int, int] | None = None
        self.cards = ipywidgets.HTML()
        self.digits = digit_buttons(self.judge, tooltip="I drew {}")
        for small in self.digits:
            small.layout.min_width = "0"
        self.none = button("no digit", self.judge_nonsense, tooltip="I drew something else")
        self.truth = row(ipywidgets.HTML("I drew a …"), *self.digits, self.none)
        self.truth.add_class("lm-tight")
        self.next = button("Next round", clear, main=True)
        self.score = Status()
        self.score.add_class("lm-lesson")  # who has won is what one looks for
        self.gallery = ipywidgets.HTML()
        parts = [self.cards, self.truth, row(self.next), self.score, self.gallery, Keys()]
        super().__init__(parts)
        self.read(None)

    @property
    def over(self) -> bool:
        """Has somebody won?"""
        return max(self.points) >= GOAL

    def read(
        self,
        answers: tuple[int, int] | None,
        picture: NDArray[np.uint8] | None = None,
        *,
        asking: bool = False,
        sure: bool = False,
    ) -> None:
        """Show what the two read, 0 to 9; None, and there's no drawing to read.

        `asking` whether they're right is for a drawing as it was drawn, not one pushed about.
        `picture` is what they got, and `sure` says that the other is sure of its answer.
        """
        self.answers = answers
        self._picture = picture
        self._sure = sure
        asking = asking and not self.judged
        self._offer(asking)
        # What was said of the drawing as it was may be false by now.
        if not (self.judged and self.over):
            self.score.say("")
        self._show()

    def start_again(self) -> None:
        """Take a cleared sheet for the next drawing, of a new match if this one is over."""
        if self.over:
            self.points = [0, 0, 0]
            self._fooled = []
            self._tricks = set()
            self.gallery.value = ""
        self.judged = False

    def judge(self, digit: int) -> None:
        """Give points to whoever was right about the drawing, or to you if nobody was."""
        if self.answers is None or self.digits[0].disabled:  # a second click came too late
            return
        right = [answer == digit for answer in self.answers]
        # The same trick pays only once, or four plain ones called eights would win a match.
        trick = (*self.answers, digit)
        is_old = trick in self._tricks
        self._tricks.add(trick)
        won = [*right, not any(right) and not is_old]
        self.points = [before + point for before, point in zip(self.points, won, strict=True)]
        self._close()
        self._show(digit)
        if won[-1]:
            self._keep(digit)
        if self.over:
            self.score.cheer(*self._ending())
        elif all(right):
            self.score.say("Both got it: a point each.")
        elif is_old and not any(right):
            self.score.say("That trick has had its point. Fool them in a new way!")
        elif not any(right) and self._sure and self.answers[0] == self.answers[1]:
            claim, both = a_digit(digit).capitalize(), a_digit(self.answers[0])
            self.score.say(f"{claim}? Really? Both swear it's {both}. Your friends will judge.")
        else:
            fooled = "You fooled them both: a" if not any(right) else "A"
            self.score.say(f"{fooled} point to {self.names[won.index(True)]}!")

    def judge_nonsense(self) -> None:
        """Answer whoever drew a smiley: no points, as neither can say what's true."""
        if self.answers is None or self.none.disabled:
            return
        self._close()
        self.score.say(
            "Neither can say so! Both know only ten answers, and have to pick one. But that's no "
            "point for you: only a digit counts."
        )

    def _keep(self, digit: int) -> None:
        """Keep a drawing that fooled both; who wins by these has to show them."""
        if self._picture is not None and self.answers is not None:
            one, other = self.answers
            read = one if one == other else f"{one}, {other}"
            self._fooled.append(
                digit_tile(self._picture, f"You: {digit}\nread as: {read}", width=92)
            )
        if self.points[2] == GOAL:
            note = '<p class="lm-note">Show your friends: are these what you say?</p>'
            self.gallery.value = note + tiles(self._fooled)

    def _close(self) -> None:
        self.judged = True  # a drawing counts once, however much is added to it
        self._offer(False)

    def _offer(self, judging: bool) -> None:
        for small in (*self.digits, self.none):
            small.disabled = not judging
        show_if(not self.judged, self.truth)
        show_if(self.judged, self.next)
        self.next.description = "Play again" if self.over else "Next round"

    def _show(self, truth: int | None = None) -> None:
        signs = [*(self.answers or "??"), "?" if truth is None else truth]
        self.cards.value = cards(
            Card(name.capitalize(), sign, truth not in (None, sign), _dots(points))
            for name, sign, points in zip(self.names, signs, self.points, strict=True)
        )

    def _ending(self) -> tuple[str, str]:
        winners = [n for n, points in zip(self.names, self.points, strict=True) if points == GOAL]
        if len(winners) > 1:
            return "A draw!", "Five points each: your handwriting fools nobody. Once more?"
        if winners == ["you"]:
            return "You win the match!", "Five times, nobody could read you. Be proud, or worried."
        scores = " : ".join(map(str, sorted(self.points, reverse=True)))
        return f"{winners[0].capitalize()} wins the match!", f"{scores}. Will it win again?"


def _dots(points: int) -> str:
    """Return a score as dots, filled for the points, and in words for screen readers."""
    dots = points * "●" + (GOAL - points) * "○"
    return f'<span class="lm-dots" role="img" aria-label="{points} of {GOAL} points">{dots}</span>'
