"""The lesson in slow motion: a drawing turns at the step from which it stays read right."""

from __future__ import annotations

import re

import numpy as np
import pytest
from samples import words

from mnist_lesson.handwriting.borrowed import borrowed_hand
from mnist_lesson.handwriting.hand import learn_hand
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.hand_lesson import HandLesson


def noted(*rows: list[int]) -> HandLesson:
    """Return a lesson on three drawings, a 0, a 1 and a 2, that were read so, step by step."""
    lesson = HandLesson(borrowed_hand()[0][:3], [0, 1, 2])
    for row in rows:
        lesson.note(np.eye(10)[row])
    return lesson


def test_a_drawing_is_learned_once_it_stays_read_right() -> None:
    assert noted([0, 7, 2], [0, 1, 7], [0, 7, 7], [0, 1, 7]).learned_at() == [0, 3, None]
    assert noted([0, 1, 2]).learned_at() == [0, 0, 0]


def test_it_is_shown_with_what_was_read_before() -> None:
    lesson = noted([0, 7, 8], [0, 7, 8], [0, 1, 8])
    lesson._repr_mimebundle_()
    said = words(lesson.tiles)
    assert "2 of 3 read right now, and 1 before. Your 1 came last: it took 2 of 2 steps." in said
    assert lesson.tiles.value.count("lm-got") == 2
    # The 0 was known all along, and the 2 is undecided to the end.
    assert re.findall(r"--at: ([0-9.]+)s; --w", lesson.tiles.value) == ["0.00", "5.00", "5.00"]
    assert words(lesson.tiles).endswith("✓ ✗ 7 ✓ ✗ 8")
    assert "Your 2, read as an 8 before, and as an 8 now" in lesson.tiles.value


def test_the_network_is_watched_from_before_its_first_step_to_its_last() -> None:
    drawings, labels = borrowed_hand()
    network = practised_network()
    seen: list[np.ndarray] = []
    taught = learn_hand(network, drawings, labels, watch=seen.append)
    assert len(seen) == 201
    for reader, probabilities in ((network, seen[0]), (taught, seen[-1])):
        assert np.allclose(reader.predict(to_input(drawings)), probabilities, atol=1e-5)


def test_a_lesson_without_notes_says_what_to_type() -> None:
    with pytest.raises(ValueError, match=r"watch=lesson\.note"):
        noted()._repr_mimebundle_()


def test_random_actions(random_actions) -> None:
    lesson = noted([0, 7, 8], [0, 1, 8])
    random_actions(lesson)
