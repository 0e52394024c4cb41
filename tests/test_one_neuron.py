"""One neuron, as page 02 lets it learn."""

import numpy as np
import pytest

from mnist_lesson.introduction.one_neuron import learn
from mnist_lesson.load import ImagesAndLabels

RNG = np.random.default_rng(0)


def loss(inputs: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> float:
    return float(((inputs @ weights - answers) ** 2).mean())


def test_the_first_nudge_goes_downhill() -> None:
    """Against the slope of the loss, measured by trying each weight; by half of it, as usual."""
    inputs, answers = RNG.random((9, 4)), RNG.integers(0, 2, 9)
    weights, losses = learn(inputs, answers, 1, step_size=0.1)
    assert losses == [loss(inputs, answers, np.zeros(4))]
    tiny = 1e-6 * np.eye(4)
    slope = [(loss(inputs, answers, up) - loss(inputs, answers, -up)) / 2e-6 for up in tiny]
    assert weights == pytest.approx(-0.1 * np.array(slope) / 2, rel=1e-4)


def test_scaled_pictures_are_learned_and_others_explode(digits: ImagesAndLabels) -> None:
    """As the page says; and the neuron beats a program that always says no."""
    (x_train, y_train), _ = digits
    pictures, is_zero = x_train[:1000].reshape(1000, 784), y_train[:1000] == 0
    weights, calm = learn(pictures / 255, is_zero, 60)
    assert (np.diff(calm) < 0).all()
    wild = learn(pictures, is_zero, 20)[1]
    assert wild[9] > 1e80  # as many atoms are thought to be in the visible universe
    new = x_train[1000:2000].reshape(1000, 784) / 255
    zeros = y_train[1000:2000] == 0
    assert ((new @ weights > 0.5) != zeros).sum() < zeros.sum() / 2
