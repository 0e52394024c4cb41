"""The tuner: turn the settings, train for a few seconds, and compare what came out."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any, NamedTuple

import ipywidgets

from mnist_lesson.instructor import records
from mnist_lesson.instructor.compare import compare, seed_lottery
from mnist_lesson.instructor.plain_keras import show_code
from mnist_lesson.instructor.records import Record, Runs
from mnist_lesson.instructor.sweeps import run_one
from mnist_lesson.look import new_axes, show_dots, write
from mnist_lesson.model import ACTIVATIONS
from mnist_lesson.shared import kit
from mnist_lesson.shared.chart import Curve, learning_chart
from mnist_lesson.shared.checks import CLASSES, SIDE
from mnist_lesson.shared.colours import BLUE, PALE
from mnist_lesson.shared.kit import Panel, Status
from mnist_lesson.shared.latest import in_background
from mnist_lesson.shared.picture import PAGE, png, shown
from mnist_lesson.shared.words import say_seconds
from mnist_lesson.shared.workspace import WorkspaceError, check_writable, rehearsal
from mnist_lesson.training.history import History
from mnist_lesson.training.reports import Progress, Watcher, lately


class Goal(NamedTuple):
    """Something to try for in the short panel, and whether a run has got there."""

    name: str
    is_reached: Callable[[Record], bool]


@dataclass(frozen=True)
class Control:
    """One setting in the panel: a label, its values, and a hint in plain words."""

    label: str
    values: tuple[Any, ...]
    hint: str


ALL_DIGITS = 60_000  # stands for Settings(digits=None), since a slider can't show None
# Values at which something can be seen. In Python, `run_one()` takes any.
CONTROLS = {
    "digits": Control(
        "digits to learn from",
        (200, 500, 1000, 2000, 5000, 10_000, 20_000, ALL_DIGITS),
        "More examples, better network, longer wait.",
    ),
    "epochs": Control(
        "epochs", (1, 2, 3, 4, 5, 6, 8, 10, 12), "How many times it sees every digit."
    ),
    "learning_rate": Control(
        "learning rate",
        (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 1.0, 9.0),
        "How far each step goes. Too far, and it stumbles.",
    ),
    "batch_size": Control(
        "batch size",
        (16, 32, 64, 128, 256, 512),
        "How many digits it looks at before it takes a step.",
    ),
    "optimizer": Control("optimizer", ("adam", "sgd"), "Adam finds a step size for each weight."),
    "filters 1": Control("filters, first layer", (1, 2, 4, 8, 16, 32, 64), "How many windows."),
    "filters 2": Control(
        "filters, second layer", (1, 2, 4, 8, 16, 32, 64), "Windows over the first layer's maps."
    ),
    "dense_units": Control(
        "dense units", (4, 8, 16, 32, 64, 128, 256), "Most of the weights sit here."
    ),
    "seed": Control("seed", tuple(range(20)), "Another seed, another throw of the dice."),
    "kernel_size": Control("kernel size", (1, 2, 3, 4, 5, 7), "The window's side, in pixels."),
    "activation": Control("activation", tuple(ACTIVATIONS), "What each neuron does to its sum."),
    "dropout_conv": Control(
        "dropout, maps", (0.0, 0.1, 0.25, 0.5, 0.75), "The share it hides while it learns."
    ),
    "dropout_dense": Control(
        "dropout, dense", (0.0, 0.1, 0.25, 0.5, 0.75), "The share it hides while it learns."
    ),
    "beta_2": Control(
        "Adam's memory",
        (0.5, 0.9, 0.95, 0.99, 0.999),
        "Its beta 2: 0.999 is usual; 0.9 forgets sooner.",
    ),
    "schedule": Control(
        "schedule", ("constant", "one_cycle"), "Steps of one size, or rising, then falling."
    ),
    "loss": Control(
        "loss", ("categorical_crossentropy", "mean_squared_error"), "What training tries to lower."
    ),
    "label_smoothing": Control(
        "label smoothing", (0.0, 0.05, 0.1, 0.2), "Teaches it never to be completely sure."
    ),
    "shift": Control(
        "shift", (0, 1, 2, 3), "Moves each digit at random, by up to this many pixels."
    ),
    "augment": Control("vary", (False, True), "Turns, stretches and slants each digit a little."),
    "validation_split": Control(
        "held out", (0.05, 0.1, 0.2, 0.3), "The share it's judged on and never learns from."
    ),
    "validate_on": Control(
        "judged on", ("held_out", "test"), "Keep the test set sealed: held_out is the fair one."
    ),
}
# For page 06: what a beginner can turn and see the effect of within seconds.
SHORT = ("digits", "learning_rate", "epochs", "batch_size", "filters 1", "dense_units", "seed")
COLUMNS = ("run", "accuracy", "95% interval", "loss", "seconds", "what changed")
WORSE_THAN_GUESSING = 2.5  # a network that spreads its bets evenly has a loss of ln 10 ≈ 2.3
MOSTLY_WRONG = 0.3
MOST_SHOWN = 50  # rows of the table
READY = "Change a setting, then press Train: with 2,000 digits, it takes a few seconds."


class Tuner(Panel):
    """A panel to turn the settings, train, and compare.

    In Python: `run_one(options)`, `seed_lottery(options)`, `compare(a, b)`, `show_code(options)`.

    Parameters
    ----------
    short
        Show only the seven controls that matter most, and keep these runs apart from the
        instructor's.
    start
        Options that the controls start with. No run here replaces your trained network.
    """

    def __init__(self, *, short: bool = False, start: dict[str, Any] | None = None) -> None:
        self.short = short
        self.file = records.learner_runs_file() if short else records.runs_file()
        # Options without a control stay like this.
        self.start = _split_filters(records.complete(start))
        shown = SHORT if short else tuple(CONTROLS)
        self.controls = {name: _control(name, self.start[name]) for name in shown}
        for control in self.controls.values():
            control.observe(lambda change: self._say_size(), "value")

        self.name = ipywidgets.Text(
            description="name of this run",
            placeholder="or leave it empty",
            layout={"width": "255px"},
        )
        self.train_button = kit.button("Train", self.train, main=True)
        self.stop_button = kit.button("Stop", self.stop)
        self.stop_button.disabled = True
        self.lottery_button = kit.button("Same settings, five seeds", self.lottery)
        self.code_button = kit.button("Show me the code", self.show_code)
        self.size = ipywidgets.HTML()
        self.goals = ipywidgets.HTML()
        self.bar = ipywidgets.FloatProgress(
            0, min=0, max=1, layout={"width": "100%", "visibility": "hidden"}
        )
        self.live = ipywidgets.HTML()
        self.answer = ipywidgets.HTML()
        # The line of the run that's under way, and of the one before: epochs so far, accuracy.
        self.lines: list[list[tuple[float, float]]] = [[]]
        self.table = kit.SortableTable(columns=COLUMNS)
        self.table.observe(lambda change: self._compare_selected(), "selected")
        self.verdict = ipywidgets.HTML()
        self.code = kit.CopyText()
        self.status = Status(READY)

        self._watch: Watch | None = None  # follows the run that's under way, in its own thread
        self._thread: threading.Thread | None = None
        self.runs = Runs([])
        self.labelled = [_labelled(*named) for named in self.controls.items()]
        self.more = kit.button("More settings", lambda: self.show_all(True), icon="sliders")
        self.show_all(not short)
        controls = ipywidgets.Box([*self.labelled, self.more])
        controls.add_class("lm-controls")
        super().__init__(
            "Tune it yourself",
            [
                controls,
                self.size,
                *([self.goals] if short else []),
                kit.row(
                    self.train_button,
                    self.stop_button,
                    self.name,
                    self.lottery_button,
                    self.code_button,
                ),
                self.bar,
                self.answer,
                self.live,
                self.status,
                self.table,
                self.verdict,
                self.code,
            ],
            lead=(
                "Change one thing, train, and see whether it helped. Click two runs to compare "
                "them."
            ),
        )
        self.reload()
        self._say_size()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if "keras" not in sys.modules:
            self._warm_up()
        return super()._repr_mimebundle_(**options)

    def still(self) -> kit.Still:
        """Draw how well the latest runs read; before the first, how the controls are set."""
        runs = {
            run.label: [run.accuracy] for run in self.runs.rows[-8:] if run.accuracy is not None
        }
        if runs:
            return kit.Still.of(show_dots(runs, title="Share of held-out digits read correctly"))
        axis, said = new_axes(PAGE, 0.36 * len(self.controls))[0], []
        for place, control in enumerate(self.controls.values()):
            value = control.options[control.index][0]
            axis.plot([0, 1], [place, place], color=PALE, lw=4)
            axis.plot(control.index / (len(control.options) - 1), place, "o", color=BLUE, ms=9)
            write(axis, -0.03, place, control.description, ha="right")
            write(axis, 1.03, place, value, ha="left", bold=True)
            said.append(f"{control.description} {value}")
        axis.set(xlim=(-0.5, 1.4), ylim=(len(self.controls) - 0.5, -0.5))
        axis.set_axis_off()
        return kit.Still(axis.figure, f"Sliders to turn: {', '.join(said)}.")

    def _warm_up(self) -> None:
        """Load TensorFlow in the background, and train on ten digits: then the first run is fast.

        Where no thread can start, the first run does it.
        """
        tiny = self.options() | {"digits": 10, "epochs": 1, "validation_split": 0.01}
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=run_one, args=(tiny,), daemon=True).start()

    def show_all(self, shows: bool) -> None:
        """Show all controls, or only two to begin with."""
        kit.show_if(shows, *self.labelled[2:])
        kit.show_if(not shows, self.more)

    def options(self) -> dict[str, Any]:
        """Return the options that the controls show, ready for `run_one()`."""
        turned = {name: control.value for name, control in self.controls.items()}
        return _join_filters(self.start | turned)

    def train(self) -> None:
        """Make one run with these settings, in the background."""
        options = self.options()
        # Runs with the same key have the same result, so there's no point in making it again.
        key = records.key_of(options, rehearsal())
        for number, run in enumerate(reversed(self.runs.rows)):  # as in the table
            if run.key == key and run.status in records.FINAL:
                self.table.selected = [number] if number < MOST_SHOWN else []
                self.status.say(
                    f"These are the settings of {run.label}, seed and all, so the result would be "
                    "the same to the last digit. Change something, such as the seed."
                )
                return
        self._begin(lambda watch: self._one_run(options, watch))

    def lottery(self) -> None:
        """Make this run with five seeds, and draw how much difference luck makes."""
        options = self.options()
        self._begin(lambda watch: self._five_seeds(options, watch))

    def stop(self) -> None:
        """Stop the run that's under way."""
        watch = self._watch  # looked at once: the run may end meanwhile
        if watch is not None:
            watch.stop.set()
            self.status.say("Stopping …")

    def wait(self) -> None:
        """Wait until nothing is running any more."""
        if self._thread is not None:
            self._thread.join()

    def _begin(self, work: Callable[[Watch], None]) -> None:
        try:  # find out now, not when it's time to save
            check_writable(self.file.parent)
        except WorkspaceError as error:
            self.status.fault(str(error))
            return
        if self._watch is not None:
            self.status.say("One run at a time: press Stop first, or wait a moment.")
            return
        self._watch = watch = Watch(self)
        self._busy(True)
        # It keeps a place for the answer, so that nothing jumps.
        self.answer.value = self.answer.value or kit.big_answer("…", "It's training.")
        self.status.say("Getting ready …")
        self._thread = in_background(lambda: self._work(work, watch))

    def _work(self, work: Callable[[Watch], None], watch: Watch) -> None:
        try:
            work(watch)
        except Exception as error:  # whatever it was, the panel must still work afterwards
            self.status.fault(f"That didn't work: {error}")
        finally:
            self._watch = None
            self._busy(False)

    def _busy(self, busy: bool) -> None:
        self.train_button.disabled = busy
        self.lottery_button.disabled = busy
        self.stop_button.disabled = not busy
        self.bar.layout.visibility = "visible" if busy else "hidden"
        self.bar.value = 0

    def _one_run(self, options: dict[str, Any], watch: Watch) -> None:
        run = replace(run_one(options, watcher=watch), name=self.name.value.strip()[:30])
        before = self._won()
        records.append(self.file, run)
        self.name.value = ""
        self.reload()
        self.table.selected = [0]  # the newest
        label = self.runs[-1].label
        self._show_answer()
        if run.accuracy is None:
            said = f"{label} didn't work. {run.reason}"
        elif has_diverged(run):
            said = f"{label} diverged: the steps were too large. Turn the learning rate down."
        else:
            said = f"{label} took {say_seconds(run.seconds)}."
        new = [goal.name for goal in self._won() if goal not in before]
        if new and self.short:
            won = f"{len(self._won())} of {len(GOALS)}"
            self.status.cheer(f"You did it: {', '.join(new)}!", f"{said} That's {won} goals.")
        elif run.accuracy is None or has_diverged(run):
            self.status.fault(said)
        else:
            self.status.say(said)

    def _won(self) -> list[Goal]:
        """Return the goals that some run in the file has reached."""
        return [goal for goal in GOALS if any(map(goal.is_reached, self.runs))]

    def _show_goals(self) -> None:
        won = self._won()
        goals = (kit.Card(goal.name, "★" if goal in won else "☆") for goal in GOALS)
        self.goals.value = f"<b>Can you …</b>{kit.cards(goals)}"

    def _show_answer(self) -> None:
        """Show the newest run's accuracy large, and say how it compares with the one before."""
        newest = self.runs[-1]
        if newest.accuracy is None:
            self.answer.value = ""
            return
        sentence = f"of {newest.judged:,} held-out digits are read correctly by {newest.label}"
        before = self.runs[-2] if len(self.runs) > 1 else None
        if before is not None and before.accuracy is not None:
            points = 100 * (newest.accuracy - before.accuracy)
            more = "more" if points > 0 else "fewer"
            sentence += f", {abs(points):.1f} in 100 {more} than by {before.label}"
        self.answer.value = kit.big_answer(
            f"{newest.accuracy:.1%}", f"{sentence}.", wrong=has_diverged(newest)
        )

    def _five_seeds(self, options: dict[str, Any], watch: Watch) -> None:
        drawn = seed_lottery(options, 5, file=self.file, watcher=watch)
        self.reload()
        picture = ""
        if len(drawn.accuracies) > 1:
            figure = drawn.plot()
            picture = shown(png(figure), f"A dot for each run. {drawn}", figure)
        self.verdict.value = f"{picture}<p>{escape(str(drawn))}</p>"
        self.status.say("Five throws of the dice, side by side.")

    def reload(self) -> None:
        """Show the runs in the file, newest first."""
        loaded = Runs.load(self.file)
        # Numbered by their place in the file, so a run keeps its name when others are added.
        named = [
            replace(run, name=run.name or f"run {number}")
            for number, run in enumerate(loaded, start=1)
        ]
        self.runs = Runs(named, loaded.note)
        self.table.selected = []
        # You turn one knob at a time, so compare each run with the one before.
        rows = [_table_row(*both) for both in zip(named, [None, *named], strict=False)]
        self.table.rows = rows[::-1][:MOST_SHOWN]
        self._show_goals()
        if loaded.note:
            self.status.fault(loaded.note)

    def _selected(self) -> list[Record]:
        """Return the selected runs, the earlier first, in whatever order they were clicked."""
        # The table's top row is the newest run.
        return [self.runs[-1 - number] for number in sorted(self.table.selected, reverse=True)]

    def _compare_selected(self) -> None:
        runs = self._selected()
        if len(runs) < 2:
            self.verdict.value = ""
            return
        first, second = (replace(run, name=f"“{run.name}”") for run in runs)
        try:
            comparison = compare(first, second)
        except ValueError as error:
            self.verdict.value = f'<div class="lm-status lm-fault">{escape(str(error))}</div>'
            return
        changed = _say_changes(second, first.options) or "the same settings"
        sentence = f"{second.label} has {changed}. {comparison}"
        courses = learning_chart(
            [_course(first), _course(second)],
            max(len(run.history["epoch"]) for run in runs),
            title="Held-out digits read correctly",
            alt=f"The curves of both runs, epoch by epoch. {sentence}",
            height=150,
        )
        self.verdict.value = f"<p>{escape(sentence)}</p>{courses}"

    def show_code(self) -> None:
        """Show the selected run in plain Keras; if none is selected, what the controls show."""
        chosen = self._selected()
        self.code.text = show_code(chosen[0].options if chosen else self.options())

    def _say_size(self) -> None:
        options = self.options()
        size = f"This network has {count_parameters(options):,} parameters."
        self.size.value = f'<div class="lm-lead">{size} {_say_judges(options)}</div>'


