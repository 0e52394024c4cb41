"""10 · Your hand: a network that reads strangers learns, from a few drawings, to read you.

    hand = add_drawing(strokes, 7)     "that was a seven": kept in the folder hand/ of your workspace
    network = your_network()           the practised network, taught your drawings
    hand = undo_drawing()              takes the last drawing back

The files are the truth: each of these reads them anew, so that two open pages agree.
`learn_hand()` is the teaching itself.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import PEN, check_strokes, draw_strokes
from mnist_lesson.load import load_data
from mnist_lesson.network.arithmetic import softmax
from mnist_lesson.network.saved import ModelFileError, load_network, practised_network, save_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, check_images, check_labels, check_whole
from mnist_lesson.shared.workspace import WorkspaceError, folder, set_aside, write_atomic
from mnist_lesson.training.augment import vary

KIND = "mnist_lesson hand"
LARGEST = 4_000_000  # bytes of the file of drawings; a drawing takes about 1,000
MOST_DRAWINGS = 500
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

NAME = "the network that knows your hand"
METHOD = 1  # counted up whenever `learn_hand()` changes, so that kept networks are taught anew
OTHERS = 500  # digits of MNIST that are learned beside the drawings
STEPS, BATCH, RATE = 200, 100, 0.001

Floats = NDArray[np.float32]


class HandError(Exception):
    """A drawing cannot be added; the message says why, and how to go on."""


@dataclass(frozen=True)
class Drawing:
    """One drawing of yours: its strokes, the width of the pen, and the digit that you say it is."""

    label: int
    strokes: tuple[tuple[int, ...], ...]
    pen: int = PEN

    @property
    def image(self) -> NDArray[np.uint8]:
        """The drawing as MNIST would show it, uint8 (28, 28)."""
        return _image(self.strokes, self.pen)


@dataclass(frozen=True)
class Hand:
    """All that the lesson knows of your hand.

    `drawings` are in the order in which you drew them. `trouble` is empty, or says which broken file was set aside.
    """

    drawings: tuple[Drawing, ...] = ()
    trouble: str = ""

    def images(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the drawings as pictures like MNIST's, uint8 (n, 28, 28), and their labels, int64 (n,)."""
        images = np.array([drawing.image for drawing in self.drawings], np.uint8)
        labels = np.array([drawing.label for drawing in self.drawings], np.int64)
        return images.reshape(-1, 28, 28), labels

    def counts(self) -> list[int]:
        """Count the drawings of each digit, 0 to 9."""
        labels = [drawing.label for drawing in self.drawings]
        return [labels.count(digit) for digit in range(CLASSES)]

    def __str__(self) -> str:
        total = len(self.drawings)
        if not total:
            return "No drawings of yours yet."
        said = [
            f"{n} {name}{_plural(name, n)}"
            for name, n in zip(NAMES, self.counts(), strict=True)
            if n
        ]
        if len(said) == CLASSES and len(set(self.counts())) == 1:
            said = [f"{total // CLASSES} of each digit"]
        return f"{total} drawing{'s' * (total > 1)} of yours: {', '.join(said)}."


def load_hand() -> Hand:
    """Read the drawings that you have kept; a file that is broken is set aside, and `.trouble` names it."""
    file = _drawings_file()
    try:
        with file.open("rb") as opened:
            packed = opened.read(LARGEST + 1)
        return Hand(_unpack(packed))
    except FileNotFoundError:
        return Hand()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        aside = set_aside(file)
        return Hand(
            trouble=f"The file of your drawings was broken. It is kept as hand/{aside.name}, and you start anew."
        )


def add_drawing(strokes: Any, label: int, *, pen: int = PEN) -> Hand:
    """Keep a drawing and the digit that it is, and return the hand with it.

    Parameters
    ----------
    strokes
        Lists x0, y0, x1, y1, … from 0 to 280, as the pad gives them.
    label
        The digit that was meant, 0 to 9.
    pen
        The width of the pen, 1 to 60.

    Raises
    ------
    HandError
        The sheet is blank, or no more drawings fit.
    TypeError, ValueError
        The strokes, label or pen are not as above.
    WorkspaceError
        The folder cannot be written. What was there before is untouched.
    """
    drawing = _checked(label, strokes, pen)
    if not drawing.image.any():
        raise HandError("The sheet is blank: draw the digit first.")
    hand = load_hand()
    if len(hand.drawings) >= MOST_DRAWINGS:
        raise HandError(
            f"There are {MOST_DRAWINGS} drawings of yours already. Undo some, or delete hand/."
        )
    return _keep(Hand((*hand.drawings, drawing), hand.trouble))


def undo_drawing() -> Hand:
    """Take the last drawing back, and return the hand without it. Without drawings, nothing happens."""
    hand = load_hand()
    return _keep(Hand(hand.drawings[:-1], hand.trouble)) if hand.drawings else hand


def your_network(base: Twin | None = None) -> Twin:
    """Return `base` (if None, the practised network) after it has learned your drawings.

    It is kept in hand/network.npz. When the drawings change, or `base` does because you have trained a newer
    network, it is taught anew, which takes some tenths of a second. Without drawings, `base` itself comes back.
    """
    base = base or practised_network()
    drawings = load_hand().drawings
    if not drawings:
        return base
    lesson = json.dumps([METHOD, base.digest, [asdict(drawing) for drawing in drawings]])
    learned_from = hashlib.sha256(lesson.encode()).hexdigest()
    kept = _kept_network(learned_from)
    if kept:
        return kept
    network = learn_hand(base, *Hand(drawings).images())
    with contextlib.suppress(
        WorkspaceError
    ):  # a folder that cannot be written costs a little time, no more
        save_network(network, _folder() / "network.npz")
        facts = {"learned_from": learned_from, "network": network.digest}
        write_atomic(_folder() / "network.json", json.dumps(facts).encode())
    return network


