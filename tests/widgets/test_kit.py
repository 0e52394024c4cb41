"""The parts that every panel is built from."""

import base64
import importlib
import io
import pkgutil
import re
from itertools import permutations

import anywidget
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import mnist_lesson
from mnist_lesson.shared import kit
from mnist_lesson.shared.chart import Curve, chart
from mnist_lesson.shared.html import number_table

CHANCES = np.array([0, 0.02, 0.9, 0.08, 0, 0, 0, 0, 0, 0])


class Drawn(kit.Panel):
    def still(self) -> kit.Still:
        return kit.Still(Figure(figsize=(2, 1)), "nothing, on paper")


def test_a_panel_carries_its_still_beside_its_view_if_it_has_one() -> None:
    data, metadata = Drawn("A panel", [])._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.width > picture.height > 50
    assert metadata["image/png"]["alt"] == "nothing, on paper"
    assert "application/vnd.jupyter.widget-view+json" in data
    without = kit.Panel("A panel", [])._repr_mimebundle_()
    assert "image/png" not in without
    assert without["text/plain"] == "Panel: run this page in JupyterLab to use it"


def test_the_bar_of_ten_marks_the_likeliest_and_the_true_digit() -> None:
    lines = re.findall(r"<tr.*?</tr>", kit.bar_of_ten(CHANCES, truth=3))
    assert [digit for digit, line in enumerate(lines) if "lm-best" in line] == [2]
    assert [digit for digit, line in enumerate(lines) if "◂" in line] == [3]
    assert "width: 90.0%" in lines[2]
    assert "8.0%" in lines[3]


def test_what_a_learner_types_is_text_and_a_frame_lies_where_it_was_asked_for() -> None:
    status = kit.Status()
    status.fault("<b>banana</b> is no number")
    shown = [status.value, kit.big_answer("<i>"), kit.digit_tile(np.eye(3), "<u>")]
    assert not any(mark in html for html in shown for mark in ("<b>", "<i>", "<u>"))
    tile = kit.digit_tile(np.zeros((10, 20)), frame=(1, 2, 3, 4))
    assert "top: 10.000%; left: 10.000%; height: 30.000%; width: 20.000%" in tile


def test_a_chart_has_a_name_at_each_curves_end() -> None:
    curves = [Curve(name, [(0, 0.5), (2, 0.01 * n)]) for n, name in enumerate("abcd")]
    html = chart(curves, {0: "0", 2: "two"}, title="<b>", x_name="x", alt='"quoted"', here=1)
    assert re.findall(r'lm-chart-name" [^>]*>(.)', html) == list("abcd")
    assert 'aria-label="&quot;quoted&quot;"' in html
    assert "<b>" not in html
    assert html.count("<circle") == 8
    empty = chart([Curve("a", [])], {0: "0", 1: "1"}, title="", x_name="", alt="empty")
    assert "polyline" not in empty


def test_no_name_of_a_curve_covers_another_wherever_the_curves_end() -> None:
    rng = np.random.default_rng(0)
    for ends in (*rng.random((300, 4)), [0.5] * 4, [0.52, 0.5, 0.48, 0.5], [0.0] * 4, [1.0] * 4):
        curves = [Curve(f"curve {n}", [(0, 0.3), (1, end)]) for n, end in enumerate(ends)]
        drawn = chart(curves, {0: "0", 1: "1"}, title="", x_name="", alt="")
        heights = [float(y) for y in re.findall(r'chart-name" x="[\d.]+" y="(-?[\d.]+)"', drawn)]
        assert len(heights) == 4
        assert min(np.diff(sorted(heights))) >= 22 - 0.2
        for (end, height), (other, lower) in permutations(zip(ends, heights, strict=True), 2):
            assert height < lower or end <= other  # the names stand in the order of the curves


@pytest.mark.parametrize("signed", [False, True])
def test_numbers_in_coloured_cells_have_the_contrast_that_the_wcag_asks_for(signed: bool) -> None:
    numbers = np.linspace(-255 if signed else 0, 255, 256)[None]
    html = number_table(numbers, signed=signed)
    cells = re.findall(r"background: #(.{6}); color: #(\w+)", html)
    assert len(cells) == 256
    for background, ink in cells:
        darker, lighter = sorted(luminance(colour) for colour in (background, ink))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (background, ink)


def luminance(colour: str) -> float:
    """Return how bright a colour of three or six hexadecimal digits is, from 0 to 1."""
    digits = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = np.frombuffer(bytes.fromhex(digits), np.uint8) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_every_widget_of_ours_hears_python_even_if_its_script_comes_late() -> None:
    for module in pkgutil.walk_packages(mnist_lesson.__path__, "mnist_lesson."):
        if "main" not in module.name:
            importlib.import_module(module.name)
    ours = [cls for cls in anywidget.AnyWidget.__subclasses__() if "mnist" in cls.__module__]
    assert len(ours) > 10
    needed = ("function listen(", "export default { initialize")
    deaf = [cls.__name__ for cls in ours if not all(part in cls._esm for part in needed)]
    assert deaf == ["Echo"]  # which only speaks
