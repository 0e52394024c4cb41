"""Training: settings, the split, stop and resume, and what is left behind."""

import contextlib
import gc
import inspect
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import weakref
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np
import pytest

from mnist_lesson import build_model, to_input
from mnist_lesson.load import split
from mnist_lesson.look import HISTORY
from mnist_lesson.network.keras_copy import to_keras
from mnist_lesson.network.saved import load_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.ranges import Number, Whole
from mnist_lesson.shared.workspace import WorkspaceError
from mnist_lesson.test import count_confusions
from mnist_lesson.train import train
from mnist_lesson.training import loop, replay
from mnist_lesson.training.batches import TrainingData, feed
from mnist_lesson.training.history import how_is_it_going
from mnist_lesson.training.replay import load_recording
from mnist_lesson.training.reports import Printer, Watcher
from mnist_lesson.training.run import Run
from mnist_lesson.training.settings import RANGES, Settings
from mnist_lesson.widgets.training_replay import TrainingReplay

QUICK = Settings(epochs=3, batch_size=64, learning_rate=0.003, seed=4)


def small():
    return build_model(filters=(4, 6), dense_units=16)


def train_small(data, settings=QUICK, watcher=None, **options):
    return train(small(), *data, settings, watcher=watcher or Witness(), **options)


@contextlib.contextmanager
def working_in(folder: Path):
    """Work for a whole module in a folder, without rehearsal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST_LESSON_WORKSPACE", str(folder))
        patch.delenv("MNIST_LESSON_REHEARSAL", raising=False)
        yield


@pytest.fixture(scope="module")
def data(digits):
    return to_input(digits[0][0][:1500]), digits[0][1][:1500]


class Witness(Watcher):
    """A watcher that remembers, and stops when told."""

    def __init__(self, stop_after_epoch: int = 0, stop_in_batch: int = 0) -> None:
        super().__init__()
        self.stop_after_epoch, self.stop_in_batch, self.calls = stop_after_epoch, stop_in_batch, []

    def begin(self, note, epochs):
        self.calls.append(("begin", note))

    def batch(self, progress):
        self.calls.append(("batch", progress))
        if self.stop_in_batch and progress.batch >= self.stop_in_batch:
            self.stop.set()

    def validating(self, epoch):
        self.calls.append(("validating", epoch))

    def epoch(self, history):
        self.calls.append(("epoch", len(history["epoch"])))
        if len(history["epoch"]) == self.stop_after_epoch:
            self.stop.set()

    def end(self, status, sentence, history):
        self.calls.append(("end", status))


# Settings and split


def test_the_defaults_are_the_original_lessons() -> None:
    settings = Settings()
    assert (settings.batch_size, settings.epochs, settings.optimizer) == (128, 12, "adam")
    assert (settings.loss, settings.learning_rate) == ("categorical_crossentropy", 0.001)


WRONG = {
    "epochs": [0, 10**9, "12", 1.5],
    "batch_size": [0, 10**400, "128"],
    "learning_rate": [0, -0.1, 10**400, float("nan"), "0.001"],
    "validation_split": [0, 1],
    "optimizer": ["Adam", None, np.zeros(2)],
    "loss": ["hinge"],
    "beta_2": [0, 1, "0.9"],
    "schedule": [3],
    "validate_on": ["train"],
    "seed": [-1, 0.5],
    "digits": [0, "all"],
    "label_smoothing": [0.6, True],
    "augment": [1, "yes"],
    "shift": [5, 0.5],
}


@pytest.mark.parametrize(
    ("field", "value"), [(f, v) for f, values in WRONG.items() for v in values]
)
def test_what_the_message_says_to_type_does_it(field, value) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{field} came as .* (must|needed)") as told:
        Settings(**{field: value})
    assert len(str(told.value)) < 300
    line = re.search(rf"(?:as in|Type) ({field}=.+)\.$", str(told.value))[1]
    eval(f"Settings({line})")


def test_the_documentation_says_what_each_number_may_be() -> None:
    for name, allowed in RANGES.items():
        if isinstance(allowed, Whole | Number) and name != "seed":
            about = re.search(
                rf"^{name}\n((?: {{4}}.*\n)+)", inspect.getdoc(Settings), re.MULTILINE
            )
            ends = (f"{allowed.low:,}", f"{allowed.high:,}")
            span = "between {} and {}" if getattr(allowed, "open_ends", False) else "{} to {}"
            assert span.format(*ends) in " ".join(about[1].split()), name


def test_numpys_numbers_do_as_well_as_pythons(data, workspace: Path) -> None:
    """As in `for rate in np.geomspace(...)`."""
    whole, share = np.int64(1), np.float32(0.25)
    counts = {"digits": np.int32(20), "shift": whole, "seed": whole}
    settings = Settings(whole, whole, "sgd", 1, validation_split=share, **counts)
    sizes = {"filters": (whole, whole), "kernel_size": np.int64(3), "dense_units": np.int32(4)}
    model = build_model(**sizes, dropout_conv=share, seed=np.int64(2))
    run = train(model, *data, replace(settings, batch_size=np.int16(9)), watcher=Witness())
    assert run.digits == (20, 375)
    saved = json.loads((workspace / "runs" / "model" / "run.json").read_text())
    assert saved["settings"] == asdict(run.settings)
    loaded = load_network(workspace / "runs" / "model" / "model.npz")
    assert to_keras(loaded).get_layer("dropout_1").rate == 0.25


def test_the_split_is_stratified_exact_and_always_the_same(digits) -> None:
    labels = digits[0][1]
    training, validation = split(labels)
    assert (len(training), len(validation)) == (54_000, 6_000)
    assert not set(training) & set(validation)
    shares = np.bincount(labels[validation]) / np.bincount(labels)
    assert np.abs(shares - 0.1).max() < 0.001
    np.testing.assert_array_equal(split(labels)[1], validation)


# The verdict


@pytest.mark.parametrize(
    ("loss", "val_loss", "val_accuracy", "kind"),
    [
        ([], [], [], "starting"),
        ([0.5], [0.4], [0.88], "learning"),
        ([2.4], [2.3], [0.11], "stalled"),
        ([float("nan")], [float("nan")], [0.1], "diverged"),
        ([0.3], [float("inf")], [0.5], "diverged"),
        ([0.5, 0.3, 0.2, 0.1], [0.4, 0.3, 0.35, 0.4], [0.9] * 4, "overfitting"),
        ([0.5, 0.3, 0.2, 0.1], [0.4, 0.3, 0.305, 0.31], [0.9] * 4, "learning"),
        ([0.5, 0.3, 0.2, 0.4], [0.4, 0.3, 0.35, 0.4], [0.9] * 4, "learning"),
        ([0.5, 0.5, 0.5, 0.5], [0.4, 0.4, 0.4, 0.4], [0.8] * 4, "stalled"),
        ([0.5, 0.5, 0.5, 0.4], [0.4, 0.4, 0.4, 0.4], [0.8] * 4, "learning"),
        ([1.2, 1.9, 3.5], [1.9, 3.1, 6.2], [0.1] * 3, "diverged"),
        ([0.5, 0.2, 0.45], [0.4, 0.3, 0.5], [0.9] * 3, "learning"),
    ],
)
def test_how_is_it_going(loss, val_loss, val_accuracy, kind) -> None:
    history = {"epoch": list(range(1, len(loss) + 1)), "loss": loss, "val_loss": val_loss}
    history |= {"accuracy": val_accuracy, "val_accuracy": val_accuracy}
    found, sentence = how_is_it_going(history)
    assert found == kind
    assert sentence.endswith(".")
    afterwards, past = how_is_it_going(history, over=True)
    assert afterwards == kind
    assert past.endswith(".")
    assert not re.search(r"is learning|is overfitting|keeps|has just begun|have changed", past)


@pytest.mark.parametrize("accuracy", [0.11, 0.6])
def test_a_run_stopped_in_its_first_epoch_is_not_called_bad(accuracy) -> None:
    columns = {"epoch": 0.3, "loss": 2.2, "accuracy": 0.1, "val_loss": 2, "val_accuracy": accuracy}
    kind, sentence = how_is_it_going({name: [value] for name, value in columns.items()}, over=True)
    assert kind == "starting"
    assert f"{accuracy:.1%} of the held-out digits" in sentence


# A run


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    watcher = Witness()
    with working_in(folder):
        finished = train_small(data, watcher=watcher)
    return finished, watcher, folder / "runs" / "model"


def test_it_learns_and_tells(run) -> None:
    finished, watcher, _ = run
    assert finished.status == "finished"
    assert finished.history["epoch"] == [1, 2, 3]
    assert finished.history["loss"][-1] < finished.history["loss"][0]
    assert finished.digits == (1350, 150)
    kinds = [kind for kind, _ in watcher.calls if kind != "batch"]
    assert kinds == ["begin", *["validating", "epoch"] * 3, "end"]
    assert "1,350 digits, judged on 150 others" in watcher.calls[0][1]


def test_validation_numbers_are_those_of_keras(run, data) -> None:
    finished, _, _ = run
    _, validation = split(data[1])
    finished.model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = finished.model.evaluate(data[0][validation], data[1][validation], verbose=0)
    assert finished.history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)
    assert finished.accuracy == pytest.approx(accuracy, abs=1e-6)


def test_a_network_too_large_to_keep_is_recorded_by_its_epochs(data, workspace, monkeypatch):
    monkeypatch.setattr(replay, "MOST_KEPT", 0)
    finished = train_small(data)
    recording = load_recording()
    assert recording.steps == [1, 2, 3]
    assert recording.networks() == []
    mine = finished.model.predict(to_input(recording.replay.images[:9]), verbose=0)
    assert recording.opinions(-1)[:9] == pytest.approx(mine, abs=2e-3)
    assert TrainingReplay(recording).epoch.options[0][0] == "1"


class Keeper(Printer):
    """A watcher that keeps the networks of some moments, unrounded."""

    def __init__(self, model: keras.Model, batches: list[int]) -> None:
        super().__init__()
        self.pause, self.model, self.batches, self.kept = 0, model, batches, []

    def batch(self, progress):
        if (progress.epoch - 1) * progress.batches + progress.batch in self.batches:
            self.kept.append(Twin.from_keras(self.model))


def test_the_original_is_kept_along_the_way_and_answers_nearly_as_it_did(digits, workspace) -> None:
    few, held_out = split(digits[0][1])
    chosen = np.concatenate([few[:1024], held_out[:500]])
    x, y = to_input(digits[0][0][chosen]), digits[0][1][chosen]
    model = build_model()
    # Batches of 64, so 16 an epoch: after ⅛ of the first, ¼, ½, and all of it.
    watcher = Keeper(model, [2, 4, 8, 16])
    settings = Settings(batch_size=64, epochs=2, validation_split=0.1)
    train(
        model, x[:1024], y[:1024], settings, watcher=watcher, validation_data=(x[1024:], y[1024:])
    )
    kept = load_recording().replay
    assert kept.moments == [0, 1 / 8, 1 / 4, 1 / 2, 1, 2]
    first, *rounded = kept.networks()  # the last is saved unrounded
    assert [network.name for network in rounded][-2:] == [
        "the network after ½ of the first epoch (rounded)",
        "the network after the first epoch (rounded)",
    ]
    for network, true in zip(rounded, watcher.kept, strict=True):
        answers, wanted = network.predict(x[1024:]), true.predict(x[1024:])
        assert np.abs(answers - wanted).mean() < 0.01
    same = answers.argmax(axis=1) == wanted.argmax(axis=1)
    assert same.mean() > 0.95  # after all of 16 batches; a longer training has fewer doubts
    untrained = build_model()
    loop.draw_weights(untrained, settings.seed)
    assert first.predict(x) == pytest.approx(Twin.from_keras(untrained).predict(x), abs=0.02)


@pytest.mark.parametrize("epochs", [1, 12, 1000])
def test_a_recording_takes_3_mb_at_most(digits, epochs: int) -> None:
    """With weights that change by half their size from moment to moment: more than they do."""
    held_out = split(digits[0][1])[1]
    x, y = to_input(digits[0][0][held_out]), digits[0][1][held_out]
    chance = np.random.default_rng(0)
    model = build_model(seed=1)
    recorded = replay.Replay.begin(model, x, y, epochs)
    # As in a real run: nine in ten are read with hardly a doubt.
    doubt = np.where(chance.random((len(x), 1)) < 0.9, 0.002, 0.3)
    ends = [*range(1, min(epochs, 50) + 1), *(n for n in (64, 256, 1000) if n <= epochs)]
    moments = [*(n / 8 for n in range(1, 8)), *ends]
    for moment in moments:
        model.set_weights([w + chance.normal(0, w.std() / 2, w.shape) for w in model.get_weights()])
        recorded.glance(model, moment)
        if moment % 1 == 0:
            unsure = chance.random((len(x), 10)) * doubt + np.eye(10)[y]
            recorded.add(model, moment, (unsure / unsure.sum(axis=1, keepdims=True)).astype("f4"))
    assert len(list(recorded.networks())) >= 4
    packed = io.BytesIO()
    np.savez_compressed(packed, **recorded.arrays())
    assert len(packed.getvalue()) <= 3_000_000
    assert sum(array.nbytes for array in recorded.arrays().values()) < replay.MOST_BYTES


def test_of_a_run_from_before_the_epochs_can_be_watched(run) -> None:
    """It kept whole networks, in half precision."""
    _, _, folder = run
    with np.load(folder / "replay.npz") as stored:
        arrays = dict(stored)
    before = {"weights": np.zeros((3, 9), np.float16), "spacing": np.array(0.125)}
    new = ("changes", "scales", "first")
    old = {name: array for name, array in arrays.items() if name not in new}
    came = replay.Replay.from_arrays({**old, **before, "moments": np.array([0, 0.125, 0.25])})
    assert came.epochs == [1, 2, 3]
    assert list(came.networks()) == []


def test_what_is_left_behind(run, data) -> None:
    finished, _, folder = run
    files = {"checkpoint.npz", "model.keras", "model.npz", "replay.npz", "run.json"}
    assert {path.name for path in folder.iterdir()} == files
    loaded = to_keras(load_network(folder / "model.npz"))
    assert all(map(np.array_equal, loaded.get_weights(), finished.model.get_weights()))
    facts = json.loads((folder / "run.json").read_text())
    assert facts["history"] == finished.history
    assert facts["settings"] == asdict(QUICK)
    with working_in(folder.parents[1]):
        recording = load_recording()
    replay = recording.replay
    # Between the epochs, too, each square of the matrix counts digits that one can look at.
    eighths = [*(number / 8 for number in range(9)), 1.25, 1.5, 1.75, 2, 2.5, 3]
    assert recording.steps == pytest.approx(eighths, abs=1 / 22)  # 22 batches an epoch
    for step in range(len(eighths)):
        read = recording.opinions(step).argmax(axis=1)
        assert (recording.confusion(step) == count_confusions(replay.labels, read)).all()
    one = replay.images[7]
    mine = finished.model.predict(to_input(one), verbose=0)[0]
    assert recording.course(7)[-1] == pytest.approx(mine, abs=2e-3)
    assert [network.name for network in replay.networks()][
        -1
    ] == "the network after 2½ epochs (rounded)"
    assert recording.course(7)[9] == pytest.approx(recording.opinions(9)[7], abs=1e-5)
    # The curves by batch end where the epochs do.
    ends = np.array([step for step in finished.steps if step[0] in (1, 2, 3)])
    for column, name in zip(ends.T, ("epoch", "loss", "accuracy"), strict=True):
        assert column.tolist() == pytest.approx(finished.history[name])
    assert replay.epochs == [1, 2, 3]
    assert [c.sum() for c in replay.confusions] == [150] * 3
    assert replay.confusions[-1].trace() / 150 == pytest.approx(finished.accuracy)
    assert replay.opinions[0].shape == (150, 10)
    assert replay.filters[0].shape == (3, 3, 4)
    np.testing.assert_array_equal(replay.images, np.rint(data[0][split(data[1])[1], ..., 0] * 255))


def test_pixels_as_they_were_loaded_give_the_same_run(data) -> None:
    x, y = data
    pixels = np.rint(x[..., 0] * 255).astype(np.uint8)
    settings = replace(QUICK, epochs=1, shift=1)
    runs = [train(small(), given, y, settings) for given in (to_input(pixels), pixels)]
    assert runs[0].history == runs[1].history
    for weights in zip(*(run.model.get_weights() for run in runs), strict=True):
        np.testing.assert_array_equal(*weights)


def test_stop_within_an_epoch_keeps_what_was_learned(data) -> None:
    watcher = Witness(stop_in_batch=1)
    stopped = train_small(data, replace(QUICK, batch_size=1, epochs=50), watcher)
    assert stopped.status == "stopped"
    assert 0 < stopped.history["epoch"][-1] < 50
    assert len(stopped.history["val_accuracy"]) == len(stopped.history["epoch"])
    assert watcher.calls[-1] == ("end", "stopped")


def test_a_run_stopped_at_once_is_not_saved_and_replaces_no_good_one(data, workspace, capsys):
    file = workspace / "runs" / "model" / "model.npz"
    line = Printer()
    line.stop.set()
    stopped = train_small(data, replace(QUICK, batch_size=1), line)
    assert (stopped.status, stopped.kept) == ("stopped", False)
    assert "It wasn't saved" in capsys.readouterr().out
    assert not file.exists()
    train(small(), *data, replace(QUICK, epochs=1))  # in a terminal, a line tells of it
    printed = capsys.readouterr().out
    for part in ("Ctrl-C stops", "held-out digits: loss", "Finished after", "learned is saved"):
        assert part in printed
    good = file.read_bytes()
    assert train_small(data, QUICK, line).status == "stopped"
    assert file.read_bytes() == good


def test_a_network_that_breaks_down_ends_the_run_and_replaces_no_good_one(data, workspace, capsys):
    """Its weights are made NaN after the second epoch of nine: the third must be its last."""

    class Spoiler(Printer):
        def epoch(self, history):
            if len(history["epoch"]) == 2:
                model.layers[0].set_weights([w * np.nan for w in model.layers[0].get_weights()])

    train_small(data, replace(QUICK, epochs=1))
    good = (workspace / "runs" / "model" / "model.npz").read_bytes()
    model = small()
    broken = train(model, *data, replace(QUICK, epochs=9), watcher=Spoiler())
    assert broken.status == how_is_it_going(broken.history)[0] == "diverged"
    assert len(broken.history["epoch"]) <= 3
    assert "it wasn't saved" in capsys.readouterr().out
    assert (workspace / "runs" / "model" / "model.npz").read_bytes() == good


def test_interrupt_ends_after_this_batch_and_an_impatient_second_one_loses_nothing(data, workspace):
    """Ctrl-C comes in the second epoch, and again while the held-out digits are read."""

    class Impatient(Witness):
        def batch(self, progress):
            if progress.epoch == 2 and not self.stop.is_set():
                signal.raise_signal(signal.SIGINT)

        def validating(self, epoch):
            if self.stop.is_set():
                signal.raise_signal(signal.SIGINT)
                self.calls.append(("twice", epoch))

    watcher = Impatient()
    before = signal.getsignal(signal.SIGINT)
    stopped = train_small(data, replace(QUICK, epochs=1000, batch_size=4), watcher)
    assert stopped.status == "stopped"
    assert 1 < stopped.history["epoch"][-1] < 2
    assert "twice" in dict(watcher.calls)
    assert signal.getsignal(signal.SIGINT) is before
    assert (workspace / "runs" / "model" / "model.npz").exists()


def test_an_interrupt_after_patience_breaks_off(data, monkeypatch) -> None:
    """Where the first one cannot help, a later one must."""
    monkeypatch.setattr(loop, "PATIENCE", -1.0)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), loop.interrupt_sets(threading.Event()):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


# Resume

RESUMABLE = """
import os, signal, sys
from mnist_lesson import build_model, load_data, to_input
from mnist_lesson.train import Settings, train
from mnist_lesson.training.reports import Printer

