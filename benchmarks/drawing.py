#!/usr/bin/env python3
"""How much is each step of `center_drawing()` worth? Test digits, drawn again with a pen.

    python benchmarks/drawing.py                 # every fifth test digit: drawing.json
    python benchmarks/drawing.py --every 50      # a quick look

Each MNIST digit is thinned to its centre lines (Zhang and Suen, 1984), and these are drawn again
with a round pen on a sheet of 280 × 280: thin or thick, small or large, off-centre, crooked. The
network trained for handwriting reads the sheets after `center_drawing()`, with one of its steps
left out, and just squashed to 28 × 28; and the lesson's own network reads them after
`center_drawing()`, too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from measuring import keep, machine, parser, seconds, summary
from numpy.typing import NDArray
from scipy import ndimage

from mnist_lesson import load_data, to_input
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.mistakes.distortions import turn
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.network.twin import Twin

SHEET = 280  # pixels
FINER = 4  # each MNIST pixel becomes 4 × 4 for the thinning
STEPS = ("fit", "center", "stroke")
WAYS = (
    {"center_drawing": ()}
    | {f"without {step}": (step,) for step in STEPS[::-1]}
    | {"squashed": STEPS}
)


class Hand(NamedTuple):
    """How digits are drawn: `size` in shares of the sheet, `pen` in shares of the digit.

    `askew` is how many degrees the digit may be turned, either way.
    """

    size: tuple[float, float]
    pen: tuple[float, float]
    middle: bool = True
    askew: float = 0


HANDS = {
    "as in MNIST": Hand((20 / 28, 20 / 28), (0.12, 0.12)),
    "thin pen": Hand((20 / 28, 20 / 28), (1 / 25, 1 / 20)),
    "thick pen": Hand((20 / 28, 20 / 28), (1 / 8, 1 / 6)),
    "small": Hand((0.15, 0.3), (0.08, 0.12)),
    "large": Hand((0.9, 1), (0.08, 0.12)),
    "off the middle": Hand((0.4, 0.6), (0.08, 0.12), middle=False),
    "askew": Hand((20 / 28, 20 / 28), (0.12, 0.12), askew=30),
    "all of these": Hand((0.15, 1), (1 / 25, 1 / 6), middle=False, askew=30),
}


def centre_lines(digit: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Thin a digit to lines of one fine pixel, and crop them."""
    fine = ndimage.zoom(
        digit.astype(np.float32), FINER, order=1, grid_mode=True, mode="grid-constant"
    )
    ink = np.pad(fine > 127, 1)
    # Around a pixel, from the one above.
    ring = [(1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)]
    before = -1
    while before != (before := int(ink.sum())):
        for above, right, below, left in ((0, 2, 4, 6), (4, 6, 0, 2)):
            near = np.stack([np.roll(ink, step, (0, 1)) for step in ring])
            starts = (~near & np.roll(near, -1, 0)).sum(0)
            inside = (near[above] & near[right] & near[below]) | (
                near[right] & near[below] & near[left]
            )
            ink = ink & ~((near.sum(0) >= 2) & (near.sum(0) <= 6) & (starts == 1) & ~inside)
    rows, columns = (np.flatnonzero(ink.any(axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def draw(lines: NDArray[np.bool_], hand: Hand, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw centre lines on a sheet with a round pen: uint8 (280, 280), ink bright, smooth."""
    size = rng.uniform(*hand.size) * SHEET
    pen = rng.uniform(*hand.pen) * size
    scale = (size - pen) / max(max(lines.shape) - 1, 1)
    sides = [scale * (n - 1) + pen for n in lines.shape]
    corner = [(SHEET - side) * (0.5 if hand.middle else rng.random()) for side in sides]
    margin = int(pen / scale) + 2
    away = ndimage.distance_transform_edt(~np.pad(lines, margin))
    places = [
        np.clip((np.arange(SHEET) + 0.5 - at - pen / 2) / scale + margin, 0, n - 1)
        for at, n in zip(corner, away.shape, strict=True)
    ]
    far = scale * ndimage.map_coordinates(away, np.meshgrid(*places, indexing="ij"), order=1)
    return np.asarray(np.round(255 * np.clip(pen / 2 - far + 0.5, 0, 1)), np.uint8)


def measure(every: int) -> dict[str, Any]:
    """Draw each hand's sheets and read them in the ways that matter for it."""
    images, labels = (array[::every] for array in load_data()[1])
    network, lesson, rng = practised_network(), plain_network(), np.random.default_rng(0)

    def right(pictures: Any, reader: Twin = network) -> float:
        read = reader.predict(to_input(np.stack(pictures))).argmax(axis=1)
        return round(float((read == labels).mean()), 4)

    lines = [centre_lines(digit) for digit in images]
    results: dict[str, Any] = {"network": network.digest, "digits": len(labels)}
    results["MNIST itself"] = {"handwriting": right(images), "lesson": right(images, lesson)}
    for name, hand in HANDS.items():
        if hand.askew:
            turned = [
                turn(digit[np.newaxis], rng.uniform(-hand.askew, hand.askew))[0] for digit in images
            ]
            sheets = [draw(centre_lines(digit), hand, rng) for digit in turned]
        else:
            sheets = [draw(line, hand, rng) for line in lines]
        row = {"lesson's network": right([center_drawing(sheet) for sheet in sheets], lesson)}
        for key, left_out in WAYS.items():
            switches = dict.fromkeys(left_out, False)
            row[key] = right([center_drawing(sheet, **switches) for sheet in sheets])
        results[name] = row
        print(f"  {name:15}", *(f"{key} {share:.2%}  " for key, share in row.items()), flush=True)
    results["milliseconds"] = speed(sheets[:200])
    return results


def speed(sheets: list[NDArray[np.uint8]]) -> dict[str, float]:
    """Time `center_drawing()` on sheets of 280 × 280."""
    return summary([1000 * seconds(lambda sheet=sheet: center_drawing(sheet)) for sheet in sheets])


def main() -> None:
    """Measure, keep the figures, print them."""
    command = parser(__doc__)
    command.add_argument("--every", type=int, default=5, help="read every n-th test digit")
    every = command.parse_args().every
    results = {"machine": machine(), **measure(every)}
    print(f"  MNIST itself {results['MNIST itself']}; a drawing takes {results['milliseconds']}")
    if every == 5:
        keep(__file__, results)


if __name__ == "__main__":
    main()
