"""The take-home page in Chromium: it answers as Python does, learns, and keeps to itself."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from accessibility import violations
from photos import DIGITS, shaken
from samples import twin_of

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.handwriting.take_home import rounded, take_home
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.kit import style
from mnist_lesson.widgets.reader_page import ReaderPage

SEVEN = [[84, 72, 160, 66, 198, 70, 172, 116, 132, 218]]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path, monkeypatch) -> Iterator[Callable[..., Any]]:
    """Return a function that writes a network's page and opens it; no fault may show up."""
    train, (images, labels) = load_data()
    few = train, (images[:100], labels[:100])  # the accuracy on the page is not the question here
    monkeypatch.setattr("mnist_lesson.handwriting.take_home.load_data", lambda: few)
    context, faults = browser.new_context(has_touch=True), []

    def opened(network: Twin | None, **options: Any) -> Any:
        file = take_home(tmp_path / "reader.html", network=network, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: message.type == "error" and faults.append(message.text))
        page.on("request", lambda asked: asked.url == file.as_uri() or faults.append(asked.url))
        page.goto(file.as_uri())
        return page

    yield opened
    context.close()
    assert not faults


def read_pixels(page: Any, images: np.ndarray) -> np.ndarray:
    read = "all => all.map(p => mnistLesson.readPixels(p.map(v => v / 255)))"
    return np.array(page.evaluate(read, images.reshape(len(images), -1).tolist()))


def many_drawings(count: int) -> list[list[list[int]]]:
    """Draw digits by rule, small and large, anywhere on the sheet, with a hand that shakes."""
    drawings = []
    for number in range(count):
        chance = np.random.default_rng([number, 11])
        size, place = chance.uniform(80, 200), chance.uniform(-50, 50, 2)
        strokes = [200 + size * (stroke - (0.5, 0.75)) for stroke in DIGITS[number % 10]]
        drawn = [0.7 * stroke + place for stroke in shaken(chance, strokes)]
        drawings.append([np.clip(stroke, 0, 280).astype(int).ravel().tolist() for stroke in drawn])
    return drawings


def test_pixels_get_the_answer_of_the_twin(open_page: Callable[..., Any]) -> None:
    network, images = practised_network(), load_data()[1][0][:1000]
    answers = read_pixels(open_page(network), images)
    assert np.allclose(answers, rounded(network).predict(to_input(images)), atol=1e-4)
    assert (answers.argmax(1) == network.predict(to_input(images)).argmax(1)).mean() >= 0.998


def test_strokes_get_the_answer_of_python(open_page: Callable[..., Any]) -> None:
    drawings = many_drawings(500)
    page = open_page(practised_network())
    answers = np.array(page.evaluate("all => all.map(s => mnistLesson.read(s))", drawings))
    pictures = np.array([center_drawing(draw_strokes(strokes)) for strokes in drawings])
    expected = practised_network().predict(to_input(pictures))
    assert (answers.argmax(1) == expected.argmax(1)).mean() >= 0.99
    drawn = np.arange(500) % 10
    assert (expected.argmax(1) == drawn).mean() > 0.9  # or the drawings were no digits
    assert page.evaluate("mnistLesson.read([])") is None


def test_the_page_reads_inside_the_notebook(open_page: Callable[..., Any], tmp_path: Path) -> None:
    """In its frame it has no storage and no address, and must not miss them."""
    page = open_page(practised_network()).context.new_page()
    frame = ReaderPage(tmp_path / "reader.html").children[2].value
    page.set_content(f'{style()}<div class="lm-panel">{frame}</div>')
    sheet = page.frame_locator("iframe").locator("#sheet")
    sheet.wait_for()
    draw(page, SEVEN, sheet)
    page.frame_locator("iframe").get_by_text("seven").first.wait_for()
    assert page.frame_locator("iframe").locator("#digit").inner_text() == "7"


