"""Tables of measured figures: made from results.json, and written into the texts.

A table goes between `<!--table=NAME-->` and `<!--/table-->`. `python benchmarks/run.py --texts`
rewrites them all.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import plans

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OTHERS = ("pages", "sizes", "hand", "hub", "stick")
GOOD = 0.99  # we take the time until this accuracy
TABLE = re.compile(r"(<!--table=(\w+)-->\n)(.*?)(<!--/table-->)", re.DOTALL)
OURS = ("fast", "ten_second", "one_epoch", "handwriting")


def results(state: dict[str, Any]) -> dict[str, Any]:
    """Turn the raw measurements into what results.json holds."""
    timed = state["side by side"]
    original = timed["original"]
    wholes = [original, *(state[f"again {n}"] for n in (1, 2) if f"again {n}" in state)]
    originals = [run["accuracy"] for run in wholes]
    passed = [
        next(n for n, accuracy in enumerate(run["accuracies"], 1) if accuracy >= GOOD)
        for run in wholes
    ]
    good = statistics.median_low(passed)
    found: dict[str, Any] = {"machine": timed["machine"]}
    found |= {
        "original_seconds": round(original["seconds"], 1),
        "original_seconds_mean": round(statistics.mean(run["seconds"] for run in wholes), 1),
        "original_seconds_range": [
            round(min(run["seconds"] for run in wholes), 1),
            round(max(run["seconds"] for run in wholes), 1),
        ],
        "original_seconds_by_median_epoch": round(12 * statistics.median(original["epochs"]), 1),
        "original_epoch_range": [
            round(min(original["epochs"]), 1),
            round(max(original["epochs"]), 1),
        ],
        "original_quickest_epoch": min(epoch for run in wholes for epoch in run["epochs"]),
        "original_minutes": round(statistics.mean(run["seconds"] for run in wholes) / 60, 1),
        "original_accuracy_mean": round(statistics.mean(originals), 5),
        "original_accuracies": originals,
        "original_epochs_to_99": good,
        "original_epochs_to_99_each": passed,
    }
    for name in OURS:
        found |= summary(name, timed[name], found)
    found |= derived()
    for name in OTHERS:
        file = HERE / f"{name}.json"
        if file.exists():
            found[name] = snake(json.loads(file.read_text(encoding="utf-8")))
    found["pages"].pop("cells", None)  # the plans read these straight from pages.json
    found["wanted"] = wanted(found)
    found["runs"] = {name: timed[name] for name in OURS} | {"original": original}
    return found


def derived() -> dict[str, Any]:
    """Convert what other benchmarks measured to the units that the texts use."""
    file = HERE / "pages.json"
    pages = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    found: dict[str, Any] = {}
    if "pages" in pages:
        found["light_page_mb"] = max(
            row["peak MB"] for name, row in pages["pages"].items() if name < "04"
        )
        found["training_page_minutes"] = round(pages["pages"]["06_train"]["seconds"] / 60, 1)
        found["training_page_gb"] = round(pages["pages"]["06_train"]["peak MB"] / 1000, 1)
    if "walk" in pages:
        found["walk_gb"] = round(pages["walk"]["peak MB"] / 1000, 1)
    return found


def summary(name: str, runs: list[dict[str, Any]], found: dict[str, Any]) -> dict[str, Any]:
    """Sum up the runs of one training.

    A shared machine may run at full speed for a few minutes, and then at half. So each run is
    compared with the original's epochs just before and after it: twelve times their mean, divided
    by the run's seconds. The speedup is the median of these ratios. We also give the ratio of the
    total times, original over our mean, and the one that flatters us least: twelve times the
    original's quickest epoch over our quickest run.
    """
    seconds, accuracies = [run["seconds"] for run in runs], [run["accuracy"] for run in runs]
    # How many of our runs fit into one epoch of the original:
    times = [(run["epoch_before"] + run["epoch_after"]) / 2 / run["seconds"] for run in runs]
    mean = statistics.mean(seconds)
    out = {
        f"{name}_speedup": round(12 * statistics.median(times), 2),
        f"{name}_speedup_range": [round(12 * least, 2) for least in (min(times), max(times))],
        f"{name}_accuracy_mean": round(statistics.mean(accuracies), 5),
        f"{name}_accuracy_min": min(accuracies),
        f"{name}_accuracies": accuracies,
        f"{name}_speedup_of_whole_times": round(found["original_seconds"] / mean, 2),
        f"{name}_speedup_of_quickest": round(
            12 * found["original_quickest_epoch"] / min(seconds), 2
        ),
        f"{name}_seconds": round(mean, 1),
        f"{name}_seconds_median": round(statistics.median(seconds), 1),
        f"{name}_seconds_range": [round(min(seconds), 1), round(max(seconds), 1)],
        f"{name}_epochs": runs[0]["epochs"],
        f"{name}_seeds": [run["seed"] for run in runs],
    }
    if out[f"{name}_accuracy_mean"] >= GOOD:
        out[f"{name}_speedup_to_99"] = round(
            found["original_epochs_to_99"] * statistics.median(times), 2
        )
    return out


def wanted(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Put our goals next to what we reached."""
    rows = [
        (
            "the lesson's network, as good as the original, times as fast",
            6.5,
            8,
            found["fast_speedup"],
        ),
        (
            "its accuracy less the original's, in points",
            0,
            0,
            round(100 * (found["fast_accuracy_mean"] - found["original_accuracy_mean"]), 3),
        ),
        ("the fast network, times as fast", 55, 60, found["ten_second_speedup"]),
        ("its accuracy, mean", 0.9935, 0.994, found["ten_second_accuracy_mean"]),
        ("its accuracy, worst", 0.993, 0.993, found["ten_second_accuracy_min"]),
        (
            "99.0% after one epoch of it, times as soon",
            30,
            30,
            found.get("one_epoch_speedup_to_99", 0),
        ),
        ("trained for handwriting, times as fast", 10, 10, found["handwriting_speedup"]),
        ("its accuracy, mean", 0.994, 0.994, found["handwriting_accuracy_mean"]),
    ]
    rows += [
        (f"first picture of {page}, times as soon as the original's imports", 4, 4, n)
        for page, n in sooner(found)
    ]
    hand = found["hand"]
    for count, least, want in ((1, 0.985, 0.99), (2, 0.988, 0.993), (5, 0.993, 0.996)):
        mean = hand[f"learned_{count}"]["mean"]
        rows.append((f"a hand's other digits, {count} of each learned, mean", least, want, mean))
    worst = hand["learned_2"]["worst_writer"]
    rows.append(("the same, 2 of each learned, worst writer", 0.95, 0.97, worst))
    lost = max(-hand[f"learned_{count}"]["mnist_points"] for count in (1, 2, 5))
    at_most = [
        ("points of MNIST's test set lost by learning a hand, mean", 0.05, lost),
        ("memory of the whole lesson walked, GB", 2, found["walk_gb"]),
    ]
    return [
        {
            "what": what,
            "at least": least,
            "wanted": want,
            "measured": measured,
            "reached": measured >= want,
        }
        for what, least, want, measured in rows
    ] + [
        {"what": what, "at most": most, "measured": measured, "reached": measured <= most}
        for what, most, measured in at_most
    ]


