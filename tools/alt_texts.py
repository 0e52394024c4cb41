"""Alternative texts for exported pages: nbconvert loses those that stand beside a picture.

    # with tools/ on PYTHONPATH
    jupyter nbconvert --to html --HTMLExporter.preprocessors=alt_texts.AltTexts PAGE

A learner's own page needs none of this: there each picture is kept as HTML, too, with its text.
"""

from __future__ import annotations

import base64
from typing import Any

from nbconvert.preprocessors import Preprocessor

from mnist_lesson.shared.picture import shown


class AltTexts(Preprocessor):
    """Puts each picture that has an alternative text into the page as HTML, with that text."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Change one cell's outputs, and return the cell."""
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                drawn = base64.b64decode(output["data"]["image/png"])
                output["data"]["text/html"] = shown(drawn, alt)
        return cell, resources
