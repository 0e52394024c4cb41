"""06 · Train: notes taken while a network learns, so you can watch its training again."""

from __future__ import annotations

import json
import math
import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.look import HISTORY
from mnist_lesson.network.saved import (
    ASSETS,
    ModelFileError,
    check_about,
    check_digest,
    current_network,
)
from mnist_lesson.network.twin import Twin
from mnist_lesson.one_hot import one_hot
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES, SIDE
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.shared.words import a_digit, say_probability, say_when
from mnist_lesson.shared.workspace import RunFolder, run_folder
from mnist_lesson.test import count_confusions
from mnist_lesson.training.history import History, check_history

if TYPE_CHECKING:
    import keras

REPLAY_DIGITS = 4000  # how many validation digits we keep, with the network's opinion of them
REPLAY_EPOCHS = 24  # and for how many epochs: past that, every second one is dropped
REPLAY_FILTERS = 32
QUICK_DIGITS = 1000  # what a kept network reads when it's looked at: the original's takes a second
MOST_KEPT = 1_250_000  # weights, of a network that's kept along the way; the original's has 1.2
MOST_MOMENTS = 9  # of a large network, about 150,000 bytes each; a small one has some 30
MOST_WEIGHT = float(np.finfo(np.float16).max)  # beyond it, half precision knows only infinity
LARGEST = 127  # steps that a weight can change by in a signed byte
MOST_BYTES = 20_000_000  # unpacked; a replay of the original's network takes about 14 million


