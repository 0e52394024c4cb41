"""Answers as learners write them: right ones of each kind, and wrong ones with what is said.

For a function, an answer is the expression that it returns. Mistakes that an exercise knows stand
with the exercise itself, and so does a solution.
"""

import math  # noqa: F401  (used in the answers' texts, like the three below)
from collections import Counter  # noqa: F401
from fractions import Fraction  # noqa: F401

import numpy as np
from scipy import special  # noqa: F401


def slide_prints(window, weights):
    print((window * weights).sum())


def slide_in_place(window, weights):
    window[:] = window * weights.astype(window.dtype)
    return window.sum()


def count_endless(labels):
    counts, place = [0] * 10, 0
    while place < len(labels):
        counts[labels[place]] += 1
    return counts


def count_generator(labels):
    for digit in range(10):
        yield (labels == digit).sum()


def darker_where(image, amount):
    room = 255 - image
    return np.where(amount > room, 255, image + np.uint8(amount)).astype(np.uint8)


def darker_in_place(image, amount):
    image[:] = np.minimum(image.astype(int) + amount, 255)
    return image


def darker_in_place_silent(image, amount):
    image[:] = np.minimum(image.astype(int) + amount, 255)


def unit_copy(images):
    result = images.copy().astype(np.float32)
    result /= np.float32(255)
    return result


def unit_in_place(images):
    images /= 255
    return images


def encode_every_row(labels):
    vectors = np.zeros((len(labels), 10))
    vectors[:, labels] = 1
    return vectors


def best_sorting(val_loss):
    first = val_loss[0]
    val_loss.sort()
    return 1 if first == val_loss[0] else 2


def confusion_loop(labels, predictions):
    table = [[0] * 10 for _ in range(10)]
    for label, prediction in zip(labels, predictions, strict=True):
        table[label][prediction] += 1
    return table


def confusion_one_row(labels, predictions):
    table = [[0] * 10] * 10  # ten times the same list
    for label, prediction in zip(labels, predictions, strict=True):
        table[label][prediction] += 1
    return table


def center_sums(image):
    rows = np.average(np.arange(image.shape[0]), weights=image.sum(axis=1))
    columns = np.average(np.arange(image.shape[1]), weights=image.sum(axis=0))
    return [rows, columns]


def center_spoiling(image):
    center = center_sums(image)
    image[:] = 0
    return center


