"""The panels of pages 00, 03 and 05 in a real JupyterLab, on a page of their own: by keyboard and by mouse."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lab import SUBSHELLS_OFF, Lab

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = {
    "fit": "from mnist_lesson.widgets.best_fit import BestFit\nBestFit()",
    "window": "from mnist_lesson.widgets.sliding_window import SlidingWindow\nSlidingWindow()",
    "browser": "from mnist_lesson.widgets.digit_browser import DigitBrowser\nDigitBrowser()",
    "map": "from mnist_lesson.widgets.network_map import NetworkMap\nNetworkMap()",
}


def write_page(file: Path) -> None:
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
    file.write_text(
        json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})
    )


def says(panel: Locator, words: str) -> None:
    panel.get_by_text(words).first.wait_for(timeout=15_000)


def button(panel: Locator, words: str) -> Locator:
    return panel.locator(f'button:has-text("{words}")').first


@pytest.mark.parametrize("settings", [{}, SUBSHELLS_OFF], ids=["second thread", "one thread"])
def test_the_first_panels_answer(
    open_lab: Callable[..., AbstractContextManager[Lab]], settings: dict[str, Any], tmp_path: Path
) -> None:
    write_page(tmp_path / "lesson" / "notebooks" / "panels.ipynb")
    with open_lab("panels", settings=settings) as jupyter:
        jupyter.run_all()
        move_the_line(jupyter.cell_output("fit"), jupyter)
        slide_the_window(jupyter.cell_output("window"), jupyter)
        browse(jupyter.cell_output("browser"), jupyter)
        look_at_layers(jupyter.cell_output("layers"), jupyter)
        assert not [error for error in jupyter.console_errors if "widget" in error.lower()]


def move_the_line(panel: Locator, jupyter: Lab) -> None:
    says(panel, "Your line: y = 0.00 · x + 4.30.")
    panel.get_by_role("slider").first.focus()
    for _ in range(20):
        jupyter.page.keyboard.press("ArrowRight")
    says(panel, "Your line: y = 0.40 · x + 4.30.")
    button(panel, "Show the best line").click()
    says(panel, "The best line (dashed): y = 0.73 · x + 1.04, with 0.95.")
    assert "0.40" in str(panel.locator("svg[role=img]").get_attribute("aria-label"))


def slide_the_window(panel: Locator, jupyter: Lab) -> None:
    says(panel, "= 695.")
    for _ in range(2):
        button(panel, "Step").click()
    says(panel, "Row 10, column 12.")
    says(panel, "= −624.")
    button(panel, "Play").click()
    says(panel, "Row 11, column")
    button(panel, "Play").click()
    weights = panel.get_by_label("Nine weights")
    weights.fill("1 2 three")
    weights.press("Enter")
    says(panel, "“three” is not a number that I can read.")
    weights.fill("0 0 0, 0 1 0, 0 0 0")
    weights.press("Enter")
    says(panel, "The 9 products added up")
    button(panel, "3 · Pooling").click()
    says(panel, "of its 13 × 13 numbers")
    panel.get_by_label("Kernel").select_option(label="a trained filter")
    says(panel, "Filter 0 of conv_1, learned by the ready-trained network.")


def browse(panel: Locator, jupyter: Lab) -> None:
    says(panel, "60,000 pictures: page 1 of 1500.")
    assert panel.get_by_label("Label").input_value() == "all"
    panel.get_by_label("Label").select_option(label="3")
    panel.get_by_label("Order").select_option(label="the oddest first")
    says(panel, "6,131 pictures labelled 3")
    panel.locator(".digit-0").focus()
    jupyter.page.keyboard.press("Enter")
    says(panel, "Picture 16676 is labelled 3.")
    shown = panel.locator(".digit-0").evaluate(
        "e => getComputedStyle(e, '::before').backgroundImage"
    )
    assert shown.startswith('url("data:image/png')


def look_at_layers(panel: Locator, jupyter: Lab) -> None:
    says(panel, "In the ready-trained network: conv_1 (Conv2D), shape 26 × 26 × 32.")
    button(panel, "pool").click()
    says(panel, "36,864 numbers become 9,216.")
    panel.get_by_role("slider").first.focus()
    for _ in range(5):
        jupyter.page.keyboard.press("ArrowRight")
    says(panel, "map 5 before")
    assert panel.locator("img").count() == 3 + 64
    button(panel, "output").click()
    says(panel, "so the answer is 5.")
