"""06 · A training, replayed: its filters, its mistakes, and one digit's answers, step by step."""

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.look import new_axes, show_curves, show_digit
from mnist_lesson.shared import kit
from mnist_lesson.shared.chart import Curve, chart
from mnist_lesson.shared.colours import INK
from mnist_lesson.shared.kit import Panel, Status, Still
from mnist_lesson.shared.words import a_digit, say_epochs, say_when
from mnist_lesson.training.replay import Recording, load_recording

SHOWN_FILTERS = 16


class TrainingReplay(Panel):
    """Watch a run again: scrub or play through its epochs.

    Parameters
    ----------
    recording
        By default, your own run's; until you have one, the plain network's.

    Raises
    ------
    ModelFileError
        The recording is damaged.
    """

    def __init__(self, recording: Recording | None = None) -> None:
        self.recording = recording = recording or load_recording()
        last = len(recording.steps) - 1
        # Steps, not epochs: networks are kept between epochs, too, and a long run skips some.
        self.play = ipywidgets.Play(
            0, 0, last, interval=900, show_repeat=False, tooltip="Play the training"
        )
        self.epoch = ipywidgets.SelectionSlider(
            options=[(say_epochs(epoch), step) for step, epoch in enumerate(recording.steps)],
            description="epochs",
            layout={"width": "420px"},
        )
        ipywidgets.link((self.play, "value"), (self.epoch, "value"))
        self.digit = ipywidgets.IntSlider(
            1, 1, len(recording.replay.labels), description="digit", continuous_update=False
        )
        self.next = kit.button("Another digit", self._another)
        self.answer = ipywidgets.HTML()
        self.picture = ipywidgets.HTML()
        self.opinion = ipywidgets.HTML()
        self.filters = ipywidgets.HTML()
        self.filters.add_class("lm-filters")
        self.matrix = kit.ConfusionMatrix()
        self.status = Status()
        self.answer.add_class("lm-side")
        self.opinion.add_class("lm-grow")
        for control in (self.epoch, self.digit):
            control.observe(lambda _: self._draw(), "value")
        self._draw()
        self.matrix.observe(lambda _: self._choose_from_square(), "selected")
        super().__init__(
            "Watch it learn again",
            [
                kit.row(self.play, self.epoch, self.answer),
                kit.row(self.picture, self.opinion),
                kit.row(self.digit, self.next),
                self.status,
                kit.row(self.filters, self.matrix),
            ],
            lead=f"You're watching {recording.whose}. Digits it was unsure of come first.",
        )

    @property
    def place(self) -> int:
        """Where the chosen digit is among the held-out ones."""
        return int(self.recording.most_changed_first[self.digit.value - 1])

    def _another(self) -> None:
        self.digit.value = self.digit.value % self.digit.max + 1  # after the last, the first

    def _square(self, place: int) -> list[int]:
        """Return where a digit counts in the matrix: what it is, and what it was read as."""
        read = self.recording.course(place)[self.epoch.value].argmax()
        return [int(self.recording.replay.labels[place]), int(read)]

    def _choose_from_square(self) -> None:
        """Show a digit that the chosen square counts, if it counts one that was kept."""
        square = self.matrix.selected
        if square == self._square(self.place):
            return
        truth, answer = square
        read = self.recording.opinions(self.epoch.value).argmax(axis=1)
        labels = self.recording.replay.labels[: len(read)]
        counted = np.flatnonzero((labels == truth) & (read == answer))
        found = np.flatnonzero(np.isin(self.recording.most_changed_first, counted))
        if found.size:
            self.digit.value = int(found[0]) + 1
            return
        when = say_when(self.recording.steps[self.epoch.value])
        if self.matrix.counts[truth][answer]:
            self.status.say(
                f"It's counted here, but this recording kept only {self.digit.max:,} of the "
                f"digits, and none of them is {a_digit(truth)} read as {a_digit(answer)} {when}."
            )
        else:
            self.status.say(f"No {truth} was read as {a_digit(answer)} {when}.")

    def _draw(self) -> None:
        step, place = self.epoch.value, self.place
        replay, steps = self.recording.replay, self.recording.steps
        counts = self.recording.confusion(step)
        share = counts.trace() / counts.sum()
        self.answer.value = kit.big_answer(
            f"{share:.1%}",
            f"of {counts.sum():,} held-out digits read correctly {say_when(steps[step])}.",
        )
        self.matrix.counts = counts.tolist()  # JSON doesn't take NumPy arrays
        self.matrix.selected = self._square(place)
        self.filters.value = self._filter_tiles(step)
        verdict = self.recording.verdict(step, place)
        self.status.say(verdict)
        truth, read = self._square(place)
        self.picture.value = kit.digit_tile(
            replay.images[place],
            f"{kit.sign(read == truth)} {a_digit(truth)}, read as {a_digit(read)}",
            width=168,
        )
        course = self.recording.course(place)
        ends = [epoch for epoch in replay.epochs if not epoch % 1 or epoch == steps[-1]]
        self.opinion.value = chart(
            [
                Curve(name, list(zip(steps, course[:, digit].tolist(), strict=True)))
                for name, digit in likeliest(course, truth).items()
            ],
            {epoch: say_epochs(epoch) for epoch in (0, *ends)},
            title="What it took this digit for",
            x_name="epochs",
            alt=f"Four curves. {verdict}",
            here=steps[step],
        )

    def _filter_tiles(self, step: int) -> str:
        # One scale for all epochs: with one for each, growing filters would look the same.
        every = np.array(self.recording.filters, float)
        most = float(np.abs(every).max(initial=0)) or 1.0
        now = every[step][..., :SHOWN_FILTERS]
        windows = kit.tiles(
            kit.digit_tile(now[..., number], alt=f"filter {number}", width=76, most=most)
            for number in range(now.shape[-1])
        )
        note = "Its first windows: ink on green adds, ink on purple subtracts."
        return f'<p class="lm-note">{note}</p>{windows}'

    def still(self) -> Still:
        """Draw what the panel says about the digit at the chosen epoch."""
        return Still(*show_opinion(self.recording, self.epoch.value, self.place))


def likeliest(course: NDArray[np.float64], truth: int) -> dict[str, int]:
    """Return the true digit and up to three rivals in a course (epochs, 10), each with its name."""
    best = course.max(axis=0)
    # Stable: of two that are equally likely, the smaller digit comes first.
    order = np.argsort(-best, kind="stable")
    # One that never got more than 2% would just be a line along the bottom.
    rivals = [int(digit) for digit in order if digit != truth and best[digit] > 0.02]
    digits = [truth, *rivals[:3]]
    return {f"{digit} (true)" if digit == truth else str(digit): digit for digit in digits}


def show_opinion(recording: Recording, step: int, place: int) -> tuple[Figure, str]:
    """Draw a held-out digit, and how likely the network found its four best answers, by epoch."""
    replay = recording.replay
    course: NDArray[np.float64] = recording.course(place)
    truth = int(replay.labels[place])
    left, right = new_axes(9, 2.6, 2)
    show_digit(replay.images[place], f"this is {a_digit(truth)}", ax=left)
    curves = {name: course[:, digit] for name, digit in likeliest(course, truth).items()}
    steps = recording.steps
    show_curves(curves, x=steps, title="How likely it is a …", x_label="epochs", ax=right)
    right.set(xlim=(0, max(steps[-1], 2) + 0.5), ylim=(-0.03, 1.03))
    right.axvline(steps[step], color=INK, lw=1, ls=":")
    figure: Figure = left.figure
    return figure, f"A held-out {truth} and four curves. {recording.verdict(step, place)}"
