"""09 · A race of networks: choose the runners, and watch them learn, each in its lane."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from mnist_lesson.look import new_axes, write
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.model import build_fast_model, build_model
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.colours import BLUE, INK, PALE
from mnist_lesson.shared.kit import (
    Panel,
    Status,
    Still,
    big_answer,
    button,
    cheer,
    column,
    row,
    show_if,
)
from mnist_lesson.shared.latest import in_background
from mnist_lesson.shared.picture import PAGE
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.test import score
from mnist_lesson.training.race import Tries, Try, race, tries
from mnist_lesson.training.settings import Settings
from mnist_lesson.training.turns import Runner, Turns, WavedOffError

if TYPE_CHECKING:
    import keras

Lane = dict[str, Any]  # "network", and those settings of a runner that aren't the race's own

ORIGINAL = "the original"
NETWORKS: dict[str, Callable[[], keras.Model]] = {
    ORIGINAL: build_model,
    "fast": build_fast_model,
    "fast, but slim": partial(build_fast_model, filters=(8, 8, 24)),
    "fast, but wide": partial(build_fast_model, filters=(48, 48, 144)),
}
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.025, 0.05, 0.1, 1.0, 50.0)
BATCHES = (32, 64, 128, 256, 512, 1024)
DIGITS = (10_000, 20_000, 30_000, 40_000, 54_000)
SPRINT = Settings(epochs=1, digits=10_000)
STARTERS: tuple[Lane, ...] = (
    {"network": ORIGINAL},
    {"network": "fast"},
    {"network": "fast", "learning_rate": 0.01},
    {"network": "fast, but slim", "learning_rate": 50.0},
)
CRASHES = (
    "Last seen in orbit. Try shorter steps!",
    "Jumped over the goal, the crowd and the car park. Shorter steps!",
    "Its steps are still growing. Somebody warn the neighbours!",
    "Tripped over its own feet, both of them, at once. Shorter steps!",
)
AS_GOOD_AS_GUESSING = 0.12  # ten answers: guessing is right one time in ten
CLOSE = 1.4  # a second place that took less than so many times as long may be luck
CLOSE_ACROSS = 1.7  # so may a record: between races, our own computer varied by that much
# A kernel's first race warms TensorFlow up, at some runner's expense: the same network twice came
# home with seconds up to 2.3 times apart, in five of them.
CLOSE_AT_FIRST = 2.5
BEST = 5  # tries of all times that are shown
# The next names for each race, so that one can tell the kept tries apart.
NAMES = "Otter Puma Heron Lynx Moth Ibex Wren Bison Gecko Koala Swift Mole Tapir Viper Yak Hare"
WARM_UPS = ("stretches its legs", "ties its shoes", "waves to the crowd", "takes a deep breath")
SLOWEST = 0.8  # seconds: no runner moves in slower motion than that


@dataclass
class Entry:
    """A lane in a race that's on: who runs, and what came of it."""

    number: int
    animal: str
    lane: Lane
    settings: Settings
    runner: Runner
    shown: tuple[float, float] = (0.0, 0.0)  # the share of its way that its lane shows, since when
    result: Try | None = None
    fault: str = ""
    model: keras.Model | None = None

    @property
    def how(self) -> str:
        """Return how it runs, as in "fast, learning rate 0.01, 128 digits per step"."""
        settings = self.settings
        how = f"{self.lane['network']}, learning rate {settings.learning_rate:g}"
        how += f", {settings.batch_size} digits per step"
        return how + f", {settings.optimizer}" * ("optimizer" in self.lane)

    @property
    def is_ready(self) -> bool:
        """Whether it has moved, or never will."""
        return bool(self.runner.done or self.fault or self.runner.stop.is_set())

    def reached(self, goal: float) -> bool:
        """Say whether it has read enough of the held-out digits."""
        return self.result is not None and self.result.missing(goal) <= 0


