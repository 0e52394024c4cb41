"""Best fit: the loss follows the sliders, and the best line is the least."""

import numpy as np
from samples import words

from mnist_lesson.widgets.best_fit import BestFit, X, Y


def test_the_number_is_the_sum_of_the_squares_and_the_best_line_is_numpys() -> None:
    panel = BestFit()
    panel.slope.value, panel.intercept.value = 1.0, 0.5
    errors = Y - (panel.slope.value * X + panel.intercept.value)
    assert f"{(errors**2).sum():.2f}" in words(panel.answer)
    panel.show_best.value = True
    slope, intercept = np.polyfit(X, Y, 1)
    assert f"y = {slope:.2f} · x + {intercept:.2f}" in words(panel.answer)


def test_the_curve_keeps_the_smallest_sum_until_one_starts_over() -> None:
    panel = BestFit()
    start = words(panel.moves)
    panel.slope.value, panel.intercept.value = 0.74, 1.0
    assert "As good as found!" in words(panel.answer)
    for step in range(200):
        panel.intercept.value = 2 + step / 20
    assert "smallest so far: 0.96" in words(panel.moves)
    panel.again.click()
    assert words(panel.moves) == start


def test_there_is_a_star_for_each_step_towards_the_best_line() -> None:
    panel = BestFit()
    best = np.polyfit(X, Y, 1)
    stars = []
    for up in (5, 0.5, 0.2, 0.05):  # above the best line, each time by less
        panel.slope.value, panel.intercept.value = best[0], best[1] + up
        stars.append(words(panel.answer).count("★"))
        assert ("Get it below" in words(panel.answer)) == (stars[-1] < 3)
    assert stars == [0, 1, 2, 3]
    panel.intercept.value += 1  # a star that was won stays
    assert words(panel.answer).count("★") == 3
    assert "All stars are yours." in words(panel.answer)


def test_its_still_has_whole_squares() -> None:
    axis = BestFit().still().figure.axes[0]
    (left, right), (bottom, top) = axis.get_xlim(), axis.get_ylim()
    for square in axis.patches:
        assert left <= square.get_x()
        assert square.get_x() + square.get_width() <= right
        assert bottom <= square.get_y()
        assert square.get_y() + square.get_height() <= top


def test_random_actions(random_actions) -> None:
    # The curve of moves is the one thing that depends on how one got here.
    random_actions(BestFit(), make=BestFit, settle=BestFit.forget)
