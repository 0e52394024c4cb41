"""The panels for a function of the reader's own: what it gets, and what happens if it fails."""

from __future__ import annotations

import html
import random
import re
import zlib

import numpy as np
import pytest
from matplotlib.figure import Figure
from samples import FOUR, SEVEN, words

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.likeness import is_like_a_digit
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.introduction.figures import show_cake
from mnist_lesson.look import show_bars, show_digit
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.kit import digit_tile
from mnist_lesson.shared.picture import png, shown
from mnist_lesson.widgets.live import LiveSliders
from mnist_lesson.widgets.match_pad import MatchPad
from mnist_lesson.widgets.record_pad import CAT, TROPHY, RecordPad

DOTS = ["○○○○○"]  # a match's score: nothing yet


def test_the_function_gets_each_drawing_as_mnist_would_have_it() -> None:
    got = []

    def show(drawing):
        got.append(drawing)
        return 1, show_digit(drawing, "mine")

    pad = RecordPad(show, "Draw", "points")
    assert "mine" in pad.still().alt
    for strokes in (SEVEN, FOUR):
        pad.pad.strokes = strokes
        np.testing.assert_array_equal(got[-1], center_drawing(draw_strokes(strokes)))
        assert got[-1].dtype == np.uint8
        assert "A handwritten digit, mine." in pad.live.picture.value


def test_an_example_is_shown_as_wide_as_a_page_in_the_still_and_smaller_beside_the_sheet() -> None:
    got = []

    def show(drawing):
        got.append(drawing)
        return 1, show_bars({"ink": int((drawing > 0).sum())})

    pad = RecordPad(show, "Draw", "points", example=CAT)
    cat = center_drawing(draw_strokes(CAT))
    np.testing.assert_array_equal(got[0], cat)
    still = shown(png(pad.still().figure), "")
    drawn, whole = (
        int(re.findall(r"width: max\((\d+)px", page)[0]) for page in (pad.live.picture.value, still)
    )
    assert drawn < 0.85 * whole
    assert not is_like_a_digit(cat)  # or the example would give a way to win away
    hourglass = [[70, 50, 210, 50, 70, 230, 210, 230, 70, 50]]
    drawing = center_drawing(draw_strokes(hourglass))
    answer = practised_network().predict(to_input(drawing))[0]
    assert answer.max() > 0.99  # it's no digit, and yet
    assert is_like_a_digit(drawing)


def test_a_nudge_moves_the_drawing_and_the_next_stroke_puts_it_back() -> None:
    pad = MatchPad(lambda drawing: (3, show_digit(drawing)), "the parrot", nudge=True)
    pad.pad.strokes = SEVEN
    before = pad.picture
    pad.nudge(2, 0)
    pad.nudge(0, -1)
    np.testing.assert_array_equal(pad.picture[:-1, 2:], before[1:, :-2])
    assert "2 to the right, 1 up" in words(pad.live.status)
    pad.pad.strokes = [*SEVEN, [10, 10, 12, 12]]
    np.testing.assert_array_equal(pad.picture, center_drawing(draw_strokes(pad.pad.strokes)))


def test_a_reader_plays_against_a_network_and_each_drawing_counts_once() -> None:
    pad = MatchPad(lambda drawing: (4, show_digit(drawing)), "the parrot")
    match = pad.match
    assert all(small.disabled for small in match.digits)  # the example isn't yours to judge
    pad.pad.strokes = SEVEN
    cards = words(match.cards).split()
    assert cards == ["The", "parrot", "4", *DOTS, "The", "practised", "network", "7", *DOTS,
                     "You", "?", *DOTS]  # fmt: skip
    match.digits[7].click()
    assert words(match.score) == "A point to the practised network!"
    match.digits[4].click()  # it was judged: a second click changes nothing
    assert match.points == [0, 1, 0]
    pad.pad.strokes = [*SEVEN, [10, 10, 12, 12]]  # a dot more is no new drawing
    assert all(small.disabled for small in match.digits)
    assert "A point" not in words(match.score)  # that was said of another picture
    match.next.click()
    assert (pad.pad.strokes, match.next.layout.display) == ([], "none")
    pad.pad.strokes = FOUR
    pad.nudge(1, 0)  # one can't choose the place that suits a reader
    assert all(small.disabled for small in match.digits)
    pad.nudge(-1, 0)
    match.digits[4].click()
    assert words(match.score) == "Both got it: a point each."
    pad.pad.strokes = []  # Clear does the same as Next round
    assert all(small.disabled for small in match.digits)
    pad.pad.strokes = SEVEN[:1]
    match.none.click()  # a smiley, say: no point for either, and it can't be judged again
    assert "Both know only ten answers" in words(match.score)
    assert (match.points, match.digits[7].disabled) == ([1, 2, 0], True)


