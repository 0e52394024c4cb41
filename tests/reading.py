"""How hard a text is to read: the school year in which it is read with ease."""

import re
import sys
import types

# textstat 0.7.4 (the last that needs no download) imports a part of setuptools that is gone,
# for word
# lists that the grade does not use. An empty module of that name is all it takes.
sys.modules.setdefault("pkg_resources", types.ModuleType("pkg_resources"))
import textstat  # noqa: E402  (after the line above)

NOT_PROSE = [
    (r"```.*?```", ""),  # blocks of code
    (r"\$\$.*?\$\$|\$[^$\n]+\$", "x"),  # formulas
    (r"(?m)^\s*\|.*$", ""),  # tables
    (r"!\[[^\]]*\]\([^)]*\)", ""),  # pictures
    (r"(?m)^[^\w\n]*(\[[^\]]*\]\([^)]*\)[^\w\n]*)+$", ""),  # lines of links: navigation
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),  # a link reads as its words
    (r"<[^>]+>", ""),
    (r"`[^`\n]+`", "x"),  # a name in code is one short word
    (r"(?m)^#+ .*$", ""),  # headings are no sentences
    (r"(?m)^\s*([-*+>]|\d+\.)\s+", ""),
    (r"[*_]", ""),
]


def plain_prose(markdown: str) -> str:
    """Return the sentences of a Markdown text, without code, tables, formulas and headings."""
    for pattern, replacement in NOT_PROSE:
        markdown = re.sub(
            pattern, replacement, markdown, flags=re.DOTALL if "```" in pattern else 0
        )
    # An item of a list or a paragraph without a full stop ends a sentence all the same.
    paragraphs = re.split(r"\n\s*\n|\n(?=[A-Z])", markdown)
    sentences = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return " ".join(s if s[-1] in ".?!:" else f"{s}." for s in sentences if s)


def grade(markdown: str) -> float:
    """Return the Flesch-Kincaid grade of a Markdown text's prose."""
    return float(textstat.flesch_kincaid_grade(plain_prose(markdown)))
