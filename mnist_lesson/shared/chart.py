"""Curves as SVG: drawn in a millisecond, sharp at any size, in the colours of the page's theme."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 640, 210  # of the drawing area, in SVG units
LEFT, TOP, RIGHT, BOTTOM = 62, 26, 124, 52  # margins for the numbers, and for the curves' names
# Each has dashes of its own: in greyscale, and to some eyes, two colours look the same.
LOOKS = (("blue", ""), ("orange", "7 4"), ("green", "2 4"), ("purple", "9 3 2 3"))
NAME_HEIGHT = 22  # two names closer than this would overlap
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
NEAR_ALL = (0, 0.5, 0.9, 0.99, 0.999)  # level lines for `towards_all`


class Curve(NamedTuple):
    """A name, written beside the curve's end, and its points (x, share from 0 to 1)."""

    name: str
    points: Sequence[tuple[float, float]]
    line: bool = True
    dots: bool = True


def towards_all(accuracy: float) -> float:
    """Turn an accuracy into a height, stretched towards 100%, where everything happens.

    0 stays 0, 0.9 becomes 0.5, 0.99 becomes 0.75.
    """
    wrong = max(1 - accuracy, 1e-3)
    return 0.25 - math.log10(wrong) / 4 if accuracy > 0.9 else accuracy / 1.8


def chart(
    curves: Sequence[Curve],
    ticks: Mapping[float, str],
    *,
    title: str,
    x_name: str,
    alt: str,
    shares: Sequence[float] = QUARTERS,
    stretch: Callable[[float], float] = float,
    here: float | None = None,
    height: int = HEIGHT,
) -> str:
    """Draw up to four curves of shares, and return the picture as HTML.

    Parameters
    ----------
    curves
        What to draw.
    ticks
        What to write below, at which x; the first and the last are the ends of the axis.
    title, x_name, alt
        What is drawn, what runs from left to right, and what a screen reader says.
    shares
        Where the level lines go.
    stretch
        Turns a share into a height, both from 0 to 1.
    here
        Where to draw an upright line.
    height
        Of the drawing area; it is 640 wide.
    """
    low, high = min(ticks), max(ticks)

    def at(x: float, share: float) -> tuple[float, float]:
        across = (x - low) / ((high - low) or 1)  # a single tick is an axis of no length
        return round(LEFT + across * WIDTH, 1), round(TOP + (1 - stretch(share)) * height, 1)

    parts = [f'<text class="lm-chart-title" x="{LEFT}" y="18">{escape(title)}</text>']
    for share in shares:
        _, y = at(low, share)
        parts.append(f'<path d="M{LEFT} {y}h{WIDTH}" stroke="var(--lm-line)"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 5}" text-anchor="end">{100 * share:g}%</text>')
    for tick, name in ticks.items():
        x, y = at(tick, 0)
        parts.append(f'<text x="{x}" y="{y + 24}" text-anchor="middle">{escape(name)}</text>')
    middle, foot = LEFT + WIDTH / 2, TOP + height + 47
    parts.append(f'<text x="{middle}" y="{foot}" text-anchor="middle">{escape(x_name)}</text>')
    if here is not None:
        x, _ = at(here, 0)
        parts.append(f'<path d="M{x} {TOP}v{height}" stroke="var(--lm-soft)" stroke-width="2"/>')
    # A curve keeps its look where one before it has no points yet.
    looks = [both for both in zip(curves, LOOKS, strict=False) if both[0].points]
    lines = [[at(*point) for point in curve.points] for curve, _ in looks]
    heights = _spread([places[-1][1] for places in lines])
    for (curve, look), places, name_height in zip(looks, lines, heights, strict=True):
        parts += _curve(curve, places, name_height, *look)
    right = RIGHT if any(curve.name for curve in curves) else LEFT // 2
    bottom = BOTTOM if x_name else BOTTOM - 20
    size = f"0 0 {LEFT + WIDTH + right} {TOP + height + bottom}"
    head = f'<svg class="lm-chart" viewBox="{size}" role="img" aria-label="{escape(alt)}">'
    return f'<div class="lm-chart-box">{head}{"".join(parts)}</svg></div>'


def learning_chart(
    curves: Sequence[Curve],
    epochs: int,
    *,
    alt: str,
    x_name: str = "epochs",
    title: str = "Read correctly: its own digits, and those held out",
    height: int = HEIGHT,
) -> str:
    """Draw how many digits a network reads, epoch by epoch, stretched towards all of them."""
    every = max(1, epochs // 10)  # about ten whole epochs are written below
    return chart(
        curves,
        {epoch: str(epoch) for epoch in range(0, epochs + every, every)},
        title=title,
        x_name=x_name,
        alt=alt,
        shares=NEAR_ALL,
        stretch=towards_all,
        height=height,
    )


def _spread(ends: Sequence[float]) -> list[float]:
    """Return a height for each curve's name: in the order of the ends, near them, none too close.

    Names that would overlap form a block, which stands where its ends are on average.
    """
    order = sorted(range(len(ends)), key=lambda number: ends[number])
    blocks: list[list[float]] = []  # the ends of each
    for number in order:
        blocks.append([ends[number]])
        while len(blocks) > 1 and _top(blocks[-1]) < _top(blocks[-2]) + _high(blocks[-2]):
            last = blocks.pop()
            blocks[-1] += last
    heights = [_top(block) + NAME_HEIGHT * row for block in blocks for row in range(len(block))]
    return [heights[order.index(number)] for number in range(len(ends))]


def _high(block: Sequence[float]) -> float:
    return NAME_HEIGHT * len(block)


def _top(block: Sequence[float]) -> float:
    """Return where a block's first name stands, so that its names are near their ends."""
    return sum(block) / len(block) - (_high(block) - NAME_HEIGHT) / 2


def _curve(
    curve: Curve, places: list[tuple[float, float]], y: float, colour: str, dash: str
) -> list[str]:
    """Draw one curve, and its name at the height `y`."""
    ink = f"var(--lm-{colour})"
    parts = []
    if curve.line:
        points = " ".join(f"{x},{y}" for x, y in places)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="3" '
            f'stroke-dasharray="{dash}" stroke-linejoin="round"/>'
        )
    if curve.dots:
        parts += [f'<circle cx="{x}" cy="{y}" r="5" fill="{ink}"/>' for x, y in places]
    # Beside the drawing, so that no curve runs through it.
    name = escape(curve.name)
    place = f'x="{LEFT + WIDTH + 10}" y="{y + 5:.1f}"'
    parts.append(f'<text class="lm-chart-name" {place} fill="{ink}">{name}</text>')
    return parts
