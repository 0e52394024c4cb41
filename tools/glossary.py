#!/usr/bin/env python3
"""Make the glossary from the pages: each word in bold, and the sentence that explains it.

    python tools/glossary.py           # writes notebooks/glossary.ipynb

A page explains a word of the field where it first appears, and sets it in bold there. The glossary
quotes that sentence, so the two never differ. A test compares them.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

PAGES = Path(__file__).resolve().parents[1] / "notebooks"
BOLD = re.compile(r"\*\*([A-Za-z][A-Za-z0-9 -]*)\*\*")
# In bold for another reason: buttons, headings of lists, and names of the lesson's own.
NOT_WORDS = {
    "yours", "plain", "practised", "Play", "Shift + Enter", "x", "y", "the memoriser", "Play fair",
    "learning", "stalled", "diverged", "chooses", "report", "down", "to the right", "bias",
}  # fmt: skip
NAMES = {"Adam", "Keras", "ReLU"}  # keep their capitals, as abbreviations do


def entry(word: str) -> str:
    """Return a word as the glossary writes it, also where it began a sentence."""
    return word if word in NAMES or word.isupper() else word.lower()


def definitions() -> dict[str, tuple[str, str]]:
    """Return, by word, the sentence that explains it and the file of the page that does."""
    found: dict[str, tuple[str, str]] = {}
    for page in sorted(PAGES.glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type != "markdown" or cell.source.startswith(("## What you", "### ")):
                continue
            for sentence in sentences(cell.source):
                for word in BOLD.findall(sentence):
                    if word not in NOT_WORDS:
                        found.setdefault(entry(word), (sentence, page.name))
    return found


def sentences(markdown: str) -> list[str]:
    """Cut prose into sentences: lists and paragraphs, without headings and tables."""
    blocks = re.split(r"\n\s*\n|\n(?=- )", markdown)
    prose = [" ".join(b.split()) for b in blocks if not b.startswith(("#", "|", "[", "1."))]
    return [
        s.removeprefix("- ") for block in prose for s in re.split(r"(?<=[.?!]) (?=[A-Z*])", block)
    ]


def glossary() -> str:
    """Return the glossary as Markdown."""
    lines = ["# Glossary", "", "[00 Draw first →](00_introduction.ipynb)", ""]
    lines += ["Every word in bold on the pages, with the sentence that explains it.", ""]
    for word, (sentence, page) in sorted(definitions().items(), key=lambda item: item[0].lower()):
        plain = BOLD.sub(lambda match: match[1], sentence)
        lines.append(f"- **{word}** ([{page[:2]}]({page})): {plain}")
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = nbformat.read(PAGES / "python_first.ipynb", as_version=4).metadata
    notebook.cells = [nbformat.v4.new_markdown_cell(glossary(), id="glossary")]
    nbformat.write(notebook, PAGES / "glossary.ipynb")


if __name__ == "__main__":
    main()
