"""How trained networks are kept in files, and which one is in use: plain, practised or yours.

A network is kept twice: as .npz for the lesson, and as .keras for other programs. We never read
the second, because a .keras file may name any class, and Keras would make it. Files come from
anywhere, so we check what they declare before we unpack, build or compute anything.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.network.arithmetic import ACTIVATIONS, Floats
from mnist_lesson.network.keras_copy import to_keras
from mnist_lesson.network.plan import MOST_WEIGHTS
from mnist_lesson.network.twin import LAYERS, Twin
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES, SIDE, describe, model_hint
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.shared.words import repair_advice
from mnist_lesson.shared.workspace import RunFolder, run_folder, write_atomic

if TYPE_CHECKING:
    import keras

ASSETS = Path(__file__).parents[1] / "assets"
YOURS = "your own network"
PLAIN = "the plain network"
PICTURE = (SIDE, SIDE, 1)
LARGEST_FILE = 4 * MOST_WEIGHTS + 10_000_000  # bytes; the lesson's own network takes 5 million
MOST_LAYERS = 100

# What an .npz file may say about its layers. Anything else is refused before it's used.
_PAIR = foreign.list_of(foreign.whole(1, SIDE), 2, 2)
ABOUT = foreign.fields(
    {
        "input_shape": foreign.list_of(foreign.whole(1, SIDE), 3, 3),
        "layers": foreign.list_of(
            foreign.fields(
                {
                    "name": foreign.text(80),
                    "kind": foreign.choice(*LAYERS),
                    "activation": foreign.choice(*ACTIVATIONS),
                },
                {
                    "strides": foreign.maybe(_PAIR),
                    "pool_size": _PAIR,
                    "padding": foreign.choice("valid", "same"),
                    "rate": foreign.number(0, 1),
                    "momentum": foreign.number(0, 1),
                    "use_bias": foreign.flag,
                },
            ),
            MOST_LAYERS,
            1,
        ),
    }
)


class ModelFileError(Exception):
    """A file isn't a trained network that the lesson can use; the message says what to do."""


# Networks as Keras keeps them


def check_model(model: Any) -> None:
    """Raise TypeError or ValueError unless `model` is a Keras network we can train and save.

    It must turn 28 × 28 pictures into ten answers, and have only layers the NumPy twin knows.
    """
    if not isinstance(model, import_keras().Model):
        raise TypeError(
            f"model came as {describe(model)}, but a Keras network is needed. {model_hint(model)}"
        )
    came = getattr(model, "input_shape", "no shape yet"), getattr(model, "output_shape", "")
    wanted = (None, *PICTURE), (None, CLASSES)  # None: any number of pictures at a time
    if came != wanted:
        raise ValueError(
            f"model goes from {came[0]} to {came[1]}, but {wanted[0]} to {wanted[1]} is needed: "
            "from 28 × 28 pixels to ten probabilities. Type model = build_model(), or begin your "
            "own layers with keras.Input((28, 28, 1)) and end them with keras.layers.Dense(10, "
            "activation='softmax')."
        )
    # Refuses a layer the twin doesn't know, now and not after an hour's training.
    Twin.from_keras(model)


def save_model(model: keras.Model, path: str | Path) -> Twin:
    """Save a trained network as `path` (.keras) and as .npz beside it; return its NumPy twin.

    Raises ValueError if the twin doesn't know a layer, and WorkspaceError if the folder can't be
    written to. What was there before is then untouched.
    """
    file = Path(path)
    twin = Twin.from_keras(model)  # first, so that if this fails, nothing is written
    # A copy that isn't compiled, so no optimizer travels with the weights.
    plain = type(model).from_config(model.get_config())
    plain.set_weights(model.get_weights())
    # Keras writes in several steps. So it writes elsewhere, and the whole file arrives at once.
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / "model.keras"
        plain.save(draft)
        write_atomic(file, draft.read_bytes())
    save_network(twin, file.with_suffix(".npz"))
    return twin


# The same networks for the NumPy twin


def save_network(network: Twin, path: str | Path) -> None:
    """Write a network as .npz, whole or not at all. `load_network(path)` reads it."""
    write_atomic(Path(path), network.packed())


def load_network(path: str | Path, *, name: str | None = None) -> Twin:
    """Read a network that `save_network()` wrote; nothing in the file is run.

    Raises ModelFileError if it's missing, damaged, too large, or not a network for digits.
    """
    file = Path(path)
    try:
        data = foreign.read_file(file, LARGEST_FILE)
        return unpack_network(data, name or f"the network in {file.name}")
    except (ForeignError, OSError) as error:
        raise _unusable(file, error) from error


