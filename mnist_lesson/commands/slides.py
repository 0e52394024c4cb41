"""Ten slides for a projector, made from the pages' own pictures; no internet needed."""

from __future__ import annotations

import base64
import io

import matplotlib.image
from matplotlib.figure import Figure
from nbformat import reads

from mnist_lesson.commands.pages import edition
from mnist_lesson.shared.colours import BLUE, INK

# Page, the cell with the picture, the title above it, and the question to ask below it.
SLIDES = (
    ("03", "six-of-each", "Can you read all of these?", "Now write down the rule for a 7."),
    (
        "00",
        "bent",
        "The best line there is",
        "Would you trust it? What would a better function do?",
    ),
    ("00", "show-neuron", "A neuron: weigh, add, bend", "Turn the 2.0 into 1.0. What comes out?"),
    ("00", "whole", "A window slides over a picture", "What does this one look for?"),
    ("05", "conv-1-maps", "One 5, seen through 32 windows", "Which map likes upper edges?"),
    ("06", "valley", "Learning is walking downhill", "You're in thick fog. How do you get down?"),
    ("06", "overfit-curves", "When should you stop?", "Which line are you looking at, and why?"),
    ("07", "confusion", "It's wrong once in a hundred", "Which mistakes would you make, too?"),
    ("08", "letters", "It knows ten digits, and nothing else", "What would an honest machine say?"),
    (
        "10",
        "forget",
        "Teach it only your own hand …",
        "… and it forgets the others. How would you stop that?",
    ),
)


def slides() -> list[Figure]:
    """Draw the slides, in 16 : 9."""
    return [_slide(*parts) for parts in SLIDES]


def _slide(page: str, cell: str, title: str, question: str) -> Figure:
    picture = matplotlib.image.imread(io.BytesIO(picture_of(page, cell)))
    figure = Figure(figsize=(13.33, 7.5), facecolor="white")
    figure.text(0.06, 0.88, title, size=34, weight="bold", color=INK, va="center")
    figure.text(0.06, 0.08, question, size=23, color=BLUE, va="center")
    figure.text(0.94, 0.08, f"page {page}", size=12, color="#777777", ha="right", va="center")
    axis = figure.add_axes((0.06, 0.15, 0.88, 0.66))
    axis.imshow(picture, interpolation="lanczos")  # smooth, since a projector enlarges it
    axis.set_axis_off()
    return figure


def picture_of(page: str, name: str) -> bytes:
    """Return the picture in a page's saved output, as PNG."""
    path = next(edition().glob(f"{page}_*.ipynb"))
    cells = reads(path.read_text(encoding="utf-8"), as_version=4).cells
    cell = next(cell for cell in cells if cell.id == name)
    data = next(output.data for output in cell.outputs if "image/png" in output.get("data", {}))
    return base64.b64decode(data["image/png"])