class Watch(Watcher):
    """Shows a run's progress in the panel: a bar, a sentence, and a growing line."""

    def __init__(self, panel: Tuner) -> None:
        super().__init__()
        self.panel = panel
        self.epochs = 1
        self.held_out: list[tuple[float, float]] = []  # epochs, accuracy

    def begin(self, note: str, epochs: int) -> None:
        # The line of the run before stays, so you can watch the new one beat it, or not.
        self.panel.lines = [[], *self.panel.lines[:1]]
        self.held_out.clear()
        self.epochs = epochs

    def batch(self, progress: Progress) -> None:
        self.panel.lines[0].append((progress.done, progress.accuracy))
        self.panel.bar.value = progress.done / progress.epochs
        self._draw()
        self.panel.status.say(
            f"Epoch {progress.epoch} of {progress.epochs}: it reads {progress.accuracy:.0%} of the "
            f"digits it learns from. About {say_seconds(progress.seconds_left)} left."
        )

    def validating(self, epoch: int) -> None:
        self.panel.status.say(f"Epoch {epoch}: it's reading the held-out digits …")

    def epoch(self, history: History) -> None:
        # A quick run may end between two reports.
        self.panel.lines[0].append((history["epoch"][-1], history["accuracy"][-1]))
        self.held_out = list(zip(history["epoch"], history["val_accuracy"], strict=True))
        self._draw()

    def _draw(self) -> None:
        now, *before = self.panel.lines
        # The run before may have had more epochs than there's room for.
        earlier = [point for line in before for point in lately(line) if point[0] <= self.epochs]
        accuracy = now[-1][1] if now else 0.0
        curves = [
            Curve("its own", lately(now), dots=False),
            Curve("run before", earlier, dots=False),
            Curve("held out", self.held_out, line=False),
        ]
        alt = f"A line that has climbed to {accuracy:.0%}"
        self.panel.live.value = learning_chart(curves, self.epochs, alt=alt, height=150)


