"""A run watched again: whose it is, that each picture and sentence is of the chosen epoch and digit, and bad files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_lesson.network.saved import ASSETS, ModelFileError
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.training.replay import Recording, Replay, load_recording
from mnist_lesson.widgets.training_replay import TrainingReplay, still


def settle(panel: TrainingReplay) -> None:
    panel.work.wait()


@pytest.fixture(scope="module")
def ready() -> Recording:
    return load_recording()


def shorter(recording: Recording, epochs: int) -> Recording:
    """The first epochs of a recording, as a run that was stopped leaves them."""
    kept = {
        name: value[:epochs]
        for name, value in vars(recording.replay).items()
        if isinstance(value, list)
    }
    replay = Replay(**(vars(recording.replay) | kept))
    return Recording(
        "your own run", replay, {name: list(v[:epochs]) for name, v in recording.history.items()}
    )


def put(recording: Recording, **changed: Any) -> Path:
    """Save a recording as the learner's own run."""
    folder = run_folder("model")
    folder.mkdir(parents=True)
    np.savez_compressed(folder / "replay.npz", **(recording.replay.arrays() | changed))
    (folder / "run.json").write_text(json.dumps({"history": recording.history}))
    return folder


def test_without_a_run_of_your_own_it_shows_the_ready_trained_one_and_says_so() -> None:
    panel = TrainingReplay()
    settle(panel)
    assert "the plain network (you have not trained your own yet" in panel.children[0].value
    assert len(panel.epoch.options) == 12


def test_your_own_run_is_shown_as_soon_as_there_is_one(ready: Recording) -> None:
    put(shorter(ready, 3))
    panel = TrainingReplay()
    settle(panel)
    assert "You watch your own run." in panel.children[0].value
    assert [name for name, _ in panel.epoch.options] == ["1", "2", "3"]
    assert "After epoch 3 of 3" in panel.words.value


@pytest.mark.parametrize("step", [0, 5, 11])
def test_words_and_pictures_are_of_the_chosen_epoch(ready: Recording, step: int) -> None:
    panel = TrainingReplay(ready)
    panel.epoch.value = step
    settle(panel)
    assert f"After epoch {step + 1} of 12" in panel.words.value
    assert f"{ready.history['val_accuracy'][step]:.2%} of 6,000" in panel.words.value, (
        "as the training said"
    )
    assert f"a line marks epoch {step + 1}." in panel.curves.value
    moved = np.abs(
        np.subtract(ready.replay.filters[step], ready.replay.filters[0], dtype=float)
    ).mean()
    assert f"a weight has moved by {moved:.3f} on average" in panel.learned.value
    assert (moved > 0) == (step > 0)


def test_each_epoch_has_other_pictures_and_the_same_epoch_the_same(ready: Recording) -> None:
    panel, shown = TrainingReplay(ready), []
    for step in (3, 4, 3):
        panel.epoch.value = step
        settle(panel)
        shown.append((panel.opinion.value, panel.curves.value, panel.learned.value))
    assert shown[0] == shown[2]
    assert all(one != other for one, other in zip(shown[0], shown[1], strict=True))


@pytest.mark.parametrize(("digit", "rank"), [(0, 1), (7, 3), (9, 40)])
def test_the_words_tell_what_the_network_made_of_the_chosen_digit(
    ready: Recording, digit: int, rank: int
) -> None:
    panel = TrainingReplay(ready)
    panel.digit.value, panel.rank.value, panel.epoch.value = digit, rank, 2
    settle(panel)
    replay = ready.replay
    opinions = np.array(replay.opinions, float)
    change = np.abs(opinions[1:] - opinions[:-1]).sum(axis=(0, 2))
    change[replay.labels != digit] = -1
    place = np.argsort(-change, kind="stable")[rank - 1]
    read = opinions[2, place].argmax()
    assert (
        f"truly {digit}, is read as {read} with {opinions[2, place, read]:.1%}" in panel.words.value
    )
    assert panel.rank.max == (replay.labels == digit).sum()


