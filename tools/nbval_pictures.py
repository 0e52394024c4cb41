"""What `pytest --nbval` needs for our pages: comparing pictures, and waiting for long trainings.

nbval compares only text, so a page with a wrong picture would pass. For us, two pictures are the
same if they look the same: each small square of one has to lie between the darkest and the
brightest of the squares around its place in the other. Letters in another font pass; a bar that
grew by 3% doesn't.

If a cell's picture depends on the machine's speed, or on a training that's short in rehearsal, its
metadata says how much of it may differ, and why:

    "mnist_lesson": {"picture_share": 0.06, "reason": "curves are shorter in rehearsal"}
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

# Figures come with 200 pixels to an inch, so a square is 1/25 inch a side.
SQUARE = 8  # pixels per side: smaller ones notice letters, larger ones miss a low bar
FAR = 50  # of 255; another font moves few squares this far, a changed picture many
FEW = 7  # squares that may be far off in any picture
RESHAPED = 0.03  # how much wider or taller a picture may get, since fonts change the margins


def picture_of(png: str) -> Image.Image:
    """Return a base64 PNG as an RGB picture on white."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def squares(picture: Image.Image, size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return the mean colours of a picture's squares, of which there are `size` (columns, rows)."""
    return np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=float)


def around(colours: npt.NDArray[np.float64], choose: np.ufunc) -> npt.NDArray[np.float64]:
    """Return the minimum or maximum (`choose`) of each square and its eight neighbours."""
    rows, columns, _ = colours.shape
    padded = np.pad(colours, ((1, 1), (1, 1), (0, 0)), mode="edge")
    shifted = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return choose.reduce(shifted)


def outside(
    these: npt.NDArray[np.float64], others: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return how far each of `these` is outside the range around its place in `others`."""
    above = these - around(others, np.maximum)
    below = around(others, np.minimum) - these
    return np.maximum(above, below).max(axis=-1)


def share_that_differs(saved: Image.Image, fresh: Image.Image) -> float:
    """Return the share of a picture that looks different; 0 for less than eight small squares."""
    wider, higher = np.divide(fresh.size, saved.size)
    if abs(wider / higher - 1) > RESHAPED:
        return 1.0
    size = (max(1, saved.width // SQUARE), max(1, saved.height // SQUARE))
    one, other = squares(saved, size), squares(fresh, size)
    far = np.maximum(outside(one, other), outside(other, one)) > FAR
    return float(far.mean()) if far.sum() > FEW else 0.0


def pictures_in(outputs: Sequence[dict]) -> list[str]:
    """Return the PNGs of a cell's outputs, in order."""
    return [
        output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})
    ]


def compare_pictures(cell: dict, fresh: Sequence[dict]) -> str:
    """Say how a cell's new pictures differ from the saved ones; "" if they look the same."""
    before, now = pictures_in(cell["outputs"]), pictures_in(fresh)
    if len(before) != len(now):
        return f"There were {len(before)} pictures on the saved page, and now there are {len(now)}."
    allowed = cell["metadata"].get("mnist_lesson", {}).get("picture_share", 0.0)
    for number, pair in enumerate(zip(before, now, strict=True), 1):
        share = share_that_differs(*map(picture_of, pair))
        if share > allowed:
            return f"Picture {number} looks different in {share:.1%} of its area."
    return ""


def compare_all(
    item: pytest.Item, compare_text: Callable[..., bool], fresh: list, saved: list
) -> bool:
    """Compare a cell's outputs as nbval does, then its pictures."""
    for output in fresh:  # our figures also come as HTML, which a saved page leaves out
        if "image/png" in output.get("data", {}):
            output["data"].pop("text/html", None)
    if not compare_text(fresh, saved):
        return False
    difference = compare_pictures(item.cell, fresh)
    if difference:
        item.comparison_traceback = [difference]
    return not difference


@pytest.hookimpl(trylast=True)  # after the page's kernel has been started
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Prepare a cell that nbval is about to run."""
    kernel = getattr(item.parent, "kernel", None)
    if kernel:
        # nbval only listens once the cell has ended, and by default 1,000 messages are kept.
        kernel.kc.iopub_channel.socket.rcvhwm = 0
        item.compare_outputs = partial(compare_all, item, item.compare_outputs)
