"""Strokes become a picture."""

import numpy as np
import pytest

from mnist_lesson.handwriting.strokes import check_strokes, draw_strokes


def test_a_line_is_where_it_was_drawn_and_as_wide_as_the_pen() -> None:
    drawn = draw_strokes([[50, 100, 230, 100]], pen=20)
    assert (drawn.shape, drawn.dtype) == ((280, 280), np.uint8)
    assert (drawn[:, 140] > 127).sum() == pytest.approx(20, abs=1)
    assert np.flatnonzero(drawn[:, 140] > 127).mean() == pytest.approx(100, abs=1)
    assert (drawn[100] > 127).sum() == pytest.approx(180 + 20, abs=2)  # round ends
    assert len(np.unique(draw_strokes([[40, 40, 200, 231]]))) > 3  # smooth edges
    assert check_strokes([[-5, 300.4, 10, 20]]) == [[0, 280, 10, 20]]  # back onto the sheet


def test_a_dot_and_a_blank_sheet() -> None:
    dot = draw_strokes([[140, 140]], pen=20)
    assert (dot > 127).sum() == pytest.approx(np.pi * 100, rel=0.1)
    assert not draw_strokes([]).any()
