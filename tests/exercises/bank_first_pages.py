"""Right and wrong answers to the exercises of pages 00 to 03, as learners write them.

Each wrong answer stands with a piece of the message that it must get.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from fractions import Fraction

import numpy as np


def slide_loop(window, weights):
    total = 0
    for row in range(3):
        for column in range(3):
            total += window[row][column] * weights[row][column]
    return total


def slide_prints(window, weights):
    print((window * weights).sum())


def slide_in_place(window, weights):
    window[:] = window * weights.astype(window.dtype)
    return window.sum()


def count_loop(labels):
    counts = [0] * 10
    for label in labels:
        counts[label] += 1
    return counts


def count_counter(labels):
    found = Counter(int(label) for label in labels)
    return np.array([found[digit] for digit in range(10)])


def count_endless(labels):
    counts, place = [0] * 10, 0
    while place < len(labels):
        counts[labels[place]] += 1
    return counts


def count_generator(labels):
    for digit in range(10):
        yield (labels == digit).sum()


def count_from_one(labels):
    counts = [0] * 10
    for label in labels:
        counts[label - 1] += 1
    return counts


def count_reaching_too_far(labels):
    counts = [0] * 10
    for label in labels:
        counts[label + 1] += 1
    return counts


def darker_loop(image, amount):
    result = np.zeros_like(image)
    for place, pixel in np.ndenumerate(image):
        result[place] = min(int(pixel) + amount, 255)
    return result


def darker_where(image, amount):
    room = 255 - image
    return np.where(amount > room, 255, image + np.uint8(amount)).astype(np.uint8)


def darker_in_place(image, amount):
    image[:] = np.minimum(image.astype(int) + amount, 255)
    return image


def darker_in_place_silent(image, amount):
    image[:] = np.minimum(image.astype(int) + amount, 255)


def unit_loop(images):
    result = np.empty(images.shape, np.float32)
    for place, pixel in np.ndenumerate(images):
        result[place] = pixel / 255
    return result


def unit_copy(images):
    result = images.copy().astype(np.float32)
    result /= np.float32(255)
    return result


def unit_in_place(images):
    images /= 255
    return images


def channel_loop(images):
    result = np.zeros((len(images), 28, 28, 1))
    for number, image in enumerate(images):
        result[number, :, :, 0] = image
    return result


def colour_loop(picture):
    _, height, width = picture.shape
    result = np.zeros((height, width, 3))
    for channel in range(3):
        result[:, :, channel] = picture[channel]
    return result


def averages_loop(images, labels):
    result = np.zeros((10, *images.shape[1:]))
    for digit in range(10):
        chosen = [
            image.astype(float)
            for image, label in zip(images, labels, strict=True)
            if label == digit
        ]
        result[digit] = sum(chosen) / len(chosen)
    return result


def averages_wrapping(images, labels):
    result = []
    for digit in range(10):
        total = np.zeros(images.shape[1:], dtype="uint8")
        for image in images[labels == digit]:
            total = total + image
        result.append(total / (labels == digit).sum())
    return np.array(result)


def averages_whole(images, labels):
    return np.array([images[labels == d].mean(axis=0).astype(int) for d in range(10)])


def nearest_loop(image, averages):
    best, smallest = 0, math.inf
    for digit, average in enumerate(averages):
        distance = ((average - image) ** 2).sum()
        if distance < smallest:
            best, smallest = digit, distance
    return best


def nearest_norm(image, averages):
    return min(range(len(averages)), key=lambda d: np.linalg.norm(averages[d] - image))


BANK = {
    "introduction.line": (
        [(2, 1), [2.0, 1.0], np.array([2, 1]), (Fraction(2), 1.0001)],
        [
            ((1, 2), "wrong order"),
            ((2.5, 0), "whose intercept is 0"),
            ((-2, 1), "the slope is above 0"),
            ((2, 0), "Your line misses the point below"),
            (2, "Give two numbers in brackets"),
            ("2x + 1", "without quotes"),
            ({"slope": 2, "intercept": 1}, "You gave a dict"),
        ],
    ),
    "introduction.slide": (
        [
            slide_loop,
            lambda window, weights: np.sum(window * weights),
            lambda window, weights: float(np.dot(window.ravel(), weights.ravel())),
            lambda window, weights: sum(
                p * w for p, w in zip(window.flat, weights.flat, strict=True)
            ),
        ],
        [
            (lambda window, weights: window * weights, "You have the nine products"),
            (lambda window, weights: np.matmul(window, weights), "`@` multiplies rows by columns"),
            (lambda window, weights: np.mean(window * weights), "You took the mean"),
            (
                lambda window, weights: window.sum() * weights.sum(),
                "You added first and multiplied after",
            ),
            (lambda window, weights: sum(window * weights), "You added up each column"),
            (lambda window, weights: np.max(window * weights), "You kept only the largest product"),
            (slide_prints, "prints its result"),
            (slide_in_place, "also changed what it was given"),
            (lambda window: window.sum(), "must take 2 things"),
            (lambda window, weights: str((window * weights).sum()), "is text"),
            (45, "not a function"),
        ],
    ),
    "load.pixels": (
        [7_840_000, 10000.0 * 784, np.int64(7_840_000), np.prod([10000, 28, 28])],
        [
            (784, "That is one picture"),
            (54_880_000, "training and test set together"),
            (47_040_000, "That is the training set"),
            (280_000, "You took one 28"),
            (10_000, "number of pictures"),
            (10_056, "You added"),
            ((10000, 28, 28), "One number is asked for"),
            ("7840000", "is text"),
            (True, "a yes or a no"),
            (7_840_001, "too big"),
            (len, "Call it, with brackets"),
            (math.nan, "not a number"),
        ],
    ),
    "load.count_digits": (
        [
            count_loop,
            count_counter,
            lambda labels: [(labels == digit).sum() for digit in range(10)],
            lambda labels: [list(labels).count(digit) for digit in range(10)],
            lambda labels: np.histogram(labels, bins=np.arange(11))[0],
        ],
        [
            (
                lambda labels: np.unique(labels, return_counts=True)[1],
                "Digits that never come up are missing",
            ),
            (lambda labels: list(np.bincount(labels)), "Your list ends too soon"),
            (lambda labels: [(labels == d).sum() for d in range(9)], "You left out the 9"),
            (lambda labels: [(labels == d).sum() for d in range(1, 10)], "You left out the 0"),
            (lambda labels: [(labels == d).mean() for d in range(10)], "the share of each digit"),
            (
                lambda labels: sorted((labels == d).sum() for d in range(10)),
                "You sorted the counts",
            ),
            (count_endless, "not done after 2 seconds"),
            (count_generator, "generator"),
            (count_from_one, "one place too early"),
            (count_reaching_too_far, "one place too late"),
            (lambda labels: [labels[10] for _ in range(10)], "The first place is 0"),
            (lambda labels: dict(Counter(labels.tolist())), "You gave a dict"),
            (lambda labels: print(np.bincount(labels)), "prints its result"),
            (lambda labels: len(labels), "That is a single number"),
            (lambda labels: [str((labels == d).sum()) for d in range(10)], "holds text"),
            (lambda labels: undefined(labels), "Python does not know that name"),  # noqa: F821
            (np.bincount(np.arange(10)), "not a function"),
        ],
    ),
    "load.darker": (
        [
            darker_loop,
            darker_where,
            lambda image, amount: np.clip(image.astype(int) + amount, 0, 255).astype("uint8"),
            lambda image, amount: np.uint8(np.minimum(image + np.float64(amount), 255)),
        ],
        [
            (lambda image, amount: image + np.uint8(amount), "started again at 0"),
            (lambda image, amount: np.minimum(image + np.uint8(amount), 255), "started again at 0"),
            (lambda image, amount: image.astype(int) + amount, "Now cut what is above 255"),
            (
                lambda image, amount: (image.astype(int) + amount) % 255,
                "`%` makes the numbers start again",
            ),
            (
                lambda image, amount: np.maximum(image.astype(int) - amount, 0).astype("uint8"),
                "gets paler",
            ),
            (
                lambda image, amount: np.maximum(image.astype(int) + amount, 255),
                "keep the smaller one",
            ),
            (lambda image, amount: np.minimum(image.astype(int) + amount, 255), "Make it uint8"),
            (
                lambda image, amount: np.minimum(image.astype(int) + amount, 255).tolist(),
                "Put them in an array",
            ),
            (lambda image, amount: image, "as it was"),
            (darker_in_place, "also changed what it was given"),
            (darker_in_place_silent, "changed what it was given, and gave nothing back"),
        ],
    ),
    "preprocess.scaled": (
        [0.2, 51 / 255, np.float32(51) / np.float32(255), Fraction(1, 5)],
        [
            (51 / 256, "divided by 256"),
            (51 * 255, "You multiplied"),
            (5, "the other way round"),
            (51 // 255, "drops the fraction"),
            (0.51, "divided by 100"),
            ("0.2", "is text"),
            (0.3, "too big"),
        ],
    ),
    "preprocess.to_unit": (
        [
            unit_loop,
            unit_copy,
            lambda images: np.divide(images, 255, dtype=np.float32),
            lambda images: (images / 255).astype(np.float32),
            lambda images: np.array(
                [[[p / 255 for p in r] for r in i] for i in images], dtype="float32"
            ),
        ],
        [
            (lambda images: images.astype("float32") / 256, "divided by 256"),
            (lambda images: images // 255, "drops the fraction"),
            (
                lambda images: (images / images.max()).astype("float32"),
                "divided by the largest pixel",
            ),
            (lambda images: images / 255, "Make it float32"),
            (lambda images: (images / 255).astype("float16"), "Make it float32"),
            (
                lambda images: 1 - images.astype("float32") / 255,
                "Paper and ink have changed places",
            ),
            (lambda images: images.astype("float32"), "the numbers still go up to 255"),
            (unit_in_place, "has no room for fractions"),
            (lambda images: (images / 255).ravel(), "The shape is"),
            (lambda images: (images / 255).tolist(), "Put them in an array"),
        ],
    ),
    "preprocess.add_channel": (
        [
            channel_loop,
            lambda images: images[..., np.newaxis],
            lambda images: images[:, :, :, None],
            lambda images: np.expand_dims(images, -1),
            lambda images: images.reshape(len(images), 28, 28, 1),
            lambda images: np.stack([images], axis=3),
        ],
        [
            (lambda images: images[None], "The new axis came first"),
            (lambda images: np.expand_dims(images, 1), "The new axis came second"),
            (lambda images: np.expand_dims(images, 2), "The new axis came third"),
            (lambda images: images.reshape(-1, 784), "one long row"),
            (lambda images: images, "The shape is as it was"),
            (lambda images: images.reshape(28, 28, -1, 1), "`n` comes first"),
            (lambda images: images[..., None].repeat(3, axis=-1), "three channels"),
            (lambda images: images[..., None] / 255, "The shape is right, but not all numbers are"),
            (lambda images: images.reshape(-1, 32, 32, 1), "A value or a shape does not fit"),
        ],
    ),
    "preprocess.colour_last": (
        [
            colour_loop,
            lambda picture: np.moveaxis(picture, 0, -1),
            lambda picture: np.dstack(picture),
            lambda picture: np.einsum("chw->hwc", picture),
            lambda picture: [
                [list(pixel) for pixel in zip(*rows, strict=True)]
                for rows in zip(*picture, strict=True)
            ],
        ],
        [
            (lambda picture: picture.reshape(picture.shape[1], picture.shape[2], 3), "scrambled"),
            (lambda picture: picture.T, "`.T` puts all axes in the opposite order"),
            (lambda picture: np.swapaxes(picture, 0, 1), "Only the first two axes"),
            (lambda picture: np.moveaxis(picture, -1, 0), "the width came first"),
            (lambda picture: np.moveaxis(picture[::-1], 0, -1), "red and blue have changed places"),
            (lambda picture: picture, "as it was"),
            (lambda picture: sum(picture) / 3, "one grey"),
        ],
    ),
    "look.lazy": (
        [11.2, 11.24, 100 * 6742 / 60000, np.float64(11.2)],
        [
            (0.112, "Percent are asked for"),
            (10, "if each digit came up equally often"),
            (88.76, "how often it is wrong"),
            (6742, "how many it gets right"),
            (8.9, "the other way round"),
            ("11.2 %", "is text"),
            (50, "too big"),
        ],
    ),
    "look.average_each": (
        [
            averages_loop,
            lambda images, labels: np.stack([images[labels == d].mean(0) for d in range(10)]),
            lambda images, labels: [
                np.average(images[np.where(labels == d)], axis=0) for d in range(10)
            ],
            lambda images, labels: (
                np.einsum("dn,nhw->dhw", np.eye(10)[labels].T, images)
                / np.bincount(labels)[:, None, None]
            ),
        ],
        [
            (
                lambda images, labels: [images[labels == d].mean() for d in range(10)],
                "You averaged over all pixels",
            ),
            (lambda images, labels: images.mean(axis=0), "the average of all pictures"),
            (
                lambda images, labels: np.array([images[labels == d].sum(0) for d in range(10)]),
                "You only added up",
            ),
            (averages_wrapping, "started again at 0"),
            (averages_whole, "The fractions are cut off"),
            (
                lambda images, labels: np.array([images[labels == d][0] for d in range(10)]),
                "the first picture",
            ),
            (
                lambda images, labels: np.array(
                    [images[labels == d].mean(axis=0) / (d > 0) for d in range(10)]
                ),
                "There is `nan`",
            ),
            (lambda images, labels: statistics.mean([1, 2]), "single number"),
        ],
    ),
    "look.nearest": (
        [
            nearest_loop,
            nearest_norm,
            lambda image, averages: np.argmin(np.abs(averages - image).sum(axis=(1, 2))),
            lambda image, averages: int(np.argmin([((a - image) ** 2).mean() for a in averages])),
        ],
        [
            (
                lambda image, averages: np.argmax(((averages - image) ** 2).sum(axis=(1, 2))),
                "Use `argmin`",
            ),
            (
                lambda image, averages: min(((averages - image) ** 2).sum(axis=(1, 2))),
                "the smallest distance itself",
            ),
            (
                lambda image, averages: np.argmin([(a - image).sum() for a in averages]),
                "cancel out",
            ),
            (
                lambda image, averages: np.argmin([abs((a - image).sum()) for a in averages]),
                "cancelled out by then",
            ),
            (lambda image, averages: np.argmin((averages - image) ** 2), "looked at single pixels"),
            (lambda image, averages: nearest_loop(image, averages) + 1, "one too large"),
            (
                lambda image, averages: float(nearest_loop(image, averages)),
                "Whole numbers are asked for",
            ),
            (lambda image, averages: [nearest_loop(image, averages)], "One number is asked for"),
        ],
    ),
}