def test_another_kind_of_digit_starts_with_its_first(ready: Recording) -> None:
    panel = TrainingReplay(ready)
    panel.rank.value = 1000
    panel.digit.value = 4
    settle(panel)
    assert panel.rank.value == 1
    assert "truly 4" in panel.words.value


def test_playing_moves_the_slider_and_the_slider_moves_on_from_there(ready: Recording) -> None:
    panel = TrainingReplay(ready)
    panel.play.value = 4
    settle(panel)
    assert "After epoch 5 of 12" in panel.words.value
    panel.epoch.value = 7
    assert panel.play.value == 7


def test_the_numbers_behind_the_pictures_come_on_demand(ready: Recording) -> None:
    panel = TrainingReplay(ready)
    settle(panel)
    assert panel.numbers.value == ""
    panel.with_numbers.value, panel.epoch.value = True, 1
    settle(panel)
    assert panel.numbers.value.count("<table>") == 3
    assert f">{ready.replay.confusions[1][5, 5]}<" in panel.numbers.value
    assert f">{ready.history['val_loss'][1]:.4g}<" in panel.numbers.value
    assert f">{ready.course(int(ready.most_changed_first[0]))[6].max():.1%}<" in panel.numbers.value


def test_a_run_of_one_epoch_and_one_without_filters_can_be_watched(ready: Recording) -> None:
    short = shorter(ready, 1)
    short.replay.filters[0] = np.zeros((1, 1, 0), np.float16)
    panel = TrainingReplay(short)
    settle(panel)
    assert "After epoch 1 of 1" in panel.words.value
    assert "The 0 first filters" in panel.learned.value


def test_a_run_that_diverged_can_be_watched(ready: Recording) -> None:
    lost = shorter(ready, 3)
    lost.replay.opinions[2] = np.full_like(lost.replay.opinions[2], np.nan)
    lost.replay.filters[2] = np.full_like(lost.replay.filters[2], np.nan)
    lost.history["loss"][2] = lost.history["val_loss"][2] = float("nan")
    panel = TrainingReplay(lost)
    panel.with_numbers.value = True
    settle(panel)
    assert "nan" in panel.numbers.value


@pytest.mark.parametrize(
    "harm", ["cut", "text", "missing array", "wrong shape", "other run", "no facts", "bomb"]
)
def test_a_damaged_recording_is_named_and_never_replaced_in_silence(
    ready: Recording, harm: str
) -> None:
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
    with pytest.raises(
        ModelFileError, match=r"replay\.npz holds no recording .* train again in notebook 06"
    ):
        TrainingReplay()


def test_a_foreign_ready_recording_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ready_replay.npz", "ready.json"):
        shutil.copy(ASSETS / name, tmp_path)
    with (tmp_path / "ready_replay.npz").open("ab") as file:
        file.write(b"\0")
    monkeypatch.setattr("mnist_lesson.training.replay.ASSETS", tmp_path)
    with pytest.raises(ModelFileError, match="is not the file that came with the lesson"):
        load_recording()


def test_the_still_picture_shows_the_same_digit_as_the_panel(ready: Recording) -> None:
    truth = ready.replay.labels[ready.most_changed_first[0]]
    left, right = still(ready).axes
    assert left.texts[0].get_text() == f"truly a {truth}"
    assert f"{truth} (true)" in [text.get_text() for text in right.get_legend().get_texts()]
    assert np.array_equal(
        left.images[0].get_array() * 255, ready.replay.images[ready.most_changed_first[0]]
    )


def test_its_name_never_changes(ready: Recording) -> None:
    assert repr(TrainingReplay(ready)) == "TrainingReplay: run this page in JupyterLab to use it"


def test_a_thousand_random_actions(ready: Recording, random_actions: Callable[..., None]) -> None:
    random_actions(TrainingReplay(ready), make=lambda: TrainingReplay(ready), settle=settle)
