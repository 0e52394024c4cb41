"""Ten slides for a projector, made from the pages' own pictures; no internet needed."""

import base64
import io

from nbformat import reads

from mnist_lesson.commands.pages import edition
from mnist_lesson.instructor.sheet import MARGIN, Paper

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
    ("05", "conv-1-maps", "One 5, seen through eight windows", "Which map likes upper edges?"),
    ("06", "descent", "Learning is walking downhill", "You're in thick fog. How do you get down?"),
    ("06", "overfit-curves", "When should you stop?", "Which line are you looking at, and why?"),
    ("07", "worst-mistakes", "It's wrong once in a hundred", "Which mistakes would you make, too?"),
    ("08", "letters", "It knows ten digits, and nothing else", "What would an honest machine say?"),
    (
        "10",
        "forget",
        "Teach it only your own hand …",
        "… and it forgets the others. How would you stop that?",
    ),
)


def slides() -> Paper:
    """Draw the slides, in 16 : 9."""
    paper = Paper("landscape", (190.5, 338.7))
    for page, cell, title, question in SLIDES:
        paper.add_page()
        paper.write_markdown(f"# {title}", scale=1.5)
        picture = io.BytesIO(picture_of(page, cell))
        paper.image(picture, MARGIN, 34, 298, 122, keep_aspect_ratio=True)
        paper.y = 160
        paper.write_markdown(f"## {question} (page {page})", scale=1.6)
    return paper


def picture_of(page: str, name: str) -> bytes:
    """Return the picture in a page's saved output, as PNG."""
    path = next(edition().glob(f"{page}_*.ipynb"))
    cells = reads(path.read_text(encoding="utf-8"), as_version=4).cells
    cell = next(cell for cell in cells if cell.id == name)
    data = next(output.data for output in cell.outputs if "image/png" in output.get("data", {}))
    return base64.b64decode(data["image/png"])
