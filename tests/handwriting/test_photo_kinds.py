"""Photos that used to be read wrongly: each kind is mended, or refused with its reason."""

import numpy as np
import photos
import pytest
from PIL import Image
from samples import picture_file, read_digit

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.photo import ink_from_photo, read_picture


def read(picture: np.ndarray) -> int:
    """Read a picture as page 08 does: as a file."""
    return read_digit(center_drawing(read_picture(picture_file(picture))))


@pytest.mark.parametrize("kind", photos.KINDS)
def test_every_digit_of_each_kind_is_read(kind: str) -> None:
    chance = np.random.default_rng(13)
    answers = [read(photos.KINDS[kind](chance, digit)) for digit in range(10)]
    assert answers == list(range(10))


@pytest.mark.parametrize("kind", photos.NO_DIGITS)
def test_what_is_no_digit_is_refused(kind: str) -> None:
    chance = np.random.default_rng(13)
    for _ in range(2):
        with pytest.raises(ValueError, match="this picture"):
            ink_from_photo(photos.NO_DIGITS[kind](chance))


def test_what_is_found_is_the_ink_and_nothing_else() -> None:
    """A network forgives much: so compare the ink itself with what was drawn on squared paper."""
    chance = np.random.default_rng(5)
    ink = photos.digit_ink(chance, 4, pen=20)
    squares = np.ones(ink.shape)
    for line in (10, 11, 12):
        squares[line::40] = squares[:, line::40] = 0.5
    drawing = ink_from_photo((230 * squares * (1 - 0.7 * ink)).astype(np.uint8))
    wanted = np.asarray(Image.fromarray((255 * ink).astype(np.uint8)).resize((480, 480)))
    assert np.mean((drawing > 127) != (wanted > 127)) < 0.004


@pytest.mark.parametrize("digit", [0, 4, 5])
def test_the_axes_of_a_plot_are_left_out(digit: int) -> None:
    """Two axes enclose nothing, so that there is no sheet to cut out."""
    sheet = 235 * (
        1 - 0.8 * photos.digit_ink(np.random.default_rng(digit), digit, pen=16, height=180)
    )
    sheet[20:365, 40:43] = sheet[362:365, 40:385] = 20
    assert read(sheet.astype(np.uint8)) == digit


def test_lines_that_are_not_straight_are_named() -> None:
    """Lines on a page that bends cannot be told from ink: the reason is said."""
    rows, columns = np.mgrid[:400, :400]
    bent = (rows + 25 * np.sin(columns / 60)) % 50 < 3
    with pytest.raises(ValueError, match="blank paper"):
        ink_from_photo(np.where(bent, 90, 230).astype(np.uint8))


def test_an_iphones_photo_is_refused_with_the_way_to_a_jpeg() -> None:
    with pytest.raises(ValueError, match="HEIC") as caught:
        read_picture(b"\0\0\0\x18ftypheic" + bytes(200))
    assert "Most Compatible" in str(caught.value)
