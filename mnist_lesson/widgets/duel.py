"""07 · You against the network: twelve digits that it got wrong, then twelve at random."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from mnist_lesson.look import show_digits
from mnist_lesson.mistakes.duel_round import Round
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import current_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared import kit
from mnist_lesson.shared.checks import SIDE
from mnist_lesson.shared.words import say_probability

READY, ASKING, TOLD, ENDED = "ready", "asking", "told", "ended"  # told: the card is turned
FAIR = 12  # digits in the round at random
CARD, TILE, SMALL = 264, 156, 56  # widths in screen pixels
NOT_YET = np.full((SIDE, SIDE), np.nan)  # a tile of stripes
NO_CHANCE = "It had no chance: we picked its surest mistakes. "
AGAIN = "Now try twelve at random. That's fair, and there's a clock."


class Duel(kit.Panel):
    """Read test digits against the network: first these, then twelve at random by the clock.

    Parameters
    ----------
    places
        Of test digits that the network misreads: `worst_mistakes(…).places`.
    network
        By default yours, or the plain one until you've trained one.
    seed
        For the digits at random; by default, they're new each time.
    """

    def __init__(
        self, places: Any, network: Twin | None = None, *, seed: int | None = None
    ) -> None:
        self.network = network or current_network()
        self.first = self.round = Round(self.network, places)
        self.best: Round | None = None  # yours, of those at random
        self.stage = READY
        self._chance = np.random.default_rng(seed)
        self.card = ipywidgets.HTML()
        self.says = ipywidgets.HTML()
        self.clock = ipywidgets.HTML()
        self.played = ipywidgets.HTML()
        self.digits = ipywidgets.Box(kit.digit_buttons(self.answer))
        self.digits.add_class("lm-keys")
        self.next = kit.button("Start", self.go_on, main=True)
        self.skip = kit.button("Just show me", self.give_up)
        self._show()
        beside = kit.column(self.says, self.clock, self.digits, kit.row(self.next, self.skip))
        super().__init__(
            "You against the network",
            [kit.row(self.card, beside), self.played, kit.Keys()],
            lead="One digit at a time: click on what you read, or press its key.",
        )

    def answer(self, digit: int) -> None:
        """Take your answer to the digit on the card."""
        if self.stage != ASKING:
            return
        self.round.answer(digit)
        if self.round is self.first:
            self.stage = TOLD
        elif self.round.over:  # against the clock, all cards are turned at the end
            self.stage = ENDED
            if self.best is None or self.round.rank > self.best.rank:
                self.best = self.round
        self._show()

    def go_on(self) -> None:
        """Bring the next digit or, after a round, a new one."""
        if self.stage == ASKING:
            return
        if self.stage == ENDED:
            places = self._chance.choice(len(sealed_digits()[1]), FAIR, replace=False)
            self.round = Round(self.network, places)
            self.clock.value = kit.clock()
        self.stage = ENDED if self.round.over else ASKING
        self._show()

    def give_up(self) -> None:
        """End the first round, to see its digits."""
        if self.round is self.first:
            self.stage = ENDED
            self._show()

    def _show(self) -> None:
        now = self.round
        is_first = now is self.first
        ended = self.stage == ENDED
        asking = self.stage == ASKING
        kit.show_if(asking, self.digits)
        kit.show_if(not asking, self.next)
        kit.show_if(not ended, self.card)
        kit.show_if(is_first and not ended, self.skip)
        wait = self.next.add_class if self.stage == TOLD else self.next.remove_class
        wait("lm-any-key")  # whoever plays by keys goes on with any digit
        self.next.description = {READY: "Start", ENDED: "Twelve at random"}.get(self.stage, "Next")
        self.card.value = "" if ended else self._card()
        self.says.value = self._ending() if ended else self._score()
        self.played.value = _notes(now) if ended else _strip(now)
        if ended:
            self.clock.value = ""
        if ended and not is_first:
            self.played.value += f"Your first round, without the clock:{_notes(self.first)}"

    def _card(self) -> str:
        now = self.round
        place = len(now.answers) - (self.stage == TOLD)
        if self.stage == READY:
            card = kit.digit_tile(NOT_YET, "ready?", width=CARD)
            return f'<div class="lm-face-down">{card}</div>'
        name = f"{place + 1} of {len(now.labels)}"
        return kit.digit_tile(now.images[place], name, alt="a handwritten digit", width=CARD)

    def _score(self) -> str:
        you, it = self.round.score()
        told = _turned(self.round) if self.stage == TOLD else ""
        words = self.round.verdict() if told else "You : network"
        if self.best is not None:
            words += f" · your best: {self.best.yours()}"
        return kit.big_answer(f"{you} : {it}", words) + told

    def _ending(self) -> str:
        you, it = self.round.score()
        if self.round is not self.first:
            won = kit.cheer("You win!", "You read more of them than it did.") if you > it else ""
            best = "Your best so far!"
            if self.best is not None and self.best is not self.round:
                best = f"Your best: {self.best.yours()}."
            return won + kit.big_answer(f"{you} : {it}", f"{self.round.result()} {best}")
        if not self.round.answers:
            return kit.big_answer(len(self.first.labels), f"of its surest mistakes. {AGAIN}")
        chance = (NO_CHANCE if it == 0 else "") + AGAIN
        return kit.big_answer(f"{you} : {it}", f"You {you}, network {it}. {chance}")

    def still(self) -> kit.Still:
        """Draw the digits of the first round, with what was read and what's true."""
        first = self.first
        notes = [
            f"read {read}, is {label}\n{say_probability(sure, decimals=1, brief=True)} sure"
            for read, label, sure in zip(first.read, first.labels, first.sure, strict=True)
        ]
        figure = show_digits(first.images, notes, columns=6)
        return kit.Still(figure, f"{len(notes)} digits: {'; '.join(notes)}.".replace("\n", ", "))


