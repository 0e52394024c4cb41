"""An opener without computers: twelve people with pencils are a convolution."""

from __future__ import annotations

from functools import partial

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.instructor.sheet import MARGIN, Sheet
from mnist_lesson.load import load_data
from mnist_lesson.shared.colours import BLUE, GREEN, INK, PALE, PURPLE

SIDE = 14
SQUARE = 0.95  # cm
KIND = "be the machine · pencils, scissors, no computer"


def picture() -> NDArray[np.int64]:
    """Return an MNIST four as 14 × 14 squares, 1 where there's ink."""
    (images, _), _ = load_data()
    # The darkest of every four pixels; an average would leave gaps in thin strokes.
    blocks = images[20].reshape(SIDE, 2, SIDE, 2).max(axis=(1, 3))
    return np.asarray(blocks > 140, np.int64)


def sums(ink: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what the window finds at its 12 × 12 places: ink on the right minus on the left."""
    columns = ink[:-2] + ink[1:-1] + ink[2:]  # the ink of three squares, one above the other
    return np.asarray(columns[:, 2:] - columns[:, :-2], np.int64)


def opener() -> list[Figure]:
    """Draw the opener: the picture with its window, the map to fill in, the teacher's sheet."""
    return [_picture_sheet(), _map_sheet(), _teacher_sheet()]


def _picture_sheet() -> Figure:
    sheet = Sheet("1 · The picture", KIND)
    sheet.write(
        "Here's how a computer gets a picture: as numbers. **Colour every square that has a 1 in "
        "it**, and you'll see what it's a picture of. The computer never does. It only has the "
        "numbers."
    )
    sheet.write(
        "Then **cut out the window** below, and its nine squares in one piece. Put it on the "
        "picture so it frames 3 × 3 squares. It looks for one thing only: ink on its right, "
        "and none on its left."
    )
    sheet.y += 0.3
    left = (21 - SIDE * SQUARE) / 2  # centred on the sheet
    _grid(sheet, left, picture(), "1 or 0", rows="{}")
    sheet.y += 0.9
    _window(sheet)
    return sheet.figure


def _window(sheet: Sheet) -> None:
    """Draw the paper window: a frame with a hole of 3 × 3 squares, and weights along its edges."""
    hole, rim = 3 * SQUARE, 1.15  # a rim wide enough to hold
    left, top = MARGIN, sheet.y
    sheet.box(left, top, hole + 2 * rim, hole + 2 * rim, "#E8EFF4", edge=INK)
    sheet.box(left + rim, top + rim, hole, hole, "white", edge=INK)
    for column, (sign, colour) in enumerate((("−1", PURPLE), ("0", INK), ("+1", GREEN))):
        x = left + rim + (column + 0.5) * SQUARE
        for y in (top + 0.6 * rim, top + rim + hole + 0.4 * rim):
            sheet.put(x, y, sign, 12, color=colour, weight="bold")
    sheet.put(left + rim + hole / 2, top + rim + hole / 2, "cut\nthis out", 9, color="#777777")
    sheet.y = top + 0.35
    beside = partial(sheet.write, x=left + hole + 2 * rim + 0.7, width=11.2)
    beside("**How to do a sum**")
    beside("Put the window on the picture.")
    beside("**Right column (+1):** count the squares with ink in them.")
    beside("**Left column (−1):** count them, too, and take that away.")
    beside("**Middle column (0):** doesn't count, whatever is in it.")
    beside("So each sum is a number from −3 to 3.")
    beside("**Try it:** top edge on row 5, left edge at the border. You get 3.")
    sheet.y = top + hole + 2 * rim


def _map_sheet() -> Figure:
    sheet = Sheet("2 · The map", KIND)
    sheet.write(
        "**Share the rows out**: twelve people, a row each. For row 1, start with the "
        "window in the picture's top left corner, and move it one square to the right after each "
        "sum. That makes twelve stops. Row 2 starts one square lower, and so on."
    )
    sheet.write("My row: ______     My twelve sums, from left to right:", size=11)
    sheet.y += 0.1
    left = (21 - 12 * SQUARE) / 2
    for column in range(12):
        sheet.box(left + column * SQUARE, sheet.y, SQUARE, SQUARE, "none")
        sheet.put(left + (column + 0.5) * SQUARE, sheet.y + SQUARE + 0.22, str(column + 1), 7)
    sheet.y += SQUARE + 0.75
    sheet.write(
        "Now **read your row aloud** while everybody fills in the map, all twelve rows of it. "
        "Colour sums of 2 and 3 green, and sums of −2 and −3 purple."
    )
    sheet.y += 0.3
    _grid(sheet, left, np.zeros((12, 12), int), "", rows="row {}")
    sheet.heading("What did we just do?")
    for question in (
        "Where is the map green? Where is it purple? What does this window look for?",
        "Give the window a quarter turn. What does it look for now?",
        "The four moves two squares to the right. What happens to the map?",
    ):
        sheet.write(f"•  {question}")
    return sheet.figure


def _teacher_sheet() -> Figure:
    sheet = Sheet("3 · For the teacher", "be the machine · not for handing out")
    sheet.write(
        "**Fifteen minutes, before any computer.** Print sheets 1 and 2 for each learner, at any "
        "size: the window is printed on the same sheet, so it always fits. With fewer than twelve "
        "people, some do two rows; with more, two do the same row and compare. Here's what comes "
        "out:"
    )
    sheet.y += 0.2
    _grid(sheet, (21 - 12 * SQUARE) / 2, sums(picture()), "coloured", rows="row {}")
    sheet.heading("What to say")
    for line in (
        "**It's a 4.** Green: ink begins here (paper on the left, ink on the right). Purple: ink "
        "ends. So this window finds the left and right edges of strokes.",
        "**After a quarter turn**, it finds upper and lower edges. A network has dozens of "
        "windows.",
        "**Move the four by two**, and the map moves by two as well. The window finds the same "
        "thing wherever it is. That helps a network read a digit that isn't quite in the middle.",
        "You are a **convolution**, your window is a **kernel**, and your map is a **feature "
        "map**. Page 00 does the same with a 5, on a screen. Nobody chooses a real network's nine "
        "numbers: training finds them.",
        "Together you did 144 sums. The first layer of the network on page 05 does 21,632 of them "
        "for each digit: 26 × 26 places, and 32 windows.",
    ):
        sheet.write(f"•  {line}")
    return sheet.figure


def _grid(
    sheet: Sheet, left: float, numbers: NDArray[np.int64], show: str, *, rows: str = ""
) -> None:
    """Draw a grid of squares, with or without their numbers, and move below it."""
    for (row, column), number in np.ndenumerate(numbers):
        x, y = left + column * SQUARE, sheet.y + row * SQUARE
        fill = "none"
        if show == "coloured" and abs(number) > 1:
            fill = "#BFE5D9" if number > 0 else "#E8CBE2"
        sheet.box(x, y, SQUARE, SQUARE, fill)
        text = str(number).replace("-", "−") if show else ""  # left for the class to fill in
        colour = INK if number else PALE
        sheet.put(x + SQUARE / 2, y + SQUARE / 2, text, 9, color=colour)
    for row in range(len(numbers) if rows else 0):
        y = sheet.y + (row + 0.5) * SQUARE
        sheet.put(left - 0.25, y, rows.format(row + 1), 8, ha="right", color=BLUE)
    sheet.y += len(numbers) * SQUARE
