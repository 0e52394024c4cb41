"""06 · Train: what a run leaves behind, on screen and in the learner's folder."""

from __future__ import annotations

import hashlib
import io
import json
import math
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.workspace import set_aside, write_atomic

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from mnist_lesson.train import Settings

History = dict[str, list[float]]
Status = Literal["finished", "stopped", "diverged"]

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")
REPLAY_DIGITS = 1000  # of how many validation digits the network's opinion is kept
REPLAY_EPOCHS = 50  # of how many epochs: from there on every second one is dropped, so that a replay stays small
REPLAY_FILTERS = 32
LARGEST_CHECKPOINT = 2_000_000_000


@dataclass(frozen=True, repr=False)
class Run:
    """What a training leaves behind.

    Attributes
    ----------
    history
        Lists "epoch", "loss", "accuracy", "val_loss" and "val_accuracy", one entry an epoch. A run that was stopped
        within an epoch ends with a broken number of epochs, such as 2.4.
    model
        The trained Keras model.
    settings
        What it was trained with.
    seconds
        How long it took.
    status
        "finished", "stopped" or "diverged".
    digits
        How many digits it was trained on, and how many it was judged on.
    rehearsal
        True if `MNIST_LESSON_REHEARSAL` made it small.
    name
        Under this name it lies in the learner's folder.
    """

    history: History
    model: keras.Model
    settings: Settings
    seconds: float
    status: Status
    digits: tuple[int, int]
    rehearsal: bool
    name: str

    @property
    def kept(self) -> bool:
        """Is it saved? See `is_kept()`."""
        return self.status != "diverged" and is_kept(self.history)

    @property
    def accuracy(self) -> float:
        """Accuracy on the validation digits at the end, from 0 to 1."""
        return self.history["val_accuracy"][-1]

    def summary(self) -> str:
        """Say in a sentence or two what was trained, and how good it is."""
        from mnist_lesson.watching import say_seconds

        epochs, (trained, judged) = self.history["epoch"][-1], self.digits
        small = "Rehearsal. " if self.rehearsal else ""
        whose = "test" if self.settings.validate_on == "test" else "held-out"
        return (
            f"{small}{self.status.capitalize()}: {epochs:g} epoch{'s' * (epochs != 1)} on {trained:,} digits in "
            f"{say_seconds(self.seconds)}. {self.accuracy:.2%} of {judged:,} {whose} digits are read correctly."
        )

    def plot(self) -> Figure:
        """Draw accuracy and loss, epoch by epoch, on training and validation digits."""
        from mnist_lesson.look import show_history

        return show_history(self.history)

    def __repr__(self) -> str:  # the same for every run, for saved pages compare it
        return "Run: see .summary(), .plot(), .accuracy, .history, .model"


@dataclass
class Replay:
    """What is needed to watch a run again: at most 3 MB.

    images (d, 28, 28) uint8 and labels (d,) of at most 1,000 validation digits; for each kept epoch the network's
    opinions of them (d, 10), its confusion (10, 10) on all validation digits and its first filters (k, k, f); and
    the last reading of every validation digit, `read` (n,), beside `truth` (n,).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    read: NDArray[np.uint8]
    epochs: list[float]
    opinions: list[NDArray[np.float16]]
    confusions: list[NDArray[np.int32]]
    filters: list[NDArray[np.float16]]

    @classmethod
    def begin(cls, x_val: NDArray[np.float32], y_val: NDArray[np.int64]) -> Replay:
        """Start a replay on these validation digits."""
        images = np.rint(x_val[:REPLAY_DIGITS, :, :, 0] * 255).astype(np.uint8)
        truth = y_val.astype(np.uint8)
        return cls(images, truth[:REPLAY_DIGITS], truth, np.zeros(0, np.uint8), [], [], [], [])

    def add(self, model: keras.Model, epoch: float, probabilities: NDArray[np.float32]) -> None:
        """Keep what the network makes of the validation digits after this epoch."""
        self.read = probabilities.argmax(axis=1).astype(np.uint8)
        confusion = np.zeros((10, 10), np.int32)
        np.add.at(confusion, (self.truth, self.read), 1)
        kernels = [w for layer in model.layers for w in layer.get_weights() if w.ndim == 4]
        first = kernels[0][:, :, 0, :REPLAY_FILTERS] if kernels else np.zeros((1, 1, 0))
        self.epochs.append(epoch)
        self.opinions.append(probabilities[: len(self.labels)].astype(np.float16))
        self.confusions.append(confusion)
        self.filters.append(first.astype(np.float16))
        if len(self.epochs) > REPLAY_EPOCHS:
            for kept in (self.epochs, self.opinions, self.confusions, self.filters):
                del kept[-2:0:-2]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        return {name: np.asarray(value) for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Replay:
        """Make a replay from what `arrays()` gave."""
        whole: dict[str, Any] = {name: arrays[name] for name in ("images", "labels", "truth", "read")}
        lists: dict[str, Any] = {name: list(arrays[name]) for name in ("opinions", "confusions", "filters")}
        return cls(**whole, **lists, epochs=arrays["epochs"].tolist())


@dataclass(frozen=True)
class Checkpoint:
    """A run after a whole epoch: enough to go on as if nothing had happened."""

    identity: dict[str, Any]
    done: int
    seconds: float
    history: History
    weights: list[NDArray[Any]]
    optimizer: list[NDArray[Any]]
    replay: Replay


def is_kept(history: History) -> bool:
    """Say whether a run is saved: one epoch at least is whole, and its last numbers are numbers."""
    last = [column[-1] for column in history.values() if column]
    return bool(last) and history["epoch"][-1] >= 1 and all(map(math.isfinite, last))


def empty_history() -> History:
    """Return a history without epochs."""
    return {name: [] for name in COLUMNS}


def identity(model: keras.Model, settings: dict[str, Any], *digits: NDArray[Any]) -> dict[str, Any]:
    """Say what makes a run this run: its settings, its layers, its digits."""
    digest = hashlib.sha256()
    for array in digits:
        digest.update(np.ascontiguousarray(array).data)
    layers = hashlib.sha256("\n".join(_layer_text(layer) for layer in model.layers).encode()).hexdigest()
    return {"settings": settings, "layers": layers, "digits": digest.hexdigest()}


def _layer_text(layer: keras.layers.Layer) -> str:
    config = {
        key: value for key, value in layer.get_config().items() if isinstance(value, str | int | float | tuple | list)
    }
    return f"{type(layer).__name__} {config}"


def save_checkpoint(file: Path, point: Checkpoint) -> None:
    """Write a checkpoint, whole or not at all."""
    facts = {
        "identity": point.identity,
        "done": point.done,
        "seconds": point.seconds,
        "history": point.history,
    }
    arrays: dict[str, NDArray[Any]] = {"facts": np.array(json.dumps(facts))}
    arrays |= {f"weights_{i}": w for i, w in enumerate(point.weights)}
    arrays |= {f"optimizer_{i}": w for i, w in enumerate(point.optimizer)}
    arrays |= {f"replay_{name}": value for name, value in point.replay.arrays().items()}
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    write_atomic(file, packed.getvalue())


def load_checkpoint(file: Path, wanted: dict[str, Any]) -> Checkpoint | None:
    """Read a checkpoint of the run `wanted`; None if there is none, ValueError if it is another run's."""
    if not file.exists():
        return None
    try:
        if file.stat().st_size > LARGEST_CHECKPOINT:
            raise ValueError("too large")
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = json.loads(str(arrays["facts"]))
        _check_facts(**facts)
        point = Checkpoint(
            **facts,
            weights=_numbered(arrays, "weights_"),
            optimizer=_numbered(arrays, "optimizer_"),
            replay=Replay.from_arrays(
                {k.removeprefix("replay_"): v for k, v in arrays.items() if k.startswith("replay_")}
            ),
        )
    except Exception as error:
        raise broken(file) from error
    _same_run(point.identity, wanted, file)
    return point


