"""Stage 5's answers to the desk, taken in the order of its questions (handling_desk.py).

Partitions of stage 5 answer when they come to it. Of several customers of one area the first opens the problem that the
others join: who that is must not go by which partition was faster. An answer waits for those to earlier questions, and
not longer than `PATIENCE`: a partition that is being taken over delays no others' customers for long.
"""

from collections.abc import Callable

import msgspec

from streams.domain.handling_messages import HolderFound
from streams.domain.instant import SECOND, Instant
from streams.domain.view import View

PATIENCE = 10 * SECOND
"""Ours: as long as a worker that is gone keeps its partitions."""
_ONLY = ""


class Question(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One question that was not taken yet; key: its number."""

    due: Instant
    """When the others wait for it no more."""
    found: HolderFound | None = None
    """The answer, where it came before it was its turn."""


class Questions(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How many questions were asked so far, and how many have had their turn."""

    asked: int = 0
    passed: int = 0


TABLES: dict[str, tuple[type, Callable[..., Instant | None] | None, str]] = {
    "holder-questions": (Question, lambda row: row.due, "number -> a question which problem holds a service, and its answer until it is its turn"),
    "holder-turns": (Questions, None, "one row -> questions asked so far, and those that had their turn"),
}


def ask(view: View, at: Instant) -> int:
    """Number a question that is asked now."""
    turns: Questions = view.holder_turns.get(_ONLY) or Questions()
    number = turns.asked + 1
    view.holder_turns.put(_ONLY, Questions(number, turns.passed))
    view.holder_questions.put(_key(number), Question(at + PATIENCE))
    return number


def answered(view: View, number: int, found: HolderFound) -> list[HolderFound]:
    """Return the answers whose turn it is with this one, in order; one that nobody waits for any more is taken when it comes."""
    question: Question | None = view.holder_questions.get(_key(number))
    if question is None:
        return [found]
    view.holder_questions.put(_key(number), Question(question.due, found))
    return _in_turn(view, 0)


def come_due(view: View, now: Instant) -> list[HolderFound]:
    """Return the answers that waited for one that has not come."""
    return _in_turn(view, now)


def _in_turn(view: View, now: Instant) -> list[HolderFound]:
    """Take what is answered from the oldest question on; pass over what was due by `now`."""
    turns: Questions = view.holder_turns.get(_ONLY) or Questions()
    passed, ready = turns.passed, []
    while passed < turns.asked:
        key = _key(passed + 1)
        question: Question | None = view.holder_questions.get(key)
        if question is not None and question.found is None and question.due > now:
            break
        if question is not None and question.found is not None:
            ready.append(question.found)
        view.holder_questions.delete(key)
        passed += 1
    if passed != turns.passed:
        view.holder_turns.put(_ONLY, Questions(turns.asked, passed))
    return ready


def _key(number: int) -> str:
    return f"{number:012d}"
