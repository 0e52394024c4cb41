"""11 · Take home: the file that you take home, at work inside the page."""

import base64
from html import escape
from pathlib import Path

import ipywidgets

from mnist_lesson.handwriting.hand import your_network
from mnist_lesson.network.saved import networks_for_drawings
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.kit import Panel, Still
from mnist_lesson.widgets.drawing_pad import SMALL, show_reading


class ReaderPage(Panel):
    """Show a file from `take_home()` in a frame, where it works as it will on a phone.

    Parameters
    ----------
    file
        The file's path.
    network
        The network in it; by default, the one that `take_home()` takes.
    """

    def __init__(self, file: str | Path, network: Twin | None = None) -> None:
        self._network = network or your_network(networks_for_drawings()[0])
        path = Path(file)
        page = path.read_text("utf-8")
        size = path.stat().st_size / 1e6
        # The file travels inside the frame: each kind of notebook serves files from another
        # address. It may run its own script, and reach nothing of the notebook around it.
        frame = (
            '<iframe title="Your digit reader" sandbox="allow-scripts" class="lm-page" '
            f'srcdoc="{escape(page)}"></iframe>'
        )
        # A link, because a widget's button can't hand a file to the browser.
        data = base64.b64encode(page.encode()).decode()
        link = (
            f'<a class="lm-download" download="{escape(path.name)}" '
            f'href="data:text/html;base64,{data}">⬇ Download it</a>'
        )
        lead = f"{size:.1f} MB, with the whole network inside. Draw on it!"
        super().__init__(path.name, [ipywidgets.HTML(link), ipywidgets.HTML(frame)], lead=lead)

    def still(self) -> Still:
        """Draw what the file does: a digit is drawn, and the network in it reads it."""
        return Still(*show_reading(SMALL, self._network, steps=False))
