"""The tuner: turning never blocks, the state asked for last is the one it ends in, and no number is too absurd."""

from __future__ import annotations

import inspect
import random
import re
import time
from html import unescape

import ipywidgets
import pytest

from mnist_lesson.instructor import Runs
from mnist_lesson.instructor.compare import seed_lottery
from mnist_lesson.instructor.cost import parameters, seconds
from mnist_lesson.instructor.panel import Tuner, still
from mnist_lesson.instructor.records import complete
from mnist_lesson.instructor.sweeps import run_one
from mnist_lesson.model import build_model

TINY = {"epochs": 1, "batch_size": 32, "filters": (2, 3), "dense_units": 8, "learning_rate": 0.01}
ABSURD = (0, -1, 1, 2, 3, 5, 13, 14, 29, 10**9, -(10**9))


@pytest.fixture(scope="module")
def data(digits):
    return digits[0][0][:60].copy(), digits[0][1][:60].copy()


def words(line) -> str:
    return re.sub("<[^>]+>", "", line.value)


def test_turning_shows_weights_and_time() -> None:
    panel = Tuner()
    assert words(panel.cost).startswith("1,199,882 weights · about")
    panel.controls["filters 1"].value = 8
    assert words(panel.cost).startswith(f"{parameters(panel.options()):,} weights")
    panel.controls["seconds at most"].value = 20
    assert "20 s on this computer" in words(panel.cost)


def test_every_option_has_a_control() -> None:
    panel = Tuner()
    assert panel.options() == complete()
    panel.controls["augment"].value, panel.controls["label_smoothing"].value = True, 0.1
    assert panel.options() == complete({"augment": True, "label_smoothing": 0.1})
    assert panel.faults == []


def test_every_argument_of_the_network_is_shown_and_what_the_digits_give_cannot_be_turned() -> None:
    shown = {
        one.description: one for row in Tuner().children for one in getattr(row, "children", ())[:1]
    }
    for name in inspect.signature(build_model).parameters:
        assert name in shown or name == "filters"
    assert {"filters 1", "filters 2"} <= set(shown)
    assert shown["input_shape"].disabled
    assert shown["num_classes"].disabled
    assert "input_shape" not in Tuner().options()


def test_the_still_picture_counts_as_keras_does() -> None:
    bars = still().axes[0].containers[0].datavalues
    names = [label.get_text() for label in still().axes[0].get_yticklabels()]
    assert bars[names.index("as it stands")] == build_model().count_params()
    assert bars[names.index("kernel_size 5")] == build_model(kernel_size=5).count_params()
    assert bars[names.index("any dropout")] == bars[names.index("as it stands")]


def test_varied_digits_take_longer() -> None:
    few, usual = {"digits": 2000, "epochs": 2}, seconds(complete({"digits": 2000, "epochs": 2}))
    assert seconds(complete(few | {"augment": True})) > usual


def test_weights_are_counted_as_keras_does() -> None:
    for network in (
        {},
        {"filters": (3, 5), "kernel_size": 5, "dense_units": 7},
        {"kernel_size": 13},
        {"kernel_size": 1},
    ):
        panel = Tuner(start=network)
        assert parameters(panel.options()) == build_model(**network).count_params()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("filters 1", 0, "filters 1 came as 0, but it must be from 1 to 512"),
        ("filters 2", 600, "from 1 to 512"),
        ("label_smoothing", 0.6, "from 0 to 0.5"),
        ("kernel_size", 29, "from 1 to 13"),
        ("learning_rate", 1e9, "between 0 and 10"),
        ("learning_rate", float("nan"), "between 0 and 10"),
        ("seed", -1, "from 0 to"),
        ("digits", 3, "from 10 to"),
        ("seconds at most", 3, "0 or 10 to 3,600"),
        ("dropout_conv", 1.0, "from 0 to 0.99"),
    ],
)
def test_absurd_settings_give_a_sentence_beside_the_control(
    name: str, value: float, said: str
) -> None:
    panel = Tuner()
    usual = panel.controls[name].value
    panel.controls[name].value = value
    assert said in words(panel.hints[name])
    assert sum("⚠" in words(hint) for hint in panel.hints.values()) == 1
    panel.train()
    assert words(panel.state).startswith("Not started.")
    assert panel._thread is None
    panel.controls[name].value = usual
    assert not any("⚠" in words(hint) for hint in panel.hints.values())


def test_too_much_memory_is_said_before() -> None:
    panel = Tuner(start={"filters": (512, 512), "dense_units": 4096, "batch_size": 60_000})
    panel.queue()
    assert re.search(r"needs about \d+\.\d GB of memory", words(panel.state))
    assert panel._thread is None


def test_a_table_is_shown_when_there_is_something_to_say(tmp_path) -> None:
    file = tmp_path / "runs.jsonl"
    assert Tuner(file=file).found.layout.display == "none"
    file.write_text("no run\n")
    panel = Tuner(file=file)
    assert panel.found.layout.display is None
    assert "1 damaged line" in words(panel.table)


def test_no_room_to_write_is_said_before(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(tmp_path / "file" / "work"))
    panel = Tuner(file=tmp_path / "runs.jsonl")
    panel.train()
    assert "cannot write" in words(panel.state)


