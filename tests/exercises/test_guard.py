"""Code that misbehaves: each way gets words of its own, and the kernel lives on."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from mnist_lesson.exercise_engine import time_limit as guard
from mnist_lesson.exercises.load import count_digits
from mnist_lesson.exercises.preprocess import to_unit


def endless(labels):
    while True:
        pass


def endless_and_stubborn(labels):
    while True:
        try:
            len(labels)
        except:  # noqa: E722  (the point: it swallows what is to stop it)
            len(labels)


def endless_inside_numpy(labels):
    total = 0
    while True:
        total += np.arange(1000).sum()


def printing_for_ever(labels):
    while True:
        print("still here")


def waiting(labels):
    while True:
        time.sleep(0.05)


@pytest.mark.parametrize(
    "code", [endless, endless_and_stubborn, endless_inside_numpy, printing_for_ever, waiting]
)
def test_endless_code_is_stopped(code: object, capsys: pytest.CaptureFixture[str]) -> None:
    """And its thread is gone: nothing goes on eating the processor."""
    before = threading.active_count()
    reply = count_digits.check(code)
    assert reply.state == "not yet"
    assert "not done after 2 seconds, so I stopped it" in reply.text
    assert reply.example == (("labels", "[0]"),)
    assert threading.active_count() == before
    assert capsys.readouterr().out == ""


def test_code_that_cannot_be_stopped_is_named() -> None:
    """A long sleep is out of Python's hands; the learner is told how to go on, and the kernel answers."""
    stop = threading.Event()
    reply = count_digits.check(lambda labels: stop.wait(60))
    assert "Kernel → Restart" in reply.text
    assert count_digits.check(lambda labels: np.bincount(labels, minlength=10))
    stop.set()


def test_an_endless_loop_inside_an_answer_is_stopped() -> None:
    """Not only functions can run for ever: so can what an answer does when it is looked at."""

    class Trap:
        def __array__(self, dtype: object = None, copy: object = None) -> object:
            while True:
                pass

    from mnist_lesson.exercises.load import pixels

    assert "not done after 2 seconds" in pixels.check(Trap()).text


@pytest.mark.parametrize(
    ("code", "error", "advice"),
    [
        (lambda labels: labels[99], "IndexError", "The first place is 0"),
        (lambda labels: {}["a"], "KeyError", "not in the dictionary"),
        (lambda labels: 1 / 0, "ZeroDivisionError", "divided by zero"),
        (lambda labels: labels.shap, "AttributeError", "Python does not know there"),
        (lambda labels: "a" + 1, "TypeError", "does not fit there"),
        (lambda labels: labels.reshape(7, 7), "ValueError", "A value or a shape does not fit"),
        (lambda labels: sys.exit(), "SystemExit", "Use `return` to leave a function"),
        (lambda labels: __import__("no_such_package"), "ModuleNotFoundError", "cannot be loaded"),
    ],
)
def test_errors_are_put_into_words(code: object, error: str, advice: str) -> None:
    """With the error's own name, so that it can be looked up, and the input that led to it."""
    reply = count_digits.check(code)
    assert advice in reply.text
    example = dict(reply.example)
    assert example["error"].startswith(error)
    assert example["labels"] == "[0]"
    assert "code" not in example["the line"]


def test_the_line_that_failed_is_shown() -> None:
    """The learner's own line, not one of ours or NumPy's."""

    def count(labels):
        counts = np.zeros(10)
        return counts.reshape(3, 3)

    assert dict(count_digits.check(count).example)["the line"] == "return counts.reshape(3, 3)"


def test_recursion_without_end_is_an_error_like_others() -> None:
    """It ends by itself, long before the time is up."""

    def count(labels):
        return count(labels)

    assert "without an end" in count_digits.check(count).text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda labels: print("3"), "prints its result (`'3'`)"),
        (lambda labels: None or labels.sort(), "gave nothing back"),
        (lambda labels: (n for n in labels), "generator"),
        (lambda labels: map(int, labels), "generator"),
        (lambda labels: itertools.count(), "generator"),
        (lambda labels: len, "gave back a function"),
        (lambda labels: iter, "gave back a function"),
    ],
)
def test_results_that_are_none(code: object, words: str) -> None:
    """Printing, nothing, a promise, a function: each has its words."""
    assert words in count_digits.check(code).text


def test_what_a_wrong_function_prints_is_shown() -> None:
    """Printing is how learners look inside their code."""

    def count(labels):
        print("labels:", labels)
        return [0] * 10

    assert ("it printed", "'labels: [0]'") in count_digits.check(count).example


def test_changing_the_input_is_told_apart() -> None:
    """Once with the right result, once with none; the lesson's own cases stay whole."""
    before = [case[0].copy() for case in to_unit.cases]

    def spoiling(images):
        result = images.astype("float32") / 255
        images[:] = 0
        return result

    assert "also changed what it was given" in to_unit.check(spoiling).text
    assert all(
        np.array_equal(old, case[0]) for old, case in zip(before, to_unit.cases, strict=True)
    )


def test_prints_of_others_are_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    """A training that goes on in another thread keeps its output."""
    go = threading.Event()

    def other() -> None:
        go.wait()
        print("from the other thread")

    thread = threading.Thread(target=other)
    thread.start()

    def work(box: guard.Box) -> None:
        print("from the exercise")
        go.set()
        thread.join()

    box = guard.run(work)
    print("after")
    assert box.printed == "from the exercise\n"
    assert capsys.readouterr().out == "from the other thread\nafter\n"


def test_what_is_heard_is_bounded() -> None:
    """Printing much is no way to fill the memory."""
    box = guard.run(lambda box: print("x" * 10_000_000))
    assert len(box.printed) == guard.MOST_HEARD


def test_checks_in_several_threads_do_not_mix() -> None:
    """JupyterLab may run a panel's code while a cell runs."""
    heard: dict[int, str] = {}

    def one(number: int) -> None:
        heard[number] = guard.run(lambda box: print(number)).printed

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {number: f"{number}\n" for number in range(20)}
    assert not isinstance(sys.stdout, guard._Ear)


def test_kernel_interrupt_stops_the_code_and_comes_through() -> None:
    """Kernel → Interrupt during a check: the check ends at once, the loop too."""
    script = """
import _thread, signal, threading, time
from mnist_lesson.exercise_engine import time_limit as guard
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
turns = 0
def work(box):
    global turns
    threading.Timer(0.3, _thread.interrupt_main).start()
    while True: turns += 1
try:
    guard.run(work, seconds=60)
except KeyboardInterrupt:
    before = turns
    time.sleep(0.5)
    print("interrupted", turns == before > 0)  # and not what Python thinks of the thread
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50)
    assert run.stdout == "interrupted True\n", run.stderr


def test_importing_the_exercises_loads_no_tensorflow() -> None:
    """The first pages open in a second."""
    script = """
import sys
from mnist_lesson import exercises, progress
print({"tensorflow", "keras", "matplotlib"} & set(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