class RaceTrack(Panel):
    """Networks race to a goal: the quickest to read enough of the held-out digits wins.

    They train side by side, one short turn after the other, and each has a stopwatch of its own
    that runs only in its turns. In Python: `race(model, x, y, settings)`.

    Parameters
    ----------
    x, y
        As for `race()`.
    settings
        Of all runners, but for what their lanes change; by default a sprint of 10,000 digits.
    goal
        The share of the held-out digits to read, from 0 to 1.
    lanes
        What each runner starts with: "network", one of `NETWORKS`, and settings. Where it names an
        optimizer, the readers can choose another.
    keep
        Keep each runner's result for `tries()`, and let the readers choose how many digits it
        learns from. The quickest winner may read the test set, once.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        settings: Settings = SPRINT,
        *,
        goal: float = 0.93,
        lanes: Iterable[Lane] = STARTERS,
        keep: bool = False,
    ) -> None:
        self.x, self.y = x, y
        self.settings = settings
        self.goal = goal
        self.keep = keep
        self.entries: list[Entry] = []
        self.record: float | None = None  # seconds to beat, when the race began
        self._thread: threading.Thread | None = None
        self.controls = [self._controls_of(lane) for lane in lanes]
        self.lanes = [ipywidgets.HTML() for _ in self.controls]
        self.go_button = button("Go!", self.go, main=True)
        self.stop_button = button("Stop", self.stop)
        self.stop_button.disabled = True
        self.status = Status("Choose your runners.")
        self.answer = ipywidgets.HTML(big_answer("Ready?"))
        self._leader: Entry | None = None  # who's in front, as was last said
        self._warm = False  # no race so far
        self.best = ipywidgets.HTML()
        self.compared = ""  # how the first winner did beside the original
        self.champion: Entry | None = None  # the quickest winner of this panel's races
        self.envelope = button("Open the test set, once", self.open_envelope)
        self.exam = ipywidgets.HTML()
        show_if(False, self.envelope)
        for number, track in enumerate(self.lanes, start=1):
            track.value = _lane(number)
            for control in self.controls[number - 1].values():
                control.observe(partial(self._enter_anew, number), "value")
        parts = [
            column(row(*controls.values()), track, look="lm-lane")
            for controls, track in zip(self.controls, self.lanes, strict=True)
        ]
        start = row(self.go_button, self.stop_button, self.status)
        super().__init__(
            f"The race to {100 * goal:g}%",
            [start, self.answer, *parts, self.best, row(self.envelope), self.exam],
            lead="Each runner is a network: the farther it has run, the more of its training is "
            f"done. It's tested at the line, and the quickest to read {100 * goal:g} in 100 wins.",
        )

    def _controls_of(self, lane: Lane) -> dict[str, Any]:
        settings = replace(self.settings, **_changes(lane))
        network = ipywidgets.Dropdown(options=list(NETWORKS), value=lane["network"])
        controls = {
            "network": network,
            "learning_rate": _slider(RATES, settings.learning_rate, "learning rate"),
            "batch_size": _slider(BATCHES, settings.batch_size, "digits per step"),
        }
        if "optimizer" in lane:
            controls["optimizer"] = ipywidgets.Dropdown(
                options=("sgd", "adam"), value=lane["optimizer"], description="optimizer"
            )
        if self.keep:
            controls["digits"] = _slider(DIGITS, settings.digits or DIGITS[-1], "digits in all")
        network.description = "network"
        return controls

    def go(self) -> None:
        """Start the race, beside the page."""
        if self._thread is not None and self._thread.is_alive():
            return
        turns = Turns()
        kept = tries(goal=self.goal).rows if self.keep else []
        self.record = kept[0].seconds if kept and not kept[0].shortfall(self.goal) else None
        self.entries = [self._enter(at, len(kept), turns) for at in range(len(self.controls))]
        self._leader = None
        self._busy(True)
        for entry, words in zip(self.entries, itertools.cycle(WARM_UPS)):
            self._show(entry, words)
        self.status.say("Each has its own stopwatch.")
        waking = "TensorFlow is waking up." if "tensorflow" not in sys.modules else ""
        self.answer.value = big_answer("On your marks …", waking)
        self._thread = in_background(partial(self._hold, turns))

    def stop(self) -> None:
        """Call the race off."""
        for entry in self.entries:
            entry.runner.stop.set()
        self.status.say("Stopping …")

    def wait(self) -> None:
        """Wait until nobody's running any more."""
        if self._thread is not None:
            self._thread.join()

    def _enter(self, place: int, before: int, turns: Turns) -> Entry:
        lane = {name: control.value for name, control in self.controls[place].items()}
        settings = replace(self.settings, **_changes(lane))
        runner = Runner(turns, lambda _: self._move(self.entries[place]))
        names = NAMES.split()
        return Entry(place + 1, names[(before + place) % len(names)], lane, settings, runner)

    def _enter_anew(self, number: int, _change: Any) -> None:
        """Take a lane's old result away: it belongs to other settings."""
        self.lanes[number - 1].value = _lane(number)

    def _busy(self, busy: bool) -> None:
        self.go_button.disabled = busy
        self.stop_button.disabled = not busy
        self.envelope.disabled = busy
        for control in (part for controls in self.controls for part in controls.values()):
            control.disabled = busy

    def open_envelope(self) -> None:
        """Let the quickest winner so far read the test set. After that, the envelope is gone."""
        result = self.champion.result if self.champion is not None else None
        if self.champion is None or result is None or self.exam.value:
            return
        images, labels = sealed_digits()
        read = score(self.champion.model, to_input(images), labels)
        low, high = read.interval
        sentence = (
            f"of the test set was read by {result.name}, the quickest winner of these races: 95% "
            f"interval {low:.2%} to {high:.2%}, for this one trained network. (Of the held-out "
            f"digits it read {result.accuracy:.2%}. Test digits are easier, so a higher score here "
            "doesn't rule out luck.)"
        )
        self.exam.value = big_answer(f"{read.accuracy:.2%}", sentence)
        show_if(False, self.envelope)

    def _hold(self, turns: Turns) -> None:
        try:
            import_keras()
            waits = "Each network is turned into a program first. The stopwatch counts that, too."
            self.answer.value = big_answer("Get set …", waits)
            running = [in_background(partial(self._run, entry, turns)) for entry in self.entries]
            for thread in running:
                if thread is not None:
                    thread.join()
            self._finish()
        except Exception as error:  # whatever it was, the panel must still work afterwards
            self.status.fault(f"The race could not be held: {error}")
        finally:
            self._busy(False)

    def _run(self, entry: Entry, turns: Turns) -> None:
        name = f"{entry.animal}: {entry.how}" if self.keep else ""
        try:
            entry.model = NETWORKS[entry.lane["network"]]()
            entry.result = race(
                entry.model, self.x, self.y, entry.settings, name=name, watcher=entry.runner
            )
        except WavedOffError:
            pass
        except Exception as error:
            entry.fault = str(error)
        finally:
            turns.leave(entry.runner)
            entry.runner.warming = False
            self._show(entry, "" if entry.result else "has stopped")

    def _move(self, entry: Entry) -> None:
        """Draw a lane after its turn, and say who's in front once all of them have moved."""
        self._show(entry)
        # A network that has crashed stays where it is, and leads nobody.
        running = [each for each in self.entries if not (each.runner.lost or each.fault)]
        if not running or not all(each.is_ready for each in self.entries):
            return
        ahead = max(running, key=lambda each: each.runner.done)
        if self._leader not in running or ahead.runner.done > self._leader.runner.done:
            self._leader = ahead
        where = (
            "in front."
            if self._leader.runner.done < 1
            else "the first to finish: did it read enough?"
        )
        self.answer.value = big_answer("They're off!", f"{self._leader.animal} is {where}")

    def _show(self, entry: Entry, words: str = "", *, won: bool = False) -> None:
        """Draw a lane as it stands."""
        runner, result = entry.runner, entry.result
        look, sign, note = "lm-going", "", ""
        if entry.fault:
            look, sign, words, note = "lm-crashed", "stop", "broke down", entry.fault
        elif entry.runner.lost:
            look, sign, words = "lm-crashed", "crash", "crashed!"
            note = CRASHES[(entry.number - 1) % len(CRASHES)]
        elif result is not None:
            look, sign, words = self._outcome(result, won)
            if result.accuracy < AS_GOOD_AS_GUESSING:
                note = "A parrot would do as well. Try longer or shorter steps!"
        elif runner.judging:
            words = "takes the test …"
        elif runner.warming:
            look, words = f"{look} lm-warming", "is being turned into a program …"
        elif words:
            look += " lm-warming" * (not runner.stop.is_set())
        else:
            words = f"reads {runner.accuracy:.0%}"
        way = f"--share: {runner.done:.3f}"
        since, then = entry.shown
        now = time.monotonic()
        if runner.done > since:
            # The next turn will be as far away as the last one was.
            way += f"; --since: {since:.3f}; --pause: {min(SLOWEST, now - then):.2f}s"
        entry.shown = (runner.done, now)
        seconds = result.seconds if result else runner.seconds
        clock = "" if runner.warming else f"{seconds:.1f} s"
        self.lanes[entry.number - 1].value = _lane(
            entry.number,
            look,
            way,
            sign,
            words if result else f"{entry.animal} {words}",
            f'<b class="lm-seconds {"lm-clock" * runner.warming}">{clock}</b>',
            f"{entry.animal}: {result.accuracy:.2%}" if result else "",
            note,
        )

    def _outcome(self, result: Try, won: bool) -> tuple[str, str, str]:
        """Say how a training came out: the lane's look, its sign and a few words."""
        if short := result.shortfall(self.goal):
            return "lm-short", "stop", short
        if not won:
            return "lm-home", "flag", "goal!"
        alone = sum(each.reached(self.goal) for each in self.entries) == 1
        return "lm-home lm-won", "flag", "the only one!" if alone else "the quickest!"

    def _finish(self) -> None:
        """Name the winner, and compare it with the original."""
        if self.keep:
            known = tries(goal=self.goal)
            self.best.value = Tries(known.rows[:BEST], self.goal)._repr_html_()
        self.status.say("Change something, and race again.")
        if any(entry.runner.stop.is_set() and not entry.runner.lost for entry in self.entries):
            self.answer.value = big_answer("Called off")
            return
        home = [(entry.result, entry) for entry in self.entries if entry.result is not None]
        home.sort(key=lambda both: both[0].seconds)
        self.compared = self.compared or _compare(home)
        first = next((both for both in home if both[1].reached(self.goal)), None)
        if first is None:
            self.answer.value = big_answer("No flag", "today: nobody read enough.", wrong=True)
            return
        result, winner = first
        self._show(winner, won=True)
        sentence = f"and {winner.animal} wins in lane {winner.number}: {winner.how}!"
        for other, entry in home:
            if winner.lane["network"] != ORIGINAL and entry.lane["network"] == ORIGINAL:
                times = other.seconds / result.seconds
                ratio = f"about {_roughly(times)} times as fast as lane {entry.number}"
                sentence += f" This time, it was {ratio}."
                break
        others = [(other, entry) for other, entry in home if entry.reached(self.goal)][1:]
        close = CLOSE if self._warm else CLOSE_AT_FIRST
        self._warm = True
        if others and others[0][0].seconds < close * result.seconds:
            near = others[0][1].number
            sentence += f" Lane {near} was so close that it may be luck: race again."
        self.answer.value = big_answer(f"{result.seconds:.1f} s", sentence)
        champion = self.champion.result if self.champion is not None else None
        if champion is None or result.seconds < champion.seconds:
            self.champion = winner
        show_if(self.keep and not self.exam.value, self.envelope)
        # The time to beat is lane 1's, so whoever runs with its settings can only be lucky.
        changed = winner.lane != self.entries[0].lane
        if self.record is not None and changed and result.seconds < self.record:
            beaten = (
                f"The old one stood at {self.record:.2f} s, and yours is {result.seconds:.2f} s."
            )
            if self.record < max(close, CLOSE_ACROSS) * result.seconds:
                beaten += " A gap that small may be the stopwatch's luck."
            self.answer.value = cheer("NEW RECORD!", beaten) + self.answer.value

    def still(self) -> Still:
        """Draw the runners on the starting line."""
        axis = new_axes(PAGE, 0.55 * len(self.controls) + 0.5)[0]
        told = []
        for down, controls in enumerate(self.controls):
            name = ", ".join(_say(control.value) for control in controls.values())
            told.append(f"{down + 1}: {name}")
            axis.plot([0, 1], [down, down], color=PALE, lw=14, alpha=0.4, zorder=1)
            axis.plot(0, down, "o", color=BLUE, ms=15)
            write(axis, 0, down, str(down + 1), color="white", fontsize=9, bold=True)
            write(axis, 0.03, down, name, ha="left", fontsize=9)
        axis.axvline(1, color=INK, ls=(0, (1, 1)), lw=6)
        axis.set(xlim=(-0.02, 1.02), ylim=(len(told) - 0.5, -0.6))
        axis.set_title(f"The race to {100 * self.goal:g}%", loc="left", fontsize=13, color=INK)
        axis.set_axis_off()
        return Still(axis.figure, f"A race track. Lane {'; lane '.join(told)}.")


