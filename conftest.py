"""What `pytest --nbval notebooks` needs, so that a long training does not lose its last word."""

import pytest


@pytest.hookimpl(trylast=True)  # after the page's kernel has been started
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep all that a cell says. nbval listens only when the cell has ended, and by default the rest is dropped."""
    kernel = getattr(item.parent, "kernel", None)
    if kernel:
        kernel.kc.iopub_channel.socket.rcvhwm = 0  # as many messages as come; the default is 1,000
