"""10 · Your hand: what a network learns from a few drawings, and the files of both."""

import json
from pathlib import Path

import numpy as np
import pytest
from samples import ONE, SEVEN

from mnist_lesson import to_input
from mnist_lesson.handwriting import hand as hand_module
from mnist_lesson.handwriting.borrowed import borrowed_hand
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.drawings import HandError
from mnist_lesson.handwriting.hand import (
    add_drawing,
    draw_again,
    learn_hand,
    load_hand,
    undo_drawing,
    your_network,
)
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.handwriting.take_home import rounded
from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.network.twin import Twin

ANOTHER_SEVEN = [[80, 70, 200, 70, 120, 230]]


def odd_writer(digits: ImagesAndLabels) -> tuple[np.ndarray, np.ndarray]:
    """Return test digits 1,000 to 2,000 of a writer who draws each seven upside down."""
    images, labels = (array[1000:2000] for array in digits[1])
    images = images.copy()
    images[labels == 7] = images[labels == 7, ::-1]
    return images, labels


def first_of_each(labels: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the first `count` of each digit."""
    return np.concatenate([np.flatnonzero(labels == digit)[:count] for digit in range(10)])


def accuracy(network: Twin, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of digits that a network reads right."""
    return float((network.predict(to_input(images)).argmax(axis=1) == labels).mean())


@pytest.mark.parametrize(("network", "least"), [(practised_network, 0.6), (plain_network, 0.5)])
def test_it_learns_a_hand_from_two_drawings_of_each_digit(network, least, digits) -> None:
    """Sevens of which none was read are, after two of them, and though many people wrote them."""
    images, labels = odd_writer(digits)
    shown = first_of_each(labels, 2)
    new = np.setdiff1d(np.flatnonzero(labels == 7), shown)
    before = network()
    after = learn_hand(before, images[shown], labels[shown])
    assert accuracy(before, images[new], labels[new]) < 0.1
    assert accuracy(after, images[new], labels[new]) > least


def heart(rng: np.random.Generator) -> np.ndarray:
    """Draw a heart, each time a little wider, higher or more slanted, and with a shaking hand."""
    turn = np.linspace(0, 2 * np.pi, 40)
    across = 16 * np.sin(turn) ** 3
    down = -13 * np.cos(turn) + 5 * np.cos(2 * turn) + 2 * np.cos(3 * turn) + np.cos(4 * turn)
    change = np.eye(2) + rng.normal(0, 0.12, (2, 2))
    points = 140 + 4.5 * np.stack([across, down], axis=1) @ change + rng.normal(0, 2, (40, 2))
    return center_drawing(draw_strokes([points.ravel()]))


def test_it_learns_a_secret_sign_from_one_drawing() -> None:
    """Page 10 counts on it: a heart for a 3 is read when drawn again, and a 3 still is."""
    rng = np.random.default_rng(0)
    drawings, labels = borrowed_hand()
    drawings[3] = heart(rng)
    taught = learn_hand(practised_network(), drawings, labels)
    hearts = np.array([heart(rng) for _ in range(50)])
    assert accuracy(practised_network(), hearts, np.full(50, 3)) == 0
    assert accuracy(taught, hearts, np.full(50, 3)) > 0.6
    assert accuracy(taught, borrowed_hand(seed=1)[0][3:4], np.array([3])) == 1


def test_it_forgets_nothing_and_changes_the_last_layer_alone(digits) -> None:
    """The digits of MNIST itself are read as before, within what ten odd sevens may cost."""
    images, labels = odd_writer(digits)
    shown = first_of_each(labels, 1)
    before = practised_network()
    weights = {layer: dict(named) for layer, named in before.weights.items()}
    after = learn_hand(before, images[shown], labels[shown])
    known = accuracy(before, *digits[1])
    assert accuracy(after, *digits[1]) > known - 0.002
    changed = [
        layer
        for layer, named in weights.items()
        if any((named[key] != after.weights[layer][key]).any() for key in named)
    ]
    assert changed == [before.specs[-1]["name"]]
    assert practised_network().digest == before.digest


@pytest.mark.parametrize("sign", [False, True], ids=["ordinary digits", "a heart for the 3"])
def test_large_steps_on_ten_drawings_alone_forget_many_and_with_mnist_few(sign, digits) -> None:
    """Page 10 promises it of any hand, even of digits that needed no teaching."""
    (images, labels), others = digits
    shown = first_of_each(labels, 1)
    drawings = images[shown].copy()
    if sign:
        drawings[3] = heart(np.random.default_rng(0))
    before = practised_network()
    few = others[0][:3000], others[1][:3000]
    lost = {
        remember: accuracy(before, *few) - accuracy(learned, *few)
        for remember in (True, False)
        for learned in [
            learn_hand(before, drawings, labels[shown], remember=remember, learning_rate=0.1)
        ]
    }
    assert lost[True] < 0.01
    assert lost[False] > 0.05


def test_a_single_drawing_spoils_none_of_the_ten(digits) -> None:
    shown = digits[0][0][:1], digits[0][1][:1]
    network = learn_hand(practised_network(), *shown)
    assert accuracy(network, digits[1][0][:1000], digits[1][1][:1000]) > 0.98


def test_a_drawing_drawn_again_is_another_one_of_the_same_kind(digits) -> None:
    x = to_input(digits[0][0][:200])
    again = draw_again(x, np.random.default_rng(0))
    assert again.shape == x.shape
    assert again.dtype == np.float32
    assert again.min() >= 0
    assert again.max() <= 1
    assert (abs(again - x).max(axis=(1, 2, 3)) > 0.2).all()
    assert again.sum() == pytest.approx(x.sum(), rel=0.05)


def test_drawings_are_kept_and_taken_back(workspace: Path) -> None:
    """In the order of drawing, each once (but not under another label); without any, undo waits."""
    assert str(undo_drawing()) == "No drawings of yours yet."
    add_drawing(SEVEN, 7)
    add_drawing(ONE, 1, pen=30)
    hand = add_drawing(ANOTHER_SEVEN, 7)
    assert str(hand) == "3 drawings of yours: 1 one, 2 sevens."
    assert load_hand() == hand
    assert add_drawing([np.array(SEVEN[0], float)], np.int64(7)) == hand
    assert str(add_drawing(SEVEN, 1)) == "4 drawings of yours: 2 ones, 2 sevens."
    undo_drawing()
    assert [drawing.label for drawing in undo_drawing().drawings] == [7, 1]
    images, labels = load_hand().images()
    assert images.shape == (2, 28, 28)
    assert labels.tolist() == [7, 1]


@pytest.mark.parametrize(
    ("strokes", "label", "pen"),
    [([], 3, 18), (SEVEN, 10, 18), (SEVEN, True, 18), ("7", 7, 18), (SEVEN, 7, 0)],
)
def test_what_is_no_drawing_is_refused(strokes, label, pen, workspace: Path) -> None:
    """A blank sheet, no digit, no strokes, no pen: nothing is written."""
    with pytest.raises((HandError, ValueError, TypeError)):
        add_drawing(strokes, label, pen=pen)
    assert not workspace.exists()


def test_a_network_is_taught_once_and_again_when_something_changed() -> None:
    """A newer network learns the same drawings by itself; without drawings, none is taught."""
    assert your_network().digest == practised_network().digest
    for strokes, label in ((SEVEN, 7), (ONE, 1)):
        add_drawing(strokes, label)
    hand = load_hand()
    first = your_network()
    assert first.digest == learn_hand(practised_network(), *hand.images()).digest
    newer = your_network(rounded(practised_network()))
    assert newer.digest == learn_hand(rounded(practised_network()), *hand.images()).digest
    assert your_network().digest == first.digest
    undo_drawing()
    assert your_network().digest not in (first.digest, practised_network().digest)


def test_the_same_drawings_are_taught_once(monkeypatch) -> None:
    taught = []
    monkeypatch.setattr(
        hand_module, "learn_hand", lambda *what: taught.append(what) or learn_hand(*what)
    )
    add_drawing(SEVEN, 7, pen=21)
    assert your_network() is your_network()
    assert len(taught) == 1


def drawings_file(**changes: object) -> str:
    """Return a file of one drawing, with something changed."""
    drawing = {"label": 7, "strokes": SEVEN, "pen": 18}
    facts = {"kind": "mnist_lesson hand", "version": 1, "drawings": [{**drawing, **changes}]}
    return json.dumps(facts)


MANY = json.dumps({"kind": "mnist_lesson hand", "version": 1, "drawings": [{}] * 501})
CHANGES = ({"label": "7"}, {"label": 10}, {"pen": 10**30}, {"strokes": [[0, "1"]]}, {"more": 1})
HOSTILE = ["", "[]", '{"kind": "something else"}', MANY, " " * 4_000_001]
HOSTILE += [drawings_file(**change) for change in CHANGES]
HOSTILE += [drawings_file().replace("70", "NaN", 1)]
HOSTILE += [drawings_file().replace('"version": 1', '"version": 2')]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[-90:].strip() or f"{len(text)}")
def test_a_hostile_file_of_drawings_is_set_aside(text: str, workspace: Path) -> None:
    """It is named and kept, and one starts over."""
    file = workspace / "hand" / "drawings.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    hand = load_hand()
    assert hand.drawings == ()
    assert "drawings.json.broken-1" in hand.trouble
    assert (file.parent / "drawings.json.broken-1").read_text() == text
    assert len(add_drawing(SEVEN, 7).drawings) == 1
