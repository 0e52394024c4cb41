"""A real JupyterLab in a real Chromium, for tests.

    with lab(root, "notebooks/06_train.ipynb", rehearsal=True) as jupyter:
        jupyter.run_all()
        assert "accuracy" in jupyter.cell_output("summary").inner_text()

The server is the one that `mnist-lesson lab` starts, settings included, so what passes here is
what a learner gets. A cell is named by its id or its number in the page (0 is the first, Markdown
counts).
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CHROMIUM_FLAGS = ["--no-sandbox", "--no-first-run"]  # tests may run as root
CHROMIUM_FLAGS += [f"--disable-{part}" for part in ("gpu", "quic", "sync", "component-update")]
CHROMIUM_FLAGS += ["--disable-background-networking"]
SUBSHELLS_OFF = {
    "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"}
}
KERNEL = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"


def chromium() -> str | None:
    """Return the Chromium that the system has, if any."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Lab:
    """An open JupyterLab with one notebook in front. `page` is Playwright's, for all the rest."""

    def __init__(
        self, page: Any, base: str, token: str, process: subprocess.Popen[bytes], log: Path
    ) -> None:
        self.page, self.base, self.token, self.process, self.log = page, base, token, process, log
        self.console_errors: list[str] = []
        seen = self.console_errors.append
        page.on("console", lambda message: message.type == "error" and seen(message.text))
        page.on("pageerror", lambda error: seen(str(error)))

    def open(self, path: str) -> None:
        """Load JupyterLab with the notebook at `path` (from the root), and wait for its kernel."""
        self.page.goto(
            f"{self.base}/lab/tree/{path}?token={self.token}&reset", wait_until="domcontentloaded"
        )
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
        self.page.wait_for_function(f"() => {KERNEL}?.status === 'idle'", timeout=120_000)

    def command(self, name: str) -> None:
        self.page.evaluate(f"() => {{ window.jupyterapp.commands.execute('{name}') }}")

    def title(self) -> str:
        """Return the file name of the page in front."""
        return str(self.page.evaluate("() => window.jupyterapp.shell.currentWidget.title.label"))

    def close(self, title: str) -> None:
        """Close the page with this file name, as a click on its tab's cross does."""
        tab = self.page.locator(".jp-mod-main.lm-TabBar-tab, .lm-DockPanel-tabBar .lm-TabBar-tab")
        tab.filter(has_text=title).locator(".lm-TabBar-tabCloseIcon").click()

    def index(self, cell: int | str) -> int:
        if isinstance(cell, int):
            return cell
        ids = self.page.evaluate(f"() => {NOTEBOOK}.widgets.map(c => c.model.id)")
        return int(ids.index(cell))

    def find(self, code: str) -> int:
        """Return the number of the first code cell that has `code` in it."""
        text = "c.model.type === 'code' ? c.model.sharedModel.getSource() : ''"
        sources = self.page.evaluate(f"() => {NOTEBOOK}.widgets.map(c => {text})")
        return next(number for number, source in enumerate(sources) if code in source)

    def show(self, cell: int | str) -> Any:
        """Scroll to a cell (JupyterLab draws only what is near the screen), and return it."""
        number = self.index(cell)
        self.page.evaluate(
            f"async n => {{ const nb = {NOTEBOOK}; nb.activeCellIndex = n; nb.deselectAll();"
            " await nb.scrollToItem(n, 'center').catch(() => {}) }",
            number,
        )
        found = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')
        found.wait_for(timeout=30_000)
        return found

    def cell_output(self, cell: int | str) -> Any:
        """Return the place under a cell where its outputs, panels too, appear."""
        return self.show(cell).locator(".jp-Cell-outputWrapper")

    def run_cell(self, cell: int | str, *, timeout: float | None = 300) -> None:
        """Run one cell, and wait until the kernel is idle again (not with `timeout=None`)."""
        self.show(cell)
        self.command("notebook:run-cell")
        if timeout is not None:
            self.wait_idle(timeout)

    def run_all(self, *, timeout: float | None = 600) -> None:
        """Run all cells, and wait until the kernel has nothing to do (unless `timeout=None`)."""
        self.command("notebook:run-all-cells")
        if timeout is not None:
            self.wait_idle(timeout)

    def interrupt(self) -> None:
        """Choose Kernel → Interrupt."""
        self.command("kernelmenu:interrupt")

    def busy(self) -> bool:
        """Say whether the kernel works or a cell waits for it."""
        running = "c => c.model.type === 'code' && c.model.executionState === 'running'"
        works = f"{KERNEL}?.status !== 'idle' || {NOTEBOOK}.widgets.some({running})"
        return bool(self.page.evaluate(f"() => {works}"))

    def wait_idle(self, timeout: float) -> None:
        """Wait until the kernel has been idle for a second, or fail after `timeout` seconds."""
        end, quiet = time.monotonic() + timeout, 0
        while quiet < 5:
            if time.monotonic() > end:
                raise TimeoutError(f"cells still run after {timeout:.0f} s")
            self.page.wait_for_timeout(200)
            quiet = 0 if self.busy() else quiet + 1

    def wait_until(self, check: Any, timeout: float, what: str) -> None:
        """Wait until `check()` is true, while the browser goes on; else name `what` never came."""
        end = time.monotonic() + timeout
        while not check():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}: not within {timeout:.0f} s")
            self.page.wait_for_timeout(100)

    def api(self, path: str) -> Any:
        """Ask the server's REST interface, for instance for "kernels"."""
        address = f"{self.base}/api/{path}?token={self.token}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)


