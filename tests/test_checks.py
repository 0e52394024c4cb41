"""Each refusal says what came, what was expected and what to type."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lesson.checks import check_inputs, check_labels, check_number, check_whole

GOOD = np.zeros((3, 28, 28, 1), np.float32)


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (np.full((3, 28, 28, 1), 255.0), ValueError, "0 to 1|to_input"),
        (GOOD - 0.1, ValueError, "-0.1"),
        (np.full((3, 28, 28, 1), np.nan), ValueError, "NaN"),
        (GOOD.astype(np.uint8), TypeError, "to_input"),
        (GOOD[..., 0], ValueError, "channel axis"),
        (GOOD[0], ValueError, "newaxis"),
        (GOOD[:0], ValueError, "empty"),
        (GOOD.reshape(3, 784), ValueError, "reshape"),
        (np.full((3, 28, 28, 1), np.inf), ValueError, "inf"),
        ("x", TypeError, "'x'"),
    ],
)
def test_inputs(x, error, words) -> None:
    with pytest.raises(error, match=words):
        check_inputs(x)


def test_good_inputs_come_back_without_a_copy() -> None:
    assert check_inputs(GOOD) is GOOD


def test_labels_of_another_length() -> None:
    with pytest.raises(ValueError, match="3 pictures but 2 labels"):
        check_labels([1, 2], 3)


@pytest.mark.parametrize("value", ["3", 3.0, True, None, [3]])
def test_not_whole(value) -> None:
    with pytest.raises(TypeError, match=r"epochs came as .* epochs=1"):
        check_whole("epochs", value, 1, 10)


@pytest.mark.parametrize("value", [0, -5, 11, 10**30])
def test_whole_but_outside(value) -> None:
    with pytest.raises(ValueError, match="from 1 to 10"):
        check_whole("epochs", value, 1, 10)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 0, 1])
def test_a_number_outside_open_ends(value) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        check_number("validation_split", value, 0, 1, open_ends=True)


def test_a_numpy_number_is_a_number() -> None:
    assert check_whole("n", np.int32(4), 1, 9) == 4
    assert check_number("n", np.float32(0.5), 0, 1) == 0.5
