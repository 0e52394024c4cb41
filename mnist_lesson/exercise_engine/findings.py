"""What can be wrong with an answer: each way of being wrong, and the sentence that helps."""

import linecache
import math
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy as np

from mnist_lesson.exercise_engine import answers
from mnist_lesson.exercise_engine.answers import NotAnAnswerError, alike, show

Answer = Callable[..., Any]
LONGEST_MESSAGE = 160  # characters of an error's own words


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer: a sentence, and the example that shows it."""

    text: str
    example: tuple[tuple[str, str], ...] = ()
    attempted: bool = True


BLANK = Finding("Fill in the cell above and run it. Then run this one.", attempted=False)
GAP = Finding(
    "A good start! There's still a `...` in it. Put something in its place, and run both cells.",
    attempted=False,
)
ERROR_ADVICE: dict[type[BaseException], str] = {
    NameError: (
        "Python doesn't know that name. Is it spelled right, and did you run the cell that "
        "makes it?"
    ),
    IndexError: (
        "It asked for a place that isn't there. The first place is 0, so the last one is "
        "the length minus 1."
    ),
    KeyError: (
        "It looked up a key that isn't in the dictionary. Print the dictionary, and "
        "you'll see its keys."
    ),
    ZeroDivisionError: (
        "It divided by zero. Print the number that it divides by, and find out how it got there."
    ),
    RecursionError: "It calls itself again and again and never stops. Use a loop instead.",
    AttributeError: (
        "It used a name after a dot that Python doesn't know there. Is the name spelled right? "
        "Print what comes before the dot."
    ),
    TypeError: (
        "It got the wrong kind of thing: perhaps text, a list or `None` where a number should be. "
        "Print it, and you'll see."
    ),
    ValueError: (
        "A value or a shape doesn't fit. Print the `.shape` of each array, and you'll see which."
    ),
    ImportError: (
        "It couldn't load a package. You don't need one: everything is imported at the top "
        "of the page."
    ),
    SystemExit: "It tried to close Python. To leave a function, use `return`.",
    MemoryError: (
        "Your code wanted more than 1 GB of memory. Make smaller arrays, or keep fewer of them."
    ),
}
OTHER_ERROR = "Look at the line where it stopped. What does that line do with the example below?"
RAGGED = (
    "Your arrays came out in different shapes, so they don't fit into one. If you chose an axis, "
    "try the other one."
)
NO_ROOM = (
    "`/=` writes the results back into the old array, and an array of `uint8` has no room "
    "for fractions. Make a new one: write `a / 255`, not `a /= 255`."
)

# What to say of code that came to no end, by what cut it off.
CUT_OFF = {
    "time": (
        "Your code wasn't done after 2 seconds, so I stopped it. Look for a loop that never ends: "
        "a `while` loop in which nothing changes, or a `for` loop over a list that grows in the "
        "loop. Or does it count far higher than it needs to?"
    ),
    "memory": ERROR_ADVICE[MemoryError],
    "exit": (
        "Your code ended Python itself, so I couldn't see what it gives. Leave out what does that: "
        "`exit`, `quit` or the like. To leave a function, use `return`."
    ),
}
SPOILED = (
    "The result is right, but your function also changed what it was given, and the rest of a "
    "program may still need the old values. Work on a copy, `a = a.copy()`, or make "
    "something new: `a = a + 1`, not `a += 1`."
)


def judge_number(
    answer: Any, want: Any, slips: list[tuple[Any, str]], within: float
) -> Finding | None:
    """Compare an answer with a number; a known slip has its own sentence, others a direction."""
    try:
        got = answers.as_number(answer)
    except NotAnAnswerError as error:
        return Finding(str(error))
    if math.isclose(got, want, rel_tol=1e-9, abs_tol=max(within, 1e-6)):
        return None
    closest = min(slips, key=lambda slip: abs(got - slip[0]), default=(math.inf, ""))
    # The learner may have rounded.
    rounded = (float(f"{closest[0]:.{digits}g}") for digits in range(3, 13))
    if got in (closest[0], *rounded):
        return Finding(closest[1], (("You gave", f"{got:,.10g}"),))
    side = "big" if got > want else "small"
    return Finding(
        f"That's too {side}. Go through it step by step on paper, or ask for a hint.",
        (("You gave", f"{got:,.10g}"),),
    )


def judge_array(answer: Any, want: Any, slips: list[tuple[Any, str]]) -> Finding | None:
    """Compare an answer with an array; a known slip has its own sentence, others a place."""
    gave = (("You gave", show(answer)),)
    try:
        got = answers.as_array(answer)
    except NotAnAnswerError as error:
        return Finding(str(error), gave)
    if alike(got, want):
        return None
    for wrong, says in slips:
        if alike(got, wrong):
            return Finding(says, gave)
    if got.shape != np.shape(want):
        return Finding(shape_words(got.shape, np.shape(want)), gave)
    place = ", ".join(map(str, first_difference(got, np.asarray(want))))
    return Finding(
        f"Most of it may be fine, but look again at place {place}. (Places count from 0.)", gave
    )


def judge_words(
    answer: Any,
    *,
    right: Mapping[str, str],
    words: Sequence[str],
    signs: Mapping[str, str],
    shown: Mapping[str, Mapping[str, Any]],
) -> Finding | None:
    """Compare a dict of words, such as `{"A": "better", "B": "worse"}`, with the right one.

    It comments on the first wrong word only, so as not to give the others away. `words` are those
    to choose from; `signs` say what to look at, and `shown` has the numbers to see it in, under the
    same names.
    """
    if not isinstance(answer, dict):
        return Finding(
            "Keep the form of the cell, from `{` to `}`. Inside it, replace each `...` with one "
            "of the words, in double quotes.",
            (("You gave", show(answer)),),
        )
    for name, wanted in right.items():
        word = answer.get(name)
        if word is None:
            return Finding(f"There is no word for {name} yet. {', '.join(right)}: each needs one.")
        said = word.strip().lower().replace("’", "'") if isinstance(word, str) else None
        if said not in words:
            return Finding(
                f"For {name}, use one of these, in double quotes: {', '.join(words)}.",
                (("You gave", show(word)),),
            )
        if said != wanted:
            return Finding(
                f"You say “{said}” for {name}, so look at {name} again. {signs[name]}",
                tuple((key, show(numbers)) for key, numbers in shown[name].items()),
            )
    return None


def not_an_answer(got: Any, printed: str, whole: bool) -> Finding | None:
    """Say why there's nothing to compare, if the call gave nothing that can be."""
    if isinstance(got, EllipsisType):
        return BLANK
    if got is None and printed:
        return Finding(
            f"Your function prints its result (`{show(printed)}`) but gives nothing back. "
            "`print` shows a value to you, while `return` hands it on to the program. Use `return`."
        )
    if got is None and not whole:
        return Finding(
            "Your function changed what it was given, and gave nothing back. "
            "Don't change what it was given. Make something new, and `return` that."
        )
    if got is None:
        return Finding(
            "Your function gave nothing back (`None`). Does it end with a `return`, and is there "
            "one after each `if`?"
        )
    if hasattr(got, "__next__"):  # looking at its values would use them up
        return Finding(
            "Your function gave back a generator, which makes its values later, one by one. "
            "To get them now, put `list(...)` around it. If you wrote `yield`, collect the values "
            "in a list and return that."
        )
    if callable(got) and not hasattr(got, "__array__"):
        return Finding(
            "Your function gave back a function. To get its result, call it: write brackets after "
            "its name."
        )
    return None


