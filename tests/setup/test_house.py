"""The house's one rule: arrows run down only. The graph is drawn from the code itself."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mnist_lesson"
# From the ground up. A file may import from its own floor and from the floors below.
FLOORS = (
    {"shared"},
    {"load", "preprocess", "look", "one_hot", "model", "network"},
    {"introduction", "test", "exercise_engine"},
    {"training", "handwriting", "mistakes"},
    {"train", "widgets", "instructor"},
    {"exercises"},
    {"progress"},
    {"commands", "__init__", "__main__"},
)
APART = ("widgets", "exercises", "instructor", "commands")  # rooms that do not import one another
# A command may show what these compute, and print what they draw.
ALLOWED = {("commands", room) for room in ("instructor", "exercises", "widgets")}
# Imported where they are needed: TensorFlow takes seconds, SciPy's statistics half a one.
LATE = ("keras", "tensorflow", "scipy.stats", "jinja2", "mnist_lesson.exercise_engine.panels")


def modules(package: Path) -> dict[str, ast.Module]:
    """Read every file: "network.twin" to its syntax tree, a folder's face as "network"."""
    trees = {}
    for file in sorted(package.rglob("*.py")):
        name = ".".join(file.relative_to(package).with_suffix("").parts)
        trees[name.removesuffix(".__init__")] = ast.parse(file.read_text(encoding="utf-8"))
    return trees


def imports(tree: ast.Module, names: set[str]) -> Iterator[str]:
    """Yield what a file imports of ours, wherever it stands; a folder's face counts, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            paths = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            paths = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        else:
            continue
        for path in paths:
            inner = path.removeprefix("mnist_lesson.")
            own_face = path.startswith("mnist_lesson.") and "." not in inner and inner not in names
            if own_face:
                yield "__init__"  # the package's own face stands on the top floor
            if path.startswith("mnist_lesson.") and inner in names:
                yield inner
                yield from (folder for folder in [inner.rpartition(".")[0]] if folder)


def arrows(package: Path) -> dict[str, set[str]]:
    trees = modules(package)
    return {name: set(imports(tree, set(trees))) - {name} for name, tree in trees.items()}


def floor(module: str) -> int:
    room = module.split(".")[0]
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def faults(package: Path) -> list[str]:
    """List every circle and every arrow that goes up or across."""
    graph = arrows(package)
    wrong = [f"{a} imports {b}, upwards" for a in graph for b in graph[a] if floor(b) > floor(a)]
    rooms = {(a.split(".")[0], b.split(".")[0], a, b) for a in graph for b in graph[a]}
    wrong += [
        f"{a} imports {b}, across"
        for room_a, room_b, a, b in rooms
        if room_a != room_b and {room_a, room_b} <= set(APART) and (room_a, room_b) not in ALLOWED
    ]
    try:
        # A folder's face is imported with each file in it, and may import them: no circle.
        files = {a: {b for b in below if not a.startswith(f"{b}.")} for a, below in graph.items()}
        TopologicalSorter(files).prepare()
    except CycleError as error:
        wrong.append(f"a circle: {' → '.join(error.args[1])}")
    return sorted(wrong)


def test_arrows_run_down_only() -> None:
    assert faults(PACKAGE) == []


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("shared/low.py", "import mnist_lesson.network.high", "upwards"),
        ("shared/low.py", "if 1:\n    from mnist_lesson.network import high", "upwards"),
        ("widgets/panel.py", "def f():\n    from mnist_lesson.instructor import bench", "across"),
        ("network/high.py", "from mnist_lesson.network.other import x", "circle"),
    ],
)
def test_a_planted_arrow_is_found(tmp_path: Path, file: str, line: str, fault: str) -> None:
    empty = ("shared/low.py", "network/high.py", "widgets/panel.py", "instructor/bench.py")
    files = dict.fromkeys(empty, "") | {file: line}
    files["network/other.py"] = "from mnist_lesson.network.high import y"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert any(fault in found for found in faults(tmp_path))


def test_imports_stand_at_the_top_of_a_file() -> None:
    """One sees at once what a file needs. Only what takes seconds to load comes late."""
    late = []
    for name, tree in modules(PACKAGE).items():
        tops = set(tree.body)
        guarded = {inner for node in tree.body if isinstance(node, ast.If) for inner in node.body}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and node not in tops | guarded:
                paths = [getattr(node, "module", None) or alias.name for alias in node.names]
                named = all(path in LATE or path.split(".")[0] in LATE for path in paths)
                # A command loads only what it needs: `check` must run where nearly all is missing.
                if not named and not name.startswith("commands."):
                    late.append(f"{name}:{node.lineno} {', '.join(paths)}")
    assert late == []
