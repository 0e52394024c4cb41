"""Look at a learner's answer with care: it may be anything at all."""

from __future__ import annotations

import copy
import dis
import inspect
import math
import numbers
import reprlib
import textwrap
from collections.abc import Callable
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 160  # characters of an answer shown back
FEW = 40  # an array of at most so many numbers is shown in full

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60
_short.maxlist = _short.maxtuple = _short.maxarray = 12


def show(value: Any) -> str:
    """Show a value in one short line. A long array is described: its shape, dtype and range."""
    try:
        if isinstance(value, np.ndarray):
            text = _show_array(value)
        elif isinstance(value, np.generic):
            text = str(value.item())
        elif isinstance(value, list | tuple) and np.size(value) <= FEW and _numeric(value):
            text = str(np.asarray(value).tolist())
            text = f"({text[1:-1]})" if isinstance(value, tuple) else text
        elif inspect.isroutine(value) or inspect.isclass(value):
            text = f"the function {getattr(value, '__name__', type(value).__name__)}"
        elif not isinstance(
            value, str | bytes | int | float | complex | list | tuple | dict | set | None
        ):
            text = f"a thing of type {type(value).__name__}"
        else:
            text = _short.repr(value)
    except Exception:
        text = "something that cannot be shown"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _numeric(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "biuf"


def _show_array(array: NDArray[Any]) -> str:
    if array.size <= FEW:
        rounded = np.round(array, 4) if array.dtype.kind == "f" else array
        return str(rounded.tolist())
    text = f"an array of shape {array.shape}, {array.dtype}"
    return (
        f"{text}, from {array.min():.4g} to {array.max():.4g}"
        if array.dtype.kind in "iuf"
        else text
    )


def is_blank(answer: Any) -> bool:
    """Say whether an answer is still the page's own `...`, alone or inside a pair, list or dictionary."""
    if answer is None or isinstance(answer, EllipsisType):
        return True
    if isinstance(answer, dict):
        return any(isinstance(item, EllipsisType) for item in answer.values())
    return isinstance(answer, list | tuple) and any(
        isinstance(item, EllipsisType) for item in answer
    )


def is_blank_function(function: Any) -> bool:
    """Say whether a function's body is still `...` (or `pass`), a docstring apart."""
    code = getattr(function, "__code__", None)
    if not inspect.iscode(code):
        return False
    harmless = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP"}
    words = {None, ..., getattr(function, "__doc__", None)}
    return all(
        step.opname in harmless
        and (step.opname not in ("LOAD_CONST", "RETURN_CONST") or step.argval in words)
        for step in dis.get_instructions(code)
    )


def as_number(value: Any) -> float | str:
    """Return a value as a float; or, where it is no number, the sentence that says so."""
    if isinstance(value, bool | np.bool_):
        return f"`{value}` is a yes or a no. A number is asked for."
    if isinstance(value, str | bytes):
        return f"`{show(value)}` is text. A number is asked for, alone and without quotes."
    if hasattr(value, "__array__") and not isinstance(value, np.generic):
        array = np.asarray(value)
        if array.ndim:
            return f"You gave an array of shape {array.shape}. One number is asked for."
        value = array[()]
    if isinstance(value, list | tuple | set | dict):
        things = "1 thing" if len(value) == 1 else f"{len(value)} things"
        return f"You gave a {_kind(value)} with {things} in it. One number is asked for."
    if callable(value):
        return "You gave a function. Call it, with brackets after its name. Then give the number that comes back."
    if not isinstance(value, numbers.Real | np.number) or isinstance(
        value, complex | np.complexfloating
    ):
        return f"You gave {show(value)}. A number is asked for."
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isnan(number):
        return "You gave `nan`, which means “not a number”. It comes from a division such as 0 / 0."
    return number


def as_array(value: Any) -> NDArray[Any] | str:
    """Return a value as an array of numbers; or the sentence that says why it is none."""
    if isinstance(value, str | bytes):
        return f"You gave text: `{show(value)}`. Numbers are asked for, without quotes."
    if isinstance(value, dict | set | frozenset):
        return (
            f"You gave a {_kind(value)}. Give a list or an array: there, each number has its place."
        )
    try:
        array = np.asarray(value)
    except ValueError:
        return (
            "The rows of your answer differ in length. Give each row as many numbers as the others."
        )
    if array.dtype.kind == "O" and all(_is_real(item) for item in array.flat):
        array = array.astype(float)  # fractions, say
    if array.dtype.kind in "US" or (array.dtype.kind == "O" and _has_text(array)):
        return (
            "Your answer holds text, as in `'1'`. Numbers are asked for, as in `1`, without quotes."
        )
    if array.dtype.kind == "b":
        return "Your answer holds `True` and `False`. Make an array of it, and turn them into 1 and 0: `.astype(int)`."
    if array.dtype.kind not in "iuf":
        return f"You gave {show(value)}. Numbers are asked for."
    return array


def _kind(value: Any) -> str:
    """Name a kind of collection in words."""
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
    """Say whether two answers hold the same numbers in the same shape. The dtype does not count."""
    try:
        one, other = np.asarray(got), np.asarray(want)
        if (
            one.shape != other.shape
            or one.dtype.kind not in "biuf"
            or other.dtype.kind not in "biuf"
        ):
            return (
                one.shape == other.shape
                and one.dtype.kind == other.dtype.kind
                and one.tolist() == other.tolist()
            )
        both = one.astype(float), other.astype(float)
        return bool(np.allclose(*both, rtol=0, atol=within, equal_nan=True))
    except Exception:
        return False


def unchanged(before: Any, after: Any) -> bool:
    """Say whether what a function was given is still as it was."""
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after)
    return bool(before == after)


def fresh(case: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a copy of a function's arguments that it may spoil."""
    return copy.deepcopy(case)


def source(function: Callable[..., Any]) -> str:
    """Return a function's text as a learner would write it: without its decorator and type hints."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    # The hints end where the body, which is indented, begins: after the first line that ends in a colon.
    body = next(i for i in range(start, len(lines)) if lines[i].endswith(":")) + 1
    names = ", ".join(inspect.signature(function).parameters)
    return "\n".join([f"def {function.__name__}({names}):", *lines[body:]])
