"""The sheet that asks for each digit, and the class's test set drawn on it."""

import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image
from samples import FOUR, ONE, SEVEN, TWO, words

from mnist_lesson.handwriting.borrowed import borrowed_hand, strokes_of
from mnist_lesson.handwriting.class_files import load_writer
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.picture import png
from mnist_lesson.widgets.class_set import ClassSet
from mnist_lesson.widgets.guided_sheet import GuidedSheet, NotDrawnError

ZERO = [[140, 50, 80, 100, 70, 160, 100, 220, 140, 230, 190, 200, 205, 140, 190, 80, 140, 50]]

NINE = [[190, 84, 157, 39, 101, 56, 90, 112, 134, 140, 185, 112, 190, 73, 185, 168, 162, 246]]


def draw(sheet: GuidedSheet, strokes, *, sure: bool = True) -> None:
    sheet.pad.strokes = strokes
    sheet.take(sure=sure)


def drawn(count: int) -> GuidedSheet:
    """Return a sheet with the first of its ten digits drawn."""
    sheet = GuidedSheet()
    for _ in range(count):
        draw(sheet, ONE)
    return sheet


def test_it_asks_for_one_digit_after_the_other_and_moves_on_when_the_pen_rests() -> None:
    sheet = GuidedSheet()
    assert "Draw a 0" in words(sheet.task)
    sheet.pad.strokes = ZERO
    sheet.pad.finished += 1  # what the browser does after a pause, or on Enter
    assert "Draw a 1" in words(sheet.task)
    assert sheet.pad.strokes == []
    for _ in range(9):
        draw(sheet, ONE)
    assert sheet.complete
    assert sheet.images()[1].tolist() == list(range(10))
    draw(sheet, ONE)  # too many: nothing happens
    assert len(sheet.drawings) == 10


