"""05 · Model: how large layers are, how many numbers they learn, and what softmax does."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.answers import show
from mnist_lesson.exercise_engine.exercise import Exercise, Finding, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.model import build_model

MOST = 100_000
ORIGINAL = 1_199_882

most_numbers = Guess(
    "model.most_numbers",
    question="All layers together learn 1,199,882 numbers. In which layer are most of them?",
    options={
        "a": "the first convolution",
        "b": "the second convolution",
        "c": "the first dense layer",
        "d": "the output layer",
    },
    truth="c",
    why="The dense layer has 9,216 inputs and 128 outputs, and a weight for each pair. That makes over a million. "
    "A convolution uses the same few weights everywhere.",
)


def _judge_network(network: Any) -> Finding | None:
    """Look only at what every built Keras model tells about itself: shapes and sizes, no weights."""
    if callable(network) and not hasattr(network, "count_params"):
        return Finding(
            f"You gave {show(network)}. Call it, with brackets. Then it makes a network: `build_model(...)`."
        )
    if not hasattr(network, "count_params") or not hasattr(network, "layers"):
        return Finding(
            f"You gave {show(network)}. A network is asked for. `build_model(...)` makes one."
        )
    try:
        count, shape_in, shape_out = (
            network.count_params(),
            tuple(network.input_shape),
            tuple(network.output_shape),
        )
        if isinstance(count, bool) or not isinstance(count, int | np.integer):
            return Finding("This network's parameters cannot be counted. Use `build_model(...)`.")
    except Exception:
        return Finding(
            "This network has no sizes yet. It must know what comes in: begin with `keras.Input((28, 28, "
            "1))`. Or use `build_model(...)`."
        )
    example = (
        ("its parameters", f"{count:,}"),
        ("goes in", str(shape_in)),
        ("comes out", str(shape_out)),
    )
    if count == ORIGINAL and shape_in == (None, 28, 28, 1):
        return Finding(
            "This is still the lesson's own network. Change the numbers in the cell above, then run both cells.",
            attempted=False,
        )
    if shape_in[1:] != (28, 28, 1):
        return Finding(
            "A digit does not fit in. The network must take pictures of the shape `(28, 28, 1)`.",
            example,
        )
    if shape_out[1:] != (10,):
        return Finding(
            "Ten numbers must come out, one for each digit. So the last layer needs ten outputs.",
            example,
        )
    if count >= MOST:
        big = max(network.layers, key=lambda layer: int(layer.count_params()))
        return Finding(
            f"It is still too large: fewer than {MOST:,} parameters are asked for. "
            f"Most of them, {int(big.count_params()):,}, are in the layer `{big.name}`.",
            example,
        )
    last = getattr(network.layers[-1], "activation", None) or network.layers[-1]
    if "softmax" not in (getattr(last, "__name__", type(last).__name__)).lower():
        return Finding(
            "The ten numbers must be probabilities, which add up to 1. Give the last layer `activation='softmax'`.",
            example,
        )
    if not any("conv" in type(layer).__name__.lower() for layer in network.layers):
        return Finding(
            "There is no convolution in your network. So no window slides over the picture. Keep at least one.",
            example,
        )
    return None


small_network = Exercise(
    "model.small_network",
    title="A smaller network",
    task="""The lesson's network learns 1,199,882 numbers. Change `filters` and `dense_units`
        until yours has **fewer than 100,000**, with a convolution still in it. Digits go in as
        before, and ten probabilities come out.""",
    blank="""
