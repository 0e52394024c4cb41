"""A run watched again: all is of the chosen epoch and digit; bad files are named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from samples import words

from mnist_lesson.network.saved import ASSETS, ModelFileError
from mnist_lesson.shared.words import say_when
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.test import count_confusions
from mnist_lesson.training.replay import Recording, Replay, load_recording
from mnist_lesson.widgets.training_replay import TrainingReplay


@pytest.fixture(scope="module")
def ready() -> Recording:
    return load_recording()


def shorter(recording: Recording, epochs: int) -> Recording:
    """The first epochs of a recording, as a run that was stopped leaves them."""
    whole = vars(recording.replay)
    kept = {name: value[:epochs] for name, value in whole.items() if isinstance(value, list)}
    history = {name: list(values[:epochs]) for name, values in recording.history.items()}
    return Recording("your own run", Replay(**(whole | kept)), history)


def put(recording: Recording, **changed: Any) -> Path:
    """Save a recording as the learner's own run."""
    folder = run_folder("model")
    folder.mkdir(parents=True)
    np.savez_compressed(folder / "replay.npz", **(recording.replay.arrays() | changed))
    (folder / "run.json").write_text(json.dumps({"history": recording.history}))
    return folder


@pytest.mark.parametrize(
    "harm", ["cut", "text", "missing array", "wrong shape", "other run", "no facts", "bomb"]
)
def test_a_damaged_recording_is_named_and_never_replaced_in_silence(ready, harm: str) -> None:
    changed = {
        "wrong shape": {"opinions": ready.replay.opinions[0]},
        "bomb": {"bomb": np.zeros(60_000_000, np.uint8)},
    }
    folder = put(shorter(ready, 3), **changed.get(harm, {}))
    file = folder / "replay.npz"
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    if harm == "text":
        file.write_text("These are not the arrays you look for.")
    if harm == "missing array":
        np.savez(file, images=ready.replay.images)
    if harm == "other run":
        (folder / "run.json").write_text(json.dumps({"history": ready.history}))
    if harm == "no facts":
        (folder / "run.json").unlink()
    told = r"replay\.npz holds no recording .* train again on page 06"
    with pytest.raises(ModelFileError, match=told):
        TrainingReplay()


def test_a_foreign_ready_recording_is_refused(monkeypatch, tmp_path: Path) -> None:
    for name in ("ready_replay.npz", "ready.json"):
        shutil.copy(ASSETS / name, tmp_path)
    with (tmp_path / "ready_replay.npz").open("ab") as file:
        file.write(b"\0")
    monkeypatch.setattr("mnist_lesson.training.replay.ASSETS", tmp_path)
    with pytest.raises(ModelFileError, match="is not the file that came with the lesson"):
        load_recording()


def test_until_there_is_a_run_of_your_own_it_shows_the_plain_networks(ready: Recording) -> None:
    assert "the plain network" in TrainingReplay().recording.whose
    put(shorter(ready, 3))
    panel = TrainingReplay()
    assert panel.recording.whose == "your own run"
    assert len(panel.epoch.options) == 3


@pytest.mark.parametrize("step", [0, 5, 11])
def test_all_that_is_shown_is_of_the_epoch_that_plays(ready: Recording, step: int) -> None:
    panel = TrainingReplay(ready)
    panel.play.value = step
    assert panel.epoch.value == step
    counts = ready.replay.confusions[step]
    assert f"{counts.trace() / counts.sum():.1%}" in words(panel.answer, panel.status)
    assert panel.matrix.counts == counts.tolist()
    assert ready.verdict(step, panel.place) in words(panel.answer, panel.status)
    assert panel.filters.value.count("<img") == 16
    assert ready.verdict(step, panel.place) in panel.still().alt


def test_another_digit_follows_and_after_the_last_comes_the_first(ready: Recording) -> None:
    panel = TrainingReplay(ready)
    first = panel.place
    panel.next.click()
    assert panel.place != first
    panel.digit.value = panel.digit.max
    panel.next.click()
    assert panel.place == first


def test_short_runs_and_runs_without_filters_can_be_watched(ready: Recording) -> None:
    bare = shorter(ready, 2)
    bare.replay.filters[:] = [np.zeros((1, 1, 0), np.float16)] * 2
    panel = TrainingReplay(bare)
    assert "after the first epoch" in words(panel.answer)  # it opens at the start
    panel.play.value = 1
    assert "after 2 epochs" in words(panel.answer)
    assert "after the first epoch" in words(TrainingReplay(shorter(ready, 1)).answer)


@pytest.mark.parametrize(
    ("epochs", "said"),
    [
        (0, "before its first batch"),
        (27 / 211, "after ⅛ of the first epoch"),
        (1, "after the first epoch"),
        (1 + 71 / 211, "after 1⅓ epochs"),
        (2 - 1e-9, "after 2 epochs"),
        (2.45, "after 2.45 epochs"),
    ],
)
def test_moments_are_said_as_a_friend_would(epochs: float, said: str) -> None:
    assert say_when(epochs) == said


def test_random_actions(ready: Recording, random_actions: Callable[..., None]) -> None:
    random_actions(TrainingReplay(ready), make=lambda: TrainingReplay(ready))


def test_a_square_of_the_matrix_shows_a_digit_that_it_counts(ready: Recording) -> None:
    panel = TrainingReplay(ready)
    panel.epoch.value = 0
    read = ready.replay.opinions[0].argmax(axis=1)
    wrong = int(np.flatnonzero(read != ready.replay.labels)[0])
    panel.matrix.selected = [int(ready.replay.labels[wrong]), int(read[wrong])]
    assert ready.replay.labels[panel.place] == ready.replay.labels[wrong]
    assert read[panel.place] == read[wrong]
    here = panel.place
    panel.matrix.selected = [0, 1]
    assert words(panel.status) == "No 0 was read as a 1 after the first epoch."
    assert panel.place == here
    # One that was counted, but isn't among the 1,000 that are kept.
    shown = count_confusions(ready.replay.labels, read)
    truth, answer = np.argwhere((ready.replay.confusions[0] > 0) & (shown == 0))[0].tolist()
    panel.matrix.selected = [truth, answer]
    assert "kept only 1,000 of the digits" in words(panel.status)
    assert panel.place == here
    panel.epoch.value = len(ready.replay.epochs) - 1  # the frame goes along with the digit
    assert panel.matrix.selected[0] == ready.replay.labels[here]
