"""10 · Your hand: a network that reads strangers learns, from a few drawings, to read you.

    hand = add_drawing(strokes, 7)     "that was a seven": kept in your own folder, in hand/
    network = your_network()           the practised network, taught your drawings
    hand = undo_drawing()              takes the last drawing back

The files are the truth: each of these reads them again, so two open pages agree. `learn_hand()`
does the teaching itself.

A network like this has two parts. All layers but the last turn a picture into *features*: is there
a bar, a loop, an open end? The last one weighs them: a bar suggests a seven. Everyone's strokes are
made of the same parts, so the features can stay as they are. Only the last layer has to learn its
weights again, and a few drawings are enough for that.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # it loads a part at its first use: a page opens sooner
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.drawings import (
    MOST_DRAWINGS,
    Drawing,
    HandError,
    keep_drawings,
    load_drawings,
    make_drawing,
)
from mnist_lesson.handwriting.strokes import PEN, draw_strokes
from mnist_lesson.network.arithmetic import Floats, softmax
from mnist_lesson.network.saved import ASSETS, check_digest, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, SIDE, check_images, check_labels

NAME = "the network that knows your hand"
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

COPIES = 500  # of all drawings together, but at least four of each drawing
# How much a drawing changes, typically (standard deviations): in pixels, pixels, radians, a share,
# and pixels to the side for each pixel down.
BEND, SHIFT, TURN, SIZE, SLANT = 1.2, 0.4, 0.08, 0.06, 0.09
LEARNING_STEPS, HALF_BATCH, RATE = 200, 50, 0.003


@dataclass(frozen=True)
class Hand:
    """Everything the lesson knows about your hand.

    `drawings` are in the order you drew them in. `trouble` is empty, or says which broken file was
    set aside.
    """

    drawings: tuple[Drawing, ...] = ()
    trouble: str = ""

    def images(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return pictures like MNIST's, uint8 (n, 28, 28), and their labels, int64 (n,)."""
        images = np.array([_image(d.strokes, d.pen) for d in self.drawings], np.uint8)
        labels = np.array([drawing.label for drawing in self.drawings], np.int64)
        return images.reshape(-1, SIDE, SIDE), labels

    def counts(self) -> list[int]:
        """Count the drawings of each digit, 0 to 9."""
        labels = [drawing.label for drawing in self.drawings]
        return [labels.count(digit) for digit in range(CLASSES)]

    def __str__(self) -> str:
        total = len(self.drawings)
        counts = self.counts()
        if not total:
            return "No drawings of yours yet."
        kinds = [
            f"{n} {name}{_plural(name, n)}" for name, n in zip(DIGITS, counts, strict=True) if n
        ]
        if min(counts) == max(counts):
            kinds = [f"{counts[0]} of each digit"]
        return f"{total} drawing{'s' * (total > 1)} of yours: {', '.join(kinds)}."


def load_hand() -> Hand:
    """Read the drawings you've saved; `.trouble` names a broken file that's been set aside."""
    return Hand(*load_drawings())


def add_drawing(strokes: Any, label: int, *, pen: int = PEN) -> Hand:
    """Save a drawing and which digit it is, and return the hand with it.

    The same strokes for the same digit are saved just once, so you can run a cell again.

    Parameters
    ----------
    strokes
        Lists x0, y0, x1, y1, … from 0 to 280, as the pad gives them.
    label
        The digit you meant, 0 to 9.
    pen
        The width of the pen, 1 to 60.

    Raises
    ------
    HandError
        The sheet is blank, or no more drawings fit.
    TypeError, ValueError
        A stroke isn't a flat list of numbers, or the label or the pen isn't in its range.
    WorkspaceError
        The folder can't be written to. What was there before is untouched.
    """
    drawing = make_drawing(label, strokes, pen)
    if not _image(drawing.strokes, drawing.pen).any():
        raise HandError("The sheet is blank: draw the digit first.")
    hand = load_hand()
    # Whatever the pen: it's the hand that counts.
    same = (drawing.label, drawing.strokes)
    if any((kept.label, kept.strokes) == same for kept in hand.drawings):
        return hand
    return _keep(Hand((*hand.drawings, drawing), hand.trouble))