small_network = build_model(filters=(32, 64), dense_units=128)
small_network.count_params()
""",
    solution="small_network = build_model(filters=(8, 16), dense_units=32)",
    hints=(
        """Most of the numbers are in the dense layer. It has a weight for each pair of input and
        output.""",
        """Each filter of the second convolution makes a map of 12 · 12 numbers, and all of them
        go into the dense layer. So half as many filters make it half as large. Half as many
        `dense_units` do, too.""",
        "Try `filters=(8, 16), dense_units=32`.",
    ),
    why="""12 · 12 · 16 = 2,304 numbers go into the 32 outputs of the dense layer. With the
        biases, that makes 73,760. All layers together have 75,338. Is it still good at reading?
        Train it on page 06 and see.""",
    helpers=(build_model,),
    judge=_judge_network,
)


second_conv = Exercise(
    "model.second_conv",
    title="Count a larger window",
    task="""A second convolution has 64 filters. Each looks through a window of **5 × 5** at all
        32 maps that come in, and each has one **bias**. How many numbers does this layer learn?""",
    blank="second_conv = ...",
    solution="second_conv = (5 * 5 * 32 + 1) * 64",
    hints=(
        """Start with one filter. How many weights does it need for one of the 32 maps? And for
        all of them?""",
        "One filter has 5 · 5 · 32 weights and 1 bias. There are 64 such filters.",
        "Let Python work it out: `(5 * 5 * 32 + 1) * 64`.",
    ),
    why="Each filter has 5 · 5 · 32 = 800 weights and 1 bias. 64 filters make 64 · 801 = 51,264.",
    slips={
        "51_200": "You forgot the bias: one more number for each of the 64 filters.",
        "51_201": "You counted one bias for the whole layer. Each of the 64 filters has its own.",
        "51_232": "You counted 32 biases. There is one for each filter, and there are 64 filters.",
        "53_248": "You counted a bias for each map that comes in. A filter has only one bias.",
        "1_664": """You counted one map. Each window looks at all 32 maps, and has weights of its
        own for each of them.""",
        "1_600": "You counted one map, and no bias. Each window looks at all 32 maps.",
        "832": "That is a first convolution: one picture comes in, and there are 32 filters.",
        "801": "That is one filter, and it is right. There are 64 of them.",
        "800": "That is one filter without its bias. Add the bias, and think of all 64 filters.",
        "18_496": "That is for windows of 3 × 3, as on this page. Here they are 5 × 5.",
        "10_304": "A window of 5 × 5 has 25 weights for each map. You counted 5.",
        "20_544": "A window of 5 × 5 has 5 · 5 = 25 weights for each map. You counted 5 + 5 = 10.",
    },
)


output_size = FunctionExercise(
    "model.output_size",
    title="How large is what comes out?",
    task="""A window of `kernel` × `kernel` pixels slides over a picture of `size` × `size`
        pixels. It moves by one pixel at a time and never leaves the picture. Write a function
        that returns how many pixels wide the new picture is. (28 and 3 give 26.)""",
    blank='''
def output_size(size, kernel):
    """Return the width of what a convolution makes of a picture."""
    ...
''',
    solution='''
def output_size(size, kernel):
    """Return the width of what a convolution makes of a picture."""
    return size - kernel + 1
''',
    hints=(
        "Draw a row of 5 boxes and slide a window of 3 along it. At how many places can it stop?",
        """The window's left edge starts at 0. At the last place, its right edge touches the end
        of the row. Then its left edge stands at `size - kernel`.""",
        """The places are 0, 1 and so on, up to `size - kernel`. Count them, and do not forget
        place 0.""",
    ),
    why="""The left edge can stand at 0, 1 and so on, up to size − kernel. That makes size −
        kernel + 1 places, since 0 counts as well.""",
    slips={
        "size - kernel": """You are off by one. The left edge can stand at place 0, too. So there
        is one place more.""",
        "size - 2": "That is right for a window of 3 only. Use `kernel`.",
        "size": """The picture would keep its size only if the window could look past the edge.
        Here it never leaves the picture.""",
        "size // kernel": """You placed the windows side by side. This one moves by one pixel, so
        its places overlap.""",
        "size / kernel": """You placed the windows side by side. This one moves by one pixel, so
        its places overlap.""",
        "size + kernel - 1": """Your picture grows. But the window stays inside, so the new
        picture is smaller. Subtract `kernel`.""",
        "(size - kernel + 1) ** 2": """That is the number of pixels in the whole new picture.
        Only its width is asked for.""",
        "size - kernel + 2": """Your number is one too large. Count the places: 0, 1 and so on,
        up to `size - kernel`.""",
        "size - kernel // 2 * 2": """That is right only where `kernel` is odd. Try it with 4. Use
        `size - kernel`, and think of place 0.""",
    },
    cases=[(1, 1), (3, 3), (5, 3), (28, 3), (28, 5), (12, 1), (26, 4)],
    dtype="whole",
)


def _naive(scores: Any) -> Any:
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def _calm(scores: Any) -> Any:
    return np.exp(scores - scores.max())


softmax = FunctionExercise(
    "model.softmax",
    title="Softmax",
    task="""Write a function that turns a table of scores, with one row for each picture, into
        probabilities: `np.exp` of each score, divided by the sum of its row. It must work for a
        score of 1000, too, although `np.exp(1000)` is more than Python's numbers can hold.""",
    blank='''
def softmax(scores):
    """Return the probabilities that belong to each row of scores."""
    ...
''',
    solution='''
def softmax(scores):
    """Return the probabilities that belong to each row of scores."""
    sizes = np.exp(scores - scores.max(axis=1, keepdims=True))
    return sizes / sizes.sum(axis=1, keepdims=True)
''',
    hints=(
        "`np.exp(scores)` works on all at once. Each row must add up to 1 in the end.",
        """Divide by the sum of each row. `.sum(axis=1, keepdims=True)` gives the sums as a
        column. So each row is divided by its own sum.""",
        """And the large scores? First subtract the largest score of each row. That is
        `scores.max(axis=1, keepdims=True)`. The result stays the same.""",
    ),
    why="""If you subtract the same number from all scores of a row, the result stays the same.
        And then no score is above 0, so `np.exp` is never too large.""",
    slips={
        "_calm(scores) / _calm(scores).sum(axis=0)": """Your columns add up to 1. But each row is
        one picture, so the rows must. Use `axis=1, keepdims=True`.""",
        "_calm(scores) / _calm(scores).sum()": """All your numbers together add up to 1. Each row
        must add up to 1 by itself: `axis=1, keepdims=True`.""",
        "np.exp(scores) / np.exp(scores).sum()": """All your numbers together add up to 1. Each
        row must add up to 1 by itself: `axis=1, keepdims=True`.""",
        "_naive(scores)": """Yours is right for small scores. But `np.exp(1000)` is too large,
        and `nan` comes out: “not a number”. First subtract the largest score of each row.""",
        "scores / scores.sum(axis=1, keepdims=True)": """You left out `np.exp`. Without it, a
        score below 0 would make a probability below 0.""",
        "np.exp(scores)": "`np.exp` is right. Now divide each by the sum of its row.",
        "np.exp(scores - scores.max(axis=1, keepdims=True))": """You subtracted the largest,
        which is right. Now divide each by the sum of its row.""",
        "(scores == scores.max(axis=1, keepdims=True)).astype(float)": """You gave all to the
        largest score. The others must get their share: use `np.exp`, and divide by the sum.""",
    },
    helpers=(
        _calm,
        _naive,
    ),
    cases=[
        (np.array([[0.0, 0.0]]),),
        (np.array([[1.0, 2.0]]),),
        (np.array([[0.0, 1.0], [1.0, 0.0]]),),
        (np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]]),),
        (np.array([[1000.0, 1000.0], [0.0, 1.0]]),),
    ],
)
