"""Sweeps: each run once, whatever dies in between; and a file of runs that survives damage."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from samples import made_up_run

from mnist_lesson.instructor import Runs, records
from mnist_lesson.instructor.plain_keras import show_code
from mnist_lesson.instructor.records import DEFAULTS, complete, key_of, parse_record
from mnist_lesson.instructor.sweeps import pool, run_one, sweep
from mnist_lesson.model import build_model, draw_weights
from mnist_lesson.shared.workspace import WorkspaceError

TINY = {"epochs": [1], "batch_size": [32], "filters": [(2, 3)], "dense_units": [8]}
TINY |= {"digits": [120], "validation_split": [0.005]}  # judged on 300
GRID = TINY | {"seed": [0, 1], "learning_rate": [0.01, 0.001]}


# ---- the file; what damages its lines is in test_store and test_foreign ----


def test_a_record_comes_back_as_it_was() -> None:
    run = made_up_run(3)
    again = parse_record(json.loads(run.line()))
    assert again == run
    assert again.read_right().tolist() == [True, False, True]
    assert again.interval is not None
    assert again.interval[0] < 2 / 3 < again.interval[1]


FORGED: list[dict] = [{"judged": 10**12}, {"judged": -1}, {"status": "splendid"}]
HISTORIES = ({"loss": "a curve"}, {"loss": [1.0], "val_loss": []}, {"loss": [{}]})
FORGED += [{"history": history} for history in HISTORIES]
WRONG = ({"filters": "wide"}, {"batch_size": None}, {"augment": 1}, {"seed": 10**400})
FORGED += [{"options": options} for options in WRONG]


@pytest.mark.parametrize("changes", FORGED)
def test_a_forged_run_is_no_run(changes) -> None:
    line = json.loads(made_up_run(1).line())
    line |= changes | {"options": line["options"] | changes.get("options", {})}
    line["key"] = key_of(complete(line["options"]))
    with pytest.raises((ValueError, TypeError)):
        parse_record(line)
    other = json.loads(made_up_run(1).line())
    other["options"]["epochs"] = 5
    with pytest.raises(ValueError, match="don't belong together"):
        parse_record(other)


def test_two_tables_are_brought_together(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    records.append(file, made_up_run(1), made_up_run(2, status="stopped"))
    other = [made_up_run(1, accuracy=0.1), made_up_run(2), made_up_run(3)]
    for _ in "ab":
        records.merge(other, file)
    rows = sorted(Runs.load(file).rows, key=lambda run: run.options["seed"])
    assert rows == [made_up_run(1), made_up_run(2), made_up_run(3)]
    assert len(file.read_text().splitlines()) == 4


def test_a_file_of_an_earlier_lesson_with_fewer_options_is_read(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    line = json.loads(made_up_run(3).line())
    del line["options"]["augment"], line["options"]["label_smoothing"]
    file.write_text(json.dumps(line) + "\n")
    assert Runs.load(file).rows == [made_up_run(3)]


OTHERS: dict = {"batch_size": 1, "epochs": 1, "optimizer": "sgd", "learning_rate": 0.01}
OTHERS |= {"beta_2": 0.9, "schedule": "one_cycle", "loss": "mean_squared_error"}
OTHERS |= {"validation_split": 0.2, "validate_on": "test", "seed": 1, "digits": 100}
OTHERS |= {"label_smoothing": 0.1, "augment": True, "shift": 1, "activation": "tanh"}
OTHERS |= {"filters": (32, 65), "kernel_size": 5, "dense_units": 8}
OTHERS |= {"dropout_conv": 0.1, "dropout_dense": 0.1}


def test_every_option_gives_a_run_another_name_and_other_code() -> None:
    assert OTHERS.keys() == DEFAULTS.keys()
    for names in (key_of, show_code):
        named = [names(complete({name: value})) for name, value in OTHERS.items()]
        assert len({names(complete()), *named}) == len(OTHERS) + 1


def test_the_table_is_sorted_and_says_what_differs() -> None:
    options = complete({"seed": 1, "batch_size": 32})
    other = replace(made_up_run(1), options=options, key=key_of(options), accuracy=0.9)
    fallen = {"status": "failed", "reason": "It fell over.", "accuracy": None, "loss": None}
    runs = Runs([made_up_run(0), other, replace(made_up_run(2), **fallen)])
    assert [run.accuracy for run in runs.sorted("accuracy")] == [0.9, 2 / 3, None]
    with pytest.raises(ValueError, match="order"):
        runs.sorted("newest")
    table = runs.table()
    assert table[1][5] == "batch_size=32, seed=1"
    assert "It fell over." in table[2][5]
    assert "It fell over." in runs._repr_html_()


# ---- real runs ----


def test_a_failed_run_does_not_end_the_sweep_and_nothing_is_run_twice(workspace, capsys):
    grid = TINY | {"seed": [0], "filters": [(0, 3), (2, 3)], "learning_rate": [0.01, 1e9]}
    runs = sweep(grid)
    assert [run.status for run in runs] == ["failed", "failed", "finished", "failed"]
    assert "from 1 to 512" in runs[0].reason
    assert "learning_rate" in runs[3].reason
    assert "4 of 4 runs" in capsys.readouterr().out
    before = (workspace / "instructor_runs.jsonl").read_bytes()
    again = sweep(grid)
    assert again.rows == runs.rows
    assert (workspace / "instructor_runs.jsonl").read_bytes() == before
    small = {name: value for name, (value,) in TINY.items()} | {"digits": 30}
    assert len(sweep([small])) == 1
    assert run_one(small).accuracy == Runs.load()[-1].accuracy


def test_a_run_in_the_last_ones_network_is_the_same_as_in_a_new_one() -> None:
    # A size that no other run here has: the first network is a new one.
    options = {name: values[0] for name, values in TINY.items()} | {"epochs": 2, "dense_units": 9}
    other = options | {"learning_rate": 0.03, "batch_size": 16, "seed": 5}
    new = run_one(options)
    # A failed run in between, and one with another kind of step, which leaves nothing behind.
    for between in (other, options | {"filters": (0, 3)}, options | {"schedule": "one_cycle"}):
        run_one(between)
        again = run_one(options)
        assert again.history == new.history
        assert again.right == new.right
    assert run_one(other).history != new.history


def test_a_run_that_diverges_is_recorded_and_explained() -> None:
    options = {"epochs": 3, "optimizer": "sgd", "learning_rate": 9.9, "activation": "linear"}
    large = {"batch_size": 1, "dense_units": 512, "filters": (64, 64)}
    large |= {"digits": 120, "validation_split": 0.005}
    run = run_one(options | large)
    assert run.status == "diverged"
    assert "steps were too large" in run.reason
    assert parse_record(json.loads(run.line())) == run


def test_a_rehearsal_is_a_run_of_its_own(monkeypatch) -> None:
    options = {name: value for name, (value,) in TINY.items()}
    whole = run_one(options)
    monkeypatch.setenv("MNIST_LESSON_REHEARSAL", "1")
    small = run_one(options)
    assert (whole.status, small.status) == ("finished", "finished"), small.reason
    assert (whole.judged, small.judged) == (300, 30)
    assert small.key != whole.key


def test_two_processes_of_a_pool_make_the_same_runs(tmp_path: Path) -> None:
    alone = sweep(GRID, file=tmp_path / "alone.jsonl")
    with pool(2) as executor:
        together = sweep(GRID, file=tmp_path / "together.jsonl", executor=executor)
    assert [run.key for run in alone] == [run.key for run in together]
    for one, other in zip(alone, together, strict=True):
        assert one.right == other.right
        # Two threads add up in another order than one: the last of some sixteen digits may differ.
        assert one.loss == pytest.approx(other.loss, rel=1e-5)


def test_a_thread_that_draws_by_chance_does_not_change_the_first_weights() -> None:
    model, over = build_model(filters=(2, 3), dense_units=8), threading.Event()

    def draw_now_and_then() -> None:
        while not over.wait(0.1):
            random.random()

    def drawn() -> list[float]:
        draw_weights(model, 7)
        return [float(weights.sum()) for weights in model.get_weights()]

    alone = drawn()
    other = threading.Thread(target=draw_now_and_then)
    other.start()
    beside = [drawn() for _ in range(20)]
    over.set()
    other.join()
    assert beside == [alone] * 20


MANY = TINY | {"seed": list(range(8))}
SWEEPER = """
import sys, time
from mnist_lesson.instructor import sweep
from mnist_lesson.training.reports import Watcher

