"""How quickly does the living picture respond, in a real JupyterLab and Chromium?

    python benchmarks/network_map.py [--times 40]

choose   milliseconds from the key that asks for the next test digit until its picture is painted
hover    milliseconds of work for a pointer that moves to another pixel: sums, numbers, painting

Prints the median and the 95th percentile of both, for the plain and the practised network, and
writes benchmarks/network_map.json.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from measuring import keep_and_print, parser, summary

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import Lab, lab, write_page  # noqa: E402  (on the path since the line above)

CODE = """
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.widgets.network_map import NetworkMap
NetworkMap({}_network())
"""
WATCH_ANSWER = """picture => {
    window.taken = null;
    let asked = 0;
    const once = {once: true, capture: true};
    document.addEventListener('keydown', () => { asked = performance.now(); }, once);
    const watcher = new MutationObserver(() => {
        watcher.disconnect();
        // the picture is painted in the first frame; the second one begins when it is on screen
        const seen = () => { window.taken = performance.now() - asked; };
        requestAnimationFrame(() => requestAnimationFrame(seen));
    });
    watcher.observe(picture.querySelector('.lm-answer'), {childList: true});
}"""
HOVER = """async (picture, times) => {
    const next = window.requestAnimationFrame.bind(window);
    let work = 0;
    window.requestAnimationFrame = draw => next(now => {
        const began = performance.now();
        draw(now);
        work += performance.now() - began;
    });
    const stage = picture.querySelector('.lm-map-stage');
    const box = stage.getBoundingClientRect();
    const taken = [];
    for (let n = 0; n < times; n++) {
        work = 0;
        const clientX = box.left + box.width * Math.random();
        const clientY = box.top + 50 + (box.height - 60) * Math.random();
        const began = performance.now();
        stage.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, clientX, clientY}));
        const sums = performance.now() - began;
        await new Promise(done => setTimeout(done, 60));
        taken.push(sums + work);
    }
    window.requestAnimationFrame = next;
    return taken;
}"""


def main() -> None:
    """Open both networks, measure, print, write."""
    command = parser(__doc__)
    command.add_argument("--times", type=int, default=40)
    times = command.parse_args().times
    names = ("plain", "practised")
    with tempfile.TemporaryDirectory() as scratch:
        notebooks = Path(scratch) / "lesson" / "notebooks"
        shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("my_work"))
        write_page(notebooks / "map.ipynb", {name: CODE.format(name) for name in names})
        scratch = Path(scratch)
        with lab(notebooks.parent, "notebooks/map.ipynb", scratch=scratch, width=1600) as jupyter:
            found = {name: measure(jupyter, name, times) for name in names}
    keep_and_print(__file__, found)


def measure(jupyter: Lab, name: str, times: int) -> dict[str, dict[str, float]]:
    """Return how long both take with one network, in milliseconds."""
    jupyter.run_cell(name)
    output = jupyter.cell_output(name)
    picture = output.locator(".lm-map")
    picture.locator(".lm-map-numbers b").wait_for()
    number = output.locator("input[type=number]")
    choose = []
    for _ in range(times):
        picture.evaluate(WATCH_ANSWER)
        number.focus()
        jupyter.page.keyboard.press("ArrowUp")
        jupyter.page.wait_for_function("() => window.taken !== null")
        choose.append(float(jupyter.page.evaluate("() => window.taken")))
    hover = picture.evaluate(HOVER, 5 * times)
    return {"choose": summary(choose), "hover": summary(hover)}


if __name__ == "__main__":
    main()