def _course(run: Record) -> Curve:
    """Return how many held-out digits a run read correctly, epoch by epoch."""
    both = zip(run.history["epoch"], run.history["val_accuracy"], strict=True)
    points = [(x, share) for x, share in both if x is not None and share is not None]
    return Curve(run.label, points)


def _reads(run: Record, share: float) -> bool:
    """Say whether a run went to its end, and reads at least this share."""
    return run.status == "finished" and (run.accuracy or 0) >= share


def has_diverged(run: Record) -> bool:
    """Say whether a run's loss exploded, or isn't a number any more."""
    if run.status == "diverged":
        return True
    # A loss can explode and still be a number.
    if run.accuracy is None or run.loss is None or run.options["loss"] == "mean_squared_error":
        return False
    return run.loss > WORSE_THAN_GUESSING and run.accuracy < MOSTLY_WRONG


def count_parameters(options: dict[str, Any]) -> int:
    """Count the parameters of the network with these (complete) options, without building it."""
    first, second = options["filters"]
    size = options["kernel_size"] ** 2
    units = options["dense_units"]
    pooled = (SIDE - 2 * (options["kernel_size"] - 1)) // 2  # both convolutions trim the border
    # Each filter has one square of weights for each map that it sees, and a bias.
    convolutions = (size + 1) * first + (size * first + 1) * second
    dense = (pooled**2 * second + 1) * units
    return int(convolutions + dense + (units + 1) * CLASSES)