class Third(Watcher):
    runs = 0
    def begin(self, *about):
        self.runs += 1
        while self.runs == 3:
            time.sleep(1)

sweep({grid!r}, file=sys.argv[1], watcher=Third())
"""


def test_a_killed_sweep_goes_on_and_a_second_one_is_told(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    first = subprocess.Popen([sys.executable, "-c", SWEEPER.format(grid=MANY), str(file)])
    while not file.exists() or file.read_text().count("\n") < 2:
        time.sleep(0.05)
    with pytest.raises(WorkspaceError, match="Another sweep is writing"):
        sweep(MANY, file=file)
    first.kill()
    first.wait()
    assert len(sweep(MANY, file=file)) == 8
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len({line["key"] for line in lines}) == len(lines) == 8
    assert {line["status"] for line in lines} == {"finished"}


def die(*args, **named) -> None:
    os._exit(1)


def test_a_worker_that_dies_is_said_and_its_runs_are_made_by_the_next_sweep(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    file = tmp_path / "runs.jsonl"
    monkeypatch.setattr("mnist_lesson.instructor.sweeps.run_one", die)
    with pool(1) as executor:
        assert len(sweep(TINY | {"seed": [0, 1]}, file=file, executor=executor)) == 0
    assert "2 of 2 runs were lost" in capsys.readouterr().out
    monkeypatch.undo()
    assert len(sweep(TINY | {"seed": [0, 1]}, file=file)) == 2


@pytest.mark.slow
def test_a_dask_cluster_does_a_sweep_and_loses_a_worker(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    file = tmp_path / "runs.jsonl"
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        ThreadPoolExecutor(1) as aside,
    ):
        executor = client.get_executor()
        grid = GRID | {"seed": [0, 1, 2]}
        sweeping = aside.submit(sweep, grid, file=file, executor=executor)
        while not file.exists() and not sweeping.done():
            time.sleep(0.05)
        victim = next(iter(cluster.workers.values())).worker_address
        os.kill(client.run(os.getpid, workers=[victim])[victim], 9)
        runs = sweeping.result(timeout=300)
    assert len(runs) == 6
    assert {run.status for run in runs} == {"finished"}
    assert len(file.read_text().splitlines()) == 6