@dataclass
class Replay:
    """All it takes to watch a run again: at most 3 MB.

    images (d, 28, 28) uint8 and labels (d,) of at most 4,000 validation digits; for each kept epoch
    the network's opinions of them (d, 10), its confusion (10, 10) on all validation digits and its
    first filters (k, k, f); and the last reading of every validation digit, `read` (n,), beside
    `truth` (n,).

    Its weights are kept, too, at some `moments` (in epochs, such as 0.25): closely at first, when
    it learns the most, and then twice as far apart each time. The weights of a moment, all in one
    row, are those of the moment before plus `changes` × `scales`, where each array has a scale of
    its own: see `networks()`. A network of more than 1,250,000 weights has only its epochs kept.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    read: NDArray[np.uint8]
    epochs: list[float]
    opinions: list[NDArray[np.float16]]
    confusions: list[NDArray[np.int32]]
    filters: list[NDArray[np.float16]]
    moments: list[float]
    changes: list[NDArray[np.int8]]  # of all weights since the moment before, in steps
    scales: list[NDArray[np.float32]]  # how large such a step is, for each array
    about: str = ""  # the layers, and the shapes to cut a row of weights into, as JSON
    first: float = 0.0  # epochs to the first glance after the start; 0: no networks are kept

    @classmethod
    def begin(
        cls, model: keras.Model, x_val: NDArray[np.float32], y_val: NDArray[np.int64], epochs: int
    ) -> Replay:
        """Start a replay on these validation digits, for a run of `epochs` epochs."""
        # Back to whole numbers, 0 to 255: a quarter of the bytes.
        images = np.rint(x_val[:REPLAY_DIGITS, :, :, 0] * 255).astype(np.uint8)
        truth = y_val.astype(np.uint8)
        nothing = np.zeros(0, np.uint8)
        replay = cls(images, truth[:REPLAY_DIGITS], truth, nothing, [], [], [], [], [], [], [])
        if model.count_params() <= MOST_KEPT:
            replay.about = _about(Twin.from_keras(model))
            # After an eighth of an epoch; in a long run later, as there are only so many moments.
            replay.first = max(1 / 8, 2.0 ** (math.ceil(math.log2(epochs)) - MOST_MOMENTS + 2))
        replay.glance(model, 0)
        return replay

    def glance(self, model: keras.Model, epoch: float) -> None:
        """Keep the weights if it's time to; called after each batch."""
        if not self.first or epoch < self._due() - 1e-6:
            return
        arrays = _arrays(Twin.from_keras(model))
        # Counted from the weights as they'll be read again, so that errors never add up.
        last = deque(self._rounded(), maxlen=1)
        before = last[0] if last else [np.zeros_like(array) for array in arrays.values()]
        changes, scales = [], []
        for array, old in zip(arrays.values(), before, strict=True):
            # Where many weights are added up, their errors cancel out: a large array has coarse
            # steps, and packs well. A small one has the finest that a byte can count.
            new = np.clip(np.nan_to_num(array), -MOST_WEIGHT, MOST_WEIGHT)
            coarse = min(2, new.size / 600_000) * np.sqrt(np.mean(new**2))
            scale = np.float32(max(coarse, np.abs(new - old).max() / LARGEST) or 1)
            changes.append(np.rint((new - old) / scale).astype(np.int8).ravel())
            scales.append(scale)
        self.moments.append(epoch)
        self.changes.append(np.concatenate(changes))
        self.scales.append(np.array(scales))

    def _due(self) -> float:
        """Return when to keep the weights again: after ⅛ of an epoch, ¼, ½, 1, 2, 4, …"""
        if not self.moments:
            return 0
        last = max(self.moments[-1], self.first)
        # A small network may have up to four between 1 and 2.
        parts = min(4, max(1, 250_000 // self.changes[0].size))
        apart = max(self.first, 2.0 ** math.floor(math.log2(last) + 1e-6) / parts)
        return (math.floor(self.moments[-1] / apart + 1e-6) + 1) * apart

    def _rounded(self) -> Iterator[list[NDArray[np.float32]]]:
        """Yield the arrays of weights at each moment, as they were rounded."""
        shapes = [shape for _, _, shape in json.loads(self.about)["shapes"]]
        arrays = [np.zeros(shape, np.float32) for shape in shapes]
        # A moment is one long row: cut it where one array ends and the next begins.
        ends = np.cumsum([array.size for array in arrays])[:-1]
        for row, scales in zip(self.changes, self.scales, strict=True):
            changes = (
                part.reshape(shape) for part, shape in zip(np.split(row, ends), shapes, strict=True)
            )
            arrays = [
                np.clip(array + change * scale, -MOST_WEIGHT, MOST_WEIGHT)
                for array, change, scale in zip(arrays, changes, scales, strict=True)
            ]
            yield arrays

    def add(self, model: keras.Model, epoch: float, probabilities: NDArray[np.float32]) -> None:
        """Keep what the network makes of the validation digits after this epoch."""
        every = (self.epochs, self.opinions, self.confusions, self.filters)
        self.read = probabilities.argmax(axis=1).astype(np.uint8)
        self.epochs.append(epoch)
        # Three digits are all that's ever shown, and pack well. The likeliest has to stay so.
        opinions = np.round(probabilities[: len(self.labels)], 3)
        read = self.read[: len(self.labels)]
        tied = np.flatnonzero(opinions.argmax(axis=1) != read)
        opinions[tied, read[tied]] += 0.001
        self.opinions.append(opinions.astype(np.float16))
        truth = self.truth[: len(self.read)]
        self.confusions.append(count_confusions(truth, self.read).astype(np.int32))
        self.filters.append(
            _halve(_first_filters([w for layer in model.layers for w in layer.get_weights()]))
        )
        # The first and the last stay; every second one of the others goes.
        if len(self.epochs) > REPLAY_EPOCHS:
            for kept in every:
                del kept[-2:0:-2]

    def networks(self) -> Iterator[Twin]:
        """Yield the network as it was at each of the `moments` before the end, first to last.

        Its weights are rounded. In a training of the original's, that changes 1 answer in 100 after
        ⅛ of the first epoch, and fewer than 1 in 200 later.
        """
        if not self.about:
            return
        facts = json.loads(self.about)
        for moment, arrays in zip(self.moments, self._rounded(), strict=True):
            if self.epochs and moment >= self.epochs[-1]:
                return  # the trained network itself is saved, and isn't rounded
            weights: dict[str, dict[str, NDArray[np.float32]]] = {
                spec["name"]: {} for spec in facts["layers"]
            }
            for (layer, key, _), array in zip(facts["shapes"], arrays, strict=True):
                weights[layer][key] = array
            name = f"the network {say_when(moment)} (rounded)"
            yield Twin(facts["layers"], weights, tuple(facts["input_shape"]), name)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        return {name: np.asarray(value) for name, value in vars(self).items()} | (
            {} if self.moments else NO_NETWORKS
        )

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Replay:
        """Check what `arrays()` gave, and make it a replay again; raises ForeignError."""
        given = dict(arrays)
        if "changes" not in given:
            # Runs from earlier versions kept their networks differently, but you can still watch
            # their epochs.
            for name in ("weights", "spacing"):
                given.pop(name, None)
            given |= NO_NETWORKS
        if given.keys() != {part.name for part in fields(cls)}:
            raise ForeignError("its arrays aren't those of a replay")
        digits, epochs, moments = (
            len(np.atleast_1d(given[n])) for n in ("labels", "epochs", "moments")
        )
        shapes: dict[str, tuple[str, tuple[int | None, ...]]] = {
            "images": ("u", (digits, SIDE, SIDE)),
            "labels": ("u", (digits,)),
            "truth": ("u", (None,)),
            "read": ("u", (None,)),
            "epochs": ("fi", (epochs,)),
            "opinions": ("f", (epochs, digits, CLASSES)),
            "confusions": ("i", (epochs, CLASSES, CLASSES)),
            "filters": ("f", (epochs, None, None, None)),
            "moments": ("fi", (moments,)),
            "changes": ("i", (moments, None)),
            "scales": ("f", (moments, None)),
            "about": ("U", ()),
            "first": ("f", ()),
        }
        for name, (kinds, shape) in shapes.items():
            foreign.check_array(given, name, kinds, shape)
        # Each array is sound by itself. But are they about the same digits and the same run?
        classes = [given[name].max(initial=0) for name in ("labels", "truth", "read")]
        counts = given["confusions"]
        wrong = not digits or not epochs or max(classes) >= CLASSES
        wrong = wrong or given["first"] < 0
        if wrong or counts.min() < 0 or counts.sum(axis=(1, 2)).min() < 1:
            raise ForeignError("its arrays do not belong together")
        numbers = {name: given[name].tolist() for name in ("epochs", "moments", "first", "about")}
        # An array an epoch, or a moment.
        rows = {
            n: list(given[n]) for n in ("opinions", "confusions", "filters", "changes", "scales")
        }
        replay = cls(**{**given, **numbers, **rows})
        _check_networks(replay)
        return replay


# What a replay has in the place of networks if there are none.
NO_NETWORKS: dict[str, NDArray[Any]] = {
    "moments": np.zeros(0),
    "changes": np.zeros((0, 0), np.int8),
    "scales": np.zeros((0, 0), np.float32),
    "about": np.array(""),
    "first": np.array(0.0),
}


def _first_filters(weights: Iterable[NDArray[Any]]) -> NDArray[Any]:
    # The first weights with four axes are those of the first convolution.
    kernel = next((array for array in weights if array.ndim == 4), np.zeros((1, 1, 1, 0)))
    return kernel[:, :, 0, :REPLAY_FILTERS]


def _halve(array: NDArray[Any]) -> NDArray[np.float16]:
    return np.asarray(np.clip(array, -MOST_WEIGHT, MOST_WEIGHT), np.float16)


def _arrays(twin: Twin) -> dict[tuple[str, str], NDArray[np.float32]]:
    return {(layer, key): a for layer, named in twin.weights.items() for key, a in named.items()}


def _about(twin: Twin) -> str:
    shapes = [(layer, key, array.shape) for (layer, key), array in _arrays(twin).items()]
    return json.dumps({"layers": twin.specs, "input_shape": twin.input_shape, "shapes": shapes})


def _check_networks(replay: Replay) -> None:
    """Raise ForeignError unless the rows of weights make the network that `about` describes."""
    if not replay.about:
        return
    # `about` is text from a file: check its form before using anything in it.
    facts = foreign.read_json(replay.about)
    shapes = facts.pop("shapes", []) if isinstance(facts, dict) else []
    side = foreign.whole(1, 10**6)
    for shape in foreign.check(shapes, foreign.list_of(foreign.list_of(_anything, 3, 3), 100)):
        foreign.check(shape[:2], foreign.list_of(foreign.text(80), 2))
        foreign.check(shape[2], foreign.list_of(side, 4))
    check_about(facts)
    weights = sum(math.prod(shape) for _, _, shape in shapes)
    counts = [
        (changes.size, scales.size)
        for changes, scales in zip(replay.changes, replay.scales, strict=True)
    ]
    if any(count != (weights, len(shapes)) for count in counts):
        raise ForeignError("its changes do not fit its layers")
    try:
        first = next(replay.networks(), None)
    except (KeyError, ValueError, IndexError) as error:
        raise ForeignError("its networks do not fit its layers") from error
    if first and first.output_shape != (CLASSES,):
        raise ForeignError("its networks are not for digits")


def _anything(value: Any, name: str) -> None:
    """Let any value through: it's checked elsewhere."""


@dataclass(frozen=True)
class Recording:
    """A run you can watch again: `whose` it is, in words, its `replay` and its `history`.

    Its steps are the recorded epochs and, where networks were kept along the way, their moments:
    what such a network makes of 1,000 digits is worked out when it's asked for.
    """

    whose: str
    replay: Replay
    history: History

    @cached_property
    def steps(self) -> list[float]:
        """How far the training was at each step, in epochs."""
        return sorted([*self.replay.epochs, *self._networks])

    def networks(self) -> list[Twin]:
        """Return the networks along the way and, at the end, the trained one; or [] if none are."""
        moments = list(self.replay.networks())
        return [*moments, current_network()] if moments else []

    @cached_property
    def _networks(self) -> dict[float, Twin]:
        """The networks along the way, but for those of epochs that are recorded anyway."""
        pairs = zip(self.replay.moments, self.replay.networks(), strict=False)
        return {moment: twin for moment, twin in pairs if moment not in self.replay.epochs}

    @cached_property
    def _opinions(self) -> dict[float, NDArray[Any]]:
        return dict(zip(self.replay.epochs, self.replay.opinions, strict=True))

    def opinions(self, step: int) -> NDArray[Any]:
        """Return what the network took the kept digits for at a step, shape (d, 10).

        Between epochs, it's only the first 1,000 of them.
        """
        when = self.steps[step]
        if when not in self._opinions:
            quick = to_input(self.replay.images[:QUICK_DIGITS])
            self._opinions[when] = self._networks[when].predict(quick)
        return self._opinions[when]

    def confusion(self, step: int) -> NDArray[Any]:
        """Return how often each digit was read as which at a step, shape (10, 10)."""
        replay = self.replay
        when = self.steps[step]
        if when in replay.epochs:  # then all held-out digits were counted
            return replay.confusions[replay.epochs.index(when)]
        read = self.opinions(step).argmax(axis=1)
        return count_confusions(replay.labels[: len(read)], read)

    @cached_property
    def filters(self) -> list[NDArray[Any]]:
        """The first filters at each step, shape (k, k, f)."""
        recorded = dict(zip(self.replay.epochs, self.replay.filters, strict=True))
        for when, twin in self._networks.items():
            recorded[when] = _first_filters(
                w for named in twin.weights.values() for w in named.values()
            )
        return [recorded[when] for when in self.steps]

    @cached_property
    def most_changed_first(self) -> NDArray[np.int64]:
        """The places of the held-out digits, those it changed its mind about most first."""
        # How far ten probabilities moved from epoch to epoch, added up over the whole run; and how
        # far from the truth they were at first, or a run of one epoch would have no order.
        opinions = np.array([one_hot(self.replay.labels), *self.replay.opinions], np.float64)
        return np.argsort(-np.abs(np.diff(opinions, axis=0)).sum(axis=(0, 2)), kind="stable")

    def verdict(self, step: int, place: int) -> str:
        """Say how good the network was at a step (from 0), and how it read one digit."""
        table = self.confusion(step)
        probabilities = self.course(place)[step]
        chances = [say_probability(chance, decimals=1) for chance in probabilities]
        truth = int(self.replay.labels[place])
        # Without the diagonal, only mistakes are left in the table.
        slips = np.where(np.eye(CLASSES, dtype=bool), 0, table)
        row, column = np.unravel_index(slips.argmax(), slips.shape)
        often = f", most often {row} as {column} ({slips.max()} times)" if slips.any() else ""
        read = int(probabilities.argmax())
        end = "right" if read == truth else f"wrong; {truth} gets {chances[truth]}"
        return (
            f"{say_when(self.steps[step]).capitalize()} the network reads "
            f"{table.trace() / table.sum():.2%} of {table.sum():,} held-out digits correctly "
            f"and misreads {slips.sum():,}{often}. The chosen digit is {a_digit(truth)}, "
            f"and is read as {read} with {chances[read]}: {end}."
        )

    def course(self, place: int) -> NDArray[np.float64]:
        """Return the probabilities of one digit at all steps, shape (steps, 10)."""
        picture = to_input(self.replay.images[place])
        course = [
            self._networks[when].predict(picture)[0]
            if when in self._networks
            else self._opinions[when][place]
            for when in self.steps
        ]
        return np.array(course, np.float64)


def load_recording() -> Recording:
    """Load the recording of your own run if there is one, else that of the plain network's run.

    Raises ModelFileError if one of its files is damaged. The other one never quietly takes its
    place.
    """
    run = RunFolder(run_folder("model"))
    if os.path.exists(run.replay):  # or closed to us
        return _read(run.replay, run.facts, "your own run")
    check_digest(ASSETS / "ready_replay.npz")
    whose = "the run of the plain network (you haven't trained your own yet: see page 06)"
    return _read(ASSETS / "ready_replay.npz", ASSETS / "ready.json", whose)


def _read(file: Path, facts_file: Path, whose: str) -> Recording:
    try:
        data = foreign.read_file(file, MOST_BYTES)
        replay = Replay.from_arrays(foreign.read_arrays(data, most=MOST_BYTES))
        facts = foreign.read_json(foreign.read_file(facts_file, 2_000_000))
        foreign.check(facts, foreign.fields({"history": check_history}, more=True))
        if facts["history"]["epoch"][-1] != replay.epochs[-1]:
            raise ForeignError("it ends after another epoch than the history in run.json")
    except (ForeignError, OSError) as error:
        reason = f"{error.strerror}" if isinstance(error, OSError) else str(error)
        raise ModelFileError(
            f"{file} holds no recording of a run ({reason}). Delete it, and train again on page 06."
        ) from error
    # In the order of the panel's columns, whatever the file's was.
    ordered = {name: facts["history"][name] for name in HISTORY}
    return Recording(whose, replay, ordered)
