"""04 · One-hot: a digit written as ten numbers, one of them 1 and the rest 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.shared.checks import CLASSES, check_labels, describe


def one_hot(labels: ArrayLike) -> NDArray[np.float32]:
    """Write each label as a vector, 1 at its place and 0 elsewhere: 5 → [0 0 0 0 0 1 0 0 0 0].

    Explained in notebook 04.

    Parameters
    ----------
    labels
        Whole numbers from 0 to 9, shape (n,).

    Returns
    -------
    float32 array of shape (n, 10), the same as `keras.utils.to_categorical` gives.

    Raises
    ------
    TypeError, ValueError
        `labels` isn't an array like that.
    """
    digits = check_labels(labels)
    vectors = np.zeros((len(digits), CLASSES), dtype=np.float32)
    # In each row one place: that of its own digit.
    vectors[np.arange(len(digits)), digits] = 1
    return vectors


def from_one_hot(vectors: Any) -> NDArray[np.int64]:
    """Read each vector back: the place of its largest number. It works on probabilities, too.

    Explained in notebook 04.

    Parameters
    ----------
    vectors
        Numbers of shape (n, k).

    Returns
    -------
    int64 array of shape (n,): the place of each row's largest number (the first, if two are equal).

    Raises
    ------
    TypeError, ValueError
        `vectors` is not a table of numbers with at least one row, or has NaN in it.
    """
    try:
        table = np.asarray(vectors)
    except ValueError as error:
        raise ValueError(
            "vectors has rows of different lengths, but all need the same length, as in "
            "one_hot([5, 3])."
        ) from error
    if table.dtype.kind not in "biuf":
        raise TypeError(f"vectors came as {describe(vectors)}, but a table of numbers is needed.")
    if table.ndim != 2 or 0 in table.shape:
        raise ValueError(
            f"vectors came as {describe(table)}, but shape (n, 10) is needed: a row of ten numbers "
            "for each label. For one vector, type from_one_hot([vector])."
        )
    if np.isnan(table).any():
        raise ValueError("vectors has NaN in it (“not a number”), so no place is the largest.")
    places: NDArray[np.int64] = table.argmax(axis=1)
    return places
