"""Down in the fog: the hills are what they say, and the fewest steps are really the fewest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mnist_lesson.widgets.foggy_hill import HILLS, HUT, RATES, FoggyHill, Hill

VALLEY, RAVINE, HOLLOWS, ACCURACY = HILLS


def test_the_valley_is_page_06s_loss_and_its_slope_is_page_06s_gradient() -> None:
    x = np.arange(1, 9)
    y = np.array([1.9, 2.2, 3.6, 3.6, 4.7, 5.9, 5.6, 7.1])
    for number in (0, 50, 300):
        w = VALLEY.places[number]
        assert VALLEY.told()["heights"][number] == pytest.approx(((y - w * x) ** 2).mean())
        assert VALLEY.slopes[number] == pytest.approx((-2 * x * (y - w * x)).mean())
    assert VALLEY.hut == pytest.approx((x @ y) / (x @ x))


def test_one_learning_rate_wins_the_valley_from_both_sides() -> None:
    """So there are no more starts: the same rate would win them all."""
    left, right = VALLEY.starts
    assert left < VALLEY.hut < right
    assert all(_gets_home(VALLEY, start, (0.02,)) for start in VALLEY.starts)


def test_the_ravine_is_as_steep_far_away_and_small_steps_end_in_the_hollow() -> None:
    assert RAVINE.slopes[10] == pytest.approx(RAVINE.slopes[100], rel=0.01)
    for rate, is_home in ((0.001, False), (0.04, True)):
        w = HOLLOWS.starts[0]
        for _ in range(500):
            w -= rate * np.interp(w, HOLLOWS.places, HOLLOWS.slopes)
            if abs(w - HOLLOWS.hut) <= HUT:
                break
        assert (abs(w - HOLLOWS.hut) <= HUT) == is_home


def test_the_accuracy_is_all_flat_steps_on_which_nobody_gets_anywhere() -> None:
    heights = ACCURACY.loss(ACCURACY.places)
    assert len(np.unique(heights)) > 4
    assert not ACCURACY.slopes.any()
    lowest = ACCURACY.places[heights == heights.min()]
    assert lowest.min() < ACCURACY.hut < lowest.max()
    assert np.ptp(lowest) < 2 * HUT  # or one could stand on the hut's ground far from the hut
    assert ACCURACY.told()["fewest"] == [0] * len(ACCURACY.starts)


@pytest.mark.parametrize("hill", HILLS[:3], ids=lambda hill: hill.name)
def test_nobody_needs_fewer_steps_than_the_fewest(hill: Hill) -> None:
    """Every way to choose the rates is walked, one step at a time."""
    for start, fewest in zip(hill.starts, hill.told()["fewest"], strict=True):
        reached = {
            steps: any(
                _gets_home(hill, start, rates) for rates in itertools.product(RATES, repeat=steps)
            )
            for steps in range(1, fewest + 1)
        }
        assert [steps for steps, is_home in reached.items() if is_home] == [fewest]


def _gets_home(hill: Hill, w: float, rates: tuple[float, ...]) -> bool:
    for rate in rates:
        w -= rate * np.interp(w, hill.places, hill.slopes)
        if not 0 <= w <= hill.end:
            return False
    return bool(abs(w - hill.hut) <= HUT)


def test_its_still_shows_only_the_ground_under_her() -> None:
    axis = FoggyHill().still().figure.axes[0]
    left, right = axis.patches
    here = VALLEY.starts[0]
    assert left.get_x() + left.get_width() < here < right.get_x()
    assert right.get_x() + right.get_width() == VALLEY.end
