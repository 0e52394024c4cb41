"""Look at a learner's answer carefully: it could be anything at all."""

import ast
import inspect
import math
import numbers
import reprlib
import textwrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 160  # characters of an answer shown back
FEW = 40  # arrays of up to 40 numbers are shown in full


class NotAnAnswerError(ValueError):
    """An answer isn't of the kind that's asked for; the message says so to the learner."""


# Plain repr() would write out a list of a million numbers before we could cut it short.
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60
_short.maxlist = _short.maxtuple = _short.maxarray = 12


def show(value: Any) -> str:
    """Show a value on one short line. For a long array, that's its shape, dtype and range."""
    try:
        if isinstance(value, np.ndarray):
            text = _show_array(value)
        elif isinstance(value, np.generic):
            text = str(value.item())
        elif isinstance(value, list | tuple) and np.size(value) <= FEW and _numeric(value):
            text = str(np.asarray(value).tolist())
            text = f"({text[1:-1]})" if isinstance(value, tuple) else text
        elif inspect.isroutine(value) or inspect.isclass(value):
            text = f"the function {getattr(value, '__name__', type_name(value))}"
        elif not isinstance(
            value, str | bytes | int | float | complex | list | tuple | dict | set | None
        ):
            text = f"a thing of type {type_name(value)}"
        else:
            text = _short.repr(value)
    except Exception:  # a class the learner wrote can raise anything
        text = "something that cannot be shown"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _numeric(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "biuf"


def _show_array(array: NDArray[Any]) -> str:
    if array.size <= FEW:
        rounded = np.round(array, 4) if array.dtype.kind == "f" else array
        return str(rounded.tolist())
    text = f"an array of shape {array.shape}, {array.dtype}"
    if array.dtype.kind in "iuf":  # a range means nothing for booleans and text
        text += f", from {array.min():.4g} to {array.max():.4g}"
    return text


def is_blank(answer: Any) -> bool:
    """Say whether an answer is still the page's `...`, on its own or inside a list or the like."""
    if answer is None or answer is ...:
        return True
    if isinstance(answer, dict):
        answer = list(answer.values())
    # `is`, not `in`, which would compare an array in the list number by number.
    return isinstance(answer, list | tuple) and any(item is ... for item in answer)


def count_gaps(function: Any) -> int:
    """Count the places in a function where a `...` still stands for code; 0 if it can't be read.

    A body of nothing but `...` or `pass` is one gap.
    """
    try:
        [definition] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, ValueError, SyntaxError):  # built in, or a lambda mid-line
        return 0
    body = definition.body if isinstance(definition, ast.FunctionDef) else [definition]
    lines = [line for line in body if not _says_nothing(line)]
    return sum(map(_gaps_in, lines)) if lines else 1


def _says_nothing(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    )


def _gaps_in(node: ast.AST) -> int:
    if isinstance(node, ast.Subscript):
        # In `images[..., 0]` the dots are NumPy's; in `images[labels == ...]` they're a gap.
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        deeper = [part for part in parts if not isinstance(part, ast.Constant)]
        return sum(map(_gaps_in, [node.value, *deeper]))
    here = isinstance(node, ast.Constant) and node.value is ...
    return here + sum(map(_gaps_in, ast.iter_child_nodes(node)))


def type_name(thing: Any) -> str:
    """Return the name of a thing's type, even if the type hides it."""
    return str(type.__dict__["__name__"].__get__(type(thing)))


