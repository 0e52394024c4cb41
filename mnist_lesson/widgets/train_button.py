"""One button that trains a network of your own in seconds."""

import threading

import ipywidgets

from mnist_lesson.load import load_data
from mnist_lesson.model import build_fast_model
from mnist_lesson.shared.kit import Panel, Status, Still, button, row
from mnist_lesson.shared.latest import in_background
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.train import train
from mnist_lesson.training.run import Run
from mnist_lesson.training.settings import Settings
from mnist_lesson.widgets.drawing_pad import DrawingPad
from mnist_lesson.widgets.training_panel import TrainingPanel, digit_to_read, show_start


class TrainYourOwn(Panel):
    """Press the button, and watch a network of your own learn to read.

    It trains `build_fast_model()` on MNIST's training set and keeps it as your own network. The
    page doesn't freeze meanwhile.

    Parameters
    ----------
    pad
        A pad to train beside: the network in the making reads what's drawn on it, again and again,
        and when it's trained and kept, the pad offers it as *yours*.
    """

    def __init__(self, pad: DrawingPad) -> None:
        self.run: Run | None = None
        self._pad = pad
        self._thread: threading.Thread | None = None
        self.button = button("Train my own network", self.start, main=True)
        self.status = Status("It starts from nothing: at first it only guesses.")
        self.place = ipywidgets.VBox()
        super().__init__(
            "Train your own",
            [row(self.button, self.status), self.place],
            lead="54,000 handwritten digits, twice over, and no coffee break.",
        )

    def start(self) -> None:
        """Train in the background, or every other panel on the page would have to wait."""
        if self._thread is not None and self._thread.is_alive():
            return
        self.button.disabled = True
        self.status.say("Waking up TensorFlow, which does the arithmetic. Give it a few seconds …")
        self._thread = in_background(self._train)

    def wait(self) -> None:
        """Wait until nothing is being trained any more."""
        if self._thread is not None:
            self._thread.join()

    def still(self) -> Still:
        """Draw the training as far as it has come."""
        panel = next(iter(self.place.children), None)
        return panel.still() if panel else show_start(*digit_to_read(self._pad.picture))

    def _train(self) -> None:
        try:
            # It takes seconds, so do it here, where the page doesn't wait for it.
            import_keras()
            images, labels = load_data()[0]
            model = build_fast_model()
            # Pass it in, or train() would make one of its own, outside this panel.
            watcher = TrainingPanel(model, self._pad.picture, plain=True)
            self.place.children = [watcher]
            self.status.say("Watch the line climb.")
            settings = Settings.for_fast_model()
            # Pixels, not `to_input()` of them all: on Binder, memory is scarce.
            self.run = train(model, images, labels, settings, watcher=watcher)
            self._say_how_it_went(self.run)
        except Exception as error:  # the page must stay usable, whatever TensorFlow says
            self.status.fault(f"The training could not run: {error}")
        finally:
            self.button.disabled = False
            self.button.description = "Train it again"

    def _say_how_it_went(self, run: Run) -> None:
        if not run.kept:
            self.status.say(
                "Stopped early, so nothing was kept. If you had a network before, it's still there."
            )
            return
        self.status.say("It's yours now: the lesson keeps it in your folder.")
        self._pad.reload()
