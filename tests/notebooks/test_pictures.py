"""Pictures are compared: coarsely enough for a font, finely enough for one bar."""

import io
from collections.abc import Callable, Iterator

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbval_pictures import compare_pictures, picture_of, pictures_in, share_that_differs
from PIL import Image, ImageChops, ImageDraw, ImageOps

import notebooks as tool
from mnist_lesson.load import load_data
from mnist_lesson.look import show_confusion, show_curves, show_digits, show_probabilities

LARGEST_SHARE = 0.2
CELLS = {
    (page.stem, cell.id): cell
    for page in tool.all_pages()
    for cell in nbformat.read(page, as_version=4).cells
    if pictures_in(cell.get("outputs", []))
}
PICTURES = [picture_of(png) for cell in CELLS.values() for png in pictures_in(cell.outputs)]


def faults(picture: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """Yield a picture gone wrong in every way that we can think of, with a name for each."""
    yield "blanked", Image.new("RGB", picture.size, "white")
    yield "a red rectangle", Image.new("RGB", picture.size, "red")
    yield "inverted", ImageOps.invert(picture)
    yield "mirrored", ImageOps.mirror(picture)
    yield "upside down", ImageOps.flip(picture)
    half = picture.width // 2
    yield "halves swapped", ImageChops.offset(picture, half, 0)
    for other in PICTURES:
        # Two pages may show the very same picture.
        if other.size != picture.size or ImageChops.difference(picture, other).getbbox():
            yield "another picture", other


@pytest.mark.parametrize("name", CELLS, ids="-".join)
def test_a_picture_gone_wrong_is_found(name: tuple[str, str]) -> None:
    """Each picture of each page, gone wrong in each way."""
    cell = CELLS[name]
    allowed = cell.metadata.get("mnist_lesson", {}).get("picture_share", 0)
    for png in pictures_in(cell.outputs):
        saved = picture_of(png)
        for fault, wrong in faults(saved):
            assert share_that_differs(saved, wrong) > allowed, fault


def test_a_picture_more_or_less_is_found() -> None:
    """Pictures are compared in pairs, and none may be left over."""
    cell = next(iter(CELLS.values()))
    assert compare_pictures(cell, cell.outputs) == ""
    assert "now there are 0" in compare_pictures(cell, [])


def test_few_pictures_may_differ_and_each_for_a_reason() -> None:
    """Curves that are shorter in rehearsal, seconds that a machine took: one picture in ten."""
    allowed = [
        cell for cell in CELLS.values() if "picture_share" in cell.metadata.get("mnist_lesson", {})
    ]
    for cell in allowed:
        assert 0 < cell.metadata.mnist_lesson.picture_share <= LARGEST_SHARE, cell.id
        assert len(cell.metadata.mnist_lesson.reason.split()) >= 3, cell.id
    assert len(allowed) <= 0.1 * len(PICTURES)


# ---- Rendered again ----

GENERATOR = np.random.default_rng(0)
DIGITS = load_data()[0][0][:10]
TABLE = GENERATOR.integers(0, 1000, (10, 10))
SURE = np.array([0, 0, 0, 0.03, 0, 0.97, 0, 0, 0, 0])
LOSSES = 1 / np.arange(1, 13)
FIGURES: dict[str, Callable[[], Figure]] = {
    "digits": lambda: show_digits(DIGITS, range(10)),
    "confusion": lambda: show_confusion(TABLE),
    "curves": lambda: show_curves({"loss": LOSSES, "other loss": LOSSES + 0.2}, title="Loss"),
    "probabilities": lambda: show_probabilities(SURE),
}


def drawn(figure: Figure, dpi: int = 200) -> Image.Image:
    """Return a figure as a notebook shows it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=dpi, bbox_inches="tight")
    return Image.open(buffer).convert("RGB")


@pytest.mark.parametrize("name", FIGURES)
def test_another_font_resolution_or_processor_passes(name: str) -> None:
    """Serifs, a finer grain, a pixel here and there: the same picture to a reader."""
    saved = drawn(FIGURES[name]())
    with mpl.rc_context({"font.family": "DejaVu Serif"}):
        assert share_that_differs(saved, drawn(FIGURES[name]())) == 0
    assert share_that_differs(saved, drawn(FIGURES[name](), dpi=100)) == 0
    noise = GENERATOR.integers(-6, 7, np.asarray(saved).shape)
    noisy = Image.fromarray(np.clip(np.asarray(saved) + noise, 0, 255).astype(np.uint8))
    assert share_that_differs(saved, ImageChops.offset(noisy, 1, 1)) == 0


def test_a_small_thing_that_changed_is_found() -> None:
    """A bar of 3% that is gone, one digit of ten, a column, an empty plot, a red patch."""
    pairs = {
        "a bar": (show_probabilities(SURE), show_probabilities(np.eye(10)[5])),
        "a digit": (show_digits(DIGITS), show_digits(DIGITS[[0, 1, 2, 3, 4, 5, 6, 7, 8, 8]])),
        "two columns": (show_confusion(TABLE), show_confusion(TABLE[:, [1, 0, *range(2, 10)]])),
        "no curve": (show_curves({"loss": LOSSES}), show_curves({"loss": LOSSES * np.nan})),
    }
    for name, (saved, fresh) in pairs.items():
        assert share_that_differs(drawn(saved), drawn(fresh)) > 0, name
    patched = drawn(show_digits(DIGITS))
    ImageDraw.Draw(patched).rectangle([40, 40, 60, 60], fill="red")
    assert share_that_differs(drawn(show_digits(DIGITS)), patched) > 0
