"""The exercise engine: check, hint, solution.

An exercise is two pieces of code: the blank that learners fill in, and a solution. Running the
solution gives the answer that theirs is compared with. Next to it are the known mistakes
(“slips”): each is a wrong answer, with the sentence that helps a learner who gave it.
"""

import contextlib
import inspect
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from mnist_lesson.exercise_engine import answers, findings, helper_process, journal
from mnist_lesson.exercise_engine.answers import alike, show, type_name
from mnist_lesson.exercise_engine.findings import Answer, Finding, one_line
from mnist_lesson.exercise_engine.helper_process import CutOffError, Example, NotSentError
from mnist_lesson.exercise_engine.reply import Reply

LONGEST_TEXT = 2_000  # characters of an answer kept in the learner's folder
LONGEST_PRINT = 2_000  # characters; a loop that prints forever mustn't fill the memory


class Exercise:
    """An exercise whose answer is a value. Learners use `check`, `hint`, `solution` and `mine`.

    `key` is its name in the lesson, such as "load.pixels". The part after the dot is the answer's
    name in the page. Answers are saved under the key, so never change it once it's in use.

    `title` and `task` are what the page says above the cell; `blank` and `solution` are the code in
    it as learners find it, and with a right answer filled in. Running the solution gives the right
    answer, and `why` explains it. Each of the `hints` goes a step further.

    `slips` are known mistakes: an expression that gives the wrong answer, and what to say about it.
    The solution and the slips may call the `helpers`, and NumPy as `np`. A number may be off by
    `within`. Where answers aren't numbers, `judge` returns what is wrong, or None, and `praise`
    says what's good about a right one.
    """

    def __init__(
        self,
        key: str,
        *,
        title: str,
        task: str,
        blank: str,
        solution: str,
        hints: Sequence[str],
        why: str,
        slips: Mapping[str, str] | None = None,
        helpers: Sequence[Any] = (),
        judge: Callable[[Any], Finding | None] | None = None,
        praise: Callable[[Any], str] | None = None,
        within: float = 0.0,
    ) -> None:
        self.key, self.title = key, title
        self.name = key.rpartition(".")[2]
        # Folded to fit the file as they are, and shown in one line.
        self.task, self.why = one_line(task), one_line(why)
        self.blank, self.solution_text = blank.strip(), solution.strip()
        self.hints = tuple(one_line(hint) for hint in hints)
        self.slips = {wrong: one_line(says) for wrong, says in (slips or {}).items()}
        self.helpers, self.within = tuple(helpers), within
        self._judge, self._praise = judge, praise
        self._hints_shown = 0

    def __repr__(self) -> str:
        return f"Exercise {self.key}: “{self.title}”. It knows .check(), .hint() and .solution()."

    def run_text(self, text: str) -> Any:
        """Run a cell's code as the page would, and return what ends up in the exercise's name."""
        space = {"np": np} | {helper.__name__: helper for helper in self.helpers}
        exec(text, space)  # the lesson's own code; a learner's never gets here
        return space[self.name]

    @cached_property  # run at the first check, since most aren't needed while a page loads
    def right(self) -> Any:
        """The right answer: what running the solution gives."""
        return self.run_text(self.solution_text)

    @cached_property
    def wrong(self) -> list[tuple[Any, str]]:
        """Each known mistake as an answer, and what to say about it."""
        before = f"{self.name} = {self._begin}"
        return [(self.run_text(f"{before}{slip}"), says) for slip, says in self.slips.items()]

    _begin = ""  # what goes in front of a slip to turn it into an answer

    def check(self, answer: Any = ...) -> Reply:
        """Say what is right or wrong with an answer. No answer can make this raise an error."""
        reply = self._check(answer)
        return replace(reply, panel=lambda: self._panel(reply))

    def hint(self) -> Reply:
        """Give the next hint; after the last one, the last one again."""
        self._hints_shown = min(self._hints_shown + 1, len(self.hints))
        journal.note("hint", self.key, step=self._hints_shown)
        last = self._hints_shown == len(self.hints)
        more = " That was the last hint. `.solution()` shows an answer." if last else ""
        number = f"Hint {self._hints_shown} of {len(self.hints)}"
        return Reply("hint", self.hints[self._hints_shown - 1] + more, title=number)

    def solution(self) -> Reply:
        """Show one right answer and say why it is right."""
        journal.note("solution", self.key)
        return Reply("solution", self.why, code=self.solution_text)

    def mine(self) -> Reply:
        """Show your last answer to this exercise, as saved in your folder."""
        mine = [event for event in journal.known() if event["key"] == self.key]
        kept = [event for event in mine if event["kind"] == "check" and event.get("answer")]
        if not kept:
            return Reply("answer", "You haven't answered this one yet, or your answer wasn't kept.")
        words = f"This is the last one you gave. The check said: {kept[-1].get('state')}."
        return Reply("answer", words, code=kept[-1]["answer"])

    def _panel(self, reply: Reply) -> Any:
        from mnist_lesson.exercise_engine.panels import CheckPanel

        def again() -> Reply:  # with the name's value now, not when the panel was made
            return self._check(sys.modules["IPython"].get_ipython().user_ns.get(self.name, ...))

        actions = {"Check": again, "Hint": self.hint, "Solution": self.solution}
        return CheckPanel(self.title, reply, actions)

    def _check(self, answer: Any) -> Reply:
        finding = self._find(answer)
        if finding is not None and not finding.attempted:
            return Reply("not attempted yet", finding.text, finding.example)
        state = "right" if finding is None else "not yet"
        trouble = journal.note("check", self.key, state=state, answer=_text_of(answer))
        praise = self._praise(answer) if self._praise and finding is None else ""
        words = f"{praise} {self.why}".strip() if finding is None else finding.text
        example = () if finding is None else finding.example
        return Reply(state, f"{words} {trouble}".strip(), example)

    def _find(self, answer: Any) -> Finding | None:
        """Return what is wrong with an answer, or None, whatever it does meanwhile."""
        try:
            with np.errstate(all="ignore"):  # NumPy's warnings would clutter the page
                return self._judged(answer)
        except CutOffError as cut_off:
            return Finding(findings.CUT_OFF[cut_off.cause], cut_off.example)
        except KeyboardInterrupt:
            raise
        except BaseException:  # a class the learner wrote can raise anything
            words = f"I couldn't read an answer of type `{type_name(answer)}`. {self._asks()}"
            return Finding(words)

    def _judged(self, answer: Any) -> Finding | None:
        return self.look_at(answer, lambda example: None)

    def look_at(self, answer: Any, trying: Callable[[Example], None]) -> Finding | None:
        """Return what is wrong with an answer, or None. It may raise, or never end."""
        if answers.is_blank(answer) or self._as_it_was(answer):
            return findings.BLANK
        if self._judge:
            finding = self._judge(answer)
            return finding and replace(finding, text=one_line(finding.text))
        # What the right answer is decides how the learner's is compared with it.
        if np.ndim(self.right) == 0:  # of one number, we can say whether it's too big or too small
            return findings.judge_number(answer, self.right, self.wrong, self.within)
        return findings.judge_array(answer, self.right, self.wrong)

    def _as_it_was(self, answer: Any) -> bool:
        """Say whether an answer is still the value that the blank came with, such as `1 * 28`."""
        try:
            start = eval(self.blank.partition("=")[2].partition("#")[0].strip(), {})
        except (NameError, SyntaxError):  # a cell of several lines, or one that calls the lesson
            return False
        return start is not ... and alike(answer, start, within=0)

    def _asks(self) -> str:
        return "Read the task once more: what does it ask for?"


