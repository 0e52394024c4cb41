"""Is this what the lesson needs? Checks say what came, what was expected and what to type."""

import difflib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64s = NDArray[np.float64]

SIDE = 28  # pixels
CLASSES = 10
LOAD = "load_data() gives you one: (x_train, y_train), (x_test, y_test) = load_data()"


class PlainError(Exception):
    """An error whose sentence says it all, so that a page shows nothing else of it."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for this
        return [str(self)]


class OutOfRangeError(PlainError, ValueError):
    """A number is too small or too large."""


def describe(value: Any) -> str:
    """Say in a few words what a value is, for an error message."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, str | int | float | bool | tuple) or value is None:
        text = repr(value)
        return f"{text if len(text) <= 60 else text[:60] + ' …'} ({type(value).__name__})"
    return f"a {type(value).__name__}"


def check_images(images: Any, name: str = "images") -> NDArray[np.uint8]:
    """Return `images` as uint8 of shape (n, 28, 28), n ≥ 1, or raise TypeError or ValueError."""
    array = _array(images, name, LOAD)
    _not_empty(array, name)
    came = f"{name} came as {describe(array)}"
    if array.dtype != np.uint8:
        raise TypeError(
            f"{came}, but whole numbers from 0 to 255 (dtype uint8) are needed. "
            f"{_dtype_hint(array, name)}"
        )
    if array.ndim != 3 or array.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"{came}, but shape (n, {SIDE}, {SIDE}) is needed: n pictures. "
            f"{_shape_hint(array, name)}"
        )
    if array.max() == 1:
        raise ValueError(
            f"{name} goes from 0 to 1, but numbers from 0 to 255 are needed. It looks scaled "
            "already, and then cut to whole numbers. Use the array as it was loaded. "
            f"{LOAD}."
        )
    return array


def check_inputs(x: Any, name: str = "x") -> NDArray[np.float32]:
    """Return `x` as float32 (n, 28, 28, 1) in 0..1, n ≥ 1, or raise TypeError or ValueError."""
    array = _array(x, name, f"{name} = to_input(images) makes it")
    _not_empty(array, name)
    came = f"{name} came as {describe(array)}"
    if array.dtype.kind not in "f":
        pictures = f"{name}[..., 0]" if array.ndim == 4 and array.shape[-1] == 1 else name
        raise TypeError(
            f"{came}, but numbers between 0 and 1 (dtype float32) are needed. "
            f"Type {name} = to_input({pictures})."
        )
    if array.ndim != 4 or array.shape[1:] != (SIDE, SIDE, 1):
        raise ValueError(
            f"{came}, but shape (n, {SIDE}, {SIDE}, 1) is needed. "
            f"{_shape_hint(array, name, channel=True)}"
        )
    low, high = float(array.min()), float(array.max())
    if math.isnan(low) or math.isnan(high):
        raise ValueError(
            f"{name} has NaN in it (“not a number”). Make it again: {name} = to_input(images)."
        )
    if low < 0 or high > 1:
        raise ValueError(
            f"{name} goes from {low:g} to {high:g}, but numbers between 0 and 1 are needed. "
            f"Type {name} = to_input(images), with the images as load_data() gave them."
        )
    # Dividing twice turns 255 into 1/255. A blank picture, all 0, may be right.
    if 0 < high < 1.5 / 255:
        raise ValueError(
            f"{name} only goes from {low:g} to {high:g}, but numbers between 0 and 1 are needed. "
            f"It looks divided by 255 twice. Type {name} = to_input(images), once."
        )
    return array.astype(np.float32, copy=False)  # 60,000 digits take 188 MB: no second copy


def check_labels(labels: Any, n: int | None = None, name: str = "labels") -> NDArray[np.int64]:
    """Return `labels` as int64 of shape (n,), each in 0..9, or raise TypeError or ValueError."""
    if isinstance(labels, int | np.integer) and not isinstance(labels, bool):
        raise TypeError(
            f"{name} came as {labels}, but an array of digits is needed. "
            f"For one digit, type [{labels}]."
        )
    array = _array(labels, name, f"If they are digits, type np.array({name}).astype(int)")
    _not_empty(array, name)
    came = f"{name} came as {describe(array)}"
    if array.ndim == 2 and array.shape[1] == CLASSES:
        raise ValueError(
            f"{came}: one-hot vectors. Plain digits, shape (n,), are needed. "
            f"Type from_one_hot({name})."
        )
    if array.ndim != 1:
        hint = "load_data() gives labels like that."
        if array.size == len(array):
            hint = f"Type np.array({name}).reshape(-1)."
        raise ValueError(f"{came}, but one digit per picture, shape (n,), is needed. {hint}")
    if array.dtype.kind not in "iu":
        hint = f"If they are digits, type np.array({name}).astype(int)."
        if array.dtype.kind == "f" and (odd := array[array != array.round()]).size:
            # That catches NaN, too: it isn't even equal to itself.
            hint = f"{odd[0]:g} isn't one: find out where it comes from."
        raise TypeError(f"{came}, but whole numbers from 0 to 9 are needed. {hint}")
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= CLASSES:
        raise ValueError(
            f"{name} goes from {low} to {high}, but each label must be a digit from 0 to 9."
        )
    if n is not None and len(array) != n:
        raise ValueError(
            f"there are {n} pictures but {len(array)} labels in {name}: each picture needs "
            "its own. Cut both in the same way, as in x[:1000], y[:1000]."
        )
    return array.astype(np.int64)  # in uint8, as loaded, 3 - 5 would be 254


