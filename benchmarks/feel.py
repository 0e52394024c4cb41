#!/usr/bin/env python3
"""How quickly the panels answer in JupyterLab: median and 95th percentile, in milliseconds.

    python benchmarks/feel.py

hover    from pointing at another square of the living picture until it is drawn
digit    from choosing another digit until the living picture shows it
pad      from lifting the pen until the pad says which digit it reads

The machine should be quiet: a real server, kernel and Chromium share it. Wanted are at most 16, 200
and 150.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from measuring import keep_and_print, machine, parser

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "browser"))
from lab import Lab, lab, write_page  # noqa: E402  (on the path since the line above)

HOVERS = 300
CHOICES = 40
CELLS = {
    "map": """\
from mnist_lesson import load_data
from mnist_lesson.network.saved import practised_network
from mnist_lesson.widgets.network_map import NetworkMap
(x_train, y_train), _ = load_data()
NetworkMap(practised_network(), images=x_train[:100], labels=y_train[:100])""",
    "pad": """\
from mnist_lesson.widgets.drawing_pad import DrawingPad
DrawingPad(steps=False)""",
}
# What draws is queued between two callbacks of ours, so their times enclose it.
HOVER = """async (stage, count) => {
    const box = stage.getBoundingClientRect();
    const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
    const times = [];
    for (let n = 0; n < count; n++) {
        const x = box.left + box.width * ((n * 0.618) % 1);
        const y = box.top + box.height * ((n * 0.414) % 1);
        const before = frame();
        const began = performance.now();
        const place = { clientX: x, clientY: y, bubbles: true };
        stage.dispatchEvent(new PointerEvent("pointermove", place));
        const handled = performance.now();
        const after = frame();
        times.push(handled - began + (await after) - (await before));
    }
    return times;
}"""
CHANGED = """async (panel) => {
    const began = performance.now();
    const changed = new Promise((done) => {
        const seen = new MutationObserver(() => { seen.disconnect(); done(); });
        const answer = panel.querySelector(".lm-map-answer");
        seen.observe(answer, { childList: true, characterData: true, subtree: true });
    });
    const number = panel.querySelector("input[type=number]");
    number.value = Number(number.value) + 1;
    number.dispatchEvent(new Event("change", { bubbles: true }));
    await changed;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - began;
}"""
DRAWN = """async ([panel, stroke, wanted]) => {
    const canvas = panel.querySelector("canvas[role=application]");
    const box = canvas.getBoundingClientRect();
    const unit = (box.width - 4) / 280;
    canvas.setPointerCapture = () => {};
    const tell = (kind, [x, y]) => {
        const place = { clientX: box.left + 2 + x * unit, clientY: box.top + 2 + y * unit };
        const pen = { pointerId: 1, button: 0, bubbles: true };
        canvas.dispatchEvent(new PointerEvent(kind, { ...pen, ...place }));
    };
    tell("pointerdown", stroke[0]);
    stroke.slice(1).forEach((place) => tell("pointermove", place));
    const began = performance.now();
    tell("pointerup", stroke.at(-1));
    while (!panel.innerText.includes(wanted)) await new Promise((done) => setTimeout(done, 2));
    return performance.now() - began;
}"""
DIGITS = {"a 7": [(70, 60), (200, 60), (160, 145), (120, 230)], "a 1": [(140, 40), (140, 240)]}


def hover(jupyter: Lab) -> list[float]:
    """Point at many squares in turn: milliseconds for each."""
    stage = jupyter.cell_output("map").locator(".lm-map-stage")
    times: list[float] = stage.evaluate(HOVER, HOVERS)
    return times


def digit(jupyter: Lab) -> list[float]:
    """Choose one digit after the other: milliseconds for each."""
    panel = jupyter.cell_output("map")
    return [panel.evaluate(CHANGED) for _ in range(CHOICES)]


def pad(jupyter: Lab) -> list[float]:
    """Draw a 7, wipe it off, draw a 1, and so on: milliseconds for each."""
    panel = jupyter.cell_output("pad")
    times = []
    for turn in range(CHOICES):
        wanted, stroke = list(DIGITS.items())[turn % 2]
        said = f"That's {wanted}"
        times.append(jupyter.page.evaluate(DRAWN, [panel.element_handle(), stroke, said]))
        panel.get_by_role("button", name="Clear").first.click()
        panel.get_by_text(said).wait_for(state="detached")
    return times


def main() -> None:
    parser(__doc__).parse_args()
    found: dict[str, Any] = {"machine": machine()}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "lesson"
        (root / "notebooks").mkdir(parents=True)
        write_page(root / "notebooks" / "feel.ipynb", CELLS)
        with lab(root, "notebooks/feel.ipynb", scratch=Path(folder) / "scratch") as jupyter:
            for name in CELLS:
                jupyter.run_cell(name)
                jupyter.show(name)
            jupyter.page.wait_for_timeout(2000)
            for measure in (hover, digit, pad):
                jupyter.show("pad" if measure is pad else "map")
                times = sorted(measure(jupyter))
                found[measure.__name__] = {
                    "median ms": round(statistics.median(times), 1),
                    "95th percentile ms": round(times[int(0.95 * len(times))], 1),
                }
    keep_and_print(__file__, found)


if __name__ == "__main__":
    main()
