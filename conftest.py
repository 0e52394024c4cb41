"""What every run of pytest here needs: the option --full, and nbval's last word after a long training."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Give pytest the option that `python3 start.py test --full` passes on."""
    parser.addoption("--full", action="store_true", help="slow tests, too, and trainings in full")


def pytest_configure(config: pytest.Config) -> None:
    """Without --full, shorten the trainings and leave out the slow tests (unless -m chooses)."""
    if config.getoption("--full"):
        os.environ["MNIST_LESSON_REHEARSAL"] = "0"
        return
    os.environ.setdefault("MNIST_LESSON_REHEARSAL", "1")
    config.option.markexpr = config.option.markexpr or "not slow"


@pytest.hookimpl(trylast=True)  # after the page's kernel has been started
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep all that a cell says.

    nbval listens only when the cell has ended, and by default the rest is dropped.
    """
    kernel = getattr(item.parent, "kernel", None)
    if kernel:
        kernel.kc.iopub_channel.socket.rcvhwm = 0  # as many messages as come; the default is 1,000
