"""What panel tests share: a fault in any callback fails; a thousand random actions."""

import ctypes
import gc
import logging
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import psutil
import pytest
import traitlets
import traitlets.log
from matplotlib.figure import Figure

try:
    from ipywidgets.widgets.widget import _instances
except ImportError:  # ipywidgets 7, which Colab has
    _instances = ipywidgets.Widget.widgets

Panel = ipywidgets.Widget
Action = Callable[[random.Random], None]
WARM_UP = 0.3  # the share of the actions after which nothing more should be kept
TEXTS = ("", " ", "7", "-1 0 1 -1 0 1 -1 0 1", "1/9", "1 2 3", "nan", "x" * 500, "1e999", "<b>")
TEXTS += ("−1", "0\n" * 9, "\0")
SHOWN = (ipywidgets.HTML, ipywidgets.Label, ipywidgets.IntProgress, ipywidgets.FloatProgress)
SHOWN += (ipywidgets.Valid,)


@pytest.fixture(autouse=True)
def callback_faults(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail when a callback or a thread raised: ipywidgets only logs what a click sets off."""
    faults: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1]:
                faults.append(f"{record.getMessage()}: {record.exc_info[1]!r}")

    listener, logger = Listener(), traitlets.log.get_logger()
    logger.addHandler(listener)
    monkeypatch.setattr(
        threading, "excepthook", lambda fault: faults.append(f"in a thread: {fault.exc_value!r}")
    )
    yield faults
    logger.removeHandler(listener)
    assert not faults, faults


def widgets_in(panel: Panel) -> list[Panel]:
    """Return the panel's widgets, from top to bottom."""
    found = [panel]
    for child in getattr(panel, "children", ()):
        found += widgets_in(child)
    return found


def act(widget: Panel, chance: random.Random) -> bool:
    """Do to a widget what a learner could, at random; say whether there was anything to do."""
    if getattr(widget, "disabled", False):
        return False
    match widget:
        case ipywidgets.Button():
            widget.click()
        case ipywidgets.Play():
            if chance.random() < 0.2:
                widget.playing = not widget.playing
            widget.value = chance.randint(widget.min, widget.max)
        case ipywidgets.Checkbox() | ipywidgets.ToggleButton():
            widget.value = not widget.value
        case ipywidgets.IntSlider() | ipywidgets.BoundedIntText():
            low, high = widget.min, widget.max
            widget.value = chance.choice([low, high, chance.randint(low, high)])
        case ipywidgets.FloatSlider() | ipywidgets.BoundedFloatText():
            low, high = widget.min, widget.max
            widget.value = chance.choice([low, high, chance.uniform(low, high)])
        case ipywidgets.IntRangeSlider() | ipywidgets.FloatRangeSlider():
            widget.value = sorted(chance.choice([widget.min, widget.max]) for _ in "ab")
        case _ if hasattr(widget, "options") and hasattr(widget, "index"):
            widget.index = chance.randrange(len(widget.options))
        case ipywidgets.Accordion() | ipywidgets.Tab():
            widget.selected_index = chance.randrange(len(widget.children))
        case ipywidgets.Text() | ipywidgets.Textarea():
            widget.value = chance.choice(TEXTS)
        case _:
            return False
    return True


def seen(panel: Panel, history: tuple[str, ...] = ()) -> list[Any]:
    """Return all that a panel shows, without what differs between any two panels (their ids).

    `history` names the parts that tell what was done before, too, such as a record.
    """
    shown: list[Any] = []
    told = {getattr(panel, name) for name in history}
    for widget in widgets_in(panel):
        if widget in told:
            continue
        if isinstance(widget, ipywidgets.Image):
            shown.append(widget.value)
        elif isinstance(widget, SHOWN):
            shown.append((type(widget).__name__, str(widget.value).replace(panel.model_id, "")))
        elif isinstance(widget, ipywidgets.Button):
            shown.append((widget.description, widget.disabled))
        shown.append(widget.layout.display)
    return shown


def blue_buttons(widget: Any) -> list[str]:
    """Return the labels of a panel's blue buttons that show: what to do next is one thing."""
    if widget.layout.display == "none":
        return []
    own = [widget.description] if getattr(widget, "button_style", "") == "primary" else []
    return own + [label for part in getattr(widget, "children", ()) for label in blue_buttons(part)]


def copy_controls(panel: Panel, fresh: Panel) -> None:
    """Set a fresh panel's controls as another's; twice, as one can set another's limits."""
    for _ in "ab":
        for place, old in enumerate(widgets_in(panel)):
            new = widgets_in(fresh)[place]  # looked up now: a choice may bring another slider
            for trait in ("index", "value", "selected_index", "selected", "chosen", "strokes"):
                if trait in old.trait_names() and not isinstance(old, (*SHOWN, ipywidgets.Image)):
                    setattr(new, trait, getattr(old, trait))
                    break
    assert len(widgets_in(panel)) == len(widgets_in(fresh))


class Memory:
    """How much is kept: widgets, figures, objects and bytes."""

    def __init__(self) -> None:
        gc.collect()
        objects = gc.get_objects()
        self.widgets, self.objects = len(_instances), len(objects)
        # Not `isinstance`: a lazy module of TensorFlow loads itself when asked for its class.
        self.figures = sum(issubclass(type(thing), Figure) for thing in objects)
        # What was freed goes back to the system, so that it can't hide what is lost after it.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
        if trim is not None:  # not every Linux has it
            trim(0)
        self.bytes = psutil.Process().memory_info().rss

    def assert_not_above(self, before: "Memory", actions: int) -> None:
        assert self.widgets == before.widgets, "widgets are left over"
        assert self.figures <= before.figures, "figures are left over"
        assert self.objects <= before.objects + actions // 2, "objects are left over"
        assert self.bytes <= before.bytes + 40_000_000, "memory grows"


@pytest.fixture
def random_actions(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return a function that does random things to a panel, which must stay true and not grow.

    It does a thousand of them with --full, else 150.

    `make` makes another such panel. Now and then its controls are set as those of `panel` stand:
    both must then show the same, or what `panel` shows is stale. `extra` are more actions, for
    controls that are not ipywidgets' own. `settle(panel)` waits for what a panel does in a thread.
    `history` is for `seen()`.
    """

    def play(
        panel: Panel,
        n: int = 1000 if request.config.getoption("--full") else 150,
        *,
        make: Callable[[], Panel] | None = None,
        extra: tuple[Action, ...] = (),
        settle: Callable[[Panel], None] = lambda panel: None,
        history: tuple[str, ...] = (),
    ) -> None:
        chance, done, before = random.Random(2026), 0, None
        twin = make() if make else None
        while done < n:
            choice = chance.choice([*widgets_in(panel), *extra])
            if callable(choice):
                choice(chance)
            elif not act(choice, chance):
                continue
            done += 1
            assert len(blue_buttons(panel)) < 2
            if twin and done % (n // 10 or 1) == 0:
                settle(panel)
                copy_controls(panel, twin)
                settle(twin)
                assert seen(panel, history) == seen(twin, history), f"stale after {done} actions"
            if done == int(n * WARM_UP):
                settle(panel)
                before = Memory()
        settle(panel)
        if before:
            Memory().assert_not_above(before, n)

    return play


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid our own threads, as a browser's Python does. TensorFlow's are not Python's."""

    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
