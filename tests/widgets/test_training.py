"""The training panel: it shows what a run tells it, and Stop stops."""

import random
import re
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from samples import words

from mnist_lesson import build_model, to_input
from mnist_lesson.train import train
from mnist_lesson.training import loop
from mnist_lesson.training.reports import LATELY, Progress, Watcher, lately
from mnist_lesson.training.settings import Settings
from mnist_lesson.widgets import training_panel as training
from mnist_lesson.widgets.drawing_pad import DrawingPad
from mnist_lesson.widgets.train_button import TrainYourOwn
from mnist_lesson.widgets.training_panel import TrainingPanel

QUICK = Settings(epochs=2, batch_size=64, learning_rate=0.003)


@pytest.fixture(scope="module")
def data(digits):
    return to_input(digits[0][0][:1000]), digits[0][1][:1000]


def small():
    return build_model(filters=(4, 6), dense_units=16)


def test_a_run_seen_to_its_end(data) -> None:
    panel = TrainingPanel()
    run = train(small(), *data, QUICK, watcher=panel)
    assert "900 digits, judged on 100 others" in words(panel.note)
    assert (panel.bar.value, panel.bar.bar_style) == (1, "success")
    assert words(panel.numbers).startswith("Finished after")
    assert f"{run.accuracy:.1%}" in words(panel.sentence)
    assert "It has learned" in words(panel.sentence)
    assert "It has learned" in panel.still().alt
    assert panel.curves.value.count("<circle") == 2  # a dot for each epoch
    panel.show_rows.value = True
    assert panel.rows.value.count("<tr>") == 3
    assert f"{run.history['val_loss'][1]:.4f}" in panel.rows.value
    assert panel.stop_button.disabled