def write_page(file: Path, cells: dict[str, str]) -> None:
    """Write a page of code cells, by their ids."""
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    made = [empty | {"id": name, "source": code.strip()} for name, code in cells.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    page = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    file.write_text(json.dumps(page), encoding="utf-8")


OpenLab = Callable[..., contextlib.AbstractContextManager[Lab]]  # of the fixture open_lab


def environment(
    scratch: Path, token: str, *, rehearsal: bool, settings: dict[str, Any]
) -> dict[str, str]:
    """Return the server's environment: Jupyter's own folders lie in `scratch`."""
    config, user_settings = scratch / "config", scratch / "settings"
    config.mkdir(parents=True)
    exposed = json.dumps({"LabApp": {"expose_app_in_browser": True}})
    (config / "jupyter_lab_config.json").write_text(exposed)
    for plugin, values in settings.items():
        extension, _, name = plugin.partition(":")
        file = user_settings / extension / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    ours = ("MNIST_LESSON_", "PYTEST_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(user_settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "MNIST_LESSON_WORKSPACE": str(scratch / "my_work"),
        "MNIST_LESSON_REHEARSAL": "1" if rehearsal else "0",
    }


def wait_for_server(base: str, token: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when JupyterLab answers; raise with its log when it does not."""
    for _ in range(1200):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{base}/api/status?token={token}", timeout=2).read()
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not answer: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def server(
    root: Path, scratch: Path, *, rehearsal: bool = True, settings: dict[str, Any] | None = None
) -> Iterator[tuple[str, str, subprocess.Popen[bytes], Path]]:
    """Start what `mnist-lesson lab` starts; yield its address, token, process and log."""
    token, port, log = secrets.token_hex(16), free_port(), scratch / "jupyter.log"
    variables = environment(scratch, token, rehearsal=rehearsal, settings=settings or {})
    # It lays its copies beside `notebooks/`; the tests open pages of the latter.
    command = [sys.executable, "-m", "mnist_lesson", "lab", str(root)]
    command += ["--no-browser", f"--port={port}"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=root, env=variables, stdout=file, stderr=subprocess.STDOUT
        )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(base, token, process, log)
        yield base, token, process, log
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def lab(
    root: Path,
    path: str,
    *,
    scratch: Path,
    rehearsal: bool = True,
    settings: dict[str, Any] | None = None,
    width: int = 1280,
    height: int = 1400,
) -> Iterator[Lab]:
    """Open a notebook of a copy of the lesson (pages are saved there) in JupyterLab.

    `scratch` is empty, for Jupyter's own files, the workspace (`scratch / "my_work"`) and the log;
    `settings` go over the shipped ones, as {"extension:plugin": {"setting": value}}, for instance
    `SUBSHELLS_OFF`.
    """
    from playwright.sync_api import sync_playwright

    with (
        server(root, scratch, rehearsal=rehearsal, settings=settings) as started,
        sync_playwright() as playwright,
    ):
        base, token, process, log = started
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        jupyter = Lab(
            browser.new_page(viewport={"width": width, "height": height}), base, token, process, log
        )
        jupyter.open(path)
        try:
            yield jupyter
        finally:
            browser.close()
