"""Each page as exported HTML, light and dark: nothing that a screen reader would miss."""

from pathlib import Path
from typing import Any

import pytest
from accessibility import violations
from alt_texts import AltTexts
from nbconvert import HTMLExporter

PAGES = sorted((Path(__file__).parents[2] / "notebooks").glob("**/*.ipynb"))
QUICK = "05_model"  # figures, a panel's still, a table and exercises: the others take as long each
# nbconvert's own: its pale "In [1]:", its colours of code and links.
NOT_OURS = (".jp-Cell-inputWrapper .jp-InputPrompt", ".jp-OutputPrompt", ".highlight", "a[href]")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=() if page.stem == QUICK else pytest.mark.slow) for page in PAGES],
    ids=lambda page: page.stem,
)
def test_no_barrier_is_ours(browser: Any, page: Path, theme: str, tmp_path: Path) -> None:
    exported = tmp_path / "page.html"
    exporter = HTMLExporter(theme=theme, preprocessors=[AltTexts])
    exported.write_text(exporter.from_filename(str(page))[0], encoding="utf-8")
    tab = browser.new_page()
    tab.route("http*://**", lambda route: route.abort())
    tab.goto(exported.as_uri())
    found = violations(tab, without=NOT_OURS)
    pictures = tab.locator("img").evaluate_all("all => all.map(picture => picture.alt)")
    tab.close()
    assert not found, "\n".join(found)
    assert all(alt and not alt.startswith("No description") for alt in pictures), pictures
