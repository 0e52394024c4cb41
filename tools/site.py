"""Build the lesson's website from the pages and their outputs: `python tools/site.py [FOLDER]`.

It needs the extra `site` (`pip install -e ".[site]"`), runs no cells, and needs no internet. You
can put the result (by default in `build/site`) on any web server. Its first page holds the
take-home file with the practised network. Buttons that open a page on Binder or Colab appear once
pyproject.toml names the repository's address.
"""

from __future__ import annotations

import base64
import io
import shutil
import sys
import tempfile
import tomllib
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from mnist_lesson import __version__
from mnist_lesson.handwriting.take_home import take_home
from mnist_lesson.network.saved import practised_network

ROOT = Path(__file__).resolve().parents[1]
LOOK = ROOT / "tools" / "website"
NOTEBOOKS = ROOT / "notebooks"
PACKAGE = ROOT / "mnist_lesson"
PATH = sorted(page.stem for page in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
LESSON = ["load", "preprocess", "look", "one_hot", "model", "train", "test"]
FOLDERS = ["introduction", "network", "training", "mistakes", "handwriting", "widgets"]
FOLDERS += ["instructor"]

# The story in pictures: a page, the cell whose picture says most, and what happens there.
STORY = (
    ("03_look", "six-of-each", "70,000 digits, written by strangers. Have a look at their hands."),
    ("05_model", "map", "A network from the inside: what each layer makes of one digit."),
    ("06_train", "run-plot", "Train it, and learn to read how the training went."),
    ("07_test", "worst-mistakes", "Open the sealed test set, once. What does it take for what?"),
    (
        "08_your_digits",
        "centred-center-drawing-drawing-chances",
        "Your own drawing, made to look like the digits it has learned from.",
    ),
    ("10_your_hand", "teach", "Draw each digit once, and it knows your hand."),
)

FIRST_PAGE = """---
html_theme.sidebar_secondary.remove: true
---
# Teach a machine to read your handwriting

Draw a digit, and a machine reads it; ten minutes later you've trained one of your own.
Then you open the box, page by page, until nothing in it is magic.
In the end it knows your hand, and you take it home in one file, like this one:

```{{raw}} html
<iframe class="reader" src="reader.html"
title="A sheet to draw a digit on, and a network that reads it"></iframe>
```

## The story

```{{raw}} html
<div class="story">
{story}
</div>
```

## Two commands

With Python 3.11, 3.12 or 3.13 on Windows, macOS or Linux, the first opens the lesson
and the second tests it.
Once it's installed, no internet is needed.

```
python3 start.py
python3 start.py test
```

You can also [read it right here](notebooks/00_introduction.ipynb). If you teach, begin with the
[instructor's guide](notebooks/instructor/guide.md).

```{{toctree}}
:hidden:
:caption: The lesson

{lesson}
```

```{{toctree}}
:hidden:
:caption: Beside it

notebooks/python_first
notebooks/glossary
```

```{{toctree}}
:hidden:
:glob:
:caption: For teachers

notebooks/instructor/guide
notebooks/instructor/*
docs/*
```

```{{toctree}}
:hidden:
:caption: The library

{library}
```
"""


def build(site: Path) -> int:
    """Build the whole site in a folder, which is emptied first; return the number of warnings."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "source"
        extra = Path(scratch) / "extra"
        (extra / "pictures").mkdir(parents=True)
        copy_pages(source)
        write_api(source / "api")
        write_first_page(source, extra)
        title = "A network that reads digits"
        take_home(extra / "reader.html", network=practised_network(), title=title)
        settings = settings_of(extra)
        built = Path(scratch) / "built" / "site"
        trees = Path(scratch) / "trees"
        log = io.StringIO()
        with patch_docutils(), docutils_namespace():
            app = Sphinx(source, None, built, trees, "html", settings, None, log)
            app.connect("autodoc-process-docstring", keep_code_as_it_is)
            app.build()
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(built, site)
    print(log.getvalue(), file=sys.stderr, end="")
    return len(log.getvalue().splitlines())


def settings_of(extra: Path) -> dict[str, Any]:
    """Return Sphinx's settings."""
    options: dict[str, Any] = {
        "show_toc_level": 2,
        "use_download_button": True,
        "navbar_persistent": [],  # because the sidebar already has the search
        "pygments_light_style": "a11y-high-contrast-light",
        "pygments_dark_style": "a11y-high-contrast-dark",
    }
    address = project().get("urls", {}).get("Repository")
    if address:
        options |= {
            "repository_url": address,
            "repository_branch": "main",
            "use_repository_button": True,
            "launch_buttons": {
                "binderhub_url": "https://mybinder.org",
                "colab_url": "https://colab.research.google.com",
            },
        }
    return {
        "project": "mnist_lesson",
        "html_title": "mnist_lesson",
        "version": __version__,
        "author": "The mnist_lesson maintainers",
        "copyright": "The mnist_lesson maintainers, MIT licence",
        "language": "en",
        "extensions": ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"],
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "myst_heading_anchors": 3,
        "autodoc_member_order": "bysource",
        "add_module_names": False,
        "autodoc_typehints": "description",
        "autodoc_preserve_defaults": True,
        "napoleon_google_docstring": False,
        "default_role": "code",
        "templates_path": [str(LOOK)],
        "html_sidebars": {"**": ["head.html", "sbt-sidebar-nav.html"]},
        "html_theme": "sphinx_book_theme",
        "html_theme_options": options,
        "html_static_path": [str(LOOK / "site.css")],
        "html_css_files": ["site.css"],
        "html_extra_path": [str(extra)],
        "html_use_index": False,  # the search finds more
        "html_domain_indices": False,
        "html_show_sphinx": False,
    }


def project() -> dict[str, Any]:
    """Return what pyproject.toml says about the project."""
    facts: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return facts


def copy_pages(source: Path) -> None:
    """Copy pages and guides, and name every picture for screen readers."""
    for page in NOTEBOOKS.glob("**/*"):
        if page.suffix not in (".ipynb", ".md") or ".ipynb_checkpoints" in page.parts:
            continue
        target = source / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if page.suffix == ".md":
            shutil.copy(page, target)
            continue
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code" and pictures(cell):
                cell.metadata["mystnb"] = {"image": {"alt": alt_text(cell)}}
        nbformat.write(notebook, target)
    shutil.copytree(ROOT / "docs", source / "docs")
    # The repository's folders aren't pages here.
    hub = source / "docs" / "jupyterhub.md"
    hub.write_text(hub.read_text("utf-8").replace("[`binder/`](../binder)", "`binder/`"), "utf-8")


def pictures(cell: Any) -> list[Any]:
    """Return the outputs of a cell that hold a picture."""
    return [output for output in cell.outputs if "image/png" in output.get("data", {})]


def alt_text(cell: Any) -> str:
    """Say what a cell's picture shows: the panel's own words, or else the call that drew it."""
    said = [o.metadata.get("image/png", {}).get("alt", "") for o in pictures(cell)]
    code = [line for line in cell.source.splitlines() if line.strip()]
    return " ".join(filter(None, said)) or f"The picture that this code draws: {code[-1].strip()}"


def write_first_page(source: Path, extra: Path) -> None:
    """Write index.md, and put the story's pictures with the site's own."""
    story = []
    for stem, cell_id, text in STORY:
        notebook = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4)
        cell = next(cell for cell in notebook.cells if cell.id == cell_id)
        data = base64.b64decode(pictures(cell)[0].data["image/png"])
        (extra / "pictures" / f"{stem}.png").write_bytes(data)
        width, height = Image.open(io.BytesIO(data)).size
        size = f'width="{width}" height="{height}"'
        story.append(
            f'<a href="notebooks/{stem}.html">'
            f'<img src="pictures/{stem}.png" alt="{escape(alt_text(cell))}" {size} loading="lazy">'
            f"<span>{escape(text)}</span></a>"
        )
    page = FIRST_PAGE.format(
        story="\n".join(story),
        lesson="\n".join(f"notebooks/{stem}" for stem in PATH),
        library="\n".join(f"api/{name}" for name in ("lesson", *FOLDERS)),
    )
    (source / "index.md").write_text(page, "utf-8")


