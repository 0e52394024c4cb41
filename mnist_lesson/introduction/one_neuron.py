"""02: one neuron without a bend, which learns to say yes to one digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mnist_lesson.shared.checks import Float64s, check_numbers


def learn(
    pictures: ArrayLike, wanted: ArrayLike, steps: int, *, step_size: float = 0.02
) -> tuple[Float64s, list[float]]:
    """Teach one neuron by gradient descent. Explained in notebooks 02 and 06.

    Parameters
    ----------
    pictures
        Shape (n, 784): each picture's pixels in one long row.
    wanted
        What it should answer to each picture, shape (n,): 1 for yes and 0 for no.
    steps
        How many times to nudge all weights.
    step_size
        How far each nudge goes.

    Returns
    -------
    tuple
        The weights, shape (784,), and the loss before each step: the mean of the squared errors.
    """
    inputs = check_numbers(pictures, "pictures", (2,), "shape (n, 784)")
    answers = check_numbers(wanted, "wanted", (1,), "a 1 or a 0 for each picture")
    weights = np.zeros(inputs.shape[1])
    losses: list[float] = []
    for _ in range(steps):
        errors = inputs @ weights - answers  # each pixel times its weight, added up
        losses.append(float((errors**2).mean()))
        # A weight gets its share of the blame: the errors, where its pixel had ink.
        weights -= step_size * errors @ inputs / len(inputs)
    return weights, losses
