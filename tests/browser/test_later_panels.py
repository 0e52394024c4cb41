"""The panels of pages 06 and 07 in a real JupyterLab, on a page of their own: by keyboard and by mouse."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lab import SUBSHELLS_OFF, Lab

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenLab = Callable[..., AbstractContextManager[Lab]]
CELLS = {
    "replay": "from mnist_lesson.widgets.training_replay import TrainingReplay\nTrainingReplay()",
    "mistakes": "from mnist_lesson.widgets.mistake_browser import MistakeBrowser\nMistakeBrowser()",
    "break": "from mnist_lesson.widgets.break_it import BreakIt\nBreakIt()",
    "keras": "import sys\nprint([name for name in ('keras', 'tensorflow') if name in sys.modules])",
    "busy": "import time\ntime.sleep(30)",
}


@pytest.fixture(autouse=True)
def _page(lesson: Path) -> None:
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "source": code,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for name, code in CELLS.items()
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    page = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lesson / "notebooks" / "panels.ipynb").write_text(json.dumps(page))


def says(panel: Locator, words: str, seconds: float = 60) -> None:
    panel.get_by_text(words).first.wait_for(timeout=1000 * seconds)


@pytest.mark.parametrize("settings", [{}, SUBSHELLS_OFF], ids=["second thread", "one thread"])
def test_the_later_panels_answer(open_lab: OpenLab, settings: dict[str, Any]) -> None:
    with open_lab("panels", settings=settings) as jupyter:
        for cell in ("replay", "mistakes", "break", "keras"):
            jupyter.run_cell(cell)
        assert jupyter.cell_output("keras").inner_text().strip() == "[]"
        scrub(jupyter.cell_output("replay"), jupyter)
        choose_a_cell(jupyter.cell_output("mistakes"))
        break_a_digit(jupyter.cell_output("break"), jupyter)
        assert not [error for error in jupyter.console_errors if "widget" in error.lower()]


def test_a_panel_answers_while_a_cell_runs(open_lab: OpenLab) -> None:
    with open_lab("panels") as jupyter:
        jupyter.run_cell("replay")
        says(jupyter.cell_output("replay"), "After epoch 12 of 12")
        jupyter.run_cell("busy", timeout=None)
        panel = jupyter.cell_output("replay")
        panel.get_by_role("slider").first.focus()
        jupyter.page.keyboard.press("ArrowLeft")
        says(panel, "After epoch 11 of 12", 20)
        assert jupyter.busy()


def scrub(panel: Locator, jupyter: Lab) -> None:
    says(panel, "After epoch 12 of 12")
    slider = panel.get_by_role("slider").first
    slider.focus()
    for _ in range(8):
        jupyter.page.keyboard.press("ArrowLeft")
    says(panel, "After epoch 4 of 12")
    panel.locator('img[alt$="a line marks epoch 4."]').wait_for(timeout=60_000)
    handle, track = slider.bounding_box(), panel.locator(".noUi-target").first.bounding_box()
    assert handle
    assert track
    jupyter.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    jupyter.page.mouse.down()
    jupyter.page.mouse.move(track["x"] + 2, handle["y"] + 5, steps=5)
    jupyter.page.mouse.up()
    says(panel, "After epoch 1 of 12")
    panel.get_by_label("True digit").select_option(label="7")
    says(panel, "The chosen digit, truly 7, is read as")
    panel.locator(".widget-play button").first.click()
    says(
        panel, "After epoch 12 of 12"
    )  # where pictures come slower than epochs, some epochs are passed over


def choose_a_cell(panel: Locator) -> None:
    says(panel, "10,000 test digits, read by the ready-trained network. A row", 240)
    panel.get_by_role("button", name="11", exact=True).first.click()
    says(panel, "7, read as 2: 11 times.")
    digits = panel.locator('img[alt^="test digit"]')
    assert digits.count() == 11
    assert panel.locator("tr", has_text="◂ true").count() == 11
    panel.get_by_label("True digit").select_option(label="4")
    says(panel, "4, read as 2: 0 times. Choose another number.")
    panel.get_by_label("Read as").select_option(label="9")
    says(panel, "4, read as 9: 3 times.")
    assert digits.count() == 3


def break_a_digit(panel: Locator, jupyter: Lab) -> None:
    says(panel, "As it is, this 7 is read as 7")
    panel.get_by_role("button", name="Noise", exact=True).click()
    says(panel, "With 30 percent of its pixels noisy, it is read as")
    panel.get_by_role("slider").first.focus()
    jupyter.page.keyboard.press("ArrowRight")
    says(panel, "With 40 percent of its pixels noisy, it is read as")
    panel.get_by_label("Test digit").fill("18")
    jupyter.page.keyboard.press("Tab")
    says(panel, "As it is, this 3 is read as 3")
    says(panel, "Of 1,000 test digits it reads 99.3% correctly as they are", 120)
    panel.locator('img[alt^="The answer hangs most on"], img[alt^="No part alone"]').wait_for(
        timeout=60_000
    )
    started = time.monotonic()
    panel.get_by_role("button", name="Turn", exact=True).click()
    says(panel, "Turned by 30 degrees, it is read as")
    print(f"from click to prediction: {time.monotonic() - started:.2f} s")
