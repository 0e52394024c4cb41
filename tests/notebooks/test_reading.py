"""The pages are for fourteen-year-olds: their prose reads at grade 8 or below."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from reading import grade, plain_prose

import notebooks as tool

HARDEST = 8.0


def page_prose(notebook: NotebookNode) -> str:
    """Return a page's Markdown."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_page_reads_at_grade_8_or_below(
    page: Path, notebook: NotebookNode, record_property
) -> None:
    """`pytest tests/notebooks/test_reading.py -rP` lists the grades."""
    score = grade(page_prose(notebook))
    record_property("grade", score)
    print(f"{page.stem}: grade {score:.1f}")
    assert score <= HARDEST


def test_grade_tells_hard_from_easy() -> None:
    """The measure itself: a sentence of an article against one of ours."""
    hard = "Convolutional architectures hierarchically aggregate increasingly abstract spatial representations."
    easy = "A small window slides over the picture. At each stop it looks at nine pixels."
    assert grade(hard) > 12 > HARDEST > 5 > grade(easy)


def test_code_tables_and_addresses_are_not_prose() -> None:
    """Only sentences count."""
    markdown = (
        "# Title\n\n[Previous](a.ipynb) · [Next](b.ipynb)\n\n"
        "Read `incomprehensibility` and [the page](https://example.org/x).\n\n"
        "| table | cell |\n|---|---|\n\n```python\nprint(1)\n```\n\n- one item\n- Two\n\nIt is $x_1$."
    )
    assert plain_prose(markdown) == "Read x and the page. one item. Two. It is x."


def test_there_are_pages_to_read() -> None:
    """No page, no grade, no pass."""
    assert tool.all_pages()
