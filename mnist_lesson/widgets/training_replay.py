"""06 · A training, replayed: its curves, filters and slips, and what it made of one digit, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.look import show_confusion, show_curves, show_digit, show_history
from mnist_lesson.shared.colours import INK
from mnist_lesson.shared.html import gallery, img, tile
from mnist_lesson.shared.latest import Latest
from mnist_lesson.shared.panel import Panel, png, say, table, text
from mnist_lesson.training.replay import Recording, load_recording

SLOW: dict[str, Any] = {"continuous_update": False, "style": {"description_width": "initial"}}


class TrainingReplay(Panel):
    """Watch your own run again (the ready-trained network's until then): scrub or play through its epochs.

    Choose a held-out digit, and see what it made of it. Raises ModelFileError where the recording is damaged.
    """

    def __init__(self, recording: Recording | None = None) -> None:
        self.recording = recording = recording or load_recording()
        epochs, labels = recording.replay.epochs, recording.replay.labels
        steps, last = [(f"{epoch:g}", step) for step, epoch in enumerate(epochs)], len(epochs) - 1
        self.play = ipywidgets.Play(
            last, 0, last, interval=1200, show_repeat=False, tooltip="Play the epochs"
        )
        self.epoch = ipywidgets.SelectionSlider(
            options=steps, value=last, description="After epoch", **SLOW
        )
        kinds = [("any", -1), *((str(digit), int(digit)) for digit in np.unique(labels))]
        self.digit = ipywidgets.Dropdown(
            options=kinds, description="True digit", layout={"width": "180px"}
        )
        self.rank = ipywidgets.IntSlider(
            1, 1, len(labels), description="Which (opinion changed most first)", **SLOW
        )
        self.with_numbers = ipywidgets.Checkbox(
            False, description="Show all numbers as tables", indent=False
        )
        self.words = text()
        self.opinion, self.learned, self.curves, self.numbers = (
            ipywidgets.HTML() for _ in range(4)
        )
        self._drawn: dict[int, tuple[str, str]] = {}
        self.work = Latest(self._draw)
        ipywidgets.link((self.play, "value"), (self.epoch, "value"))
        self.digit.observe(self._limit, "value")
        for control in (self.epoch, self.digit, self.rank, self.with_numbers):
            control.observe(self._ask, "value")
        self._ask()
        shown = (
            self.words,
            self.opinion,
            self.curves,
            self.learned,
            self.with_numbers,
            self.numbers,
        )
        controls = [ipywidgets.Label("Play"), self.play, self.epoch, self.digit, self.rank]
        row = ipywidgets.HBox(controls, layout={"flex_flow": "row wrap", "align_items": "center"})
        super().__init__([text(f"You watch {recording.whose}.", strong=True), row, *shown])

    def _places(self) -> NDArray[np.int64]:
        """Return the places of the digits to choose from, that of the most changed opinion first."""
        order = self.recording.most_changed_first
        return (
            order
            if self.digit.value < 0
            else order[self.recording.replay.labels[order] == self.digit.value]
        )

    def _limit(self, _change: Any) -> None:
        self.rank.value, self.rank.max = 1, len(self._places())

    def _ask(self, _change: Any = None) -> None:
        self.work.ask(
            self.epoch.value, int(self._places()[self.rank.value - 1]), self.with_numbers.value
        )

    def _draw(self, step: int, place: int, with_numbers: bool) -> Iterator[None]:
        words = self.recording.verdict(step, place)
        say(self.words, words)
        self.opinion.value = img(png(opinion(self.recording, step, place)), words)
        numbers = self.recording.numbers(step, place) if with_numbers else []
        self.numbers.value = "<br>".join(
            table(header, rows, caption) for caption, header, rows in numbers
        )
        yield
        if step not in self._drawn:
            self._drawn[step] = learned(self.recording, step)
        self.curves.value, self.learned.value = self._drawn[step]


def opinion(recording: Recording, step: int, place: int) -> Figure:
    """Draw a held-out digit and the course of its four likeliest answers; a line marks the epoch `step`."""
    replay, course = recording.replay, recording.course(place)
    figure, truth = (
        Figure(figsize=(9, 2.8), dpi=100, layout="constrained"),
        int(replay.labels[place]),
    )
    left, right = figure.subplots(1, 2, width_ratios=(1, 3.2))
    show_digit(replay.images[place], f"truly a {truth}", ax=left)
    likeliest = [
        truth,
        *(digit for digit in np.argsort(-course.max(axis=0), kind="stable") if digit != truth),
    ]
    lines = {
        f"{digit} (true)" if digit == truth else str(digit): course[:, digit]
        for digit in likeliest[:4]
    }
    show_curves(
        lines, x=replay.epochs, title="Probability that it is a …", x_label="epoch", ax=right
    )
    right.set(xlim=(0, max(replay.epochs[-1], 2) + 0.5), ylim=(-0.03, 1.03))
    right.legend(frameon=False, fontsize=10, loc="center left", bbox_to_anchor=(1, 0.5))
    right.axvline(replay.epochs[step], color=INK, lw=1, ls=":")
    return figure


def still(recording: Recording | None = None) -> Figure:
    """Draw what the panel shows at the last epoch, of the digit on which the network changed its opinion most."""
    recording = recording or load_recording()
    return opinion(
        recording, len(recording.replay.epochs) - 1, int(recording.most_changed_first[0])
    )


def learned(recording: Recording, step: int) -> tuple[str, str]:
    """Return, as HTML, the run's curves with the epoch marked, and the first filters and the confusion after it."""
    figure, epoch = show_history(recording.history), recording.replay.epochs[step]
    for axis in figure.axes:
        axis.axvline(epoch, color=INK, lw=1, ls=":")
    curves = img(png(figure), f"Accuracy and loss, epoch by epoch; a line marks epoch {epoch:g}.")
    every = np.array(recording.replay.filters, float)
    now, most = every[step], float(np.abs(every).max(initial=0))
    moved = np.abs(now - every[0]).mean() if now.size else 0
    words = f"The {now.shape[-1]} first filters: purple below zero, green above. Since the first epoch, "
    words += f"a weight has moved by {moved:.3f} on average."
    filters = gallery(
        (tile(now[..., n], f"filter {n}", width=34, most=most) for n in range(now.shape[-1])), gap=5
    )
    confusion = img(
        png(show_confusion(recording.replay.confusions[step])), "Which digit was taken for which."
    )
    about = f'<div style="width: 312px">{filters}<p style="line-height: 1.4">{words}</p></div>'
    return curves, gallery([about, confusion])