def _lane(
    number: int,
    look: str = "lm-going",
    way: str = "--share: 0",
    sign: str = "",
    words: str = "ready",
    clock: str = '<b class="lm-seconds">0.0 s</b>',
    right: str = "",
    note: str = "",
) -> str:
    """Return a lane as HTML, by default that of a runner who waits for the start."""
    drawn = f'<i class="lm-{sign}" aria-hidden="true"></i>' if sign else ""
    return (
        f'<div class="{look}"><span class="lm-course" style="{way}">'
        f'<span class="lm-runner">{number}</span> {drawn} <span>{escape(words)}</span></span> '
        f'{clock} <span class="lm-read">{right}</span> '
        f'<small class="lm-note">{escape(note)}</small></div>'
    )


def _changes(lane: Lane) -> dict[str, Any]:
    return {name: value for name, value in lane.items() if name != "network"}


def _slider(values: tuple[float, ...], value: float, label: str) -> ipywidgets.SelectionSlider:
    options = [(_say(each), each) for each in sorted({*values, value})]
    return ipywidgets.SelectionSlider(options=options, value=value, description=label)


def _say(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:,g}"


def _compare(home: list[tuple[Try, Entry]]) -> str:
    """Say how many times as fast as the original the fast network was, if both got home."""
    # Of two lanes with one network, the upper counts: the quicker of them would flatter it.
    downwards = sorted(home, key=lambda both: -both[1].number)
    seconds = {entry.lane["network"]: result.seconds for result, entry in downwards}
    if not {"fast", ORIGINAL} <= seconds.keys():
        return ""
    times = seconds[ORIGINAL] / seconds["fast"]
    return f"In one race of yours, it was roughly {_roughly(times)} times as fast."


def _roughly(times: float) -> str:
    """Write a ratio as exactly as a single race deserves."""
    return f"{times:.0f}" if times >= 3 else f"{times:.1f}"
