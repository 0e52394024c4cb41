"""The plans by the clock: what they name is in the pages, runs alone, and fits into its minutes."""

import builtins
import re

import plans
import pytest
from samples import names

from mnist_lesson.commands.pages import EXPRESS

GUIDE = plans.NOTEBOOKS / "instructor" / "guide.md"
STEPS = plans.steps(plans.PLANS.read_text(encoding="utf-8"))
KNOWN = {*vars(builtins), "display"}  # the last one is IPython's own
ON_PAGES = [step for step in STEPS if step.page]


@pytest.mark.parametrize("step", ON_PAGES, ids=lambda step: f"{step.plan}, {step.page}")
def test_a_row_leaves_room(step: plans.Step) -> None:
    """For drawing, trying and talking: a quarter of its minutes at least."""
    taken = plans.reading(step) + plans.waiting(step) / 60
    assert taken <= 0.75 * (step.end - step.start)


def test_a_stale_time_and_a_row_that_names_no_cell_are_noticed() -> None:
    """The times are compared with all other measured figures, in tests/setup/test_figures.py."""
    text = plans.PLANS.read_text(encoding="utf-8")
    assert plans.filled(re.sub(r"\d+ s \|$", "1 s |", text, count=1, flags=re.MULTILINE)) == text
    with pytest.raises(ValueError, match="no section 'Nowhere'"):
        plans.chosen(plans.Step("", 0, 5, "00", "*Nowhere*"))


def test_no_row_needs_a_cell_that_it_leaves_out() -> None:
    known: dict[tuple[str, str], set[str]] = {}
    for step in ON_PAGES:
        space = known.setdefault((step.plan, step.page), set(KNOWN))
        for piece in [piece for piece in plans.chosen(step) if piece.kind == "code"]:
            made, needed = names(piece.text)
            missing = needed - space - made
            assert not missing, f"{step.plan}, {step.page}: {missing} in {piece.text}"
            space |= made


def test_a_learner_alone_has_the_same_hour() -> None:
    minutes: dict[str, int] = {}
    for step in ON_PAGES:
        if step.plan == "One hour":
            minutes[step.page] = minutes.get(step.page, 0) + step.end - step.start
    assert {page: most for page, (most, _) in EXPRESS.items()} == minutes


@pytest.mark.parametrize("page", EXPRESS)
def test_what_the_hour_names_is_on_its_page(page: str) -> None:
    headings = {piece.heading for piece in plans.pieces(page)}
    assert set(re.findall(r"\*([^*]+)\*", EXPRESS[page][1])) <= headings
    code = "\n".join(piece.text for piece in plans.pieces(page) if piece.kind == "code")
    for name in re.findall("`([^`]+)`", EXPRESS[page][1].replace("= True", "= False")):
        assert name in code


def test_within_a_quarter_of_an_hour_a_network_of_ones_own_reads() -> None:
    own = plans.Step("", 0, 15, "00", "the top, *Now train your own*")
    assert plans.chosen(own)[-1].name == "i-trained-that"
    assert plans.reading(own) + plans.waiting(own) / 60 <= 15


CUTS = re.findall(
    r"^\| \[(\d\d)\].*\| \*(.+)\* \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("page", "heading"), CUTS)
def test_what_the_guide_cuts_is_needed_by_nothing_after_it(page: str, heading: str) -> None:
    cut = plans.section(page, heading)
    space = set(KNOWN)
    for piece in plans.pieces(page):
        if piece.kind == "code" and piece not in cut:
            made, needed = names(piece.text)
            assert not needed - space - made, piece.text
            space |= made


def test_the_guide_says_for_each_page_what_can_be_cut() -> None:
    assert len(CUTS) == 10  # all twelve but 09, which is for home, and 11, which is short
