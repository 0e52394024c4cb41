"""Code that misbehaves: each way gets words of its own, and the kernel lives on."""

import itertools
import os
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
from samples import python

from mnist_lesson.exercise_engine import helper_process
from mnist_lesson.exercises.load import count_digits, pixels
from mnist_lesson.exercises.preprocess import to_unit


def right(labels):
    return np.bincount(labels, minlength=10)


def endless_and_stubborn(labels):
    while True:
        try:
            len(labels)
        except:  # noqa: E722  (the point: it swallows what is to stop it)
            len(labels)


def printing_for_ever(labels):
    while True:
        print("still here")


def holding_python_for_good(labels):
    return 9**9**9


def recursing(labels):
    return recursing(labels)


@pytest.mark.parametrize("code", [endless_and_stubborn, printing_for_ever, holding_python_for_good])
def test_code_without_end_is_cut(code: object, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever it is busy with, nothing goes on eating the processor."""
    before = set(psutil.Process().children())
    reply = count_digits.check(code)
    assert reply.state == "not yet"
    assert "wasn't done after 2 seconds, so I stopped it" in reply.text
    assert reply.example == (("labels", "[0]"),)
    assert count_digits.check(right)
    assert capfd.readouterr().out == ""
    # At most the next helper, which waits for work.
    assert len(set(psutil.Process().children()) - before) <= 1


@pytest.mark.parametrize(
    "code",
    [
        lambda labels: np.ones(10**10),
        lambda labels: b"a" * 4_000_000_000,
        lambda labels: [np.empty(10_000_000) for _ in itertools.count()],
    ],
)
def test_code_that_eats_memory_is_cut(code: object) -> None:
    """At 1 GB, in a process of its own: the page's own memory does not grow."""
    before = psutil.Process().memory_info().rss
    text = count_digits.check(code).text
    assert "1 GB" in text
    assert psutil.Process().memory_info().rss - before < 200_000_000


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (lambda labels: os._exit(3), "ended Python itself"),
        (lambda labels: itertools.count(), "generator"),
        (lambda labels: len, "gave back a function"),
        (lambda labels: print("3"), "prints its result (`'3'`)"),
    ],
)
def test_results_that_are_none(code: object, said: str) -> None:
    """Each in words. The bank of answers has the others."""
    assert said in count_digits.check(code).text


def test_a_function_takes_along_what_it_needs() -> None:
    """Other functions, values and modules of its cell; afresh each time."""
    space: dict[str, object] = {"np": np, "many": 10}
    exec("def tally(x): return np.bincount(x, minlength=many)\ncount = lambda x: tally(x)", space)
    assert count_digits.check(space["count"])
    space["many"] = 11
    assert not count_digits.check(space["count"])


def test_what_cannot_be_sent_is_judged_here_with_the_same_verdict() -> None:
    """A lock cannot be pickled. Kernel → Interrupt ends what is judged here, as any cell."""
    lock = threading.Lock()

    def count(labels):
        with lock:
            return right(labels)

    def interrupted(labels):
        with lock:
            raise KeyboardInterrupt

    assert count_digits.check(count)
    with pytest.raises(KeyboardInterrupt):
        count_digits.check(interrupted)
    assert count_digits.check(right)


def test_where_nothing_can_be_started_the_verdict_comes_at_once(monkeypatch) -> None:
    """As in a browser's Python."""

    def refuse(*about: object, **more: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(helper_process, "_helper", None)
    assert count_digits.check(right)
    assert "the training set" in pixels.check(47_040_000).text
    assert "You gave percent" not in count_digits.check(lambda labels: labels).text


@pytest.mark.parametrize(
    ("code", "error", "advice"),
    [
        (lambda labels: labels[99], "IndexError", "The first place is 0"),
        (lambda labels: {}["a"], "KeyError", "isn't in the dictionary"),
        (lambda labels: 1 / 0, "ZeroDivisionError", "divided by zero"),
        (lambda labels: labels.shap, "AttributeError", "Python doesn't know there"),
        (lambda labels: "a" + 1, "TypeError", "wrong kind of thing"),
        (lambda labels: labels.reshape(7, 7), "ValueError", "A value or a shape doesn't fit"),
        (lambda labels: sys.exit(), "SystemExit", "To leave a function"),
        (lambda labels: __import__("no_such"), "ModuleNotFoundError", "couldn't load a package"),
        (recursing, "RecursionError", "never stops"),
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


def test_the_line_that_failed_is_shown_and_what_it_printed() -> None:
    """The learner's own line, not one of ours or NumPy's; printing is how one looks inside."""

    def reshaped(counts):
        return counts.reshape(3, 3)

    def failing(labels):
        return reshaped(np.zeros(10))

    def printing(labels):
        print("labels:", labels)
        return [0] * 10

    assert dict(count_digits.check(failing).example)["the line"] == "return counts.reshape(3, 3)"
    assert ("it printed", "'labels: [0]'") in count_digits.check(printing).example


def test_changing_the_input_is_told_apart_and_our_cases_stay_whole() -> None:
    before = [case[0].copy() for case in to_unit.cases]

    def spoiling(images):
        result = images.astype("float32") / 255
        images[:] = 0
        return result

    assert "also changed what it was given" in to_unit.check(spoiling).text
    assert all(map(np.array_equal, before, (case[0] for case in to_unit.cases)))


def test_kernel_interrupt_ends_the_code_and_comes_through() -> None:
    """Kernel → Interrupt during a check: the check ends at once, and so does the helper process."""
    script = """
import os, signal, threading, time, psutil
from mnist_lesson.exercises.load import count_digits
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
def never(labels):
    while True: pass
count_digits.check(len)
def good(labels): return [0]
count_digits.check(good)
[helper] = psutil.Process().children()
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
begun = time.monotonic()
try:
    count_digits.check(never)
except KeyboardInterrupt:
    print("interrupted", not helper.is_running(), time.monotonic() - begun < 1.5)
"""
    assert python(script) == "interrupted True True\n"


def test_the_helper_ends_with_its_page_and_loads_little() -> None:
    """It is gone when the page is; TensorFlow and the drawing of figures never come into it."""
    script = """
import sys, psutil
from mnist_lesson import exercises, progress
count_digits = exercises.load.count_digits
def loaded(labels):
    import sys
    parts = ("tensor", "flow"), ("ke", "ras"), ("matplot", "lib"), ("ipy", "widgets")
    print(*{"".join(both) for both in parts} & set(sys.modules))  # whole names would keep it here
    return [0] * 10
print(dict(count_digits.check(loaded).example).get("it printed"))
print(psutil.Process().children()[0].pid, not {"tensorflow", "keras"} & set(sys.modules))
"""
    printed, pid, light = python(script).split()
    assert (printed, light) == ("None", "True")
    for _ in range(100):
        if not psutil.pid_exists(int(pid)):
            return
        time.sleep(0.05)
    raise AssertionError("the helper outlived its page")
