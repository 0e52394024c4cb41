"""Papers in PDF: sheets of A4, filled with Markdown, pictures and squares from the top down."""

from pathlib import Path
from typing import Any

import mistune
from fpdf import FPDF, FontFace, TextStyle
from matplotlib import get_data_path

from mnist_lesson.shared.colours import BLUE, INK

MARGIN = 20  # mm
TEXTS = Path(__file__).parents[1] / "assets" / "papers"
# Matplotlib's own fonts, because a PDF's standard ones have no ×, → or “.
FONTS = {
    ("sans", ""): "DejaVuSans.ttf",
    ("sans", "b"): "DejaVuSans-Bold.ttf",
    ("mono", ""): "DejaVuSansMono.ttf",
    ("mono", "b"): "DejaVuSansMono-Bold.ttf",
}


def texts_of(name: str) -> list[str]:
    """Return the texts of a paper in Markdown; in its file, a line of dashes ends each."""
    return (TEXTS / f"{name}.md").read_text(encoding="utf-8").split("\n---\n")


class Paper(FPDF):
    """Sheets of paper; places are in mm from the top left corner.

    `y` is where the next line goes, and a sheet that is full is followed by another.
    """

    def __init__(
        self, orientation: str = "portrait", format: str | tuple[float, float] = "A4"
    ) -> None:
        super().__init__(orientation, "mm", format)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, 12)
        for (family, style), file in FONTS.items():
            self.add_font(family, style, Path(get_data_path(), "fonts", "ttf", file))

    def begin(self, kind: str, title: str, text: str = "", *, scale: float = 1) -> None:
        """Begin a sheet: what kind of sheet it is, its title, and Markdown below them."""
        self.add_page()
        self.write_markdown(f"###### {kind}\n\n# {title}\n\n{text}", scale=scale)

    def write_markdown(self, text: str, *, left: float = MARGIN, scale: float = 1) -> None:
        """Write Markdown from `left` to the right margin; at a `scale` below 1 it's smaller."""

        def style(size: float, above: float, color: str = INK, **look: Any) -> TextStyle:
            return TextStyle(font_size_pt=size * scale, t_margin=above * scale, color=color, **look)

        looks = {
            "h6": style(9, 0.1, BLUE, b_margin=0.8),
            "h1": style(22, 0.1, font_style="B", b_margin=0.3),
            "h2": style(12.5, 4, BLUE, font_style="B", b_margin=0.2),
            "p": style(11, 1.2),
            "ul": style(11, 0.1),
            "li": style(11, 0.8, l_margin=4),
            "pre": style(9, 1.6, font_family="mono", l_margin=4),
            "code": FontFace("mono"),
        }
        html = str(mistune.html(text))
        for block in ("p", "ul"):
            html = html.replace(f"<{block}>", f'<{block} line-height="1.4">')
        self.set_left_margin(left)
        self.set_font("sans", size=11 * scale)
        self.set_text_color(INK)
        self.write_html(html, font_family="sans", tag_styles=looks, li_prefix_color=BLUE)
        self.set_left_margin(MARGIN)
