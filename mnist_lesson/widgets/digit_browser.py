"""03 · Digit browser: page through digits, choose a label, find the odd ones, see the numbers."""

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.look import show_digits
from mnist_lesson.shared.checks import CLASSES, check_images, check_labels
from mnist_lesson.shared.html import number_table
from mnist_lesson.shared.kit import DigitGrid, Panel, Status, Still, button, row
from mnist_lesson.shared.picture import list_few

AS_THEY_COME, ODD, USUAL = ORDERS = ("as they come", "the oddest first", "the most usual first")


def oddness(images: Any) -> NDArray[np.float32]:
    """Measure how far each picture is from the average of them all. Explained in notebook 03.

    The pictures are uint8 (n, 28, 28), ideally all with the same label. Take the difference from
    the average picture pixel by pixel, square it, add it all up, take the root: float32 (n,).
    """
    pixels = check_images(images).reshape(len(images), -1).astype(np.float32)
    return np.asarray(np.linalg.norm(pixels - pixels.mean(axis=0), axis=1))


def choose(
    images: Any, labels: Any, label: int | None = None, order: str = AS_THEY_COME
) -> NDArray[np.intp]:
    """Return the places of the pictures with this label (None: all), in one of `ORDERS`.

    Explained in notebook 03.
    """
    places = np.arange(len(labels)) if label is None else np.flatnonzero(labels == label)
    if order == AS_THEY_COME or not len(places):
        return places
    far = np.zeros(len(labels), np.float32)
    # Each is compared with its own kind.
    for digit in range(CLASSES) if label is None else (label,):
        if len(same := np.flatnonzero(labels == digit)):
            far[same] = oddness(images[same])
    # Stable: equally odd ones keep the order of their numbers.
    return places[np.argsort(far[places] if order == USUAL else -far[places], kind="stable")]


ALL = -1  # None would mean “nothing chosen”
SHOWN = 48  # digits on a page: eight rows of six, as tall as the numbers beside them


class DigitBrowser(Panel):
    """Page through digits, by label and by how odd they are, and see the numbers of one.

    Parameters
    ----------
    images, labels
        uint8 (n, 28, 28), and (n,).

    Raises
    ------
    TypeError, ValueError
        These don't fit together.
    """

    def __init__(self, images: Any, labels: Any) -> None:
        self._images = check_images(images)
        self._labels = check_labels(labels, len(self._images))
        digits = [("all", ALL), *((str(digit), digit) for digit in range(CLASSES))]
        self.label = ipywidgets.Dropdown(
            options=digits, description="label", layout={"width": "150px"}
        )
        self.order = ipywidgets.Dropdown(
            options=ORDERS, description="order", layout={"width": "215px"}
        )
        self.page = ipywidgets.BoundedIntText(
            1, 1, 1, description="page", layout={"width": "110px"}
        )
        self.back = button("Previous page", lambda: self._turn(-1), icon="arrow-left")
        self.forward = button("Next page", lambda: self._turn(1), icon="arrow-right")
        self.number = ipywidgets.BoundedIntText(
            0, 0, len(self._images) - 1, description="picture number", layout={"width": "200px"}
        )
        self.grid = DigitGrid()
        self.grid.add_class("lm-grow")
        self.count = Status()
        self.chosen = Status()
        self.numbers = ipywidgets.HTML()
        one = ipywidgets.VBox(
            [self.number, self.chosen, self.numbers],
            layout={"width": "calc(616 * var(--lm-u))", "max_width": "100%"},
        )
        super().__init__(
            "All the digits",
            [
                row(self.label, self.order, self.page, self.back, self.forward),
                self.count,
                row(self.grid, one),
            ],
            lead="Choose a label, turn the pages, and click on a digit to see its numbers.",
        )
        self.label.observe(self._list, "value")
        self.order.observe(self._list, "value")
        self.page.observe(self._draw_page, "value")
        self.number.observe(self._draw_number, "value")
        # Both ways: a click sets the number, and typing a number marks its button.
        ipywidgets.link((self.grid, "chosen"), (self.number, "value"))
        self._list()
        self._draw_number()

    def _list(self, _change: Any = None) -> None:
        label = None if self.label.value == ALL else self.label.value
        self._places = choose(self._images, self._labels, label, self.order.value)
        self.page.max = max(1, -(-len(self._places) // SHOWN))
        self.page.value = 1
        # If page 1 was open already, no change was observed.
        self._draw_page()
        # The numbers are of a digit that one sees, or they'd seem to be of one of these.
        shown = self._on_page().tolist()
        if shown and self.number.value not in shown:
            self.number.value = shown[0]

    def _turn(self, pages: int) -> None:
        self.page.value = min(max(self.page.value + pages, 1), self.page.max)

    def _on_page(self) -> Any:
        return self._places[(self.page.value - 1) * SHOWN :][:SHOWN]

    def _draw_page(self, _change: Any = None) -> None:
        places = self._on_page()
        what = "" if self.label.value == ALL else f" labelled {self.label.value}"
        pages = f": page {self.page.value:,} of {self.page.max:,}. Click one to see its numbers."
        self.count.say(f"{len(self._places):,} pictures{what}{pages if len(places) else '.'}")
        labels = map(str, self._labels[places])
        self.grid.hang(self._images[places], labels, numbers=places, most=255)

    def _draw_number(self, _change: Any = None) -> None:
        number = self.number.value
        image = self._images[number]
        ink = (
            f"{np.count_nonzero(image)} of its 784 numbers are not 0, the highest is {image.max()}."
        )
        self.chosen.say(f"Picture {number} is labelled {self._labels[number]}. {ink}")
        self.numbers.value = number_table(image, side=22, font=11, most=255)

    def still(self) -> Still:
        """Draw the page that's open."""
        places = self._on_page()[:20]
        figure = show_digits(self._images[places], self._labels[places])
        return Still(figure, f"Digits, each with its label: {list_few(self._labels[places], 20)}.")
