"""The code behind a run: a cell of plain Keras that makes exactly the same one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mnist_lesson.instructor.records import complete, split_options
from mnist_lesson.shared.workspace import rehearsal
from mnist_lesson.training.batches import count_epochs
from mnist_lesson.training.settings import Settings

CODE = """\
import random

import keras
import numpy as np

from mnist_lesson import load_data
from mnist_lesson.load import split
{vary}
# The digits, as numbers from 0 to 1. `split` holds out the same ones each time.
(images, labels), (test_images, test_labels) = load_data()
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
for place in (3, 6):
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
    print(f"epoch {{epoch + 1}}: loss {{past['loss'][0]:.4f}}, {{right:.2%}} of the held-out digits are right")
"""

ONE_CYCLE = """\
steps = -(-len(places) // {s.batch_size}) * {epochs}
warm_up = max(1, steps // 4)
rate = keras.optimizers.schedules.CosineDecay(
    {s.learning_rate} / 25, max(1, steps - warm_up), warmup_target={s.learning_rate}, warmup_steps=warm_up
)"""

SMOOTHED = """.astype("float32") * (1 - {s.label_smoothing}) + {s.label_smoothing} / 10"""

VARIED = """\
shown = np.concatenate([
        {one} for start in range(0, len(order), {s.batch_size})
    ])"""


def show_code(options: Mapping[str, Any] | Settings | None = None) -> str:
    """Return the cell of plain Keras that makes exactly the run of these options on MNIST, ready to copy.

    Parameters
    ----------
    options
        What is not as in the original, as for `run_one()`; or the `options` of a run.

    Raises
    ------
    TypeError, ValueError
        A name or a value is wrong.

    Notes
    -----
    Only the digits, `split()`, `shift()` and `vary()` come from the lesson; all that learns is Keras's own. The figures
    are those of the run on the same machine with the same number of threads; elsewhere the last digits may differ.
    """
    full = complete(options)
    settings, network = split_options(full)
    epochs = count_epochs(settings)
    words: dict[str, Any] = {"s": settings, "n": network, "epochs": epochs}
    rate = (
        ONE_CYCLE.format(**words)
        if settings.schedule == "one_cycle"
        else f"rate = {settings.learning_rate}"
    )
    words |= {"first": network["filters"][0], "second": network["filters"][1], "rate": rate}
    words |= {
        "optimizer": "Adam" if settings.optimizer == "adam" else "SGD",
        "data": _data(settings),
    }
    words |= {
        "smooth": "",
        "vary": "",
        "shown": "shown = x[order]",
        "decided": "the order",
    }
    if settings.label_smoothing:
        words["smooth"] = SMOOTHED.format(**words)
    changes = ["shift"] * bool(settings.shift) + ["vary"] * settings.augment
    if changes:
        one = f"x[order[start : start + {settings.batch_size}]]"
        one = f"shift({one}, {settings.shift}, chance)" if settings.shift else one
        one = f"vary({one}, chance)" if settings.augment else one
        words |= {
            "vary": f"from mnist_lesson.training.augment import {', '.join(changes)}\n",
            "shown": VARIED.format(one=one, **words),
        }
        words["decided"] = "the order, and how each digit is varied"
    return CODE.format(**words)


def _data(settings: Settings) -> str:
    lines = [
        f"places, held_out = split(y, {settings.validation_split})",
        "x_val, y_val = x[held_out], y[held_out]",
    ]
    if settings.validate_on == "test":
        lines = [
            "places = np.arange(len(y))",
            "x_val, y_val = test_images[..., np.newaxis] / np.float32(255), test_labels",
        ]
    if settings.digits is not None or rehearsal():
        lines += [
            "from mnist_lesson.training.batches import choose_few",
            f"places = choose_few(places, {settings.digits})  # always the same ones",
        ]
    if rehearsal():
        lines += ["x_val, y_val = x_val[::10], y_val[::10]  # a rehearsal: a tenth of all"]
    return "\n".join(lines)