def check_whole(name: str, value: Any, low: int, high: int, *, as_in: str = "") -> int:
    """Return `value` as an int from `low` to `high`, or raise; `as_in` is what to type."""
    as_in = as_in or f"{name}={low}"
    # To Python True is an int. To us, epochs=True is a slip.
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(
            f"{name} came as {describe(value)}, but one whole number is needed, without quotes, "
            f"as in {as_in}."
        )
    if not low <= value <= high:
        raise OutOfRangeError(
            f"{name} came as {_short(value)}, but it must be from {low} to {high:,}, as in {as_in}."
        )
    return int(value)


def check_number(
    name: str, value: Any, low: float, high: float, *, open_ends: bool = False, as_in: str = ""
) -> float:
    """Return `value` as a float in [low, high], or raise; `as_in` is what to type.

    With `open_ends`, neither end is allowed.
    """
    as_in = as_in or f"{name}={(low + high) / 2:g}"
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(
            f"{name} came as {describe(value)}, but one number is needed, without quotes, "
            f"as in {as_in}."
        )
    if not (low < value < high if open_ends else low <= value <= high):  # NaN is never inside
        span = f"between {low:g} and {high:g}" if open_ends else f"from {low:g} to {high:g}"
        came = f"{name} came as {_short(value)}"
        raise OutOfRangeError(f"{came}, but it must be {span}, as in {as_in}.")
    return float(value)


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return `value` if it is one of `choices`, or raise ValueError."""
    if not isinstance(value, str) or value not in choices:
        near = difflib.get_close_matches(str(value).lower(), choices, 1)
        raise ValueError(
            f"{name} came as {describe(value)}, but it must be one of: "
            f"{', '.join(map(repr, choices))}. "
            f"Type {name}={(near or choices)[0]!r}."
        )
    return value


def model_hint(value: Any) -> str:
    """Say what to type when a network is needed and something else came."""
    if isinstance(value, tuple):
        return "current_model() gives two things. Type model, which = current_model()."
    if hasattr(value, "history") and hasattr(value, "model"):
        return "That is a run. Its network is in it: type run.model."
    if callable(value):
        return f"Call it: type {getattr(value, '__name__', 'it')}()."
    trained = "model, which = current_model() for a trained one"
    return f"Type model = build_model() for a new one, or {trained}."


def _short(number: Any) -> str:
    text = f"{number:g}" if isinstance(number, float | np.floating) else str(number)
    return text if len(text) <= 30 else f"{text[:30]} …"


def _array(value: Any, name: str, hint: str) -> NDArray[Any]:
    # NumPy would quietly turn these into an array with no axes.
    if isinstance(value, str) or value is None or np.isscalar(value):
        raise TypeError(f"{name} came as {describe(value)}, but an array is needed. {hint}.")
    try:
        array = np.asarray(value)
    except Exception as error:  # a value can raise anything
        raise TypeError(
            f"{name} came as {describe(value)}, which isn't an array of numbers. {hint}."
        ) from error
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} came as {describe(array)}, which doesn't hold plain numbers. {hint}."
        )
    return array


def _not_empty(array: NDArray[Any], name: str) -> None:
    if not array.size:
        raise ValueError(
            f"{name} is empty: it has shape {array.shape}. At least one picture is needed, "
            "as in x[:1]."
        )


def _dtype_hint(array: NDArray[Any], name: str) -> str:
    low, high = array.min(), array.max()
    if array.dtype == bool:
        return f"If True is ink, type 255 * np.array({name}).astype('uint8')."
    if np.isnan(low):
        return f"It has NaN in it (“not a number”): use the array as it was loaded. {LOAD}."
    if low < 0 or high > 255:
        return f"It goes from {low:g} to {high:g}: use the array as it was loaded. {LOAD}."
    if array.dtype.kind == "f" and high <= 1:
        return "They look scaled already, so leave to_input() out."
    return f"If its numbers are whole and from 0 to 255, type np.array({name}).astype('uint8')."


def _shape_hint(array: NDArray[Any], name: str, *, channel: bool = False) -> str:
    shape, end = array.shape, ", 1)" if channel else ")"
    if shape == (SIDE, SIDE):
        return f"For one picture, type {name}[np.newaxis{', ..., np.newaxis' if channel else ''}]."
    if shape == (SIDE, SIDE, 1):
        return f"For one picture, type {name}[np.newaxis{'' if channel else ', ..., 0'}]."
    if channel and shape[1:] == (SIDE, SIDE):
        return (
            f"The channel axis is missing: type {name}[..., np.newaxis], or use to_input(images)."
        )
    if not channel and shape[1:] == (SIDE, SIDE, 1):
        return f"That's one axis too many: type {name}[..., 0]."
    if shape[-1:] == (SIDE * SIDE,):
        return f"Each picture is in one long row: type {name}.reshape(-1, {SIDE}, {SIDE}{end}."
    return f"Use pictures of that size. {LOAD}."


def check_numbers(value: Any, name: str, ndims: tuple[int, ...], wanted: str) -> Float64s:
    """Return `value` as finite floats with one of these numbers of axes, or raise."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} came as {describe(value)}, but {wanted} is needed.")
    if array.ndim not in ndims or not array.size:
        raise ValueError(f"{name} came as {describe(array)}, but {wanted} is needed.")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} has NaN (“not a number”) or infinity in it, which can't be drawn."
        )
    return array.astype(np.float64) + 0.0  # −0.0, which -np.log(1) gives, becomes 0.0
