#!/usr/bin/env python3
"""How well does the practised network read strangers, and how quickly does it learn a hand?

    python benchmarks/hand.py --strokes FILE             # all writers, five draws: hand.json
    python benchmarks/hand.py --strokes FILE --draws 1   # a quick look

FILE holds digits drawn with a pen, one JSON object per line: `digit`, `writer`, `strokes` (lists
x0, y0, x1, y1, …, y downwards), gzipped or not. Our figures are for the UCI set
*Pen-Based Recognition of Handwritten Digits* (Alpaydin and Alimoglu, 1998): 7,494 digits by 30
writers. Nothing that ships was trained on it; choices were made on the writers with even numbers.

It learns k drawings of each digit by a writer, and reads all of that writer's others, before and
after. Every writer counts the same, however much they drew; the fifteen with odd numbers, who had
no part in any choice, are also given separately. If scikit-learn is installed, its 1,797 optical
digits are read, too: enlarged from 8 × 8 to 20 × 20, and centred by mass.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np
from measuring import keep, machine, parser, seconds
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from mnist_lesson import load_data, to_input
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.hand import features_and_layer, learn_hand
from mnist_lesson.handwriting.strokes import PAD, draw_strokes
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.network.twin import Twin

SHARE = 0.6  # of the sheet's side, for the longer side of a digit
PEN = 22
SHOWN = (1, 2, 5)  # drawings of each digit that are learned

Digits = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]


def load_strokes(file: Path) -> Digits:
    """Read and draw the digits of a file: pictures like MNIST's, labels, writers."""
    packed = file.read_bytes()
    text = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
    rows = [json.loads(line) for line in text.decode().splitlines()]
    images = np.array([center_drawing(_draw(row["strokes"])) for row in rows])
    labels = np.array([row["digit"] for row in rows])
    return images, labels, np.array([row["writer"] for row in rows])


def _draw(strokes: list[list[float]]) -> NDArray[np.uint8]:
    lines = [np.array(stroke, float).reshape(-1, 2) for stroke in strokes]
    points = np.concatenate(lines)
    low = points.min(axis=0)
    high = points.max(axis=0)
    scale = SHARE * PAD / max(*(high - low), 1)
    moved = [(line - (low + high) / 2) * scale + PAD / 2 for line in lines]
    return draw_strokes([line.ravel().tolist() for line in moved], PEN)


def right(network: Twin, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say for each digit whether it's read right."""
    return np.asarray(network.predict(to_input(images)).argmax(axis=1) == labels)


def read_strangers(network: Twin, digits: Digits) -> dict[str, float]:
    """Read everybody's digits, without any teaching."""
    images, labels, writers = digits
    read = right(network, images, labels)
    by_writer = [read[writers == writer].mean() for writer in np.unique(writers)]
    even = writers % 2 == 0
    shares = {
        "all": read.mean(),
        "worst_writer": min(by_writer),
        "even_writers": read[even].mean(),
        "odd_writers": read[~even].mean(),
    }
    optical = _optical_digits()
    if optical is not None:
        shares["optical"] = right(network, *optical).mean()
    return {name: round(float(share), 4) for name, share in shares.items()}


def _optical_digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]] | None:
    if importlib.util.find_spec("sklearn") is None:
        return None
    from sklearn.datasets import load_digits

    found = load_digits()
    return np.array([_enlarge(image) for image in found.images]), found.target


def _enlarge(image: NDArray[np.float64]) -> NDArray[np.uint8]:
    grey = Image.fromarray((255 * image / 16).astype(np.uint8))
    large = np.pad(np.asarray(grey.resize((20, 20), Image.Resampling.BICUBIC)), 4)
    moved = 14 - np.array(ndimage.center_of_mass(large))
    return np.asarray(ndimage.shift(large, moved, order=1), np.uint8)


