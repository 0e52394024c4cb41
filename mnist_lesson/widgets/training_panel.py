"""A panel that follows a training and can stop it."""

import time
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from IPython.display import display
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.hand import load_hand
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.look import new_axes, show_curves, show_digit, show_history
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.chart import Curve, learning_chart
from mnist_lesson.shared.html import table
from mnist_lesson.shared.kit import (
    Panel,
    Status,
    Still,
    big_answer,
    button,
    digit_tile,
    row,
    show_if,
)
from mnist_lesson.shared.words import a_digit, say_probability, say_seconds
from mnist_lesson.training.history import (
    History,
    empty_history,
    how_is_it_going,
    what_is_kept,
)
from mnist_lesson.training.history import Status as Ending
from mnist_lesson.training.reports import Progress, Watcher, lately

SILENCE = 4.0  # seconds without an echo; after that, don't expect clicks to arrive
SMALL = 100_000  # parameters: a smaller network is asked for an answer after every batch
RARELY = 2.0  # seconds between the answers of a larger one
SEVEN = ((70, 70, 210, 70, 130, 230),)  # what it reads until you've drawn something
YOURS = "your drawing"
BEGUN = (
    "of the digits it has learned from so far. After the first epoch, you'll see how it does on "
    "new ones."
)
MEANS = {
    "learning": "Learning means that it gets better on digits it has never seen.",
    "overfitting": "Overfitting means that it improves on its own digits, but not on new ones.",
    "stalled": "Stalled means that nothing changes, for better or worse.",
    "diverged": "Diverged means that each step jumps over the goal, and further every time.",
    "starting": "In each epoch, it sees every digit once.",
}


class Echo(anywidget.AnyWidget):
    """Says once that it's on screen. While a cell runs, that arrives only where a click would."""

    _esm = (
        "export default { render({ model }) { model.set('heard', true); model.save_changes(); } }"
    )
    heard = traitlets.Bool(False).tag(sync=True)