GOALS = (
    Goal("read 95% of them", lambda run: _reads(run, 0.95)),
    Goal("blow it up", has_diverged),
    Goal(
        "read 90% with fewer than 200,000 parameters",
        lambda run: _reads(run, 0.9) and count_parameters(run.options) < 200_000,
    ),
    Goal(
        "read 80% after only 200 digits",
        lambda run: _reads(run, 0.8) and (run.options["digits"] or ALL_DIGITS) <= 200,
    ),
)


def _say_judges(options: dict[str, Any]) -> str:
    """Say how many digits a run will be judged on."""
    if options["validate_on"] == "test":
        return "It will be judged on the 10,000 digits of the test set."
    count = round(ALL_DIGITS * options["validation_split"]) // (10 if rehearsal() else 1)
    return f"It will be judged on {count:,} digits that it doesn't learn from."


def _table_row(run: Record, before: Record | None) -> list[Any]:
    changed = _say_changes(run, before.options if before else records.DEFAULTS)
    status = "diverged" if has_diverged(run) else run.status
    problem = "" if status == "finished" else f"{status}! "
    if run.accuracy is None or run.interval is None:
        accuracy = kit.cell(-1, "–")  # sorts below the runs that have one
        interval = "–"
    else:
        accuracy = kit.cell(
            run.accuracy, f"{run.accuracy:.1%}", share=run.accuracy, interval=run.interval
        )
        interval = "{:.1%} to {:.1%}".format(*run.interval)
    loss = kit.cell(9e9, "–") if run.loss is None else kit.cell(run.loss, f"{run.loss:.3f}")
    seconds = kit.cell(run.seconds, f"{run.seconds:.1f}")
    return [run.label, accuracy, interval, loss, seconds, problem + (changed or "nothing")]


