"""Make the README's two pictures: a digit's way through the network, and a hand learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from mnist_lesson.handwriting.borrowed import borrowed_hand
from mnist_lesson.handwriting.hand import learn_hand
from mnist_lesson.load import load_data
from mnist_lesson.look import show_readings
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.preprocess import to_input

DOCS = Path(__file__).resolve().parents[1] / "docs"
PLACE = 8  # in the test set


def main() -> None:
    """Draw and save both."""
    way_through_the_network().savefig(DOCS / "picture.png", dpi=120)
    hand_learned().savefig(DOCS / "hand.png", dpi=120)


def hand_learned() -> Figure:
    """Draw ten digits of the made-up writer, read before and after ten others were learned."""
    practised = practised_network()
    taught = learn_hand(practised, *borrowed_hand())
    images, labels = borrowed_hand(seed=1)
    networks = {"before": practised, "after": taught}
    readings = {
        name: network.predict(to_input(images)).argmax(axis=1) for name, network in networks.items()
    }
    return show_readings(images, labels, readings)


def way_through_the_network() -> Figure:
    """Draw one test digit, what each layer makes of it, and the ten answers."""
    images, labels = load_data()[1]
    image = images[PLACE]
    seen = {name: np.squeeze(output) for name, _, output in plain_network().layers(to_input(image))}
    figure = Figure(figsize=(11, 3.1), facecolor="white")
    picture(figure, image, (0.01, 0.1, 0.21, 0.75), "gray_r")
    figure.text(0.115, 0.92, "a handwritten digit", ha="center", fontsize=13)
    columns = (
        ("conv_1", "first convolution", "Blues"),
        ("conv_2", "second convolution", "Purples"),
        ("pool", "pooling", "Greens"),
    )
    for column, (layer, title, colours) in enumerate(columns):
        left = 0.25 + column * 0.185
        figure.text(left + 0.08, 0.92, title, ha="center", fontsize=13)
        maps = seen[layer]
        liveliest = np.argsort(-maps.std(axis=(0, 1)))[:9]
        for cell, place in enumerate(liveliest):
            row, across = divmod(cell, 3)
            box = (left + across * 0.055, 0.62 - row * 0.26, 0.05, 0.23)
            picture(figure, maps[..., place], box, colours)
    bars(figure, seen["output"], int(labels[PLACE]))
    return figure


def picture(
    figure: Figure, pixels: np.ndarray, box: tuple[float, float, float, float], colours: str
) -> None:
    """Draw pixels into a box of the figure."""
    axes = figure.add_axes(box)
    axes.imshow(pixels, cmap=colours)
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_color("#cccccc")


def bars(figure: Figure, probabilities: np.ndarray, answer: int) -> None:
    """Draw the ten answers as bars."""
    figure.text(0.9, 0.92, "the answer", ha="center", fontsize=13)
    axes = figure.add_axes((0.84, 0.08, 0.11, 0.79))
    axes.barh(
        range(10),
        probabilities,
        color=["#D55E00" if digit == answer else "#0072B2" for digit in range(10)],
    )
    axes.set(yticks=range(10), xticks=[], xlim=(0, 1))
    axes.invert_yaxis()
    axes.tick_params(length=0, labelsize=11)
    axes.text(1.04, answer, f"{probabilities[answer]:.0%}", va="center", fontsize=11)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    main()
