"""Instructor · The tuner: every setting a control, every run a row in a table, two of them compared honestly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from mnist_lesson.instructor import compare, run_one, seed_lottery, show_code, train_for
from mnist_lesson.instructor.compare import say_difference
from mnist_lesson.instructor.cost import parameters, problems, room, seconds
from mnist_lesson.instructor.records import DEFAULTS, ORDERS, Record, Runs, append, runs_file
from mnist_lesson.instructor.sweeps import Quiet
from mnist_lesson.look import show_bars
from mnist_lesson.model import ACTIVATIONS
from mnist_lesson.shared.html import img
from mnist_lesson.shared.panel import Panel, png, say, text
from mnist_lesson.shared.words import say_seconds
from mnist_lesson.training.reports import Progress

CHOICES = {
    "optimizer": ("adam", "sgd"),
    "schedule": ("constant", "one_cycle"),
    "loss": ("categorical_crossentropy", "mean_squared_error"),
    "validate_on": ("held_out", "test"),
    "activation": ACTIVATIONS,
}
RANGES = {
    "batch_size": "1 to 60,000 digits",
    "epochs": "1 to 1,000",
    "learning_rate": "above 0, below 10",
    "validation_split": "between 0 and 1",
    "seed": "0 or more",
    "digits": "10 to 60,000; 60,000 means all",
    "label_smoothing": "0 to 0.5",
    "augment": "varies each digit a little, anew in each epoch",
    "shift": "0 to 4 pixels, by chance, anew in each epoch",
    "filters 1": "1 to 512",
    "filters 2": "1 to 512",
    "kernel_size": "1 to 13 pixels",
    "dense_units": "1 to 4,096",
    "dropout_conv": "0 to 0.99",
    "dropout_dense": "0 to 0.99",
    "seconds at most": "0: no limit; else 10 to 3,600, and digits and epochs follow from it",
}
GIVEN = {  # arguments of build_model() that cannot be turned, and why
    "input_shape": ("28 × 28 × 1", "the digits decide it: 28 × 28 pixels of one shade"),
    "num_classes": ("10", "the digits decide it: there are ten of them"),
}
SHORT = (
    "digits",
    "epochs",
    "batch_size",
    "optimizer",
    "learning_rate",
    "filters 1",
    "filters 2",
    "seed",
)
ALL = 60_000
SHOWN = 50  # rows of the table


class Watch(Quiet):
    """Carries a run's progress into the panel's one line and bar."""

    def __init__(self, panel: Tuner) -> None:
        super().__init__()
        self.panel = panel

    def begin(self, note: str, epochs: int) -> None:
        self.panel.reload()  # in a lottery, the run before this one has come

    def batch(self, progress: Progress) -> None:
        share = (progress.epoch - 1 + progress.batch / progress.batches) / progress.epochs
        self.panel.bar.value = share
        left = (
            "stopping …"
            if self.stop.is_set()
            else f"about {say_seconds(progress.seconds_left)} left"
        )
        say(
            self.panel.state,
            f"epoch {progress.epoch} of {progress.epochs} · accuracy {progress.accuracy:.1%} · {left}",
        )

    def end(self, status: str, sentence: str, history: dict[str, list[float]]) -> None:
        pass


class Tuner(Panel):
    """Turn the settings, train, and compare.

    In Python: `run_one(options)`, `seed_lottery(options, 5)`, `compare(a, b)`, `show_code(options)`.

    `short` leaves out the rarer controls. `start` is what the controls begin with, `data` as for `sweep()`, and `file`
    where the runs are kept, by default in the learner's folder. No run here replaces your trained network.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        short: bool = False,
        file: str | Path | None = None,
        start: dict[str, Any] | None = None,
    ) -> None:
        self.data, self.file = data, runs_file(file)
        self.controls = {
            name: self._control(name, value)
            for name, value in _flat({**DEFAULTS, **(start or {})}).items()
        }
        self.hints = {name: text(RANGES.get(name, "")) for name in self.controls}
        given = [
            ipywidgets.HBox([_given(name, value), text(why)])
            for name, (value, why) in GIVEN.items()
        ]
        self.cost, self.state, self.verdict = (
            text(strong=True),
            text("Nothing runs."),
            text(strong=True),
        )
        self.bar = ipywidgets.FloatProgress(0, min=0, max=1)
        self.table, self.curves, self.code, self.luck = (ipywidgets.HTML() for _ in range(4))
        self.seeds = ipywidgets.BoundedIntText(
            5, min=2, max=30, description="seeds", layout={"width": "150px"}
        )
        self.order = ipywidgets.Dropdown(options=ORDERS, description="order")
        self.first, self.second = (
            ipywidgets.Dropdown(description=name) for name in ("run A", "run B")
        )
        self._lock, self._queue = threading.Lock(), list[tuple[dict[str, Any], float, int]]()
        self._thread: threading.Thread | None = None
        self._watch: Watch | None = None
        choosing = ipywidgets.HBox(
            [self.first, self.second, self._button("Compare A with B", self.compare)]
        )
        self.found = ipywidgets.VBox([self.order, self.table, choosing])
        self.order.observe(lambda change: self._show_table(), "value")
        self.runs = Runs.load(self.file)
        self._show_table()
        self._turned()
        shown = [name for name in self.controls if not short or name in SHORT]
        jobs = {
            "Train": self.train,
            "Stop": self.stop,
            "Queue": self.queue,
            "Show me the code": self.show_code,
        }
        super().__init__(
            [
                *(ipywidgets.HBox([self.controls[name], self.hints[name]]) for name in shown),
                *([] if short else given),
                self.cost,
                ipywidgets.HBox([self._button(name, work) for name, work in jobs.items()]),
                ipywidgets.HBox([self._button("Seed lottery", self.lottery), self.seeds]),
                self.bar,
                self.state,
                self.luck,
                self.found,
                self.verdict,
                self.curves,
                self.code,
            ]
        )

    def _control(self, name: str, value: Any) -> ipywidgets.Widget:
        if name in CHOICES:
            made = ipywidgets.Dropdown(options=CHOICES[name], value=value, **_look(name))
        elif isinstance(value, bool):
            made = ipywidgets.Checkbox(value=value, **_look(name))
        else:
            kind = ipywidgets.FloatText if isinstance(value, float) else ipywidgets.IntText
            made = kind(value=value, **_look(name))
        made.observe(lambda change: self._turned(), "value")
        return made

    def _button(self, name: str, work: Callable[[], None]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=name)
        button.on_click(lambda clicked: work())
        return button

    def options(self) -> dict[str, Any]:
        """Return what the controls stand for, as `run_one()` takes it."""
        values = {name: control.value for name, control in self.controls.items()}
        first, second = values.pop("filters 1"), values.pop("filters 2")
        del values["seconds at most"]
        return values | {
            "filters": (first, second),
            "digits": None if values["digits"] == ALL else values["digits"],
        }

    def _turned(self) -> None:
        options, limit = self.options(), self.controls["seconds at most"].value
        wrong = problems(options)
        if limit and not 10 <= limit <= 3600:
            wrong["seconds at most"] = f"{limit} seconds came, but 0 or 10 to 3,600 are needed."
        if wrong.pop("filters", ""):
            for name in ("filters 1", "filters 2"):
                alone = problems({"filters": (self.controls[name].value,) * 2}).get("filters")
                wrong |= {name: alone.replace("filters[0]", name)} if alone else {}
        for name, hint in self.hints.items():
            fault = wrong.get(name)
            say(hint, f"⚠ {fault}" if fault else RANGES.get(name, ""), strong=bool(fault))
        self.faults = list(wrong.values())
        if wrong:
            say(self.cost, "One setting cannot be. Look for the ⚠ above.", strong=True)
            return
        takes = f"{limit} s" if limit else f"about {say_seconds(seconds(options, self.runs))}"
        say(self.cost, f"{parameters(options):,} weights · {takes} on this computer", strong=True)

    def train(self) -> None:
        """Start a run; one that is being stopped is waited for, one that goes on is not disturbed."""
        with self._lock:
            busy = self._watch is not None and not self._watch.stop.is_set()
            if busy or (self._queue and self._watch is None):
                say(
                    self.state,
                    "A run is under way. Press Stop first, or Queue: then this one follows it.",
                )
                return
            self._enqueue(replace=True)

    def queue(self) -> None:
        """Run this after what is under way and what waits already."""
        with self._lock:
            self._enqueue(replace=False)

    def lottery(self) -> None:
        """Make these runs with several seeds, after what is under way, and draw how far luck carries them."""
        with self._lock:
            self._enqueue(replace=False, seeds=self.seeds.value)

    def stop(self) -> None:
        """End the run under way, and let nothing follow it."""
        with self._lock:
            dropped = len(self._queue)
            self._queue.clear()
            if self._watch is not None:
                self._watch.stop.set()
            waiting = f" {dropped} that waited will not run." if dropped else ""
            say(self.state, ("Stopping …" if self._watch else "Nothing runs.") + waiting)

    def _enqueue(self, *, replace: bool, seeds: int = 0) -> None:
        options = self.options()
        limit = self.controls["seconds at most"].value
        boxed = "A lottery has no time box: set “seconds at most” to 0." if seeds and limit else ""
        if fault := self.faults[0] if self.faults else boxed or room(options):
            say(self.state, f"Not started. {fault}")
            return
        self._queue[:] = [] if replace else self._queue
        self._queue.append((options, limit, seeds))
        say(self.state, f"{len(self._queue)} waiting." if self._thread else "Getting ready …")
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Return when nothing runs and nothing waits."""
        while (thread := self._thread) is not None:
            thread.join()

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            assert self._watch is not None
            try:
                self._run(*wish, self._watch)
            except Exception as error:  # the thread must go on with what waits
                say(self.state, f"This run came to nothing. {error}")

    def _run(self, options: dict[str, Any], limit: float, seeds: int, watch: Watch) -> None:
        if seeds:
            drawn = seed_lottery(options, seeds, self.data, file=self.file, watcher=watch)
            picture = (
                img(png(drawn.plot()), f"A dot for each run. {drawn}")
                if len(drawn.accuracies) > 1
                else ""
            )
            self.luck.value = f"{picture}<p>{escape(str(drawn))}</p>"
            self._came(
                "The lottery was stopped." if watch.stop.is_set() else "The lottery is drawn."
            )
            self.bar.value = self.bar.value if watch.stop.is_set() else 1
            return
        run = (
            train_for(limit, options, self.data, watcher=watch)
            if limit
            else run_one(options, self.data, watcher=watch)
        )
        append(self.file, run)
        accuracy = "no result" if run.accuracy is None else f"accuracy {run.accuracy:.2%}"
        self._came(
            f"{run.status.capitalize()}: {accuracy}, {say_seconds(run.seconds)}. {run.reason}"
        )
        self.bar.value = 1 if run.status == "finished" else self.bar.value

    def _next(self) -> tuple[dict[str, Any], float, int] | None:
        with self._lock:
            if not self._queue:
                self._thread = self._watch = None
                return None
            self._watch = Watch(self)
            return self._queue.pop(0)

    def _came(self, words: str) -> None:
        self.reload()
        say(self.state, words)

    def reload(self) -> None:
        """Show the runs that are in the file now."""
        with self._lock:
            self.runs = Runs.load(self.file)
            self._show_table()

    def _show_table(self) -> None:
        self.found.layout.display = None if self.runs.rows or self.runs.note else "none"
        self.table.value = Runs(
            self.runs.sorted(self.order.value).rows[:SHOWN], self.runs.note
        )._repr_html_()
        choices = [
            ("–", ""),
            *(
                (f"{run.key[:6]}  {run.accuracy or 0:.2%}", run.key)
                for run in self.runs.sorted("newest")
            ),
        ]
        for chooser in (self.first, self.second):
            before = chooser.value
            chooser.options = choices
            chooser.value = before if before in dict(choices).values() else ""

    def _chosen(self, chooser: ipywidgets.Dropdown) -> Record | None:
        return next((run for run in self.runs if run.key == chooser.value), None)

    def compare(self) -> None:
        """Draw the two chosen runs over each other, and say whether the difference could be chance."""
        first, second = self._chosen(self.first), self._chosen(self.second)
        self.curves.value = ""
        if first is None or second is None:
            say(self.verdict, "Choose a run A and a run B first.", strong=True)
            return
        try:
            found = compare(first, second)
        except ValueError as error:
            say(self.verdict, str(error), strong=True)
            return
        say(self.verdict, f"{say_difference(first, second)} {found}", strong=True)
        self.curves.value = img(
            png(found.plot()), f"Accuracy and loss of both runs, epoch by epoch. {found}"
        )

    def show_code(self) -> None:
        """Show the plain Keras of run A, or of the controls where no run A is chosen."""
        chosen = self._chosen(self.first)
        try:
            code = show_code(chosen.options if chosen else self.options())
        except (TypeError, ValueError) as error:
            code = f"# {error}"
        self.code.value = f'<pre style="user-select: all; line-height: 1.3">{escape(code)}</pre>'


def still() -> Figure:
    """Draw how many weights the lesson's network has, and what becomes of them when one control is turned."""
    turned: dict[str, dict[str, Any]] = {
        "as it stands": {},
        "filters 8 and 16": {"filters": (8, 16)},
        "kernel_size 5": {"kernel_size": 5},
        "dense_units 32": {"dense_units": 32},
        "dense_units 256": {"dense_units": 256},
        "any dropout": {"dropout_dense": 0.0},
    }
    weights = {name: parameters(DEFAULTS | one) for name, one in turned.items()}
    return show_bars(weights, title="How many weights the network has, if you turn one control")


def _look(name: str) -> dict[str, Any]:
    return {"description": name, "style": {"description_width": "9em"}, "layout": {"width": "24em"}}


def _given(name: str, value: str) -> ipywidgets.Text:
    return ipywidgets.Text(value, disabled=True, **_look(name))


def _flat(options: dict[str, Any]) -> dict[str, Any]:
    """Turn options into a value for each control."""
    flat: dict[str, Any] = {}
    for name, value in options.items():
        flat |= (
            dict(zip(("filters 1", "filters 2"), value, strict=True))
            if name == "filters"
            else {name: value}
        )
    return flat | {"digits": options["digits"] or ALL, "seconds at most": 0}
