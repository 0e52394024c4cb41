"""02, 05 · The pages' hunts. What to find stands here, as a page's code would give it away."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mnist_lesson.network.arithmetic import max_pool
from mnist_lesson.widgets.hunt import Hunt


def the_zero(weights: ArrayLike) -> Hunt:
    """Hunt for the neuron that learned the 0 among ten, one for each digit: shape (10, 784)."""
    order = np.random.default_rng(3).permutation(10)  # shuffled
    return Hunt(
        "Which neuron learned the 0?",
        np.reshape(weights, (10, 28, 28))[order],
        order == 0,
        cheer="A green ring with a purple spot: if there's ink in the hole, it isn't a zero.",
        hint="A 0 has ink all the way round, and none in the middle.",
    )


def lower_edges(filters: ArrayLike, maps: ArrayLike, digit: ArrayLike) -> Hunt:
    """Hunt for the two filters that look for lower edges.

    Parameters
    ----------
    filters, maps, digit
        Shapes (3, 3, n), (height, width, n) and (28, 28): the weights, and what each makes of a 5.
    """
    weights = np.asarray(filters)
    return Hunt(
        "Which two look for lower edges?",
        np.moveaxis(weights, -1, 0),
        (weights[0] - weights[2]).sum(axis=0) > 0.8,  # far more above than below
        behind=np.moveaxis(np.asarray(maps), -1, 0),
        before=(digit, "our 5"),
        columns=4,
        cheer="Both find the floor under a stroke, and leave its roof alone.",
        hint="Ink above and paper below: you want a purple row at the bottom.",
    )


def the_sleepers(maps: ArrayLike) -> Hunt:
    """Hunt for the two maps, of shape (height, width, n), that are 0 everywhere."""
    pictures = np.moveaxis(np.asarray(maps, float), -1, 0)
    most = pictures.max(axis=(1, 2), keepdims=True)
    return Hunt(
        "Which two see nothing at all of our 5?",
        # Each at its brightest, or nobody could see a faint spot.
        pictures / np.where(most > 0, most, 1),
        most == 0,
        columns=8,
        lit=True,
        cheer="One wakes up for other digits. The other sleeps through nearly all of them.",
        hint="Look closely: somewhere in that one, there's a spot of blue.",
    )


def the_survivors(numbers: ArrayLike) -> Hunt:
    """Hunt for the four numbers, of shape (4, 4), that max-pooling keeps; no block has a tie."""
    table = np.asarray(numbers)
    kept = max_pool(table[None, :, :, None])[0, :, :, 0]
    (a, b), (c, d) = kept.tolist()
    survives = table == np.kron(kept, np.ones((2, 2)))  # kron makes a block of each again
    # Each survivor has a place in the smaller map; a loser has none.
    places = np.full((4, 4, 2, 2), np.nan)
    for row, column in np.argwhere(survives):
        places[row, column, row // 2, column // 2] = table[row, column]
    return Hunt(
        "Which four survive?",
        table.reshape(16, 1, 1),
        survives,
        labels=table.ravel(),
        behind=places.reshape(16, 2, 2),
        columns=4,
        lit=True,
        cheer=f"What's left is a smaller map, 2 by 2: {a} and {b} above, {c} and {d} below.",
        hint="There's a larger one in its block.",
    )


def the_intruder(images: ArrayLike, labels: ArrayLike) -> Hunt:
    """Hunt for the only digit that isn't labelled 5.

    Parameters
    ----------
    images, labels
        Shapes (n, 28, 28) and (n,): what excites one neuron of the dense layer most.
    """
    strangers = np.asarray(labels) != 5
    stranger = np.asarray(labels)[strangers][0]
    return Hunt(
        "Who's the intruder?",
        images,
        strangers,
        cheer=f"It's labelled {stranger}. "
        "But its lower half alone wakes the neuron nearly as much.",
        hint="That's somebody's 5. Not all fives are beauties.",
    )
