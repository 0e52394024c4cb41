"""Put the pages into the package when it is built, and README onto its index.

Everything else is in pyproject.toml.
"""

import re
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPages(build_py):
    """Copy notebooks/ to mnist_lesson/assets/pages, where an installed lesson looks for pages."""

    def run(self) -> None:
        """Build as usual, then add the pages; an editable install reads those of the checkout."""
        super().run()
        if self.editable_mode:
            return
        source = Path("notebooks")
        for page in [*source.glob("*.ipynb"), *source.glob("instructor/[a-z]*.*")]:
            target = Path(self.build_lib, "mnist_lesson/assets/pages", page.relative_to(source))
            target.parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(str(page), str(target))


def text_for_an_index() -> str:
    """Return README without what leads nowhere there: links into the repository, hidden marks."""
    text = Path("README.md").read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->\n?|!\[[^\]]*\]\((?!https:)[^)]*\)\n?", "", text)
    return re.sub(r"\[([^\]]*)\]\((?!https:)[^)]*\)", r"\1", text)


setup(
    long_description=text_for_an_index(),
    long_description_content_type="text/markdown",
    cmdclass={"build_py": BuildWithPages},
)
