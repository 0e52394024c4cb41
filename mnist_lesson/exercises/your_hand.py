"""10 · Your hand: what is taught, what is forgotten, and which drawings may judge."""

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

next_ten = Guess(
    "your_hand.next_ten",
    question="""The last layer has learned from your ten drawings. Now it meets ten new ones. How
        many of the new ten will it read right?""",
    truth=None,  # the learner's own result: the page passes it to `reveal`
    within=1,
    out_of=10,
    why="""The layers before the last have seen tens of thousands of digits, so they already find
        strokes and loops in yours. Only the last step, from strokes to digits, had to get used to
        your handwriting, and that's why ten drawings can be enough.""",
)

forgetting = Guess(
    "your_hand.forgetting",
    question="""This time the last layer learns from your ten drawings alone, in large steps and with
        no MNIST digits mixed in. What happens to its score on other people's digits?""",
    options={"a": "it stays the same", "b": "it drops", "c": "it goes up"},
    truth="b",
    why="""Nothing in those ten drawings tells the weights to stay good at other people's digits,
        so the weights drift, or at least they did when we tried. It mostly takes both mistakes:
        large steps with MNIST, or the usual ones without it, did far less harm.""",
)


last_layer = Exercise(
    "your_hand.last_layer",
    title="How many numbers can change?",
    task="""Another network's last layer has 200 inputs and 10 outputs, with one weight for each
        pair of input and output and one bias for each output. If you teach only this layer, how
        many numbers can change?""",
    blank="last_layer = 0  # change the number",
    solution="last_layer = 200 * 10 + 10",
    hints=(
        "Start with the weights: how many pairs of an input and an output are there?",
        "That's 200 times 10 weights. Now add the biases, one for each output.",
    ),
    why="""200 · 10 = 2,000 weights and 10 biases make 2,010 numbers. All the other layers stay
        exactly as they were.""",
    slips={
        "2000": "Those are the weights. Each of the ten outputs has a bias, too.",
        "2001": "Each of the ten outputs has a bias of its own, so there are ten of them.",
        "2200": "You counted a bias for each input. Biases belong to the outputs.",
        "210": "You added inputs and outputs. There's a weight for each pair of them: multiply.",
        "201": "That's what one output needs: 200 weights and a bias. There are ten outputs.",
    },
)


# Two are forgotten and one is learned: the score falls by one, and three have changed.
_BEFORE = np.array([True, True, False, False, True])
_AFTER = np.array([True, False, True, False, False])


forgotten = FunctionExercise(
    "your_hand.forgotten",
    title="What was forgotten?",
    task="""Finish the function that counts what a network has forgotten. `before` and `after` hold
        `True` or `False` for each picture: was it read right before the network was taught, and
        after? For such arrays, `&` means "and", and `~` turns each `True` into `False` and back.""",
    blank='''
def forgotten(before, after):
    """Return how many pictures were read right before and wrong after."""
    lost = before & ...
    return lost.sum()  # True counts as 1
''',
    solution='''
def forgotten(before, after):
    """Return how many pictures were read right before and wrong after."""
    lost = before & ~after
    return lost.sum()  # True counts as 1
''',
    hints=(
        "`before & after` would mark what was right both times. You want: right, and then wrong.",
        "`~after` marks what was wrong afterwards. So the gap is `~after`.",
    ),
    why="""The score alone doesn't show it: if a network forgets ten digits and learns ten others,
        its score stays the same.""",
    dtype="whole",
    cases=[
        (np.array([True]), np.array([False])),  # forgotten
        (np.array([False]), np.array([True])),  # learned, which doesn't count
        (_BEFORE, _AFTER),
        (np.array([True, True, True, False]), np.array([False, False, False, True])),
    ],
    slips={
        "(before != after).sum()": """You counted every change, and some are for the better.
        Count only those that were right before.""",
        "(~before & after).sum()": """It's the other way round: you counted what was learned.
        Put the `~` on `after`.""",
        "int(before.sum()) - int(after.sum())": """That's how much the score fell. What was learned
        in the meantime hides some of what was forgotten. Compare picture by picture.""",
        "(~after).sum()": "You counted all that's wrong now. Some of it was wrong before, too.",
        "(before & ~after).mean()": "That's the share. I'd like the count: `.sum()`.",
    },
)


_DRAWN = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 0, 8, 7, 9, 3])


first_of_each = FunctionExercise(
    "your_hand.first_of_each",
    title="Ten to teach, the rest to judge",
    task="""You've drawn a pile of digits, and each digit comes up at least once. The first drawing
        of each digit is for teaching; the others will judge, so they must stay out of it. Finish
        the function that takes the `labels` of the pile and says where the first 0 is, where the
        first 1 is, and so on up to 9. Positions count from 0.""",
    blank='''
def first_of_each(labels):
    """Return the position of the first 0 in labels, of the first 1, and so on up to 9."""
    positions = []
    for digit in range(10):
        is_it = labels == ...  # True wherever this digit is
        positions.append(np.argmax(...))  # the first True
    return positions
''',
    solution='''
def first_of_each(labels):
    """Return the position of the first 0 in labels, of the first 1, and so on up to 9."""
    positions = []
    for digit in range(10):
        is_it = labels == digit  # True wherever this digit is
        positions.append(np.argmax(is_it))  # the first True
    return positions
''',
    hints=(
        "`labels == 3` is `True` wherever there's a 3. Which digit do you want in the loop?",
        """`np.argmax` gives the position of the largest value, or the first if there are several.
        `True` is larger than `False`.""",
        "The first gap is `digit`, and the second one is `is_it`.",
    ),
    why="""A network that is judged by the drawings it was taught with gets a score that's too good
        to be true. Ten for teaching and fresh ones for judging: that's an honest test.""",
    dtype="whole",
    # Each digit once; once but backwards, so sorted places are wrong; and a pile with repeats.
    cases=[(np.arange(10),), (np.arange(10)[::-1].copy(),), (_DRAWN,)],
    slips={
        "[np.flatnonzero(labels == d)[-1] for d in range(10)]": """You took the last drawing of
        each digit. It's the first one you want.""",
        "[np.argmax(labels == d) + 1 for d in range(10)]": """Your positions are one too large: they
        count from 0, so don't add 1.""",
        "np.sort(np.unique(labels, return_index=True)[1])": """The positions are right, but you sorted
        them. Leave them in digit order: where the first 0 is, where the first 1 is, and so on.""",
        "[(labels == d).sum() for d in range(10)]": """You counted how often each digit comes up.
        Where does it come up first?""",
        "np.unique(labels)": "Those are the digits. At which position does each come up first?",
    },
)
