"""The random actions find what they are meant to find: each of these panels has a fault."""

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
import pytest


class Faulty(ipywidgets.VBox):
    """Shows its slider's number in words, unless the fault keeps it from that."""

    def __init__(self, fault: Callable[["Faulty", int], Any]) -> None:
        self.slider, self.words = ipywidgets.IntSlider(description="Number"), ipywidgets.HTML()
        self.kept, self.fault = [], fault
        self.slider.observe(self.show, "value")
        super().__init__([self.slider, self.words])

    def show(self, change: Any) -> None:
        if not self.fault(self, change.new):
            self.words.value = str(change.new)


FAULTS: dict[str, Callable[[Faulty, int], Any]] = {
    "stale after": lambda panel, number: number == 100,
    "widgets are left over": lambda panel, number: panel.kept.append(ipywidgets.Label()),
    "objects are left over": lambda panel, number: panel.kept.append([{}, {}]),
    "memory grows": lambda panel, number: panel.kept.append(np.ones(250_000)),
}


@pytest.mark.parametrize("complaint", FAULTS)
def test_a_fault_is_found(complaint: str, random_actions: Callable[..., None]) -> None:
    make = lambda: Faulty(FAULTS[complaint])  # noqa: E731
    with pytest.raises(AssertionError, match=complaint):
        random_actions(make(), make=make)


def test_a_fault_in_a_click_and_in_a_thread_is_found(callback_faults: list[str]) -> None:
    button = ipywidgets.Button(description="Divide")
    button.on_click(lambda _: 1 / 0)
    button.click()
    worker = threading.Thread(target=lambda: [][0])
    worker.start()
    worker.join()
    assert "division" in callback_faults[0]
    assert "thread" in callback_faults[1]
    callback_faults.clear()
