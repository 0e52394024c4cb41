"""07 · Break it: how much can a digit change, or the network lose, before the answer is wrong?"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from mnist_lesson.look import show_digits, tidy
from mnist_lesson.mistakes import accuracy_curves
from mnist_lesson.mistakes.accuracy_curves import AMOUNTS, COUNT, WAYS
from mnist_lesson.mistakes.occlusion import occlusion_map, where_it_hangs
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import current_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import kit
from mnist_lesson.shared.chart import Curve, chart
from mnist_lesson.shared.colours import BLUE
from mnist_lesson.shared.kit import Panel, Status, Still
from mnist_lesson.shared.latest import Latest
from mnist_lesson.shared.picture import Picture
from mnist_lesson.shared.words import a_digit, say_probability

DIGIT, NETWORK = "the digit", "the network"
SIZE = 168  # screen pixels
LEGEND = (
    '<p class="lm-note">Without the green spots it would be less sure; without purple ones, surer.'
    "</p>"
)


class BreakIt(Panel):
    """Change a test digit, or damage the network, and see what it reads then.

    It opens with nothing broken. The curve grows as you explore: each value you try adds a dot,
    the share of 1,000 test digits that are still read correctly. Your record, for each way, is the
    smallest change that has fooled the network so far.
    """

    def __init__(self) -> None:
        self.network = current_network()
        self.target = ipywidgets.ToggleButtons(
            options=[DIGIT, NETWORK], description="break", style={"button_width": "auto"}
        )
        self.way = ipywidgets.ToggleButtons(
            options=list(WAYS), value="Turn", description="how", style={"button_width": "auto"}
        )
        # Each way has a slider of its own: one whose options change may keep its handle's place.
        self._amounts = {
            **{
                (DIGIT, name): _slider(way.values, way.short, way.nothing)
                for name, way in WAYS.items()
            },
            **{(NETWORK, name): _slider(AMOUNTS[name], "{}%".format, 0) for name in AMOUNTS},
        }
        self.how_much = ipywidgets.Box()
        # Not a bounded one, which would silently change a number that's too large.
        self.digit = ipywidgets.IntText(0, description="test digit", layout={"width": "170px"})
        self.answer = ipywidgets.HTML()
        self.shown = ipywidgets.HTML()
        self.bars = ipywidgets.HTML()
        self.curve = ipywidgets.HTML()
        self.share = ipywidgets.HTML()
        self.record = ipywidgets.HTML()
        self.status = Status()
        # Keep what's been measured, so nothing is measured twice.
        self._known: dict[tuple[str, str], dict[float, float]] = {}
        # Of each way: how far from nothing broken, how the slider writes that, and the test digit.
        self._records: dict[tuple[str, str], tuple[float, str, int]] = {}
        # A point of the curve takes 1,000 readings: use a thread, so the sliders stay alive.
        self.work = Latest(self._draw)
        # Before the observers, so it asks just once, not for every value it sets.
        self._switch()
        self.target.observe(lambda _: self._retarget(), "value")
        self.way.observe(lambda _: self._switch(), "value")
        for amount in self._amounts.values():
            amount.observe(lambda _: self._ask(), "value")
        self.digit.observe(lambda _: self._ask(), "value")
        bars = kit.column(self.bars)
        bars.add_class("lm-low")  # level with the pictures, not with the answer above them
        read = kit.column(self.answer, self.shown, look="lm-side")
        beside = {"flex": "0 1 340px", "grid_gap": "12px"}
        told = ipywidgets.VBox([self.record, self.share], layout=beside)
        super().__init__(
            "Break it",
            [
                kit.row(self.target, self.way),
                kit.row(self.how_much, self.digit, self.status),
                kit.row(read, bars),
                kit.row(kit.column(self.curve), told),
            ],
            lead=f"Guess first: how much does it take before {self.network.name} gives up?",
        )

    @property
    def amount(self) -> ipywidgets.SelectionSlider:
        """The slider of the way that's chosen."""
        return self._amounts[self.target.value, self.way.value]

    def _retarget(self) -> None:
        breaks_network = self.target.value == NETWORK
        self.way.options = list(AMOUNTS if breaks_network else WAYS)
        self._switch()

    def _switch(self) -> None:
        self.how_much.children = [self.amount]
        self._ask()

    def _ask(self) -> None:
        number = self.digit.value
        if not 0 <= number < COUNT:
            self.status.fault(
                f"There's no test digit {number:,} here: choose a number from 0 to {COUNT - 1}."
            )
            return
        self.status.say("")
        self.work.ask(self.target.value, self.way.value, self.amount.value, number)

    def _draw(self, target: str, way: str, value: float, number: int) -> Iterator[None]:
        images, labels = sealed_digits()
        network = self.network
        image = images[number]
        caption = "as it is"
        nothing = 0.0
        amount = f"{value}%"
        if target == NETWORK:
            network = accuracy_curves.break_network(network, way, value)
        else:
            image = WAYS[way].change(images[number : number + 1], value)[0]
            nothing = WAYS[way].nothing
            caption = amount = WAYS[way].short(value)
        probabilities = network.predict(to_input(image))[0]
        best = int(probabilities.argmax())
        wrong = best != labels[number]
        sure = say_probability(probabilities[best])
        verdict = f"Still right, and {sure} sure."
        if wrong:
            verdict = f"Wrong: this is {a_digit(labels[number])}. The network is {sure} sure."
        elif probabilities[best] < kit.UNSURE:
            verdict = f"Still right, but only {sure} sure!"
        self.answer.value = kit.big_answer(
            best,
            verdict,
            probability=probabilities[best],
            wrong=bool(wrong),
        )
        whole = self.network.predict(to_input(images[number]))[0]
        # Where it's wrong with nothing broken, nobody has fooled it.
        if wrong and whole.argmax() == labels[number]:
            fooled = (abs(value - nothing), amount, number)
            self._records[target, way] = min(
                self._records.get((target, way), fooled), fooled, key=lambda record: record[0]
            )
        self._tell_record(target, way)
        pieces = [
            kit.digit_tile(images[number], "test digit", alt=f"test digit {number}", width=SIZE),
            kit.digit_tile(image, caption, alt=f"what the network sees: {caption}", width=SIZE),
        ]
        self.bars.value = kit.bar_of_ten(probabilities, truth=int(labels[number]))
        # Save a place for the map that comes next, so nothing jumps.
        waiting = kit.digit_tile(np.zeros((28, 28)), "what it relies on", alt="not yet", width=SIZE)
        self.shown.value = kit.tiles([*pieces, waiting]) + LEGEND
        # The answer is on screen. The rest is slow, so let a newer change take over here.
        yield
        fall = occlusion_map(network, image)
        relies = kit.digit_tile(
            fall, "what it relies on", alt=where_it_hangs(fall), width=SIZE, signed=True
        )
        self.shown.value = kit.tiles([*pieces, relies]) + LEGEND
        yield
        yield from self._explore(network, target, way, value)

    def _tell_record(self, target: str, way: str) -> None:
        if (target, way) in self._records:
            _, amount, number = self._records[target, way]
            sentence = (
                f"is your record for “{way}” (test digit {number}), the least you've tried that "
                "fooled it."
            )
        else:
            amount = "?"
            sentence = f"No record for “{way}” yet: how little does it take to fool it?"
        self.record.value = kit.big_answer(amount, sentence)

    def _explore(self, network: Twin, target: str, way: str, value: float) -> Iterator[None]:
        """Measure the accuracy at this value, in interruptible pieces, and add a point."""
        known = self._known.setdefault((target, way), {})
        if value not in known:
            self.share.value = kit.big_answer("…", f"Reading {COUNT:,} test digits like this.")
            self._plot(target, way, value)  # the axis and the line of this one, while it's counted
            change = WAYS[way].change if target == DIGIT else None
            for right in accuracy_curves.count_right(network, change, value):
                share = right / COUNT
                yield
            # Only now: an unfinished count would be a wrong point.
            known[value] = share
        sentence = f"of {COUNT:,} test digits are read correctly like this."
        dots = f"Dots on the curve so far: {len(known)}."
        self.share.value = kit.big_answer(f"{known[value]:.1%}", f"{sentence} {dots}")
        self._plot(target, way, value, f"{known[value]:.1%} {sentence}")

    def _plot(self, target: str, way: str, value: float, sentence: str = "") -> None:
        """Draw the curve as far as it's known, and a line at this value."""
        options = self._amounts[target, way].options
        last = len(options) - 1
        # As many names as fit a narrow chart, evenly from the first to the last.
        step = next(step for step in range(1, last + 1) if last % step == 0 and last <= 7 * step)
        self.curve.value = chart(
            [Curve("", sorted(self._known[target, way].items()))],
            {amount: name for name, amount in options[::step]},
            title=f"Read correctly, of {COUNT:,} test digits",
            x_name=way.lower() if target == NETWORK else WAYS[way].words,
            alt=f"The curve as far as you've explored it. {sentence}",
            here=value,
        )

    def still(self) -> Still:
        """Draw a digit turned further and further, and the whole curve."""
        return Still(*show_turning(self.network))


