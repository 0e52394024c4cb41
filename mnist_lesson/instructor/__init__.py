"""The instructor's workbench: turn settings, make many short runs, compare them fairly.

sweep({"batch_size": [32, 128], "seed": [0, 1]})   a grid of runs, each saved in a file
compare(runs[0], runs[1])                          could the difference be chance?
seed_lottery({"epochs": 1, "digits": 2000})        the same settings, several seeds
print(show_code({"epochs": 1}))                    plain Keras that makes exactly this run
"""

from mnist_lesson.instructor.compare import Comparison, Lottery, compare, seed_lottery
from mnist_lesson.instructor.plain_keras import show_code
from mnist_lesson.instructor.records import Record, Runs
from mnist_lesson.instructor.sweeps import pool, run_one, sweep

__all__ = [
    "Comparison",
    "Lottery",
    "Record",
    "Runs",
    "compare",
    "pool",
    "run_one",
    "seed_lottery",
    "show_code",
    "sweep",
]
