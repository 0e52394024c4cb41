"""README says what is true: its links lead somewhere, and its minutes are those of the pages."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_every_link_within_the_house_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(links) > len(PAGES)
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page_stands_in_the_table_with_its_minutes(page: Path) -> None:
    row = re.search(rf"\(notebooks/{re.escape(page.name)}\) \|[^|]+\| (\d+)", README)
    assert row, f"{page.name} is missing in README's table"
    first = "".join(json.loads(page.read_text(encoding="utf-8"))["cells"][0]["source"])
    assert re.search(r"takes about (\d+) minutes", first).group(1) == row.group(1)
