"""The best line, and the panel that lets one look for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from mnist_lesson.introduction.line_fit import Line, best_line, loss
from mnist_lesson.widgets.best_fit import BestFit, X, Y


def test_the_best_line_is_numpys() -> None:
    assert np.allclose(best_line(X, Y), np.polyfit(X, Y, 1))


def test_no_line_near_the_best_has_a_smaller_loss() -> None:
    best = best_line(X, Y)
    for slope, intercept in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
        assert loss(X, Y, Line(best.slope + slope, best.intercept + intercept)) > loss(X, Y, best)


def test_the_loss_adds_up_squares() -> None:
    assert loss([1, 2], [3, 5], Line(1, 1)) == 1**2 + 2**2


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2], [1, 2, 3], "needs one of both"),
        ([4, 4], [1, 2], "x = "),
        ([1, 2], [1, float("nan")], "NaN"),
    ],
)
def test_points_without_a_line_are_refused(x: list[float], y: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        BestFit(x, y)


def test_words_numbers_and_picture_follow_the_sliders() -> None:
    panel = BestFit(X, Y)
    panel.slope.value, panel.intercept.value = 1, 0
    assert "y = 1.00 · x + 0.00. Its squares add up to 4.24." in panel.words.value
    assert "<td" in panel.numbers.value
    assert "−0.40" in panel.numbers.value  # the error of the fourth point
    assert 'aria-label="Your line: y = 1.00' in panel.picture.value
    before = panel.picture.value
    panel.slope.value = 0.5
    assert panel.picture.value != before


def test_each_square_is_square_and_as_high_as_its_error() -> None:
    panel = BestFit([0, 1, 2], [0, 3, 0])
    panel.slope.value, panel.intercept.value = 0, 1
    sides = re.findall(r'<rect .*?width="([\d.]+)" height="([\d.]+)"', panel.picture.value)
    assert [wide for wide, _ in sides] == [tall for _, tall in sides]
    one, two, three = (float(tall) for _, tall in sides)
    assert (two / one, three) == (pytest.approx(2, abs=0.01), one)


def test_the_line_is_drawn_through_its_points() -> None:
    panel = BestFit([0, 12], [0, 12])  # the drawing goes one unit beyond each, and is 480 wide
    panel.slope.value, panel.intercept.value = 1, 0
    (start, end) = re.search(
        r'<path d="M([\d. -]+)L([\d. -]+)" stroke="#0072B2"', panel.picture.value
    ).groups()
    dots = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', panel.picture.value)
    points = np.array([start.split(), *dots, end.split()], float)
    steps = np.diff(points, axis=0)
    assert points[0, 0] == 0
    assert points[-1, 0] == 480
    assert np.allclose(steps[:, 1] / steps[:, 0], steps[0, 1] / steps[0, 0], atol=0.01)


def test_the_button_shows_the_best_line_and_leaves_yours() -> None:
    panel = BestFit(X, Y)
    panel.slope.value = 1
    assert "dashed" not in panel.picture.value
    panel.show_best.value = True
    assert "stroke-dasharray" in panel.picture.value
    assert "y = 0.73 · x + 1.04" in panel.words.value
    assert "more" in panel.words.value
    assert panel.slope.value == 1


def test_the_best_line_can_be_reached_with_the_sliders() -> None:
    panel = BestFit(X, Y)
    panel.slope.value, panel.intercept.value, panel.show_best.value = *panel.best, True
    assert "Yours is as good." in panel.words.value


@pytest.mark.parametrize("scale", [1e-3, 1, 1e4])
def test_the_sliders_reach_the_best_line_of_any_points(scale: float) -> None:
    panel = BestFit(scale * np.array(X) + 2000, 5 - np.array(Y))
    for slider, best in ((panel.slope, panel.best.slope), (panel.intercept, panel.best.intercept)):
        assert slider.min <= best <= slider.max
        assert 100 <= (slider.max - slider.min) / slider.step <= 400


def test_its_name_never_changes() -> None:
    assert (
        repr(BestFit())
        == repr(BestFit([1, 2], [3, 4]))
        == "BestFit: run this page in JupyterLab to use it"
    )


def test_a_thousand_random_actions(random_actions: Callable[..., None]) -> None:
    random_actions(BestFit(X, Y), make=lambda: BestFit(X, Y))
