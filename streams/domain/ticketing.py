"""The one table between a problem's status, TMF621's and a ticketing tool's states; and the same of priorities.

The tool's words are those of ServiceNow's incident table, which others have copied: state (1 New, 2 In Progress, 3 On Hold with a
reason, 6 Resolved, 7 Closed, 8 Canceled) and priority (1 Critical to 5 Planning). TMF621 has the same statuses as TMF656.

    problem        TMF621         the tool                        priority   TMF621     the tool
    acknowledged   acknowledged   1 New                           1, 2       Critical   1 Critical
    inProgress     inProgress     2 In Progress                   3, 4       High       2 High
    pending        pending        3 On Hold, Awaiting Caller      5, 6       Medium     3 Moderate
    held           held           3 On Hold, Awaiting Vendor ...  7, 8       Low        4 Low
    resolved       resolved       6 Resolved                      9, 10      Low        5 Planning
    closed         closed         7 Closed
    cancelled      cancelled      8 Canceled
    rejected       rejected       8 Canceled (read back: cancelled)
"""

from typing import NamedTuple

from streams.domain.problem import Status


class State(NamedTuple):
    """One state of the tool, and why it waits."""

    number: int
    word: str
    on_hold: str = ""


class Priority(NamedTuple):
    """One step of priority."""

    ours: tuple[int, int]
    word: str
    """TMF621's, as its samples have it."""
    number: int
    """The tool's."""
    tool_word: str


ON_HOLD = 3
STATES: tuple[tuple[Status, State], ...] = (
    (Status.ACKNOWLEDGED, State(1, "New")),
    (Status.IN_PROGRESS, State(2, "In Progress")),
    (Status.PENDING, State(ON_HOLD, "On Hold", "Awaiting Caller")),
    (Status.HELD, State(ON_HOLD, "On Hold", "Awaiting Vendor")),
    (Status.HELD, State(ON_HOLD, "On Hold", "Awaiting Problem")),
    (Status.HELD, State(ON_HOLD, "On Hold", "Awaiting Change")),
    (Status.HELD, State(ON_HOLD, "On Hold")),
    (Status.RESOLVED, State(6, "Resolved")),
    (Status.CLOSED, State(7, "Closed")),
    (Status.CANCELLED, State(8, "Canceled")),
    (Status.REJECTED, State(8, "Canceled")),
)
"""Read from the left the first row of a status counts, from the right the first of a state."""

PRIORITIES = (
    Priority((1, 2), "Critical", 1, "Critical"), Priority((3, 4), "High", 2, "High"), Priority((5, 6), "Medium", 3, "Moderate"),
    Priority((7, 8), "Low", 4, "Low"), Priority((9, 10), "Low", 5, "Planning"))

_ALIKE = {"assigned": Status.IN_PROGRESS, "workinprogress": Status.IN_PROGRESS, "open": Status.ACKNOWLEDGED, "cancelled": Status.CANCELLED, "complete": Status.RESOLVED}
"""What other tools say."""


def _folded(word: str) -> str:
    return "".join(filter(str.isalnum, word)).lower()


_STATUSES = {_folded(status): status for status in Status}
_WORDS = {_folded(state.word): status for status, state in reversed(STATES)} | {str(state.number): status for status, state in reversed(STATES)}
_REASONS = {_folded(state.on_hold): status for status, state in STATES if state.on_hold}
_STEPS = {_folded(word): step for step in reversed(PRIORITIES) for word in (step.word, step.tool_word, str(step.number), f"{step.number}{step.tool_word}")}


def status_of(word: str, on_hold: str = "") -> Status | None:
    """Return the status that TMF621 or the tool means by a word or number, on hold for what reason; None for a word nobody knows."""
    folded = _folded(word)
    if folded in _STATUSES:
        return _STATUSES[folded]
    if folded in ("onhold", str(ON_HOLD)):
        return _REASONS.get(_folded(on_hold), Status.HELD)
    return _WORDS.get(folded) or _ALIKE.get(folded)


def state_of(status: Status) -> State:
    """Return what the tool calls a status."""
    return next(state for each, state in STATES if each is status)


def step_of(priority: int) -> Priority:
    """Return the step of a problem's priority, 1..10."""
    return next(step for step in PRIORITIES if priority <= step.ours[1])


def priority_of(word: str) -> Priority | None:
    """Return the step that TMF621 or the tool means by a word, a number or both (`2 - High`); None for what nobody knows."""
    return _STEPS.get(_folded(word))
