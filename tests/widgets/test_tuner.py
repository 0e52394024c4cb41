"""The tuner: a run lands in the table, two are compared, nothing blocks or is lost."""

import inspect
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from samples import words

from mnist_lesson.instructor.panel import CONTROLS, GOALS, Tuner, count_parameters
from mnist_lesson.instructor.records import DEFAULTS, complete, split_options
from mnist_lesson.instructor.sweeps import run_one
from mnist_lesson.model import build_model, check_network

TINY = {"epochs": 1, "batch_size": 32, "filters": (2, 3), "dense_units": 8, "learning_rate": 0.01}
TINY |= {"digits": 60, "validation_split": 0.005}  # judged on 300


def trained(panel: Tuner, **changes) -> Tuner:
    for name, value in changes.items():
        panel.controls[name].value = value
    panel.train()
    panel.wait()
    return panel


@pytest.mark.parametrize("change", [{}, {"filters 1": 8}, {"kernel_size": 5}, {"dense_units": 32}])
def test_parameters_are_counted_as_keras_does(change) -> None:
    panel = Tuner()
    for name, value in change.items():
        panel.controls[name].value = value
    options = panel.options()
    network = {name: options[name] for name in ("filters", "kernel_size", "dense_units")}
    count = build_model(**network).count_params()
    assert count_parameters(options) == count
    assert f"{count:,}" in words(panel.size)


def test_every_option_has_a_control_and_each_of_its_values_makes_a_run() -> None:
    """The checks of Settings and build_model() must agree with what the panel offers."""
    panel = Tuner()
    assert panel.options() == complete()
    arguments = set(inspect.signature(build_model).parameters) - {"filters"}
    assert arguments | (set(DEFAULTS) - {"filters"}) <= set(CONTROLS)
    assert all(control.hint and control.label for control in CONTROLS.values())
    for name, control in CONTROLS.items():
        for value in control.values:
            panel.controls[name].value = value
            settings, network = split_options(panel.options())
            assert check_network(network) == network
            assert settings.epochs >= 1


def test_runs_are_named_told_apart_and_compared_by_a_click() -> None:
    panel = Tuner(short=True, start=TINY)
    assert [part.layout.display for part in panel.labelled] == [None, None, *5 * ["none"]]
    panel.more.click()
    assert {part.layout.display for part in panel.labelled} == {None}
    assert panel.more.layout.display == "none"
    trained(panel)
    assert "run 1" in words(panel.status)
    assert f"{panel.runs[0].accuracy:.1%}" in words(panel.answer)
    panel.name.value = "another seed"
    trained(panel, seed=1)
    assert "than by run 1" in words(panel.answer)
    assert panel.live.value.count("<polyline") == 2  # this run's line and the one before
    newest = panel.table.rows[0]
    assert newest[0] == "another seed"
    assert newest[-1] == "seed 1"  # what changed against the run before it
    assert run_one(TINY).right == panel.runs[0].right  # a line of Python does the same
    panel.table.selected = [0, 1]
    assert "“another seed” has seed 1" in words(panel.verdict)
    assert "The curves of both runs" in panel.verdict.value
    assert panel.verdict.value.count("<circle") == 2  # an epoch of each
    fresh = Tuner(short=True, start=TINY)
    assert fresh.table.rows == panel.table.rows  # kept across a restart
    assert Tuner().table.rows == []  # an instructor's runs stand apart


def test_the_same_settings_are_not_run_twice() -> None:
    panel = trained(trained(Tuner(start=TINY)))
    assert len(panel.runs) == 1
    assert "the same to the last digit" in words(panel.status)


@pytest.fixture
def _no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a page that has not loaded it yet."""
    monkeypatch.setattr("mnist_lesson.instructor.panel.sys", SimpleNamespace(modules={}))


@pytest.mark.usefixtures("_no_keras")
def test_shown_it_warms_up_in_the_background_and_leaves_no_trace() -> None:
    panel = Tuner(short=True, start=TINY)
    panel._repr_mimebundle_()
    trained(panel, seed=2)  # without waiting
    assert [run.options["seed"] for run in panel.runs] == [2]
    assert panel.runs[0].right == run_one(TINY | {"seed": 2}).right
    assert "run 1" in words(panel.status)


@pytest.mark.usefixtures("_no_keras", "no_threads")
def test_where_no_thread_can_start_it_trains_at_once() -> None:
    panel = Tuner(start=TINY)
    panel._repr_mimebundle_()
    panel.train()
    assert panel.runs[0].status == "finished"


def test_a_run_that_diverges_is_called_so() -> None:
    panel = trained(Tuner(start=TINY | {"epochs": 3, "batch_size": 16}), learning_rate=9.0)
    assert "diverged" in words(panel.status)
    assert panel.table.rows[0][-1].startswith("diverged!")


def test_its_still_shows_the_settings_and_then_the_runs() -> None:
    panel = Tuner(short=True, start=TINY)
    assert "learning rate 0.01" in panel.still().alt
    assert "seed 0" in panel.still().alt
    trained(panel)
    assert f"run 1: {panel.runs[0].accuracy:.4g}" in panel.still().alt


def test_a_goal_gets_its_star_once_and_keeps_it() -> None:
    panel = trained(
        Tuner(short=True, start=TINY | {"epochs": 3, "batch_size": 16}), learning_rate=9.0
    )
    assert "★ You did it: blow it up!" in words(panel.status)
    assert "run 1 diverged: the steps were too large" in words(panel.status)
    assert words(panel.goals).count("★") == 1
    trained(panel, seed=1)
    assert "You did it" not in words(panel.status)
    assert words(Tuner(short=True).goals) == words(panel.goals)
    run = panel.runs[-1]
    for accuracy, units, digits, stars in (
        (0.96, 128, 2000, {0}),
        (0.94, 16, 2000, {2}),
        (0.94, 128, 2000, set()),
        (0.85, 128, 200, {3}),
    ):
        options = complete({"dense_units": units, "digits": digits})
        good = replace(run, status="finished", accuracy=accuracy, loss=0.3, options=options)
        assert {n for n, goal in enumerate(GOALS) if goal.is_reached(good)} == stars


def test_stop_ends_the_run_and_the_panel_can_train_again() -> None:
    panel = Tuner(start=TINY | {"epochs": 1000})
    panel.train()
    panel.train()
    assert "One run at a time" in words(panel.status)
    while panel.bar.value == 0:
        time.sleep(0.01)
    panel.stop()
    panel.wait()
    assert panel.runs[-1].status == "stopped"
    assert trained(panel, epochs=2).runs[-1].status == "finished"


def test_five_seeds_are_drawn_side_by_side() -> None:
    panel = Tuner(start=TINY)
    panel.lottery()
    panel.wait()
    assert [run.options["seed"] for run in panel.runs] == [0, 1, 2, 3, 4]
    assert "5 seeds, the same settings" in words(panel.verdict)
    panel.show_code()
    assert "keras.Sequential" in panel.code.text


def test_a_folder_that_cannot_be_written_is_said_before(no_workspace) -> None:
    panel = trained(Tuner(start=TINY))
    assert "cannot write" in words(panel.status)


def test_random_actions(random_actions, no_workspace) -> None:  # so that no run starts
    random_actions(Tuner(start=TINY), 1000)
