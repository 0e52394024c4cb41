"""Certificate and poster: they say what is true, and refuse names that cannot be printed."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from mnist_lesson.exercise_engine import journal
from mnist_lesson.handwriting.hand import add_drawing
from mnist_lesson.network.saved import practised_network, save_network
from mnist_lesson.shared.workspace import run_files
from mnist_lesson.widgets import keepsakes
from mnist_lesson.widgets.finale import Finale
from mnist_lesson.widgets.keepsakes import certificate, poster, save_sheet

COUNTS = 90 * np.eye(10, dtype=int) + 1
ONE = [[140, 50, 140, 230]]


@pytest.fixture
def _trained() -> None:
    """Lay a network of the learner's own into their folder."""
    save_network(practised_network(), run_files("model").network)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


@pytest.mark.usefixtures("_trained")
def test_what_is_given_stands_on_the_certificate() -> None:
    for digit in (1, 4, 7):
        add_drawing(ONE, digit)
    journal.note("check", "load.pixels", state="right")
    journal.note("guess", "load.memoriser", answer="c", sure=80)
    journal.note("reveal", "load.memoriser", right=True)
    sheet = certificate(" Ada  $x$ ", counts=COUNTS)
    said = texts(sheet)
    assert {"Ada $x$", "91.00%", "of 1,000 test digits read"} <= set(said)
    assert {"exercise solved", "1 of 1", "guesses were right"} <= set(said)
    assert "C E R T I F I C A T E" in said
    assert len(sheet.axes) == 4  # three drawings and the seal


def test_without_exercises_and_guesses_it_speaks_of_none() -> None:
    said = texts(certificate(counts=COUNTS))
    assert not {"exercise solved", "guesses were right"} & set(said)
    specimen = texts(certificate("Ada", counts=COUNTS))  # there's no network of one's own
    assert "S P E C I M E N" in specimen
    assert any("Train your own" in text for text in specimen)
    assert not any("trained it" in text for text in specimen)


def test_guesses_that_mostly_failed_are_left_out() -> None:
    for number, right in enumerate((True, False)):
        journal.note("guess", f"page.{number}", answer="c", sure=80)
        journal.note("reveal", f"page.{number}", right=right)
    assert "guesses were right" not in texts(certificate(counts=COUNTS))


def test_a_poster_takes_a_sign_that_only_your_network_reads_and_says_what_it_cost() -> None:
    seven = [[70, 80, 210, 80, 120, 230]]
    add_drawing(seven, 3)  # a secret sign: anybody else would read a 7
    add_drawing(ONE, 1)
    counts = COUNTS.copy()
    counts[7, 3] = 74
    sheet = poster(counts=counts)
    assert "My network reads a 3" in texts(sheet)
    said = "74 times, it took a 7 for a 3. Before it learned your hand: "
    assert any(text.startswith(said) for text in texts(sheet))
    assert not any("learned your hand" in text for text in texts(poster(counts=COUNTS)))


def test_both_are_saved_to_be_printed(tmp_path: Path) -> None:
    sheet = poster("مريم", counts=COUNTS)
    picture, document = save_sheet(sheet, tmp_path / "new" / "poster.png")
    assert document.read_bytes().startswith(b"%PDF")
    with Image.open(picture) as drawn:
        assert drawn.size == (1654, 2338)  # A4 at 200 dots an inch


def test_the_end_is_written_in_your_own_strokes_and_praises_only_your_own_network() -> None:
    score = np.diag([1, 0, 0, 0, 0, 0, 0, 0, 0, 10])  # 11
    somebody = Finale(score).children
    assert "made-up" in somebody[0].lead
    assert "Train your own on page 06" in somebody[2].value
    add_drawing(ONE, 1)
    save_network(practised_network(), run_files("model").network)
    panel = Finale(score)
    yours = panel.children
    assert "in your own hand" in yours[0].lead
    assert yours[1].value.count("M140 50L140 230") == 1
    assert yours[1].value.count("M370 50L370 230") == 1  # the second digit's place
    assert "You taught a machine to read." in yours[2].value
    lines = panel.still().figure.axes[0].lines
    assert [line.get_xydata().tolist() for line in lines][1][0] == [370, 50]


def test_a_name_without_a_font_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepsakes, "_font_with", lambda letter: "" if letter == "日" else "Any")
    with pytest.raises(ValueError, match=r"日.*no font"):
        certificate("Ada 日", counts=COUNTS)
