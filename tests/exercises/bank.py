"""Answers as learners write them: right ones of each kind, and wrong ones with what is said.

For a function, an answer is the expression that it returns. Mistakes that an exercise knows stand
with the exercise itself, and so does a solution.
"""

import math  # noqa: F401  (used in the answers' texts, like the three below)
from collections import Counter  # noqa: F401
from fractions import Fraction  # noqa: F401

import numpy as np
from scipy import special  # noqa: F401


def slide_in_place(window, weights):
    window[:] = window * weights.astype(window.dtype)
    return window.sum()


def count_generator(labels):
    for digit in range(10):
        yield (labels == digit).sum()


def darker_where(image, amount):
    room = 255 - image
    return np.where(amount > room, 255, image + np.uint8(amount)).astype(np.uint8)


def darker_in_place_silent(image, amount):
    image[:] = np.minimum(image.astype(int) + amount, 255)


def unit_copy(images):
    result = images.copy().astype(np.float32)
    result /= np.float32(255)
    return result


def unit_in_place(images):
    images /= 255
    return images


def confusion_loop(labels, predictions):
    table = [[0] * 10 for _ in range(10)]
    for label, prediction in zip(labels, predictions, strict=True):
        table[label][prediction] += 1
    return table


def center_sums(image):
    rows = np.average(np.arange(image.shape[0]), weights=image.sum(axis=1))
    columns = np.average(np.arange(image.shape[1]), weights=image.sum(axis=0))
    return [rows, columns]


