"""Every panel in a real JupyterLab: it shows up, has names, and nothing is hard to see."""

from pathlib import Path

import pytest
from accessibility import violations
from lab import KERNEL, NOTEBOOK, Lab, OpenLab, write_page

PANELS = {
    "fit": "from mnist_lesson.widgets.best_fit import BestFit\nBestFit()",
    "window": """
from mnist_lesson.load import load_data
from mnist_lesson.widgets.sliding_window import SlidingWindow
SlidingWindow(load_data()[0][0][0])""",
    "browser": """
from mnist_lesson.load import load_data
from mnist_lesson.widgets.digit_browser import DigitBrowser
DigitBrowser(*load_data()[0])""",
    "hunt": """
import numpy as np
from mnist_lesson.widgets.hunt import Hunt
hunt = Hunt("Where's the 7?", np.eye(9).reshape(9, 3, 3), np.arange(9) == 7, cheer="!", hint="?",
            behind=np.eye(9).reshape(9, 3, 3))
hunt.grid.chosen = 7
hunt""",
    "team": """
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import plain_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.send_off import SendOff
team = SendOff(plain_network(), to_input(load_data()[0][0][0]))
team.send({63})
team""",
    "boom": """
from mnist_lesson.widgets.boom import Boom
boom = Boom(lambda ink: [float(ink) ** step for step in range(20)])
boom.step()
boom""",
    "luck": """
from mnist_lesson.widgets.luck import Luck
luck = Luck("Toss 20 coins", lambda: 11, "heads", coins=20)
luck.toss(100)
luck""",
    "sprint": """
from mnist_lesson.load import load_data
from mnist_lesson.widgets.sprint import Sprint
Sprint(*load_data()[0], [7])""",
    "safe": "from mnist_lesson.widgets.switches import Switches\nSwitches()",
    "fog": "from mnist_lesson.widgets.foggy_hill import FoggyHill\nFoggyHill()",
    "map": """
from mnist_lesson.widgets.network_map import NetworkMap
NetworkMap()""",
    "pad": """
from mnist_lesson.widgets.drawing_pad import DrawingPad
pad = DrawingPad()
pad.pad.strokes = [[70, 70, 210, 70, 130, 230]]
pad""",
    "live": """
from mnist_lesson.look import show_digit
from mnist_lesson.widgets.match_pad import MatchPad
live = MatchPad(lambda drawing: (3, show_digit(drawing)), "the parrot", nudge=True)
live.pad.strokes = [[70, 70, 210, 70, 130, 230]]
live""",
    "sheet": """
from mnist_lesson.widgets.guided_sheet import GuidedSheet
first = GuidedSheet(count_misses=True)
first.drawings = [(digit, [[140, 40, 136, 230]]) for digit in range(10)]
second = GuidedSheet(like=first)
second.pad.strokes = [[70, 70, 210, 70, 130, 230]]
second.take()
second""",
    "kinds": "from mnist_lesson.widgets.six_kinds import SixKinds\nSixKinds()",
    "class": "from mnist_lesson.widgets.class_set import ClassSet\nClassSet()",
    "reader": """
from mnist_lesson.handwriting.take_home import take_home
from mnist_lesson.widgets.reader_page import ReaderPage
ReaderPage(take_home("reader.html"))""",
    "marks": "from mnist_lesson.widgets.few_marks import FewMarks\nFewMarks()",
    "finale": """
import numpy as np
from mnist_lesson.widgets.finale import Finale
Finale(np.diag(range(900, 910)))""",
    "unsure": "from mnist_lesson.widgets.unsure import Unsure\nUnsure()",
    "break": "from mnist_lesson.widgets.break_it import BreakIt\nBreakIt()",
    "mistakes": """
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.test import predict
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.widgets.mistake_browser import MistakeBrowser
MistakeBrowser(predict(practised_network(), to_input(sealed_digits()[0])))""",
    "duel": """
from mnist_lesson.widgets.duel import Duel
Duel([247, 259])""",
    "mind": """
from mnist_lesson.handwriting.borrowed import borrowed_hand
from mnist_lesson.handwriting.hand import learn_hand
from mnist_lesson.network.saved import practised_network
from mnist_lesson.widgets.change_of_mind import ChangeOfMind
drawings, labels = borrowed_hand()
untaught = practised_network()
ChangeOfMind(untaught, learn_hand(untaught, drawings, labels), drawings, labels)""",
    "lesson": """
from mnist_lesson.widgets.hand_lesson import HandLesson
lesson = HandLesson(drawings, labels)
learn_hand(untaught, drawings, labels, watch=lesson.note)
lesson""",
    "replay": "from mnist_lesson.widgets.training_replay import TrainingReplay\nTrainingReplay()",
    "button": """
from mnist_lesson.widgets.drawing_pad import DrawingPad
from mnist_lesson.widgets.train_button import TrainYourOwn
TrainYourOwn(DrawingPad())""",
    "training": """
from mnist_lesson.training.reports import Progress
from mnist_lesson.widgets.training_panel import TrainingPanel
panel = TrainingPanel()
panel.begin("54,000 digits, judged on 6,000 others.", 2)
panel.batch(Progress(1, 2, 200, 422, 0.31, 0.91, 42))
panel.show_rows.value = True
panel""",
    "tuner": """
from mnist_lesson.instructor.panel import Tuner
Tuner(short=True, start={"digits": 2000, "epochs": 2})""",
    "race": """
from mnist_lesson.widgets.race_track import RaceTrack
RaceTrack(None, None)""",
    "guess": "from mnist_lesson import exercises, progress\nexercises.train.adam.ask()",
    "number": "exercises.test.test_right.ask()",
    "why": "exercises.train.adam.reveal()",
    "check": "exercises.load.pixels.check(12)",
    "solved": "exercises.load.pixels.check(10_000 * 28 * 28)",
    "progress": "progress.line('load')",
    "figure": """
from mnist_lesson.look import show_bars
show_bars({'seven': 98, 'one': 1}, title='Shares')""",
}
ALL_DRAWN = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