@pytest.mark.parametrize(
    ("answer", "truths", "points", "cheer"),
    [
        (7, [7] * 5, [5, 5, 0], "★ A draw!"),
        (4, [7] * 5, [0, 5, 0], "★ The practised network wins the match!"),
        (4, [4] * 5, [5, 0, 0], "★ The parrot wins the match!"),
        (4, [0, 1, 2, 3, 5], [0, 0, 5], "★ You win the match!"),
    ],
)
def test_the_first_with_five_points_wins_and_a_new_match_begins(
    answer: int, truths: list[int], points: list[int], cheer: str
) -> None:
    pad = MatchPad(lambda drawing: (answer, show_digit(drawing)), "the parrot")
    match = pad.match
    for played, truth in enumerate(truths):
        assert sum(match.points) == played * sum(points) / 5
        pad.pad.strokes = SEVEN
        match.digits[truth].click()
        assert ("★" in words(match.score)) == (played == 4)
        if played < 4:
            match.next.click()
    assert match.points == points
    assert words(match.score).startswith(cheer)
    assert match.next.description == "Play again"
    match.next.click()
    pad.pad.strokes = SEVEN
    assert match.points == [0, 0, 0]
    assert not match.digits[0].disabled


def test_the_same_trick_pays_once() -> None:
    pad = MatchPad(lambda drawing: (4, show_digit(drawing)), "the parrot")
    match = pad.match
    for claim, points, is_old in ((1, 1, False), (1, 1, True), (2, 2, False)):
        pad.pad.strokes = SEVEN
        match.digits[claim].click()
        assert match.points == [0, 0, points]
        assert ("has had its point" in words(match.score)) == is_old
        match.next.click()


def test_nudges_that_fool_a_reader_are_counted_and_the_fewest_kept() -> None:
    def left_or_right(drawing: np.ndarray) -> tuple[int, Figure]:
        columns = drawing.sum(axis=0, dtype=int)
        return int(columns[:14].sum() > columns[14:].sum()), show_digit(drawing)

    pad = MatchPad(left_or_right, "the judge", nudge=True)
    pad.pad.strokes = FOUR
    before = pad.number
    way = 1 if before else -1
    while pad.number == before:
        assert "New answer" not in words(pad.live.status)
        pad.nudge(way, 0)
    assert "push yours back" in words(pad.match.score)  # why no button can be pressed
    pixels = abs(pad.moved[0])
    assert f"{pixels} pixel" in words(pad.live.status)
    assert f"New answer! Fewest so far: {pixels}." in words(pad.live.status)
    pad.nudge(way, 0)
    assert f"{pixels + 1} pixels!" in words(pad.live.status)
    assert f"Fewest so far: {pixels}." in words(pad.live.status)
    assert list(pad.pad.moved) == list(pad.moved)
    for _ in range(40):  # off the sheet, and no further
        pad.nudge(0, 1)
    assert pad.moved[1] == 28


def test_a_number_counts_once_done_is_pressed_and_the_best_comes_first() -> None:
    counts = iter([10, 8, 4, 5, 3, 0])  # the example's, first; 8 is never finished
    pad = RecordPad(lambda drawing: (next(counts), show_digit(drawing)), "Draw", "points")
    assert pad.done.disabled  # nobody can win with an example
    pad.pad.strokes = FOUR
    assert words(pad.cards) == "This one 8 points Your best 0 points"
    pad.pad.strokes = []
    for strokes, said, wall in (
        (SEVEN, "4 points. Try another: half the example's score earns a star.", "4"),
        (FOUR, "★ 5 points! That's your best so far.", "★ 5 4"),
        (SEVEN, "3 points. Your best is still 5.", "★ 5 4 3"),
        (FOUR, "0 points. Your best is still 5.", "★ 5 4 3"),
    ):
        pad.pad.strokes = strokes
        pad.done.click()
        pad.done.click()  # twice counts once
        assert html.unescape(words(pad.live.status)) == said
        assert words(pad.wall) == wall
        pad.again.click()
        assert pad.pad.strokes == []
    assert words(pad.cards) == "The example 10 points Your best 5 points"


