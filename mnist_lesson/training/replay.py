"""06 · Train: notes taken while a network learns, so you can watch its training again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.look import HISTORY
from mnist_lesson.network.saved import ASSETS, ModelFileError, check_about, check_digest
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES, SIDE
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.shared.quiet_keras import predict_in_batches
from mnist_lesson.shared.words import a_digit, say_probability, say_when
from mnist_lesson.shared.workspace import RunFolder, run_folder
from mnist_lesson.test import count_confusions
from mnist_lesson.training.history import History, check_history

if TYPE_CHECKING:
    import keras

REPLAY_DIGITS = 6000  # how many validation digits we keep, with the network's opinion of them
REPLAY_EPOCHS = 50  # and for how many epochs: past that, every second one is dropped
REPLAY_FILTERS = 32
NETWORKS_BYTES = 1_600_000  # for the networks along the way, which can't be packed any tighter
AN_EPOCH = 8  # at most so many of them in an epoch
SHORT_RUN = 3  # epochs; of a network too large to keep, it keeps opinions between them, too
A_PART = 1 / 4  # of the first epoch: so often; half as often later, as reading takes time
MOST_BYTES = 20_000_000  # unpacked; a replay takes about 3 million


@dataclass
class Replay:
    """All it takes to watch a run again: at most 3 MB.

    images (d, 28, 28) uint8 and labels (d,) of at most 6,000 validation digits; for each kept epoch
    the network's opinions of them (d, 10), its confusion (10, 10) on all validation digits and its
    first filters (k, k, f); and the last reading of every validation digit, `read` (n,), beside
    `truth` (n,).

    A small network, such as the fast one, has its weights kept, too, at some `moments` (in
    epochs, such as 0.25) from the first weights to the last: see `networks()`. A large one, such as
    the original's, doesn't: in a run of up to three epochs, its opinions are kept between them,
    too, so `epochs` may be 0, 0.25, ….
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
    weights: list[NDArray[np.float16]]  # at each moment, all numbers in one row
    about: str = ""  # the layers, and the shapes to cut such a row into, as JSON
    spacing: float = 0.0  # epochs between two moments; 0 where no networks are kept

    @classmethod
    def begin(
        cls, model: keras.Model, x_val: NDArray[np.float32], y_val: NDArray[np.int64], epochs: int
    ) -> Replay:
        """Start a replay on these validation digits, for a run of `epochs` epochs."""
        # Back to whole numbers, 0 to 255: a quarter of the bytes.
        images = np.rint(x_val[:REPLAY_DIGITS, :, :, 0] * 255).astype(np.uint8)
        truth = y_val.astype(np.uint8)
        nothing = np.zeros(0, np.uint8)
        replay = cls(images, truth[:REPLAY_DIGITS], truth, nothing, [], [], [], [], [], [])
        moments = moments_that_fit(model.count_params())
        if moments:
            replay.about = _about(Twin.from_keras(model))
            # So many in each epoch that they fall on its end, and on halves, thirds, quarters.
            an_epoch = min(AN_EPOCH, (moments - 1) // epochs)
            replay.spacing = 1 / an_epoch if an_epoch else epochs / (moments - 1)
        elif epochs <= SHORT_RUN:
            replay.spacing = A_PART
        replay.glance(model, 0)
        return replay

    def glance(self, model: keras.Model, epoch: float) -> None:
        """Keep the weights, or the opinions, if it's time to; called after each batch."""
        if not self.spacing:
            return
        due = len(self.moments) * self.spacing
        if not self.about and self.epochs:
            last = self.epochs[-1]
            due = last + self.spacing * (1 if last < 1 else 2)
        if epoch < due - 1e-6:
            return
        if not self.about:
            self.add(model, epoch, predict_in_batches(model, to_input(self.images)))
        else:
            rows = [array.ravel() for array in _arrays(Twin.from_keras(model)).values()]
            self.moments.append(epoch)
            self.weights.append(_halve(np.concatenate(rows)))

    def add(self, model: keras.Model, epoch: float, probabilities: NDArray[np.float32]) -> None:
        """Keep what the network makes of the validation digits after this epoch."""
        every = (self.epochs, self.opinions, self.confusions, self.filters)
        if self.epochs and abs(self.epochs[-1] - epoch) < 1e-6:  # a glance came before it
            for kept in every:
                kept.pop()
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

    def networks(self) -> list[Twin]:
        """Return the network as it was at each of the `moments`, first to last.

        Their weights are rounded to half precision: an answer may differ in its third digit.
        """
        if not self.about:
            return []
        facts = json.loads(self.about)
        networks = []
        for moment, row in zip(self.moments, self.weights, strict=True):
            weights: dict[str, dict[str, NDArray[np.float32]]] = {
                spec["name"]: {} for spec in facts["layers"]
            }
            # A moment is one long row: cut it where one array of weights ends and the next begins.
            ends = np.cumsum([int(np.prod(shape)) for _, _, shape in facts["shapes"]])
            for (layer, key, shape), part in zip(
                facts["shapes"], np.split(row.astype(np.float32), ends[:-1]), strict=True
            ):
                weights[layer][key] = part.reshape(shape)
            name = f"the network {say_when(moment)}"
            networks.append(Twin(facts["layers"], weights, tuple(facts["input_shape"]), name))
        return networks

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        packed = {name: np.asarray(value) for name, value in vars(self).items()}
        if not self.weights:
            packed |= {"moments": np.zeros(0), "weights": np.zeros((0, 0), np.float16)}
        return packed

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Replay:
        """Check what `arrays()` gave, and make it a replay again; raises ForeignError."""
        given = {"moments": np.zeros(0), "weights": np.zeros((0, 0)), "about": np.array("")}
        # Runs from earlier versions have no networks, but you can still watch them.
        given = {**given, "spacing": np.array(0.0), **arrays}
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
            "weights": ("f", (moments, None)),
            "about": ("U", ()),
            "spacing": ("f", ()),
        }
        for name, (kinds, shape) in shapes.items():
            foreign.check_array(given, name, kinds, shape)
        # Each array is sound by itself. But are they about the same digits and the same run?
        classes = [given[name].max(initial=0) for name in ("labels", "truth", "read")]
        counts = given["confusions"]
        wrong = not digits or not epochs or max(classes) >= CLASSES
        if wrong or counts.min() < 0 or counts.sum(axis=(1, 2)).min() < 1:
            raise ForeignError("its arrays do not belong together")
        numbers = {name: given[name].tolist() for name in ("epochs", "moments", "spacing", "about")}
        # An array an epoch, or a moment.
        rows = {n: list(given[n]) for n in ("opinions", "confusions", "filters", "weights")}
        replay = cls(**{**given, **numbers, **rows})
        _check_networks(replay)
        return replay


