"""Figures that say in words what they show, to screen readers and in saved pages."""

import io
import threading
from collections.abc import Iterable
from typing import Any

from IPython import get_ipython
from matplotlib.figure import Figure
from PIL import Image

from mnist_lesson.shared.html import base64_of, img

PAGE = 9.0  # inches: the width of a notebook page
NATURAL = 100  # pixels per inch, when a figure is shown at its natural size
SHARP = 2  # pixels drawn for each of these: sharp at twice the size, and on fine screens
# In JupyterLab's dark theme, a figure is a card of slightly dimmed paper. It isn't turned into
# white on black, because the pages speak of dark ink on white paper.
CARD = (
    "<style>.lm-figure img { border-radius: 6px } "
    '[data-jp-theme-light="false"] .lm-figure img { filter: brightness(0.85) }</style>'
)
TALL = 800  # pixels: no figure grows taller than this, or it wouldn't fit in a window

_DRAWING = threading.Lock()  # two threads must not draw at once: matplotlib shares its fonts


def png(figure: Figure) -> bytes:
    """Draw a figure into PNG bytes, without pyplot. Safe from any thread."""
    drawn = io.BytesIO()
    # A figure wider than a page comes out just as wide as one: saved pages have to stay small.
    dpi = SHARP * NATURAL * min(1, PAGE / figure.get_figwidth())
    with _DRAWING:
        figure.savefig(drawn, format="png", dpi=dpi, bbox_inches="tight")
    return drawn.getvalue()


def shown(drawn: bytes, alt: str) -> str:
    """Return a figure that `png()` drew as HTML, as wide as the text if its inches are a page's."""
    width, height = (side / SHARP for side in Image.open(io.BytesIO(drawn)).size)
    # Any larger than it was drawn, it would blur, and a tall one wouldn't fit in the window.
    most = max(width, min(SHARP * width, TALL * width / height))
    share = width / (PAGE * NATURAL)
    # Never smaller than its natural size, so it stays readable, except in a narrow window.
    style = f"max-width: 100%; width: clamp({width:.0f}px, {share:.1%}, {most:.0f}px)"
    return f'{CARD}<div class="lm-figure">{img(drawn, alt, style)}</div>'


def bundle_of(drawn: bytes, alt: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return a drawn picture as MIME data and metadata, with its alternative text in both.

    JupyterLab has no place for text next to image/png, so it gets the picture as HTML; GitHub,
    print and nbval take the image/png.
    """
    data = {"image/png": base64_of(drawn), "text/html": shown(drawn, alt)}
    return data, {"image/png": {"alt": alt}}


class Picture(Figure):
    """A matplotlib figure with alternative text, `alt`, made from what was drawn."""

    alt = ""

    def __repr__(self) -> str:
        # Saved pages say Figure, and so does Matplotlib's manual: that is what a reader looks up.
        return str(super().__repr__()).replace("Picture", "Figure")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        drawn = png(self)
        # `%matplotlib inline` would draw it a second time; for pictures, this answer comes first.
        shell: Any = get_ipython()
        if shell is not None:
            shell.display_formatter.formatters["image/png"].for_type(Picture, lambda _: drawn)
        return bundle_of(drawn, self.alt)


def described(ax: Any, alt: str) -> Figure:
    """Add a sentence to the alternative text of these axes' figure, and return the figure."""
    figure: Any = ax.figure
    figure.alt = f"{getattr(figure, 'alt', '')} {alt}".strip()
    drawn: Figure = figure
    return drawn


def alt_of(figure: Figure) -> str:
    """Return a figure's own alternative text; one made by hand may have none."""
    alt: str = getattr(figure, "alt", "")
    return alt or "What the function drew"


def list_few(names: Iterable[object], most: int = 12) -> str:
    """List some names, and say how many more there are."""
    written = [str(name).replace("\n", " ") for name in names]
    more = f" and {len(written) - most} more" if len(written) > most else ""
    return ", ".join(written[:most]) + more
