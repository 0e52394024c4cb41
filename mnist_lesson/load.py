"""01 · Load: the 70,000 digits, read from the file that came with the lesson."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.shared.checks import check_labels, check_number
from mnist_lesson.shared.words import repair_advice

ImagesAndLabels = tuple[NDArray[np.uint8], NDArray[np.uint8]]

MNIST = Path(__file__).parent / "assets" / "mnist.npz"
MNIST_SHA256 = "ee068f36682cba7f38bafdedc77b0f873ebbcf877036f7ebde566966146ac146"
# For the split alone: whatever a run's own seed, it's judged on the same digits.
SPLIT_SEED = 2026


class DataError(Exception):
    """The file of digits is missing, or isn't the one the lesson was made with."""


def load_data() -> tuple[ImagesAndLabels, ImagesAndLabels]:
    """Load MNIST as `keras.datasets.mnist.load_data()` does, but from disk: no internet needed.

    Explained in notebook 01. MNIST is by Yann LeCun, Corinna Cortes and Christopher Burges, CC
    BY-SA 3.0.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 arrays of shape (60000, 28, 28), (60000,), (10000, 28, 28) and (10000,).
        Pixels go from 0 (paper) to 255 (ink), labels from 0 to 9.

    Raises
    ------
    DataError
        The file is missing, damaged, or a different one. Nothing else is loaded in its place.
    """
    try:
        packed = MNIST.read_bytes()
    except OSError as error:
        raise DataError(_broken(f"cannot be read ({error.strerror})")) from error
    # Looked at before NumPy opens it: a file cut short could still hold some whole digits.
    if hashlib.sha256(packed).hexdigest() != MNIST_SHA256:
        what = f"is damaged or is another file: {len(packed):,} bytes with a wrong SHA-256"
        raise DataError(_broken(what))
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        train = arrays["x_train"], arrays["y_train"]
        return train, (arrays["x_test"], arrays["y_test"])


def _broken(what: str) -> str:
    return f"The file of digits {MNIST} {what}. {repair_advice()}"


def split(
    labels: Any, validation_split: float = 0.1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose digits to hold out for validation: the same share of each class, always the same ones.

    Parameters
    ----------
    labels
        Whole numbers 0 to 9 of shape (n,).
    validation_split
        The share to hold out, between 0 and 1.

    Returns
    -------
    train, validation
        int64 arrays of positions in `labels`, in ascending order.

    Raises
    ------
    TypeError, ValueError
        `labels` aren't digits, `validation_split` isn't between 0 and 1, or one of the two parts
        would be empty.
    """
    labels = check_labels(labels)
    share = check_number(
        "validation_split", validation_split, 0, 1, open_ends=True, as_in="validation_split=0.1"
    )
    due = np.bincount(labels, minlength=10) * share
    take = np.floor(due).astype(int)
    # Rounding down leaves us a few short. Take those where it cut off the most.
    missing = round(len(labels) * share) - take.sum()
    take[np.argsort(take - due, kind="stable")[:missing]] += 1
    # By chance, so that the order in which the file holds them plays no part.
    chance = np.random.default_rng(SPLIT_SEED)
    held_out = np.zeros(len(labels), dtype=bool)
    for digit in range(10):
        places = chance.permutation(np.flatnonzero(labels == digit))
        held_out[places[: take[digit]]] = True
    if held_out.all() or not held_out.any():
        raise ValueError(
            f"validation_split={share:g} of {len(labels)} digits leaves one part empty: take more "
            "digits."
        )
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
