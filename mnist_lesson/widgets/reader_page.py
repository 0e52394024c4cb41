"""11 · Take home: the file that you take home, at work inside the page."""

import base64
from html import escape
from pathlib import Path

import ipywidgets

from mnist_lesson.shared.kit import Panel


class ReaderPage(Panel):
    """Show a file from `take_home()` in a frame, where it works as it will on a phone.

    Parameters
    ----------
    file
        The file's path.
    """

    def __init__(self, file: str | Path) -> None:
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
