"""06 · The training panel: it watches a training, and can stop it."""

from __future__ import annotations

import threading
import time
from typing import Any

import anywidget
import ipywidgets
import traitlets
from IPython.display import display

from mnist_lesson.look import show_history
from mnist_lesson.shared.html import img
from mnist_lesson.shared.panel import Panel, png, say, table, text
from mnist_lesson.shared.words import say_seconds
from mnist_lesson.training.history import (
    History,
    Status,
    empty_history,
    how_is_it_going,
    what_is_kept,
)
from mnist_lesson.training.reports import Progress

REDRAW = 6.0  # seconds between two drawings within an epoch: one costs tens of milliseconds
SILENCE = 4.0  # seconds without an echo, after which no click can be expected to arrive


class Echo(anywidget.AnyWidget):
    """Says once that it is on screen. While a cell runs, that arrives only where a click would arrive, too."""

    _esm = (
        "export default { render({ model }) { model.set('heard', true); model.save_changes(); } }"
    )
    heard = traitlets.Bool(False).tag(sync=True)


class TrainingPanel(Panel):
    """Shows progress, time left, the curves and a sentence on how it goes; Stop ends after the current batch.

    It is a `Watcher`: give it to `train(..., watcher=panel)`, or let `train()` make its own.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.note, self.sentence = text(strong=True), text()
        self.bar = ipywidgets.IntProgress(0, 0, 1, description="", layout={"width": "100%"})
        self.numbers = text("Getting ready …")
        self.curves, self.rows = ipywidgets.HTML(), ipywidgets.HTML(layout={"display": "none"})
        self.show_rows = ipywidgets.Checkbox(description="the curves as a table", indent=False)
        self.show_rows.observe(self._show_rows, "value")
        self.stop_button = ipywidgets.Button(
            description="Stop",
            icon="stop",
            tooltip="End after the current batch and keep what was learned",
        )
        self.stop_button.on_click(self._stop_clicked)
        self.echo = Echo()
        self._history: History = empty_history()
        self._started = self._drawn = time.monotonic()
        self._epochs = 0
        super().__init__(
            [
                self.note,
                self.bar,
                ipywidgets.HBox([self.stop_button, self.numbers]),
                self.sentence,
                self.curves,
                self.show_rows,
                self.rows,
                self.echo,
            ]
        )

    def show(self) -> None:
        """Put the panel below the cell that is running."""
        display(self)  # type: ignore[no-untyped-call]

    def begin(self, note: str, epochs: int) -> None:
        self._started = self._drawn = time.monotonic()
        self._epochs = epochs
        say(self.note, note, strong=True)
        say(self.sentence, how_is_it_going(empty_history())[1])

    def batch(self, progress: Progress) -> None:
        self.bar.max, self.bar.value = (
            progress.batches * progress.epochs,
            ((progress.epoch - 1) * progress.batches + progress.batch),
        )
        left = "" if self.stop.is_set() else f" · about {say_seconds(progress.seconds_left)} left"
        say(
            self.numbers,
            f"epoch {progress.epoch} of {progress.epochs} · batch {progress.batch} of {progress.batches} · "
            f"loss {progress.loss:.3f} · accuracy {progress.accuracy:.1%}{left}{self._how_to_stop()}",
        )
        if time.monotonic() - self._drawn > REDRAW:
            so_far = progress.epoch - 1 + progress.batch / progress.batches
            now = dict(
                zip(
                    self._history,
                    (so_far, progress.loss, progress.accuracy, float("nan"), float("nan")),
                    strict=True,
                )
            )
            self._draw({name: [*values, now[name]] for name, values in self._history.items()})

    def validating(self, epoch: int) -> None:
        then = ", then it stops" if self.stop.is_set() else ""
        say(self.numbers, f"epoch {epoch}: reading the held-out digits{then} …")

    def epoch(self, history: History) -> None:
        self._history = {name: list(values) for name, values in history.items()}
        say(self.sentence, how_is_it_going(history)[1])
        self._draw(self._history)
        self._tabulate()

    def end(self, status: Status, sentence: str, history: History) -> None:
        self.stop_button.disabled, self.stop_button.description = True, "Stop"
        self.bar.bar_style = {"finished": "success", "stopped": "warning", "diverged": "danger"}[
            status
        ]
        if status == "finished":
            self.bar.value = self.bar.max
        took = say_seconds(time.monotonic() - self._started)
        say(self.numbers, f"{status.capitalize()} after {took}. {what_is_kept(status, history)}")
        say(self.sentence, sentence, strong=True)

    def _stop_clicked(self, _button: Any) -> None:
        self.stop.set()
        self.stop_button.disabled = True
        self.stop_button.description = "Stopping …"

    def _how_to_stop(self) -> str:
        if self.echo.heard or self.stop.is_set() or time.monotonic() - self._started < SILENCE:
            return ""
        return " · to stop here, use the menu: Kernel → Interrupt"

    def _draw(self, history: History) -> None:
        self._drawn = time.monotonic()
        alt = f"Accuracy and loss by epoch. {how_is_it_going(self._history)[1]} The table has the numbers."
        self.curves.value = img(png(show_history(history, epochs=self._epochs)), alt)

    def _tabulate(self) -> None:
        rows = [
            [
                f"{epoch:g}",
                f"{loss:.4f}",
                f"{accuracy:.2%}",
                f"{val_loss:.4f}",
                f"{val_accuracy:.2%}",
            ]
            for epoch, loss, accuracy, val_loss, val_accuracy in zip(
                *self._history.values(), strict=True
            )
        ]
        header = ["epoch", "loss", "accuracy", "loss, held-out", "accuracy, held-out"]
        self.rows.value = table(header, rows)

    def _show_rows(self, _change: Any) -> None:
        self.rows.layout.display = None if self.show_rows.value else "none"
