"""Alternative texts for exported pages, because nbconvert loses the ones saved with a picture.

    # with tools/ on PYTHONPATH
    jupyter nbconvert --to html --HTMLExporter.preprocessors=alt_texts.AltTexts PAGE

A learner's own page doesn't need this: it saves each picture as HTML, too, with its text.
"""

from __future__ import annotations

import base64
from typing import Any

from nbconvert.preprocessors import Preprocessor

from mnist_lesson.shared.picture import shown


class AltTexts(Preprocessor):
    """Turns each picture that has an alternative text into HTML, with that text."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Change one cell's outputs, and return the cell."""
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                drawn = base64.b64decode(output["data"]["image/png"])
                output["data"]["text/html"] = shown(drawn, alt)
        return cell, resources
