"""A kernel answers every cell, even one that comes in while the last one's answer goes out."""

import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from mnist_lesson.commands.cli import SETTINGS

WAITS = [0.0005 * step for step in range(1, 12)]  # seconds between two cells: some meet an answer


@pytest.fixture
def client(tmp_path: Path) -> Iterator[BlockingKernelClient]:
    """Start a kernel as `mnist-lesson lab` does."""
    specs = KernelSpecManager(kernel_dirs=[str(SETTINGS / "kernels")])
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def answered(client: BlockingKernelClient, cells: set[str], seconds: float) -> bool:
    """Say whether all of these cells are answered within some seconds."""
    end = time.monotonic() + seconds
    while cells and time.monotonic() < end:
        try:
            cells.discard(client.get_shell_msg(timeout=0.5)["parent_header"]["msg_id"])
        except Empty:
            continue
    return not cells


def test_no_cell_is_left_at_the_star(client: BlockingKernelClient) -> None:
    """Two cells, one soon after the other, 550 times. Unmended, two runs of 220 in three hung."""
    for number, wait in enumerate(WAITS * 50):
        cells = {client.execute("x = 1", silent=True)}
        time.sleep(wait)
        cells.add(client.execute("x = 2", silent=True))
        assert answered(client, cells, seconds=20), f"pair {number}, {wait} s apart"


def test_who_runs_a_cell_too_soon_gets_a_kind_word_and_the_cells_after_it_wait(
    client: BlockingKernelClient,
) -> None:
    said: list[dict[str, Any]] = []
    cell = "def deep():\n    return too_deep\n"
    for code in ("missing + 1", f"{cell}deep()"):
        reply = client.execute_interactive(code, timeout=20, output_hook=said.append)
        assert reply["content"]["status"] == "error"
        assert reply["content"]["ename"] == "NameError"
    told, traceback = [message for message in said if message["msg_type"] in ("stream", "error")]
    assert "no `missing` yet. Run the grey boxes above" in told["content"]["text"]
    assert "too_deep" in traceback["content"]["evalue"]  # a fault in a function is shown in full
