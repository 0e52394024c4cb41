"""A learner's folder that cannot be: closed, deleted, of nobody's home, without end."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_lesson import progress
from mnist_lesson.commands import check as doctor
from mnist_lesson.exercise_engine import journal
from mnist_lesson.handwriting.drawings import HandError
from mnist_lesson.handwriting.hand import load_hand
from mnist_lesson.instructor.records import Runs, learner_runs_file
from mnist_lesson.network.saved import current_network
from mnist_lesson.progress.progress_file import ProgressError
from mnist_lesson.shared.workspace import WorkspaceError, check_writable
from mnist_lesson.test import note_opening
from mnist_lesson.training.race import tries
from mnist_lesson.training.replay import load_recording

USES: list[Callable[[], object]] = [
    *(check_writable, journal.look, progress.line, progress.save, current_network, load_hand),
    *(load_recording, note_opening, tries, lambda: Runs.load(learner_runs_file())),
    lambda: journal.note("check", "load.pixels", state="right", answer="1"),
]


@pytest.mark.skipif(os.name == "nt", reason="no folder is closed or deleted there in this way")
@pytest.mark.parametrize("kind", ["endless", "nobody", "deleted", "closed"])
def test_the_reason_is_said_in_a_sentence(kind: str, tmp_path: Path, monkeypatch, request) -> None:
    place = tmp_path / "place"
    place.mkdir()
    named = {"endless": place / ("n" * 300), "nobody": "~nobody-has-this-name/x"}
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(named.get(kind, place / "work")))
    if kind == "deleted":
        monkeypatch.delenv("MNIST_LESSON_WORKSPACE")
        monkeypatch.chdir(place)
        place.rmdir()
    if kind == "closed":
        place.chmod(0)
        request.addfinalizer(lambda: place.chmod(0o700))
        if os.geteuid() == 0:  # to whom nothing is closed
            os.seteuid(65534)
            request.addfinalizer(lambda: os.seteuid(0))
    for use in USES:
        with contextlib.suppress(WorkspaceError, ProgressError, HandError):
            use()
    finding = doctor.workspace()
    assert "can't be" in finding.found
    assert "folder" in finding.remedy or "name another" in finding.remedy
