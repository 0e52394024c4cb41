"""The duel: right answers are counted by the labels, and the two rounds keep their rules."""

import numpy as np
import pytest
from samples import words

from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.test import predict, worst_mistakes
from mnist_lesson.widgets.duel import ASKING, ENDED, FAIR, READY, TOLD, Duel


@pytest.fixture(scope="module")
def worst() -> np.ndarray:
    images, labels = sealed_digits()
    return worst_mistakes(predict(practised_network(), to_input(images)), labels, 12).places


@pytest.fixture
def panel(worst) -> Duel:
    return Duel(worst, practised_network(), seed=1)


def play(panel: Duel, answers) -> None:
    """Click on Start or Next where it shows, and on these digits."""
    for answer in answers:
        if panel.stage != ASKING:
            panel.next.click()
        panel.digits.children[answer].click()


def test_the_card_turns_after_each_answer_to_a_mistake(panel, worst) -> None:
    label = int(sealed_digits()[1][worst[0]])
    read = int(practised_network().predict(to_input(sealed_digits()[0][worst[:1]])).argmax())
    assert panel.stage == READY
    panel.digits.children[label].click()
    assert not panel.round.answers  # nothing is asked before Start
    play(panel, [label])
    assert panel.stage == TOLD
    assert words(panel.says).startswith("1 : 0 Your point!")
    assert words(panel.says).endswith(f"sure {read} Label {label}")
    panel.digits.children[label].click()
    assert len(panel.round.answers) == 1  # the next digit comes with Next


def test_the_network_has_no_chance_at_its_own_mistakes(panel, worst) -> None:
    labels = sealed_digits()[1][worst].tolist()
    play(panel, [*labels[:11], (labels[11] + 1) % 10])
    panel.next.click()
    assert panel.stage == ENDED
    assert "You 11, network 0. It had no chance" in words(panel.says)
    assert panel.played.value.count("<figure") == 12
    assert f"label {labels[3]}\nit " in panel.played.value
    assert panel.played.value.count('class="lm-hit"') == 11
    assert panel.played.value.count('class="lm-miss"') == 1
    assert f"you {labels[3]} ✓\n" in panel.played.value


def test_a_fair_round_is_counted_at_its_end(panel) -> None:
    panel.skip.click()
    assert words(panel.says).startswith("12 of its surest mistakes")  # nobody scored yet
    panel.next.click()
    now = panel.round
    read = practised_network().predict(to_input(now.images)).argmax(axis=1)
    assert len({picture.tobytes() for picture in now.images}) == FAIR
    # One wrong answer, so that you're neither all right nor all wrong.
    answers = [(now.labels[0] + 1) % 10, *now.labels[1:]]
    play(panel, answers[:-1])
    assert panel.stage == ASKING
    assert "label" not in words(panel.says, panel.played).lower()  # no card turns before the end
    so_far = int((read == now.labels)[:-1].sum())
    assert words(panel.says) == f"{FAIR - 2} : {so_far} You : network"
    assert f"{now.labels[1]} ✓" in words(panel.played)
    assert panel.clock.value
    play(panel, answers[-1:])
    it = int((read == now.labels).sum())
    assert panel.played.value.count('class="lm-hit"') == FAIR - 1
    assert f"{FAIR - 1} : {it} You {FAIR - 1} in 0 s, network {it} in 0.0" in words(panel.says)
    assert ("It wins" in words(panel.says)) == (it == FAIR)
    assert not panel.clock.value
    panel.next.click()
    assert panel.round.labels.tolist() != now.labels.tolist()  # other digits each time


def test_the_best_round_is_kept_and_the_quicker_of_two_equals_is_the_better(panel) -> None:
    panel.skip.click()
    for wrong, seconds, best in (
        (2, 30.0, "Your best so far!"),
        (1, 40.0, "Your best so far!"),
        (1, 50.0, "Your best: 11 of 12 in 40 s."),
        (0, 60.0, "Your best so far!"),
        (3, 5.0, "Your best: 12 of 12 in 1 min 0 s."),
    ):
        panel.next.click()
        labels = panel.round.labels
        play(panel, [(label + (place < wrong)) % 10 for place, label in enumerate(labels[:-1])])
        panel.round._began -= seconds
        play(panel, labels[-1:])
        assert best in words(panel.says)
    panel.next.click()
    assert "your best: 12 of 12" in words(panel.says)


@pytest.mark.parametrize(
    ("yours", "its", "label", "verdict"),
    [
        (7, 1, 7, "Your point"),
        (7, 7, 7, "both"),
        (1, 7, 7, "The network's"),
        (1, 1, 7, "against the label"),
        (2, 1, 7, "Three different"),
    ],
)
def test_what_is_said_of_three_answers(panel, yours, its, label, verdict) -> None:
    panel.round.answers.append(yours)
    panel.round.read = np.array([its])
    panel.round.labels = np.array([label])
    assert verdict in panel.round.verdict()


def test_the_still_holds_all_that_the_panel_tells_of_the_first_round(panel, worst) -> None:
    images, labels = sealed_digits()
    read = practised_network().predict(to_input(images[worst])).argmax(axis=1)
    for answer, label in zip(read, labels[worst], strict=True):
        assert f"read {answer}, is {label}," in panel.still().alt


def test_random_actions(panel, random_actions) -> None:
    random_actions(panel)