@pytest.mark.training
def test_a_run_lands_in_the_table_survives_a_restart_and_is_compared(data) -> None:
    panel = Tuner(data, start=TINY)
    panel.train()
    panel.wait()
    assert words(panel.state).startswith("Finished: accuracy")
    panel.controls["seed"].value = 1
    panel.queue()
    panel.controls["validation_split"].value = 0.3
    panel.queue()
    panel.wait()
    assert run_one(TINY, data).right == panel.runs[0].right  # the three lines of Python do the same
    fresh = Tuner(data, start=TINY)
    assert len(fresh.runs) == 3
    assert fresh.table.value == panel.table.value
    assert "▸" in words(fresh.table)
    keys = [run.key for run in fresh.runs]
    fresh.compare()
    assert "Choose a run A" in words(fresh.verdict)
    fresh.first.value, fresh.second.value = keys[0], keys[1]
    fresh.compare()
    assert "seed=1" in words(fresh.verdict)
    assert 'alt="Accuracy and loss' in fresh.curves.value
    fresh.second.value = keys[2]
    fresh.compare()
    assert "different digits" in words(fresh.verdict)
    assert fresh.curves.value == ""
    fresh.show_code()
    assert "keras.Sequential" in fresh.code.value
    fresh.order.value = "accuracy"
    assert len(re.findall("<tr>", fresh.table.value)) == 4


@pytest.mark.training
def test_stop_and_train_again_ends_in_the_state_asked_for_last(data) -> None:
    panel = Tuner(data, start=TINY | {"epochs": 1000})
    panel.train()
    panel.train()
    assert "Press Stop first" in words(panel.state)
    panel.queue()
    panel.stop()
    panel.wait()
    assert len(panel.runs) <= 1  # what was queued before Stop does not run
    for _ in range(3):
        panel.train()
        panel.stop()
    panel.controls["epochs"].value = 2
    panel.train()
    panel.wait()
    assert panel.runs[-1].options["epochs"] == 2
    assert panel.runs[-1].status == "finished"
    assert words(panel.state).startswith("Finished")


@pytest.mark.training
def test_the_seed_lottery_is_drawn_in_the_panel_and_can_be_stopped(data) -> None:
    panel = Tuner(data, start=TINY)
    panel.seeds.value = 3
    panel.lottery()
    panel.wait()
    drawn = seed_lottery(TINY, 3, data)  # the same in Python; nothing is run twice
    assert str(drawn) in unescape(words(panel.luck))
    assert "<img" in panel.luck.value
    assert [run.options["seed"] for run in panel.runs] == [0, 1, 2]
    assert words(panel.state) == "The lottery is drawn."
    panel.controls["epochs"].value = 1000
    panel.lottery()
    while panel._watch is None:
        time.sleep(0.01)
    panel.stop()
    panel.wait()
    assert words(panel.state) == "The lottery was stopped."
    assert "Two seeds at least" in words(panel.luck)
    panel.controls["seconds at most"].value = 20
    panel.lottery()
    assert words(panel.state).startswith("Not started. A lottery has no time box")


def turn_a_number(panel: Tuner, chance: random.Random) -> None:
    control = panel.controls[
        chance.choice([name for name, one in panel.controls.items() if hasattr(one, "step")])
    ]
    whole = isinstance(control, ipywidgets.IntText)
    control.value = (
        chance.choice(ABSURD) if whole else chance.choice([*ABSURD, 0.5, float("nan"), 1e-9, 1e308])
    )


def make_it_runnable(panel: Tuner) -> None:
    values = TINY | {
        "filters 1": 2,
        "filters 2": 3,
        "kernel_size": 3,
        "seconds at most": 0,
        "digits": 20,
        "seed": 1,
    }
    for name, value in (
        values
        | {
            "dropout_conv": 0.2,
            "dropout_dense": 0.0,
            "validation_split": 0.2,
            "label_smoothing": 0.0,
            "shift": 0,
        }
    ).items():
        if name in panel.controls:
            panel.controls[name].value = value


@pytest.mark.training
def test_a_thousand_random_actions_with_runs(data, random_actions) -> None:
    panel = Tuner(data, start=TINY)
    extra = (
        lambda chance: turn_a_number(panel, chance),
        *[lambda chance: make_it_runnable(panel)] * 3,
    )
    for seed in range(
        334
    ):  # in threes: TensorFlow keeps some memory of each run, which is no fault of the panel
        random_actions(panel, 3, extra=extra, seed=seed)
    panel.stop()
    panel.wait()
    assert len(panel.runs) > 0
    assert len(Runs.load(panel.file)) == len(panel.runs)
    make_it_runnable(panel)
    panel.train()
    panel.wait()
    assert words(panel.state).startswith("Finished")


def test_a_thousand_random_actions_leave_nothing_over(
    data, random_actions, tmp_path, monkeypatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(
        "MNIST_LESSON_WORKSPACE", str(tmp_path / "file" / "work")
    )  # so that no run starts
    panel = Tuner(data, start=TINY, file=tmp_path / "runs.jsonl")
    random_actions(panel, 1000, extra=(lambda chance: turn_a_number(panel, chance),) * 3)
    assert panel._thread is None
