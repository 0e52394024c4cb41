"""Put the pages into the package when it is built. All else about the package is in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPages(build_py):
    """Copy notebooks/ to mnist_lesson/assets/pages, where an installed lesson looks for its pages."""

    def run(self) -> None:
        """Build as usual, then add the pages; an editable installation reads those of the checkout."""
        super().run()
        if self.editable_mode:
            return
        source = Path("notebooks")
        for page in [*source.glob("*.ipynb"), *source.glob("instructor/[a-z]*.*")]:
            target = Path(self.build_lib, "mnist_lesson/assets/pages", page.relative_to(source))
            target.parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(str(page), str(target))


setup(cmdclass={"build_py": BuildWithPages})
