"""The pages are spoken English: no primer, no treatise, and not a word too many."""

from pathlib import Path

from nbformat import NotebookNode, read
from reading import grade, plain_prose

import notebooks as tool

# Flesch-Kincaid: below, sentences are chopped; above, a fourteen-year-old has to work at them.
EASIEST, HARDEST = 4.5, 8.0
MOST_WORDS, MOST_WORDS_OF_A_PAGE = 14_000, 1_700
LESSON = [page for page in tool.all_pages() if page.parent == tool.PAGES]


def page_prose(notebook: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def count_words(path: Path) -> int:
    """Count the words of a page's sentences; code, tables, headings and addresses are none."""
    return len(plain_prose(page_prose(read(path, as_version=4))).split())


def test_page_is_neither_chopped_nor_hard(page: Path, notebook: NotebookNode) -> None:
    """A page's grade is the school year in which it is read with ease."""
    if page in LESSON:
        assert EASIEST <= grade(page_prose(notebook)) <= HARDEST


def test_no_page_is_too_long(page: Path) -> None:
    """At 180 words a minute, 1,700 are nearly ten minutes of reading."""
    if page in LESSON:
        assert count_words(page) <= MOST_WORDS_OF_A_PAGE


def test_the_lesson_is_not_too_long() -> None:
    assert 0 < sum(map(count_words, LESSON)) <= MOST_WORDS


def test_code_tables_and_addresses_are_not_prose() -> None:
    markdown = (
        "# Title\n\n[Previous](a.ipynb) · [Next](b.ipynb)\n\n"
        "Read `incomprehensibility` and [the page](https://example.org/x).\n\n"
        "| table | cell |\n|---|---|\n\n```python\nprint(1)\n```\n\n"
        "- one item\n- Two\n\nIt is $x_1$."
    )
    assert plain_prose(markdown) == "Read x and the page. one item. Two. It is x."