RIGHT: dict[str, tuple[str, ...]] = {
    "introduction.line": ("(2, 1)", "[2.0, 1.0]", "np.array([2, 1])", "(Fraction(2), 1.0001)"),
    "introduction.slide": (
        "float(np.sum(window * weights))",
        "Fraction(float((window * weights).sum()))",
    ),
    "load.pixels": ("7840000", "10000.0 * 784", "np.int64(7840000)"),
    "load.count_digits": (
        "[(labels == digit).sum() for digit in range(10)]",
        "np.bincount(labels, minlength=10) / 1",
    ),
    "load.darker": (
        "darker_where(image, amount)",
        "np.uint8(np.minimum(image + np.float64(amount), 255))",
    ),
    "preprocess.scaled": ("0.2", "np.float32(51) / np.float32(255)", "Fraction(1, 5)"),
    "preprocess.to_unit": (
        "unit_copy(images)",
        "(images / 255).astype(np.float32)",
        "np.array([[[p / 255 for p in r] for r in i] for i in images], dtype='float32')",
    ),
    "preprocess.add_channel": (
        "np.expand_dims(images, -1)",
        "images[..., None].astype(float).tolist()",
    ),
    "look.lazy": ("11.2", "11.24", "100 * 6742 / 60000"),
    "look.average_each": (
        "[np.average(images[np.where(labels == d)], axis=0) for d in range(10)]",
        "np.einsum('dn,nhw->dhw', np.eye(10)[labels].T, images)"
        " / np.bincount(labels)[:, None, None]",
    ),
    "look.nearest": (
        "min(range(len(averages)), key=lambda d: np.linalg.norm(averages[d] - image))",
        "np.argmin(np.abs(averages - image).sum(axis=(1, 2)))",
    ),
    "one_hot.seven": ("(0, 0, 0, 0, 0, 0, 0, 1, 0, 0)", "np.eye(10)[7]"),
    "one_hot.encode": (
        "[[int(place == label) for place in range(10)] for label in labels]",
        "(labels[:, None] == np.arange(10)).astype('float32')",
    ),
    "one_hot.decode": ("vectors.argmax(-1).tolist()", "np.argmax(vectors, axis=1)"),
    "model.second_conv": ("np.int32(51264)", "51264.0"),
    "model.output_size": (
        "size - kernel + 1",
        "np.convolve(np.ones(size), np.ones(kernel), 'valid').size",
    ),
    "model.softmax": (
        "special.softmax(scores, axis=1)",
        "special.softmax(scores, axis=1).tolist()",
    ),
    "train.updates": ("209", "np.ceil(20000 / 96)"),
    "train.readings": (
        "{'A': 'learning', 'B': 'overfitting', 'C': 'stalled', 'D': 'diverged'}",
        "{'D': 'Diverged', 'C': 'STALLED', 'B': ' overfitting ', 'A': 'Learning'}",
    ),
    "train.best_epoch": ("np.argmin(val_loss) + 1", "val_loss.index(min(val_loss)) + 1"),
    "test.mistakes_left": ("80", "10_000 * 0.008", "np.float32(80)"),
    "faster.seconds": ("8", "12 / 6 * 4"),
    "faster.verdicts": (
        "{'A': 'better', 'B': \"don't know\", 'C': 'worse'}",
        "{'C': 'Worse', 'B': ' DON’T KNOW ', 'A': 'BETTER'}",
    ),
    "faster.gap": ("np.min(after) - np.max(before)", "sorted(after)[0] - sorted(before)[-1]"),
    "your_hand.last_layer": ("2010", "2010.0"),
    "your_hand.forgotten": (
        "sum(b and not a for b, a in zip(before, after, strict=True))",
        "np.sum(before > after)",
    ),
    "your_hand.first_of_each": (
        "np.unique(labels, return_index=True)[1]",
        "[list(labels).index(digit) for digit in range(10)]",
    ),
    "test.two_sets": (
        "('validation', 'test')",
        "['Validation', 'Test']",
        "('validation set', 'test set')",
    ),
    "test.accuracy_of": (
        "1 - np.count_nonzero(probabilities.argmax(1) - labels) / len(labels)",
        "np.mean(probabilities.argmax(axis=1) == labels)",
    ),
    "test.confusion_table": (
        "confusion_loop(labels, predictions)",
        "np.histogram2d(labels, predictions, bins=[range(11), range(11)])[0]",
    ),
    "your_digits.how_far": ("[4, -4]", "np.array([4.0, -4.0])"),
    "your_digits.center_of_mass": ("center_sums(image)", "np.array(center_sums(image))"),
    "your_digits.dont_know": (
        "[int(r.argmax()) if r.max() >= threshold else -1 for r in probabilities]",
        "np.where((probabilities >= threshold).any(axis=1), probabilities.argmax(axis=1), -1)",
    ),
}
WRONG: dict[str, dict[str, str]] = {
    "introduction.line": {
        "(1, 2)": "wrong order",
        "(2.5, 0)": "whose intercept is 0",
        "(-2, 1)": "its slope can't be below 0",
        "(2, 0)": "Your line misses the point below",
        "2": "two numbers in brackets",
        "'2x + 1'": "without quotes",
        "{'slope': 2, 'intercept': 1}": "You gave a dict",
    },
    "introduction.slide": {
        "slide_prints(window, weights)": "prints its result",
        "slide_in_place(window, weights)": "also changed what it was given",
        "str((window * weights).sum())": "is text",
    },
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
        "count_endless(labels)": "wasn't done after 2 seconds",
        "count_generator(labels)": "generator",
        "[labels[10] for _ in range(10)]": "The first place is 0",
        "dict(Counter(labels.tolist()))": "You gave a dict",
        "len(labels)": "That's a single number",
        "[str((labels == d).sum()) for d in range(10)]": "holds text",
        "undefined(labels)": "Python doesn't know that name",
    },
    "load.darker": {
        "np.minimum(image.astype(int) + amount, 255)": "Make it uint8",
        "np.minimum(image.astype(int) + amount, 255).tolist()": "Put them in an array",
        "darker_in_place(image, amount)": "also changed what it was given",
        "darker_in_place_silent(image, amount)": "and gave nothing back",
    },
    "preprocess.scaled": {"0.3": "too big"},
    "preprocess.to_unit": {
        "images / 255": "Make it float32",
        "(images / 255).astype('float16')": "Make it float32",
        "unit_in_place(images)": "has no room for fractions",
        "(images / 255).ravel()": "The shape is",
        "(images / 255).tolist()": "Put them in an array",
    },
    "preprocess.add_channel": {
        "images[..., None] / 255": "The shape is right, but not all the numbers are",
        "images.reshape(-1, 32, 32, 1)": "A value or a shape doesn't fit",
    },
    "look.lazy": {"'11.2 %'": "is text", "50": "too big"},
    "look.average_each": {
        "[images[labels == d].mean(axis=0) / (d > 0) for d in range(10)]": "There is `nan`",
        "images.mean()": "single number",
    },
    "look.nearest": {
        "float(np.argmin(((averages - image) ** 2).sum(axis=(1, 2))))": "I need whole numbers",
        "[np.argmin(((averages - image) ** 2).sum(axis=(1, 2)))]": "I need one number",
    },
    "one_hot.seven": {
        "[0, 0, 0, 0, 0, 0, 0, 1, 0]": "You gave 9 numbers, and I need 10",
        "'0000000100'": "You gave text",
        "np.array(['0'] * 9 + ['1'], object)": "holds text",
        "7": "That's a single number",
        "[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]": "look again at place 1",
    },
    "one_hot.encode": {
        "[['1' if p == x else '0' for p in range(10)] for x in labels]": "holds text",
        "labels[:, None] == np.arange(10)": "`True` and `False`",
        "encode_every_row(labels)": "The shape is right, but not all the numbers are",
        "(vector for vector in np.eye(10)[labels])": "generator",
    },
    "one_hot.decode": {
        "[list(v).index(1) for v in vectors]": "stopped with an error",
        "np.argmax(vectors, axis=1).astype(float)": "I need whole numbers",
        "[str(d) for d in np.argmax(vectors, axis=1)]": "holds text",
    },
    "model.second_conv": {"60000": "too big"},
    "model.output_size": {
        "float(size - kernel + 1)": "I need whole numbers",
        "(size - kernel + 1, size - kernel + 1)": "I need one number",
    },
    "model.softmax": {
        "np.exp(scores) / np.exp(scores).sum(axis=1)": "A value or a shape doesn't fit",
        "[math.exp(s) for s in scores]": "stopped with an error",
    },
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
    "train.best_epoch": {
        "best_sorting(val_loss)": "also changed what it was given",
        "float(np.argmin(val_loss) + 1)": "I need whole numbers",
        "f'epoch {np.argmin(val_loss) + 1}'": "is text",
        "val_loss[-1].epoch": "Python doesn't know there",
    },
    "test.mistakes_left": {"79": "too small"},
    "faster.seconds": {"9": "too big"},
    "faster.verdicts": {
        "{'A': \"don't know\", 'B': \"don't know\", 'C': 'worse'}": "to the right of every dot",
        "{'A': 'better', 'B': 'better', 'C': 'worse'}": "luck alone could have done it",
        "{'A': 'better', 'B': \"don't know\", 'C': 'better'}": "to the left of every dot",
        "{'A': 'better', 'B': \"don't know\"}": "There is no word for C yet",
        "{'A': 'good', 'B': 'bad', 'C': 'bad'}": "use one of these, in double quotes",
        "['better', 'worse', 'worse']": "Keep the form of the cell",
    },
    "faster.gap": {"str(min(after) - max(before))": "is text", "after - before": "TypeError"},
    "your_hand.last_layer": {"3000": "too big"},
    "your_hand.forgotten": {"before & ~after": "You gave", "str(before)": "is text"},
    "your_hand.first_of_each": {
        "{d: 0 for d in range(10)}": "You gave a dict",
        "list(labels).index(10)": "ValueError",
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
    "test.confusion_table": {
        "confusion_one_row(labels, predictions)": "not all the numbers are",
        "(labels != predictions).sum()": "single number",
    },
    "your_digits.how_far": {
        "4": "That's a single number",
        "'4, -4'": "You gave text",
        "(4, -5)": "look again at place 1",
    },
    "your_digits.center_of_mass": {
        "center_spoiling(image)": "also changed what it was given",
        "image.mean()": "single number",
    },
    "your_digits.dont_know": {
        "[int(r.argmax()) if r.max() >= threshold else None for r in probabilities]": (
            "I need numbers"
        ),
        "['?' if r.max() < threshold else int(r.argmax()) for r in probabilities]": ("holds text"),
    },
}
