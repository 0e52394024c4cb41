"""Strokes become a picture."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lesson.handwriting.strokes import MOST_POINTS, check_strokes, draw_strokes


def test_a_line_is_where_it_was_drawn_and_as_wide_as_the_pen() -> None:
    drawn = draw_strokes([[50, 100, 230, 100]], pen=20)
    assert (drawn.shape, drawn.dtype) == ((280, 280), np.uint8)
    assert (drawn[:, 140] > 127).sum() == pytest.approx(20, abs=1)
    assert np.flatnonzero(drawn[:, 140] > 127).mean() == pytest.approx(100, abs=1)
    assert (drawn[100] > 127).sum() == pytest.approx(180 + 20, abs=2)  # round ends


def test_its_edges_are_smooth() -> None:
    assert len(np.unique(draw_strokes([[40, 40, 200, 231]]))) > 3


def test_a_dot_and_a_blank_sheet() -> None:
    dot = draw_strokes([[140, 140]], pen=20)
    assert (dot > 127).sum() == pytest.approx(np.pi * 100, rel=0.1)
    assert not draw_strokes([]).any()


def test_points_off_the_sheet_are_brought_to_its_edge() -> None:
    assert check_strokes([[-5, 300.4, 10, 20]]) == [[0, 280, 10, 20]]


WRONG = ["7", None, 7, {"a": 1}, [7], [[]], [[1]], [[1, 2, 3]], [["a", "b"]], [[[1, 2]]]]


@pytest.mark.parametrize("strokes", [*WRONG, [[float("nan"), 1]]])
def test_what_is_no_stroke(strokes) -> None:
    with pytest.raises((TypeError, ValueError), match="stroke"):
        check_strokes(strokes)


def test_too_many_points() -> None:
    with pytest.raises(ValueError, match="more than 20,000 points"):
        check_strokes([[0] * (2 * MOST_POINTS + 2)])
