"""How trained networks are kept in files, and which one is in use: plain, practised or yours."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.twin import Spec, Twin
from mnist_lesson.shared.checks import CLASSES, SIDE, describe, model_hint
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.shared.words import repair_advice
from mnist_lesson.shared.workspace import run_folder, write_atomic

if TYPE_CHECKING:
    import keras


ASSETS = Path(__file__).parents[1] / "assets"


LARGEST_FILE = 300_000_000  # bytes, unpacked; the lesson's own network takes 5 million


DIGITS_TO_ANSWERS = (
    (None, SIDE, SIDE, 1),
    (None, CLASSES),
)  # what a network of the lesson reads and gives


class ModelFileError(Exception):
    """A file is not a trained network that the lesson can use; the message says how to go on."""


def check_model(model: Any) -> None:
    """Raise TypeError or ValueError unless `model` is a Keras network that can be trained and kept.

    It must read 28 × 28 pictures into ten answers, and its layers must be such as the NumPy twin knows.
    """
    if not isinstance(model, import_keras().Model):
        raise TypeError(
            f"model came as {describe(model)}, but a Keras network is needed. {model_hint(model)}"
        )
    if (shapes := _shapes(model)) != DIGITS_TO_ANSWERS:
        raise ValueError(
            f"model goes from {shapes[0]} to {shapes[1]}, but {DIGITS_TO_ANSWERS[0]} to {DIGITS_TO_ANSWERS[1]} is "
            "needed: from 28 × 28 pixels to ten probabilities. Type model = build_model(), or begin your own layers "
            "with keras.Input((28, 28, 1)) and end them with keras.layers.Dense(10, activation='softmax')."
        )
    Twin.from_keras(model)


def _shapes(model: keras.Model) -> tuple[Any, Any]:
    return getattr(model, "input_shape", "no shape yet"), getattr(
        model, "output_shape", "no shape yet"
    )


def save_model(model: keras.Model, path: str | Path) -> None:
    """Save a trained network as `path` (.keras), uncompiled, and its weights for the NumPy twin as .npz beside it.

    Raises
    ------
    ValueError
        `path` does not end in .keras, or the twin does not know a layer.
    WorkspaceError
        The folder cannot be written. What was there before is untouched.
    """
    file = Path(path)
    if file.suffix != ".keras":
        raise ValueError(
            f"path came as {str(path)!r}, but it must end in .keras, as in 'my_network.keras'."
        )
    twin = Twin.from_keras(model)  # first, so that nothing is written where it cannot be had
    plain = type(model).from_config(
        model.get_config()
    )  # not compiled: no optimizer travels with the weights
    plain.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / "model.keras"
        plain.save(draft)
        write_atomic(file, draft.read_bytes())
    save_network(twin, file.with_suffix(".npz"))


def load_model(path: str | Path) -> keras.Model:
    """Load a network that `save_model()` wrote, in Keras's safe mode: nothing in the file is run.

    Raises
    ------
    ModelFileError
        The file is missing, half-written, foreign, too large, or does not read 28 × 28 pictures into ten answers.
    """
    file = Path(path)
    _check_archive(file)
    keras = import_keras()
    try:
        model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:
        raise ModelFileError(
            _unusable(file, f"holds no network that Keras can load ({type(error).__name__})")
        ) from error
    if (shapes := _shapes(model)) != DIGITS_TO_ANSWERS:
        raise ModelFileError(
            _unusable(file, f"holds a network from {shapes[0]} to {shapes[1]}, not for digits")
        )
    return model


def plain_model() -> keras.Model:
    """Load the network that came with the lesson: its own run of 12 epochs. `plain_facts()` tells of it.

    Raises
    ------
    ModelFileError
        The file is missing or damaged.
    """
    check_digest(ASSETS / "ready.keras")
    return load_model(ASSETS / "ready.keras")


def plain_facts() -> dict[str, Any]:
    """Return what is known of the ready-trained network: history, settings, seed, versions, test accuracy, digests."""
    file = ASSETS / "ready.json"
    try:
        facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        _ = facts["sha256"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelFileError(_unusable(file, "is missing or damaged")) from error
    return facts


def check_digest(file: Path) -> None:
    """Raise ModelFileError unless an asset is, to the byte, the one that the lesson was made with."""
    wanted = plain_facts()["sha256"].get(file.name)
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelFileError(_unusable(file, f"cannot be read ({error.strerror})")) from error
    if found != wanted:
        raise ModelFileError(_unusable(file, "is not the file that came with the lesson"))


def current_model(name: str = "model") -> tuple[keras.Model, str]:
    """Load your own network if you have trained one, else the ready-trained one, and say in words which it is.

    Raises
    ------
    ModelFileError
        Your own network's file is broken. (The ready-trained one is never used in its place in silence.)
    """
    file = run_folder(name) / "model.keras"
    if file.exists():
        return load_model(file), "your own network"
    return (
        plain_model(),
        "the ready-trained network (you have not trained your own yet: that is notebook 06)",
    )


def _check_archive(file: Path) -> None:
    if file.is_dir():
        raise ModelFileError(
            _unusable(file, "is a folder, and a file that ends in .keras is needed")
        )
    if not file.exists():
        raise ModelFileError(
            f"{file} does not exist. {_repair_of(file) or 'Look at its name, or train again in notebook 06.'}"
        )
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ModelFileError(_unusable(file, "is half-written or is no .keras file")) from error
    if not {"config.json", "model.weights.h5"} <= set(sizes):
        raise ModelFileError(_unusable(file, "is a zip file, but not of a Keras network"))
    if sum(sizes.values()) > LARGEST_FILE:
        raise ModelFileError(_unusable(file, f"would unpack to {sum(sizes.values()):,} bytes"))


def _unusable(file: Path, what: str) -> str:
    return f"{file} {what}. {_repair_of(file) or 'Delete or rename it, and train again in notebook 06.'}"


def _repair_of(file: Path) -> str:
    return repair_advice() if file.parent == ASSETS else ""


def _read(file: Path) -> tuple[list[Spec], dict[str, dict[str, Floats]], tuple[int, ...]]:
    """Unpack a saved network, with a look at the sizes that it claims."""
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_FILE:
            raise ValueError("it would unpack to too much")
    with np.load(file, allow_pickle=False) as arrays:
        about = json.loads(str(arrays["about"]))
        weights: dict[str, dict[str, Floats]] = {str(spec["name"]): {} for spec in about["layers"]}
        for path in arrays.files[1:]:  # the first is "about"
            layer, _, key = path.rpartition("/")
            array = weights[layer][key] = arrays[path]
            if array.dtype != np.float32 or not np.isfinite(array).all():
                raise ValueError(f"the weights of {layer!r} are damaged")
    sizes = [
        n
        for spec in about["layers"]
        for key in ("strides", "pool_size")
        for n in spec.get(key) or ()
    ]
    if not all(isinstance(n, int) and 0 < n <= 1024 for n in [*sizes, *about["input_shape"]]):
        raise ValueError("its sizes make no sense")
    return about["layers"], weights, about["input_shape"]


def save_network(network: Twin, path: str | Path) -> None:
    """Write a network as .npz, whole or not at all. `load_network(path)` reads it."""
    write_atomic(Path(path), network.packed())


def load_network(path: str | Path, *, name: str | None = None) -> Twin:
    """Read a network that `save_network()` wrote; nothing in the file is run.

    Raises
    ------
    ModelFileError
        The file is missing, damaged, too large, or holds something else.
    """
    file = Path(path)
    try:
        return Twin(*_read(file), name or f"the network in {file.name}")
    except FileNotFoundError as error:
        raise ModelFileError(
            f"{file} does not exist. Notebook 06 trains a network and writes it."
        ) from error
    except Exception as error:  # a damaged or foreign file can set off any
        reason = str(error) if isinstance(error, ValueError) else type(error).__name__
        raise ModelFileError(
            f"{file} holds no network that the lesson can use ({reason}). "
            "Delete or rename it, and train again in notebook 06."
        ) from error


def plain_network() -> Twin:
    """Load the plain network: the original's, trained for its twelve epochs.

    Raises
    ------
    ModelFileError
        Its file is damaged.
    """
    return _shipped("ready.npz", "the plain network")


def practised_network() -> Twin:
    """Load the practised network: a fast one that was trained on digits changed as many hands would.

    Raises
    ------
    ModelFileError
        Its file is damaged.
    """
    return _shipped("handwriting.npz", "the practised network")


def current_network() -> Twin:
    """Load your own network if notebook 06 has trained one, else the plain one; `.name` says which.

    Raises
    ------
    ModelFileError
        The file is broken. The other one never takes its place in silence.
    """
    own = run_folder("model") / "model.npz"
    return load_network(own, name="your own network") if own.exists() else plain_network()


def networks_for_drawings() -> tuple[Twin, ...]:
    """Load the networks that read drawings: yours if notebook 06 has trained one, and the practised one.

    Until you have trained one, the plain one stands for yours, and comes second.
    """
    own = current_network()
    practised = practised_network()
    return (own, practised) if (run_folder("model") / "model.npz").exists() else (practised, own)


def _shipped(file: str, name: str) -> Twin:
    check_digest(ASSETS / file)
    return load_network(ASSETS / file, name=name)
