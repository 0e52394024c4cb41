"""How long from pen-up to the new probabilities on screen, in a real JupyterLab and Chromium?

    python benchmarks/pad.py [--strokes 60]

Draws strokes of a digit on page 08's pad with the mouse, again and again, and measures in the
browser from the `pointerup` event until the panel's answer has changed and been painted. Then it
is corrected as often as it is told, and measures from the click on "That was a …" to the line that
says how many drawings it knows now. Prints the medians and the 95th percentiles in milliseconds
and writes benchmarks/pad.json.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from measuring import keep_and_print, parser, summary

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import lab  # noqa: E402  (on the path since the line above)

PAGE = "notebooks/08_your_digits.ipynb"
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
        const button = event.target.closest('button');
        if (button?.title.startsWith('That was a')) began = performance.now();
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
    command = parser(__doc__)
    command.add_argument("--strokes", type=int, default=60)
    command.add_argument("--lessons", type=int, default=10)
    options = command.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages = Path(scratch) / "lesson"
        (pages / "notebooks").mkdir(parents=True)
        shutil.copy(ROOT / PAGE, pages / PAGE)
        with lab(pages, PAGE, scratch=Path(scratch) / "jupyter") as jupyter:
            delays = measure(jupyter, options.strokes)
            lessons = teach(jupyter, options.lessons)
    found = {
        "strokes": options.strokes,
        "measured": len(delays),
        **summary(delays),
        "lessons": len(lessons),
        "first_lesson_ms": round(lessons[0], 1),  # MNIST's digits go through the network once
        **{f"lesson_{name}": value for name, value in summary(lessons[1:]).items()},
    }
    keep_and_print(__file__, found)


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
    """Return how long each correction took, in milliseconds, until it was learned."""
    page = jupyter.page
    panel = jupyter.cell_output(jupyter.find("DrawingPad()"))
    panel.evaluate(WATCH_LESSONS)
    button = panel.get_by_role("button", name="7", exact=True)
    box = panel.locator("canvas[role=application]").bounding_box()
    for number in range(lessons):
        # One more stroke, since the same drawing is learned only once.
        page.mouse.move(box["x"] + 70, box["y"] + 40 + 20 * number)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 60 + 20 * number, steps=5)
        page.mouse.up()
        page.wait_for_timeout(500)
        button.click()
        page.wait_for_function(f"window.lessons.length > {number}", timeout=30_000)
        page.wait_for_timeout(500)
    return page.evaluate("() => window.lessons")


if __name__ == "__main__":
    main()
