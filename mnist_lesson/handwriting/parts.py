"""08 · Your digits: which spots of ink belong together, and how many digits they make."""

import itertools

import numpy as np
import scipy  # it loads a part at its first use: a page opens sooner
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mnist_lesson.handwriting.center import path, pen_width

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]

AROUND = np.ones((3, 3))  # pixels that touch at a corner belong together
BROAD = 1.1  # times as wide as high: from here on, a piece of ink may be two digits
LONG = 5  # times as wide as high: from here on, it's a bar, such as the first stroke of a 7


def digit_parts(drawing: Picture) -> list[Mask]:
    """Find the pieces of ink that are each a digit, or several that touch: masks, left to right.

    A small piece joins the nearest large one, like the hat of a 5. Pieces just above one another
    join, too, like the halves of a broken stroke. `drawing` is uint8 (h, w), ink bright.
    """
    spots, places, areas = _pieces(drawing)
    if not len(places):
        return []
    # The - 1 keeps the largest ones, even if there are a hundred of the same size.
    kept = np.flatnonzero(areas > min(0.02 * areas.sum(), areas.max() - 1))  # the rest is dust
    (tops, bottoms), (lefts, rights) = places[kept].transpose(1, 2, 0)
    heights = bottoms - tops
    small = heights < 0.4 * heights.max()
    digit = np.arange(len(kept))
    for here in np.argsort(heights):
        # How far two parts lie apart: below 0, they share some columns, or some rows.
        beside = np.maximum(lefts[here], lefts) - np.minimum(rights[here], rights)
        above = np.maximum(tops[here], tops) - np.minimum(bottoms[here], bottoms)
        if small[here]:
            apart = np.where(small, np.inf, np.hypot(np.maximum(beside, 0), np.maximum(above, 0)))
            joins = apart < 0.35 * heights.max()
        else:
            # Relative to the narrower one, since a thin piece may be entirely above a broad one.
            apart = beside / np.minimum(rights[here] - lefts[here], rights - lefts)
            joins = (apart < -0.6) & (above < 0.2 * heights.max()) & ~small
        joins[here] = False
        if joins.any():
            digit[digit == here] = digit[np.where(joins, apart, np.inf).argmin()]
    masks = [np.isin(spots, kept[digit == one] + 1) for one in np.unique(digit)]
    return sorted(masks, key=lambda mask: float(np.nonzero(mask)[1].mean()))


def may_be_several(drawing: Picture) -> bool:
    """Say whether a drawing may show several digits: in several places, or too wide for one."""
    parts = digit_parts(drawing)
    if len(parts) != 1:
        return len(parts) > 1
    height, width = parts[0][box_of(parts[0])].shape
    return bool(BROAD * height < width < LONG * height)


def leave_out_holes(drawing: Picture) -> Picture:
    """Leave out the holes punched in a sheet: solid, round spots in a row along an edge.

    `drawing` is uint8 (h, w), ink bright; the result is a drawing, too.
    """
    spots, places, areas = _pieces(drawing)
    side = max(drawing.shape)
    sizes = places[..., 1] - places[..., 0]
    small = (sizes.max(axis=1) < 0.12 * side) & (sizes.max(axis=1) < 2.5 * sizes.min(axis=1))
    round_ones = small & (areas > 0.6 * sizes.prod(axis=1))
    middles = places.mean(axis=2)
    holes = np.zeros(len(places), bool)
    for axis, length in enumerate(drawing.shape):
        for edge in (0, length):
            row = round_ones & (np.abs(middles[:, axis] - edge) < 0.12 * side)
            # A single round spot may well be ink.
            if row.sum() > 1 and np.ptp(middles[row, axis]) < 0.03 * side:
                holes |= row
    return np.where(np.append(False, holes)[spots], np.uint8(0), drawing)


def leave_out_underline(drawing: Picture) -> Picture:
    """Leave out a long line that's below all other ink, and doesn't touch it.

    `drawing` is uint8 (h, w), ink bright; the result is a drawing, too.
    """
    spots, places, areas = _pieces(drawing)
    if len(places) < 2:
        return drawing
    (tops, bottoms), (lefts, rights) = places.transpose(1, 2, 0)
    lowest = int(bottoms.argmax())
    others = areas > 0.02 * areas.sum()  # the rest is dust
    others[lowest] = False
    if not others.any():
        return drawing
    thick = bottoms[lowest] - tops[lowest]
    long = max(6 * thick, 0.5 * (rights[others].max() - lefts[others].min()))
    # If it's closer than its own thickness, it may belong to the digit, like the foot of a 2.
    apart = tops[lowest] - bottoms[others].max()
    if rights[lowest] - lefts[lowest] < long or apart < thick:
        return drawing
    return np.where(spots == lowest + 1, np.uint8(0), drawing)


def _pieces(drawing: Picture) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.intp]]:
    """Find the pieces of ink: a picture of their numbers, from 1, and each one's place and area.

    Places have shape (n, 2, 2): rows from and to, columns from and to.
    """
    spots, count = scipy.ndimage.label(drawing > 63, AROUND)
    boxes = [[(side.start, side.stop) for side in box] for box in scipy.ndimage.find_objects(spots)]
    return spots, np.array(boxes).reshape(count, 2, 2), np.bincount(spots.ravel())[1:]