def sooner(found: dict[str, Any]) -> list[tuple[str, float]]:
    """Say how many times faster each early page shows a picture than the original imports."""
    start = dict(found["pages"]["start"])
    original = start.pop("original_s_imports")["s_from_ready"]
    del start["bare_imports_and_digits"]
    return [(page[:2], round(original / times["s_from_ready"], 1)) for page, times in start.items()]


def snake(found: Any) -> Any:
    """Turn names into keys without spaces, dots and so on, so a text can refer to them."""
    if isinstance(found, dict):
        return {
            re.sub(r"\W+", "_", str(key)).strip("_").lower(): snake(value)
            for key, value in found.items()
        }
    return [snake(one) for one in found] if isinstance(found, list) else found


def speed_table(found: dict[str, Any]) -> str:
    """Make the table of README: what was trained, for how long, how good it is."""
    lines = [
        "| Training | Seconds (mean) | Times as fast | Quickest to quickest "
        "| Read correctly, test set (mean) | Worst run | Runs |"
    ]
    lines.append("|---|---|---|---|---|---|---|")
    wholes = with_extremes(found["original_seconds_mean"], found["original_seconds_range"])
    lines.append(
        f"| the original, 12 epochs | {wholes} | 1 | 1 "
        f"| {percent(found['original_accuracy_mean'])} "
        f"| {percent(min(found['original_accuracies']))} | {len(found['original_accuracies'])} |"
    )
    names = {
        "fast": "its network, less dropout, `Settings.fast()`",
        "ten_second": "`build_fast_model()`",
        "one_epoch": "the same, `Settings.for_one_epoch()`",
        "handwriting": "one a little wider, trained for handwriting",
    }
    for name, words in names.items():
        count = found[f"{name}_epochs"]
        epochs = f"{count} epoch{'s' * (count > 1)}"
        mean = statistics.mean(run["seconds"] for run in found["runs"][name])  # rounded once
        seconds = with_extremes(mean, found[f"{name}_seconds_range"])
        times = with_extremes(found[f"{name}_speedup"], found[f"{name}_speedup_range"])
        quickest = f"{found[f'{name}_speedup_of_quickest']:.2g}"
        lines.append(
            f"| {words}, {epochs} | {seconds} | {times} | {quickest} "
            f"| {percent(found[f'{name}_accuracy_mean'])} "
            f"| {percent(found[f'{name}_accuracy_min'])} | {len(found[f'{name}_accuracies'])} |"
        )
    return "\n".join(lines)


