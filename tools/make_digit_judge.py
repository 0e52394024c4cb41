"""Make the judge of whether a drawing may be a digit at all: digit_judge.npz among the assets.

    python tools/make_digit_judge.py

It sees what an early layer of the practised network sees, so make that one first. It learns from
MNIST's training digits and from digits drawn by rule (`pen_styles.py`), and tells them from what
isn't a digit (`not_digits.py`): some minutes on two cores. Whatever is read as a digit in spite of
that, such as a ring or a bare line, is left out: people do write digits like that.

Its last number is set so that all but 7 in 1,000 held-out training digits are above 0.
"""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import numpy as np
from make_practised import ASSETS
from not_digits import letters, pairs, shapes, words
from numpy.typing import NDArray
from pen_styles import draw_styles
from PIL import Image

from mnist_lesson import load_data, to_input
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.hand import draw_again
from mnist_lesson.handwriting.likeness import first_layers
from mnist_lesson.load import split
from mnist_lesson.network.arithmetic import Floats

HIDDEN = 32
DOUBTED = 0.7  # in 100 held-out digits
STYLES = 6000
CENTRED = 3000  # training digits as they come back from page 08's way through `center_drawing()`
DRAWN_AGAIN = 18_000  # training digits, changed as a hand changes them
LIKE_A_DIGIT = (
    0.0  # what isn't a digit, and is above that for a judge that has not seen it, is left out
)


def digits(chance: np.random.Generator) -> Floats:
    """Collect the digits: MNIST's, those drawn by rule, and both changed: (n, 28, 28, 1)."""
    images, labels = load_data()[0]
    ours = images[split(labels)[0]]
    styles = draw_styles(STYLES, 0)[0]
    centred = np.array([_through_page_08(image) for image in ours[::18][:CENTRED]])
    changed = to_input(np.concatenate([ours[1::3][:DRAWN_AGAIN], styles, styles]))
    again = [draw_again(part, chance) for part in np.array_split(changed, 30)]
    return np.concatenate([to_input(np.concatenate([ours, centred, styles])), *again])


def _through_page_08(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    large = Image.fromarray(image).resize((168, 168), Image.Resampling.BICUBIC)
    return center_drawing(np.asarray(large))


def others(chance: np.random.Generator) -> Floats:
    """Collect what isn't a digit: (n, 28, 28, 1)."""
    images, labels = load_data()[0]
    ours = images[split(labels)[0]]
    made = [shapes(20_000, chance), letters(12_000, chance), words(3000, chance)]
    return to_input(np.concatenate([*made, pairs(ours, 6000, chance)]))


def learn(x: Floats, y: Floats, epochs: int) -> list[Floats]:
    """Train two dense layers to tell digits, y = 1, from others, y = 0; return their weights."""
    import keras

    keras.utils.set_random_seed(0)
    mean = x[::7].mean(axis=0)
    spread = x[::7].std(axis=0) + 0.05  # a feature that hardly ever wakes must not count for much
    model = keras.Sequential(
        [
            keras.Input((x.shape[1],)),
            keras.layers.Rescaling(1 / spread, -mean / spread),
            keras.layers.Dense(HIDDEN, "relu", kernel_regularizer=keras.regularizers.L2(5e-5)),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(1),
        ]
    )
    rate = keras.optimizers.schedules.PolynomialDecay(0.002, epochs * len(x) // 256, 0)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(x, y, batch_size=256, epochs=epochs, verbose=2)
    kernel, bias, last, last_bias = model.get_weights()
    # What the features were scaled by goes into the weights: then nobody need scale them again.
    kernel = kernel / spread[:, np.newaxis]
    return [kernel, bias - mean @ kernel, last, last_bias]


def judge(weights: list[Floats], x: Floats) -> Floats:
    """Give the logarithm of the odds for a digit: features (n, f) to float32 (n,)."""
    kernel, bias, last, last_bias = weights
    return np.asarray((np.maximum(x @ kernel + bias, 0) @ last + last_bias)[:, 0])


def without_lookalikes(x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Say what may be learned from: each half is judged by one that has learned from the other."""
    kept = np.ones(len(x), bool)
    half = np.random.default_rng(0).random(len(x)) < 0.5
    for here in (half, ~half):
        weights = learn(x[~here], y[~here], 3)
        kept[here] = (y[here] == 1) | (judge(weights, x[here]) < LIKE_A_DIGIT)
    print(f"left out {np.mean(~kept[y == 0]):.1%} of what isn't a digit, for it looks like one")
    return kept


def main() -> None:
    """Collect, learn, set the level, and write the file and its digest."""
    chance = np.random.default_rng(0)
    see = first_layers()
    first, second = (see.predict(pictures) for pictures in (digits(chance), others(chance)))
    x = np.concatenate([first, second]).reshape(len(first) + len(second), -1)
    y = np.repeat(np.array([1, 0], np.float32), [len(first), len(second)])
    kept = without_lookalikes(x, y)
    weights = learn(x[kept], y[kept], 6)
    # As the file has them, so that the level is set for what is used.
    weights = [part.astype(np.float16) for part in weights]
    images, labels = load_data()[0]
    held_out = see.predict(to_input(images[split(labels)[1]]))
    scores = judge([w.astype(np.float32) for w in weights], held_out.reshape(len(held_out), -1))
    weights[-1] = (weights[-1] - np.percentile(scores, DOUBTED)).astype(np.float32)
    names = ("hidden_kernel", "hidden_bias", "likeness_kernel", "likeness_bias")
    packed = io.BytesIO()
    arrays: dict[str, Any] = dict(zip(names, weights, strict=True))
    np.savez_compressed(packed, **arrays)
    (ASSETS / "digit_judge.npz").write_bytes(packed.getvalue())
    file = ASSETS / "ready.json"
    ready = json.loads(file.read_text(encoding="utf-8"))
    ready["sha256"]["digit_judge.npz"] = hashlib.sha256(packed.getvalue()).hexdigest()
    file.write_text(json.dumps(ready, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
