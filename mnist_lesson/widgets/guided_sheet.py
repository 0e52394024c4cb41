"""A sheet that asks for one digit after another: "Draw a 3"."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import borrowed_hand, strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.look import show_digits
from mnist_lesson.network.saved import practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, SIDE, PlainError
from mnist_lesson.shared.kit import (
    Panel,
    Status,
    Still,
    big_answer,
    button,
    column,
    image,
    row,
    show_if,
)
from mnist_lesson.shared.words import a_digit
from mnist_lesson.widgets.drawing_pad import Pad

PAUSE = 1600  # ms: long enough to lift the pen and put the bar on a 7
LEAD = "Lift your pen and wait a moment, or press Enter, and the next one comes."
DOUBTFUL = 0.9  # if it's this sure that you drew another digit, it asks
ENOUGH_MISSES = 3  # with fewer, there'd be little to see once the network has learned them

Strokes = list[list[int]]


class NotDrawnError(PlainError):
    """A sheet isn't full, or not by the right writer."""


class GuidedSheet(Panel):
    """Draw the ten digits, one by one, as it asks for them; the sheet moves on by itself.

    It won't take a blank sheet, and asks first about a drawing that looks like another digit.

    Parameters
    ----------
    network
        Which network looks at the drawings; by default, the practised one.
    heading
        Title of the panel.
    count_misses
        Cheer for each drawing that the network misreads, for writers who want to be misread.
    like
        The sheet that was filled before, by the same hand: its drawings stand where the new ones
        go, and each new one that's read right is cheered.

    Attributes
    ----------
    drawings
        What's drawn so far: pairs of a digit and its strokes.
    """

    def __init__(
        self,
        network: Twin | None = None,
        *,
        heading: str = "Draw each digit once",
        count_misses: bool = False,
        like: GuidedSheet | None = None,
    ) -> None:
        self._counts_misses = count_misses
        self._like = like
        self._marks = count_misses or like is not None
        self.drawings: list[tuple[int, Strokes]] = []
        self._reader = network or practised_network()
        self.pad = Pad(pause=PAUSE)
        # A count, not a switch: each rest of the pen is a change, and nothing needs resetting.
        self.pad.observe(lambda _: self.take(), "finished")
        # Once it changes, it's a new drawing, and any question about the old one is over.
        self.pad.observe(lambda _: self._offer_doubt(False), "strokes")
        self.task = ipywidgets.HTML()
        self.score = ipywidgets.HTML()
        self.drawn = ipywidgets.HTML()
        self.status = Status()
        self.next = button("Next", self.take, main=True)
        self.back = button("Back", self.go_back)
        self.keep = button("Keep it", lambda: self.take(sure=True), main=True)
        self.again = button("Draw it again", self.clear)
        buttons = row(self.next, self.keep, self.again, self.back)
        beside = column(self.task, self.score, self.status, buttons, self.drawn)
        super().__init__(heading, [row(self.pad, beside)], lead=LEAD if heading else "")
        self.add_class("lm-guided")
        self._ask()

    @property
    def complete(self) -> bool:
        """Is every digit drawn?"""
        return len(self.drawings) == CLASSES

    def images(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the drawings as pictures like MNIST's, uint8 (n, 28, 28), and labels (n,)."""
        pictures = [center_drawing(draw_strokes(strokes)) for _, strokes in self.drawings]
        return np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE), np.arange(len(pictures))

    def collect(self, *, same_hand_as: Any = None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the drawings as `images()` does; a blank sheet is the made-up writer's.

        Parameters
        ----------
        same_hand_as
            The images of an earlier sheet. Two sheets by different people would test nothing, so
            if the made-up writer filled that one, this one has to be theirs, too, and if you did,
            yours.

        Raises
        ------
        NotDrawnError
            The sheet is half full, or another hand filled the earlier one.
        """
        is_first = same_hand_as is None
        theirs = not is_first and np.array_equal(same_hand_as, borrowed_hand()[0])
        if self.complete and not theirs:
            return self.images()
        if not self.drawings and (is_first or theirs):
            return borrowed_hand(seed=0 if is_first else 1)
        if theirs:
            raise NotDrawnError(
                "Not yet. This sheet is yours, but the first one wasn't, so the network doesn't "
                "know your hand. Fill the first sheet, too, and run the cells from there."
            )
        whose = "" if is_first else "The first sheet was yours, so this one must be, too. "
        raise NotDrawnError(
            f"Not yet. {whose}You've drawn {len(self.drawings)} of {CLASSES} digits here. Draw the "
            "rest, then run this cell again."
        )

    def still(self) -> Still:
        """Draw the ten digits that it asks for, pale where you haven't drawn yours yet."""
        asked_for = [
            center_drawing(draw_strokes(strokes_of(digit))) // 3 for digit in range(CLASSES)
        ]
        done = len(self.drawings)
        pictures = [*self.images()[0], *asked_for[done:]]
        drawn = show_digits(pictures, [f"draw a {digit}" for digit in range(CLASSES)])
        return Still(drawn, f"A sheet that asks for the digits 0 to 9, of which {done} are drawn.")

    def take(self, *, sure: bool = False) -> None:
        """Take what's on the sheet as the digit that was asked for, and ask for the next one."""
        if self.complete:
            return
        label = len(self.drawings)
        strokes = [list(stroke) for stroke in self.pad.strokes]
        picture = center_drawing(draw_strokes(strokes))
        if not picture.any():
            self.status.fault(f"The sheet is still blank. Draw {a_digit(label)}.")
            return
        # It only asks: you drew it, so you know best, and `sure` says so.
        seen = None if self._marks else self._looks_like(picture)
        if seen is not None and seen != label and not sure:
            self.status.fault(
                f"That looks like {a_digit(seen)} to me, and I asked for {a_digit(label)}. Keep it?"
            )
            self._offer_doubt(True)
            return
        self.drawings.append((label, strokes))
        self.pad.strokes = []
        self._ask(landed=True)

    def go_back(self) -> None:
        """Put the last drawing back onto the sheet."""
        if self.drawings:
            _, strokes = self.drawings.pop()
            self._ask()
            self.pad.strokes = strokes

    def clear(self) -> None:
        """Wipe the sheet, and ask for the digit that comes next."""
        self.pad.strokes = []
        self._ask()

    def _looks_like(self, picture: NDArray[np.uint8]) -> int | None:
        probabilities = self._reader.predict(to_input(picture))[0]
        # A weak opinion doesn't count: it would hold up anyone with unusual handwriting.
        return int(probabilities.argmax()) if probabilities.max() >= DOUBTFUL else None

    def _offer_doubt(self, doubt: bool) -> None:
        # Hide Next while there's a question: you can only go on by answering it.
        show_if(not doubt, self.next)
        show_if(doubt, self.keep, self.again)

    def _show_score(self, read: list[int], *, landed: bool) -> None:
        """Say, large, how often the network was fooled, or right, and cheer if it was just now."""
        if not self._marks:
            return
        count = len(read)
        right = sum(answer == label for label, answer in enumerate(read))
        wants_misses = self._counts_misses
        last = ""
        if count and read[-1] == count - 1:
            last = f"It read your {count - 1}. "
        elif count:
            last = f"It took your {count - 1} for {a_digit(read[-1])}! "
        cheers = landed and (read[-1] != count - 1) == wants_misses
        if wants_misses:
            missed = count - right
            said = last
            # No network can know a sign that somebody has just made up, so this always helps; but
            # whoever has just done so needn't hear it again.
            if missed < ENOUGH_MISSES and self.complete:
                said += "Press Back, and invent a secret sign!"
            elif count and read[-1] == count - 1 and missed < ENOUGH_MISSES:
                said += "A secret sign might fool it."
            elif self.complete:
                said = "Out of ten! High time somebody taught it."
                cheers = True
            shown = big_answer(_say_fooled(missed), said, cheers=cheers)
        else:
            said = f"of {count} read right. {last}" if count else "Will it know your signs?"
            if right == CLASSES:
                said = "out of 10! Nobody else's network can do that."
            shown = big_answer(right if count else "?", said, cheers=cheers)
        self.score.value = shown

    def _ask(self, *, landed: bool = False) -> None:
        """Ask for the next digit; if one has just landed, its place shows that, quietly."""
        done = len(self.drawings)
        self._offer_doubt(False)
        # Once everything is drawn, a sheet would only invite you to draw more.
        show_if(not self.complete, self.pad)
        self.back.disabled = not done
        self.status.say("")
        if self.complete:
            show_if(False, self.next)
            self.task.value = big_answer("✓", "All drawn. Thank you!")
        else:
            self.task.value = big_answer(f"Draw {a_digit(done)}", f"{done + 1} of {CLASSES}")
        images = self.images()[0]
        read = []
        if self._marks and done:
            read = self._reader.predict(to_input(images)).argmax(axis=1).tolist()
        self._show_score(read, landed=landed)
        places = []
        for digit, picture in enumerate(images):
            answer = read[digit] if read else None
            look = "lm-landed" if landed and digit == done - 1 else ""
            places.append(_place(digit, picture, look, answer))
        signs = self._like.images()[0] if self._like and self._like.complete else None
        for digit in range(done, CLASSES):
            look = "lm-now" if digit == done else ""
            places.append(_waiting(digit, look, None if signs is None else signs[digit]))
        self.drawn.value = f'<div class="lm-places">{"".join(places)}</div>'


def _say_fooled(times: int) -> str:
    """Say how often the network was fooled."""
    if not times:
        return "Not fooled yet"
    often = {1: "once", 2: "twice"}.get(times, f"{times} times")
    return f"You fooled it {often}!"


def _place(label: int, picture: NDArray[np.uint8], look: str, answer: int | None) -> str:
    """Return the place of a digit that was drawn, and how it was read, if that's known."""
    alt, mark = f"Your {label}", ""
    if answer is not None:
        alt += f", read as {a_digit(answer)}"
        sign = "✓" if answer == label else f"✗ {answer}"
        mark = f'<b class="{"" if answer == label else "lm-wrong"}" aria-hidden="true">{sign}</b>'
    return f'<div class="lm-place {look}">{image(picture, alt)}{mark}</div>'


def _waiting(label: int, look: str, sign: NDArray[np.uint8] | None) -> str:
    """Return the place of a digit still to draw: its number, and the sign you have for it."""
    if sign is None:
        return f'<div class="lm-place {look}">{label}</div>'
    picture = image(sign, f"Your {label} on the first sheet")
    return f'<div class="lm-place lm-sign {look}">{picture}<b aria-hidden="true">{label}</b></div>'
