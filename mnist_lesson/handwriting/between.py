"""10 · Networks between an untaught and a taught one: their last layers are mixes of the two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.hand import features_and_layer
from mnist_lesson.load import load_data, split
from mnist_lesson.network.arithmetic import Floats, softmax
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input

STEPS = 100  # from untaught to taught


class Between:
    """The networks on the way from an untaught one to a taught one, in `STEPS` equal steps.

    Each has a last layer whose weights are a mix: so much of one, and the rest of the other. Raises
    ValueError if the two differ in more than their last layer.
    """

    def __init__(self, untaught: Twin, taught: Twin) -> None:
        self._untaught = untaught
        self.body, self._before = features_and_layer(untaught)
        other, self._after = features_and_layer(taught)
        if self.body != other:
            raise ValueError(
                "untaught and taught differ in more than their last layer, so they can't be mixed. "
                "Type taught = learn_hand(untaught, drawings, labels)."
            )

    def read(self, x: Any) -> Floats:
        """Let all of them read pictures (n, 28, 28, 1): ten probabilities, (step, n, 10)."""
        return np.stack([softmax(scores) for scores in self._scores(self.body.predict(x))])

    def read_others(self) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[Any]]:
        """Let all of them read the held-out digits: answers (step, n), pictures, labels (n,)."""
        features, images, labels = _held_out(self.body)
        answers = np.stack([scores.argmax(axis=1) for scores in self._scores(features)])
        return answers, images, labels

    def networks(self) -> list[Twin]:
        """Return eleven of them, each with a tenth more of the taught one than the one before."""
        old = self._untaught

        def mix(share: float) -> Twin:
            layer = {
                key: (1 - share) * numbers + share * self._after[key]
                for key, numbers in self._before.items()
            }
            weights = {**old.weights, old.specs[-1]["name"]: layer}
            return Twin(old.specs, weights, old.input_shape, f"a network {share:.0%} taught")

        return [mix(tenths / 10) for tenths in range(11)]

    def _scores(self, features: Floats) -> Iterator[Floats]:
        # Mixing weights and then adding up gives the same as adding up and then mixing, and that
        # is quick.
        before, after = (
            features @ layer["kernel"] + layer["bias"] for layer in (self._before, self._after)
        )
        for step in range(STEPS + 1):
            yield np.asarray(before + step / STEPS * (after - before), np.float32)


def _held_out(body: Twin) -> tuple[Floats, NDArray[np.uint8], NDArray[Any]]:
    (images, labels), _ = load_data()
    held_out = split(labels)[1]
    return body.predict(to_input(images[held_out])), images[held_out], labels[held_out]


def worst_drawing(probabilities: Floats, labels: NDArray[Any]) -> int:
    """Return the place of the surest mistake; without mistakes, that of the least sure answer."""
    sure = probabilities.max(axis=1)
    wrong = probabilities.argmax(axis=1) != labels
    return int(np.where(wrong, sure, -1).argmax() if wrong.any() else sure.argmin())