def test_a_run_that_breaks_off_is_said_and_what_to_do(data, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("mnist_lesson.train.save_run", full)
    panel = TrainingPanel()
    with pytest.raises(OSError, match="No space"):
        train(small(), *data, QUICK, watcher=panel)
    assert "Broken off" in words(panel.numbers)
    assert "resume=True it goes on after epoch 2" in words(panel.numbers)
    assert "is learning" not in words(panel.sentence)
    assert panel.bar.bar_style == "danger"
    assert panel.stop_button.disabled


def test_stop_from_another_thread(data) -> None:
    panel = TrainingPanel()
    worker = threading.Thread(
        target=train, args=(small(), *data, replace(QUICK, epochs=1000)), kwargs={"watcher": panel}
    )
    worker.start()
    while "epoch" not in words(panel.numbers):
        time.sleep(0.05)
    panel.stop_button.click()
    assert panel.stop_button.description == "Stopping …"
    worker.join(60)
    assert not worker.is_alive()
    assert words(panel.numbers).startswith("Stopped after")
    assert panel.bar.bar_style == "warning"


def _progress(**changes) -> Progress:
    return replace(Progress(2, 12, 100, 422, 0.25, 0.925, 600.0), **changes)


def test_what_it_says_within_an_epoch() -> None:
    panel = TrainingPanel()
    panel.begin("Training.", 12)
    assert words(panel.sentence).startswith("It has just begun")
    panel.batch(_progress())
    assert words(panel.sentence).startswith("92% of the digits")
    said = words(panel.numbers)
    assert "epoch 2 of 12 · batch 100 of 422" in said
    for part in ("loss 0.250", "about 10 min 0 s left"):
        assert part in said
    assert repr(panel) == repr(TrainingPanel())  # or nbval would find another one each time
    assert panel.bar.value == pytest.approx((422 + 100) / (12 * 422))


def test_in_plain_words_an_epoch_is_a_round_and_nothing_is_said_of_batches() -> None:
    panel = TrainingPanel(plain=True)
    panel.begin("Training.", 12)
    first = panel.sentence.value
    panel.batch(_progress())
    assert words(panel.numbers) == "round 2 of 12 · about 10 min 0 s left"
    assert "rounds</text>" in panel.curves.value
    assert not re.search("epoch|batch|loss", first + panel.sentence.value + panel.curves.value)
    assert panel.show_rows.layout.display == "none"  # its columns are losses


def test_the_time_left_takes_no_measure_of_tensorflows_first_step(monkeypatch) -> None:
    """The first takes 8 seconds, as it's being compiled, and each of the others a tenth."""
    seconds, told = [0.0], []
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    watcher = Watcher()
    watcher.batch = lambda progress: told.append((progress.batch, progress.seconds_left))
    clock = loop._Clock(epochs=2, steps=100, watcher=watcher)
    clock.begin()
    for step in range(1, 101):
        seconds[0] += 8 if step == 1 else 0.1
        clock.tell(0, step, {"loss": 1.0, "accuracy": 0.5})
    assert len(told) > 20
    for step, left in told:
        assert left == pytest.approx((200 - step) * 0.1)


def test_where_no_click_arrives_it_says_how_to_stop(monkeypatch) -> None:
    panel = TrainingPanel()
    panel.begin("Training.", 12)
    panel.batch(_progress())
    assert "Interrupt" not in words(panel.numbers)  # too soon to tell
    monkeypatch.setattr(training, "SILENCE", 0)
    panel.batch(_progress())
    assert "Kernel → Interrupt" in words(panel.numbers)
    panel.echo.heard = True
    panel.batch(_progress())
    assert "Interrupt" not in words(panel.numbers)


def test_while_validating_it_says_so_and_that_it_will_stop() -> None:
    panel = TrainingPanel()
    panel.validating(3)
    assert words(panel.numbers) == "epoch 3: reading the held-out digits …"
    panel.stop_button.click()
    panel.validating(3)
    assert words(panel.numbers) == "epoch 3: reading the held-out digits, then it stops …"


def test_one_button_trains_a_network_of_your_own_that_reads_at_once(workspace, monkeypatch) -> None:
    monkeypatch.setenv("MNIST_LESSON_REHEARSAL", "1")
    pad = DrawingPad()
    pad.pad.strokes = [[140, 40, 140, 240]]
    panel = TrainYourOwn(pad)
    assert "your drawing, read as …" in panel.still().alt
    panel.button.click()
    panel.wait()
    assert panel.run is not None
    assert pad.reader.value == pad.reader.label == "yours"  # and not the practised one any more
    watcher = panel.place.children[0]
    assert f"{panel.run.accuracy:.1%}" in words(watcher.sentence)
    assert re.match("your drawing, read as … *1 ", words(watcher.reading))
    assert "It has learned" in panel.still().alt
    assert not panel.button.disabled


def test_a_blank_pad_gives_no_digit_to_watch(data) -> None:
    model = small()
    panel = TrainingPanel(model, DrawingPad().picture)
    train(model, *data, replace(QUICK, epochs=1), watcher=panel)
    assert words(panel.reading).startswith("a 7, read as …")


def test_random_actions_in_a_running_panel_and_at_the_button(
    workspace, data, monkeypatch, random_actions
) -> None:
    panel = TrainingPanel(small())
    panel.begin("Training.", 12)

    def go_on(chance: random.Random) -> None:
        panel.batch(_progress(batch=chance.randint(1, 422), accuracy=chance.random()))
        panel._steps = panel._steps[-20:]  # or the curve would grow, as it should

    random_actions(panel, extra=(go_on,))

    def broken() -> None:
        raise ImportError("no TensorFlow here")

    # Where no training can run, the button is all that's left of it.
    monkeypatch.setattr("mnist_lesson.widgets.train_button.import_keras", broken)
    random_actions(TrainYourOwn(DrawingPad()), settle=TrainYourOwn.wait)


def test_a_training_that_cannot_run_is_said(workspace, monkeypatch) -> None:
    def broken() -> None:
        raise ImportError("no TensorFlow here")

    monkeypatch.setattr("mnist_lesson.widgets.train_button.import_keras", broken)
    panel = TrainYourOwn(DrawingPad())
    panel.start()
    panel.wait()
    assert "no TensorFlow here" in words(panel.status)
    assert not panel.button.disabled


def test_a_curve_of_averages_over_epochs_loses_its_stairs() -> None:
    """A network that gets better steadily: 10% right at the start, 90% after four epochs."""
    averages = []
    for epoch in range(4):
        for share in (0.25, 0.5, 0.75, 1.0):  # the average of a straight line is its middle
            averages.append((epoch + share, 0.1 + 0.2 * (epoch + share / 2)))
    for done, accuracy in lately(averages)[1:]:
        assert accuracy == pytest.approx(0.1 + 0.2 * (done - LATELY / 2), abs=0.02)
    went_on = [(done, accuracy) for done, accuracy in averages if done > 2]
    assert dict(lately(went_on)) == pytest.approx(dict(lately(averages)[8:]))
    assert lately([]) == []
