"""The take-home file: rounded weights, a small size, nothing that it cannot compute."""

from pathlib import Path

import numpy as np

from mnist_lesson.handwriting.take_home import rounded, take_home, to_int8
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.preprocess import to_input


def test_each_output_channel_has_a_scale_of_its_own() -> None:
    weights = np.array([[0.5, -100, 0], [1.27, 254, 0]], np.float32)
    whole, scales = to_int8(weights)
    assert whole.dtype == np.int8
    assert whole.tolist() == [[50, -50, 0], [127, 127, 0]]
    assert np.allclose(scales[:2], [0.01, 2])


def test_rounding_costs_next_to_nothing() -> None:
    images, labels = load_data()[1]
    network, x = practised_network(), to_input(images)
    right, right_rounded = (
        (reader.predict(x).argmax(axis=1) == labels).mean()
        for reader in (network, rounded(network))
    )
    assert abs(right - right_rounded) <= 0.0005
    kernel = rounded(network).weights["output"]["kernel"]
    assert len(np.unique(kernel[:, 3])) <= 255


def test_the_file_is_small_and_written_whole(tmp_path: Path, monkeypatch) -> None:
    train, (images, labels) = load_data()
    few = train, (images[:100], labels[:100])  # its accuracy is not the question here
    monkeypatch.setattr("mnist_lesson.handwriting.take_home.load_data", lambda: few)
    file = take_home(tmp_path / "new" / "reader.html", network=practised_network(), title="T" * 80)
    assert file.stat().st_size <= 120_000
    assert [path.name for path in file.parent.iterdir()] == ["reader.html"]
    assert take_home(tmp_path / "big.html", network=plain_network()).stat().st_size <= 1_800_000
