"""The papers for a class: nothing runs over an edge, and the sums are right."""

import os
import re
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from mnist_lesson import exercises, progress
from mnist_lesson.commands import cli, papers
from mnist_lesson.instructor.opener import picture, sums
from mnist_lesson.network.arithmetic import conv2d

TOTAL = sum(len(exercises.exercises_of(page)) for page in exercises.PAGES)


def test_all_papers_are_written_and_each_sheet_holds_what_belongs_on_it(tmp_path: Path) -> None:
    """A text that's too long would go on on a sheet of its own."""
    assert cli.main(["papers", str(tmp_path / "new")]) == 0
    files = {file.stem: file.read_bytes() for file in (tmp_path / "new").iterdir()}
    pages = {name: len(re.findall(rb"/Type /Page\b", data)) for name, data in files.items()}
    assert pages == {"opener": 3, "handout": 1, "slides": 10, "answers": len(exercises.PAGES)}


def test_the_openers_sums_are_a_convolution() -> None:
    kernel = np.repeat(np.float32([[-1, 0, 1]]), 3, axis=0)[:, :, None, None]
    ink = picture()[None, :, :, None].astype(np.float32)
    assert np.array_equal(sums(picture()), conv2d(ink, kernel, np.zeros(1, np.float32))[0, :, :, 0])
    assert sums(picture())[4, 0] == 3  # sheet 1 tells learners so
    assert sums(picture()).any(axis=1).all()  # no row is dull


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").touch()
    assert cli.main(["papers", str(tmp_path / "file")]) == 1
    assert "Name a folder, as in: papers my_papers" in capsys.readouterr().out


def test_each_progress_file_gets_a_certificate_of_its_own(tmp_path, monkeypatch, capsys) -> None:
    """What one learner did is looked up in that learner's file, and nothing stays behind."""
    for name, answer in (("Ada", 7_840_000), ("Bo", 0)):
        monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(tmp_path / name))
        exercises.load.pixels.check(answer)
        progress.save(tmp_path / "class" / f"{name}.zip", nickname=name)
    (tmp_path / "class" / "worm.zip").write_bytes(b"PK")
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(tmp_path / "mine"))

    def certify(name: str) -> Figure:
        figure = Figure()
        figure.text(0.5, 0.5, f"{name}: {progress.line().text}")
        return figure

    monkeypatch.setattr(papers, "certificate", certify)
    texts = [figure.texts[0].get_text() for figure in papers.certificates(tmp_path / "class")]
    assert [text.partition(" exercises")[0] for text in texts] == [
        f"Ada: The whole lesson: 1 of {TOTAL}",
        f"Bo: The whole lesson: 0 of {TOTAL}",
    ]
    assert "Left out: worm.zip: " in capsys.readouterr().out
    assert not (tmp_path / "mine").exists()
    assert os.environ["MNIST_LESSON_WORKSPACE"] == str(tmp_path / "mine")