def _turned(played: Round) -> str:
    """Return the turned card of the last digit: three answers, large."""
    last = len(played.answers) - 1
    label = int(played.labels[last])
    sides = {
        "You": played.answers[last],
        f"Network, {say_probability(played.sure[last], decimals=1)} sure": int(played.read[last]),
        "Label": label,
    }
    turned = (kit.Card(name, digit, wrong=digit != label) for name, digit in sides.items())
    return kit.cards(turned, turned=True)


def _strip(played: Round) -> str:
    """Return the digits that you've answered as small pictures, with your answers."""
    known = [
        _framed(image, _judged(answer, label), answer == label, SMALL)
        for image, answer, label in zip(played.images, played.answers, played.labels, strict=False)
    ]
    left = len(played.labels) - len(known)
    known += left * [kit.digit_tile(NOT_YET, "\u00a0", alt="not yet", width=SMALL)]
    return f'<div class="lm-strip">{kit.tiles(known)}</div>'


def _notes(played: Round) -> str:
    """Return all digits with what's true, what was read and, if you played, your answers."""
    lines = [
        f"label {label}\nit {_judged(read, label)}, {say_probability(sure, decimals=1)}"
        for read, label, sure in zip(played.read, played.labels, played.sure, strict=True)
    ]
    right: list[bool | None] = [None] * len(lines)
    for place, answer in enumerate(played.answers):
        lines[place] = f"you {_judged(answer, played.labels[place])}\n{lines[place]}"
        right[place] = answer == played.labels[place]
    return kit.tiles(map(_framed, played.images, lines, right, [TILE] * len(lines)))


def _framed(image: Any, caption: str, right: bool | None, width: int) -> str:
    """Return a digit's tile in a frame that says whether you were right; None, and it has none."""
    look = "" if right is None else "lm-hit" if right else "lm-miss"
    return f'<div class="{look}">{kit.digit_tile(image, caption, width=width)}</div>'


def _judged(answer: int, label: int) -> str:
    return f"{answer} {kit.sign(answer == label)}"