def test_a_drawing_counts_with_its_best_moment_once() -> None:
    counts = iter([9, 8, 5, 6, 3])  # the example's, first
    pad = RecordPad(lambda drawing: (next(counts), show_digit(drawing)), "Draw", "points")
    pad.pad.strokes = FOUR
    best = digit_tile(pad.picture, "★ 8", alt="Your drawing: ★ 8 points", width=TROPHY)
    pad.pad.strokes = [*FOUR, [10, 10]]  # a stroke too many
    pad.done.click()
    assert best in pad.wall.value
    pad.pad.strokes = [*FOUR, [20, 20]]  # what was counted doesn't count again
    pad.done.click()
    assert words(pad.wall) == "★ 8 6"
    pad.again.click()
    pad.pad.strokes = SEVEN
    pad.done.click()
    assert words(pad.live.status).startswith("3 points")


def test_each_change_is_warmer_or_colder() -> None:
    counts = iter([44, 0.0123, 12, 7.24, 30])  # the example's, first
    pad = RecordPad(lambda drawing: (next(counts), show_digit(drawing)), "Draw", "points")
    for strokes, number, said in (
        (FOUR[:1], "0", ""),
        (FOUR, "12", "Warmer!"),
        ([*FOUR, [10, 10]], "7.2", "Colder, but the peak still counts."),
    ):
        pad.pad.strokes = strokes
        assert f"This one {number} " in words(pad.cards)
        assert words(pad.live.status) == said
    assert "This one 7.2 points (it was 12)" in words(pad.cards)
    pad.pad.strokes = []
    pad.pad.strokes = SEVEN  # a new drawing isn't compared with the one before
    assert words(pad.live.status) == ""


def test_who_claims_what_nobody_sees_has_to_show_it_and_a_new_stroke_begins_a_round() -> None:
    pad = MatchPad(lambda drawing: (7, show_digit(drawing)), "the parrot")
    for played, claim in enumerate((0, 1, 2, 3, 8)):
        pad.pad.fresh = False  # as the browser does with the first stroke of a new drawing
        pad.pad.strokes = [*SEVEN, [played, 0]]
        assert pad.match.gallery.value == ""
        pad.match.digits[claim].click()
        assert pad.pad.fresh
        if played < 4:
            assert f"A {claim}? Really? Both swear" in words(pad.match.score)
    assert words(pad.match.gallery).count("read as: 7") == 5
    pad.pad.fresh = False
    pad.pad.strokes = FOUR
    assert (pad.match.points, pad.match.gallery.value) == ([0, 0, 0], "")


@pytest.mark.parametrize("returned", [3, (3,), ("three", Figure()), (3, "a figure")])
def test_a_reader_that_returns_no_number_and_figure_is_refused(returned: object) -> None:
    with pytest.raises((TypeError, ValueError), match=r"number|a figure is needed"):
        MatchPad(lambda drawing: returned, "the parrot")


def test_what_goes_wrong_in_the_function_is_said_and_the_next_drawing_is_read_again() -> None:
    def moody(drawing):
        # The example passes; a drawing that leaves one corner of the sheet alone doesn't.
        if pad and len(pad.pad.strokes) == 1:
            raise ZeroDivisionError("nothing to share")
        return 1, show_digit(drawing)

    pad = None
    pad = RecordPad(moody, "Draw", "points")
    pad.pad.strokes = SEVEN[:1]
    assert "ZeroDivisionError: nothing to share" in words(pad.live.status)
    assert pad.done.disabled  # the number is of an earlier drawing
    pad.pad.strokes = FOUR
    assert "Error" not in words(pad.live.status)
    assert "<img" in pad.live.picture.value


