"""The living picture in JupyterLab: what it says of a number is what the network computes."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab import OpenLab, write_page
from samples import twin_of

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import plain_network, practised_network, save_network
from mnist_lesson.network.stages import Stages
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input

pytestmark = pytest.mark.slow

CODE = """
from mnist_lesson.network.saved import load_network
from mnist_lesson.widgets.network_map import NetworkMap
NetworkMap(load_network("{name}.npz"))
"""


def unusual_network() -> Twin:
    """Build a network of all that the lesson's own ones lack: padding, odd windows, averages."""
    chance = np.random.default_rng(3)
    same = {"padding": "same"}

    def drawn(*shape: int) -> dict[str, Any]:
        kernel, bias = chance.normal(0, 0.3, shape), chance.normal(0, 0.3, shape[-1])
        return {"kernel": kernel.astype("f4"), "bias": bias.astype("f4")}

    norm = {key: chance.normal(1, 0.3, 5).astype("f4") for key in ("scale", "shift")}
    return twin_of(
        "an unusual network",
        ("conv", "Conv2D", "tanh", {"strides": (1, 1), **same}, drawn(4, 3, 1, 5)),
        ("norm", "BatchNormalization", "linear", {}, norm),
        ("pool", "MaxPooling2D", "gelu", {"pool_size": (3, 3), "strides": (2, 2), **same}, {}),
        ("conv_2", "Conv2D", "elu", {"strides": (2, 2), **same}, drawn(3, 3, 5, 7)),
        ("pixelwise", "Dense", "selu", {}, drawn(7, 6)),
        ("average", "GlobalAveragePooling2D", "linear", {}, {}),
        ("dense", "Dense", "softplus", {}, drawn(6, 9)),
        ("output", "Dense", "softmax", {}, drawn(9, 10)),
    )


NETWORKS = {"plain": plain_network, "practised": practised_network, "unusual": unusual_network}


@pytest.fixture(autouse=True)
def _page(lesson: Path) -> None:
    cells = {name: CODE.format(name=name) for name in NETWORKS}
    write_page(lesson / "notebooks" / "map.ipynb", cells)
    for name, network in NETWORKS.items():
        save_network(network(), lesson / "notebooks" / f"{name}.npz")


def test_each_number_is_explained_as_the_network_computes_it(open_lab: OpenLab) -> None:
    image = to_input(load_data()[1][0][0])[0]
    chance = random.Random(1)
    with open_lab("map", height=3000) as jupyter:
        for name, network in NETWORKS.items():
            jupyter.run_cell(name)
            picture = jupyter.cell_output(name).locator(".lm-map")
            picture.locator(".lm-map-numbers b").wait_for()
            plan = Stages(network())
            for number, output in enumerate(plan.outputs(network(), image)):
                numbers = output.reshape(plan.stages[number]["shape"])
                places = [[chance.randrange(side) for side in numbers.shape] for _ in range(60)]
                ask = "(node, [n, all]) => all.map(([i, j, m]) => node.explain(n, m, i, j).value)"
                told = picture.evaluate(ask, [number, places])
                wanted = [numbers[tuple(place)] for place in places]
                assert told == pytest.approx(wanted, rel=1e-5, abs=1e-5), (name, number)
        assert jupyter.console_errors == []


def test_a_neuron_says_whom_it_loves_and_hates_and_stays_chosen(open_lab: OpenLab) -> None:
    """Page 05 sends its reader to find one that hates 5s, and to draw what wakes it."""
    weights = plain_network().weights["output"]["kernel"]
    assert 5 in weights.argmin(axis=1)
    line = center_drawing(draw_strokes([[140, 100, 140, 180]]))
    pictures = to_input(np.stack([load_data()[1][0][0], line]))
    dense = plain_network().up_to("dense").predict(pictures)
    sleeper = int(np.where(dense[0] == 0, dense[1], -1).argmax())
    assert dense[1, sleeper] > 0
    with open_lab("map") as jupyter:
        jupyter.run_cell("plain")
        panel = jupyter.cell_output("plain")
        picture = panel.locator(".lm-map")
        picture.get_by_text("It reads a 7").wait_for()
        at = picture.evaluate("(node, n) => node.boxOf(4, n)", sleeper)
        stage = picture.locator(".lm-map-stage")
        stage.click(position={"x": at[0] + at[2] / 2, "y": at[1] + at[3] / 2})
        title = picture.locator(".lm-map-title")
        taste = f"loves {weights[sleeper].argmax()}s, hates {weights[sleeper].argmin()}s"
        title.get_by_text(f"{taste}, asleep now").wait_for()
        stage.hover(position={"x": 20, "y": 200})  # on the way to the sheet
        picture.get_by_role("button", name="Step").click()
        picture.get_by_role("button", name="Go on").wait_for()
        panel.get_by_role("button", name="draw your own").click()
        picture.get_by_text("The sheet is blank").wait_for()
        assert picture.locator(".lm-map-caption").inner_text() == ""
        box = panel.locator("canvas.lm-sheet").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        jupyter.page.mouse.move(x, y - 40)
        jupyter.page.mouse.down()
        jupyter.page.mouse.move(x, y + 40, steps=5)
        jupyter.page.mouse.up()
        picture.get_by_text("It reads a").wait_for()
        picture.get_by_text("It's awake!").first.wait_for()
        assert taste in title.inner_text()
        assert panel.locator("canvas.lm-sheet").bounding_box() == box  # nothing jumps under a pen
        panel.get_by_role("button", name="Clear").click()
        picture.get_by_text("The sheet is blank").wait_for()
        assert picture.locator(".lm-said").count() == 0