def unpack_network(data: bytes, name: str, *, most: int = LARGEST_FILE) -> Twin:
    """Make a network from the bytes of an .npz file, or raise ForeignError.

    It unpacks at most `most` bytes, and only weights of layers that the file has. What it declares
    is planned before anything is computed, so a few bytes can't ask for hours.
    """
    # First only what it says about itself. A limit of 0 leaves a part of the zip file packed.
    about = foreign.read_zip(data, lambda part: 1_000_000 * (part == "about.npy"), most)
    if "about.npy" not in about:
        raise ForeignError("it says nothing about its layers")
    facts = foreign.read_json(str(foreign.read_array(about["about.npy"])))
    check_about(facts)
    weights: dict[str, dict[str, Floats]] = {spec["name"]: {} for spec in facts["layers"]}

    def limit_of(part: str) -> int | None:
        if part == "about.npy":
            return 0
        return most if part.endswith(".npy") and part.rpartition("/")[0] in weights else None

    for part, packed in foreign.read_zip(data, limit_of, most).items():
        layer, _, key = part.removesuffix(".npy").rpartition("/")
        array = foreign.read_array(packed)
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ForeignError(f"{part[:80]!r} holds something other than plain weights")
        weights[layer][key] = array
    try:
        network = Twin(facts["layers"], weights, PICTURE, name)
    except ValueError as error:
        raise ForeignError(str(error)) from error
    if network.output_shape != (CLASSES,):
        raise ForeignError(f"its network gives {network.output_shape}, not ten probabilities")
    return network


def check_about(facts: Any) -> None:
    """Raise ForeignError unless these facts describe the layers of a network for digits."""
    foreign.check(facts, ABOUT)
    # Two layers of one name would share their weights.
    names = [spec["name"] for spec in facts["layers"]]
    if tuple(facts["input_shape"]) != PICTURE or len(set(names)) < len(names):
        raise ForeignError("its network is not for pictures of 28 × 28 pixels")


# Which network is in use


def plain_network() -> Twin:
    """Load the plain network: the original's, trained for twelve epochs. Raises ModelFileError."""
    return _shipped(ASSETS / "ready.npz", PLAIN)


def practised_network() -> Twin:
    """Load the practised network: a fast one, trained on digits as many hands would write them."""
    return _shipped(ASSETS / "handwriting.npz", "the practised network")


def current_network() -> Twin:
    """Load your own network if notebook 06 has trained one, else the plain one; `.name` says which.

    Raises ModelFileError if the file is broken, or from another run. The other network never
    quietly takes its place.
    """
    run = RunFolder(run_folder("model"))
    if not os.path.exists(run.network):  # or closed to us
        return plain_network()
    network = load_network(run.network, name=YOURS)
    _check_same(run, network)
    return network


def current_model() -> tuple[keras.Model, str]:
    """Load the same network for Keras, and say which it is."""
    network = current_network()
    hint = "" if network.name == YOURS else " (you haven't trained your own yet: see page 06)"
    return to_keras(network), network.name + hint


def networks_for_drawings() -> tuple[Twin, ...]:
    """Load the networks that read drawings: yours if there is one, and the practised one.

    Until you have trained one, the plain one stands in for yours, and comes second.
    """
    own = current_network()
    practised = practised_network()
    return (own, practised) if own.name == YOURS else (practised, own)


def plain_facts() -> dict[str, Any]:
    """Return what is known about the plain network: history, settings, test accuracy, digests …"""
    file = ASSETS / "ready.json"
    try:
        facts: dict[str, Any] = foreign.read_json(foreign.read_file(file, 1_000_000))
        foreign.check(facts, foreign.fields({"sha256": foreign.fields({}, more=True)}, more=True))
    except (OSError, ForeignError) as error:
        raise _unusable(file, error) from error
    return facts


def check_digest(file: Path) -> None:
    """Raise ModelFileError unless an asset is, to the byte, the lesson's own."""
    wanted = plain_facts()["sha256"].get(file.name)
    # A download that broke off, or a file that Git changed on the way, would misread digits.
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise _unusable(file, error) from error
    if digest != wanted:
        raise _unusable(file, ForeignError("it is not the file that came with the lesson"))


@functools.cache  # nobody can change a Twin, so one serves all panels
def _shipped(file: Path, name: str) -> Twin:
    check_digest(file)
    return load_network(file, name=name)


def _check_same(run: RunFolder, network: Twin) -> None:
    """Raise ModelFileError if a run's facts describe another network, copied here by hand."""
    facts: Any = {}
    with contextlib.suppress(OSError, ForeignError):
        facts = foreign.read_json(foreign.read_file(run.facts, 2_000_000))
    # A run from an earlier version has no digest, so we take its word for it.
    wanted = facts.get("network") if isinstance(facts, dict) else None
    if wanted is not None and wanted != network.digest:
        raise _unusable(
            run.network, ForeignError(f"it is not the network of the run in {run.facts.name}")
        )


def _unusable(file: Path, error: ForeignError | OSError) -> ModelFileError:
    """Return the error that says what's wrong with a file, and what to do."""
    reason: Any = error
    if isinstance(error, FileNotFoundError):
        reason = "it does not exist"
    elif isinstance(error, OSError):
        reason = f"it cannot be read: {error.strerror}"
    advice = "Delete or rename it, and train again on page 06."
    if file.parent == ASSETS:  # came with the lesson: training again would not bring it back
        advice = repair_advice()
    return ModelFileError(f"{file} holds no network that the lesson can use ({reason}). {advice}")
