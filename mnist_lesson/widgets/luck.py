"""07 · Luck: press, and games of pure chance pile up as dots: this is what chance can do."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import ipywidgets
import numpy as np
from matplotlib.ticker import MaxNLocator

from mnist_lesson.look import new_axes, tidy
from mnist_lesson.shared import kit
from mnist_lesson.shared.checks import Float64s, check_whole
from mnist_lesson.shared.colours import BLUE, ORANGE
from mnist_lesson.shared.picture import PAGE

MOST = 1000  # games that are kept: more dots would be too small to see
MANY = 100  # games in one press
TRIAL = 50  # games that nobody sees: they say how wide the axis has to be
FEW = 40  # games from which on the outer ones are told apart: one in forty lies at each end
HARDLY = 0.02  # games as uneven as that are so rare that one looks for another reason than luck
VERDICTS = (
    (0.1, "Luck alone does that easily."),
    (HARDLY, "That's rare, but now and then luck does it."),
    (0, "Luck alone hardly ever does that!"),
)
WIDE, TALL, FOOT = 900, 190, 44  # of the picture; the foot is for the axis


class Luck(kit.Panel):
    """Play a game of chance by a press of a button, and see how its results spread.

    The middle 95% of the dots are blue. With `coins`, the blue ones are instead the games that
    split less unevenly than what the slider says.

    Parameters
    ----------
    heading
        The panel's title.
    play
        Plays one game, and returns a whole number.
    counted
        What that number counts, such as "heads".
    coins
        If it's a game of coins: how many of them are tossed.
    game
        What one game is called, if it's no game; in the plural, it gets an s.
    """

    def __init__(
        self,
        heading: str,
        play: Callable[[], int],
        counted: str,
        *,
        coins: int = 0,
        game: str = "game",
    ) -> None:
        self._play, self._counted, self._game = play, counted, game
        self.coins = check_whole("coins", coins, 0, 100)
        trial = [play() for _ in range(TRIAL)]
        reach = 4.5 * float(np.std(trial)) + 1
        self._ends = (round(np.mean(trial) - reach), round(np.mean(trial) + reach))
        if coins:
            self._ends = (0, coins)
        self._trial = trial
        self.numbers: list[int] = []
        self.split = ipywidgets.IntSlider(
            round(0.6 * coins), coins - coins // 2, coins, description="split", readout=False
        )
        kit.show_if(coins, self.split)
        self.split.layout.width = "340px"
        self.once = kit.button(f"1 {game}", partial(self.toss, 1))
        self.often = kit.button(f"{MANY} {game}s", partial(self.toss, MANY), main=True)
        self.again = kit.button("Start again", self.start_again)
        self.answer = ipywidgets.HTML()
        self.picture = ipywidgets.HTML()
        self.split.observe(lambda _: self._show(), "value")
        self._show()
        super().__init__(
            heading,
            [kit.row(self.once, self.often, self.again, self.split), self.answer, self.picture],
            lead=f"Each dot is a {game}. Press a few times, and see what luck alone can do.",
        )

    def toss(self, games: int) -> None:
        """Play so many games more."""
        games = min(games, MOST - len(self.numbers))
        self.numbers += [self._play() for _ in range(games)]
        self._show(new=games)

    def start_again(self) -> None:
        """Take all dots away."""
        self.numbers = []
        self._show()

    @property
    def between(self) -> tuple[float, float]:
        """Between which numbers the dots are blue."""
        if self.coins:
            more = self.split.value
            return self.coins - more + 1, more - 1
        if len(self.numbers) < FEW:
            return -np.inf, np.inf
        low, high = np.percentile(self.numbers, [2.5, 97.5])
        return float(low), float(high)

    def _show(self, new: int = 0) -> None:
        self.once.disabled = self.often.disabled = len(self.numbers) >= MOST
        self.answer.value = self._split_answer() if self.coins else self._middle_answer()
        self.picture.value = self._draw(new)

    def _middle_answer(self) -> str:
        games = len(self.numbers)
        if games < FEW:
            return kit.big_answer(games, f"{self._name(games)} so far.")
        low, high = self.between
        said = f"{self._counted}: that's the middle 95% of {games} {self._game}s, in blue."
        return kit.big_answer(f"{low:.0f} to {high:.0f}", said)

    def _split_answer(self) -> str:
        more, games = self.split.value, len(self.numbers)
        split = f"{more} : {self.coins - more}"
        if not games:
            return kit.big_answer(split, "How often do coins split like that, or more unevenly?")
        low, high = self.between
        uneven = sum(not low <= heads <= high for heads in self.numbers)
        said = f"or more unevenly: {uneven} of {games} {self._name(games)}"
        if games < MANY:
            return kit.big_answer(split, said)
        share = uneven / games
        verdict = next(words for least, words in VERDICTS if share >= least)
        return kit.big_answer(split, f"{said}, or {share:.1%}. {verdict}", wrong=share < HARDLY)

    def _name(self, games: int) -> str:
        return self._game if games == 1 else f"{self._game}s"

    def _draw(self, new: int) -> str:
        """Draw the piles as an SVG; the `new` last dots fall from above, one after the other."""
        first = min([self._ends[0], *self.numbers])
        last = max([self._ends[1], *self.numbers])

        def across(number: float) -> float:
            return (number - first + 1) / (last - first + 2) * WIDE

        marks = _round_numbers(first, last)
        parts = [f'<path d="M0 {TALL}H{WIDE}" stroke="var(--lm-pale)"/>']
        for mark in marks:
            parts.append(
                f'<text x="{across(mark):.0f}" y="{TALL + 18}" text-anchor="middle">{mark}</text>'
            )
        parts.append(f'<text x="{WIDE}" y="{TALL + 38}" text-anchor="end">{self._counted}</text>')
        if self.numbers:
            # Sorted for the piles, but each dot falls in its turn.
            turns = np.argsort(self.numbers, kind="stable")
            values: Float64s = np.asarray(self.numbers, float)[turns]
            x, y, size = pile_up(values, first, last, WIDE, TALL)
            low, high = self.between
            old = len(self.numbers) - new
            for value, right, up, turn in zip(values, x, y, turns.tolist(), strict=True):
                colour = "blue" if low <= value <= high else "orange"
                falls = ""
                if turn >= old:
                    falls = f'class="lm-falls" style="--turn: {(turn - old) / new:.2f}" '
                parts.append(
                    f'<circle {falls}cx="{across(right):.1f}" cy="{TALL - up:.1f}" '
                    f'r="{0.44 * size:.2f}" fill="var(--lm-{colour})"/>'
                )
        alt = f"{len(self.numbers)} dots in piles, from {first} to {last} {self._counted}."
        look = f'class="lm-chart" viewBox="0 0 {WIDE} {TALL + FOOT}"'
        return f'<svg {look} role="img" aria-label="{alt}">{"".join(parts)}</svg>'

    def still(self) -> kit.Still:
        """Draw the games of the trial."""
        values: Float64s = np.sort(np.asarray(self._trial, float))
        x, y, size = pile_up(values, values[0], values[-1], 0.7 * 72 * PAGE, 130)  # in points
        low, high = np.percentile(values, [2.5, 97.5])
        outside = (values < low) | (values > high)
        axis = new_axes(PAGE, 2.8)[0]
        colours = np.where(outside, ORANGE, BLUE)
        axis.scatter(x, y, s=(0.85 * size) ** 2, c=colours, linewidths=0)
        tidy(axis, f"{TRIAL} {self._game}s", self._counted, "")
        edge = 2 * max(1, (values[-1] - values[0]) // 70)
        axis.set(yticks=[], ylim=(0, 140), xlim=(x.min() - edge, x.max() + edge))
        axis.spines["left"].set_visible(False)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12, steps=[1, 2, 5, 10]))
        alt = f"{TRIAL} dots in piles. {TRIAL} {self._game}s. They lie from {values[0]:.0f} to "
        alt += f"{values[-1]:.0f}, and {outside.sum()} of them are outside {low:.0f} to {high:.0f}."
        return kit.Still(axis.figure, alt)


def pile_up(
    values: Float64s, first: float, last: float, wide: float, tall: float
) -> tuple[Float64s, Float64s, float]:
    """Return where each of these sorted whole numbers lies as a dot, and how large the dots are.

    Equal ones lie in one pile, and neighbours, too, if there are more than 70 from `first` to
    `last`. `wide` and `tall` are the room for all piles, in any unit: heights and the size are in
    that, places across in what the numbers count.
    """
    step = max(1, math.ceil((last - first + 1) / 70))
    pile = (values - first) // step
    starts, counts = np.unique(pile, return_index=True, return_counts=True)[1:]
    width = wide / ((last - first) // step + 3)  # of a pile
    # The largest dots with which the tallest pile fits.
    sizes = np.arange(14, 2, -0.5)
    fits = np.ceil(counts.max() / np.maximum(width // sizes, 1)) * sizes <= tall
    size = sizes[fits][0] if fits.any() else sizes[-1]
    beside = max(width // size, 1)
    # Each dot's row in its pile, and its place in that row; the top row may be a short one.
    row, place = np.divmod(np.arange(len(values)) - np.repeat(starts, counts), beside)
    in_row = np.minimum(np.repeat(counts, counts) - row * beside, beside)
    aside = (place - (in_row - 1) / 2) * 0.7 * step * size / width
    return first + step * pile + (step - 1) / 2 + aside, (row + 0.5) * size, float(size)


def _round_numbers(first: int, last: int) -> range:
    """Return some ten round numbers from first to last, for an axis."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / step <= 12)
    return range(-(-first // step) * step, last + 1, step)