def _say_changes(run: Record, other: dict[str, Any]) -> str:
    """List what differs from other options, in the controls' words: “seed 1 · epochs 2”."""
    old, new = _split_filters(other), _split_filters(run.options)
    return " · ".join(
        f"{control.label} {_say_value(new[name])}"
        for name, control in CONTROLS.items()
        if new[name] != old[name]
    )


def _control(name: str, value: Any) -> ipywidgets.SelectionSlider:
    control = CONTROLS[name]
    values = list(control.values)
    if value not in values:  # add the caller's own start value to the slider
        values = sorted({*values, value})
    options = [(_say_value(v), v) for v in values]
    kind = ipywidgets.Dropdown if isinstance(values[0], str) else ipywidgets.SelectionSlider
    return kind(
        options=options,
        value=value,
        description=control.label,
        style={"description_width": "auto"},
        layout={"width": "auto"},
    )


def _labelled(name: str, control: Any) -> ipywidgets.Box:
    hint = ipywidgets.HTML(f'<div class="lm-hint">{escape(CONTROLS[name].hint)}</div>')
    return ipywidgets.VBox([control, hint])


def _say_value(value: Any) -> str:
    if value == ALL_DIGITS:
        return "all 60,000"
    if isinstance(value, bool):  # before int, because a bool is an int, too
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value}"


def _split_filters(options: dict[str, Any]) -> dict[str, Any]:
    """Split the two filter counts, so each gets its own control."""
    first, second = options["filters"]
    rest = {name: value for name, value in options.items() if name != "filters"}
    rest["digits"] = rest["digits"] or ALL_DIGITS
    return rest | {"filters 1": first, "filters 2": second}


def _join_filters(values: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in values.items() if not name.startswith("filters ")}
    if rest["digits"] == ALL_DIGITS:
        rest["digits"] = None
    return rest | {"filters": (values["filters 1"], values["filters 2"])}