def learn_hand(network: Twin, drawings: Any, labels: Any, *, seed: int = 0) -> Twin:
    """Teach a trained network somebody's hand from a few drawings, and return the network that has learned it.

    Parameters
    ----------
    network
        Any network that ends in a dense layer with softmax. It is not changed.
    drawings
        uint8 (n, 28, 28), as from `center_drawing()`.
    labels
        The digit that each one is, shape (n,).
    seed
        Where chance comes from: the same seed gives the same network.

    Raises
    ------
    TypeError, ValueError
        The drawings or labels are not as above, or the network ends in another way.
    """
    images = check_images(drawings, "drawings")
    digits = check_labels(labels, len(images))
    rng = np.random.default_rng(seed)
    mnist, mnist_labels = _some_of_mnist()
    copies = max(1, len(mnist) // len(images))
    x = np.concatenate([vary(np.repeat(to_input(images), copies, axis=0), rng), mnist])
    y = np.concatenate([np.repeat(digits, copies), mnist_labels])
    *body, head = network.specs
    if head["kind"] != "Dense" or head["activation"] != "softmax" or not body:
        raise ValueError(
            f"the network ends in {head['name']!r}, but a dense layer with softmax is needed."
        )
    features = Twin(body, network.weights, network.input_shape, "features").predict(x)
    last = network.weights[head["name"]]
    taught = _teach(
        features, np.eye(CLASSES, dtype=np.float32)[y], last["kernel"], last["bias"], rng
    )
    weights = {**network.weights, head["name"]: taught}
    return Twin(network.specs, weights, network.input_shape, NAME)


def _teach(
    x: Floats, targets: Floats, kernel: Floats, bias: Floats, rng: np.random.Generator
) -> dict[str, Floats]:
    """Go on training the last layer for some steps of Adam, from where it stands."""
    x = np.hstack(
        [x, np.ones((len(x), 1), np.float32)]
    )  # a column of ones makes the bias one more row of weights
    weights = np.vstack([kernel, bias])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        batch = rng.integers(0, len(x), BATCH)
        slope = x[batch].T @ (softmax(x[batch] @ weights) - targets[batch]) / BATCH
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope**2 - square)
        rate = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        weights -= rate * mean / (np.sqrt(square) + 1e-7)
    return {"kernel": weights[:-1].copy(), "bias": weights[-1].copy()}


@functools.cache
def _some_of_mnist() -> tuple[Floats, NDArray[np.int64]]:
    """Choose training digits that keep the network from forgetting how other people write."""
    (images, labels), _ = load_data()
    every = len(images) // OTHERS
    return to_input(images[::every]), labels[::every].astype(np.int64)


@functools.lru_cache(maxsize=2 * MOST_DRAWINGS)
def _image(strokes: tuple[tuple[int, ...], ...], pen: int) -> NDArray[np.uint8]:
    image = center_drawing(draw_strokes(strokes, pen))
    image.flags.writeable = False  # it is shared
    return image


def _folder() -> Path:
    return folder() / "hand"


def _drawings_file() -> Path:
    return _folder() / "drawings.json"


def _keep(hand: Hand) -> Hand:
    """Write the drawings, whole or not at all."""
    facts = {"kind": KIND, "version": 1, "drawings": [asdict(drawing) for drawing in hand.drawings]}
    packed = json.dumps(facts, separators=(",", ":")).encode()
    if len(packed) > LARGEST:
        raise HandError(
            "Your drawings fill their file. Undo some, or delete the folder hand/ to start anew."
        )
    write_atomic(_drawings_file(), packed)
    return hand


def _unpack(packed: bytes) -> tuple[Drawing, ...]:
    """Check every part of a file of drawings, or raise ValueError, TypeError, KeyError …"""
    facts = json.loads(packed)
    if len(packed) > LARGEST or facts["kind"] != KIND or facts["version"] != 1:
        raise ValueError("foreign, too large, or newer")
    if len(facts["drawings"]) > MOST_DRAWINGS:
        raise ValueError("too many drawings")
    return tuple(_checked(one["label"], one["strokes"], one["pen"]) for one in facts["drawings"])


def _checked(label: Any, strokes: Any, pen: Any) -> Drawing:
    label = check_whole("label", label, 0, CLASSES - 1)
    pen = check_whole("pen", pen, 1, 60)
    return Drawing(label, tuple(map(tuple, check_strokes(strokes))), pen)


def _kept_network(learned_from: str) -> Twin | None:
    """Read the network that has learned just this; None where it has learned something else, or is broken."""
    try:
        facts = json.loads((_folder() / "network.json").read_bytes())
        network = load_network(_folder() / "network.npz", name=NAME)
        return (
            network if facts == {"learned_from": learned_from, "network": network.digest} else None
        )
    except (OSError, ValueError, RecursionError, ModelFileError):
        return None


def _plural(name: str, count: int) -> str:
    return "" if count == 1 else "es" if name == "six" else "s"
