"""Is this what the lesson needs? Each check says what came, what was expected and what to type instead."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 28
CLASSES = 10


def describe(value: Any) -> str:
    """Say in a few words what a value is, for an error message."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, str | int | float | bool) or value is None:
        return f"{value!r} ({type(value).__name__})"
    return f"a {type(value).__name__}"


def check_images(images: Any, name: str = "images") -> NDArray[np.uint8]:
    """Return `images` as uint8 of shape (n, 28, 28), n ≥ 1, or raise TypeError or ValueError."""
    array = _array(images, name, "load_data() gives such an array: (x_train, y_train), (x_test, y_test) = load_data()")
    if array.dtype != np.uint8:
        hint = (
            "They look scaled already, so leave to_input() out."
            if array.dtype.kind == "f" and array.size and array.max() <= 1
            else f"If its numbers are whole and from 0 to 255, type {name}.astype('uint8')."
        )
        raise TypeError(
            f"{name} came as {describe(array)}, but whole numbers from 0 to 255 (dtype uint8) are needed. {hint}"
        )
    if array.ndim != 3 or array.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"{name} came as {describe(array)}, but shape (n, {SIDE}, {SIDE}) is needed: n pictures. "
            f"{_shape_hint(array, name)}"
        )
    _not_empty(array, name)
    return array


def check_inputs(x: Any, name: str = "x") -> NDArray[np.float32]:
    """Return `x` as float32 of shape (n, 28, 28, 1) in 0..1, n ≥ 1, or raise TypeError or ValueError."""
    array = _array(x, name, f"{name} = to_input(images) makes it")
    if array.dtype.kind not in "f":
        raise TypeError(
            f"{name} came as {describe(array)}, but numbers between 0 and 1 (dtype float32) are needed. "
            f"Type {name} = to_input({name})."
        )
    if array.ndim != 4 or array.shape[1:] != (SIDE, SIDE, 1):
        raise ValueError(
            f"{name} came as {describe(array)}, but shape (n, {SIDE}, {SIDE}, 1) is needed. "
            f"{_shape_hint(array, name, channel=True)}"
        )
    _not_empty(array, name)
    low, high = float(array.min()), float(array.max())
    if math.isnan(low) or math.isnan(high):
        raise ValueError(f"{name} has NaN in it (“not a number”). Make it anew: {name} = to_input(images).")
    if low < 0 or high > 1:
        raise ValueError(
            f"{name} goes from {low:g} to {high:g}, but numbers between 0 and 1 are needed. "
            f"Type {name} = to_input(images), with the images as load_data() gave them."
        )
    return array.astype(np.float32, copy=False)


def check_labels(labels: Any, n: int | None = None, name: str = "labels") -> NDArray[np.int64]:
    """Return `labels` as int64 of shape (n,), each in 0..9, or raise TypeError or ValueError."""
    array = _array(labels, name, "load_data() gives labels beside the images")
    if array.ndim == 2 and array.shape[1] == CLASSES:
        raise ValueError(
            f"{name} came as {describe(array)}: one-hot vectors. Plain digits, shape (n,), are needed. "
            f"Type from_one_hot({name})."
        )
    if array.ndim != 1:
        raise ValueError(f"{name} came as {describe(array)}, but one digit a picture, shape (n,), is needed.")
    _not_empty(array, name)
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{name} came as {describe(array)}, but whole numbers from 0 to 9 are needed. "
            f"If they are digits, type np.array({name}).astype(int)."
        )
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= CLASSES:
        raise ValueError(f"{name} goes from {low} to {high}, but each label must be a digit from 0 to 9.")
    if n is not None and len(array) != n:
        raise ValueError(
            f"there are {n} pictures but {len(array)} {name}: each picture needs its own. "
            f"Cut both in the same way, as in x[:1000], y[:1000]."
        )
    return array.astype(np.int64)


def check_whole(name: str, value: Any, low: int, high: int) -> int:
    """Return `value` as an int from `low` to `high`, or raise TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(
            f"{name} came as {describe(value)}, but a whole number is needed, without quotes, as in {name}={low}."
        )
    if not low <= value <= high:
        raise ValueError(f"{name} came as {value}, but it must be from {low} to {high:,}.")
    return int(value)


def check_number(name: str, value: Any, low: float, high: float, *, open_ends: bool = False) -> float:
    """Return `value` as a float in [low, high] (without the ends if `open_ends`), or raise."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(
            f"{name} came as {describe(value)}, but a number is needed, without quotes, "
            f"as in {name}={(low + high) / 2:g}."
        )
    inside = low < value < high if open_ends else low <= value <= high
    if not inside:  # NaN is never inside
        word = "between" if open_ends else "from"
        link = "and" if open_ends else "to"
        raise ValueError(f"{name} came as {value:g}, but it must be {word} {low:g} {link} {high:g}.")
    return float(value)


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return `value` if it is one of `choices`, or raise ValueError."""
    if value not in choices:
        raise ValueError(f"{name} came as {describe(value)}, but it must be one of: {', '.join(map(repr, choices))}.")
    return str(value)


def _array(value: Any, name: str, hint: str) -> NDArray[Any]:
    if isinstance(value, str) or value is None or np.isscalar(value):
        raise TypeError(f"{name} came as {describe(value)}, but an array is needed. {hint}.")
    try:
        array = np.asarray(value)
    except Exception as error:
        raise TypeError(f"{name} came as {describe(value)}, which is not an array of numbers. {hint}.") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} came as {describe(array)}, which holds no plain numbers. {hint}.")
    return array


def _not_empty(array: NDArray[Any], name: str) -> None:
    if not len(array):
        raise ValueError(f"{name} is empty: it has shape {array.shape}. At least one picture is needed.")


def _shape_hint(array: NDArray[Any], name: str, *, channel: bool = False) -> str:
    if array.shape == (SIDE, SIDE):
        return f"For one picture, type {name}[np.newaxis]" + (", after to_input()." if channel else ".")
    if channel and array.shape[1:] == (SIDE, SIDE):
        return f"The channel axis is missing: type {name}[..., np.newaxis], or use to_input(images)."
    if channel and array.shape == (SIDE, SIDE, 1):
        return f"For one picture, type {name}[np.newaxis]."
    if not channel and array.shape[1:] == (SIDE, SIDE, 1):
        return f"The last axis is one too many: type {name}[..., 0]."
    if array.ndim == 2 and array.shape[1] == SIDE * SIDE:
        return f"Each picture lies in one long row: type {name}.reshape(-1, {SIDE}, {SIDE}" + (
            ", 1)." if channel else ")."
        )
    return "load_data() gives pictures of that size."