def test_a_function_that_returns_no_figure_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match=r"returned 3.*a figure is needed"):
        LiveSliders(lambda whole: whole, whole=(0, 9, 3))


def test_a_thousand_actions(random_actions) -> None:
    def crc(drawing: np.ndarray) -> tuple[int, Figure]:
        # Small, because a thousand large figures would take long to draw.
        figure = Figure(figsize=(1, 1))
        figure.alt = f"crc {zlib.crc32(drawing.tobytes())}"
        return int(drawing[0, 0] > 0), figure

    pad: MatchPad | RecordPad = MatchPad(crc, "the judge", nudge=True)

    def draw(chance: random.Random) -> None:
        ends = [chance.randrange(281) for _ in range(4)]
        pad.pad.strokes = [*pad.pad.strokes[-2:], ends] if chance.random() < 0.8 else []

    def look(_chance: random.Random) -> None:
        assert crc(pad.picture)[1].alt in pad.live.picture.value

    random_actions(pad, extra=(draw, look))
    pad = RecordPad(crc, "Draw", "points")
    random_actions(pad, extra=(draw, look))


def test_a_thousand_drags(random_actions) -> None:
    def show(whole: int, stop: int, in_tenths: float) -> Figure:
        figure = Figure(figsize=(1, 1))
        figure.alt = f"{whole} {stop} {in_tenths:.3f}"
        return figure

    def make() -> LiveSliders:
        return LiveSliders(show, whole=(0, 9, 4), stop=[1, 10, 100, 1000], in_tenths=(0.0, 2.0, 1))

    random_actions(make(), make=make)


def test_the_function_gets_the_sliders_numbers_by_name() -> None:
    got = []

    def show(whole: int, in_tenths: float) -> Figure:
        got.append((whole, in_tenths))
        return show_bars({"first": 1 / whole, "second": in_tenths})

    panel = LiveSliders(show, whole=(0, 9, 4), in_tenths=(0.0, 2.0, 1.0))
    assert got[0] == (4, 1.0)
    panel.sliders["in_tenths"].value = 1.3
    assert got[-1] == (4, 1.3)
    assert "second: 1.3" in panel.live.picture.value
    panel.sliders["whole"].value = 0
    assert "ZeroDivisionError" in words(panel.live.status)
    panel.sliders["whole"].value = 2
    assert "Error" not in words(panel.live.status)
    assert "first: 0.5" in panel.live.picture.value
    assert panel.sliders["in_tenths"].description == "in tenths"


def test_more_than_three_numbers_are_a_sliders_stops() -> None:
    panel = LiveSliders(lambda size: show_bars({"size": size}), size=[1, 10, 100, 1000])
    slider = panel.sliders["size"]
    assert (slider.value, slider.options) == (1, (1, 10, 100, 1000))
    slider.index = 3
    assert "size: 1,000" in panel.live.picture.value


def test_what_a_figure_has_won_is_cheered_until_the_next_drag() -> None:
    """Five points ahead, e to the fifth is 148, and there's nothing but crumbs; four won't do."""

    def cut(ahead: int):
        return show_cake({"5": np.exp(ahead), "3": 1, "8": 1})

    panel = LiveSliders(cut, ahead=(0, 9, 4))
    assert words(panel.live.status) == ""
    panel.sliders["ahead"].value = 5
    assert words(panel.live.status) == (
        "★ Nothing but crumbs! The largest slice is 148 times the next."
    )
    assert "3: a crumb" in panel.live.picture.value
    panel.sliders["ahead"].value = 4
    assert words(panel.live.status) == ""


def test_a_function_that_yields_figures_is_seen_at_each_of_them() -> None:
    def bars(most):
        for size in range(1, most + 1):
            yield show_bars({"size": size}, title=f"{size} so far")

    panel = LiveSliders(bars, most=(1, 5, 2))
    assert "2 so far" in panel.still().alt
    seen, said = [], []
    panel.live.picture.observe(lambda change: seen.append(change.new), "value")
    panel.live.picture.observe(lambda _: said.append(words(panel.live.status)), "value")
    panel.sliders["most"].value = 3
    assert said == ["Working on it …"] * 3
    assert words(panel.live.status) == ""
    assert [re.search(r"\d so far", page)[0][0] for page in seen] == ["1", "2", "3"]