def _slider(
    values: Iterable[float], short: Callable[[float], str], nothing: float
) -> ipywidgets.SelectionSlider:
    """Return a slider through these values that starts where nothing is broken."""
    return ipywidgets.SelectionSlider(
        options=[(short(value), value) for value in values],
        value=nothing,
        description="how much",
        layout={"width": "420px"},
    )


@lru_cache(maxsize=1)
def turning_curve(network: Twin) -> dict[float, float]:
    """Measure how many test digits are still read correctly when they're turned this far."""
    way = WAYS["Turn"]
    return {
        value: list(accuracy_curves.count_right(network, way.change, value))[-1] / COUNT
        for value in way.values
    }


def show_turning(network: Twin, number: int = 0) -> tuple[Figure, str]:
    """Draw a test digit turned further and further, what it's read as, and the curve below."""
    way = WAYS["Turn"]
    images: NDArray[np.uint8] = sealed_digits()[0]
    values = list(way.values)[::2]
    turned = np.concatenate([way.change(images[number : number + 1], value) for value in values])
    read = network.predict(to_input(turned))
    answers = [
        f"{row.argmax()} ({say_probability(float(row.max()), decimals=1, brief=True)})"
        for row in read
    ]
    # A picture can't grow the way the panel's curve does, so it shows the whole curve.
    known = turning_curve(network)
    figure = Picture(figsize=(9, 4.6), dpi=100, layout="constrained")
    top, bottom = figure.subplots(2, 1, height_ratios=(1, 1.6))
    names = [f"{way.short(v)}\n{a}" for v, a in zip(values, answers, strict=True)]
    show_digits(turned, names, columns=len(values), ax=top)
    bottom.plot(list(known), list(known.values()), "o-", color=BLUE)
    bottom.yaxis.set_major_formatter(PercentFormatter(1))
    bottom.set(ylim=(0, 1.03))
    tidy(bottom, f"Read correctly, of {COUNT:,} test digits", "turned by … degrees", "")
    alt = (
        f"A digit turned from {values[0]} to {values[-1]} degrees, and a curve that is highest "
        "where nothing is turned and falls to both sides."
    )
    return figure, alt
