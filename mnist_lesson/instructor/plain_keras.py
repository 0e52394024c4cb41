"""The code behind a run: a cell of plain Keras that makes exactly the same one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from mnist_lesson.instructor.records import complete, split_options
from mnist_lesson.load import SPLIT_SEED
from mnist_lesson.shared.workspace import rehearsal
from mnist_lesson.training import augment
from mnist_lesson.training.batches import count_epochs
from mnist_lesson.training.settings import Settings

MNIST_DIGITS = 60_000  # in the training set

# The comments inside these templates are for people who copy the finished cell.
CODE = """\
import random

import keras
import numpy as np
{vary}
# The digits, as numbers from 0 to 1. Keras fetches them once from the internet.
(images, labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
x, y = (images[..., np.newaxis] / np.float32(255)), labels.astype(int)
{data}

# The network. The seed decides its first weights.
random.seed({s.seed})
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D({first}, {n[kernel_size]}, activation={n[activation]!r}),
    keras.layers.Conv2D({second}, {n[kernel_size]}, activation={n[activation]!r}),
    keras.layers.MaxPooling2D(2),
    keras.layers.Dropout({n[dropout_conv]}),
    keras.layers.Flatten(),
    keras.layers.Dense({n[dense_units]}, activation={n[activation]!r}),
    keras.layers.Dropout({n[dropout_dense]}),
    keras.layers.Dense(10, activation="softmax"),
])
{rate}
model.compile(optimizer=keras.optimizers.{optimizer}(rate), loss={s.loss!r}, metrics=["accuracy"])

# What dropout hides follows from the seed, too.
for place in {dropouts}:
    drawn = np.random.SeedSequence([{s.seed}, place]).generate_state(1)[0] >> 1
    model.layers[place].seed_generator.state.assign(keras.random.SeedGenerator(int(drawn)).state)

# The training. Seed and epoch decide {decided}.
for epoch in range({epochs}):
    chance = np.random.default_rng([{s.seed}, epoch])
    order = chance.permutation(places)
    targets = keras.utils.to_categorical(y[order], 10){smooth}
    {shown}
    past = model.fit(shown, targets, batch_size={s.batch_size}, shuffle=False, verbose=0).history
    right = (model.predict(x_val, verbose=0).argmax(axis=1) == y_val).mean()
    print(f"epoch {{epoch + 1}}: loss {{past['loss'][0]:.4f}},", end=" ")
    print(f"{{right:.2%}} of the held-out digits are right")
"""

VARIED_BY = "import math\n\nfrom numpy.typing import NDArray"

ONE_CYCLE = """\
steps = -(-len(places) // {s.batch_size}) * {epochs}
warm_up = max(1, steps // 4)
rate = keras.optimizers.schedules.CosineDecay(
    {s.learning_rate} / 25,
    max(1, steps - warm_up),
    warmup_target={s.learning_rate},
    warmup_steps=warm_up,
)"""

HELD_OUT = """
# Some of each digit are held out to judge on, always the same ones. Rounding down leaves a few
# out: they are taken where it has cut off most.
due = np.bincount(y) * {share}
take = np.floor(due).astype(int)
missing = round(len(y) * {share}) - take.sum()
take[np.argsort(take - due, kind="stable")[:missing]] += 1
chance = np.random.default_rng({seed})
held_out = np.zeros(len(y), dtype=bool)
for digit in range(10):
    of_this_digit = chance.permutation(np.flatnonzero(y == digit))
    held_out[of_this_digit[: take[digit]]] = True
places = np.flatnonzero(~held_out)
x_val, y_val = x[held_out], y[held_out]"""

FEW = """
# It learns from a few of the others only, always the same ones.
places = np.sort(np.random.default_rng({seed}).permutation(places)[:{count}])"""

SMOOTHED = """.astype("float32") * (1 - {s.label_smoothing}) + {s.label_smoothing} / 10"""

VARIED = """\
shown = np.concatenate([
        {one} for start in range(0, len(order), {s.batch_size})
    ])"""


def show_code(options: Mapping[str, Any] | Settings | None = None) -> str:
    """Return a cell of plain Keras that makes exactly the run of these options on MNIST.

    Parameters
    ----------
    options
        What differs from the original, as for `run_one()`; or the `options` of a run.

    Raises
    ------
    TypeError, ValueError
        A name or a value is wrong.

    Notes
    -----
    The cell needs Keras and NumPy (and SciPy if digits are varied), but not the lesson. On the
    same machine with the same number of threads the results are identical; elsewhere, the last
    digits may differ.
    """
    full = complete(options)
    settings, network = split_options(full)
    # A Keras dropout with a rate of 0 draws no random numbers.
    shares = {3: network["dropout_conv"], 6: network["dropout_dense"]}
    # What goes into the braces of the templates above.
    words: dict[str, Any] = {
        "s": settings,
        "n": network,
        "epochs": count_epochs(settings),
        "first": network["filters"][0],
        "second": network["filters"][1],
        "optimizer": "Adam" if settings.optimizer == "adam" else "SGD",
        "rate": f"rate = {settings.learning_rate}",
        "data": _data(settings),
        "dropouts": [place for place, share in shares.items() if share > 0],
        "smooth": "",
        "vary": "",
        "shown": "shown = x[order]",
        "decided": "the order",
    }
    if settings.schedule == "one_cycle":
        words["rate"] = ONE_CYCLE.format(**words)
    if settings.label_smoothing:
        words["smooth"] = SMOOTHED.format(**words)
    if settings.shift or settings.augment:
        one = f"x[order[start : start + {settings.batch_size}]]"
        one = f"shift({one}, {settings.shift}, chance)" if settings.shift else one
        one = f"vary({one}, chance)" if settings.augment else one
        words |= {
            "vary": _source_of_changes(settings),
            "shown": VARIED.format(one=one, **words),
        }
        words["decided"] = "the order, and how each digit is varied"
    return CODE.format(**words)


def _source_of_changes(settings: Settings) -> str:
    """Return the lesson's code that varies digits, to paste into the cell."""
    if not settings.augment:
        return VARIED_BY + "\n\n" + inspect.getsource(augment.shift)
    # Straight from the lesson's own file, so the two can't drift apart.
    whole = inspect.getsource(augment)
    return f"{VARIED_BY}\nfrom scipy import ndimage\n\n{whole[whole.index('TURN =') :]}"


def _data(settings: Settings) -> str:
    """Return the lines that choose which digits to learn from and which to judge on."""
    # As `split()` and `choose_digits()` do it; a test compares both to the last digit.
    share = settings.validation_split
    if settings.validate_on == "test":
        count = MNIST_DIGITS
        lines = [
            "places = np.arange(len(y))",
            "x_val, y_val = test_images[..., np.newaxis] / np.float32(255), test_labels",
        ]
    else:
        count = MNIST_DIGITS - round(MNIST_DIGITS * share)
        lines = [HELD_OUT.format(share=share, seed=SPLIT_SEED)]
    few = min(count, settings.digits or count)  # None: all
    if rehearsal():
        few = min(few, count // 10)
        lines += ["x_val, y_val = x_val[::10], y_val[::10]  # a rehearsal: a tenth of all"]
    if few < count:
        lines += [FEW.format(count=few, seed=SPLIT_SEED)]
    return "\n".join(lines)
