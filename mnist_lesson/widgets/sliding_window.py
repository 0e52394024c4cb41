"""00 · Sliding window: slide it over a digit, and see how each sum comes about."""

from __future__ import annotations

import contextlib
from html import escape
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.introduction.figures import show_window
from mnist_lesson.introduction.sliding_window import KERNELS, Slide, parse_kernel, slide, to_pixels
from mnist_lesson.network.saved import ModelFileError, current_network
from mnist_lesson.shared.html import number_table
from mnist_lesson.shared.kit import Panel, Status, Still, button, digit_tile, row, script
from mnist_lesson.shared.words import write_number
from mnist_lesson.widgets.drawing_pad import DrawingPad

TRAINED, OWN = "a trained filter", "my own nine numbers"
KINDS = (*KERNELS, TRAINED, OWN)
GIVEN, DRAWN = "this digit", "my drawing"
SCALE = 8  # screen pixels for each number of a picture


class Pointing(anywidget.AnyWidget):
    """Where one points: the number of the picture in the panel, the row and the column in it."""

    _esm = script("pointing.js")
    place = traitlets.List(traitlets.Int(), [0, 0, 0]).tag(sync=True)


class SlidingWindow(Panel):
    """A window slides over one digit, step by step, and shows the numbers it multiplies.

    Parameters
    ----------
    image
        A digit, shape (28, 28), 0..255 or floats in 0..1.
    pad
        A pad whose drawing one may choose instead.

    Raises
    ------
    TypeError, ValueError
        `image` isn't a picture.
    """

    def __init__(self, image: ArrayLike, pad: DrawingPad | None = None) -> None:
        self._pixels = self._given = to_pixels(image)
        self._pad = pad
        self._busy = False
        self.digit = ipywidgets.ToggleButtons(
            options=[GIVEN, DRAWN], description="slide over", style={"button_width": "auto"}
        )
        self.digit.layout.display = "" if pad else "none"
        self.kernel = ipywidgets.Dropdown(options=KINDS, description="kernel")
        self.filter = ipywidgets.BoundedIntText(0, 0, 31, description="which filter")
        # Not read while you type: until the ninth number, all it could do is complain.
        self.weights = ipywidgets.Text(
            KERNELS[KINDS[0]], description="nine weights", continuous_update=False
        )
        self.row, self.column = (
            ipywidgets.IntSlider(10, 0, 25, description=name, layout={"width": "220px"})
            for name in ("row", "column")
        )
        self.playing = ipywidgets.ToggleButton(
            description="Play", icon="play", layout={"width": "96px"}
        )
        # At the quick speed a whole digit takes about ten seconds.
        self.speed = ipywidgets.ToggleButtons(
            options=[("slow", 1), ("quick", 7)], description="speed", style={"button_width": "auto"}
        )
        # It stays hidden, because its own buttons have no names.
        # It counts the window's places: 26 × 26 of them, from 0.
        self.clock = ipywidgets.Play(max=675, interval=100, layout={"display": "none"})
        ipywidgets.link((self.speed, "value"), (self.clock, "step"))
        # In ipywidgets 7, which Colab has, this switch of Play has a different name.
        switch = "playing" if self.clock.has_trait("playing") else "_playing"
        ipywidgets.link((self.clock, switch), (self.playing, "value"))
        self.playing.observe(self._name_the_button, "value")
        self.back = button("Back", lambda: self._move(-1), icon="step-backward")
        self.step = button("Step", lambda: self._move(1), icon="step-forward")
        # More places than there are: _move() stops at the last one.
        self.end = button("To the end", lambda: self._move(10_000), icon="fast-forward")
        self.pointing = Pointing()
        self.pointing.observe(self._point, "place")
        self.about = Status()
        self.picture = ipywidgets.HTML()
        self.words = ipywidgets.HTML()
        choices = [self.kernel, self.filter, self.weights]
        moves = row(self.back, self.step, self.playing, self.end)  # they stay together
        for control in (self.digit, *choices, self.row, self.column, self.playing, self.clock):
            control.observe(self._changed, "value")
        if pad is not None:
            pad.pad.observe(self._redrawn, "strokes")
        self._changed({"owner": self.kernel})
        super().__init__(
            "Slide the window",
            [
                row(self.digit, *choices, self.speed),
                row(self.row, self.column, moves, self.clock, self.pointing),
                self.about,
                self.picture,
                self.words,
            ],
            lead="Click on a picture, step, or play: the numbers show what happens there.",
        )

    def _name_the_button(self, _change: Any) -> None:
        self.playing.description = "Pause" if self.playing.value else "Play"
        self.playing.icon = "pause" if self.playing.value else "play"

    def _move(self, places: int) -> None:
        self.clock.value = min(max(self.clock.value + places, 0), self.clock.max)

    def _redrawn(self, _change: Any) -> None:
        if self.digit.value == DRAWN:
            self._changed({"owner": self.digit})

    def _point(self, _change: Any) -> None:
        """Put the window where one points: its middle, or in the new picture, what comes of it."""
        picture, row, column = self.pointing.place
        with contextlib.suppress(ValueError, ModelFileError):  # the panel has said so already
            if picture == 0:
                middle = (len(self._work_out().kernel) - 1) // 2
                row, column = row - middle, column - middle
            # It comes from a browser, and near an edge there's no whole window.
            row = min(max(row, 0), self.row.max)
            column = min(max(column, 0), self.column.max)
            self.clock.value = row * (self.column.max + 1) + column

    def _changed(self, change: Any) -> None:
        """Bring the other controls in line with the one that was changed, and draw."""
        # Bringing the others in line makes them report too, though nobody touched them.
        if self._busy:
            return
        self._busy = True
        try:
            self._follow(change["owner"])
            self._draw(self._work_out())
        except (ValueError, ModelFileError) as problem:
            # The last picture stays, so a typo loses nothing.
            self.about.fault(str(problem))
        finally:
            self._busy = False

    def _follow(self, changed: ipywidgets.Widget) -> None:
        if changed is self.digit:
            self._pixels = self._given if self.digit.value == GIVEN else self._drawing()
        elif changed is self.kernel and self.kernel.value in KERNELS:
            self.weights.value = KERNELS[self.kernel.value]
        elif changed is self.weights:
            self.kernel.value = OWN
        elif changed is self.clock:
            self.row.value, self.column.value = divmod(self.clock.value, self.column.max + 1)
        trained = self.kernel.value == TRAINED
        self.filter.layout.display, self.weights.layout.display = (
            ("", "none") if trained else ("none", "")
        )

    def _drawing(self) -> NDArray[Any]:
        """Return what's on the pad right now, or say that it's blank."""
        picture = self._pad.picture if self._pad else None
        if picture is None or not picture.any():
            self.digit.value = GIVEN
            raise ValueError(
                "Your pad is blank. Draw a digit on it, and choose your drawing again."
            )
        return to_pixels(picture)

    def _work_out(self) -> Slide:
        """Slide the chosen kernel over the whole digit, and say what its numbers are."""
        if self.kernel.value != TRAINED:
            slid = slide(self._pixels, parse_kernel(self.weights.value))
            self.about.say("The digit's pixels go from 0 (white) to 255 (black).")
            return slid
        network = current_network()
        layer, kernels, biases = network.first_filters()
        self.filter.max = len(biases) - 1
        chosen = self.filter.value
        words = (
            f"Filter {chosen} of {layer}, learned by {network.name}. It reads pixels from 0 to 1. "
        )
        self.about.say(words + "To each sum it adds one more number that it learned, its bias.")
        return slide(self._pixels / 255, kernels[..., chosen], float(biases[chosen]))

    def _draw(self, slid: Slide) -> None:
        tall, wide = slid.sums.shape
        # First, because this pulls the window back if the new picture is smaller.
        self.row.max, self.column.max, self.clock.max = tall - 1, wide - 1, tall * wide - 1
        row, column = self.row.value, self.column.value
        self.clock.value = place = row * wide + column
        # NaN is see-through: these numbers are still to come.
        done = np.where(np.arange(tall * wide).reshape(tall, wide) <= place, slid.sums, np.nan)
        self.picture.value = _picture(slid, done, row, column)
        low, high = write_number(np.nanmin(done)), write_number(np.nanmax(done))
        # While it plays, a screen reader would get ten sentences a second.
        live = "off" if self.playing.value else "polite"
        self.words.value = (
            f'<div aria-live="{live}" style="line-height: 1.4">Row {row}, column {column}. '
            f"{escape(slid.sentence(row, column))}<br>The new picture has {place + 1} of its "
            f"{tall} × {wide} numbers so far. They go from {low} to {high}.</div>"
        )

    def still(self) -> Still:
        """Draw the window where it is, what it multiplies there, and all sums."""
        slid = self._work_out()
        row, column = self.row.value, self.column.value
        figure = show_window(slid.source, slid.kernel, row, column)
        window = f"the window “{self.kernel.value}” at row {row}, column {column}"
        return Still(figure, f"A digit, {window}, its products, and all sums.")


