"""What a setting may be, said once, for all who check it."""

from dataclasses import dataclass
from typing import Any

from mnist_lesson.shared.checks import check_choice, check_number, check_whole


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`; `example` is one to type."""

    low: int
    high: int
    example: int

    def check(self, name: str, value: Any) -> int:
        """Return `value` as an int, or raise TypeError or ValueError in words."""
        return check_whole(name, value, self.low, self.high, as_in=f"{name}={self.example}")


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`, or, with `open_ends`, between them."""

    low: float
    high: float
    example: float
    open_ends: bool = False

    def check(self, name: str, value: Any) -> float:
        """Return `value` as a float, or raise TypeError or ValueError in words."""
        as_in = f"{name}={self.example}"
        return check_number(name, value, self.low, self.high, open_ends=self.open_ends, as_in=as_in)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def check(self, name: str, value: Any) -> str:
        """Return `value` if it is one of them, or raise ValueError in words."""
        return check_choice(name, value, self.options)


@dataclass(frozen=True)
class YesNo:
    """True or False."""

    def check(self, name: str, value: Any) -> bool:
        """Return `value` as a bool, or raise TypeError in words."""
        if type(value).__name__ not in ("bool", "bool_"):  # NumPy's True, too
            raise TypeError(
                f"{name} came as {value!r}, but True or False is needed, as in {name}=True."
            )
        return bool(value)


Range = Whole | Number | Choice | YesNo