def as_number(value: Any) -> float:
    """Return a value as a float, or raise NotAnAnswerError."""
    if isinstance(value, bool | np.bool_):  # to Python, these are 1 and 0
        raise NotAnAnswerError(f"`{value}` is a yes or a no. I need a number.")
    if isinstance(value, str | bytes):
        raise NotAnAnswerError(
            f"`{show(value)}` is text. I need a number by itself, without quotes."
        )
    if hasattr(value, "__array__") and not isinstance(value, np.generic):
        array = np.asarray(value)
        if array.ndim:
            raise NotAnAnswerError(f"You gave an array of shape {array.shape}. I need one number.")
        value = array[()]
    if isinstance(value, tuple) and _has_commas(value):
        digits = f"{value[0]}" + "".join(f"{group:03d}" for group in value[1:])
        raise NotAnAnswerError(
            f"Python reads `{value[0]},…` as several numbers. Leave out the commas: `{digits}`."
        )
    if isinstance(value, list | tuple | set | dict):
        things = "1 thing" if len(value) == 1 else f"{len(value)} things"
        raise NotAnAnswerError(f"You gave a {_kind(value)} with {things} in it. I need one number.")
    if callable(value):
        raise NotAnAnswerError(
            "You gave a function. Call it, with brackets after its name, and give me the number "
            "that comes back."
        )
    if not isinstance(value, numbers.Real | np.number) or isinstance(value, np.complexfloating):
        raise NotAnAnswerError(f"You gave {show(value)}. I need a number.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isnan(number):
        raise NotAnAnswerError(
            "You gave `nan`, which means “not a number”. It comes from a division such as 0 / 0."
        )
    return number


def as_array(value: Any) -> NDArray[Any]:
    """Return a value as an array of numbers, or raise NotAnAnswerError."""
    if isinstance(value, str | bytes):
        raise NotAnAnswerError(f"You gave text: `{show(value)}`. I need numbers, without quotes.")
    if isinstance(value, dict | set | frozenset):
        raise NotAnAnswerError(
            f"You gave a {_kind(value)}. Make it a list or an array, where each number has its "
            "own place."
        )
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise NotAnAnswerError(
            "The rows of your answer have different lengths. Make them all the same length."
        ) from error
    if array.dtype.kind == "O" and all(_is_real(item) for item in array.flat):
        array = array.astype(float)  # such as Python's Fractions
    if array.dtype.kind in "US" or (array.dtype.kind == "O" and _has_text(array)):
        raise NotAnAnswerError(
            "Your answer holds text, as in `'1'`. I need numbers, as in `1`, without quotes."
        )
    if array.dtype.kind == "b":
        raise NotAnAnswerError(
            "Your answer holds `True` and `False`. Make an array of them, and turn it into 1 and "
            "0: `.astype(int)`."
        )
    if array.dtype.kind not in "iuf":
        raise NotAnAnswerError(f"You gave {show(value)}. I need numbers.")
    return array


def _has_commas(value: tuple[Any, ...]) -> bool:
    """Say whether a tuple looks like one number, typed with commas, such as 10,000."""
    if len(value) < 2 or not all(type(group) is int for group in value):
        return False
    # A group after a comma may be 000, but not 001: Python doesn't allow leading zeros.
    return 0 < value[0] < 1000 and all(group == 0 or 100 <= group < 1000 for group in value[1:])


def _kind(value: Any) -> str:
    """Say in plain words what kind of collection it is."""
    if isinstance(value, dict):
        return "dictionary"
    if isinstance(value, tuple):
        return "list in round brackets"
    return "set" if isinstance(value, set | frozenset) else "list"


def _is_real(item: Any) -> bool:
    return isinstance(item, numbers.Real) and not isinstance(item, bool)


def _has_text(array: NDArray[Any]) -> bool:
    return any(isinstance(item, str) for item in array.flat)


def alike(got: Any, want: Any, within: float = 1e-4) -> bool:
    """Say whether two answers hold the same numbers in the same shape, whatever their dtype."""
    try:
        one, other = np.asarray(got), np.asarray(want)
        if one.shape != other.shape:
            return False
        if one.dtype.kind not in "biuf" or other.dtype.kind not in "biuf":
            return one.dtype.kind == other.dtype.kind and bool(one.tolist() == other.tolist())
        both = one.astype(float), other.astype(float)
        return bool(np.allclose(*both, rtol=0, atol=within, equal_nan=True))
    except Exception:  # if they can't be compared, they aren't alike
        return False


def unchanged(before: Any, after: Any) -> bool:
    """Say whether a function left its argument as it was."""
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after)
    return bool(before == after)
