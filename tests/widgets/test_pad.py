"""The drawing pad by value: strokes in, an answer out."""

import html
import io
from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from PIL import Image
from samples import FOUR, ONE, SEVEN, TWO, words

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.likeness import DOUBT
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.drawing_pad import DrawingPad

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def answer(pad: DrawingPad) -> str:
    """The large sign."""
    return words(pad.answer).split()[0]


@pytest.fixture
def pad(workspace) -> DrawingPad:
    return DrawingPad()


def test_a_seven_is_read_as_a_seven(pad) -> None:
    pad.pad.strokes = SEVEN
    assert answer(pad) == "7"
    expected = practised_network().predict(to_input(center_drawing(draw_strokes(SEVEN))))[0]
    for chance in expected:
        assert f"{chance:.1%}" in pad.probabilities.value
    assert pad.xray.value.count("<img") == 5
    still = pad.still()
    assert any("it reads a 7" in axes.get_title() for axes in still.figure.axes)
    assert "ten bars" in still.alt


def test_it_follows_the_pen_and_a_blank_sheet_has_no_answer(pad) -> None:
    assert answer(pad) == "?"
    pad.pad.strokes = ONE
    assert answer(pad) == "1"
    assert pad._switches.layout.display is None
    pad.pad.strokes = []
    assert answer(pad) == "?"
    assert pad.xray.value == ""
    assert pad._switches.layout.display == "none"  # they stand under pictures


def test_the_steps_can_be_switched_off(pad) -> None:
    pad.pad.strokes = [[10, 10, 60, 10, 30, 70]]
    with_all = pad.picture
    for step in pad.steps.values():
        step.value = False
    np.testing.assert_array_equal(
        pad.picture, center_drawing(pad.drawing, fit=False, center=False, stroke=False)
    )
    assert not np.array_equal(pad.picture, with_all)
    assert "centred: left out" in words(pad.xray)


def test_sixty_strokes_and_five_thousand_points(pad) -> None:
    chance = Random(1)
    strokes = [[chance.randrange(281) for _ in range(168)] for _ in range(60)]
    pad.pad.strokes = strokes
    assert pad.pad.strokes == strokes
    assert answer(pad).isdecimal()


def upload(pad, data: bytes, name: str = "digit.png") -> None:
    about = {"name": name, "type": "image/png", "size": len(data), "last_modified": WHEN}
    pad.file.value = (about | {"content": data},)


def picture_of(strokes, *, mode: str = "L", paper: int = 230) -> bytes:
    ink = draw_strokes(strokes)
    page = (paper - ink * (paper / 255)).astype(np.uint8)
    packed = io.BytesIO()
    Image.fromarray(page).convert(mode).save(packed, format="PNG")
    return packed.getvalue()


def test_a_picture_of_pencil_on_paper(pad) -> None:
    upload(pad, picture_of(SEVEN, mode="RGB"))
    assert answer(pad) == "7"
    assert pad.file.value == ()
    pad.pad.strokes = ONE  # the pen takes over
    assert answer(pad) == "1"


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n half", b"GIF89a"])
def test_a_file_that_is_no_picture_loses_nothing(pad, data) -> None:
    pad.pad.strokes = SEVEN
    upload(pad, data)
    assert "use this file" in words(pad.status)
    assert answer(pad) == "7"


def test_a_blank_page_and_a_transparent_one(pad) -> None:
    upload(pad, picture_of([]))
    assert words(pad.status)
    packed = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(packed, format="PNG")
    upload(pad, packed.getvalue())
    assert words(pad.status)


def test_random_actions(workspace, random_actions) -> None:
    chance = Random(7)

    def make() -> DrawingPad:
        panel = DrawingPad()
        panel.pad.strokes = [[chance.randrange(281) for _ in range(20)] for _ in range(3)]
        return panel

    random_actions(make())


def test_several_digits_are_read_as_a_number_on_the_pad_and_from_a_photo(workspace) -> None:
    pad = DrawingPad()
    pad.pad.strokes = FOUR + TWO
    assert answer(pad) == "42"
    assert "sure of each digit" in words(pad.answer)
    assert pad.probabilities.value.count("<img") == 2
    assert pad._switches.layout.display == "none"
    assert all(button.disabled for button in pad.corrections)  # it learns one digit at a time
    pad.pad.strokes = FOUR
    assert answer(pad) == "4"
    assert not any(button.disabled for button in pad.corrections)
    upload(pad, picture_of(FOUR + TWO))
    pad.pad.strokes = []
    assert answer(pad) == "42"
    pad.pad.strokes = [[40, 20, 40, 110], [40, 160, 40, 250], [90, 20, 90, 110]]  # in two rows
    assert "single row" in words(pad.status)


# ---- plain, practised, yours ----

TURN = np.linspace(0, 2 * np.pi, 40)
DOWN = -13 * np.cos(TURN) + 5 * np.cos(2 * TURN) + 2 * np.cos(3 * TURN) + np.cos(4 * TURN)
HEART = [(140 + 4.5 * np.stack([16 * np.sin(TURN) ** 3, DOWN], axis=1)).round().ravel().tolist()]
BARRED_SEVEN = [[80, 70, 200, 70, 120, 230], [90, 150, 190, 150]]


def test_a_correction_is_learned_at_once_kept_and_taken_back(workspace) -> None:
    pad = DrawingPad()
    assert list(dict(pad.reader.options)) == ["plain", "practised"]
    pad.pad.strokes = BARRED_SEVEN
    pad.teach(3)  # whatever it looks like: you say what it was
    assert pad.reader.value == "yours"
    assert pad.reader.label == "yours: practised, taught by you"
    assert answer(pad) == "3"
    assert "1 drawing of yours: 1 three" in words(pad.knows)
    again = DrawingPad()  # kept across a restart
    again.pad.strokes = BARRED_SEVEN
    assert answer(again) == "3"
    again.undo()
    assert list(dict(again.reader.options)) == ["plain", "practised"]
    assert answer(again) != "3"
    assert again.undo_button.disabled


def test_a_sign_is_read_by_what_it_was_taught_and_the_doubt_is_gone(workspace) -> None:
    """The line below the buttons says at once that it learns, and then what."""
    pad = DrawingPad()
    pad.pad.strokes = HEART
    assert DOUBT in words(pad.answer)
    said = []
    pad.lesson.observe(lambda change: said.append(words(pad.lesson)), "value")
    pad.teach(3)
    assert said[0] == "Learning …"
    assert "Got it: that was a 3." in said[-1]
    assert "Going by what you taught me, it's a 3:" in html.unescape(words(pad.answer))
    pad.pad.strokes = strokes_of(3)  # no sign, so nothing to boast about
    assert words(pad.lesson) == ""
    assert "taught me" not in words(pad.answer)
    pad.pad.strokes = HEART
    pad.reader.value = "practised"  # which has learned no heart
    assert DOUBT in words(pad.answer)


def test_an_odd_drawing_that_it_was_not_taught_is_doubted_still(workspace) -> None:
    pad = DrawingPad()
    pad.pad.strokes = SEVEN
    pad.teach(7)
    pad.pad.strokes = HEART
    assert pad.reader.value == "yours"
    assert DOUBT in words(pad.answer)


def test_a_blank_sheet_teaches_nothing(workspace) -> None:
    pad = DrawingPad()
    assert all(button.disabled for button in pad.corrections)
    pad.teach(3)
    assert "blank" in words(pad.lesson)