def undo_drawing() -> Hand:
    """Take the last drawing back, if there is one, and return the hand without it."""
    hand = load_hand()
    return _keep(Hand(hand.drawings[:-1], hand.trouble)) if hand.drawings else hand


def your_network(base: Twin | None = None) -> Twin:
    """Return `base` (if None, the practised network) after it has learned your drawings.

    If the drawings change, or `base` does because you've trained a newer network, it's taught
    again, in a few tenths of a second. Without drawings, you get `base` back.
    """
    base = base or practised_network()
    drawings = load_hand().drawings
    return _taught(base, drawings) if drawings else base


@functools.lru_cache(maxsize=4)  # a page asks again and again, for the same few
def _taught(base: Twin, drawings: tuple[Drawing, ...]) -> Twin:
    return learn_hand(base, *Hand(drawings).images())


def learn_hand(
    network: Twin,
    drawings: Any,
    labels: Any,
    *,
    remember: bool = True,
    learning_rate: float = RATE,
    watch: Callable[[Floats], None] | None = None,
) -> Twin:
    """Teach a trained network somebody's hand from a few drawings, and return the new network.

    Its last layer goes on learning from two kinds of digits, half and half in each step. One half
    are copies of the drawings, each changed a little, to learn the hand from. The others are MNIST
    digits, which keep it from forgetting how other people write.

    Parameters
    ----------
    network
        Any network that ends in a dense layer with softmax. It isn't changed.
    drawings
        uint8 (n, 28, 28), as from `center_drawing()`.
    labels
        The digit that each one is, shape (n,).
    remember
        False leaves MNIST out, to show how much it forgets without it.
    learning_rate
        How large the first steps are. With MNIST, even 0.1 does little harm; without it, about a
        tenth to nearly half of other people's digits are then forgotten, whatever the hand.
    watch
        Called before the first step, and after each one, with what the network makes of the
        drawings then: probabilities (n, 10).

    Raises
    ------
    TypeError, ValueError
        There are no drawings, or not a digit for each, or the network ends some other way.
    """
    images = check_images(drawings, "drawings")
    digits = check_labels(labels, len(images))
    rng = np.random.default_rng(0)  # so the same drawings give the same network
    features, layer = features_and_layer(network)
    digit_of = np.eye(CLASSES, dtype=np.float32)
    # A single drawing gets 500 copies; a hundred of them get five each.
    copies = max(4, COPIES // len(images))
    # The earlier layers don't change, so compute them once, not in every step.
    yours = features.predict(draw_again(np.repeat(to_input(images), copies, axis=0), rng))
    hand = (yours, digit_of[np.repeat(digits, copies)])
    # Without MNIST, both halves are yours, so the steps are just as large.
    theirs = _others(network) if remember else hand
    seen = features.predict(to_input(images))

    def show(weights: Floats) -> None:
        if watch:
            watch(softmax(seen @ weights[:-1] + weights[-1]))

    learned = _go_on_learning(layer, hand, theirs, rng, learning_rate, show)
    taught = {**network.weights, network.specs[-1]["name"]: learned}
    return Twin(network.specs, taught, network.input_shape, NAME)


def features_and_layer(network: Twin) -> tuple[Twin, dict[str, Floats]]:
    """Split a network into the part that computes features, and the last layer's weights.

    Raises ValueError if the last layer isn't dense with softmax.
    """
    *body, last = network.specs
    if last["kind"] != "Dense" or last["activation"] != "softmax" or not body:
        needed = "but it must be a dense layer with softmax to learn a hand."
        raise ValueError(
            f"the network's last layer, {last['name']!r}, is a {last['kind']}, {needed}"
        )
    return network.up_to(body[-1]["name"]), network.weights[last["name"]]


def draw_again(x: Floats, rng: np.random.Generator) -> Floats:
    """Change pictures (n, 28, 28, 1) the way a hand does when it draws the same digit again.

    Each is turned, resized, slanted and moved a little, and bent, because no two sevens differ just
    by a turn: at 4 × 4 points of the sheet, the ink is pulled aside at random, and smoothly in
    between.
    """
    count = len(x)
    turn = rng.normal(0, TURN, count)
    slant = rng.normal(0, SLANT, count)
    way = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    way[:, 1] += slant * way[:, 0]
    # exp() keeps sizes above 0, so nothing gets turned inside out.
    way *= np.exp(rng.normal(0, SIZE, (1, 2, count)))
    middle = (SIDE - 1) / 2
    place = np.stack(np.meshgrid(*[np.arange(SIDE) - middle] * 2, indexing="ij"))
    spread = scipy.interpolate.CubicSpline(np.arange(4), np.eye(4))(
        np.linspace(0, 3, SIDE)
    )  # from 4 points to 28
    pull = spread @ rng.normal(0, BEND, (2, count, 4, 4)) @ spread.T
    pull += middle + rng.normal(0, SHIFT, (2, count, 1, 1))
    source = np.einsum("abn,bij->anij", way, place) + pull  # where a pixel's ink comes from
    number = np.broadcast_to(np.arange(count)[:, np.newaxis, np.newaxis], source.shape[1:])
    varied = scipy.ndimage.map_coordinates(x[..., 0], [number, *source], order=1)
    return np.asarray(np.clip(varied, 0, 1)[..., np.newaxis], np.float32)


def _go_on_learning(
    layer: dict[str, Floats],
    yours: tuple[Floats, Floats],
    theirs: tuple[Floats, Floats],
    rng: np.random.Generator,
    learning_rate: float,
    show: Callable[[Floats], None],
) -> dict[str, Floats]:
    """Train the last layer with Adam (Kingma and Ba, 2015), in smaller and smaller steps."""
    # The bias is the weight of one more feature, which is always 1.
    weights = np.vstack([layer["kernel"], layer["bias"]])
    mean = np.zeros_like(weights)
    square = np.zeros_like(weights)
    show(weights)
    # The matrices are so small that more threads would only wait for each other.
    with threadpool_limits(1, user_api="blas"):
        for step in range(1, LEARNING_STEPS + 1):
            # As many of yours as of theirs, or the many would drown the few.
            chosen = [rng.integers(0, len(part[0]), HALF_BATCH) for part in (yours, theirs)]
            x = np.vstack([yours[0][chosen[0]], theirs[0][chosen[1]]])
            x = np.hstack([x, np.ones((len(x), 1), np.float32)])
            targets = np.vstack([yours[1][chosen[0]], theirs[1][chosen[1]]])
            # For softmax with cross-entropy, the gradient is just the output minus the target.
            slope = x.T @ (softmax(x @ weights) - targets) / len(x)
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            # Both averages start at 0, so they're too small at first; the last two factors fix it.
            rate = learning_rate * (1 - (step - 1) / LEARNING_STEPS)
            rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            weights -= (rate * mean / (np.sqrt(square) + 1e-7)).astype(np.float32)
            show(weights)
    return {"kernel": weights[:-1].copy(), "bias": weights[-1].copy()}


@functools.lru_cache(maxsize=2)  # as you correct it, the same network is taught again and again
def _others(network: Twin) -> tuple[Floats, Floats]:
    """Load 3,000 training digits: those the practised network would forget first, and others.

    Returns their features, and the target for each: half the right answer, and half what the
    network says now, doubts and all.
    """
    check_digest(ASSETS / "borderline.npz")
    with np.load(ASSETS / "borderline.npz", allow_pickle=False) as arrays:
        images = to_input(arrays["images"])
        right = np.eye(CLASSES, dtype=np.float32)[arrays["labels"]]
    features, layer = features_and_layer(network)
    theirs = features.predict(images)
    answers = softmax(theirs @ layer["kernel"] + layer["bias"])
    return theirs, np.float32(0.5) * (answers + right)


@functools.lru_cache(maxsize=2 * MOST_DRAWINGS)
def _image(strokes: tuple[tuple[int, ...], ...], pen: int) -> NDArray[np.uint8]:
    image = center_drawing(draw_strokes(strokes, pen))
    image.flags.writeable = False  # because the cache shares it
    return image


def _keep(hand: Hand) -> Hand:
    keep_drawings(hand.drawings)
    return hand


def _plural(name: str, count: int) -> str:
    return "" if count == 1 else "es" if name == "six" else "s"
