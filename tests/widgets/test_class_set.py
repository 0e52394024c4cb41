"""The sheet that asks for each digit, and the class's test set drawn on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import ONE, SEVEN, words

from mnist_lesson.handwriting.class_files import load_writer
from mnist_lesson.network.saved import practised_network
from mnist_lesson.widgets.class_set import ClassSet
from mnist_lesson.widgets.guided_sheet import GuidedSheet

ZERO = [[140, 50, 80, 100, 70, 160, 100, 220, 140, 230, 190, 200, 205, 140, 190, 80, 140, 50]]


def draw(sheet: GuidedSheet, strokes, *, sure: bool = True) -> None:
    sheet.pad.strokes = strokes
    sheet.take(sure=sure)


def test_it_asks_for_one_digit_after_the_other_and_moves_on_when_the_pen_rests() -> None:
    sheet = GuidedSheet([0, 1])
    assert "Draw a 0" in words(sheet.task)
    sheet.pad.strokes = ZERO
    sheet.pad.finished += 1  # what the browser does after a pause, or on Enter
    assert "Draw a 1" in words(sheet.task)
    assert sheet.pad.strokes == []
    draw(sheet, ONE)
    assert sheet.complete
    assert sheet.images()[1].tolist() == [0, 1]
    draw(sheet, ONE)  # too many: nothing happens
    assert len(sheet.drawings) == 2


def test_three_ones_in_a_row_are_not_taken_for_zeros() -> None:
    sheet = GuidedSheet()
    for _ in range(3):
        draw(sheet, ONE, sure=False)
    assert sheet.drawings == []
    assert "looks like a 1" in words(sheet.status)
    assert sheet.keep.layout.display is None
    sheet.keep.click()
    assert sheet.drawings == [(0, ONE)]  # you are the one who knows


def test_a_blank_sheet_is_not_taken_and_back_brings_the_last_drawing() -> None:
    sheet = GuidedSheet([1, 7])
    sheet.take()
    assert "still blank" in words(sheet.status)
    draw(sheet, ONE)
    sheet.back.click()
    assert "Draw a 1" in words(sheet.task)
    assert sheet.pad.strokes == ONE


@pytest.fixture
def panel(tmp_path: Path) -> ClassSet:
    return ClassSet(tmp_path / "class", practised_network())


def test_ten_digits_are_saved_and_read(panel: ClassSet) -> None:
    for digit in range(10):
        draw(panel.sheet, SEVEN if digit == 7 else ONE)
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
    panel.place.mkdir()
    (panel.place / "half.digits.json").write_text("{")
    panel.read.click()
    assert "half.digits.json is damaged" in words(panel.status)
    panel.folder.value = str(panel.place / "no_such")
    assert words(panel.status).strip()


def test_random_actions(panel, random_actions) -> None:
    random_actions(panel)
