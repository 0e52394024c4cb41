"""05 · Model: how large layers are, how many numbers they learn, and what softmax does."""

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.answers import show
from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.findings import Finding
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.model import build_model

MOST = 100_000  # parameters that the smaller network must stay below
ORIGINAL = 1_199_882  # parameters of the lesson's network

most_numbers = Guess(
    "model.most_numbers",
    question="All the layers together have 1,199,882 parameters. Which layer has the most?",
    options={
        "a": "the first convolution",
        "b": "the second convolution",
        "c": "the first dense layer",
        "d": "the output layer",
    },
    truth="c",
    why="""The dense layer has a weight for every pair of its 9,216 inputs and 128 outputs, which
        comes to more than a million. A convolution gets by with far fewer, using the same
        ones everywhere.""",
)

larger_windows = Guess(
    "model.larger_windows",
    question="""Every window grows from 3 × 3 to 5 × 5, and nothing else changes. Will the
        network have more parameters, or fewer?""",
    options={"a": "more", "b": "just as many", "c": "fewer"},
    truth="c",
    why="""A larger window leaves smaller maps, so fewer numbers reach the dense layer, where nearly
        all of the weights are.""",
)


def _judge_network(network: Any) -> Finding | None:
    """Check a network by what any Keras model says about itself: shapes and sizes, no weights."""
    # It may be anything: a number, the function `build_model` itself, a model without an Input.
    if callable(network) and not hasattr(network, "count_params"):
        return Finding(
            f"You gave {show(network)}. Call it, with brackets, and you get a network: "
            "`build_model(...)`."
        )
    if not hasattr(network, "count_params") or not hasattr(network, "layers"):
        return Finding(
            f"You gave {show(network)}, and I need a network. `build_model(...)` makes one."
        )
    try:  # a model that hasn't been built has no shapes, and says so with an error
        count = network.count_params()
        shape_in = tuple(network.input_shape)
        shape_out = tuple(network.output_shape)
        big = max(network.layers, key=lambda layer: int(layer.count_params()))
        if isinstance(count, bool) or not isinstance(count, int | np.integer):
            return Finding("""I can't count this network's parameters. Make it with
        `build_model(...)`.""")
    except Exception:
        return Finding(
            """This network has no sizes yet, because it doesn't know what's coming in. Begin it
        with `keras.Input((28, 28, 1))`, or use `build_model(...)`."""
        )
    example = (
        ("its parameters", f"{count:,}"),
        ("goes in", str(shape_in)),
        ("comes out", str(shape_out)),
    )
    # The cell has been run, but nothing in it was changed: that isn't a try.
    if count == ORIGINAL and shape_in == (None, 28, 28, 1):
        return Finding(
            """This is still the lesson's own network. Change the numbers in the cell above, and
        run both cells.""",
            attempted=False,
        )
    # Softmax may be the last layer's activation, or a layer by itself.
    last = getattr(network.layers[-1], "activation", None) or network.layers[-1]
    soft = "softmax" in getattr(last, "__name__", type(last).__name__).lower()
    slides = any("conv" in type(layer).__name__.lower() for layer in network.layers)
    faults = {
        """A digit does not fit in. Your network has to take pictures of the shape `(28, 28,
        1)`.""": shape_in[1:] != (28, 28, 1),
        """Ten numbers must come out, one for each digit, so give the last layer ten
        outputs.""": shape_out[1:] != (10,),
        f"""Still too large: you want fewer than {MOST:,} parameters. Most of yours,
        {int(big.count_params()):,}, are in the layer `{big.name}`.""": count >= MOST,
        """The ten numbers must be probabilities, which add up to 1. Give the last layer
        `activation='softmax'`.""": not soft,
        """There is no convolution in your network, so nothing slides over the picture any
        more. Keep at least one.""": not slides,
    }
    first = next((sentence for sentence, fault in faults.items() if fault), None)
    return Finding(first, example) if first else None


def _praise_network(network: Any) -> str:
    count = int(network.count_params())
    return f"Yours has {count:,}, which makes it {ORIGINAL // max(count, 1):,} times smaller!"


