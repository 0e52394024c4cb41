"""axe-core, which finds what a screen reader or a keyboard would miss in a page that is open.

`axe/` holds axe-core 4.14.1 by Deque Systems, as published, under the Mozilla Public License 2.0
(axe/LICENSE).
"""

from pathlib import Path
from typing import Any

AXE = Path(__file__).parent / "axe" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def violations(page: Any, *, within: str = "html", without: tuple[str, ...] = ()) -> list[str]:
    """Return what axe-core finds wrong, a line each: the rule, the element, and what to do.

    Only what lies in elements that the CSS selector `within` finds is looked at, but not those that
    `without` finds, which are not ours: say why.
    """
    if not page.evaluate("typeof axe === 'object'"):
        # Not add_script_tag(): a page's own policy may forbid it.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    scope = {"include": [[within]], "exclude": [[selector] for selector in without]}
    report = page.evaluate("([scope, options]) => axe.run(scope, options)", [scope, options])
    return [
        f"{found['id']}: {node['html'][:160]} … {node['failureSummary']}"
        for found in report["violations"]
        for node in found["nodes"]
    ]