@pytest.fixture(autouse=True)
def _page(lesson: Path) -> None:
    write_page(lesson / "notebooks" / "panels.ipynb", PANELS)


def test_every_panel_shows_up_with_names_and_without_barriers(open_lab: OpenLab) -> None:
    with open_lab("panels", settings=ALL_DRAWN) as jupyter:
        for name in PANELS:  # one after the other, as with Shift+Enter
            jupyter.run_cell(name)
        jupyter.wait_idle(300)
        for theme in ("JupyterLab Light", "JupyterLab Dark"):
            jupyter.page.evaluate(
                "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
                theme,
            )
            jupyter.page.wait_for_timeout(500)
            # Only what the lesson shows: the frame around it is JupyterLab's.
            found = violations(jupyter.page, within=".jp-OutputArea-output")
            assert not found, theme + "\n" + "\n".join(found)
        see_the_names(jupyter)
        see_what_belongs_together_side_by_side(jupyter)
        play_by_keys(jupyter)
        press_plain_keys_in_every_panel(jupyter)
        restart(jupyter)
        assert not [error for error in jupyter.console_errors if "widget" in error.lower()]


LATE = {
    "first": """
from mnist_lesson.shared.kit import DigitGrid, Heading
heading, grid = Heading(heading="One"), DigitGrid()
display(heading, grid)
grid.hang([[[0.5]]], ["before"])""",
    "then": "heading.heading = 'Two'\ngrid.hang([[[1]]], ['after'])\nHeading()",
}
SLOW = """() => {
    const make = URL.createObjectURL;  // each of anywidget's modules goes through it
    URL.createObjectURL = (blob) => {
        const start = performance.now();
        while (performance.now() - start < 2100);
        return make.call(URL, blob);
    };
}"""
STYLE = "document.querySelector('#lm-style').firstChild"


def test_a_panel_on_a_slow_machine_wakes_up_late_but_hears_all(
    lesson: Path, open_lab: OpenLab
) -> None:
    """anywidget gives a module two seconds, and drops all that Python sends to a later one."""
    write_page(lesson / "notebooks" / "panels.ipynb", LATE)
    with open_lab("panels") as jupyter:
        jupyter.page.evaluate(SLOW)
        for cell, heading, label in (("first", "One", "before"), ("then", "Two", "after")):
            jupyter.run_cell(cell)
            shown = jupyter.cell_output("first")
            shown.get_by_role("heading", name=heading).wait_for(timeout=20_000)
            shown.get_by_role("button", name=label).wait_for(timeout=20_000)
            # A style that's set anew makes the browser work out the whole page again.
            jupyter.page.evaluate(f"cell => {{ {STYLE}.seen ??= cell }}", cell)
        jupyter.cell_output("then").locator(".lm-title").wait_for(state="attached")
        assert jupyter.page.evaluate(f"() => {STYLE}.seen") == "first"


def see_the_names(jupyter: Lab) -> None:
    """Look for names in Chromium's own accessibility tree, which a screen reader gets."""
    names = {
        "fit": [("slider", "slope"), ("slider", "intercept"), ("textbox", "slope, as a number")],
        "window": [("slider", "row"), ("button", "Play"), ("group", "speed")],
        "browser": [("button", "5, picture number 0"), ("combobox", "order")],
        "live": [("button", "7"), ("button", "←")],
        "sprint": [("button", "Start")],
        "safe": [("button", "7")],
        "fog": [("slider", "learning rate"), ("button", "Step"), ("group", "hill")],
        "hunt": [("button", "H ✓, picture number 7")],
        "team": [("button", "Training day"), ("button", "63 ✗, picture number 63")],
        "boom": [("slider", "blackest ink"), ("button", "One step")],
        "luck": [("slider", "split"), ("button", "100 games")],
        "replay": [("slider", "epochs"), ("button", "Play"), ("button", "Stop")],
        "kinds": [("button", "Convolutional")],
        "marks": [("slider", "marks"), ("slider", "a filter of the first layer")],
        "break": [("slider", "how much"), ("group", "how")],
        "tuner": [("slider", "learning rate"), ("textbox", "name of this run")],
        "pad": [("slider", "pen width"), ("button", "or read a photo")],
        "guess": [("slider", "how sure, in %?")],
        "mind": [("slider", "untaught"), ("button", "9 ✗, picture number 4")],
        "figure": [("img", "A bar chart. Shares. seven: 98, one: 1.")],
    }
    missing = [
        (panel, role, name)
        for panel, parts in names.items()
        for role, name in parts
        if jupyter.cell_output(panel).get_by_role(role, name=name, exact=True).count() != 1
    ]
    assert not missing
    for panel, slider, key, choice in (
        ("tuner", "learning rate", "End", "9.0"),
        ("break", "how much", "Home", "−90°"),
    ):
        handle = jupyter.cell_output(panel).get_by_role("slider", name=slider)
        handle.press(key)
        jupyter.wait_until(
            lambda handle=handle, choice=choice: handle.get_attribute("aria-valuetext") == choice,
            10,
            f"{slider} says {choice}",
        )


