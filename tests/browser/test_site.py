"""The website: no warning, no request outside, no broken link; its first page reads a seven."""

import functools
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from accessibility import violations
from lab import CHROMIUM_FLAGS, chromium

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("sphinx_book_theme") is None,
        reason='only maintainers build the site: pip install -e ".[site]"',
    ),
]
ROOT = Path(__file__).resolve().parents[2]
SEVEN = [(84, 72), (160, 66), (198, 70), (172, 116), (132, 218)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "html"
    tool = [sys.executable, ROOT / "tools" / "site.py", folder]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Silent, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None: ...


class Links(HTMLParser):
    """Collect what a page points at, and the places in it that can be pointed at."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.unnamed: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.links |= {v for k, v in attrs if k in ("href", "src") and v}
        self.places |= {v for k, v in attrs if k in ("id", "name") and v}
        if tag == "img" and not named.get("alt"):
            self.unnamed.append(str(named.get("src")))


def test_no_link_is_broken_and_every_picture_has_a_text(site: Path) -> None:
    pages = {page: Links(page) for page in site.glob("**/*.html")}
    pages = {page: found for page, found in pages.items() if "_static" not in page.parts}
    assert len(pages) >= 25
    faults = []
    for page, found in pages.items():
        faults += [f"{page.name}: no text for {picture}" for picture in found.unnamed]
        for link in found.links:
            path, place = urldefrag(link)
            if urlsplit(path).scheme or path.startswith("#"):
                continue
            target = (page.parent / unquote(urlsplit(path).path)).resolve() if path else page
            if not target.is_file():
                faults.append(f"{page.name}: {link}")
            elif place and target in pages and unquote(place) not in pages[target].places:
                faults.append(f"{page.name}: no such place as {link}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 375)])
def test_the_site_in_a_browser(need_browser: None, address: str, scheme: Any, width: int) -> None:
    from playwright.sync_api import sync_playwright

    outside: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.on("request", lambda request: outside.append(request.url))
        page.on("pageerror", lambda error: outside.append(str(error)))
        found = []
        for name in ("index", "notebooks/05_model", "notebooks/glossary", "api/mistakes"):
            page.goto(f"{address}{name}.html")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found += [f"{name}: {line}" for line in violations(page)]
        assert not found, "\n".join(found)

        page.goto(f"{address}search.html?q=backpropagation")
        page.locator("#search-results li a").first.wait_for()

        page.goto(f"{address}index.html")
        reader = page.frame_locator("iframe.reader")
        reader.locator("#sheet").scroll_into_view_if_needed()
        box = reader.locator("#sheet").bounding_box()
        assert box
        for number, (x, y) in enumerate(SEVEN):
            page.mouse.move(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280)
            if not number:
                page.mouse.down()
        page.mouse.up()
        reader.get_by_role("status").get_by_text("seven").wait_for()
        browser.close()
    assert not [url for url in outside if not url.startswith((address, "data:", "blob:"))]