def test_a_longer_number_is_read_one_digit_at_a_time(open_page: Callable[..., Any]) -> None:
    page = open_page(practised_network())
    draw(page, [[v // 2 for v in SEVEN[0]], [210, 35, 210, 110]])
    page.get_by_role("status").get_by_text("71, read one digit").wait_for()
    assert page.locator("#digit").inner_text() == "71"
    page.get_by_role("button", name="Clear").click()
    draw(page, [[80, 60, 74, 150, 190, 150], [150, 90, 146, 240]])  # a four in two strokes
    page.get_by_text("what you meant?").wait_for()
    assert len(page.locator("#digit").inner_text()) == 1


def test_every_kind_of_layer_is_computed(open_page: Callable[..., Any]) -> None:
    rng = np.random.default_rng(5)

    def weights(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    def convolution(*shape: int) -> dict[str, np.ndarray]:
        return {"kernel": weights(*shape), "bias": weights(shape[-1])}

    def norm(channels: int, scale: np.ndarray) -> dict[str, np.ndarray]:
        return {"scale": scale, "shift": weights(channels)}

    same, valid = ({"strides": [n, 1], "padding": how} for n, how in ((2, "same"), (1, "valid")))
    odd = twin_of(
        "odd",
        ("first", "BatchNormalization", "linear", {}, norm(1, 3 + weights(1))),
        ("wide", "Conv2D", "tanh", same, convolution(4, 3, 1, 6)),
        ("norm", "BatchNormalization", "linear", {}, norm(6, weights(6))),
        ("bend", "Activation", "relu", {}, {}),
        ("pool", "MaxPooling2D", "linear", {"pool_size": [3, 2], **same}, {}),
        ("folded", "Conv2D", "linear", valid, convolution(3, 3, 6, 8)),
        ("norm_2", "BatchNormalization", "sigmoid", {}, norm(8, 6 * weights(8))),
        ("hide", "Dropout", "linear", {}, {}),
        ("mean", "GlobalAveragePooling2D", "linear", {}, {}),
        ("output", "Dense", "softmax", {}, {"kernel": 20 * weights(8, 10), "bias": weights(10)}),
    )
    images = load_data()[1][0][:30]
    answers = read_pixels(open_page(odd), images)
    assert np.allclose(answers, rounded(odd).predict(to_input(images)), atol=1e-4)
    assert np.allclose(answers, odd.predict(to_input(images)), atol=0.05)
    assert answers.std(axis=0).max() > 0.01  # or all pictures would look alike to it


def draw(page: Any, strokes: list[list[int]], sheet: Any = None) -> None:
    """Draw on the page's sheet, or on another one, such as a frame's."""
    box = (sheet or page.locator("#sheet")).bounding_box()
    for stroke in strokes:
        points = np.reshape(stroke, (-1, 2)) * box["width"] / 280 + (box["x"], box["y"])
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=5)
        page.mouse.up()


@pytest.mark.parametrize("storage", [True, False])
def test_it_learns_what_was_meant_and_forgets(open_page: Callable[..., Any], storage: bool) -> None:
    page = open_page(practised_network())
    if not storage:  # as in browsers that keep nothing for a file
        denied = "{get() { throw new Error('denied') }}"
        page.add_init_script(f"Object.defineProperty(window, 'localStorage', {denied})")
        page.reload()
    read = "s => mnistLesson.read(s)"
    before = page.evaluate(read, SEVEN)
    assert np.argmax(before) == 7

    draw(page, SEVEN)
    page.get_by_role("status").get_by_text("seven").wait_for()
    page.get_by_role("button", name="one: ").click()
    page.get_by_text("Now I know how you write a one").wait_for()
    assert np.argmax(page.evaluate(read, SEVEN)) == 1
    sixes = [strokes for number, strokes in enumerate(many_drawings(40)) if number % 10 == 6]
    assert all(np.argmax(page.evaluate(read, six)) == 6 for six in sixes)

    page.reload()
    reads = "([s, d]) => { const p = mnistLesson.read(s); return p.indexOf(Math.max(...p)) === d }"
    page.wait_for_function(reads, arg=[SEVEN, 1 if storage else 7])
    if storage:
        page.get_by_role("button", name="Forget").click()
        page.reload()
    assert page.evaluate(read, SEVEN) == before


def test_a_hostile_title_and_name_are_plain_text(open_page: Callable[..., Any]) -> None:
    title = "</title></script><img src=x onerror='window.hacked = 1'>"
    name = "<script>window.hacked = 1</script> $about &amp;"
    page = open_page(practised_network(), title=title, name=name)
    assert page.evaluate("window.hacked") is None
    assert page.title() == title
    assert name in page.locator("footer").inner_text()


def test_keyboard_touch_and_a_narrow_screen(open_page: Callable[..., Any]) -> None:
    page = open_page(practised_network(), name="Anna")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("getComputedStyle(sheet).touchAction") == "none"

    page.keyboard.press("Tab")
    for key in ["ArrowUp"] * 2 + ["ArrowLeft"] * 7 + [" "] + ["ArrowRight"] * 13:
        page.keyboard.press(key)
    for key in ["ArrowDown", "ArrowLeft", "ArrowDown"] * 8 + [" "]:
        page.keyboard.press(key)
    page.get_by_role("status").get_by_text("seven").wait_for()
    page.keyboard.press("Delete")
    page.get_by_role("status").get_by_text("Draw any digit").wait_for()
    box = page.locator("#sheet").bounding_box()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    page.touchscreen.tap(box["x"] + 100, box["y"] + 100)
    assert page.get_by_role("button", name="Clear").is_enabled()