class TrainingPanel(Panel, Watcher):
    """Follows a training: the time left, curves that grow, one sentence, and a Stop button.

    Give it to `train(..., watcher=panel)`, or let `train()` make its own.

    Parameters
    ----------
    model
        The Keras model that's being trained. With it, the panel shows how the network reads one
        digit as it learns.
    picture
        That digit, uint8 (28, 28), if you've just drawn one. By default, or if it's blank, the last
        drawing that you taught to a pad, or a 7 until you've done that.
    plain
        Call an epoch a round, and leave out batches and losses, for those who don't know them yet.
    """

    def __init__(
        self,
        model: Any = None,
        picture: NDArray[np.uint8] | None = None,
        *,
        plain: bool = False,
    ) -> None:
        Watcher.__init__(self)
        self.bar = ipywidgets.FloatProgress(0, min=0, max=1, layout={"width": "100%"})
        self.note = Status("Getting ready …")
        self.numbers = Status()
        self.sentence = ipywidgets.HTML()
        self.curves = ipywidgets.HTML()
        self.curves.add_class("lm-grow")
        self.reading = ipywidgets.HTML()
        self.rows = ipywidgets.HTML()
        self.show_rows = ipywidgets.Checkbox(
            description="the numbers as a table", indent=False, layout={"width": "auto"}
        )
        self.show_rows.observe(lambda _: self._tabulate(), "value")
        self.stop_button = button(
            "Stop",
            self._stop_clicked,
            tooltip="End after this batch and keep what was learned",
        )
        show_if(not plain, self.show_rows)
        self._plain = plain
        self.echo = Echo()
        self.model = model
        self._history: History = empty_history()
        self._steps: list[tuple[float, float]] = []  # epochs done, and the epoch's accuracy so far
        self._epochs = 1
        self._over = False
        self._started = time.monotonic()
        self._last_reading = 0.0
        # Chosen once, so a run always reads the same drawing.
        self._picture, self._whose = digit_to_read(picture)
        super().__init__(
            "Training",
            [
                self.note,
                row(self.stop_button, self.numbers),
                self.bar,
                self.sentence,
                row(self.curves, self.reading),
                self.show_rows,
                self.rows,
                self.echo,
            ],
        )
        self._draw()

    def show(self) -> None:
        """Put the panel below the cell that's running."""
        display(self)  # type: ignore[no-untyped-call]

    def begin(self, note: str, epochs: int) -> None:
        self._started = time.monotonic()
        self._epochs = epochs
        self.note.say(note)
        self._say()

    def batch(self, progress: Progress) -> None:
        self._steps.append((progress.done, progress.accuracy))
        self.bar.value = progress.done / progress.epochs
        # A run that's about to stop won't take that long.
        left = "" if self.stop.is_set() else f" · about {say_seconds(progress.seconds_left)} left"
        batch = f" · batch {progress.batch} of {progress.batches} · loss {progress.loss:.3f}"
        self.numbers.say(
            f"{self._word('epoch')} {progress.epoch} of {progress.epochs}"
            f"{'' if self._plain else batch}{left}{self._how_to_stop()}"
        )
        self._say()
        self._draw()
        self._read_a_digit()

    def validating(self, epoch: int) -> None:
        then = ", then it stops" if self.stop.is_set() else ""
        self.numbers.say(f"{self._word('epoch')} {epoch}: reading the held-out digits{then} …")

    def epoch(self, history: History) -> None:
        # A copy, because the training keeps adding to its own lists.
        self._history = {name: list(values) for name, values in history.items()}
        self._steps.append((history["epoch"][-1], history["accuracy"][-1]))
        self._say()
        self._draw()
        self._tabulate()
        self._read_a_digit(now=True)

    def end(self, status: Ending, sentence: str, history: History) -> None:
        styles = {"finished": "success", "stopped": "warning", "diverged": "danger"}
        self._close(styles[status])
        # If you stopped the run, its bar stays where it was.
        if status == "finished":
            self.bar.value = 1
        took = say_seconds(time.monotonic() - self._started)
        self.numbers.say(f"{status.capitalize()} after {took}. {what_is_kept(status, history)}")

    def broken_off(self) -> None:
        self._close("danger")
        whole = int(self._history["epoch"][-1]) if self._history["epoch"] else 0
        goes_on = f" With resume=True it goes on after epoch {whole}." if whole else ""
        took = say_seconds(time.monotonic() - self._started)
        self.numbers.fault(f"Broken off after {took}, and not saved.{goes_on}")

    def _close(self, style: str) -> None:
        self._over = True
        self.stop_button.disabled = True
        self.stop_button.description = "Stop"
        self.bar.bar_style = style
        self._say()
        self._draw()

    def still(self) -> Still:
        """Draw the curves so far; if there aren't any yet, the place where they'll grow."""
        if not self._history["epoch"]:
            return show_start(self._picture, self._whose)
        return Still(show_history(self._history), self._in_words())

    def _stop_clicked(self) -> None:
        self.stop.set()
        self.stop_button.disabled = True
        self.stop_button.description = "Stopping …"

    def _how_to_stop(self) -> str:
        # A click would arrive, or already has, or it's too early to tell.
        if self.echo.heard or self.stop.is_set() or time.monotonic() - self._started < SILENCE:
            return ""
        return " · to stop here, use the menu: Kernel → Interrupt"

    def _say(self) -> None:
        kind, sentence = how_is_it_going(self._history, over=self._over)
        share = ""
        if self._history["val_accuracy"]:
            share = f"{self._history['val_accuracy'][-1]:.1%}"
        elif self._steps and not self._over:
            share = f"{lately(self._steps)[-1][1]:.0%}"
            sentence = BEGUN
        self.sentence.value = big_answer(
            share, self._word(sentence), meaning=self._word(MEANS[kind])
        )

    def _word(self, said: str) -> str:
        return said.replace("epoch", "round") if self._plain else said

    def _in_words(self) -> str:
        sentence = how_is_it_going(self._history, over=self._over)[1]
        return self._word(f"Accuracy by epoch. {sentence} The table has the numbers.")

    def _draw(self) -> None:
        held_out = list(zip(self._history["epoch"], self._history["val_accuracy"], strict=True))
        own = Curve("its own", lately(self._steps), dots=False)
        others = Curve("held out", held_out, line=False)
        self.curves.value = learning_chart(
            [own, others], self._epochs, x_name=self._word("epochs"), alt=self._in_words()
        )

    def _read_a_digit(self, *, now: bool = False) -> None:
        """Let the network, as it is right now, read one drawing."""
        if self.model is None:
            return
        pause = 0 if self.model.count_params() < SMALL else RARELY
        if not now and time.monotonic() - self._last_reading < pause:
            return
        self._last_reading = time.monotonic()
        # In NumPy, which is much faster than Keras with a single digit.
        probabilities = Twin.from_keras(self.model).predict(to_input(self._picture))[0]
        best = int(probabilities.argmax())
        tile = digit_tile(
            self._picture,
            f"{self._whose}, read as …",
            alt=f"{self._whose}, which the network reads as {a_digit(best)} at this moment",
            width=168,
        )
        sure = probabilities[best]
        answer = big_answer(best, f"{say_probability(sure)} sure", probability=sure)
        self.reading.value = f'<div class="lm-card">{tile}{answer}</div>'

    def _tabulate(self) -> None:
        if not self.show_rows.value or not self._history["epoch"]:
            self.rows.value = ""
            return
        shares = "{:g}", "{:.4f}", "{:.2%}", "{:.4f}", "{:.2%}"
        rows = [
            [pattern.format(number) for pattern, number in zip(shares, numbers, strict=True)]
            for numbers in zip(*self._history.values(), strict=True)
        ]
        header = ["epoch", "loss", "accuracy", "loss, held out", "accuracy, held out"]
        self.rows.value = table(header, rows)


def show_start(picture: NDArray[np.uint8], whose: str) -> Still:
    """Draw a training panel before the start: the digit that it'll read, and no curves yet."""
    left, right = new_axes(9, 2.6, 2)
    show_digit(picture, f"{whose}, read as …", ax=left)
    nothing = {"its own digits": (), "held out": ()}
    show_curves(nothing, title="Read correctly", x_label="as it learns", ax=right)
    right.set(xlim=(0, 2), ylim=(0, 1), xticks=[])
    right.yaxis.set_major_formatter("{x:.0%}")
    return Still.of(left.figure)


def digit_to_read(picture: NDArray[np.uint8] | None) -> tuple[NDArray[np.uint8], str]:
    """Return a picture to read during the training, uint8 (28, 28), and whose it is."""
    if picture is not None and picture.any():
        return picture, YOURS
    images, _ = load_hand().images()
    if len(images):
        return images[-1], YOURS
    return center_drawing(draw_strokes(SEVEN)), "a 7"
