"""Occlusion maps and curves of accuracy, on a network whose answer is known and on ours."""

import numpy as np
import pytest
from samples import twin_of

from mnist_lesson.mistakes.accuracy_curves import WAYS, count_right
from mnist_lesson.mistakes.occlusion import occlusion_map, where_it_hangs
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input

IMAGES = sealed_digits()[0]


@pytest.fixture(scope="module")
def top_left() -> Twin:
    """A network that looks at the top left quarter alone: ink there makes it sure of a 1."""
    kernel, bias = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
    kernel.reshape(28, 28, 10)[:14, :14, 1] = 0.1
    output = ("output", "Dense", "softmax", {}, {"kernel": kernel, "bias": bias})
    return twin_of("top left", ("flatten", "Flatten", "linear", {}, {}), output)


def test_the_map_is_high_where_the_network_looks_and_nowhere_else(top_left: Twin) -> None:
    fall = occlusion_map(top_left, np.full((28, 28), 255, np.uint8), side=7)
    assert fall.shape == (28, 28)
    assert fall.dtype == np.float32
    assert fall[2:12, 2:12].min() > 0
    assert np.abs(fall[20:, 20:]).max() < 1e-6
    assert np.unravel_index(fall.argmax(), fall.shape) < (14, 14)


def test_each_pixel_is_the_mean_over_the_squares_that_cover_it(top_left: Twin) -> None:
    image = np.random.default_rng(1).integers(0, 256, (28, 28)).astype(np.uint8)
    falls, times = np.zeros((28, 28)), np.zeros((28, 28))

    def sure(picture: np.ndarray) -> float:
        return float(top_left.predict(to_input(picture))[0, 1])

    for row in range(1, 28, 2):
        for column in range(1, 28, 2):
            area = np.s_[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
            covered = image.copy()
            covered[area] = 0
            falls[area] += sure(image) - sure(covered)
            times[area] += 1
    assert times.min() > 0, "each pixel is covered"
    assert np.allclose(occlusion_map(top_left, image, side=5), falls / times, atol=1e-5)


def test_covering_what_the_trained_network_goes_by_costs_more_than_covering_paper() -> None:
    network = practised_network()
    costs = [occlusion_map(network, image) for image in IMAGES[:20]]
    ink = np.mean([cost[image > 128].mean() for cost, image in zip(costs, IMAGES, strict=False)])
    corners = np.mean([cost[:3, :3].mean() for cost in costs])
    assert ink > 5 * abs(corners)


def test_blank_paper_has_a_map() -> None:
    fall = occlusion_map(plain_network(), np.zeros((28, 28), np.uint8))
    assert np.abs(fall).max() < 1e-6, "covering paper with paper changes nothing"
    assert "No part alone decides" in where_it_hangs(fall)


@pytest.mark.parametrize(
    ("place", "words"),
    [((0, 0), "top left"), ((14, 27), "middle right"), ((27, 14), "bottom centre")],
)
def test_words_name_the_part(place: tuple[int, int], words: str) -> None:
    fall = np.zeros((28, 28), np.float32)
    fall[place] = 0.4
    assert f"most on the {words}: cover that, and it loses 40%" in where_it_hangs(fall)


def test_the_count_grows_to_the_accuracy_on_changed_digits() -> None:
    network = practised_network()
    images, labels = sealed_digits()
    for side, low in ((0, 0), (8, 10), (20, 4)):  # the square lies in the middle
        covered = to_input(images[:1000])
        covered[:, low : low + side, low : low + side] = 0
        right = (network.predict(covered).argmax(axis=1) == labels[:1000]).cumsum()
        assert list(count_right(network, WAYS["Cover"].change, side)) == right[99::100].tolist()
