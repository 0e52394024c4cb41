"""An opener without computers: twelve people with pencils are a convolution."""

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.instructor.sheet import MARGIN, Paper, texts_of
from mnist_lesson.load import load_data
from mnist_lesson.shared.colours import BLUE, GREEN, INK, PALE, PURPLE

SIDE = 14
SQUARE = 9.5  # mm
RIM = 11.5  # mm of card around the window's hole, wide enough to hold
BEGINS, ENDS = "#BFE5D9", "#E8CBE2"  # green where ink begins, purple where it ends
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


def opener() -> Paper:
    """Draw the opener: the picture with its window, the map to fill in, the teacher's sheet."""
    paper = Paper()
    begin, how_to_sum, rows, fill_in, questions, teacher, say = texts_of("opener")
    paper.begin(KIND, "1 · The picture", begin)
    _grid(paper, picture())
    _window(paper, how_to_sum)
    paper.begin(KIND, "2 · The map", rows)
    _grid(paper, np.zeros((1, 12), int), rows="", empty=True)
    paper.write_markdown(fill_in)
    _grid(paper, np.zeros((12, 12), int), rows="row {}", empty=True)
    paper.write_markdown(questions)
    paper.begin("be the machine · not for handing out", "3 · For the teacher", teacher)
    _grid(paper, sums(picture()), rows="row {}")
    paper.write_markdown(say)
    return paper


def _grid(
    paper: Paper, numbers: NDArray[np.int64], *, rows: str = "{}", empty: bool = False
) -> None:
    """Draw a grid of squares, with their numbers unless the class fills them in; move below it."""
    top = paper.y + 5
    left = (paper.w - numbers.shape[1] * SQUARE) / 2
    paper.set_draw_color(PALE)
    for row, line in enumerate(numbers.tolist()):
        paper.set_font("sans", size=8)
        paper.set_text_color(BLUE)
        paper.set_xy(left - 16, top + row * SQUARE)
        paper.cell(15, SQUARE, rows.format(row + 1), align="R")
        paper.set_font("sans", size=9)
        for number in line:
            paper.set_text_color(INK if number else PALE)
            paper.set_fill_color(BEGINS if number > 0 else ENDS)
            text = "" if empty else str(number).replace("-", "−")
            coloured = rows == "row {}" and abs(number) > 1  # as on the map
            paper.cell(SQUARE, SQUARE, text, border=1, align="C", fill=coloured)
    paper.set_xy(MARGIN, top + len(numbers) * SQUARE + 2)


def _window(paper: Paper, how_to_sum: str) -> None:
    """Draw the paper window, with weights along the edges of its hole, and how to use it beside."""
    top = paper.y + 5
    hole = 3 * SQUARE
    paper.set_draw_color(INK)
    paper.set_fill_color("#E8EFF4")
    paper.rect(MARGIN, top, hole + 2 * RIM, hole + 2 * RIM, "DF")
    paper.set_fill_color("#FFFFFF")
    paper.rect(MARGIN + RIM, top + RIM, hole, hole, "DF")
    paper.set_font("sans", "b", 12)
    for y in (top, top + RIM + hole):
        paper.set_xy(MARGIN + RIM, y)
        for weight, colour in (("−1", PURPLE), ("0", INK), ("+1", GREEN)):
            paper.set_text_color(colour)
            paper.cell(SQUARE, RIM, weight, align="C")
    paper.set_xy(MARGIN + RIM, top + RIM)
    paper.set_font("sans", size=9)
    paper.set_text_color(INK)
    paper.cell(hole, hole, "cut this out", align="C")
    paper.y = top
    paper.write_markdown(how_to_sum, left=MARGIN + hole + 2 * RIM + 7)
