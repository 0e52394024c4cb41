"""Comparing: exact figures, refusals in words, code that makes exactly the run."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from samples import made_up_run

from mnist_lesson.instructor import Runs
from mnist_lesson.instructor.compare import Lottery, compare, mcnemar, seed_lottery
from mnist_lesson.instructor.plain_keras import show_code
from mnist_lesson.instructor.sweeps import run_one
from mnist_lesson.load import MNIST


@pytest.mark.parametrize(
    ("only_first", "only_second", "chance"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 1, 1.0), (0, 5, 2 / 32), (10, 0, 2 / 1024)],
)
def test_mcnemar_is_a_coin(only_first: int, only_second: int, chance: float) -> None:
    assert mcnemar(only_first, only_second) == pytest.approx(chance)
    assert mcnemar(only_second, only_first) == pytest.approx(chance)


def test_a_difference_is_put_into_words() -> None:
    good, bad = made_up_run(0, [True] * 50), made_up_run(1, [False] * 20 + [True] * 30)
    found = compare(bad, good)
    assert (found.only_first, found.only_second) == (0, 20)
    assert f"{good.key[:6]} is the better network" in str(found)
    even = compare(made_up_run(0, [True, False]), made_up_run(1, [False, True]))
    assert "it may be luck" in str(even)
    assert "no difference at all" in str(compare(good, good))


def lottery(accuracies: list[float]) -> Lottery:
    runs = [made_up_run(seed, accuracy=accuracy) for seed, accuracy in enumerate(accuracies)]
    return Lottery(Runs(runs))


def test_how_many_runs_one_needs() -> None:
    """Against a simulation: that many find the difference in about 4 of 5 tries."""
    from scipy.stats import ttest_ind

    one = lottery([0.90, 0.92, 0.91, 0.93, 0.89])
    assert one.spread == pytest.approx(0.0158, abs=1e-4)
    needed = one.runs_needed(0.02)
    chance = np.random.default_rng(2)
    tries = chance.normal(0, one.spread, (2, 4000, needed)) + np.array([0, 0.02])[:, None, None]
    found = np.mean(ttest_ind(tries[0], tries[1], axis=1).pvalue < 0.05)
    assert 0.78 < found < 0.87
    assert one.runs_needed(0.04) < needed < one.runs_needed(0.01)
    assert one.runs_needed(1e-6) is None
    assert "5 seeds" in str(one)
    assert "At least two seeds" in str(lottery([0.9]))
    assert math.isnan(lottery([0.9]).spread)


def test_the_lottery_draws_seeds_and_a_picture() -> None:
    drawn = seed_lottery(TINY | {"validation_split": 0.005, "seed": 5}, 2)
    assert [run.options["seed"] for run in drawn.runs] == [5, 6]
    assert drawn.plot().axes


TINY = {"epochs": 2, "digits": 100, "filters": (3, 4), "batch_size": 32}
SHOWN = [
    TINY | {"seed": 3, "validation_split": 0.007, "dropout_conv": 0.0, "shift": 2, "beta_2": 0.9},
    TINY | {"schedule": "one_cycle", "optimizer": "sgd", "learning_rate": 0.1},
]
SHOWN[0] |= {"label_smoothing": 0.1, "augment": True}
SHOWN[1] |= {"loss": "mean_squared_error", "kernel_size": 5, "validate_on": "test", "shift": 1}
SHOWN[1] |= {"epochs": 1}  # each ends with the 10,000 test digits
# Our package is not to be had. Keras checks its digits' digest; ours are packed otherwise.
ELSEWHERE = """
import json, sys
sys.modules["mnist_lesson"] = None
from keras.src.utils import file_utils
file_utils.validate_file = lambda *rest, **options: True
for code in json.load(sys.stdin):
    made = {}
    exec(code, made)
    print("made", json.dumps([made["past"]["loss"][0], float(made["right"])]))
"""


def test_the_shown_code_makes_exactly_these_runs_without_our_package(tmp_path: Path) -> None:
    """To the last digit, where nothing is but Keras, NumPy, SciPy and Keras's own copy of MNIST."""
    (tmp_path / "datasets").mkdir()
    shutil.copy(MNIST, tmp_path / "datasets")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=json.dumps([show_code(options) for options in SHOWN]),
        env=os.environ | {"KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made = [json.loads(line[5:]) for line in done.stdout.splitlines() if line.startswith("made")]
    for options, (loss, accuracy) in zip(SHOWN, made, strict=True):
        run = run_one(options)
        assert (loss, accuracy) == (run.history["loss"][-1], run.accuracy)
        assert f"{accuracy:.2%} of the held-out" in done.stdout
