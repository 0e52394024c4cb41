"""Page 06's training panel in JupyterLab: it moves, it stops, and the page goes on."""

import re
from pathlib import Path

import numpy as np
import pytest
from lab import SUBSHELLS_OFF, Lab, OpenLab

NUMBERS = re.compile(r"epoch 1 of 2 · batch ([\d,]+) of")
TRAIN = "run = train("


@pytest.fixture(autouse=True)
def _small_batches(lesson: Path) -> None:
    """Change `batch_size` on the page: a rehearsal then lasts long enough to stop it."""
    page = lesson / "notebooks" / "06_train.ipynb"
    text = page.read_text(encoding="utf-8")
    assert text.count("batch_size = 128 ") == 1
    page.write_text(text.replace("batch_size = 128 ", "batch_size = 4 "), encoding="utf-8")


def start_training(jupyter: Lab) -> int:
    """Run the cells that the training needs, start it, and return its cell."""
    jupyter.run_cell(jupyter.find("load_data"))
    jupyter.run_cell(jupyter.find("batch_size = "))
    jupyter.run_cell(jupyter.find("settings = Settings("))
    jupyter.run_cell(jupyter.find("FoggyHill()"))
    cell = jupyter.find(TRAIN)
    jupyter.run_cell(cell, timeout=None)
    return cell


def batch(jupyter: Lab, cell: int) -> int:
    """Return which batch the panel says the training is at (0 before it says so)."""
    found = NUMBERS.search(jupyter.cell_output(cell).inner_text())
    return int(found[1].replace(",", "")) if found else 0


def watch_it_move(jupyter: Lab, cell: int) -> None:
    """Wait until the panel has shown two different batches."""
    jupyter.wait_until(lambda: batch(jupyter, cell) > 0, 120, "the panel shows a batch")
    first = batch(jupyter, cell)
    jupyter.wait_until(lambda: batch(jupyter, cell) > first, 10, "the panel moves")


def play_meanwhile(jupyter: Lab) -> None:
    """Walk down the game's first valley while the kernel is busy; page 06 has its gradient."""
    game = jupyter.cell_output(jupyter.find("FoggyHill()"))
    said = game.locator(".lm-answer-words")
    x = np.arange(1, 9)
    y = np.array([1.9, 2.2, 3.6, 3.6, 4.7, 5.9, 5.6, 7.1])
    first = abs(0.005 * (-2 * x * (y - 0.15 * x)).mean())
    game.get_by_role("button", name="Step").click()
    said.filter(has_text=f"That took her {first:.2f} to the right").wait_for(timeout=5000)
    game.get_by_role("button", name="Start again").click()
    slider = game.get_by_role("slider", name="learning rate")
    for _ in range(4):  # 0.007, 0.01, 0.015, 0.02
        slider.press("ArrowRight")
    slider.press("Enter")
    said.filter(has_text="Down in 1 step").wait_for(timeout=5000)
    game.get_by_text("★ 1 of 10").wait_for(timeout=5000)
    assert jupyter.busy()


def check_stopped(jupyter: Lab, cell: int) -> None:
    """See that the run ended early, and that the page reads it so and goes on."""
    jupyter.wait_idle(60)
    panel = jupyter.cell_output(cell).inner_text()
    assert "Rehearsal" in panel
    assert "Stopped after" in panel
    summary = jupyter.find("run.summary()")
    jupyter.run_cell(summary)
    said = jupyter.cell_output(summary).inner_text()
    found = re.match(r"Rehearsal\. Stopped: (0\.\d+) epochs on [\d,]+ digits", said)
    assert found, said
    assert 0 < float(found[1]) < 1
    assert "held-out digits are read correctly" in said
    plot = jupyter.find("run.plot()")
    jupyter.run_cell(plot)
    assert jupyter.cell_output(plot).locator("img").count() == 1
    assert "Traceback" not in jupyter.cell_output(cell).inner_text()


def test_stop_button_stops_the_training(open_lab: OpenLab) -> None:
    """With JupyterLab's own settings a click reaches the running cell."""
    with open_lab("06_train") as jupyter:
        cell = start_training(jupyter)
        watch_it_move(jupyter, cell)
        play_meanwhile(jupyter)
        jupyter.cell_output(cell).get_by_role("button", name="Stop").click()
        check_stopped(jupyter, cell)
        assert "Kernel → Interrupt" not in jupyter.cell_output(cell).inner_text()
        assert jupyter.console_errors == []


@pytest.mark.slow
def test_without_second_message_thread_the_panel_names_interrupt(open_lab: OpenLab) -> None:
    """Where no click can arrive, the panel says what does: Kernel → Interrupt."""
    with open_lab("06_train", settings=SUBSHELLS_OFF) as jupyter:
        cell = start_training(jupyter)
        watch_it_move(jupyter, cell)
        said = jupyter.cell_output(cell)
        jupyter.wait_until(
            lambda: "Kernel → Interrupt" in said.inner_text(), 30, "the panel names Interrupt"
        )
        jupyter.interrupt()
        check_stopped(jupyter, cell)
