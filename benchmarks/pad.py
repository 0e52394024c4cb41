"""How long from pen-up to the new probabilities on screen, in a real JupyterLab and Chromium?

    python benchmarks/pad.py [--strokes 60]

Draws strokes of a digit on page 08's pad with the mouse, again and again, and measures in the browser from the
`pointerup` event until the panel's answer has changed and been painted. Then it is corrected as often as it is told,
and measures from the click on "That was a …" to the line that says how many drawings it knows now. Prints the medians
and the 95th percentiles in milliseconds and writes benchmarks/pad.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import lab  # noqa: E402  (the tests' own way into a real JupyterLab)

WATCH = """canvas => {
    window.delays = [];
    let up = 0;
    const panel = canvas.closest('.jp-Cell-outputWrapper');
    canvas.addEventListener('pointerup', () => { up = performance.now(); }, true);
    new MutationObserver(() => {
        if (!up || !panel.querySelector('table')) return;
        const began = up;
        up = 0;
        requestAnimationFrame(() => window.delays.push(performance.now() - began));
    }).observe(panel, {childList: true, subtree: true, characterData: true});
}"""

WATCH_LESSONS = """panel => {
    window.lessons = [];
    let began = 0;
    panel.addEventListener('click', event => {
        if (event.target.closest('button')?.title.startsWith('That was a')) began = performance.now();
    }, true);
    new MutationObserver(changes => {
        const told = changes.some(one => one.target.textContent.includes('of yours:'));
        if (!began || !told) return;
        const from = began;
        began = 0;
        requestAnimationFrame(() => window.lessons.push(performance.now() - from));
    }).observe(panel, {childList: true, subtree: true, characterData: true});
}"""


def main() -> None:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", type=int, default=60)
    parser.add_argument("--lessons", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages = Path(scratch) / "lesson"
        (pages / "notebooks").mkdir(parents=True)
        source = (ROOT / "notebooks" / "08_your_digits.ipynb").read_text(encoding="utf-8")
        (pages / "notebooks" / "08_your_digits.ipynb").write_text(source, encoding="utf-8")
        with lab(
            pages, "notebooks/08_your_digits.ipynb", scratch=Path(scratch) / "jupyter"
        ) as jupyter:
            delays = measure(jupyter, options.strokes)
            lessons = teach(jupyter, options.lessons)
    found = {
        "strokes": options.strokes,
        "measured": len(delays),
        "median_ms": round(statistics.median(delays), 1),
        "p95_ms": round(statistics.quantiles(delays, n=20)[-1], 1),
        "lessons": len(lessons),
        "first_lesson_ms": round(lessons[0], 1),  # MNIST's digits go through the network once
        "lesson_median_ms": round(statistics.median(lessons[1:]), 1),
        "lesson_p95_ms": round(statistics.quantiles(lessons[1:], n=20)[-1], 1),
    }
    print(json.dumps(found, indent=1))
    (Path(__file__).parent / "pad.json").write_text(
        json.dumps(found, indent=1) + "\n", encoding="utf-8"
    )


def measure(jupyter, strokes: int) -> list[float]:
    """Return the delay after each stroke, in milliseconds."""
    page = jupyter.page
    jupyter.run_cell(jupyter.find("%matplotlib inline"))
    cell = jupyter.find("DrawingPad()")
    jupyter.run_cell(cell)
    canvas = jupyter.cell_output(cell).locator("canvas[role=application]")
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    canvas.evaluate(WATCH)
    box = canvas.bounding_box()
    for number in range(strokes):
        if number % 3 == 0:
            page.get_by_role("button", name="Clear").first.click()
            page.wait_for_timeout(300)
        along = 60 + 50 * (number % 3)
        page.mouse.move(box["x"] + 70, box["y"] + along)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + along + 20, steps=20)
        page.wait_for_timeout(300)  # what was drawn so far is read; now only the last bit is new
        page.mouse.move(box["x"] + 205, box["y"] + along + 30, steps=3)
        page.mouse.up()
        page.wait_for_timeout(500)
    return page.evaluate("() => window.delays")


def teach(jupyter, lessons: int) -> list[float]:
    """Return how long each correction took, in milliseconds, until the panel said that it was learned."""
    page = jupyter.page
    panel = jupyter.cell_output(jupyter.find("DrawingPad()"))
    panel.evaluate(WATCH_LESSONS)
    button = panel.get_by_role("button", name="7", exact=True)
    for number in range(lessons):
        button.click()
        page.wait_for_function(f"window.lessons.length > {number}", timeout=30_000)
        page.wait_for_timeout(500)
    return page.evaluate("() => window.lessons")


if __name__ == "__main__":
    main()