def compare(got: Any, want: Any, dtype: str) -> str:
    """Compare what came back with the right answer: "" if they agree, else what to say."""
    one_number = np.ndim(want) == 0
    try:
        array = np.asarray(answers.as_number(got)) if one_number else answers.as_array(got)
    except NotAnAnswerError as error:
        return f"Look at what your function returns. {error}"
    if array.shape != np.shape(want):
        return shape_words(array.shape, np.shape(want))
    if array.dtype.kind == "f" and np.isnan(array).any():
        return (
            "There is `nan` in what your function returns, which means “not a number”. "
            "You get it from 0 / 0, or from the mean of nothing at all."
        )
    if not alike(array, want):
        if one_number:
            return (
                "Your function returns the wrong number. Work through the example below by hand, "
                "and compare."
            )
        return (
            "The shape is right, but not all the numbers are. Compare yours with the right "
            "ones below."
        )
    return _dtype_words(got, dtype)


def _dtype_words(got: Any, dtype: str) -> str:
    found = np.asarray(got).dtype
    if not dtype or (dtype == "whole" and found.kind in "iu"):
        return ""
    if dtype == "whole":
        return (
            f"The values are right, but their dtype is {found}, and I need whole numbers. "
            "Use `int(...)` for one number, or `.astype(int)` for an array."
        )
    if not hasattr(got, "dtype"):
        return f"The values are right. Put them in an array: `np.array(..., dtype='{dtype}')`."
    if found != np.dtype(dtype):
        return (
            f"The values are right, but the dtype is {found}. Make it {dtype}: "
            f"`.astype('{dtype}')`."
        )
    return ""