@pytest.mark.parametrize("name", ["plain", "practised"])  # windows of 3 × 3, and of 5 × 5
def test_no_sum_is_cut_off(open_lab: OpenLab, name: str) -> None:
    """JupyterLab's own panel is 848 pixels wide on a laptop of 1280."""
    ask = """node => node.querySelector(".lm-map-totals").getBoundingClientRect().right
        - node.querySelector(".lm-map-pieces").getBoundingClientRect().right"""
    with open_lab("map") as jupyter:
        jupyter.run_cell(name)
        picture = jupyter.cell_output(name).locator(".lm-map")
        picture.locator(".lm-map-totals").wait_for()
        for width in (1280, 1210, 1366):
            jupyter.page.set_viewport_size({"width": width, "height": 900})
            jupyter.page.wait_for_timeout(300)
            assert picture.evaluate(ask) <= 0, width


def test_by_keyboard_and_without_motion(open_lab: OpenLab) -> None:
    with open_lab("map") as jupyter:
        jupyter.page.emulate_media(reduced_motion="reduce")
        jupyter.run_cell("plain")
        picture = jupyter.cell_output("plain").locator(".lm-map")
        picture.get_by_text("It reads a 7").wait_for()
        walk_the_maps(picture, jupyter.page.keyboard.press)
        play_the_film(picture)


def walk_the_maps(picture: Any, key: Callable[[str], None]) -> None:
    # A neuron is one pixel: there is nothing to see large.
    neurons = "dense: 128 neurons. Arrow keys choose one."
    picture.get_by_role("button", name=neurons, exact=True).wait_for()
    spoken = picture.locator("[aria-live]")
    picture.get_by_role("button", name="conv_2: 64 maps of 24 × 24").focus()
    for name in ("Home", "ArrowDown", "ArrowDown", "ArrowDown"):
        key(name)
    spoken.get_by_text("conv_2, map 3 of 64").wait_for()
    assert "288 products add up to" in spoken.inner_text()
    key("Enter")
    large = picture.get_by_role("application", name="conv_2, map 3, large")
    large.wait_for()
    box, drawn = picture.locator(".lm-map-large").bounding_box(), large.bounding_box()
    assert box
    assert drawn
    assert box["width"] < drawn["width"] + 40  # no empty space beside it
    for _ in range(25):
        key("ArrowUp")
        key("ArrowLeft")
    spoken.get_by_text("row 0, column 0").wait_for()
    assert "It sees rows 0 to 4 and columns 0 to 4" in spoken.inner_text()
    key("Escape")
    large.wait_for(state="hidden")
    key("Tab")  # on to the next stage
    spoken.get_by_text("pool, map 0 of 64").wait_for()


def play_the_film(picture: Any) -> None:
    step = picture.get_by_role("button", name="Step")
    for says in ("32 filters", "64 filters", "Of each 2 × 2 block", "128 neurons"):
        step.click()
        picture.locator(".lm-map-caption").get_by_text(says).wait_for()
        assert not picture.get_by_text("It reads a 7").is_visible()  # not before it has arrived
        picture.get_by_role("button", name="Go on").wait_for()
    step.click()
    picture.get_by_text("It reads a 7").wait_for()


def test_one_button_plays_the_digit_s_way_or_the_training(open_lab: OpenLab, lesson: Path) -> None:
    code = """
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.widgets.network_map import NetworkMap
NetworkMap(snapshots=[plain_network(), practised_network()])"""
    write_page(lesson / "notebooks" / "map.ipynb", {"snapshots": code})
    with open_lab("map") as jupyter:
        jupyter.run_cell("snapshots")
        picture = jupyter.cell_output("snapshots").locator(".lm-map")
        moment = picture.locator(".lm-map-moment")
        picture.get_by_role("button", name="Play").wait_for()
        assert not moment.is_visible()
        picture.get_by_role("button", name="Watch it learn").click()  # and it plays
        moment.get_by_text("plain").wait_for()
        picture.get_by_role("button", name="Pause").wait_for()
        assert not picture.get_by_role("button", name="Step").is_visible()
        moment.get_by_text("practised").wait_for()
        picture.get_by_role("button", name="Play").wait_for()
        picture.get_by_role("button", name="Watch it read").click()
        picture.get_by_role("button", name="Step").click()
        picture.get_by_role("button", name="Go on").wait_for()
        picture.get_by_role("button", name="Watch it learn").click()  # in the middle of the film
        picture.get_by_text("It reads a").wait_for()