small_network = Exercise(
    "model.small_network",
    title="A smaller network",
    task="""Put the network on a diet: change `filters` and `dense_units` until it has **fewer than
        100,000** parameters.""",
    blank="""
small_network = build_model(filters=(32, 64), dense_units=128)
print(f"{small_network.count_params():,} parameters")
""",
    solution="small_network = build_model(filters=(8, 16), dense_units=32)",
    hints=(
        "Go where the numbers are. The dense layer has a weight for each pair of input and output.",
        """Every filter of the second convolution makes a map of 12 · 12 numbers, and all of those
        go into the dense layer. So half as many filters halve its weights, and half as many
        `dense_units` halve them again.""",
        "Try `filters=(8, 16), dense_units=32`.",
    ),
    why="""Nearly all the parameters are in the dense layer, so that's where a diet pays. Can
        something that small still read? Train it on page 06 and see.""",
    helpers=(build_model,),
    judge=_judge_network,
    praise=_praise_network,
)


second_conv = Exercise(
    "model.second_conv",
    title="Count a larger window",
    task="""The second convolution has 64 filters. Each has a window of 3 × 3 weights for each of
        the 32 maps, and a bias, and the cell below counts them all. How many parameters would the
        layer have with windows of **5 × 5**?""",
    blank="second_conv = 3 * 3 * 32 * 64 + 64  # make the windows larger",
    solution="second_conv = (5 * 5 * 32 + 1) * 64",
    hints=(
        """Start with a single filter. How many weights does it need for one of the 32 maps, and
        how many for all of them?""",
        "One filter has 5 · 5 · 32 weights and 1 bias, and there are 64 filters like that.",
        "Let Python do the sum: `(5 * 5 * 32 + 1) * 64`.",
    ),
    why="""Each filter has 5 · 5 · 32 = 800 weights and 1 bias, and 64 of them make 64 · 801 =
        51,264.""",
    # Each wrong number is a plausible sum; the comment shows it where the sentence doesn't.
    slips={
        "51_200": "You forgot the bias, which is one more number for each of the 64 filters.",
        "51_201": "You counted one bias for the whole layer. Each of the 64 filters has its own.",
        "51_232": "You counted 32 biases. There's one for each filter, and there are 64 filters.",
        # (5 · 5 · 32 + 32) · 64
        "53_248": "You counted a bias for each map that comes in. A filter only has one.",
        # (5 · 5 + 1) · 64, and below it without the bias
        "1_664": """You counted one map. Each window looks at all 32, and has weights of its own
        for each of them.""",
        "1_600": """You counted one map, and no bias. Each window looks at all 32 maps, and each
        filter has a bias.""",
        # (5 · 5 + 1) · 32
        "832": """That's what a first convolution would learn: one picture coming in, and 32
        filters.""",
        "801": "That's right for one filter. But there are 64 of them.",
        "800": "That's one filter without its bias. Add the bias, and then think of all 64.",
        # (5 · 32 + 1) · 64, and (10 · 32 + 1) · 64
        "10_304": "A window of 5 × 5 has 25 weights for each map. You counted 5.",
        "20_544": "A window of 5 × 5 has 5 · 5 = 25 weights for each map. You counted 5 + 5 = 10.",
    },
)


output_size = FunctionExercise(
    "model.output_size",
    title="How big is the new picture?",
    task="""A window of `kernel` × `kernel` pixels slides over a picture of `size` × `size` pixels.
        It moves one pixel at a time and never sticks out over the edge. How many pixels wide is
        the new picture? (28 and 3 give 26.) Fill in the gap.""",
    blank='''
def output_size(size, kernel):
    """Return the width of the picture that comes out of a convolution."""
    first_stop = 0  # where the window's left edge begins
    last_stop = size - kernel  # and where it ends
    return ...
''',
    solution='''
def output_size(size, kernel):
    """Return the width of the picture that comes out of a convolution."""
    first_stop = 0  # where the window's left edge begins
    last_stop = size - kernel  # and where it ends
    return last_stop - first_stop + 1
''',
    hints=(
        """Draw a row of 5 boxes on paper and slide a window of 3 along it. At how many places can
        it stop?""",
        """The window's left edge starts at 0. At the last stop its right edge touches the end of
        the row, so its left edge is at `size - kernel`.""",
        """So the stops are 0, 1 and so on, up to `last_stop`. Count them, and don't forget stop
        0: `last_stop + 1`.""",
    ),
    why="""The left edge can be at 0, 1 and so on, up to size − kernel. With place 0 that makes
        size − kernel + 1.""",
    slips={
        "size - kernel": """You're off by one, which happens to every programmer there is. The left
        edge can be at place 0 as well, so there's one place more.""",
        "size - 2": "That's right for a window of 3, but for no other. Use `kernel`.",
        "size": """The picture would only keep its size if the window could stick out over the
        edge. This one never does.""",
        "size // kernel": """You've laid the windows side by side like tiles. This one moves by a
        single pixel, so its places overlap.""",
        "size / kernel": """You've laid the windows side by side like tiles. This one moves by a
        single pixel, so its places overlap.""",
        "size + kernel - 1": """Your picture has grown! The window stays inside, so the new picture
        is smaller. Subtract `kernel`.""",
        "(size - kernel + 1) ** 2": """That's how many pixels the whole new picture has. I only
        want its width.""",
        "size - kernel + 2": """Yours is one too large. Count the places: 0, 1 and so on, up to
        `size - kernel`.""",
        "size - kernel // 2 * 2": """That's right as long as `kernel` is odd. Try it with 4. Use
        `size - kernel`, and think of place 0.""",
    },
    # A window as large as the picture has one place; one of a single pixel has `size`. The last
    # one is even, which a formula with `kernel // 2` gets wrong.
    cases=[(1, 1), (3, 3), (5, 3), (28, 3), (28, 5), (12, 1), (26, 4)],
    dtype="whole",
)


