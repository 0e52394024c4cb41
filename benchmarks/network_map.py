"""How soon does the living picture answer, in a real JupyterLab and Chromium?

    python benchmarks/network_map.py [--times 40]

choose   milliseconds from the key that asks for the next test digit until its picture is painted
hover    milliseconds of work for a pointer that moves to another pixel: sums, numbers, painting

Prints the median and the 95th percentile of both, for the plain and the practised network, and writes
benchmarks/network_map.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import Lab, lab  # noqa: E402  (the tests' own way into a real JupyterLab)

CODE = """
from mnist_lesson.network.saved import plain_network, practised_network
from mnist_lesson.widgets.network_map import NetworkMap
NetworkMap({}_network())
"""
WATCH_ANSWER = """picture => {
    window.taken = null;
    let asked = 0;
    document.addEventListener('keydown', () => { asked = performance.now(); }, {once: true, capture: true});
    const watcher = new MutationObserver(() => {
        watcher.disconnect();
        // the picture is painted in the first frame; the second one begins when it is on screen
        requestAnimationFrame(() => requestAnimationFrame(() => { window.taken = performance.now() - asked; }));
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=40)
    times = parser.parse_args().times
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [empty | {"id": name, "source": CODE.format(name)} for name in ("plain", "practised")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    page = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    with tempfile.TemporaryDirectory() as scratch:
        notebooks = Path(scratch) / "lesson" / "notebooks"
        shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("my_work"))
        (notebooks / "map.ipynb").write_text(json.dumps(page), encoding="utf-8")
        with lab(
            notebooks.parent, "notebooks/map.ipynb", scratch=Path(scratch), width=1600
        ) as jupyter:
            found = {name: measure(jupyter, name, times) for name in ("plain", "practised")}
    print(json.dumps(found, indent=1))
    file = ROOT / "benchmarks" / "network_map.json"
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def measure(jupyter: Lab, name: str, times: int) -> dict[str, dict[str, float]]:
    """Return what both take with one network, in milliseconds."""
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


def summary(milliseconds: list[float]) -> dict[str, float]:
    """Return median and 95th percentile."""
    late = statistics.quantiles(milliseconds, n=20)[-1]
    return {"median_ms": round(statistics.median(milliseconds), 1), "p95_ms": round(late, 1)}


if __name__ == "__main__":
    main()
