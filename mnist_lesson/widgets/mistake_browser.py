"""07 · Mistakes: what's taken for what, and behind each number, exactly the digits it counts."""

import ipywidgets
from matplotlib.figure import Figure

from mnist_lesson.look import show_digits
from mnist_lesson.mistakes.test_set_answers import Readings
from mnist_lesson.shared import kit
from mnist_lesson.shared.kit import Panel, Status, Still
from mnist_lesson.test import Prediction

PAGE = 6  # digits at once


class MistakeBrowser(Panel):
    """Click on a square of the confusion matrix, and see exactly the digits it counts.

    Parameters
    ----------
    prediction
        What `predict()` gave for the 10,000 test digits.

    Raises
    ------
    ValueError
        It's a prediction of other digits.
    """

    def __init__(self, prediction: Prediction) -> None:
        self.readings = Readings(prediction)
        # It opens on right answers: which mistake is the commonest is for the reader to find.
        self.matrix = kit.ConfusionMatrix(counts=self.readings.confusion.tolist(), selected=[0, 0])
        self.page = ipywidgets.IntSlider(1, 1, 1, description="page")
        self.answer = ipywidgets.HTML()
        self.digits = ipywidgets.HTML()
        self.matrix.observe(lambda _: self._turn_back(), "selected")
        self.page.observe(lambda _: self._draw(), "value")
        self._draw()
        count = len(self.readings.labels)
        status = Status(f"{count:,} test digits, read by {self.readings.whose}.")
        beside = kit.column(self.answer, self.digits, self.page)
        super().__init__(
            "Behind every number",
            [kit.row(self.matrix, beside), status],
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
        self._draw()

    def _draw(self) -> None:
        places = self.readings.cell(*self.cell)
        self.page.max = max(1, -(-len(places) // PAGE))
        kit.show_if(self.page.max > 1, self.page)
        self.answer.value = kit.big_answer(len(places), self.readings.about(*self.cell))
        shown = places[(self.page.value - 1) * PAGE :][:PAGE]
        cards = "".join(self._card(int(place)) for place in shown)
        self.digits.value = f'<div class="lm-cards">{cards}</div>'

    def _card(self, place: int) -> str:
        truth = int(self.readings.labels[place])
        tile = kit.digit_tile(self.readings.images[place], f"test digit {place}", width=96)
        bars = kit.bar_of_ten(self.readings.probabilities[place], truth=truth, most=3)
        return f'<div class="lm-card">{tile}{bars}</div>'

    def still(self) -> Still | None:
        """Draw up to ten digits of the commonest mistake."""
        truth, answer = self.readings.worst()
        places = self.readings.cell(truth, answer)[:10]
        if not len(places):
            return None
        names = [f"{answer}: {self.readings.probabilities[place, answer]:.0%}" for place in places]
        figure = Figure(figsize=(9, 1.8), dpi=100, layout="constrained")
        show_digits(self.readings.images[places], names, columns=10, ax=figure.subplots())
        return Still(figure, f"Digits behind one square. {self.readings.about(truth, answer)}")
