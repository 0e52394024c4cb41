"""02 · Preprocess: from 0..255 to 0..1, and axes in their places."""

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

memory = Guess(
    "preprocess.memory",
    question="""Now the pixels turn from `uint8` into `float32`, so they can hold fractions.
        How much memory will the same pictures take up?""",
    options={"a": "as much as before", "b": "4 times as much", "c": "32 times as much"},
    truth="b",
    why="""The names give it away: a uint8 takes 8 bits and a float32 takes 32, which is four times
        as many.""",
)


vote = Guess(
    "preprocess.vote",
    question="""Ten neurons learned from 1,000 digits, and each only knows its own digit. Now they
        read 1,000 others together. How many will they get right?""",
    truth=787,
    within=100,
    out_of=1000,
    why="""By chance it would be 100. No neuron was taught to tell ten digits apart, but most of the
        time, the right digit's neuron speaks up loudest.""",
)


scaled = Exercise(
    "preprocess.scaled",
    title="One pixel, scaled",
    task="""Pixels go from 0 to 255, and we scale them so that 0 stays 0 and 255 becomes 1. What
        does a pixel of 51 become?""",
    blank="scaled = 255 / 255  # that's the blackest ink: change one number",
    solution="scaled = 51 / 255",
    hints=(
        "What do you have to do to 255 to get 1? Do the same to 51.",
        "255 / 255 is 1. So what's 51 / 255?",
    ),
    why="51 / 255 = 0.2, so this pixel is a fifth of the way from paper to ink: a pale grey.",
    slips={
        "51 / 256": """You divided by 256. There are 256 values, but they start at 0, so the
        largest is 255. With 256, the blackest ink would never quite reach 1.""",
        "51 * 255": """You multiplied, and that takes you even further up. To get from 255 down to
        1, divide.""",
        "255 / 51": "You divided the other way round, 255 / 51. The pixel comes first.",
        "0.51": """You divided by 100, as with percentages. But the largest pixel is 255, so divide
        by that.""",
        "20": "That's a percentage. I'd like a number from 0 to 1, so divide it by 100.",
        "51": """That's the pixel as it went in. Divide it by the largest value a pixel can
        have.""",
        "0.5": "That would be halfway, at 127.5. Is 51 halfway to 255? Divide and see.",
        # 51 // 255, which is what's left without the fraction.
        "0": """Did you use `//`? It throws the fraction away, and here that's all there is. Use
        `/`.""",
    },
)


# A slip is a single expression, so a mistake that takes more goes into a function like this one.
def _own_range(images: Any) -> Any:
    return images / max(images.max(), 1)


to_unit = FunctionExercise(
    "preprocess.to_unit",
    title="All pixels, scaled",
    task="""This function should scale whole pictures: `uint8` from 0 to 255 goes in, and `float32`
        from 0 to 1 comes out. Fill in the gap.""",
    blank='''
def to_unit(images):
    """Return images (uint8, 0 to 255) as float32, 0 to 1."""
    roomy = images.astype("float32")  # a copy, with room for fractions
    return ...
''',
    solution='''
def to_unit(images):
    """Return images (uint8, 0 to 255) as float32, 0 to 1."""
    roomy = images.astype("float32")  # a copy, with room for fractions
    return roomy / 255
''',
    hints=(
        "What did you do to one pixel in the first exercise? Do it to all of them.",
        "NumPy divides a whole array in one go, if you write it like a single number.",
        "`return roomy / 255` is all it takes.",
    ),
    why="""A float32 has room for fractions. And since no pixel is larger than 255, everything ends
        up between 0 and 1.""",
    slips={
        "images / 256": """You divided by 256. There are 256 values, but they start at 0, so the
        largest is 255, and that one has to become exactly 1.""",
        "images // 255": "`//` throws the fractions away, so every grey turns into 0. Use `/`.",
        "_own_range(images)": """You divided by the largest pixel of these pictures, so a pale
        picture would come out as dark as all the others. Always divide by 255.""",
        "images / 100": """You divided by 100, as with percentages. But the largest pixel is 255,
        so divide by that.""",
        "1 - images / 255": """Paper and ink have swapped places! Paper must be 0, so leave out the
        `1 -`.""",
        "images.astype(float)": """Now there's room for fractions, but the numbers still go up to
        255. Divide them.""",
        "images * 255.0": """You multiplied, and that takes you even further up. To get from 255
        down to 1, divide.""",
    },
    helpers=(_own_range,),
    cases=[
        (np.array([[[255]]], dtype="uint8"),),
        (np.array([[[0, 51]]], dtype="uint8"),),  # no 255: dividing by the largest goes wrong
        (np.array([[[0, 127], [128, 255]]], dtype="uint8"),),
        (np.array([[[1, 2, 3]], [[4, 5, 6]]], dtype="uint8"),),  # two pale pictures
    ],
    dtype="float32",
)


# Every pixel is different, so rows and columns that change places can't go unnoticed.
_TWO = np.arange(2 * 28 * 28, dtype="float32").reshape(2, 28, 28)
_THREE = _TWO.max() - np.arange(3 * 28 * 28, dtype="float32").reshape(3, 28, 28)


add_channel = FunctionExercise(
    "preprocess.add_channel",
    title="An axis for the channel",
    task="""Pictures of the shape `(n, 28, 28)` go in, and the same pictures should come out with
        the shape `(n, 28, 28, 1)`. Complete the new shape.""",
    blank='''
def add_channel(images):
    """Return images of shape (n, 28, 28) with shape (n, 28, 28, 1)."""
    n = len(images)  # how many pictures there are
    return images.reshape(n, ...)
''',
    solution='''
def add_channel(images):
    """Return images of shape (n, 28, 28) with shape (n, 28, 28, 1)."""
    n = len(images)  # how many pictures there are
    return images.reshape(n, 28, 28, 1)
''',
    hints=(
        "Not one number changes. All you do is add an axis of length 1 after all the others.",
        "After `n` come the rows, then the pixels in a row, and last of all the channels.",
        "Replace the `...` with `28, 28, 1`.",
    ),
    why="""The numbers are all still there, and the shape has one more axis, of length 1, for the
        one number each grey pixel is made of.""",
    slips={
        "images[np.newaxis]": """Your new axis came first, and it belongs at the end, after the
        rows and the columns.""",
        "images[:, np.newaxis]": """Your new axis came second, between the pictures and the rows.
        It belongs at the end.""",
        "images[:, :, np.newaxis]": """Your new axis came third, between the rows and the columns.
        It belongs at the end.""",
        "images.reshape(len(images), -1)": """You rolled each picture out into one long row, so its
        rows and columns are gone. Keep the 28 and the 28.""",
        "images": "The shape is what it was before. Add an axis of length 1 at the end.",
        "images.reshape(28, 28, -1, 1)": """Your shape begins with 28, 28. The first axis counts
        the pictures, so `n` has to come first.""",
        "np.stack([images] * 3, axis=-1)": """Yours has three channels, as a colour photo would.
        These pictures are grey, so one is enough.""",
    },
    cases=[(_TWO[:1],), (_TWO,), (_THREE,)],
)