def shape_words(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """Say that a shape is wrong, for learners who think in single numbers and lists."""
    if not got and len(want) == 1:
        return f"That's a single number. I need {want[0]} of them, in a list or an array."
    if not got:
        return f"That's a single number. I need an array of shape {want}."
    if len(got) == len(want) == 1:
        return f"You gave {got[0]} numbers, and I need {want[0]}."
    return f"The shape is {got}, and it should be {want}."


def where_first(got: Any, want: Any) -> tuple[tuple[str, str], ...]:
    """Point out the first difference, if the arrays are too long to show."""
    one, other = np.asarray(got), np.asarray(want)
    if (
        one.shape != other.shape
        or one.size <= 40
        or one.dtype.kind not in "biuf"
        or alike(one, other)
    ):
        return ()
    place = first_difference(one, other)
    return (
        ("first difference", f"at {list(place)}: yours {one[place]:.6g}, right {other[place]:.6g}"),
    )


def first_difference(one: Any, other: Any) -> tuple[int, ...]:
    """Return the first place at which two arrays of one shape differ."""
    differs = ~np.isclose(one.astype(float), other.astype(float), rtol=0, atol=1e-4)
    return tuple(int(i) for i in np.argwhere(differs)[0])


def say_error(
    error: BaseException, answer: Answer, example: tuple[tuple[str, str], ...]
) -> Finding:
    """Put an error in the learner's function into words."""
    try:
        message = " ".join(str(error).split())[:LONGEST_MESSAGE]
    except Exception:  # an error class of the learner's own may fail even here
        message = ""
    # The first kind that fits: an error of the learner's own may be of several.
    advice = next(
        (words for kind, words in ERROR_ADVICE.items() if isinstance(error, kind)), OTHER_ERROR
    )
    advice = NO_ROOM if message.startswith("Cannot cast ufunc") else advice
    advice = RAGGED if "inhomogeneous shape" in message else advice
    name = f"{answers.type_name(error)}: {message}".removesuffix(": ")
    return Finding(
        f"Your function stopped with an error. {advice}".strip(),
        (*_line_of(error, answer), ("error", name), *example),
    )


def _line_of(error: BaseException, answer: Answer) -> tuple[tuple[str, str], ...]:
    # The last line in the learner's own cell; deeper down it's NumPy's code.
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    lines = [
        linecache.getline(frame.f_code.co_filename, line).strip()
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == file
    ]
    return (("the line", lines[-1]),) if lines and lines[-1] else ()


def one_line(text: str) -> str:
    """Put a text that was wrapped to fit the file back on one line."""
    return " ".join(text.split())
