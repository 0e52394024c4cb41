"""A sheet of paper to fill with text and pictures, from the top down."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

from mnist_lesson.shared.colours import BLUE, INK, PALE

WIDTH, HEIGHT = 21.0, 29.7  # cm: A4
MARGIN = 2.0
POINT = 2.54 / 72  # cm


class Sheet:
    """A sheet of A4. Places are in cm from the top left corner; `y` is where the next line goes.

    Parameters
    ----------
    title
        Printed large, at the top.
    small
        Printed small, above the title: what kind of sheet it is.
    scale
        Of all the text: 0.9 makes it a tenth smaller.
    """

    def __init__(self, title: str, small: str, *, scale: float = 1.0) -> None:
        self.figure = Figure(figsize=(WIDTH / 2.54, HEIGHT / 2.54), facecolor="white")
        self.axis = self.figure.add_axes((0, 0, 1, 1))
        self.axis.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))  # y grows downward, the way we write
        self.axis.set_axis_off()
        self.scale = scale
        self.y = 1.9  # cm: a little more than the margin that printers can't print on
        self.write(small, size=9, color=BLUE)
        self.y += 0.45
        self.write(title, size=22, bold=True)
        self.y += 0.35

    @property
    def full(self) -> bool:
        """Whether the text has run off the bottom."""
        return self.y > HEIGHT - 1.2

    def heading(self, text: str) -> None:
        """Write a heading, with some space above it."""
        self.y += 0.3 * self.scale
        self.write(text, size=12.5, bold=True, color=BLUE)
        self.y += 0.1 * self.scale

    def write(
        self,
        text: str,
        *,
        size: float = 11,
        x: float = MARGIN,
        width: float = WIDTH - 2 * MARGIN,
        bold: bool = False,
        color: str = INK,
    ) -> None:
        """Write a paragraph, wrapped; **words** in stars come out bold, and `these` as code."""
        size *= self.scale
        place, run = x, (x, "", {"weight": ""})  # a run: words in the same style, on one line
        self.y += 1.05 * size * POINT  # down to the foot of the first line's letters
        # Matplotlib can't mix styles in a text or wrap it to a width, so we go word by word.
        for word, look in _words(text, bold):
            wide = size * _wide(word, *look.items())
            wraps = place + wide > x + width and place > x
            if wraps or look != run[2]:
                self._put_run(run, size, color)
                place = x if wraps else place
                self.y += 1.4 * size * POINT if wraps else 0
                run = (place, "", look)
            run = (run[0], f"{run[1]} {word}".strip(), look)
            # A space by itself measures 0, so measure one between two letters.
            space = _wide("n n", *look.items()) - 2 * _wide("n", *look.items())
            place += wide + size * space
        self._put_run(run, size, color)
        self.y += 0.75 * size * POINT

    def _put_run(self, run: tuple[float, str, dict[str, str]], size: float, color: str) -> None:
        if run[1]:
            look = {"color": color, "ha": "left", "va": "baseline"} | run[2]
            self.put(run[0], self.y, run[1], size, **look)

    def code(self, text: str) -> None:
        """Write lines of code on a grey background."""
        size = 8.8 * self.scale
        lines = text.strip("\n").split("\n")
        high = len(lines) * 1.4 * size * POINT
        self.box(MARGIN, self.y, WIDTH - 2 * MARGIN, high + 0.2, "#F2F2F2", edge="none")
        for number, line in enumerate(lines):
            y = self.y + 0.1 + (number + 0.72) * 1.4 * size * POINT
            look = {"family": "monospace", "ha": "left", "va": "center_baseline"}
            self.put(MARGIN + 0.25, y - 0.3 * size * POINT, line, size, **look)
        self.y += high + 0.45

    def put(self, x: float, y: float, text: str, size: float = 10, **look: Any) -> None:
        """Put a text at a place; by default, it's centred there."""
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": INK} | look
        # Here a $ is a dollar, not the start of a formula.
        self.axis.text(x, y, text, size=size, parse_math=False, **style)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, *, edge: str = PALE
    ) -> None:
        """Draw a box from its top left corner; `fill` may be "none"."""
        box = Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, linewidth=0.7)
        self.axis.add_patch(box)

    def picture(self, image: NDArray[Any], x: float, y: float, side: float) -> None:
        """Put a digit on the sheet."""
        place = (x, x + side, y + side, y)
        self.axis.imshow(image, cmap="gray_r", extent=place, aspect="auto", interpolation="none")
        self.axis.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))  # because imshow() changes the limits

    def rule(self, x: float, width: float) -> None:
        """Draw a line to write on."""
        self.axis.add_line(Line2D([x, x + width], [self.y, self.y], color=PALE, linewidth=0.8))


@cache  # most words come up again; the look is pairs, because a dict can't be a cache key
def _wide(word: str, *look: tuple[str, str]) -> float:
    """Return a word's width in cm, at a size of 1 point."""
    options: dict[str, Any] = dict(look)
    font = FontProperties(size=10, **options)
    width: float = text_to_path.get_text_width_height_descent(word, font, False)[0]
    return width / 10 * POINT


def _words(text: str, bold: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the words of a text, and how each looks."""
    strong, code = bold, False
    for word in text.split():
        # Stars and backquotes may come after a bracket, or before a full stop.
        strong = strong or word.lstrip("(“").startswith("**")
        code = code or "`" in word
        look = {"family": "monospace"} if code else {"weight": "bold" if strong else "normal"}
        yield word.replace("**", "").replace("`", ""), look
        code = code and word.count("`") % 2 == (1 if word.lstrip("(“").startswith("`") else 0)
        strong = bold or (strong and not word.rstrip(".,:;!?)”").endswith("**"))


def save_pages(figures: list[Figure], file: Path) -> Path:
    """Save figures as the pages of one PDF."""
    with PdfPages(file) as pdf:
        for figure in figures:
            pdf.savefig(figure)
    return file
