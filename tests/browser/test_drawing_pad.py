"""Page 08's drawing pad in JupyterLab: by mouse, by keyboard, zoomed, with many strokes."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from lab import NOTEBOOK, SUBSHELLS_OFF, Lab, OpenLab, write_page

SEVEN = [(70, 60), (200, 60), (120, 230)]


SEND = """([canvas, strokes]) => {
    const box = canvas.getBoundingClientRect();
    const unit = (box.width - 4) / 280;
    const tell = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
        pointerId: 1, button: 0, bubbles: true,
        clientX: box.left + 2 + x * unit, clientY: box.top + 2 + y * unit}));
    canvas.setPointerCapture = () => {};
    for (const s of strokes) {
        tell('pointerdown', s[0], s[1]);
        for (let i = 2; i < s.length; i += 2) tell('pointermove', s[i], s[i + 1]);
        tell('pointerup', s[s.length - 2], s[s.length - 1]);
    }
}"""


class Sheet:
    """The pad on the screen; places are in its own units, 0 to 280."""

    def __init__(self, jupyter: Lab) -> None:
        self.jupyter, self.page = jupyter, jupyter.page
        jupyter.run_cell(jupyter.find("%matplotlib inline"))
        self.cell = jupyter.find("DrawingPad()")
        jupyter.run_cell(self.cell)
        self.canvas = jupyter.cell_output(self.cell).locator("canvas[role=application]")
        self.canvas.scroll_into_view_if_needed()

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.canvas.bounding_box()
        scale = box["width"] / 284  # 280 and a border of 2 on each side
        return box["x"] + (2 + x) * scale, box["y"] + (2 + y) * scale

    def draw(self, points: list[tuple[int, int]], steps: int = 12) -> None:
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point), steps=steps)
        self.page.mouse.up()

    def reads(self, words: str) -> None:
        self.jupyter.cell_output(self.cell).get_by_text(words).wait_for(timeout=10_000)

    def python(self, code: str) -> str:
        """Run a line in the page's kernel, in a new cell, and return what it prints."""
        self.jupyter.show(self.cell)
        self.jupyter.command("notebook:insert-cell-below")
        self.page.wait_for_timeout(300)
        self.page.evaluate(
            f"code => {NOTEBOOK}.activeCell.model.sharedModel.setSource(code)",
            code,
        )
        self.jupyter.run_cell(self.cell + 1)
        return self.jupyter.cell_output(self.cell + 1).inner_text().strip()


@pytest.fixture(params=[{}, SUBSHELLS_OFF], ids=["second thread", "one thread"])
def sheet(open_lab: OpenLab, request: pytest.FixtureRequest) -> Iterator[Sheet]:
    with open_lab("08_your_digits", settings=request.param) as jupyter:
        yield Sheet(jupyter)
        assert not [error for error in jupyter.console_errors if "pad" in error.lower()]


def test_it_reads_what_is_drawn(sheet: Sheet) -> None:
    page = sheet.page
    sheet.draw(SEVEN)
    sheet.reads("That's a 7")

    page.get_by_role("button", name="Clear").first.click()
    sheet.reads("Draw something!")

    sheet.canvas.focus()
    for key in ["ArrowUp"] * 2 + ["ArrowLeft"] * 7 + [" "] + ["ArrowRight"] * 13:
        page.keyboard.press(key)
    for key in ["ArrowDown", "ArrowLeft", "ArrowDown"] * 8 + [" "]:
        page.keyboard.press(key)
    sheet.reads("That's a 7")
    page.keyboard.press("Backspace")
    sheet.reads("Draw something!")

    page.evaluate("() => { document.body.style.zoom = '1.5' }")
    sheet.canvas.scroll_into_view_if_needed()
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(500)
    sheet.draw([(70, 60), (200, 60)])
    page.wait_for_timeout(500)
    page.evaluate("() => { document.body.style.zoom = '1' }")
    first = json.loads(sheet.python("print(pad.pad.strokes[0][:2] + pad.pad.strokes[0][-2:])"))
    assert first == pytest.approx([70, 60, 200, 60], abs=2)
    sixty_strokes_and_five_thousand_points_arrive(sheet)


def sixty_strokes_and_five_thousand_points_arrive(sheet: Sheet) -> None:
    chance = Random(3)
    strokes = []
    for _ in range(60):  # each step goes elsewhere: a pen that rests adds no point
        places = chance.sample([(x, y) for x in range(2, 278, 9) for y in range(2, 278, 9)], 85)
        strokes.append([number for place in places for number in place])
    sheet.page.get_by_role("button", name="Clear").first.click()
    sheet.page.evaluate(SEND, [sheet.canvas.element_handle(), strokes])
    sheet.page.wait_for_timeout(3000)
    counted = sheet.python("print(len(pad.pad.strokes), sum(len(s) // 2 for s in pad.pad.strokes))")
    assert counted == f"60 {60 * 85}"


def test_the_guided_sheet_by_keyboard_alone(open_lab: OpenLab, lesson: Path) -> None:
    """A button that vanishes when it is pressed gives the focus back to the sheet."""
    code = "from mnist_lesson.widgets.guided_sheet import GuidedSheet\nGuidedSheet()"
    write_page(lesson / "notebooks" / "sheet.ipynb", {"sheet": code})
    with open_lab("sheet") as jupyter:
        jupyter.run_cell("sheet")
        output, keys = jupyter.cell_output("sheet"), jupyter.page.keyboard
        canvas = output.locator("canvas[role=application]")
        canvas.focus()
        stroke = ["ArrowUp", " ", *["ArrowDown"] * 16, " ", "Enter"]
        for answer, then in (("Draw it again", "Draw a 0"), ("Keep it", "Draw a 1")):
            for key in stroke:  # a 1, where a 0 is asked for
                keys.press(key)
            button = output.get_by_role("button", name=answer)
            button.wait_for()
            button.focus()
            keys.press("Enter")
            output.get_by_text(then).wait_for()
            jupyter.page.wait_for_timeout(500)
            assert canvas.evaluate("sheet => sheet === document.activeElement")
            for key in ["ArrowUp"] * 16:
                keys.press(key)
