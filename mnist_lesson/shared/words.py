"""Numbers, times and advice, the way a person would say them."""

import sys
from datetime import date
from pathlib import Path
from typing import Any


def say_seconds(seconds: float) -> str:
    """Say a time the way a person would: 42 s, 3 min 5 s, 2 h 10 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def say_epochs(epochs: float) -> str:
    """Write a number of epochs, with a fraction where one is near: 2, ⅜, 1⅓, 2.45."""
    whole, rest = divmod(round(epochs, 6), 1)
    signs = {0: "", 1 / 8: "⅛", 1 / 4: "¼", 1 / 3: "⅓", 3 / 8: "⅜", 1 / 2: "½"}
    signs |= {5 / 8: "⅝", 2 / 3: "⅔", 3 / 4: "¾", 7 / 8: "⅞"}
    near = min(signs, key=lambda part: abs(part - rest))
    if abs(near - rest) > 0.015:  # a batch or two away
        return f"{epochs:.2f}"
    return f"{whole:g}{signs[near]}" if whole or not near else signs[near]


def say_when(epochs: float) -> str:
    """Say how far a training is: before the first batch, after ⅜ of the first epoch, …"""
    if epochs <= 0:
        return "before its first batch"
    if epochs < 1:
        return f"after {say_epochs(epochs)} of the first epoch"
    return "after the first epoch" if epochs == 1 else f"after {say_epochs(epochs)} epochs"


def today() -> str:
    """Write today's date, as "5 March 2026"."""
    # The day by itself: %d would write 05, and not every system can leave the 0 out.
    now = date.today()
    return f"{now.day} {now:%B %Y}"


def write_number(number: Any, decimals: int = 3) -> str:
    """Write a number without needless zeros, and with a real minus sign."""
    written = f"{number:.{decimals}f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written == "-0" else written.replace("-", "−")  # -0.0004 was rounded


def say_probability(probability: float, *, decimals: int = 0, brief: bool = False) -> str:
    """Say a probability from 0 to 1 in percent, but never 100%: softmax is never certain.

    `brief` is for the narrow captions of figures: ">99.9%" for "over 99.9%".
    """
    written = f"{probability:.{decimals}%}"
    if float(written[:-1]) not in (0, 100):
        return written
    if probability < 0.5:
        return "0%"  # nobody would say 0.0%
    if brief:
        return ">99.9%" if decimals else ">99%"
    return "over 99.9%" if decimals else "more than 99%"


def in_columns(rows: list[list[str]]) -> str:
    """Line rows of text up in columns, for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def a_digit(digit: object) -> str:
    """Write a digit with its article: a 7, an 8."""
    return f"{'an' if str(digit) == '8' else 'a'} {digit}"


def repair_advice() -> str:
    """Say how to bring the package's own files back: from Git, by download, or by installing."""
    assets = Path(__file__).parents[1] / "assets"
    house = assets.parents[1]
    if (house / ".git").exists():
        return "To repair it, type this in the lesson's folder: git checkout -- mnist_lesson/assets"
    if (house / "pyproject.toml").exists():  # a download: the damaged file is the only one here
        new = "download the lesson again, and put its folder mnist_lesson/assets"
        return f"To repair it, {new} where {assets} is"
    options = "--force-reinstall --no-deps --no-build-isolation ."
    return f"To repair it, type this in the lesson's folder: {INSTALL}{options}"


INSTALL = (f'"{sys.executable}"' if " " in sys.executable else sys.executable) + " -m pip install "
