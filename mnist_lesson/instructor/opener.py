"""An opener without computers: twelve people with pencils are a convolution."""

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.instructor.sheet import MARGIN, Paper
from mnist_lesson.load import load_data
from mnist_lesson.shared.colours import BLUE, GREEN, INK, PALE, PURPLE

SIDE = 14
SQUARE = 9.5  # mm
RIM = 11.5  # mm of card around the window's hole, wide enough to hold
BEGINS, ENDS = "#BFE5D9", "#E8CBE2"  # green where ink begins, purple where it ends
KIND = "be the machine · pencils, scissors, no computer"
PICTURE = """\
Here's how a computer gets a picture: as numbers. **Colour every square that has a 1 in it**, and
you'll see what it's a picture of. The computer never does. It only has the numbers.

Then **cut out the window** below, and its nine squares in one piece. Put it on the picture so it
frames 3 × 3 squares. It looks for one thing only: ink on its right, and none on its left.
"""
SUM = """\
**How to do a sum**

Put the window on the picture.

**Right column (+1):** count the squares with ink in them.

**Left column (−1):** count them, too, and take that away.

**Middle column (0):** doesn't count, whatever is in it.

So each sum is a number from −3 to 3.

**Try it:** top edge on row 5, left edge at the border. You get 3.
"""
ROWS = """\
**Share the rows out**: twelve people, a row each. For row 1, start with the window in the picture's
top left corner, and move it one square to the right after each sum. That makes twelve stops. Row 2
starts one square lower, and so on.

My row: ______     My twelve sums, from left to right:
"""
MAP = """\
Now **read your row aloud** while everybody fills in the map, all twelve rows of it. Colour sums of
2 and 3 green, and sums of −2 and −3 purple.
"""
QUESTIONS = """\
## What did we just do?

- Where is the map green? Where is it purple? What does this window look for?
- Give the window a quarter turn. What does it look for now?
- The four moves two squares to the right. What happens to the map?
"""
TEACHER = """\
**Fifteen minutes, before any computer.** Print sheets 1 and 2 for each learner, at any size: the
window is printed on the same sheet, so it always fits. With fewer than twelve people, some do two
rows; with more, two do the same row and compare. Here's what comes out:
"""
SAY = """\
## What to say

- **It's a 4.** Green: ink begins here (paper on the left, ink on the right). Purple: ink ends. So
  this window finds the left and right edges of strokes.
- **After a quarter turn**, it finds upper and lower edges. A network has dozens of windows.
- **Move the four by two**, and the map moves by two as well. The window finds the same thing
  wherever it is. That helps a network read a digit that isn't quite in the middle.
- You are a **convolution**, your window is a **kernel**, and your map is a **feature map**. Page 00
  does the same with a 5, on a screen. Nobody chooses a real network's nine numbers: training finds
  them.
- Together you did 144 sums. The first layer of the network on page 05 does 21,632 of them for each
  digit: 26 × 26 places, and 32 windows.
"""


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
    paper.begin(KIND, "1 · The picture", PICTURE)
    _grid(paper, picture())
    _window(paper)
    paper.begin(KIND, "2 · The map", ROWS)
    _grid(paper, np.zeros((1, 12), int), rows="", empty=True)
    paper.write_markdown(MAP)
    _grid(paper, np.zeros((12, 12), int), rows="row {}", empty=True)
    paper.write_markdown(QUESTIONS)
    paper.begin("be the machine · not for handing out", "3 · For the teacher", TEACHER)
    _grid(paper, sums(picture()), rows="row {}")
    paper.write_markdown(SAY)
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


def _window(paper: Paper) -> None:
    """Draw the paper window: a frame with a hole of 3 × 3 squares, and weights along its edges."""
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
    paper.write_markdown(SUM, left=MARGIN + hole + 2 * RIM + 7)
