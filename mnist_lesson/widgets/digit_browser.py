"""03 · Digit browser: page through the digits, choose a label, find the odd ones, and see the numbers of each."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.load import load_data
from mnist_lesson.look import show_digits
from mnist_lesson.shared.checks import CLASSES, SIDE, check_images, check_labels
from mnist_lesson.shared.colours import ORANGE, PALE
from mnist_lesson.shared.html import FLOW, WIDE, colours, data_url, number_table, png_of
from mnist_lesson.shared.kit import Panel, Status, Still, row

AS_THEY_COME, ODD, USUAL = ORDERS = ("as they come", "the oddest first", "the most usual first")


def oddness(images: Any) -> NDArray[np.float32]:
    """Measure how far each picture is from the average of them all. Explained in notebook 03.

    Parameters
    ----------
    images
        uint8 of shape (n, 28, 28), best all of one label.

    Returns
    -------
    float32 of shape (n,): take the difference to the average picture pixel by pixel, square it, add up, take the root.
    """
    pixels = check_images(images).reshape(len(images), -1).astype(np.float32)
    return np.asarray(np.linalg.norm(pixels - pixels.mean(axis=0), axis=1))


def choose(
    images: Any, labels: Any, label: int | None = None, order: str = AS_THEY_COME
) -> NDArray[np.intp]:
    """Return the places of the pictures with this label (None: of all), in one of `ORDERS`. See notebook 03."""
    places = np.arange(len(labels)) if label is None else np.flatnonzero(labels == label)
    if order == AS_THEY_COME or not len(places):
        return places
    far = np.zeros(len(labels), np.float32)
    for digit in (
        range(CLASSES) if label is None else (label,)
    ):  # each is compared with its own kind
        if len(same := np.flatnonzero(labels == digit)):
            far[same] = oddness(images[same])
    return places[np.argsort(far[places] if order == USUAL else -far[places], kind="stable")]


ALL = -1  # None would be taken for “nothing chosen”
COLUMNS, ROWS = 8, 5
SHOWN = COLUMNS * ROWS
SIZE = 2 * SIDE  # of a small picture, in screen pixels
STYLE = f"""
IN {{width: {SIZE + 8}px; height: {SIZE + 24}px; padding: 2px; margin: 0; line-height: 1.2; border: 1px solid {PALE}}}
IN:disabled {{visibility: hidden}}
IN::before {{content: ""; display: block; width: {SIZE}px; height: {SIZE}px; margin: auto; image-rendering: pixelated;
background: url(STRIP) 0 0/{SIZE}px auto}}
"""


class DigitBrowser(Panel):
    """Buttons with digits on them: images uint8 (n, 28, 28), labels (n,); by default, the training digits.

    Raises TypeError or ValueError where these do not fit together.
    """

    def __init__(self, images: Any = None, labels: Any = None) -> None:
        if images is None:
            (images, labels), _ = load_data()
        self._images = check_images(images)
        self._labels = check_labels(labels, len(self._images))
        digits = [("all", ALL), *((str(digit), digit) for digit in range(CLASSES))]
        self.label = ipywidgets.Dropdown(options=digits, description="Label")
        self.order = ipywidgets.Dropdown(options=ORDERS, description="Order")
        self.page = ipywidgets.BoundedIntText(
            1, 1, 1, description="Page", layout={"width": "160px"}
        )
        self.back, self.forward = (
            ipywidgets.Button(description=name, icon=icon, layout={"width": "auto"})
            for name, icon in (("Page back", "arrow-left"), ("Next page", "arrow-right"))
        )
        self.number = ipywidgets.BoundedIntText(
            0, 0, len(self._images) - 1, description="Picture number", style=WIDE
        )
        white, small = (
            ipywidgets.ButtonStyle(button_color="white", text_color="#333"),
            ipywidgets.Layout(),
        )
        self.digits = [ipywidgets.Button(style=white, layout=small) for _ in range(SHOWN)]
        self.count = Status()
        self.chosen = Status()
        self.numbers = ipywidgets.HTML()
        self.look, self.mark = (
            ipywidgets.HTML(layout={"display": "none"}),
            ipywidgets.HTML(layout={"display": "none"}),
        )
        grid = ipywidgets.GridBox(
            self.digits,
            layout={"grid_template_columns": f"repeat({COLUMNS}, auto)", "grid_gap": "4px"},
        )
        choice = row(self.label, self.order, self.page, self.back, self.forward)
        one = ipywidgets.VBox([self.number, self.chosen, self.numbers], layout={"width": "510px"})
        super().__init__(
            "All the digits",
            [
                choice,
                self.count,
                ipywidgets.HBox([grid, one], layout=FLOW | {"align_items": "flex-start"}),
                self.look,
                self.mark,
            ],
            lead="Choose a label, turn the pages, and click on a digit to see its numbers.",
        )
        self._scope = f"digits-{self.model_id}"  # so that two browsers on a page do not show each other's pictures
        self.add_class(self._scope)
        for place, button in enumerate(self.digits):
            button.add_class(f"digit-{place}")
            button.on_click(partial(self._pick, place))
        for button, pages in ((self.back, -1), (self.forward, 1)):
            button.on_click(partial(self._turn, pages))
        self.label.observe(self._list, "value")
        self.order.observe(self._list, "value")
        self.page.observe(self._draw_page, "value")
        self.number.observe(self._draw_number, "value")
        self._list()

    def _list(self, _change: Any = None) -> None:
        label = None if self.label.value == ALL else self.label.value
        self._places = choose(self._images, self._labels, label, self.order.value)
        self.page.max = max(1, -(-len(self._places) // SHOWN))
        self.page.value = 1
        self._draw_page()

    def _turn(self, pages: int, _button: Any) -> None:
        self.page.value = min(max(self.page.value + pages, 1), self.page.max)

    def _pick(self, place: int, _button: Any) -> None:
        self.number.value = int(self._on_page()[place])

    def _on_page(self) -> Any:
        return self._places[(self.page.value - 1) * SHOWN :][:SHOWN]

    def _draw_page(self, _change: Any = None) -> None:
        places = self._on_page()
        for place, button in enumerate(self.digits):
            button.disabled = place >= len(places)
            button.description = "" if button.disabled else str(self._labels[places[place]])
            button.tooltip = (
                "" if button.disabled else f"Number {places[place]}, labelled {button.description}"
            )
        what = "" if self.label.value == ALL else f" labelled {self.label.value}"
        pages = f": page {self.page.value} of {self.page.max}. Click one to see its numbers."
        self.count.say(f"{len(self._places):,} pictures{what}{pages if len(places) else '.'}")
        strip = (
            colours(self._images[places].reshape(-1, SIDE), 255)
            if len(places)
            else np.zeros((1, 1, 4), np.uint8)
        )
        at = "".join(
            f".{self._scope} .digit-{n}::before{{background-position:0 {-n * SIZE}px}}"
            for n in range(SHOWN)
        )
        rules = STYLE.replace("IN", f".{self._scope} [class*=digit-]").replace(
            "STRIP", data_url(png_of(strip))
        )
        self.look.value = f"<style>{rules}{at}</style>"
        self._draw_number()

    def _draw_number(self, _change: Any = None) -> None:
        number = self.number.value
        image = self._images[number]
        ink = f"{np.count_nonzero(image)} of its 784 numbers are not 0, and the highest is {image.max()}."
        self.chosen.say(f"Picture {number} is labelled {self._labels[number]}. {ink}")
        self.numbers.value = number_table(image, side=18, font=9, most=255)
        here = np.flatnonzero(self._on_page() == number)
        rule = (
            f".{self._scope} .digit-{here[0]}{{outline:3px solid {ORANGE}!important;outline-offset:-3px}}"
            if len(here)
            else ""
        )
        self.mark.value = f"<style>{rule}</style>"

    def still(self) -> Still:
        """Draw the page that is open."""
        places = self._on_page()[:20]
        figure = show_digits(self._images[places], self._labels[places])
        return Still(
            figure, f"Digits, each with its label: {', '.join(map(str, self._labels[places]))}."
        )
