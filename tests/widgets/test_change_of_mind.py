"""The slider between two networks: each point is what a network with mixed weights would say."""

import html

import numpy as np
import pytest
from samples import words

from mnist_lesson.handwriting.between import STEPS, Between, worst_drawing
from mnist_lesson.handwriting.borrowed import borrowed_hand
from mnist_lesson.handwriting.hand import learn_hand
from mnist_lesson.load import load_data, split
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.change_of_mind import ChangeOfMind

UNTAUGHT = practised_network()
DRAWINGS, LABELS = borrowed_hand()


@pytest.fixture(scope="module")
def forgetful() -> Twin:
    return learn_hand(UNTAUGHT, DRAWINGS, LABELS, remember=False, learning_rate=0.1)


@pytest.fixture(scope="module")
def panel(forgetful) -> ChangeOfMind:
    return ChangeOfMind(UNTAUGHT, forgetful, DRAWINGS, LABELS)


def mixed(share: float, taught: Twin) -> Twin:
    """Build the network whose last layer is so much of the taught one's, weight by weight."""
    last = UNTAUGHT.specs[-1]["name"]
    layer = {
        kind: np.float32(1 - share) * numbers + np.float32(share) * taught.weights[last][kind]
        for kind, numbers in UNTAUGHT.weights[last].items()
    }
    weights = {**UNTAUGHT.weights, last: layer}
    return Twin(UNTAUGHT.specs, weights, UNTAUGHT.input_shape, "mixed")


@pytest.mark.parametrize("step", [0, 37, 100])
def test_each_point_is_a_network_with_mixed_weights(panel, forgetful, step) -> None:
    network = mixed(step / STEPS, forgetful)
    probabilities = network.predict(to_input(DRAWINGS))
    np.testing.assert_allclose(panel.readings[step], probabilities, atol=1e-5)
    (images, labels), _ = load_data()
    held_out = split(labels)[1]
    answers = network.predict(to_input(images[held_out])).argmax(axis=1)
    # Rounding may tip a digit that stands on the edge.
    assert panel.misread[step] == pytest.approx((answers != labels[held_out]).sum(), abs=1)
    panel.slider.value = step
    assert words(panel.forgotten).split()[0] == f"{panel.misread[step]:,}"
    signs = [text.split()[0] for text in panel.grid.labels]
    assert signs == [str(digit) for digit in probabilities.argmax(axis=1)]


def test_the_living_picture_gets_mixed_networks_of_which_the_last_layer_alone_differs(
    forgetful,
) -> None:
    networks = Between(UNTAUGHT, forgetful).networks()
    names = [f"a network {n}% taught" for n in range(0, 101, 10)]
    assert [network.name for network in networks] == names
    x = to_input(DRAWINGS)
    for tenths, network in enumerate(networks):
        wanted = mixed(tenths / 10, forgetful)
        np.testing.assert_allclose(network.predict(x), wanted.predict(x), atol=1e-5)
        *body, _ = network.weights
        assert all(network.weights[name] is UNTAUGHT.weights[name] for name in body)


def test_a_mix_is_said_in_plain_words(panel) -> None:
    panel.slider.value = 30
    said = html.unescape(words(panel.mix))
    assert "70% of the untaught network's plus 30% of the taught one's" in said


def test_it_opens_on_the_surest_mistake_or_else_on_the_least_sure_answer() -> None:
    chances = np.full((3, 10), 0.01)
    chances[0, 0], chances[1, 4], chances[2, 6] = 0.91, 0.5, 0.7
    assert worst_drawing(chances, np.array([0, 1, 2])) == 2  # 1 and 2 are wrong, 2 the surer
    assert worst_drawing(chances, np.array([0, 4, 6])) == 1  # all right, 1 the least sure


def test_another_drawing_can_be_chosen(panel) -> None:
    panel.slider.value = STEPS
    panel.grid.chosen = 7
    assert "drawn as a 7" in panel.picture.value
    best = panel.readings[STEPS, 7]
    assert words(panel.answer).split()[0] == str(best.argmax())


def test_it_snaps_where_the_drawing_turns(forgetful) -> None:
    panel = ChangeOfMind(UNTAUGHT, forgetful, DRAWINGS, LABELS)
    chosen = panel.grid.chosen
    right = panel.readings[:, chosen].argmax(axis=1) == LABELS[chosen]
    turn = panel.turn(chosen)
    assert not right[turn - 1]
    assert right[turn:].all()
    panel.slider.value = turn - 1
    assert "snapped" not in words(panel.answer)
    for step, cheers in ((turn, True), (turn + 1, False)):
        panel.slider.value = step
        assert f"It snapped at {turn}%!" in words(panel.answer)
        assert ("lm-cheer" in panel.answer.value) == cheers
    panel.grid.chosen = int(np.flatnonzero(panel.readings.argmax(axis=2)[0] == LABELS)[0])
    assert "snapped" not in words(panel.answer)  # it was read right all along


def test_it_shows_the_digits_that_are_now_taken_for_yours(panel) -> None:
    panel.slider.value = STEPS
    panel.grid.chosen = 7
    before, now, labels = panel.answers[0], panel.answers[STEPS], panel.other_labels
    lost = (before == labels) & (now == 7) & (labels != 7)
    assert lost.any()
    assert words(panel.taken).startswith(f"{lost.sum():,} digit")
    panel.slider.value = 0
    assert panel.taken.value == ""


def test_networks_of_different_bodies_cannot_be_mixed() -> None:
    with pytest.raises(ValueError, match="differ in more than their last layer"):
        Between(UNTAUGHT, plain_network())


def test_random_actions(panel, random_actions) -> None:
    def choose(chance) -> None:
        panel.grid.chosen = chance.randrange(len(LABELS))

    random_actions(panel, extra=(choose,))
