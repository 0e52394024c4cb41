"""02 · Preprocess: from 0..255 to 0..1, and axes in their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

memory = Guess(
    "preprocess.memory",
    question="Now the pixels turn from `uint8` into `float32`, so that they can hold fractions. "
    "How much memory will the same pictures take?",
    options={"a": "as much as before", "b": "4 times as much", "c": "32 times as much"},
    truth="b",
    why="A uint8 takes 8 bits, a float32 takes 32 bits. That is 4 times as much.",
)


scaled = Exercise(
    "preprocess.scaled",
    title="One pixel, scaled",
    task="""Pixels go from 0 to 255. We scale them so that 0 stays 0 and 255 becomes 1. What does
        the pixel 51 become?""",
    blank="scaled = 1  # that is what 255 becomes: change the number",
    solution="scaled = 51 / 255",
    hints=(
        "What must you do with 255 to get 1? Do the same with 51.",
        "255 / 255 is 1. So what is 51 / 255?",
    ),
    why="51 / 255 = 0.2. That is a fifth of the way from paper to ink.",
    slips={
        "51 / 256": """You divided by 256. There are 256 values, but the largest is 255. With
        256, full ink would not quite be 1.""",
        "51 * 255": "You multiplied. To get from 255 down to 1, divide.",
        "255 / 51": "You divided the other way round: 255 / 51. The pixel comes first.",
        "0.51": "You divided by 100. The largest pixel is 255, so divide by that.",
        "20": "That is in percent. A number from 0 to 1 is asked for, so divide by 100.",
        "51": "That is the pixel as it went in. Divide it by the largest value a pixel can have.",
        "0.5": """That would be the middle, 127.5. Is 51 halfway to 255? Divide it by 255 and
        see.""",
        "0": "Did you use `//`? It divides and drops the fraction. Use `/`.",
    },
)


def _own_range(images: Any) -> Any:
    return images / max(images.max(), 1)


to_unit = FunctionExercise(
    "preprocess.to_unit",
    title="All pixels, scaled",
    task="""Write a function that scales pictures: `uint8` from 0 to 255 goes in, `float32` from
        0 to 1 comes out. The shape stays as it is, and the pictures that went in are not changed.""",
    blank='''
def to_unit(images):
    """Return images (uint8, 0 to 255) as float32, 0 to 1."""
    ...
''',
    solution='''
def to_unit(images):
    """Return images (uint8, 0 to 255) as float32, 0 to 1."""
    return images.astype("float32") / 255
''',
    hints=(
        "NumPy divides a whole array at once: `images / 255`.",
        """`images / 255` has the dtype float64, but float32 is asked for. `.astype` changes the
        dtype.""",
        "`return images.astype('float32') / 255` does both.",
    ),
    why="""float32 has room for fractions. And 255 is the largest pixel, so after dividing all
        are from 0 to 1.""",
    slips={
        "images / 256": """You divided by 256. There are 256 values, but the largest is 255. Full
        ink must become exactly 1.""",
        "images // 255": "`//` divides and drops the fraction. So all greys become 0. Use `/`.",
        "_own_range(images)": """You divided by the largest pixel of these pictures. A pale
        picture would turn as dark as the others. Always divide by 255.""",
        "images / 100": "You divided by 100. The largest pixel is 255, so divide by that.",
        "1 - images / 255": """Paper and ink have changed places: paper must be 0. Leave out the
        `1 -`.""",
        "images / 127.5 - 1": """Your numbers go from −1 to 1. Here 0 to 1 is asked for: `images
        / 255`.""",
        "images.astype(float)": """The dtype can hold fractions now. But the numbers still go up
        to 255. Divide them.""",
        "images * 255.0": "You multiplied. To get from 255 down to 1, divide.",
    },
    helpers=(_own_range,),
    cases=[
        (np.array([[[255]]], dtype="uint8"),),
        (np.array([[[0, 51]]], dtype="uint8"),),
        (np.array([[[0, 127], [128, 255]]], dtype="uint8"),),
        (np.array([[[1, 2, 3]], [[4, 5, 6]]], dtype="uint8"),),
    ],
    dtype="float32",
)


_TWO = np.arange(2 * 28 * 28, dtype="float32").reshape(2, 28, 28)
_THREE = _TWO.max() - np.arange(3 * 28 * 28, dtype="float32").reshape(3, 28, 28)


add_channel = FunctionExercise(
    "preprocess.add_channel",
    title="An axis for the channel",
    task="""Write a function that takes pictures of shape `(n, 28, 28)` and returns the same
        pictures with shape `(n, 28, 28, 1)`.""",
    blank='''
def add_channel(images):
    """Return images of shape (n, 28, 28) with shape (n, 28, 28, 1)."""
    ...
''',
    solution='''
def add_channel(images):
    """Return images of shape (n, 28, 28) with shape (n, 28, 28, 1)."""
    return images[..., np.newaxis]
''',
    hints=(
        "No number changes. Only an axis of length 1 is added, after all others.",
        """`np.newaxis` makes a new axis. In `images[..., np.newaxis]`, the dots stand for all
        axes that are there.""",
        """`return images[..., np.newaxis]`. Or `images.reshape(-1, 28, 28, 1)`, where NumPy
        works out the -1.""",
    ),
    why="""No number has changed, only the shape: one more axis, of length 1. In `images[...,
        np.newaxis]`, the dots mean “all axes as they are”.""",
    slips={
        "images[np.newaxis]": """The new axis came first. It must come last: `images[...,
        np.newaxis]`.""",
        "images[:, np.newaxis]": """The new axis came second, between pictures and rows. It must
        come last.""",
        "images[:, :, np.newaxis]": """The new axis came third, between rows and columns. It must
        come last.""",
        "images.reshape(len(images), -1)": """You put each picture into one long row. So its rows
        and columns are gone. Keep 28 and 28.""",
        "images": "The shape is as it was. Add an axis of length 1 at the end.",
        "images.reshape(28, 28, -1, 1)": """Your shape begins with 28, 28. The first axis counts
        the pictures, so `n` comes first.""",
        "np.stack([images] * 3, axis=-1)": """Yours has three channels. These pictures are grey,
        so one is enough.""",
    },
    cases=[(_TWO[:1],), (_TWO,), (_THREE,)],
)
