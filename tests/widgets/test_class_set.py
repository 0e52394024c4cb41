"""Ten digits into a file, a folder of files into a table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnist_lesson.handwriting.class_files import Writer, load_writer, save_writer
from mnist_lesson.network.saved import practised_network
from mnist_lesson.widgets.class_set import ClassSet, still

ONE = [[140, 50, 140, 230]]
SEVEN = [[70, 70, 210, 70, 130, 230]]


def words(line) -> str:
    return re.sub("<[^>]+>", "", line.value)


@pytest.fixture
def panel(tmp_path: Path) -> ClassSet:
    return ClassSet(tmp_path / "class", practised_network())


def test_draw_save_and_read(panel) -> None:
    assert "There are no digits yet" in words(panel.words)
    panel.digit.value = 1
    panel.pad.strokes = ONE
    panel.digit.value = 7
    assert panel.pad.strokes == []
    panel.pad.strokes = SEVEN
    assert words(panel.drawn) == "Still to draw: 0, 2, 3, 4, 5, 6, 8, 9."
    panel.nickname.value = "Ada"
    panel.save.click()
    assert "Saved as Ada.digits.json" in words(panel.fault)
    assert load_writer(panel.place / "Ada.digits.json").strokes == {1: ONE, 7: SEVEN}
    assert "2 of 2 digits by 1 writer " in words(panel.words)
    assert "Ada" in panel.rows.value
    panel.digit.value = 1
    assert panel.pad.strokes == ONE


def test_a_digit_wiped_out_is_gone(panel) -> None:
    panel.pad.strokes = ONE
    panel.pad.strokes = []
    panel.save.click()
    assert "Nothing is drawn yet" in words(panel.fault)
    assert not panel.place.exists()


def test_a_hostile_file_is_a_sentence_and_a_nickname_is_text(panel) -> None:
    save_writer(Writer("<script>", {1: ONE}, 18), panel.place)
    (panel.place / "bad.digits.json").write_text("[[[")
    panel.read.click()
    assert "Left out: bad.digits.json is damaged" in words(panel.words)
    assert "<script>" not in panel.rows.value
    assert "&lt;script&gt;" in panel.rows.value


@pytest.mark.parametrize("place", ["/no/such/folder", "\0", ""])
def test_a_folder_that_is_none(panel, place) -> None:
    panel.folder.value = place
    assert words(panel.words)


def test_a_thousand_random_actions(panel, random_actions, monkeypatch) -> None:
    monkeypatch.chdir(panel.place.parent)
    panel.pad.strokes = ONE
    random_actions(panel)


def test_its_still_picture() -> None:
    written = [
        words.get_text() for words in still(Writer("", {1: ONE, 7: SEVEN}, 18)).axes[0].texts
    ]
    assert {"1", "7"} <= set(written)