def see_what_belongs_together_side_by_side(jupyter: Lab) -> None:
    """On a laptop, with JupyterLab's list of files open, nobody scrolls from control to picture."""
    pairs = {
        "fit": (".widget-hslider", ".lm-grow .lm-chart"),
        "live": (".lm-sheet", ".lm-turned"),
        "pad": (".lm-sheet", ".lm-answer"),
        "sheet": (".lm-sheet", ".lm-places"),
        "progress": (".lm-leg:first-child", ".lm-leg:last-child"),
        "browser": (".widget-dropdown", "button:has-text('Next page')"),
    }
    for panel, (left, right) in pairs.items():
        output = jupyter.cell_output(panel)
        here, there = (output.locator(part).first.bounding_box() for part in (left, right))
        assert there["x"] >= here["x"] + here["width"], panel
        assert there["y"] < here["y"] + here["height"], panel


def play_by_keys(jupyter: Lab) -> None:
    """Play the duel by digits, and Enter for Next, even after a click that hit no button."""
    duel = jupyter.cell_output("duel")
    duel.get_by_role("button", name="Start").focus()
    jupyter.page.keyboard.press("Enter")
    duel.get_by_role("button", name="7").wait_for()
    duel.locator(".lm-paper").first.click()
    for keys in ("x", "7", "Enter", "1", "Enter"):
        jupyter.page.keyboard.press(keys)
        jupyter.page.wait_for_timeout(700)  # Python turns the card
    assert "Now try twelve at random" in duel.inner_text()


def press_plain_keys_in_every_panel(jupyter: Lab) -> None:
    """Where x cuts a cell, dd deletes it and 3 makes it a heading, none of them leaves a panel."""
    cells = f"() => {NOTEBOOK}.widgets.map(c => [c.model.type, c.model.sharedModel.getSource()])"
    before = jupyter.page.evaluate(cells)
    for name in [*PANELS][:-1]:  # the last one's a figure
        panel = jupyter.cell_output(name).locator(".lm-panel").first
        panel.click(position={"x": 3, "y": 3})  # on nothing in particular
        jupyter.page.keyboard.type("xdd3")
        controls = panel.locator("button:enabled, input, [tabindex='0']").locator("visible=true")
        for control in controls.all()[:1]:  # a card has none
            control.focus()
            jupyter.page.keyboard.type("xdd3")
        assert jupyter.page.evaluate(cells) == before, name
    pad = jupyter.cell_output("pad")
    pad.locator("canvas").focus()
    jupyter.page.keyboard.press("Control+z")  # takes the stroke back, and no cell
    pad.locator(".lm-blank").wait_for()
    runs = f"() => {NOTEBOOK}.widgets[{jupyter.index('fit')}].model.executionCount"
    count = jupyter.page.evaluate(runs)
    jupyter.cell_output("fit").get_by_role("slider", name="slope").focus()
    jupyter.page.keyboard.press("Shift+Enter")
    jupyter.wait_idle(60)
    assert jupyter.page.evaluate(runs) > count


SLEEPING = """() => {
    const said = part => getComputedStyle(part, "::before").content;
    const inside = part => part.parentElement.closest(".lm-panel");
    const dim = panel => [...panel.children].every(part => getComputedStyle(part).opacity < 0.5);
    const asleep = panel => said(panel).includes("asleep") && dim(panel);
    const all = look => [...document.querySelectorAll(look)];
    const awake = all(".lm-panel.jupyter-widgets").filter(one => !inside(one) && !asleep(one));
    const broken = all(".jupyter-widgets-disconnected").filter(one => inside(one));
    const chains = broken.filter(one => said(one) !== "none");
    return [...awake, ...chains].map(one => one.innerText);
}"""


def restart(jupyter: Lab) -> None:
    """Restart the kernel: each panel is dimmed and says how to wake it, once, and nothing else."""
    jupyter.page.evaluate(f"() => {KERNEL}.restart()")
    jupyter.wait_idle(60)
    assert jupyter.page.evaluate(SLEEPING) == []