class FunctionExercise(Exercise):
    """An exercise whose answer is a function. It's called on small cases, the smallest first.

    Write each known mistake as the expression that a wrong function would return. `cases` are
    tuples of arguments, and `dtype` is the one that the result needs; "whole" for any integer
    dtype.
    """

    def __init__(
        self, key: str, *, cases: Sequence[tuple[Any, ...]], dtype: str = "", **words: Any
    ) -> None:
        super().__init__(key, **words)
        self.cases, self.dtype = tuple(cases), dtype
        # The solution's first line names what the function takes: `def darker(image, by):`.
        first = self.solution_text.partition("\n")[0]
        names = first.partition("(")[2].rpartition(")")[0]
        self.arguments = tuple(name.strip() for name in names.split(","))
        self._begin = f"lambda {names}: "

    def _asks(self) -> str:
        return (
            "I need the function itself: give its name, without brackets, as in "
            f"`check({self.name})`."
        )

    def _judged(self, answer: Any) -> Finding | None:
        """Judge in a process, which can be ended; in the page, if it can't be sent there."""
        if inspect.isfunction(answer) and not answers.count_gaps(answer):
            with contextlib.suppress(NotSentError):
                finding: Finding | None = helper_process.run(self.look_at, answer)
                return finding
        return super()._judged(answer)

    def look_at(self, answer: Any, trying: Callable[[Example], None]) -> Finding | None:
        if answers.is_blank(answer):
            return findings.BLANK
        if gaps := answers.count_gaps(answer):
            return findings.BLANK if gaps >= self.blank.count("...") else findings.GAP
        if not callable(answer):
            return Finding(f"You gave {show(answer)}, not a function. {self._asks()}")
        if fault := self._wrong_arguments(answer):
            return fault
        tried = (self._try(answer, case, trying) for case in self.cases)
        return next((finding for finding in tried if finding), None)

    def _wrong_arguments(self, answer: Answer) -> Finding | None:
        try:
            inspect.signature(answer).bind(*self.arguments)
        except TypeError:
            count = len(self.arguments)
            listed = " and ".join(f"`{name}`" for name in self.arguments)
            return Finding(
                f"Your function must take {count} thing{'s' * (count > 1)}: {listed}. "
                f"Begin it with `def {self.name}({', '.join(self.arguments)}):`."
            )
        except ValueError:  # some built-in functions don't say what they take
            return None
        return None

    def _try(
        self, answer: Answer, case: tuple[Any, ...], trying: Callable[[Example], None]
    ) -> Finding | None:
        """Call the learner's function on one case, and say what is wrong with the result."""
        # Copies, since the learner's function may change what it gets.
        given, want = deepcopy(case), self.right(*deepcopy(case))
        example = tuple((name, show(x)) for name, x in zip(self.arguments, case, strict=True))
        trying(example)
        prints = _Prints()
        try:
            with contextlib.redirect_stdout(prints):
                got = answer(*given)
        except KeyboardInterrupt:  # Kernel → Interrupt, if the page does the judging
            raise
        except BaseException as error:  # `Exception` would miss exit()
            return findings.say_error(error, answer, example)
        printed = prints.getvalue().strip()
        whole = all(
            answers.unchanged(before, after) for before, after in zip(case, given, strict=True)
        )
        if fault := findings.not_an_answer(got, printed, whole):
            return replace(fault, example=example)
        if text := findings.compare(got, want, self.dtype):
            wrong = (*example, ("your answer", show(got)), ("right answer", show(want)))
            if printed:
                wrong += (("it printed", show(printed)),)
            return Finding(self._slip(answer) or text, wrong + findings.where_first(got, want))
        return None if whole else Finding(findings.SPOILED, example)

    def _slip(self, answer: Answer) -> str:
        """Return the sentence for the known mistake that gives the same results, if any does."""
        # In every case, because in a single one, a different mistake may agree by chance.
        results = [_quietly(answer, case) for case in self.cases]
        for wrong, says in self.wrong:
            slipped = [_quietly(wrong, case) for case in self.cases]
            if all(map(alike, results, slipped)):
                return says
        return ""

    def __getstate__(self) -> dict[str, Any]:
        """Send only the texts to the helper process; it runs them again there."""
        return {k: v for k, v in vars(self).items() if k not in ("right", "wrong")}


class _Prints(io.StringIO):
    """Keeps the beginning of what is printed."""

    def write(self, text: str) -> int:
        super().write(text[: LONGEST_PRINT - self.tell()])
        return len(text)


def _quietly(function: Answer, case: tuple[Any, ...]) -> Any:
    """Return what a function gives, or None if that's an error."""
    try:
        with contextlib.redirect_stdout(_Prints()):
            return function(*deepcopy(case))
    except (Exception, SystemExit):
        return None


def _text_of(answer: Any) -> str:
    """Return an answer as text, to save in the learner's folder."""
    if callable(answer):
        try:
            return inspect.getsource(answer)[:LONGEST_TEXT]
        except Exception:  # it isn't in a cell or a file, or it's a class that hides
            return ""
    return show(answer)
