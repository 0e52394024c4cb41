"""Pages and code with places to fill in: the templates in `assets/templates`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def fill(name: str, **values: Any) -> str:
    """Fill in a template. In HTML every text is escaped, so a learner's name stays a name."""
    return _templates().get_template(f"{name}.jinja").render(values)


@cache
def _templates() -> Environment:
    # Most pages fill in nothing, and they needn't wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "assets" / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["repr"] = repr
    return templates