def moments_that_fit(weights: int) -> int:
    """Return how many networks of so many weights a replay can keep: none, or at least three."""
    moments = NETWORKS_BYTES // (2 * max(1, weights))
    # Two would be a beginning and an end, with nothing in between.
    return moments if moments >= 3 else 0


def _first_filters(weights: Iterable[NDArray[Any]]) -> NDArray[Any]:
    # The first weights with four axes are those of the first convolution.
    kernel = next((array for array in weights if array.ndim == 4), np.zeros((1, 1, 1, 0)))
    return kernel[:, :, 0, :REPLAY_FILTERS]


def _halve(array: NDArray[Any]) -> NDArray[np.float16]:
    most = float(np.finfo(np.float16).max)  # beyond it, half precision knows only infinity
    return np.asarray(np.clip(array, -most, most), np.float16)


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
    try:
        first = replace(replay, moments=replay.moments[:1], weights=replay.weights[:1]).networks()
    except (KeyError, ValueError, IndexError) as error:
        raise ForeignError("its networks do not fit its layers") from error
    if first and first[0].output_shape != (CLASSES,):
        raise ForeignError("its networks are not for digits")


def _anything(value: Any, name: str) -> None:
    """Let any value through: it's checked elsewhere."""


@dataclass(frozen=True)
class Recording:
    """A run you can watch again: `whose` it is, in words, its `replay` and its `history`.

    Its steps are the recorded epochs and, where networks were kept along the way, their moments:
    what such a network makes of the digits is worked out when it's asked for.
    """

    whose: str
    replay: Replay
    history: History

    @cached_property
    def steps(self) -> list[float]:
        """How far the training was at each step, in epochs."""
        return sorted([*self.replay.epochs, *self._networks])

    @cached_property
    def _networks(self) -> dict[float, Twin]:
        """The networks along the way, but for those of epochs that are recorded anyway."""
        pairs = zip(self.replay.moments, self.replay.networks(), strict=False)
        return {moment: twin for moment, twin in pairs if moment not in self.replay.epochs}

    @cached_property
    def _opinions(self) -> dict[float, NDArray[Any]]:
        return dict(zip(self.replay.epochs, self.replay.opinions, strict=True))

    def opinions(self, step: int) -> NDArray[Any]:
        """Return what the network took the kept digits for at a step, shape (d, 10)."""
        when = self.steps[step]
        if when not in self._opinions:
            self._opinions[when] = self._networks[when].predict(to_input(self.replay.images))
        return self._opinions[when]

    def confusion(self, step: int) -> NDArray[Any]:
        """Return how often each digit was read as which at a step, shape (10, 10)."""
        replay = self.replay
        when = self.steps[step]
        if when in replay.epochs:  # then all held-out digits were counted
            return replay.confusions[replay.epochs.index(when)]
        return count_confusions(replay.labels, self.opinions(step).argmax(axis=1))

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
        # How far ten probabilities moved from epoch to epoch, added up over the whole run.
        opinions = np.array(self.replay.opinions, np.float64)
        return np.argsort(-np.abs(np.diff(opinions, axis=0)).sum(axis=(0, 2)), kind="stable")

    def verdict(self, step: int, place: int) -> str:
        """Say how good the network was at a step (from 0), and how it read one digit."""
        table = self.confusion(step)
        probabilities = self.opinions(step)[place]
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
            self._opinions[when][place]
            if when in self._opinions
            else self._networks[when].predict(picture)[0]
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
