"""07 · Mistakes: what's taken for what, and behind each number, exactly the digits it counts."""

from collections.abc import Iterator

import ipywidgets
from matplotlib.figure import Figure

from mnist_lesson.look import show_digits
from mnist_lesson.mistakes.test_set_answers import readings_of
from mnist_lesson.shared import kit
from mnist_lesson.shared.kit import Panel, Status, Still
from mnist_lesson.shared.latest import Latest
from mnist_lesson.test import Prediction

PAGE = 6  # digits at once


class MistakeBrowser(Panel):
    """Click on a square of the confusion matrix, and see exactly the digits it counts.

    Parameters
    ----------
    prediction
        What `predict()` gave for the 10,000 test digits. Without it, `current_network()` reads them
        while you watch.
    """

    def __init__(self, prediction: Prediction | None = None) -> None:
        self.readings = readings_of(prediction)
        # It opens on the commonest mistake: an empty square would show nothing.
        self.matrix = kit.ConfusionMatrix(selected=list(self.readings.worst()))
        self.page = ipywidgets.IntSlider(1, 1, 1, description="page")
        self.answer = ipywidgets.HTML()
        self.digits = ipywidgets.HTML()
        self.status = Status()
        # Reading 10,000 digits takes seconds: use a thread, so you can click meanwhile.
        self.work = Latest(self._draw)
        self.matrix.observe(lambda _: self._turn_back(), "selected")
        self.page.observe(lambda _: self._ask(), "value")
        self._ask()
        beside = kit.column(self.answer, self.digits, self.page)
        super().__init__(
            "Behind every number",
            [kit.row(self.matrix, beside), self.status],
            lead="A row for each true digit, a column for each answer. Click on a square.",
        )

    @property
    def cell(self) -> tuple[int, int]:
        """The chosen square: the true digit, and the answer."""
        truth, answer = self.matrix.selected
        return truth, answer

    def _turn_back(self) -> None:
        self.page.value = 1
        # If page 1 was open already, no change was observed.
        self._ask()

    def _ask(self) -> None:
        self.work.ask(self.cell, self.page.value)

    def _draw(self, cell: tuple[int, int], page: int) -> Iterator[None]:
        # Shown after each thousand digits, so the numbers grow while you watch.
        while True:
            self._count()
            self._show(cell, page)
            yield  # a newer click takes over here
            if self.readings.done:
                return
            self.readings.go_on()

    def _count(self) -> None:
        self.matrix.counts = self.readings.confusion().tolist()
        reading_on = "" if self.readings.done else " It's still reading …"
        self.status.say(
            f"{self.readings.count:,} test digits, read by {self.readings.whose}.{reading_on}"
        )

    def _show(self, cell: tuple[int, int], page: int) -> None:
        places = self.readings.cell(*cell)
        self.page.max = max(1, -(-len(places) // PAGE))
        self.page.layout.display = "" if self.page.max > 1 else "none"
        self.answer.value = kit.big_answer(len(places), self.readings.about(*cell))
        shown = places[(page - 1) * PAGE : page * PAGE]
        cards = "".join(self._card(int(place)) for place in shown)
        self.digits.value = f'<div class="lm-cards">{cards}</div>'

    def _card(self, place: int) -> str:
        truth = int(self.readings.labels[place])
        tile = kit.digit_tile(self.readings.images[place], f"test digit {place}", width=96)
        bars = kit.bar_of_ten(self.readings.chances[place], truth=truth, most=3)
        return f'<div class="lm-card">{tile}{bars}</div>'

    def still(self) -> Still | None:
        """Draw up to ten digits of the chosen square."""
        # A picture can't grow, so this one waits for all 10,000.
        self.readings.finish()
        truth, answer = self.cell
        places = self.readings.cell(truth, answer)[:10]
        if not len(places):
            return None
        names = [f"{answer}: {self.readings.chances[place, answer]:.0%}" for place in places]
        figure = Figure(figsize=(9, 1.8), dpi=100, layout="constrained")
        show_digits(self.readings.images[places], names, columns=10, ax=figure.subplots())
        return Still(figure, f"Digits behind one square. {self.readings.about(truth, answer)}")
