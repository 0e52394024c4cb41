"""A learner's folder that cannot be: closed, deleted, of nobody's home, without end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
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
    check_writable,
    journal.look,
    lambda: journal.note("check", "load.pixels", state="right", answer="1"),
    progress.line,
    progress.save,
    current_network,
    load_hand,
    load_recording,
    note_opening,
    tries,
    lambda: Runs.load(learner_runs_file()),
]


@pytest.fixture(params=["endless", "nobody", "deleted", "closed"])
def _bad_folder(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    place = tmp_path / "place"
    place.mkdir()
    match request.param:
        case "endless":
            monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(place / ("n" * 300)))
        case "nobody":
            monkeypatch.setenv("MNIST_LESSON_WORKSPACE", "~nobody-has-this-name/x")
        case "deleted":
            monkeypatch.delenv("MNIST_LESSON_WORKSPACE")
            monkeypatch.chdir(place)
            place.rmdir()
        case "closed":
            monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(place / "work"))
            place.chmod(0)
    as_root = request.param == "closed" and os.geteuid() == 0
    if as_root:  # to whom nothing is closed
        os.seteuid(65534)
    yield
    if as_root:
        os.seteuid(0)
    if place.exists():
        place.chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="no folder is closed or deleted there in this way")
@pytest.mark.usefixtures("_bad_folder")
def test_the_reason_is_said_in_a_sentence() -> None:
    for use in USES:
        with contextlib.suppress(WorkspaceError, ProgressError, HandError):
            use()
    finding = doctor.workspace()
    assert "can't be" in finding.found
    assert "folder" in finding.remedy or "name another" in finding.remedy
