"""Every measured figure in a text is the one in benchmarks/results.json."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path

import figures
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOUND = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
TEXTS = list(figures.texts())
# What looks like a time, a speed, a memory or an accuracy that somebody measured.
MEASURED = re.compile(
    r"\d[\d.,]*(?:\s(?:ms|s|h)\b|\s?(?:[MGk]B|GFLOP|seconds?\b|minutes?\b|hours?\b|times (?:as|less|more|sooner)|%))"
    r"|(?:quarter of an|half an|two|three|an) hours?\b"
)
# What looks like one, and is none.
NOT_MEASURED = [
    r"It takes about \d+ minutes",  # how long a reader takes: a guess, as the word says
    r"\*\*(?:Guess first|a|b|c|d)\*\*:? [^\n]*",  # a question, and answers to choose from
    r"95 % (?:\*\*)?(?:confidence )?interval",
    r"(?:gives? (?:it|each digit|the true digit)|gets|near|each digit about) (?:about )?\d+ %",  # made-up examples
    r"\b100 %",
    r"more than \d+ %|at least \d+ %|threshold of \d+ %|about \d+ % sure|\d+ % sure",  # limits that a cell checks
]


def prose(file: Path) -> str:
    """Return what a reader reads, without code, marked figures and tables."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        )
    text = figures.FIGURE.sub("", figures.TABLE.sub("", text))
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_marked_figures_are_those_that_were_measured(file: Path) -> None:
    """`python benchmarks/run.py --texts` leaves the texts so."""
    assert figures.update(file, FOUND) == file.read_text(encoding="utf-8")


def test_a_changed_figure_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: for a figure, and for a table."""
    text = f"It is <!--=fast_speedup .1f-->{FOUND['fast_speedup']:.1f}<!--/--> times as fast."
    assert figures.filled(text, FOUND) == text
    for wrong in ("9999", ""):
        assert figures.filled(re.sub(r"-->.*?<!--/", f"-->{wrong}<!--/", text), FOUND) == text
    table = "<!--table=speed-->\n| old |\n<!--/table-->"
    assert "Settings.fast()" in figures.filled(table, FOUND)
    with pytest.raises(KeyError):
        figures.filled("<!--=no_such_key .1f-->1<!--/-->", FOUND)


def test_the_sums_are_those_of_the_runs() -> None:
    """The figures at the top follow from the single runs below them."""
    original, runs = FOUND["runs"]["original"], FOUND["runs"]
    assert len(original["epochs"]) == 12
    whole = sum(original["epochs"])
    assert FOUND["original_seconds"] == pytest.approx(whole, abs=0.1)
    assert len(FOUND["original_accuracies"]) == 3  # whole runs of the original
    for name, seeds in (("fast", 3), ("ten_second", 5), ("one_epoch", 5), ("handwriting", 3)):
        assert [run["seed"] for run in runs[name]] == list(range(seeds))
        accuracies = [run["accuracy"] for run in runs[name]]
        assert FOUND[f"{name}_accuracy_mean"] == pytest.approx(
            statistics.mean(accuracies), abs=1e-5
        )
        assert FOUND[f"{name}_accuracy_min"] == min(accuracies)
        near = [
            12 * (run["epoch_before"] + run["epoch_after"]) / 2 / run["seconds"]
            for run in runs[name]
        ]
        assert FOUND[f"{name}_speedup"] == pytest.approx(statistics.median(near), rel=1e-3)
        assert all(run["epoch_before"] in original["epochs"] for run in runs[name])


def test_misses_are_listed_like_successes() -> None:
    """Each wish stands beside what was reached, and says whether it was."""
    for row in FOUND["wanted"]:
        most = row.get("at most")
        assert row["reached"] == (
            row["measured"] >= row["wanted"] if most is None else row["measured"] <= most
        )


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_no_measured_figure_goes_unmarked(file: Path) -> None:
    """A time, a speed, a memory or an accuracy in prose names its key."""
    text = prose(file)
    for pattern in [*NOT_MEASURED, *ALLOWED.get(file.name, ())]:
        text = re.sub(pattern, "", text)
    assert [text[max(0, m.start() - 40) : m.end() + 10] for m in MEASURED.finditer(text)] == []


# In one file: figures that are choices, facts of others, or come out of the page's own cells, which nbval compares.
ALLOWED = {
    "README.md": [r"about 4 GB of disk", r"about 400 MB to download"],
    "CONTRIBUTING.md": [r"\(0\.1 MB\)"],
    "jupyterhub.md": [
        r"Count [\d.]+ GB for each",
        r"and 2 GB for the system",
        r"\| \d+ GB",
        r"more than 95 %",
        r"idle for an hour",
        r"some 30 MB",
        r"guarantees 1 GB",
        r"above 2 GB",
    ],
    "02_preprocess.ipynb": [r"65,025 times as small"],
    "05_model.ipynb": [r"4\.58 MB in all"],
    "07_test.ipynb": [r"leaves about 3 %", r"\*\*95 % confidence"],
    "08_your_digits.ipynb": [r"A number\s+like 99 %"],
    "09_faster.ipynb": [r"read \*\*98\.5 %\*\*"],
    "guide.md": [r"99\.1 % beats 99\.0 %"],
}


def test_what_is_allowed_is_there() -> None:
    """An exception that nothing needs any more is taken away."""
    for file in TEXTS:
        for pattern in ALLOWED.get(file.name, ()):
            assert re.search(pattern, prose(file)), f"{file.name}: {pattern}"


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_no_line_begins_with_a_mark(file: Path) -> None:
    """Markdown would break the paragraph there."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    assert re.findall(r"(?m)^<!--=.*", text) == []