def close_gaps(drawing: Picture) -> Picture:
    """Join strokes that a dry pen broke: gaps up to a pen's width, or two next to a short dash.

    `drawing` is uint8 (h, w), ink bright; the result is a drawing, too.
    """
    depth = scipy.ndimage.distance_transform_edt(drawing > 127)
    spots, count = scipy.ndimage.label(depth > 0, AROUND)
    # We measure every pair of pieces below, so the time grows with the square of their number.
    if not 1 < count <= 60:
        return drawing
    pen = pen_width(depth)
    middle = path(depth)
    areas = np.bincount(spots.ravel())[1:]
    rows = [box[0] for box in scipy.ndimage.find_objects(spots)]
    heights = np.array([side.stop - side.start for side in rows])
    short = heights < 0.4 * (max(side.stop for side in rows) - min(side.start for side in rows))
    points = [np.argwhere(middle & (spots == spot)) for spot in range(1, count + 1)]
    gaps = []
    strokes = [n for n in np.flatnonzero(areas >= pen**2 / 2) if len(points[n])]  # the rest is dust
    for here, there in itertools.combinations(strokes, 2):
        far, nearest = scipy.spatial.cKDTree(points[there]).query(points[here])
        start = int(far.argmin())
        widest = 3.2 if short[here] or short[there] else 2.2  # from middle to middle, in pens
        if far[start] < widest * pen:
            ends = points[here][start], points[there][nearest[start]]
            gaps.append((far[start], here, there, *ends))
    canvas = Image.fromarray(drawing)
    stroke = np.arange(count)  # two dashes of the same stroke don't need a second bridge
    # Shortest first: build a longer bridge only if no shorter ones have joined the two.
    for _, here, there, start, stop in sorted(gaps, key=lambda gap: gap[0]):
        if stroke[here] != stroke[there]:
            stroke[stroke == stroke[there]] = stroke[here]
            way = [(int(column), int(row)) for row, column in (start, stop)]
            ImageDraw.Draw(canvas).line(way, fill=255, width=round(pen))
    return np.asarray(canvas)


def strips_of(ink: Mask) -> NDArray[np.intp]:
    """Cut ink, (h, w), wherever there's little in the way, and number the strips left to right.

    Returns each pixel's number, from 1; paper has 0.
    """
    height, width = ink.shape
    cuts: list[Mask] = []  # for each, what lies to the left of it
    least = []
    middles = np.arange(0.07 * height, width - 0.07 * height, max(0.05 * height, 1))
    for met, seam in zip(*_seams(ink, middles), strict=True):
        left = ink & (np.arange(width) < seam[:, np.newaxis])
        # With this much ink in its way, a cut would run along a stroke, not across it.
        if met > 0.4 * height:
            continue
        if not cuts or (left & ~cuts[-1]).sum() > 0.02 * ink.sum():
            cuts.append(left)
            least.append(met)
        elif met < least[-1]:  # almost the same cut, but through less ink
            cuts[-1] = left
            least[-1] = met
    passed = np.sum([ink & ~left for left in cuts], axis=0, dtype=np.intp)
    return np.where(ink, passed + 1, 0)


def stretches_of(strips: NDArray[np.intp]) -> list[tuple[int, int]]:
    """List stretches of strips, (start, stop), that are tall enough for a digit, and not too wide.

    `strips` is as from `strips_of()`; a stretch goes from strip start + 1 to strip stop.
    """
    tall = strips.shape[0]
    areas = np.bincount(strips.ravel())[1:]
    count = len(areas)
    found = []
    for start in range(count):
        for stop in range(start + 1, count + 1):
            inside = (strips > start) & (strips <= stop)
            if not inside.any():  # two cuts that cross may have no ink between them
                continue
            down, across = box_of(inside)
            if across.stop - across.start >= 1.5 * tall:
                break  # more strips only make it wider
            if (
                down.stop - down.start > 0.4 * tall
                and areas[start:stop].sum() >= 0.02 * areas.sum()
            ):
                found.append((start, stop))
    return found


def _seams(ink: Mask, middles: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Find ways from top to bottom, one near each column of `middles` (n,), through the least ink.

    From row to row, a way goes straight on or a pixel to one side. Returns what each costs, (n,),
    and its column at each row, (n, height).
    """
    height, width = ink.shape
    columns = np.arange(width)
    way = np.arange(len(middles))
    straying = 0.5 * np.abs(columns - middles[:, np.newaxis]) / height  # costs less than ink
    total = ink[0] + straying
    wall = np.full((len(middles), 1), np.inf)
    came = []
    for row in ink[1:]:
        left = np.hstack([wall, total[:, :-1]])
        right = np.hstack([total[:, 1:], wall])
        around = np.stack([left, total, right])
        came.append(around.argmin(axis=0) - 1)
        total = around.min(axis=0) + row + straying
    seam = [total.argmin(axis=1)]
    for steps in reversed(came):
        seam.append(seam[-1] + steps[way, seam[-1]])
    return total.min(axis=1), np.stack(seam[::-1], axis=1)


def box_of(piece: Mask) -> tuple[slice, slice]:
    """Return the rows and columns that a piece of ink takes up."""
    down, across = scipy.ndimage.find_objects(piece.astype(np.int8))[0]
    return down, across