def broken(file: Path) -> ValueError:
    """Set a checkpoint that is not whole aside, and return the error that says so."""
    return ValueError(
        f"{file.name} is broken, so this run cannot go on. It was set aside as {set_aside(file)}. "
        "Run the cell again: it then starts from the first epoch."
    )


def _check_facts(identity: Any, done: Any, seconds: Any, history: Any) -> None:
    wanted = {"settings": dict, "layers": str, "digits": str}
    right = all(isinstance(identity[name], kind) for name, kind in wanted.items())
    right &= isinstance(done, int) and done >= 1 and math.isfinite(seconds)
    right &= tuple(history) == COLUMNS and {len(column) for column in history.values()} == {done}
    if not right:
        raise ValueError("these facts are not of a run")


def _numbered(arrays: dict[str, NDArray[Any]], prefix: str) -> list[NDArray[Any]]:
    return [arrays[f"{prefix}{i}"] for i in range(sum(name.startswith(prefix) for name in arrays))]


def _same_run(found: dict[str, Any], wanted: dict[str, Any], file: Path) -> None:
    differing = [
        f"{name} was {found['settings'].get(name)!r} and now is {value!r}"
        for name, value in wanted["settings"].items()
        if found["settings"].get(name) != value
    ]
    if found["layers"] != wanted["layers"]:
        differing.append("the network has other layers")
    if found["digits"] != wanted["digits"]:
        differing.append("the digits are others")
    if differing:
        raise ValueError(
            f"resume=True would go on with the run in {file.parent}, but {'; '.join(differing)}. Make them equal "
            "again, or start a new run: leave resume=True out, or add name='another_name'."
        )


def save(run: Run, folder: Path, replay: Replay) -> None:
    """Write a run's network, facts and replay into `folder`; each file whole or not at all."""
    from mnist_lesson.model import save_model

    save_model(run.model, folder / "model.keras")
    packed = io.BytesIO()
    np.savez_compressed(packed, **replay.arrays())  # type: ignore[arg-type]
    write_atomic(folder / "replay.npz", packed.getvalue())
    write_atomic(folder / "run.json", json.dumps(facts_of(run), indent=1).encode())


def facts_of(run: Run) -> dict[str, Any]:
    """Return what is known of a run, as plain values for JSON."""
    return {
        "name": run.name,
        "status": run.status,
        "seconds": round(run.seconds, 1),
        "digits": list(run.digits),
        "rehearsal": run.rehearsal,
        "settings": asdict(run.settings),
        "history": run.history,
        "parameters": int(run.model.count_params()),
        "versions": {name: _version(name) for name in ("keras", "tensorflow", "numpy")}
        | {"python": platform.python_version()},
    }


def load_replay(file: Path) -> Replay:
    """Read a run's `replay.npz`."""
    with np.load(file, allow_pickle=False) as stored:
        return Replay.from_arrays({name: stored[name] for name in stored.files})


def _version(name: str) -> str:
    for package in (name, f"{name}-cpu"):
        try:
            return version(package)
        except ModuleNotFoundError:
            continue
    return "unknown"
