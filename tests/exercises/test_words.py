"""What exercises say is for fourteen-year-olds: short words, short sentences."""

import re

import pytest
from reading import grade

from mnist_lesson import exercises
from mnist_lesson.exercise_engine import findings as engine
from mnist_lesson.exercise_engine.reply import LOOKS, Reply
from mnist_lesson.shared.words import in_columns, say_probability

HARDEST = 8.0
LONGEST = 30  # words in a sentence
BANNED = re.compile(r"\b(simply|just|obviously|easy|easily|trivial)\b", re.IGNORECASE)


def texts(page: str) -> list[str]:
    """Return every text that a page's exercises and guesses can show."""
    found: list[str] = []
    for one in exercises.exercises_of(page):
        found += [one.task, *one.hints, one.why, *one.slips.values()]
    for guess in exercises.guesses_of(page):
        found += [guess.question, guess.why]
    return found


@pytest.mark.parametrize("page", exercises.PAGES)
def test_exercises_read_at_grade_8_or_below(page: str) -> None:
    """All texts of a page together, and each longer one by itself."""
    print(f"{page}: grade {grade(chr(10).join(texts(page))):.1f}")
    assert grade("\n\n".join(texts(page))) <= HARDEST
    long = [text for text in texts(page) if len(text.split()) > 25]
    assert [text for text in long if grade(text) > HARDEST + 2] == []


@pytest.mark.parametrize("page", exercises.PAGES)
def test_the_house_voice(page: str) -> None:
    """No “simply”; no sentence without end."""
    for text in texts(page):
        assert not BANNED.search(text), text
        for sentence in re.split(r"(?<=[.?!:])\s", text):
            assert len(sentence.split()) <= LONGEST, sentence
        assert text.strip()[-1] in ".?!)`", text


def test_advice_on_errors_reads_well() -> None:
    advice = [*engine.ERROR_ADVICE.values(), *engine.CUT_OFF.values()]
    advice += [engine.NO_ROOM, engine.SPOILED, engine.OTHER_ERROR]
    assert grade("\n\n".join(advice)) <= HARDEST


def test_a_card_says_its_state_in_words_and_escapes_what_it_shows() -> None:
    """Colour alone tells nothing, and an answer with markup in it stays text."""
    reply = Reply(
        "not yet", "Use `a < b`.\nThen <b>go</b>.", (("you <i>", "<script>"),), code="a < b"
    )
    card = reply._repr_html_()
    assert "✘ Not yet." in card
    assert "<code>a &lt; b</code>" in card
    assert not re.search(r"<(b>go|i>|script)", card)
    assert "<br>" in card
    assert repr(reply).startswith("✘ Not yet. Use `a < b`.")
    assert [state for state in LOOKS if Reply(state, "")] == ["right"]
    for answer in ((1, 2, 3), (2.5, 0)):  # a judge's text is wrapped in the file, not on the card
        text = exercises.introduction.line.check(answer).text
        assert text == " ".join(text.split())


def test_columns_stand_under_each_other() -> None:
    """As wide as their widest cell, with nothing behind the last."""
    rows = [["name", "tries", "more"], ["a<b", "1", ""], ["c", "", "x"]]
    assert in_columns(rows).splitlines() == ["name  tries  more", "a<b   1", "c            x"]


@pytest.mark.parametrize(
    ("probability", "said", "in_tenths"),
    [
        (1, "more than 99%", "over 99.9%"),
        (0.9996, "more than 99%", "over 99.9%"),
        (0.9994, "more than 99%", "99.9%"),
        (0.9949, "99%", "99.5%"),
        (0.5, "50%", "50.0%"),
        (0.0006, "0%", "0.1%"),
        (0.0004, "0%", "0%"),
    ],
)
def test_no_softmax_is_called_100_percent_sure(probability: float, said, in_tenths: str) -> None:
    assert say_probability(probability) == said
    assert say_probability(probability, decimals=1) == in_tenths
    brief = say_probability(probability, decimals=1, brief=True)
    assert brief == in_tenths.replace("over ", ">")
