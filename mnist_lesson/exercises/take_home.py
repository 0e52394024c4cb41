"""11 · Take home: what it costs to round every weight, and what it saves."""

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

rounding = Guess(
    "take_home.rounding",
    question="""To make the file small, every weight is rounded to one of 255 marks, so that it
        fits into a single byte. Of 10,000 test digits, how many will the rounded network read
        differently?""",
    options={"a": "fewer than 50", "b": "about 500", "c": "about half of them"},
    truth="a",
    why="""When we ran it, 2 of the 10,000 were read differently. A single weight hardly matters:
        each answer adds up thousands of products, and some of the weights were rounded up while
        others were rounded down. Most of the little errors cancel out.""",
)


gigabytes = Exercise(
    "take_home.gigabytes",
    title="Does it fit?",
    task="""A chatbot has 8 billion weights, and as floats of four bytes each, they take up 32
        gigabytes, too much for most laptops. How many gigabytes would it be as int8?""",
    blank="gigabytes = 8 * 4  # billions of weights, times bytes: change one number",
    solution="gigabytes = 8 * 1",
    hints=(
        "There are still 8 billion weights. What changes is how many bytes each of them takes.",
        "An int8 fits into a single byte. So what do you write instead of the 4?",
    ),
    why="""A byte for each of 8 billion weights makes 8 gigabytes, and that fits into many a laptop.
        With four bits a weight, which is half a byte, it's only 4.""",
    slips={
        "64": "An int8 has 8 bits, and they make a single byte.",
        "24": "That's what you save. How many gigabytes are left?",
        "4": "That's with four bits a weight. An int8 has eight, which make one byte.",
        "16": "That's with two bytes a weight. An int8 takes only one.",
        "8e9": "That's in bytes, and it's right. A billion of them make one gigabyte.",
    },
)


quantise = FunctionExercise(
    "take_home.quantise",
    title="Snap to the ruler",
    task="""Finish the function that rounds `weights` to the marks of a ruler, which are one `step`
        apart, with one of them at 0. So if `step` is 0.5, a weight of 0.8 moves to 1.0, and one of
        −0.2 moves to 0.""",
    blank='''
def quantise(weights, step):
    """Return each weight moved to the nearest mark."""
    marks = np.rint(...)  # the nearest whole number of steps from 0
    return ...
''',
    solution='''
def quantise(weights, step):
    """Return each weight moved to the nearest mark."""
    marks = np.rint(weights / step)  # the nearest whole number of steps from 0
    return marks * step
''',
    hints=(
        """How many steps of 0.5 are there from 0 to 0.8? You get 1.6 if you divide, and the nearest
        whole number is 2.""",
        "Mark 2 is two steps from 0. So the weight moves to 2 times 0.5, which is 1.0.",
        "The first gap is `weights / step`, and the second one is `marks * step`.",
    ),
    why="""That's how your file does it. It keeps the marks, which are small whole numbers, and one
        `step` for each filter or neuron. When it reads, it multiplies the two again.""",
    # Never halfway between two marks, where rounding could go either way.
    cases=[
        (np.array([0.8]), 0.5),
        (np.array([0.8, -0.2, -0.8, 0.0]), 0.5),
        (np.array([1.3, -2.6, 7.2, 4.9]), 2.0),
        (np.array([0.06, -0.33, 0.43, -0.19]), 0.1),
    ],
    slips={
        "np.rint(weights / step)": """These are the marks' numbers, counted from 0. Multiply them by
        `step`, and you get the weights at those marks.""",
        "np.trunc(weights / step) * step": """You cut off what's behind the point, as `int` does, so
        each weight moves towards 0. `np.rint` finds the nearest whole number.""",
        "np.trunc(weights / step)": """You cut off what's behind the point, as `int` does. Round
        with `np.rint` instead, and then multiply by `step`.""",
        "np.floor(weights / step) * step": """With `//` or `np.floor`, each weight moves down, even
        if the mark above is nearer. `np.rint` finds the nearest.""",
        "np.ceil(weights / step) * step": """With `np.ceil`, each weight moves up, even if the mark
        below is nearer. `np.rint` finds the nearest.""",
        "weights / step": "That's how many steps it is from 0. Round it, and multiply by `step`.",
        "weights": "The weights are as they were: round after you divide, and before you multiply.",
        "np.rint(weights)": """These are whole numbers, but the marks aren't 1 apart. Divide by
        `step` before you round, and multiply by it afterwards.""",
        "np.rint(weights) * step": "You rounded the weights themselves. Divide by `step` first.",
        "np.rint(weights * step) / step": """It's the other way round: divide by `step` first, then
        round, then multiply.""",
        "np.rint(weights * step) * step": """The second step is right. Before you round, divide:
        how many steps fit into each weight?""",
        "np.rint(weights / step) / step": """You divided twice. The second time, multiply: a mark
        is so many steps from 0.""",
        "np.rint(weights / step) * weights": "Each mark is so many steps from 0: multiply by `step`.",
    },
)
