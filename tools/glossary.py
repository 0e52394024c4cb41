#!/usr/bin/env python3
"""Make the glossary from the pages: each word in bold, and the sentence that explains it.

    python tools/glossary.py           # writes notebooks/glossary.ipynb

A page explains a word of the field where it first appears, and sets it in bold there. The glossary
quotes that sentence. Some lean on what stands around them on the page; those words have a line of
their own here, in `OWN`. A test compares the glossary with the pages.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

PAGES = Path(__file__).resolve().parents[1] / "notebooks"
BOLD = re.compile(r"\*\*([A-Za-z0-9][A-Za-z0-9 '%-]*)\*\*")
# In bold for another reason: buttons, headings of lists, and names of the lesson's own.
NOT_WORDS = {
    "yours", "plain", "practised", "Play", "Shift + Enter", "x", "y", "the memoriser", "Play fair",
    "learning", "stalled", "diverged", "chooses", "report", "down", "to the right",
    "65 times as fast",
}  # fmt: skip
NO_LESSON = re.compile(r"## What you|### \d")  # the end of a page, and its exercises
NAMES = {"Adam", "Keras", "McNemar's test", "ReLU"}  # keep their capitals, as abbreviations do
OWN = {
    "activation": "How a neuron bends its sum before handing it on. Ours is mostly ReLU.",
    "Adam": "The optimizer we use. It gives every weight a stride of its own.",
    "backpropagation": "How training finds out which weights are to blame for an error: it starts "
    "at the end, and passes the blame back, layer by layer, to every single weight.",
    "batch normalisation": "A layer that rescales each map over the whole batch, so that the next "
    "layer always gets numbers of about the same size. In use, it works with averages that it kept "
    "while it was learning.",
    "bias": "The number a neuron adds to its sum.",
    "centre of mass": "The point a drawing's ink would balance on.",
    "channels": "The numbers each pixel is made of: one for grey, three for colour.",
    "distance": "How badly a picture fits another: the sum of their squared differences.",
    "dropout": "A layer that hides some of its numbers at random while the network learns.",
    "filters": "The windows of a convolutional layer. Training chooses their weights.",
    "flatten": "A layer that puts all the numbers of its maps into one long row.",
    "float": "A kind of number that can hold 0.25 and −2 as well as 7.",
    "generalise": "To cope with examples you haven't seen.",
    "input shape": "The shape of a single picture, as it goes into a network.",
    "kernel": "The weights of one window.",
    "max-pooling": "Cutting each map into 2 × 2 blocks, and keeping the largest number of each.",
    "McNemar's test": "Comparing two networks by the digits that only one of them reads correctly: "
    "if neither were better, each of those would be like the toss of a coin.",
    "nearest neighbour": "Of all the pictures in memory, the one most like a new picture.",
    "neuron": "It multiplies each number that comes in by a weight, adds everything up, adds its "
    "bias, and bends the result with its activation.",
    "overfitting": "When the loss keeps falling on the digits a network learns from, but rises on "
    "all the others.",
    "pixel": "A dot of a picture. To the computer it's a number.",
    "quantisation": "Storing numbers more coarsely, such as weights in one byte instead of four.",
    "ReLU": "The activation that turns everything below 0 into 0.",
    "scaling": "Dividing all pixels by 255, so paper stays 0 and the darkest ink becomes 1.",
    "scores": "A network's last sums, before softmax turns them into probabilities.",
    "SGD": "Stochastic gradient descent: the plain walk downhill, a batch at a time, with the same "
    "learning rate for every weight.",
    "softmax": "It turns scores into probabilities, like slices of a cake: together they make one.",
    "training": "Turning a network's parameters again and again until the loss is small.",
    "training set": "The digits a network learns from.",
    "validation set": "Digits that are held out of the training, to try things on.",
    "weight": "The number a neuron multiplies an input by.",
}


def entry(word: str) -> str:
    """Return a word as the glossary writes it, also where it began a sentence."""
    return word if word in NAMES or word.isupper() else word.lower()


def definitions() -> dict[str, tuple[str, str]]:
    """Return, by word, the sentence that explains it and the file of the page that does."""
    found: dict[str, tuple[str, str]] = {}
    for page in sorted(PAGES.glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type != "markdown" or NO_LESSON.match(cell.source):
                continue
            for sentence in sentences(cell.source):
                for word in BOLD.findall(sentence):
                    if word not in NOT_WORDS:
                        said = OWN.get(entry(word), sentence)
                        found.setdefault(entry(word), (said, page.name))
    if unknown := set(OWN) - set(found):
        raise ValueError(f"no page has these words in bold: {', '.join(sorted(unknown))}")
    return found


def sentences(markdown: str) -> list[str]:
    """Cut prose into sentences: lists and paragraphs, without headings and tables."""
    blocks = re.split(r"\n\s*\n|\n(?=- |\d\. )", markdown)
    prose = [" ".join(b.split()) for b in blocks if not b.startswith(("#", "|", "[", "<"))]
    plain = [re.sub(r"^(- |\d\. )", "", block) for block in prose]
    return [s for block in plain for s in re.split(r"(?<=[.?!]) (?=[A-Z*])", block)]


def glossary() -> str:
    """Return the glossary as Markdown."""
    lines = ["# Glossary", "", "[00 Draw first →](00_introduction.ipynb)", ""]
    lines += ["The words in bold on the pages, and what they mean.", ""]
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
