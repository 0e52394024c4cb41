"""Paging through the digits, by label and by oddness."""

import base64
import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.widgets.digit_browser import ODD, SHOWN, USUAL, DigitBrowser, choose, oddness

Some = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def some(digits: ImagesAndLabels) -> Some:
    return digits[0][0][:1000], digits[0][1][:1000].astype(np.int64)


def pictures_on(panel: DigitBrowser) -> np.ndarray:
    """Unpack the strip of digits that the buttons show: ink is 255."""
    packed = base64.b64decode(panel.grid.strip.partition("base64,")[2])
    strip = np.asarray(Image.open(io.BytesIO(packed)))[..., 0]
    return 255 - strip.reshape(-1, 28, 28).astype(int)


def test_labels_choose(some: Some) -> None:
    images, labels = some
    assert np.array_equal(choose(images, labels), np.arange(1000))
    assert np.array_equal(choose(images, labels, 7), np.flatnonzero(labels == 7))
    assert len(choose(images[:1], labels[:1], 3)) == 0


def test_the_oddest_is_farthest_from_the_average_of_its_own_label(some: Some) -> None:
    images, labels = some
    fours = images[labels == 4]
    far = oddness(fours)
    by_hand = np.sqrt(((fours[8].astype(float) - fours.mean(axis=0)) ** 2).sum())
    assert far[8] == pytest.approx(by_hand, rel=1e-5)
    odd = choose(images, labels, 4, ODD)
    assert odd[0] == np.flatnonzero(labels == 4)[far.argmax()]
    assert np.array_equal(odd[::-1], choose(images, labels, 4, USUAL))
    everywhere = choose(images, labels, None, ODD)
    assert np.array_equal(everywhere[labels[everywhere] == 4], odd)


def test_buttons_show_a_page_of_digits_and_their_labels(some: Some) -> None:
    images, labels = some
    panel = DigitBrowser(images, labels)
    assert np.allclose(pictures_on(panel), images[:SHOWN], atol=1)
    assert panel.grid.labels == [str(label) for label in labels[:SHOWN]]
    assert panel.grid.numbers == list(range(SHOWN))
    panel.forward.click()
    assert panel.page.value == 2
    assert np.allclose(pictures_on(panel), images[SHOWN : 2 * SHOWN], atol=1)
    panel.back.click()
    panel.back.click()
    assert panel.page.value == 1


def test_a_label_shows_its_digits_only_from_the_first_page_on(some: Some) -> None:
    images, labels = some
    panel = DigitBrowser(images, labels)
    panel.page.value = 9
    panel.label.value = 5
    fives = np.flatnonzero(labels == 5)
    assert (panel.page.value, panel.page.max) == (1, -(-len(fives) // SHOWN))
    assert set(panel.grid.labels) == {"5"}
    assert panel.number.value == fives[0]  # the numbers are of a digit that one sees
    assert f"{len(fives)} pictures labelled 5: page 1 of {panel.page.max}" in panel.count.value
    panel.page.value = panel.page.max
    assert panel.grid.numbers == fives[-(len(fives) % SHOWN or SHOWN) :].tolist()


def test_a_click_shows_the_numbers_and_a_number_can_be_typed(some: Some) -> None:
    images, labels = some
    panel = DigitBrowser(images, labels)
    panel.label.value, panel.order.value = 8, ODD
    place = panel.grid.numbers[2]
    assert place == choose(images, labels, 8, ODD)[2]
    panel.grid.chosen = place
    assert panel.number.value == place
    assert f"Picture {place} is labelled 8." in panel.chosen.value
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", panel.numbers.value)
    assert np.array_equal(np.array(cells, int).reshape(28, 28), images[place])
    panel.number.value = 999
    assert "Picture 999 is labelled" in panel.chosen.value
    assert panel.grid.chosen == 999


def test_a_label_without_pictures_is_said(some: Some) -> None:
    images, labels = some
    panel = DigitBrowser(images[labels == 1], labels[labels == 1])
    panel.label.value = 2
    assert "0 pictures labelled 2." in panel.count.value
    assert panel.grid.labels == []


def test_random_actions(some: Some, random_actions: Callable[..., None]) -> None:
    random_actions(DigitBrowser(*some), make=lambda: DigitBrowser(*some))