RIGHT: dict[str, tuple[str, ...]] = {
    "introduction.line": ("[2.0, 1.0]", "np.array([2, 1])", "(Fraction(2), 1.0001)"),
    "introduction.slide": ("Fraction(float((window * weights).sum()))",),
    "load.pixels": ("10000.0 * 784", "np.int64(7840000)"),
    "load.count_digits": ("np.bincount(labels, minlength=10) / 1",),
    "load.darker": (
        "darker_where(image, amount)",
        "np.uint8(np.minimum(image + np.float64(amount), 255))",
    ),
    "preprocess.scaled": ("np.float32(51) / np.float32(255)", "Fraction(1, 5)"),
    "preprocess.to_unit": (
        "unit_copy(images)",
        "np.array([[[p / 255 for p in r] for r in i] for i in images], dtype='float32')",
    ),
    "preprocess.add_channel": ("images[..., None].astype(float).tolist()",),
    "look.lazy": ("11.24", "100 * 6742 / 60000"),
    "look.average_each": (
        "np.einsum('dn,nhw->dhw', np.eye(10)[labels].T, images)"
        " / np.bincount(labels)[:, None, None]",
    ),
    "look.nearest": ("np.argmin(np.abs(averages - image).sum(axis=(1, 2)))",),
    "one_hot.seven": ("(0, 0, 0, 0, 0, 0, 0, 1, 0, 0)", "np.eye(10)[7]"),
    "one_hot.encode": ("(labels[:, None] == np.arange(10)).astype('float32')",),
    "one_hot.decode": ("vectors.argmax(-1).tolist()",),
    "model.second_conv": ("np.int32(51264)",),
    "model.output_size": ("np.convolve(np.ones(size), np.ones(kernel), 'valid').size",),
    "model.softmax": ("special.softmax(scores, axis=1).tolist()",),
    "train.updates": ("np.ceil(20000 / 96)",),
    "train.readings": ("{'D': 'Diverged', 'C': 'STALLED', 'B': ' overfitting ', 'A': 'Learning'}",),
    "train.best_epoch": ("np.argmin(val_loss) + 1",),
    "test.mistakes_left": ("np.float32(80)",),
    "faster.seconds": ("12 / 6 * 4",),
    "faster.verdicts": ("{'C': 'Worse', 'B': ' DON’T KNOW ', 'A': 'BETTER'}",),
    "faster.gap": ("sorted(after)[0] - sorted(before)[-1]",),
    "your_hand.last_layer": ("2010.0",),
    "your_hand.forgotten": ("np.sum(before > after)",),
    "your_hand.first_of_each": ("[list(labels).index(digit) for digit in range(10)]",),
    "take_home.gigabytes": ("8 * 32 / 32", "32 // 4"),
    "take_home.quantise": (
        "np.floor(weights / step + 0.5) * step",
        "[round(weight / step) * step for weight in weights]",
    ),
    "test.two_sets": ("['Validation', 'Test']", "('validation set', 'test set')"),
    "test.accuracy_of": ("1 - np.count_nonzero(probabilities.argmax(1) - labels) / len(labels)",),
    "test.confusion_table": (
        "confusion_loop(labels, predictions)",
        "np.histogram2d(labels, predictions, bins=[range(11), range(11)])[0]",
    ),
    "your_digits.how_far": ("np.array([4.0, -4.0])",),
    "your_digits.center_of_mass": ("center_sums(image)",),
    "your_digits.dont_know": (
        "np.where((probabilities >= threshold).any(axis=1), probabilities.argmax(axis=1), -1)",
    ),
}
# What the engine says to all exercises stands here once.
WRONG: dict[str, dict[str, str]] = {
    "introduction.line": {
        "(1, 2)": "wrong order",
        "(2.5, 0)": "whose intercept is 0",
        "(-2, 1)": "its slope can't be below 0",
        "(2, 0)": "Your line misses the point below",
        "2": "two numbers in brackets",
        "'2x + 1'": "without quotes",
    },
    "introduction.slide": {"slide_in_place(window, weights)": "also changed what it was given"},
    "load.pixels": {
        "(10000, 28, 28)": "I need one number",
        "'7840000'": "is text",
        "True": "a yes or a no",
        "(7, 840, 0)": "Leave out the commas: `7840000`",
        "7840001": "too big",
        "len": "Call it, with brackets",
        "math.nan": "not a number",
    },
    "load.count_digits": {
        "count_generator(labels)": "generator",
        "dict(Counter(labels.tolist()))": "You gave a dict",
        "len(labels)": "That's a single number",
        "[str((labels == d).sum()) for d in range(10)]": "holds text",
        "undefined(labels)": "Python doesn't know that name",
    },
    "load.darker": {
        "np.minimum(image.astype(int) + amount, 255)": "Make it uint8",
        "np.minimum(image.astype(int) + amount, 255).tolist()": "Put them in an array",
        "darker_in_place_silent(image, amount)": "and gave nothing back",
    },
    "preprocess.to_unit": {
        "images / 255": "Make it float32",
        "unit_in_place(images)": "has no room for fractions",
        "(images / 255).ravel()": "The shape is",
    },
    "preprocess.add_channel": {
        "images[..., None] / 255": "The shape is right, but not all the numbers are"
    },
    "look.lazy": {"'11.2 %'": "is text"},
    "look.average_each": {
        "[images[labels == d].mean(axis=0) / (d > 0) for d in range(10)]": "There is `nan`",
        "np.array([images[labels == d].mean(axis=1) for d in range(10)])": "try the other one",
    },
    "look.nearest": {
        "float(np.argmin(((averages - image) ** 2).sum(axis=(1, 2))))": "I need whole numbers",
        "[np.argmin(((averages - image) ** 2).sum(axis=(1, 2)))]": "I need one number",
    },
    "one_hot.seven": {
        "[0, 0, 0, 0, 0, 0, 0, 1, 0]": "You gave 9 numbers, and I need 10",
        "'0000000100'": "You gave text",
        "np.array(['0'] * 9 + ['1'], object)": "holds text",
        "[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]": "look again at place 1",
    },
    "one_hot.encode": {"labels[:, None] == np.arange(10)": "`True` and `False`"},
    "one_hot.decode": {"np.argmax(vectors, axis=1).astype(float)": "I need whole numbers"},
    "model.output_size": {"float(size - kernel + 1)": "I need whole numbers"},
    "train.updates": {"12": "too small"},
    "train.readings": {
        "{'A': 'overfitting', 'B': 'overfitting', 'C': 'stalled', 'D': 'diverged'}": (
            "look at A again"
        ),
        "{'A': 'learning', 'B': 'learning', 'C': 'stalled', 'D': 'diverged'}": (
            "lowest in the third epoch"
        ),
        "{'A': 'learning', 'B': 'overfitting', 'C': 'learning', 'D': 'diverged'}": (
            "what pure guessing gives"
        ),
        "{'A': 'learning', 'B': 'overfitting', 'C': 'stalled', 'D': 'learning'}": (
            "The steps are too large"
        ),
        "{'A': 'learning'}": "There is no word for B yet",
        "{'A': 'good', 'B': 'bad', 'C': 'bad', 'D': 'bad'}": "use one of these, in double quotes",
        "['learning', 'overfitting', 'stalled', 'diverged']": "Keep the form of the cell",
    },
    "train.best_epoch": {"float(np.argmin(val_loss) + 1)": "I need whole numbers"},
    "faster.verdicts": {
        "{'A': \"don't know\", 'B': \"don't know\", 'C': 'worse'}": "to the right of every dot",
        "{'A': 'better', 'B': 'better', 'C': 'worse'}": "luck alone could have done it",
        "{'A': 'better', 'B': \"don't know\", 'C': 'better'}": "to the left of every dot",
    },
    "test.two_sets": {
        "('test', 'test')": "If the test set chooses",
        "('training', 'test')": "The training set cannot choose",
        "('validation', 'training')": "report on training digits",
        "('validation', 'validation')": "looks better than it is",
        "('test', 'validation')": "the wrong way round",
        "'validation'": "two words in brackets",
        "('exam', 'test')": "Use two of these words",
    },
    "test.accuracy_of": {"np.mean(probabilities == labels)": "the wrong number"},
    "your_digits.dont_know": {
        "[int(r.argmax()) if r.max() >= threshold else None for r in probabilities]": (
            "I need numbers"
        )
    },
}
