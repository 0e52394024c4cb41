"""Right and wrong answers to the exercises of pages 04 to 08, as learners write them."""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage, special


def encode_loop(labels):
    vectors = []
    for label in labels:
        vector = [0] * 10
        vector[label] = 1
        vectors.append(vector)
    return vectors


def encode_zeros(labels):
    vectors = np.zeros((len(labels), 10))
    vectors[np.arange(len(labels)), labels] = 1
    return vectors


def encode_every_row(labels):
    vectors = np.zeros((len(labels), 10))
    vectors[:, labels] = 1
    return vectors


def decode_loop(vectors):
    digits = []
    for vector in vectors:
        digits.append(list(vector).index(max(vector)))
    return digits


def softmax_loop(scores):
    rows = []
    for row in scores:
        powers = [math.exp(score - max(row)) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def best_loop(val_loss):
    best = 0
    for epoch in range(len(val_loss)):
        if val_loss[epoch] < val_loss[best]:
            best = epoch
    return best + 1


def best_sorting(val_loss):
    first = val_loss[0]
    val_loss.sort()
    return 1 if first == val_loss[0] else 2


def accuracy_loop(probabilities, labels):
    right = 0
    for row, label in zip(probabilities, labels, strict=True):
        right += int(row.argmax() == label)
    return right / len(labels)


def confusion_loop(labels, predictions):
    table = [[0] * 10 for _ in range(10)]
    for label, prediction in zip(labels, predictions, strict=True):
        table[label][prediction] += 1
    return table


def confusion_at_once(labels, predictions):
    table = np.zeros((10, 10))
    table[labels, predictions] += 1
    return table


def confusion_mistakes(labels, predictions):
    table = np.zeros((10, 10))
    for label, prediction in zip(labels, predictions, strict=True):
        if label != prediction:
            table[label, prediction] += 1
    return table


def confusion_one_row(labels, predictions):
    table = [[0] * 10] * 10  # ten times the same list
    for label, prediction in zip(labels, predictions, strict=True):
        table[label][prediction] += 1
    return table


def center_loop(image):
    row_sum = column_sum = ink = 0.0
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            pixel = float(image[row, column])
            row_sum, column_sum, ink = (
                row_sum + row * pixel,
                column_sum + column * pixel,
                ink + pixel,
            )
    return row_sum / ink, column_sum / ink


def center_sums(image):
    rows = np.average(np.arange(image.shape[0]), weights=image.sum(axis=1))
    columns = np.average(np.arange(image.shape[1]), weights=image.sum(axis=0))
    return [rows, columns]


def center_spoiling(image):
    center = center_loop(image)
    image[:] = 0
    return center


def dont_know_loop(probabilities, threshold):
    answers = []
    for row in probabilities:
        answers.append(int(row.argmax()) if row.max() >= threshold else -1)
    return answers


def dont_know_array(probabilities, threshold):
    digits = probabilities.argmax(axis=1)
    digits[probabilities.max(axis=1) < threshold] = -1
    return digits


BANK = {
    "one_hot.seven": (
        [
            [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
            (0, 0, 0, 0, 0, 0, 0, 1, 0, 0),
            np.eye(10)[7],
            [float(place == 7) for place in range(10)],
        ],
        [
            ([0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "place 6"),
            ([0, 0, 0, 0, 0, 0, 0, 7, 0, 0], "put a 1 there"),
            ([0, 0, 0, 0, 0, 0, 0, 1, 0], "You gave 9 numbers, but 10 are asked for"),
            ("0000000100", "You gave text"),
            (["0"] * 7 + ["1", "0", "0"], "holds text"),
            ([0] * 10, "All are 0"),
            (7, "That is a single number"),
            ([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "Look again at place 0"),
        ],
    ),
    "one_hot.encode": (
        [
            encode_loop,
            encode_zeros,
            lambda labels: [[int(place == label) for place in range(10)] for label in labels],
            lambda labels: (labels[:, None] == np.arange(10)).astype("float32"),
            lambda labels: np.identity(10, dtype=int)[labels],
        ],
        [
            (lambda labels: np.eye(10)[labels - 1], "one place too far to the left"),
            (lambda labels: np.eye(10)[:, labels], "Rows and columns have changed places"),
            (lambda labels: np.eye(10)[labels] * labels[:, None], "not the digit itself"),
            (lambda labels: np.eye(max(labels) + 1)[labels], "only as many columns"),
            (
                lambda labels: [["1" if p == x else "0" for p in range(10)] for x in labels],
                "holds text",
            ),
            (lambda labels: ["0" * x + "1" + "0" * (9 - x) for x in labels], "holds text"),
            (lambda labels: labels[:, None] == np.arange(10), "`True` and `False`"),
            (encode_every_row, "The shape is right, but not all numbers are"),
            (lambda labels: (vector for vector in encode_loop(labels)), "generator"),
            (lambda labels: np.eye(10)[labels].flatten(), "one long row"),
        ],
    ),
    "one_hot.decode": (
        [
            decode_loop,
            lambda vectors: np.argmax(vectors, axis=1),
            lambda vectors: vectors.argmax(-1).tolist(),
            lambda vectors: np.array([np.argsort(vector)[-1] for vector in vectors]),
            lambda vectors: [max(range(10), key=vector.__getitem__) for vector in vectors],
        ],
        [
            (lambda vectors: np.argmax(vectors), "Without an axis"),
            (lambda vectors: np.argmax(vectors, axis=0), "`axis=0` looks down the columns"),
            (lambda vectors: vectors.max(axis=1), "the largest number itself"),
            (lambda vectors: [int(np.argmax(v)) + 1 for v in vectors], "one too large"),
            (lambda vectors: [list(v).index(1) for v in vectors], "stopped with an error"),
            (
                lambda vectors: (vectors * np.arange(10)).sum(axis=1),
                "You multiplied each place by its number",
            ),
            (
                lambda vectors: np.argmax(vectors, axis=1).astype(float),
                "Whole numbers are asked for",
            ),
            (lambda vectors: [str(d) for d in np.argmax(vectors, axis=1)], "holds text"),
        ],
    ),
    "model.second_conv": (
        [51_264, (5 * 5 * 32 + 1) * 64, np.int32(51_264), 51_264.0],
        [
            (51_200, "You forgot the bias"),
            (51_201, "one bias for the whole layer"),
            (1_664, "You counted one map"),
            (832, "a first convolution"),
            (801, "That is one filter, and it is right"),
            (18_496, "windows of 3 × 3"),
            (10_304, "You counted 5"),
            ("51264", "is text"),
            (60_000, "too big"),
        ],
    ),
    "model.output_size": (
        [
            lambda size, kernel: size - kernel + 1,
            lambda size, kernel: len(range(kernel, size + 1)),
            lambda size, kernel: sum(1 for left in range(size) if left + kernel <= size),
            lambda size, kernel: np.convolve(np.ones(size), np.ones(kernel), "valid").size,
        ],
        [
            (lambda size, kernel: size - kernel, "off by one"),
            (lambda size, kernel: size - 2, "window of 3 only"),
            (lambda size, kernel: size, "would keep its size"),
            (lambda size, kernel: size // kernel, "side by side"),
            (lambda size, kernel: (size - kernel + 1) * (size - kernel + 1), "Only its width"),
            (lambda size, kernel: float(size - kernel + 1), "Whole numbers are asked for"),
            (
                lambda size, kernel: (size - kernel + 1, size - kernel + 1),
                "One number is asked for",
            ),
            (lambda size: size - 2, "must take 2 things"),
        ],
    ),
    "model.softmax": (
        [
            softmax_loop,
            lambda scores: special.softmax(scores, axis=1),
            lambda scores: np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None]),
            lambda scores: np.array(
                [np.exp(r - r.max()) / np.exp(r - r.max()).sum() for r in scores]
            ),
        ],
        [
            (lambda scores: special.softmax(scores, axis=0), "Your columns add up to 1"),
            (lambda scores: special.softmax(scores), "All your numbers together"),
            (
                lambda scores: np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True),
                "`np.exp(1000)` is too large",
            ),
            (lambda scores: scores / scores.sum(axis=1, keepdims=True), "You left out `np.exp`"),
            (lambda scores: np.exp(scores), "Now divide each by the sum"),
            (lambda scores: np.exp(scores) / np.exp(scores).sum(axis=1), "not all numbers are"),
            (lambda scores: [math.exp(s) for s in scores], "stopped with an error"),
        ],
    ),
    "train.updates": (
        [209, math.ceil(20_000 / 96), 20_000 // 96 + 1, np.ceil(20_000 / 96)],
        [
            (208, "32 digits are left"),
            (20_000 / 96, "no third of an update"),
            (208.33, "no third of an update"),
            (156.25, "You took batches of 128"),
            (422, "the number on this page"),
            (12 * 209, "twelve epochs"),
            (20_000, "after each batch"),
            ("209", "is text"),
            (12, "too small"),
        ],
    ),
    "train.readings": (
        [
            {"A": "learning", "B": "overfitting", "C": "stalled", "D": "diverged"},
            {"D": "Diverged", "C": "STALLED", "B": " overfitting ", "A": "Learning"},
            dict(zip("ABCD", ["learning", "overfitting", "stalled", "diverged"], strict=True)),
        ],
        [
            (
                {"A": "overfitting", "B": "overfitting", "C": "stalled", "D": "diverged"},
                "run A again",
            ),
            (
                {"A": "learning", "B": "learning", "C": "stalled", "D": "diverged"},
                "lowest in the third epoch",
            ),
            (
                {"A": "learning", "B": "overfitting", "C": "learning", "D": "diverged"},
                "what pure guessing gives",
            ),
            (
                {"A": "learning", "B": "overfitting", "C": "stalled", "D": "learning"},
                "The steps are too large",
            ),
            ({"A": "learning"}, "There is no word for B yet"),
            ({"A": "good", "B": "bad", "C": "bad", "D": "bad"}, "use one of the four words"),
            (["learning", "overfitting", "stalled", "diverged"], "Keep the form of the cell"),
        ],
    ),
    "train.best_epoch": (
        [
            best_loop,
            lambda val_loss: np.argmin(val_loss) + 1,
            lambda val_loss: val_loss.index(min(val_loss)) + 1,
            lambda val_loss: min(
                range(1, len(val_loss) + 1), key=lambda epoch: val_loss[epoch - 1]
            ),
        ],
        [
            (lambda val_loss: val_loss.index(min(val_loss)), "You are off by one"),
            (lambda val_loss: np.argmax(val_loss) + 1, "the highest loss"),
            (lambda val_loss: min(val_loss), "the lowest loss itself"),
            (lambda val_loss: len(val_loss), "You took the last epoch"),
            (
                lambda val_loss: next(
                    (e for e in range(1, len(val_loss)) if val_loss[e] > val_loss[e - 1]),
                    len(val_loss),
                ),
                "where the loss first rises",
            ),
            (best_sorting, "also changed what it was given"),
            (lambda val_loss: float(np.argmin(val_loss) + 1), "Whole numbers are asked for"),
            (lambda val_loss: f"epoch {np.argmin(val_loss) + 1}", "is text"),
            (lambda val_loss: val_loss[-1].epoch, "Python does not know there"),
        ],
    ),
    "test.two_sets": (
        [("validation", "test"), ["Validation", "Test"], ("validation set", "test set")],
        [
            (("test", "test"), "If the test set chooses"),
            (("training", "test"), "The training set cannot choose"),
            (("validation", "training"), "report on training digits"),
            (("validation", "validation"), "looks better than it is"),
            (("test", "validation"), "the wrong way round"),
            ("validation", "Two words in brackets"),
            (("exam", "test"), "Use two of these words"),
        ],
    ),
    "test.accuracy_of": (
        [
            accuracy_loop,
            lambda probabilities, labels: np.mean(probabilities.argmax(axis=1) == labels),
            lambda probabilities, labels: (
                1 - np.count_nonzero(probabilities.argmax(1) - labels) / len(labels)
            ),
            lambda probabilities, labels: sum(np.argmax(probabilities, 1) == labels) / len(labels),
        ],
        [
            (
                lambda probabilities, labels: sum(probabilities.argmax(axis=1) == labels),
                "You counted",
            ),
            (
                lambda probabilities, labels: 100 * accuracy_loop(probabilities, labels),
                "You gave percent",
            ),
            (
                lambda probabilities, labels: 1 - accuracy_loop(probabilities, labels),
                "the share that is wrong",
            ),
            (
                lambda probabilities, labels: np.mean(np.argmax(probabilities) == labels),
                "one long row",
            ),
            (
                lambda probabilities, labels: probabilities.max(axis=1).mean(),
                "You have not looked at the labels",
            ),
            (
                lambda probabilities, labels: probabilities.argmax(axis=1) == labels,
                "Now take the share",
            ),
            (lambda probabilities, labels: np.mean(probabilities == labels), "a wrong number"),
            (
                lambda probabilities, labels: all(probabilities.argmax(1) == labels),
                "whether all are right",
            ),
        ],
    ),
    "test.confusion_table": (
        [
            confusion_loop,
            lambda labels, predictions: np.bincount(
                10 * labels + predictions, minlength=100
            ).reshape(10, 10),
            lambda labels, predictions: np.histogram2d(
                labels, predictions, bins=[range(11), range(11)]
            )[0],
            lambda labels, predictions: np.eye(10)[labels].T @ np.eye(10)[predictions],
        ],
        [
            (lambda labels, predictions: confusion_loop(predictions, labels), "changed places"),
            (confusion_at_once, "counts equal pairs only once"),
            (confusion_mistakes, "You left out what was read right"),
            (confusion_one_row, "not all numbers are"),
            (
                lambda labels, predictions: (
                    np.array(confusion_loop(labels, predictions)) / len(labels)
                ),
                "You gave shares",
            ),
            (
                lambda labels, predictions: np.diag(confusion_loop(labels, predictions)),
                "one number for each digit",
            ),
            (lambda labels, predictions: (labels != predictions).sum(), "single number"),
        ],
    ),
    "your_digits.how_far": (
        [(4, -4), [4, -4], np.array([4.0, -4.0]), (14 - 10, 14 - 18)],
        [
            ((-4, 4), "Both signs"),
            ((4, 4), "to the left"),
            ((14, 14), "where the ink should go"),
            (4, "That is a single number"),
            ("4, -4", "You gave text"),
            ((4, -5), "Look again at place 1"),
        ],
    ),
    "your_digits.center_of_mass": (
        [
            center_loop,
            center_sums,
            ndimage.center_of_mass,
            lambda image: np.array(center_loop(image)),
        ],
        [
            (lambda image: center_loop(image)[::-1], "You gave the column first"),
            (
                lambda image: [(p.min() + p.max()) / 2 for p in np.where(image > 0)],
                "the middle of the box",
            ),
            (lambda image: np.argwhere(image).mean(axis=0), "counted all pixels with ink the same"),
            (lambda image: (center_loop(image)[0] + 1, center_loop(image)[1] + 1), "one too large"),
            (
                lambda image: tuple(
                    (image * p.astype("uint8")).sum() / image.sum() for p in np.indices(image.shape)
                ),
                "A `uint8` holds 255 at most",
            ),
            (
                lambda image: divmod(int(image.argmax()), image.shape[1]),
                "the pixel with the most ink",
            ),
            (center_spoiling, "also changed what it was given"),
            (lambda image: image.mean(), "single number"),
        ],
    ),
    "your_digits.dont_know": (
        [
            dont_know_loop,
            dont_know_array,
            lambda probabilities, threshold: np.where(
                (probabilities >= threshold).any(axis=1), probabilities.argmax(axis=1), -1
            ),
        ],
        [
            (
                lambda probabilities, threshold: probabilities.argmax(axis=1),
                "You always name a digit",
            ),
            (
                lambda probabilities, threshold: [
                    int(r.argmax()) if r.max() > threshold else -1 for r in probabilities
                ],
                "“At least 0.75” means 0.75 or more",
            ),
            (
                lambda probabilities, threshold: [
                    int(r.argmax()) if r.max() < threshold else -1 for r in probabilities
                ],
                "the wrong way round",
            ),
            (
                lambda probabilities, threshold: [
                    int(r.argmax()) if r.max() >= threshold else 0 for r in probabilities
                ],
                "0 is a digit",
            ),
            (
                lambda probabilities, threshold: [
                    int(r.argmax()) if r.max() >= threshold else None for r in probabilities
                ],
                "Numbers are asked for",
            ),
            (
                lambda probabilities, threshold: [
                    r.max() if r.max() >= threshold else -1 for r in probabilities
                ],
                "You return how sure the network is",
            ),
            (
                lambda probabilities, threshold: [
                    int(r.argmax()) for r in probabilities if r.max() >= threshold
                ],
                "Each row needs an answer",
            ),
            (
                lambda probabilities, threshold: [
                    "?" if r.max() < threshold else int(r.argmax()) for r in probabilities
                ],
                "holds text",
            ),
        ],
    ),
}
