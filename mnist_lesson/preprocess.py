"""02 · Preprocess: pictures as the network wants them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.shared.checks import SIDE, check_images


def to_input(images: Any) -> NDArray[np.float32]:
    """Turn pictures into what the network takes in: 0..255 becomes 0..1, with a channel axis.

    Explained in notebook 02.

    Parameters
    ----------
    images
        uint8 of shape (n, 28, 28), as from `load_data()`; or one picture, (28, 28).

    Returns
    -------
    float32 array of shape (n, 28, 28, 1), each number from 0 (paper) to 1 (ink).

    Raises
    ------
    TypeError, ValueError
        `images` has another dtype or shape, or is empty.
    """
    if isinstance(images, np.ndarray) and images.shape == (SIDE, SIDE):
        images = images[np.newaxis]
    x = check_images(images).astype(np.float32)
    x /= 255  # in place: 60,000 digits take 188 MB, and so would a second copy
    # A layer reads channels, as of colours. Ink on paper is one.
    return x[..., np.newaxis]
