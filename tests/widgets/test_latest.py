"""The newest wish wins; what is under way is broken off; faults are not hidden."""

import threading
from collections.abc import Iterator

import pytest

from mnist_lesson.shared.latest import Latest


def test_only_the_newest_is_done_to_its_end_and_nothing_queues_up() -> None:
    begun, ended, started, go = [], [], threading.Event(), threading.Event()

    def work(number: int) -> Iterator[None]:
        begun.append(number)
        started.set()
        go.wait(30)
        yield
        ended.append(number)

    latest = Latest(work)
    latest.ask(0)
    started.wait(30)
    for number in range(1, 100):
        latest.ask(number)
    go.set()
    latest.wait()
    assert begun == [0, 99]
    assert ended == [99]


def test_asked_from_many_threads_it_works_in_one() -> None:
    names: set[str] = set()
    inside = threading.Semaphore(1)

    def work(number: int) -> Iterator[None]:
        assert inside.acquire(blocking=False), "two pieces of work at once"
        names.add(threading.current_thread().name)
        inside.release()
        return iter([None])

    latest = Latest(work)
    askers = [
        threading.Thread(target=lambda n=n: [latest.ask(n) for _ in range(200)]) for n in range(4)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    latest.wait()
    assert names
    assert threading.current_thread().name not in names


def test_a_fault_is_reported_and_the_next_wish_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda fault: faults.append(str(fault.exc_value)))
    done: list[int] = []

    def work(number: int) -> Iterator[None]:
        if number == 0:
            raise ValueError("no such thing")
        done.append(number)
        yield

    latest = Latest(work)
    latest.ask(0)
    latest.wait()
    latest.ask(1)
    latest.wait()
    assert faults == ["no such thing"]
    assert done == [1]