class Read:
    """Digits whose features are computed once: teaching only changes the last layer."""

    def __init__(self, network: Twin, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self.features = features_and_layer(network)[0].predict(to_input(images))
        self.labels = labels

    def right(self, network: Twin) -> NDArray[np.bool_]:
        """Say for each digit whether this network, or one taught from it, reads it right."""
        layer = features_and_layer(network)[1]
        answers = self.features @ layer["kernel"] + layer["bias"]
        return np.asarray(answers.argmax(axis=1) == self.labels)


def learn(network: Twin, digits: Digits, mnist: Read, shown: int, draws: int) -> dict[str, Any]:
    """Teach each writer's hand, and read the rest of that writer's digits, and MNIST's test set."""
    images, labels, writers = digits
    before = mnist.right(network).mean()
    numbers = np.unique(writers)
    shares = []  # of each writer: read right before, and after
    changes = []
    for writer in numbers:
        own = np.flatnonzero(writers == writer)
        ours = Read(network, images[own], labels[own])
        untaught = ours.right(network)
        read = []
        for draw in range(draws):
            order = np.random.default_rng([draw, writer, shown]).permutation(len(own))
            chosen = [order[ours.labels[order] == digit][:shown] for digit in range(10)]
            drawn = np.concatenate(chosen)
            taught = learn_hand(network, images[own][drawn], ours.labels[drawn])
            rest = np.delete(np.stack([untaught, ours.right(taught)]), drawn, axis=1)
            read.append(rest.mean(axis=1))
            changes.append(mnist.right(taught).mean() - before)
        shares.append(np.mean(read, axis=0))
    everybody = np.array(shares)
    return {
        **_before_and_after(everybody),
        "odd_writers": _before_and_after(everybody[numbers % 2 == 1]),
        "mnist_points": round(100 * float(np.mean(changes)), 3),
        "mnist_points_worst": round(100 * float(min(changes)), 3),
    }


def _before_and_after(shares: NDArray[np.float64]) -> dict[str, float]:
    """Sum up what was read right of each writer's digits, before and after: shares (n, 2)."""
    before, after = shares.mean(axis=0)
    worst_before, worst_after = shares.min(axis=0)
    figures = {
        "before": before,
        "mean": after,
        "worst_writer_before": worst_before,
        "worst_writer": worst_after,
    }
    return {name: round(float(share), 4) for name, share in figures.items()}


def learning_seconds(network: Twin, digits: Digits) -> dict[str, float]:
    """Time the teaching of 10 and of 100 drawings: the median of nine, by the clock on the wall."""
    images, labels, _ = digits
    found = {}
    for count in (10, 100):
        drawn = images[:count], labels[:count]
        times = [seconds(lambda drawn=drawn: learn_hand(network, *drawn)) for _ in range(9)]
        found[f"seconds_{count}_drawings"] = round(statistics.median(times), 3)
    return found


def main() -> None:
    """Measure, print, and keep the figures of a whole measurement."""
    command = parser(__doc__)
    command.add_argument("--strokes", type=Path, required=True, metavar="FILE")
    command.add_argument("--draws", type=int, default=5, metavar="N")
    options = command.parse_args()
    digits = load_strokes(options.strokes)
    network = practised_network()
    results: dict[str, Any] = {
        "machine": machine(),
        "strokes": f"{len(digits[1])} digits by {len(np.unique(digits[2]))} writers",
        "draws": options.draws,
        "network": network.digest,
        "mnist": round(float(right(network, *load_data()[1]).mean()), 4),
        "strangers": read_strangers(network, digits),
        "strangers_plain_network": read_strangers(plain_network(), digits),
    }
    print(json.dumps(results, indent=2), flush=True)
    mnist = Read(network, *load_data()[1])
    for shown in SHOWN:
        results[f"learned_{shown}"] = learn(network, digits, mnist, shown, options.draws)
        print(shown, results[f"learned_{shown}"], flush=True)
    results |= learning_seconds(network, digits)
    if options.draws == 5:
        keep(__file__, results)


if __name__ == "__main__":
    main()