class Mortal(Printer):
    def epoch(self, history):
        super().epoch(history)
        if sys.argv[2:] and len(history["epoch"]) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

images, labels = load_data()[0]
run = train(build_model(filters=(4, 6), dense_units=16), to_input(images[:400]), labels[:400],
            Settings(epochs=4, batch_size=16, seed=4, schedule="one_cycle", label_smoothing=0.1,
                     augment=True, shift=1),
            name=sys.argv[1], resume=True, watcher=Mortal())
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is not there")
def test_killed_and_resumed_it_is_the_same_run_to_the_bit(workspace, monkeypatch, capsys) -> None:
    def made(name: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["", name])
        exec(RESUMABLE, space := {})
        return space["run"]

    whole = made("whole")
    killed = subprocess.run([sys.executable, "-c", RESUMABLE, "killed", "after epoch 2"])
    assert killed.returncode == -signal.SIGKILL
    assert (workspace / "runs" / ".killed.new" / "checkpoint.npz").exists()
    resumed = made("killed")
    assert "It goes on after epoch 2" in capsys.readouterr().out
    assert resumed.history == whole.history
    for one, two in zip(resumed.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_resuming_another_run_is_refused_in_words(data) -> None:
    other = build_model(filters=(5, 5), dense_units=16)
    blank = np.zeros_like(data[0][:9]), data[1][:9]
    train_small(data, watcher=Witness(stop_after_epoch=1))
    with pytest.raises(ValueError, match="batch_size was 64 and is now 32"):
        train_small(data, replace(QUICK, batch_size=32), resume=True)
    with pytest.raises(ValueError, match="different layers"):
        train(other, *data, QUICK, resume=True, watcher=Witness())
    with pytest.raises(ValueError, match="digits are different"):
        train_small((data[0][::-1], data[1][::-1]), resume=True)
    with pytest.raises(ValueError, match="digits are different"):
        train_small(data, resume=True, validation_data=blank)
    assert train_small(data, resume=True).history["epoch"] == [1, 2, 3]


@pytest.fixture(scope="module")
def stopped_checkpoint(data, tmp_path_factory) -> Path:
    """A run that was stopped after its first epoch."""
    folder = tmp_path_factory.mktemp("stopped")
    with working_in(folder):
        train_small(data, watcher=Witness(stop_after_epoch=1))
    return folder / "runs" / "model" / "checkpoint.npz"


@pytest.fixture
def spoiled(stopped_checkpoint, workspace):
    """What lays a checkpoint that another run has spoiled: `facts` and arrays, None to drop one."""

    def lay(facts=None, **changed) -> Path:
        file = workspace / "runs" / "model" / "checkpoint.npz"
        file.parent.mkdir(parents=True)
        with np.load(stopped_checkpoint) as stored:
            arrays = dict(stored) | changed
        arrays["facts"] = np.array(json.dumps(json.loads(str(arrays["facts"])) | (facts or {})))
        np.savez(file, **{name: array for name, array in arrays.items() if array is not None})
        return file

    return lay


@pytest.mark.parametrize(
    "change",
    [
        None,  # half a file
        {"state_0": np.zeros((2, 2))},
        {"replay_labels": np.full(3, 77, np.uint8)},
        {"state_0": None},
        {"facts": {"done": -1}},
        {"facts": {"done": "1"}},
        {"facts": {"done": 4, "history": dict.fromkeys(HISTORY, [0.5] * 4)}},  # of three
        {"facts": {"settings": None}},
        {"facts": {"history": {}}},
        {"facts": {"seconds": "long"}},
    ],
    ids=str,
)
def test_a_checkpoint_that_does_not_fit_is_set_aside_and_named(spoiled, data, change) -> None:
    """It can be read, but is not what a run leaves behind. The next run starts over."""
    file = spoiled(**(change or {}))
    if change is None:
        file.write_bytes(b"PK\x03\x04 half a file")
    with pytest.raises(ValueError, match=r"checkpoint.npz.broken-1"):
        train_small(data, resume=True)
    assert not file.exists()
    if change is None:
        assert train_small(data, replace(QUICK, epochs=1), resume=True).status == "finished"


def test_a_checkpoint_is_bounded_by_what_it_unpacks_to(spoiled, data) -> None:
    file = spoiled()
    with np.load(file) as stored:
        arrays = dict(stored)
    np.savez_compressed(file, **arrays, bomb=np.zeros(60_000_000, np.uint8))
    assert file.stat().st_size < 1_000_000
    with pytest.raises(ValueError, match=r"too large.*broken-1"):
        train_small(data, resume=True)


def test_what_a_foreign_checkpoint_says_is_told_in_short(spoiled, data) -> None:
    spoiled({"settings": {"seed": "\x1b[2J" * 20_000}})
    with pytest.raises(ValueError, match="seed was ") as caught:
        train_small(data, resume=True)
    assert len(str(caught.value)) < 1000
    assert str(caught.value).isprintable()


# Around it


def test_the_original_is_replayed_on_all_digits_with_the_test_set_watched(data, digits) -> None:
    test = to_input(digits[1][0][:200]), digits[1][1][:200]
    settings = Settings(validate_on="test", epochs=1)
    watched = train_small(data, settings, validation_data=test)
    assert watched.digits == (1500, 200)


def test_rehearsal_takes_a_tenth_and_two_epochs(data, monkeypatch) -> None:
    monkeypatch.setenv("MNIST_LESSON_REHEARSAL", "1")
    watcher = Witness()
    rehearsed = train_small(data, watcher=watcher)
    assert rehearsed.digits == (135, 15)
    assert rehearsed.history["epoch"] == [1, 2]
    assert rehearsed.summary().startswith("Rehearsal.")
    assert "Rehearsal" in watcher.calls[0][1]


def _of_sizes(picture: tuple[int, ...], answers: int) -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input(picture), layers.Flatten(), layers.Dense(answers, activation="softmax")]
    )