def colours_of(slid: Slide) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return which number gets the full colour, and whether some are below 0: pixels, then sums."""
    ink = 1 if slid.source.max() <= 1 else 255
    most = float(np.abs(slid.sums).max())
    return {"most": ink, "signed": False}, {"most": most, "signed": bool(slid.sums.min() < 0)}


def _picture(slid: Slide, done: NDArray[Any], row: int, column: int) -> str:
    """Draw what goes in, the new picture so far, and the numbers at this place."""
    ink, colour = colours_of(slid)
    source = digit_tile(
        slid.source,
        alt=f"The picture that goes in; the window is at row {row}, column {column}",
        width=SCALE * slid.source.shape[1],
        frame=(row, column, *slid.kernel.shape),
        **ink,
    )
    result = digit_tile(
        done,
        alt=f"The new picture, filled in up to row {row}, column {column}",
        width=SCALE * done.shape[1],
        frame=(row, column, 1, 1),
        **colour,
    )
    numbers = slid.window(row, column)
    answer = slid.sums[row : row + 1, column : column + 1]
    steps = (
        number_table(numbers, "pixels", **ink),
        _sign("×"),
        number_table(slid.kernel, "weights"),
        _sign("="),
        number_table(numbers * slid.kernel, "products"),
        _sign("→"),
        number_table(answer, "sum", side=88, font=20, **colour),
    )
    numbers_side_by_side = f'<div class="lm-sum">{"".join(steps)}</div>'
    pieces = (source, _sign("→"), result, numbers_side_by_side)
    return f'<div class="lm-tiles lm-centred">{"".join(pieces)}</div>'


def _sign(text: str) -> str:
    return f'<span class="lm-sign" aria-hidden="true">{text}</span>'