# Softmax as in the books: right until a score is so large that `np.exp` gives infinity.
def _naive(scores: Any) -> Any:
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


# Keeps large scores from overflowing, so a slip that uses it shows only its own mistake.
def _calm(scores: Any) -> Any:
    return np.exp(scores - scores.max())


softmax = FunctionExercise(
    "model.softmax",
    title="Softmax",
    task="""Cut the cake: turn a table of scores, with one row for each picture, into
        probabilities. Take `np.exp` of each score, and divide by the sum of its row. (The first
        line keeps `np.exp` from growing too large for the computer, and shows how to work along
        the rows.)""",
    blank='''
def softmax(scores):
    """Return the probabilities that belong to each row of scores."""
    lowered = scores - scores.max(axis=1, keepdims=True)
    sizes = ...
    return sizes / ...
''',
    solution='''
def softmax(scores):
    """Return the probabilities that belong to each row of scores."""
    lowered = scores - scores.max(axis=1, keepdims=True)
    sizes = np.exp(lowered)
    return sizes / sizes.sum(axis=1, keepdims=True)
''',
    hints=(
        "The first gap is `np.exp(lowered)`, which does the whole table at once.",
        """Then divide each row by its own sum, so that it adds up to 1. With `keepdims=True` the
        sums stay a column, and line up with the rows.""",
        "The second gap is `sizes.sum(axis=1, keepdims=True)`.",
    ),
    why="""Subtract the same number from all the scores of a row, and the probabilities stay the
        same. After that no score is above 0, so `np.exp` can't blow up.""",
    slips={
        "_calm(scores) / _calm(scores).sum(axis=0)": """Your columns add up to 1. But a picture is
        a row here, so it's the rows that should: `axis=1, keepdims=True`.""",
        # The same mistake by those who've thought of large scores, and those who haven't.
        "_calm(scores) / _calm(scores).sum()": """All your numbers together add up to 1. Each row
        has to do that by itself: `axis=1, keepdims=True`.""",
        "np.exp(scores) / np.exp(scores).sum()": """All your numbers together add up to 1. Each row
        has to do that by itself: `axis=1, keepdims=True`.""",
        "_naive(scores)": """Yours is right for small scores. But `np.exp(1000)` is too large, and
        you get `nan`, “not a number”. Subtract the largest score of each row first.""",
        "scores / scores.sum(axis=1, keepdims=True)": """You left out `np.exp`. Without it, a score
        below 0 would turn into a probability below 0.""",
        "np.exp(scores)": "`np.exp` is right. Now divide each row by its sum.",
        "np.exp(scores - scores.max(axis=1, keepdims=True))": """Subtracting the largest was a good
        move. Now divide each row by its sum.""",
        "(scores == scores.max(axis=1, keepdims=True)).astype(float)": """The winner takes it all
        in yours. The other scores should get their share: use `np.exp`, and divide by the sum.""",
    },
    helpers=(_calm, _naive),
    cases=[
        (np.array([[0.0, 0.0]]),),
        (np.array([[1.0, 2.0]]),),
        (np.array([[0.0, 1.0], [1.0, 0.0]]),),
        # Columns don't add up like rows here, so a sum along the wrong axis shows.
        (np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]]),),
        (np.array([[1000.0, 1000.0], [0.0, 1.0]]),),  # the first row would overflow
    ],
)