def test_its_still_shows_what_is_drawn_in_ink_and_the_rest_pale() -> None:
    sheet = drawn(3)
    picture = np.asarray(Image.open(io.BytesIO(png(sheet.still().figure))).convert("L"))
    tiles = np.array_split(picture[len(picture) // 3 :], 10, axis=1)  # below their names
    darkest = [tile.min() for tile in tiles]
    assert max(darkest[:3]) < 60
    assert 100 < min(darkest[3:]) <= max(darkest[3:]) < 180  # what it asks for
    assert "3 are drawn" in sheet.still().alt


def test_three_ones_in_a_row_are_not_taken_for_zeros() -> None:
    sheet = GuidedSheet()
    for _ in range(3):
        draw(sheet, ONE, sure=False)
    assert sheet.drawings == []
    assert "looks like a 1" in words(sheet.status)
    assert sheet.keep.layout.display is None
    sheet.keep.click()
    assert sheet.drawings == [(0, ONE)]  # you are the one who knows


def test_a_sheet_can_cheer_for_what_the_network_misreads() -> None:
    sheet, plain = GuidedSheet(count_misses=True), GuidedSheet()
    for one in (sheet, plain):
        draw(one, ZERO)
    # Whoever draws for a class's test set shouldn't write for the network.
    assert words(plain.score) == ""
    assert words(sheet.score).startswith("Not fooled yet It read your 0. A secret sign")
    assert "lm-cheer" not in sheet.score.value
    draw(sheet, SEVEN, sure=False)  # as the 1: a sheet that wants to be misread doesn't ask
    assert words(sheet.score) == "You fooled it once! It took your 1 for a 7!"
    assert "lm-cheer" in sheet.score.value
    for _ in range(2):
        draw(sheet, SEVEN)
    assert words(sheet.score).endswith("You fooled it 3 times! It took your 3 for a 7!")
    assert words(sheet.drawn).startswith("✓ ✗ 7 ✗ 7 ✗ 7 4")
    assert "✗" not in words(plain.drawn)


def test_a_second_sheet_shows_the_first_ones_signs_and_marks_each_drawing() -> None:
    half = GuidedSheet(like=drawn(3))
    assert "first sheet" not in half.drawn.value
    first = drawn(10)
    second = GuidedSheet(like=first)
    assert second.drawn.value.count("on the first sheet") == 10
    assert words(second.score) == "? Will it know your signs?"
    draw(second, ZERO)
    assert words(second.score) == "1 of 1 read right. It read your 0."
    assert "lm-cheer" in second.score.value
    draw(second, SEVEN)
    assert words(second.score) == "1 of 2 read right. It took your 1 for a 7!"
    assert "lm-cheer" not in second.score.value
    assert second.drawn.value.count("on the first sheet") == 8


def test_a_full_sheet_that_was_read_too_well_says_how_to_go_on() -> None:
    sheet = GuidedSheet(count_misses=True)
    four = [[90, 60, 80, 150, 200, 150], [180, 60, 180, 230]]
    for digit in range(10):  # the made-up writer's, of which the 2 and the 9 are misread
        draw(sheet, {1: ONE, 4: four}.get(digit, strokes_of(digit)))
    assert words(sheet.score).startswith("You fooled it twice!")
    assert "Press Back, and invent a secret sign!" in words(sheet.score)


def test_a_blank_sheet_is_not_taken_and_back_brings_the_last_drawing() -> None:
    sheet = GuidedSheet()
    sheet.take()
    assert "still blank" in words(sheet.status)
    draw(sheet, ZERO)
    sheet.back.click()
    assert "Draw a 0" in words(sheet.task)
    assert sheet.pad.strokes == ZERO


def test_a_blank_sheet_is_the_made_up_writers_and_a_full_one_is_yours() -> None:
    """The second sheet is their other day: the same digits again would test nothing."""
    first, labels = GuidedSheet().collect()
    second, _ = GuidedSheet().collect(same_hand_as=first)
    assert np.array_equal(first, borrowed_hand()[0])
    assert labels.tolist() == list(range(10))
    assert not any(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    mine = drawn(10).collect()[0]
    assert np.array_equal(mine, drawn(10).images()[0])
    assert np.array_equal(drawn(10).collect(same_hand_as=mine)[0], mine)


SHARED = [(None, 4, "4 of 10"), (10, 0, "The first sheet was yours"), (10, 9, "9 of 10")]
SHARED += [(0, 10, "the first one wasn't"), (0, 3, "the first one wasn't")]


@pytest.mark.parametrize(("before", "now", "said"), SHARED)
def test_two_writers_never_share_a_count(before: int | None, now: int, said: str) -> None:
    """Nor does a sheet that is half theirs and half yours."""
    earlier = None if before is None else drawn(before).collect()[0]
    with pytest.raises(NotDrawnError, match=said):
        drawn(now).collect(same_hand_as=earlier)


def test_a_page_says_what_is_still_to_be_drawn_without_a_traceback() -> None:
    shell = InteractiveShell()
    shell.user_ns["sheet"] = drawn(4)
    with capture_output() as shown:
        shell.run_cell("sheet.collect()")
    assert shown.stdout.strip().startswith("Not yet. You've drawn 4 of 10 digits here.")
    assert "Traceback" not in shown.stdout + shown.stderr


@pytest.fixture
def panel(workspace: Path) -> ClassSet:
    return ClassSet()


def test_ten_digits_are_saved_and_read(panel: ClassSet) -> None:
    for digit in range(10):
        assert panel.save.button_style == ""
        draw(panel.sheet, SEVEN if digit == 7 else ONE)
    assert panel.save.button_style == "primary"  # what to do next
    panel.nickname.value = "Ada"
    panel.save.click()
    assert "Saved as Ada" in words(panel.status)
    file = next(panel.place.iterdir())
    assert load_writer(file).strokes[7] == SEVEN
    assert panel.table.rows[0][0] == "Ada"
    assert panel.table.rows[0][1]["text"].endswith("of 10")
    assert "by 1 writer" in words(panel.answer)


def test_fewer_than_ten_are_asked_about_before_they_are_saved(panel: ClassSet) -> None:
    panel.save.click()
    assert "nothing to save" in words(panel.status)
    draw(panel.sheet, ZERO)
    panel.save.click()
    assert "Still missing: 1, 2, 3" in words(panel.status)
    assert not panel.place.exists()
    panel.save.click()
    assert "Saved" in words(panel.status)


def test_a_name_that_is_taken_is_asked_about_and_both_are_kept(panel: ClassSet) -> None:
    panel.nickname.value = "Grace"
    draw(panel.sheet, ZERO)
    for _ in range(2):  # the first click asks about the missing ones
        panel.save.click()
    panel.save.click()
    assert "Still missing" in words(panel.status)
    panel.save.click()
    assert "digits by “Grace” already" in words(panel.status)
    panel.save.click()
    assert "Saved as Grace-1" in words(panel.status)
    assert len(list(panel.place.iterdir())) == 2


def test_hostile_files_are_named_and_left_out(panel: ClassSet) -> None:
    panel.place.mkdir(parents=True)
    (panel.place / "half.digits.json").write_text("{")
    panel.read.click()
    assert "half.digits.json is damaged" in words(panel.status)
    panel.folder.value = str(panel.place / "no_such")
    assert words(panel.status).strip()


def test_folders_with_digits_beside_the_page_are_offered(panel, tmp_path, monkeypatch) -> None:
    (panel.place.parent / "holiday").mkdir(parents=True)
    monkeypatch.chdir(panel.place.parent)
    draw(panel.sheet, ZERO)
    for _ in range(2):
        panel.save.click()
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(tmp_path / "another learner's"))
    other = ClassSet()
    assert other.folder.options == ("class",)
    assert "No digits there" in words(other.status)
    other.folder.value = "class"
    assert "by 1 writer" in words(other.answer)


def test_the_stranger_is_one_row_beside_your_own_and_no_file(panel: ClassSet) -> None:
    draw(panel.sheet, ZERO)
    panel.nickname.value = "Ada"
    for _ in range(2):
        panel.save.click()
    said: list[str] = []
    panel.status.observe(lambda change: said.append(words(panel.status)), "value")
    for _ in range(2):  # once more, and nothing comes twice
        panel.invite.click()
        assert [line[0] for line in panel.table.rows] == ["Ada", "stranger, on 5 days"]
        assert panel.table.rows[1][1]["text"].endswith("of 50")
        assert "by 1 writer" in words(panel.answer)
        assert "one made-up person" in words(panel.status)
    assert said[0] == "The stranger is coming …"
    assert len(list(panel.place.iterdir())) == 1


@pytest.mark.parametrize("is_neat", [True, False])
def test_you_can_play_against_the_stranger(panel: ClassSet, is_neat: bool) -> None:
    """Who draws ten ones can't win. What was misread is shown."""
    neat = {digit: strokes_of(digit) for digit in range(10)}
    neat |= {1: ONE, 2: TWO, 4: FOUR, 7: SEVEN, 9: NINE}
    for strokes in neat.values():
        lines = strokes if is_neat else ONE
        draw(panel.sheet, [[round(number) for number in line] for line in lines])
    panel.invite.click()
    read = panel.network.predict(to_input(panel.sheet.images()[0])).argmax(axis=1)
    right = int((read == np.arange(10)).sum())
    assert f"{right} of your ten" in words(panel.status)
    winner = "You write" if is_neat else "The stranger writes"
    assert f"{winner} more clearly" in words(panel.status)
    assert "stranger, day 1: 4" in words(panel.misread)


def test_random_actions(panel, random_actions) -> None:
    random_actions(panel)


@pytest.mark.parametrize("options", [{}, {"count_misses": True}, {"like": 10}])
def test_random_drawings_on_a_sheet(options: dict[str, Any], random_actions) -> None:
    like = options.get("like")
    sheet = GuidedSheet(**options | ({"like": drawn(like)} if like else {}))

    def stroke(chance: random.Random) -> None:
        ends = [chance.randrange(281) for _ in range(4)]
        sheet.pad.strokes = [*sheet.pad.strokes[-2:], ends] if chance.random() < 0.8 else []

    def rest(chance: random.Random) -> None:
        sheet.pad.finished += 1
        assert len(sheet.images()[0]) == len(sheet.drawings) <= 10
        asked_for = "All drawn" if sheet.complete else f"{len(sheet.drawings) + 1} of 10"
        assert asked_for in words(sheet.task)

    random_actions(sheet, extra=(stroke, rest))
