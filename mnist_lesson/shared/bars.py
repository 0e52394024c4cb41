"""Ten probabilities as bars and numbers at once, in HTML: drawn in no time, and a table to a screen reader."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.shared.colours import BLUE, PALE


def bars(probabilities: NDArray[Any], *, truth: int | None = None, width: int = 60) -> str:
    """Return ten probabilities, a line each; the likeliest is bold, and the true digit is marked if it is known."""
    best = int(np.argmax(probabilities))
    lines = []
    for digit, chance in enumerate(probabilities.tolist()):
        bar = f"width: {width * chance:.1f}px; height: 9px; background: {BLUE if digit == best else PALE}"
        lines.append(
            f'<tr style="font-weight: {700 if digit == best else 400}">'
            f'<th scope="row" style="font-weight: inherit; padding: 0">{digit}</th>'
            f'<td style="width: {width}px; padding: 0 5px"><div style="{bar}"></div></td>'
            f'<td style="text-align: right; padding: 0">{chance:.1%}</td>'
            f'<td style="padding: 0">{"&nbsp;◂ true" if digit == truth else ""}</td></tr>'
        )
    style = "border-collapse: collapse; line-height: 1.25; font-size: 12px; white-space: nowrap"
    return f'<table style="{style}"><tbody>{"".join(lines)}</tbody></table>'