def _odd_network():
    """Build a network with a layer that the twin does not know: test_twin has the others."""
    odd = keras.layers.SpatialDropout2D(0.1, name="odd")
    end = [keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((28, 28, 1)), odd, *end])


VALIDATION = r"validation_data=\(x_test, y_test\)"
# What is wrong, by what is said of it. All that is checked of digits stands in test_checks.
NO_DATA = [
    ("between 0 and 1", lambda x, y: train_small((x * 255, y))),
    ("1500 pictures but 1499", lambda x, y: train_small((x, y[:-1]))),
    ("whole numbers", lambda x, y: train_small((x, y / 1.0))),
    (r"Settings\(epochs=3\)", lambda x, y: train_small((x, y), {"epochs": 3})),
    (VALIDATION, lambda x, y: train_small((x, y), Settings(validate_on="test"))),
    (VALIDATION, lambda x, y: train_small((x, y), validation_data=x)),
    (VALIDATION, lambda x, y: train_small((x, y), validation_data=(x,))),
    (VALIDATION, lambda x, y: train_small((x, y), validation_data=(x, y, 1))),
    (VALIDATION, lambda x, y: train_small((x, y), validation_data={0: x})),
]
NO_NETWORK = [
    *((r"build_model\(\)", lambda run, wrong=wrong: wrong) for wrong in (build_model, None)),
    (r"build_model\(\)", lambda run: _of_sizes((28, 28, 1), 5)),
    (r"build_model\(\)", lambda run: _of_sizes((32, 32, 1), 10)),
    ("run.model", lambda run: run),
    (r"model, which = current_model\(\)", lambda run: (run.model, "your own network")),
    ("current_model", lambda run: "model.keras"),
    (r"keras.Input\(\(28, 28, 1\)\)", lambda run: keras.Sequential([keras.layers.Dense(10)])),
    ("odd", lambda run: _odd_network()),
]


@pytest.mark.parametrize(("words", "call"), NO_DATA)
def test_digits_and_settings_that_do_not_fit_are_refused(data, words, call) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        call(*data)


@pytest.mark.parametrize(("words", "other"), NO_NETWORK)
def test_a_network_that_does_not_fit_is_refused_first(run, data, workspace, words, other) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        train(other(run[0]), *data, QUICK, watcher=Witness())
    assert not workspace.exists()


def test_a_folder_that_cannot_be_written_is_said_before_the_training(data, no_workspace) -> None:
    watcher = Witness()
    with pytest.raises(WorkspaceError, match="MNIST_LESSON_WORKSPACE"):
        train_small(data, watcher=watcher)
    assert not watcher.calls


def test_a_data_set_does_not_hold_the_digits_when_it_is_done() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((40, 28, 28, 1), np.float32), np.arange(40) % 10
    digits = TrainingData(x, y, np.arange(40), x[:5], y[:5])
    data = feed(digits, Settings(batch_size=16, epochs=1, shift=1), 0)
    assert [len(shown) for shown, _ in data] == [16, 16, 8]
    assert data.options().autotune.enabled is False
    seen = weakref.ref(digits)
    del digits
    gc.collect()
    assert seen() is None
