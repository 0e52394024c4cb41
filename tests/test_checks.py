"""Each refusal says what came, what was expected and what to type."""

import numpy as np
import pytest

from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import checks
from mnist_lesson.shared.checks import check_images, check_inputs, check_labels

GOOD = np.zeros((3, 28, 28, 1), np.float32)
BYTES = np.arange(2 * 784).reshape(2, 28, 28).astype(np.uint8)


@pytest.mark.parametrize(
    ("check", "came", "words"),
    [
        (check_inputs, GOOD * 255 + 255, "0 to 1|to_input"),
        (check_inputs, GOOD - 0.1, "-0.1"),
        (check_inputs, np.full_like(GOOD, np.nan), "NaN"),
        (check_inputs, np.full_like(GOOD, np.inf), "inf"),
        (check_inputs, GOOD + 1 / 255 / 255, "divided by 255 twice"),
        (check_inputs, GOOD[..., 0], "channel axis"),
        (check_inputs, "x", "'x'"),
        (check_inputs, [], "empty"),
        (check_images, np.minimum(BYTES, 1), "scaled already"),
        (check_images, BYTES / 255, "leave to_input"),
        (check_images, np.where(BYTES > 100, np.nan, 0.5), "NaN"),
        (check_images, BYTES.astype(int) + 100, "from 100 to 355"),
        (check_images, BYTES / 127.5 - 1, "from -1 to 1"),
        (check_images, BYTES[:, 4:], r"\(n, 28, 28\)"),
        (check_images, [], "empty"),
        (check_images, "digits", "'digits'"),
        (check_images, None, "None"),
        (check_images, [["a"]], "numbers"),
        (check_images, [[1, 2], [3]], "array"),
        (check_labels, [3.0, np.nan], "whole numbers .* nan isn't one"),
        (check_labels, [2.5, 1], "whole numbers .* 2.5 isn't one"),
        (check_labels, [10], "0 to 9"),
        (check_labels, [-1], "0 to 9"),
        (check_labels, np.eye(10), "from_one_hot"),
        (check_labels, [[1, 2]], "one digit per picture"),
        (check_labels, [], "empty"),
        (lambda labels: check_labels(labels, 3), [1, 2], "3 pictures but 2 labels"),
    ],
)
def test_what_no_line_can_mend(check, came, words) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        check(came)


def test_what_is_good_passes() -> None:
    """Without a copy; a blank picture is one, and a number of NumPy's is a number."""
    assert check_inputs(GOOD) is GOOD
    assert check_images(np.zeros((1, 28, 28), np.uint8)).max() == 0
    assert checks.check_whole("n", np.int32(4), 1, 9) == 4
    assert checks.check_number("n", np.float32(0.5), 0, 1) == 0.5


NAMES = {check_inputs: "x", check_images: "images", check_labels: "labels"}


# What the message says to type, and what then must do.
@pytest.mark.parametrize(
    ("check", "came", "line"),
    [
        (check_inputs, BYTES[..., np.newaxis], "to_input(x[..., 0])"),
        (check_inputs, BYTES, "to_input(x)"),
        (check_inputs, GOOD[0, ..., 0], "x[np.newaxis, ..., np.newaxis]"),
        (check_inputs, GOOD[0], "x[np.newaxis]"),
        (check_inputs, GOOD[0, ..., 0].ravel(), "x.reshape(-1, 28, 28, 1)"),
        (check_images, BYTES.tolist(), "np.array(images).astype('uint8')"),
        (check_images, BYTES > 100, "255 * np.array(images).astype('uint8')"),
        (check_images, BYTES[..., np.newaxis], "images[..., 0]"),
        (check_images, BYTES[0, ..., np.newaxis], "images[np.newaxis, ..., 0]"),
        (check_images, BYTES[0].ravel(), "images.reshape(-1, 28, 28)"),
        (check_labels, 5, "[5]"),
        (check_labels, np.array([[3], [4]]), "np.array(labels).reshape(-1)"),
        (check_labels, ["3", "4"], "np.array(labels).astype(int)"),
        (check_labels, [3.0, 4.0], "np.array(labels).astype(int)"),
    ],
)
def test_what_the_message_says_does_it(check, came, line) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        check(came)
    assert line in str(caught.value)
    check(eval(line, {NAMES[check]: came, "np": np, "to_input": to_input}))


def whole(value):
    return checks.check_whole("epochs", value, 1, 10)


def share(value):
    return checks.check_number("validation_split", value, 0, 1, open_ends=True)


NO_NUMBER = [
    (whole, ("3", 3.0, True, None, [3]), TypeError, r"epochs came as .* epochs=1"),
    (whole, (0, -5, 11, 10**30), ValueError, "from 1 to 10"),
    (share, (np.nan, np.inf, -0.1, 0, 1), ValueError, "between 0 and 1"),
]


@pytest.mark.parametrize(("check", "values", "error", "words"), NO_NUMBER)
def test_a_number_that_does_not_fit(check, values, error, words) -> None:
    for value in values:
        with pytest.raises(error, match=words):
            check(value)
