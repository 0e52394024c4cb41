"""A sheet for each learner: keys, the route, eight words, and where to find their things."""

from PIL import Image

from mnist_lesson.instructor.sheet import MARGIN, Paper, texts_of
from mnist_lesson.load import load_data


def handout() -> Paper:
    """Draw the handout, one sheet."""
    paper = Paper()
    paper.begin("mnist_lesson · yours to keep", "Teach a machine to read")
    (images, labels), _ = load_data()
    top = paper.y + 5
    for digit in range(10):
        picture = Image.fromarray(255 - images[labels == digit][3])
        paper.image(picture, MARGIN + 17.2 * digit, top, 14.5)
    paper.y = top + 14.5
    [text] = texts_of("handout")
    paper.write_markdown(text)
    return paper
