"""Figures that say in words what they show, to screen readers and in saved pages."""

import io
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from IPython import get_ipython
from matplotlib.figure import Figure
from matplotlib.image import AxesImage, PcolorImage
from matplotlib.transforms import BboxBase, BboxTransformFrom
from PIL import Image

from mnist_lesson.shared.html import base64_of, img

PAGE = 9.0  # inches: the width of a notebook page
NATURAL = 100  # pixels per inch, when a figure is shown at its natural size
TILES = "tiles"  # by this name, a figure finds the frames of the pictures in it
SHARP = 2  # pixels drawn for each of these: sharp at twice the size, and on fine screens
# In JupyterLab's dark theme, a figure is inverted: its paper gets the page's own black, and its
# colours keep their hues. Digits in it stay, because the pages speak of dark ink on white paper:
# the layer that inverts what is below it has holes there. (A pixel is cut off all round, because at
# the very edges, the layer needn't cover all of the figure.)
THEME = (
    "<style>.lm-figure { position: relative; clip-path: inset(1px) } "
    ".lm-figure i { position: absolute; inset: 0 } "
    '[data-jp-theme-light="false"] .lm-figure i { '
    "backdrop-filter: invert(var(--lm-night, 0.933)) hue-rotate(180deg) }</style>"
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


def shown(drawn: bytes, alt: str, figure: Figure | None = None) -> str:
    """Return a figure that `png()` drew as HTML, as wide as the text if its inches are a page's.

    With the `figure` itself, it follows the page's theme.
    """
    width, height = (side / SHARP for side in Image.open(io.BytesIO(drawn)).size)
    # Any larger than it was drawn, it would blur, and a tall one wouldn't fit in the window.
    most = max(width, min(SHARP * width, TALL * width / height))
    share = width / (PAGE * NATURAL)
    # Never smaller than its natural size, so it stays readable, except in a narrow window.
    size = f"width: max({width:.0f}px, {share:.1%}); max-width: min(100%, {most:.0f}px)"
    shape = f"--shape: {width / height:.3f}"  # by which a panel makes it as large as it can
    night = "" if figure is None else f'<i style="clip-path: {_around_pictures(figure)}"></i>'
    picture = img(drawn, alt, "display: block; width: 100%")
    return f'{THEME}<div class="lm-figure" style="{size}; {shape}">{picture}{night}</div>'


def _around_pictures(figure: Figure) -> str:
    """Return a drawn figure's area without the pictures in it, as a CSS shape."""
    corners: list[tuple[float, float]] = [(0, 0), (1, 0), (1, 1), (0, 1)]
    pictures = list(_pictures_in(figure))
    if pictures:
        drawn = BboxTransformFrom(figure.get_tightbbox().padded(0.1))  # as `png()` crops it
    for picture in pictures:
        box = figure.dpi_scale_trans.inverted().transform_bbox(picture)
        left, bottom, right, top = drawn.transform_bbox(box).extents
        # Along the left edge to its height, across to it, around it, and back: a slanting way there
        # and back again would leave a trace.
        corners += [(0, 1 - top), (left, 1 - top), (right, 1 - top), (right, 1 - bottom)]
        corners += [(left, 1 - bottom), (left, 1 - top), (0, 1 - top)]
    return f"polygon(evenodd, {', '.join(f'{x:.2%} {y:.2%}' for x, y in corners)})"


def _pictures_in(figure: Figure) -> Iterator[BboxBase]:
    """Find where pictures of digits stand, in the units of the screen."""
    for picture in figure.findobj(AxesImage):
        if not isinstance(picture, PcolorImage):  # that's many in one, with frames of their own
            yield picture.get_window_extent()
    found: list[Any] = figure.findobj(lambda artist: artist.get_gid() == TILES)
    for frames in found:
        for frame in frames.get_paths():
            yield frame.get_extents(frames.axes.transData)


def bundle_of(figure: Figure, alt: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return a figure as MIME data and metadata, with its alternative text in both.

    JupyterLab has no place for text next to image/png, so it gets the picture as HTML; GitHub,
    print and nbval take the image/png.
    """
    drawn = png(figure)
    data = {"image/png": base64_of(drawn), "text/html": shown(drawn, alt, figure)}
    return data, {"image/png": {"alt": alt}}


class Picture(Figure):
    """A matplotlib figure with alternative text, `alt`, made from what was drawn.

    `won` is a heading and a sentence, if what it shows is worth a cheer.
    """

    alt = ""
    won: tuple[str, str] | None = None

    def __repr__(self) -> str:
        # Saved pages say Figure, and so does Matplotlib's manual: that is what a reader looks up.
        return str(super().__repr__()).replace("Picture", "Figure")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, metadata = bundle_of(self, self.alt)
        # `%matplotlib inline` would draw it a second time; for pictures, this answer comes first.
        shell: Any = get_ipython()
        if shell is not None:
            formatter = shell.display_formatter.formatters["image/png"]
            formatter.for_type(Picture, lambda _: data["image/png"])
        return data, metadata


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