def with_extremes(middle: float, ends: list[float]) -> str:
    """Write a figure, followed by the smallest and the largest of those it sums up."""
    form = ".1f" if max(ends) < 10 else ".0f"
    low, high = (f"{end:{form}}" for end in ends)
    return f"{middle:{form}} ({low}–{high})"


def percent(share: float) -> str:
    """Write a share with two decimals."""
    return f"{100 * share:.2f}%"


def weight_table(found: dict[str, Any]) -> str:
    """Make the table of CONTRIBUTING: what each package weighs, and what we'd save without it."""
    lines = ["| Package | MB installed | MB saved without it |", "| --- | --- | --- |"]
    rows = sorted(found["sizes"]["direct"].items(), key=lambda item: -item[1]["alone"])
    lines += [
        f"| {name.replace('_', '-')} | {row['alone']:.1f} | {row['with']:.1f} |"
        for name, row in rows
    ]
    return "\n".join(lines)


def hand_table(found: dict[str, Any]) -> str:
    """Make the table of README: other people's digits, before and after some are learned."""
    hand = found["hand"]
    lines = [
        "| Drawings learned of each digit | Their other digits read, 30 writers "
        "| The worst of these | "
        "The 15 not used for settings | MNIST's test set |",
        "|---|---|---|---|---|",
    ]
    for count in (1, 2, 5):
        row = hand[f"learned_{count}"]
        cells = [
            before_and_after(row["before"], row["mean"]),
            before_and_after(row["worst_writer_before"], row["worst_writer"]),
            before_and_after(row["odd_writers"]["before"], row["odd_writers"]["mean"]),
            f"{row['mnist_points']:+.2f} points".replace("-", "−"),
        ]
        lines.append(f"| {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def before_and_after(before: float, after: float) -> str:
    """Write two shares, with an arrow between them."""
    return f"{100 * before:.2f} → {percent(after)}"


def machine_table(found: dict[str, Any]) -> str:
    """Make the table of the guide: how long each page runs, and how much memory it takes."""
    rows = [["Page"], ["---"], ["seconds"], ["memory, MB"]]
    for name, row in sorted(found["pages"]["pages"].items()):
        if name[:2].isdecimal():  # not an instructor's page
            cells = (name[:2], "---", f"{row['seconds']:.0f}", f"{row['peak_mb']:,}")
            for line, text in zip(rows, cells, strict=True):
                line.append(text)
    return "\n".join(f"| {' | '.join(line)} |" for line in rows)


def server_table(found: dict[str, Any]) -> str:
    """Make the table of docs/jupyterhub.md: what one learner's kernel takes."""
    lines = ["| What | Measured |", "|---|---|"]
    lines += [
        f"| a kernel on pages 00 to 03, at most | {found['light_page_mb']} MB |",
        f"| a kernel on page 06, while it trains | {found['training_page_gb']} GB |",
        f"| the original's training, 12 epochs, two cores | {found['original_minutes']} minutes |",
        f"| the same network with `Settings.fast()` | {found['fast_seconds']:.0f} seconds |",
        f"| the environment, installed | {found['sizes']['installed_mb']:,} MB of disk, once |",
    ]
    return "\n".join(lines)


def hub_table(found: dict[str, Any]) -> str:
    """Make the table of docs/jupyterhub.md: a hub with ten learners at once."""
    hub = found["hub"]
    alone = {name: f"{row['seconds']:.0f} s" for name, row in found["pages"]["pages"].items()}
    lines = ["| What | Alone | Ten at once, three of them training |", "|---|---|---|"]
    start = hub["seconds"]["start"]["longest_s"]
    lines.append(f"| from logging in to your own server | | {start} s at most |")
    for name in ("00_introduction", "01_load", "02_preprocess", "03_look"):
        longest = hub["seconds"][name]["longest_s"]
        lines.append(f"| page {name[:2]}, all cells | {alone[name]} | {longest} s at most |")
    epoch = hub["seconds"]["06_train"]["longest_s"]
    lines.append(f"| page 06, one epoch | | {epoch} s at most |")
    lines.append(f"| memory of hub, servers and kernels | | {hub['memory_gb']:.1f} GB |")
    one = hub["memory_of_one_learner_gb"]
    return "\n".join([*lines, f"| memory of one learner | | {one:.1f} GB at most |"])


def stick_table(found: dict[str, Any]) -> str:
    """Make the table of the guide: how many megabytes a USB stick takes."""
    lines = ["| Packed for | MB on the stick |", "|---|---|"]
    lines += [f"| {row['packed_for']} | {row['mb']:,} |" for row in found["stick"]["sticks"]]
    return "\n".join(lines)


TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "speed": speed_table,
    "weights": weight_table,
    "hand": hand_table,
    "machine": machine_table,
    "server": server_table,
    "hub": hub_table,
    "stick": stick_table,
}


def texts() -> Iterator[Path]:
    """Yield every file whose prose may quote a figure."""
    for pattern in (
        "*.md",
        "docs/*.md",
        "notebooks/*.ipynb",
        "notebooks/instructor/*.md",
        "notebooks/instructor/*.ipynb",
    ):
        yield from sorted(ROOT.glob(pattern))


def filled(text: str, found: dict[str, Any]) -> str:
    """Return a text with each table as it was measured."""
    return TABLE.sub(lambda match: match[1] + TABLES[match[2]](found) + "\n" + match[4], text)


def update(file: Path, found: dict[str, Any]) -> str:
    """Return what the file should contain."""
    text = file.read_text(encoding="utf-8")
    if file == plans.PLANS:
        return plans.filled(text)
    if file.suffix != ".ipynb":
        return filled(text, found)
    page = json.loads(text)
    for cell in page["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = filled("".join(cell["source"]), found).splitlines(keepends=True)
    return json.dumps(page, indent=1, ensure_ascii=False) + "\n"


def write_texts() -> None:
    """Write the measured figures into all texts."""
    found = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    for file in texts():
        text = update(file, found)
        if text != file.read_text(encoding="utf-8"):
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file.relative_to(ROOT)}")