def write_api(folder: Path) -> None:
    """Write a page for the lesson's seven modules, and one for each folder behind them."""
    folder.mkdir()
    groups = {"lesson": [f"mnist_lesson.{name}" for name in LESSON]}
    for name in FOLDERS:
        files = sorted((PACKAGE / name).glob("*.py"))
        stems = [file.stem for file in files if not file.stem.startswith("_")]
        groups[name] = [f"mnist_lesson.{name}.{stem}" for stem in stems]
    for name, modules in groups.items():
        title = "The lesson's seven modules" if name == "lesson" else name.capitalize()
        lines = [title, "=" * len(title), ""]
        for module in modules:
            short = module.removeprefix("mnist_lesson.")
            lines += [short, "-" * len(short), "", f".. automodule:: {module}", "   :members:"]
            lines += ["   :ignore-module-all:", ""]
        (folder / f"{name}.rst").write_text("\n".join(lines), "utf-8")


def keep_code_as_it_is(
    _app: Any, what: str, _name: str, _of: Any, _options: Any, lines: list[str]
) -> None:
    """Mark the indented lines of a module's docstring as code, before Sphinx reads them as text."""
    indented = [line.startswith("    ") for line in lines]
    starts = [n for n in range(1, len(lines)) if indented[n] and not lines[n - 1]]
    for start in reversed(starts if what == "module" else []):
        lines[start:start] = ["::", ""]


def main(arguments: list[str]) -> int:
    """Build the site; any warning, such as a broken link, makes the command fail."""
    site = Path(arguments[0]) if arguments else ROOT / "build" / "site"
    warnings = build(site.resolve())
    print(f"{site}: open index.html there. {warnings} lines of warnings.")
    return 1 if warnings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
