"""Every table of measured figures is the one that benchmarks/results.json gives."""

import ast
import json
import re
import statistics
from dataclasses import replace
from pathlib import Path

import figures
import nbformat
import pytest

from mnist_lesson.exercises.faster import HIKERS
from mnist_lesson.train import Settings
from mnist_lesson.widgets.race_track import RaceTrack

ROOT = Path(__file__).resolve().parents[2]
FOUND = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
TEXTS = list(figures.texts())


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_tables_are_those_that_were_measured(file: Path) -> None:
    """`python benchmarks/run.py --texts` leaves the texts so."""
    assert figures.update(file, FOUND) == file.read_text(encoding="utf-8")


def test_a_stale_table_is_noticed() -> None:
    stale = "<!--table=speed-->\n| old |\n<!--/table-->"
    fresh = figures.filled(stale, FOUND)
    assert "Settings.fast()" in fresh
    assert "| old |" not in fresh
    assert figures.filled(fresh, FOUND) == fresh


def test_there_are_tables_to_compare() -> None:
    tables = [file.name for file in TEXTS if "<!--table=" in file.read_text(encoding="utf-8")]
    assert {"README.md", "09_faster.ipynb"} <= set(tables)


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
        mean = pytest.approx(statistics.mean(accuracies), abs=1e-5)
        assert FOUND[f"{name}_accuracy_mean"] == mean
        assert FOUND[f"{name}_accuracy_min"] == min(accuracies)
        epochs = [run["epoch_before"] + run["epoch_after"] for run in runs[name]]
        near = [6 * both / run["seconds"] for both, run in zip(epochs, runs[name], strict=True)]
        assert FOUND[f"{name}_speedup"] == pytest.approx(statistics.median(near), rel=1e-3)
        assert all(run["epoch_before"] in original["epochs"] for run in runs[name])


def test_misses_are_listed_like_successes() -> None:
    """Each wish stands beside what was reached, and says whether it was."""
    for row in FOUND["wanted"]:
        most = row.get("at most")
        assert row["reached"] == (
            row["measured"] >= row["wanted"] if most is None else row["measured"] <= most
        )


def test_page_00_trains_in_little_memory() -> None:
    """Binder may have as little as 1 GB."""
    measured = FOUND["pages"]["button"]
    assert measured["trainings"] == "in full"
    assert measured["peak_mb"] < 900


WAITED = {"half a": 0.5, "one": 1, "two": 2, "three": 3}  # minutes


@pytest.mark.parametrize("page", ["07_test", "09_faster", "instructor/tuning"])
def test_a_page_says_how_long_its_reader_will_wait(page: str) -> None:
    """The next half minute above what `benchmarks/pages.py` measured."""
    text = (ROOT / "notebooks" / f"{page}.ipynb").read_text(encoding="utf-8")
    words = re.search(r"including (?:about )?(half a|\w+)(?: minute)? of waiting", text)
    assert words
    row = FOUND["pages"]["pages"][page.rpartition("/")[2]]
    assert row["trainings"] == "in full"
    assert 0 <= WAITED[words[1]] - row["seconds"] / 60 <= 0.75


def test_page_09_quotes_what_was_measured() -> None:
    """`benchmarks/shape.py` counted its dots, `benchmarks/run.py` its seconds."""
    page = (ROOT / "notebooks" / "09_faster.ipynb").read_text(encoding="utf-8")
    duel = json.loads((ROOT / "benchmarks" / "shape.json").read_text(encoding="utf-8"))
    assert duel["judged"] == 6000
    assert list(HIKERS.values()) == list(duel["right"].values())
    short, long, cycle = duel["right"].values()
    assert min(cycle) > max(short + long)  # "beats them both"
    assert min(long) < max(short)
    assert min(short) < max(long)  # "the first two groups overlap"
    read = json.loads((ROOT / "mnist_lesson/assets/ready.json").read_text())["history"]
    misread = 1000 * (1 - read["val_accuracy"][1])
    assert f"After two rounds it misread {misread:.0f} in every 1,000" in page
    assert max(read["val_accuracy"]) - read["val_accuracy"][1] <= 0.006  # "at most six of those"
    slow, quick = FOUND["original_seconds_mean"], FOUND["ten_second_seconds"]
    epochs = FOUND["original_epochs_to_99_each"]
    extremes = (min(epochs), max(epochs))
    cautious = FOUND["ten_second_speedup_of_quickest"]
    slowest = cautious * min(epochs) / 12
    quickest = FOUND["ten_second_speedup"] * max(epochs) / 12
    assert round(slow / quick / 6) == 10  # "each round is about ten times as quick"
    # "About 47 times as fast": quickest to quickest, more cautious than the median.
    assert f"about {cautious:.0f} times as fast" in page
    for quoted in (
        f"{slow:.0f} ÷ {quick}",
        f"its worst run read {FOUND['ten_second_accuracy_min']:.2%} of the test set",
        f"the original's best {max(FOUND['original_accuracies']):.2%}",
        "once it reads 99% of the test set, after {} to {} rounds, ".format(*extremes)
        # The quickest for the fewest epochs to 99%, and the median for the most.
        + f"and ours is about {slowest:.0f} to {quickest:.0f}",
        f"took {FOUND['one_epoch_seconds']} seconds",
        f'the original\\": {FOUND["original_seconds_mean"]:.0f}',
        f'ours, fast\\": {FOUND["ten_second_seconds"]}',
    ):
        assert quoted in page, quoted


def test_page_09_races_with_the_settings_that_were_timed() -> None:
    """Lane 1 of its last race, with "our best settings", runs `Settings.for_one_epoch()`."""
    page = nbformat.read(ROOT / "notebooks" / "09_faster.ipynb", as_version=4)
    source = next(cell.source for cell in page.cells if cell.id == "my-try")
    assert "settings = Settings.for_one_epoch()" in source
    lanes = re.search(r"lanes = (\[.*\])", source)
    assert lanes
    panel = RaceTrack(
        None, None, Settings.for_one_epoch(), lanes=ast.literal_eval(lanes[1]), keep=True
    )
    first = {name: control.value for name, control in panel.controls[0].items()}
    assert first.pop("network") == "fast"
    best = replace(Settings.for_one_epoch(), digits=54_000)
    assert replace(Settings.for_one_epoch(), **first) == best
