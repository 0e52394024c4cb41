"""03 · Look: which digits to look at, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.checks import CLASSES, check_images

AS_THEY_COME, ODD, USUAL = ORDERS = ("as they come", "the oddest first", "the most usual first")


def oddness(images: Any) -> NDArray[np.float32]:
    """Measure how far each picture is from the average of them all. Explained in notebook 03.

    Parameters
    ----------
    images
        uint8 of shape (n, 28, 28), best all of one label.

    Returns
    -------
    float32 of shape (n,): take the difference to the average picture pixel by pixel, square it, add up, take the root.
    """
    pixels = check_images(images).reshape(len(images), -1).astype(np.float32)
    return np.asarray(np.linalg.norm(pixels - pixels.mean(axis=0), axis=1))


def choose(images: Any, labels: Any, label: int | None = None, order: str = AS_THEY_COME) -> NDArray[np.intp]:
    """Return the places of the pictures with this label (None: of all), in one of `ORDERS`. See notebook 03."""
    places = np.arange(len(labels)) if label is None else np.flatnonzero(labels == label)
    if order == AS_THEY_COME or not len(places):
        return places
    far = np.zeros(len(labels), np.float32)
    for digit in range(CLASSES) if label is None else (label,):  # each is compared with its own kind
        if len(same := np.flatnonzero(labels == digit)):
            far[same] = oddness(images[same])
    return places[np.argsort(far[places] if order == USUAL else -far[places], kind="stable")]
