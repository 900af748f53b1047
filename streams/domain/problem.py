"""The life of a problem: a table of legal moves over TMF656's ServiceProblemStateType; what is not in it is an error.

TMF656 names the states and gives no transition table (records.md 3.2); this one is ours (decisions/0008).

                  located                    restored
   acknowledged ----------->  inProgress  ------------->  resolved  ----------->  closed
      |   |  |                 |  ^   ^ |                   |   |       aged       ^ ^
      |   |  |  waits / blocked|  |   | +-------------------+   |                  | |
      |   |  |                 v  |   |       returned          +-- merged --------+ |
      |   |  +-------> pending, held -+ resumed                                      |
      |   +--> rejected (refused)                                                    |
      +--> cancelled (withdrawn; from any open state)     any open state -- merged --+

Reopening is possible only from `resolved` and keeps the id; after an ended state a new problem names the old one.
"""

from enum import StrEnum


class Status(StrEnum):
    """TMF656 v5 ServiceProblemStateType."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class Turn(StrEnum):
    """What moves a problem from one status to another."""

    LOCATED = "located"
    """A cause was named: work can begin."""
    REFUSED = "refused"
    """Not a problem of ours; only before work began."""
    WAITS = "waits"
    """Information or an action of the requester is missing."""
    BLOCKED = "blocked"
    """Something on our side is in the way."""
    RESUMED = "resumed"
    """What was waited for has come."""
    RESTORED = "restored"
    """All alarms have been clear for the quiet moment."""
    RETURNED = "returned"
    """A resolved problem has an active alarm again."""
    AGED = "aged"
    """Nothing came back within `close_after`."""
    MERGED = "merged"
    """It went into another problem of its domain."""
    WITHDRAWN = "withdrawn"
    """A false alarm, or announced work."""


class IllegalTransition(Exception):
    """A pair of status and turn that the table does not have."""


_ENDS = {Turn.RESTORED: Status.RESOLVED, Turn.MERGED: Status.CLOSED, Turn.WITHDRAWN: Status.CANCELLED}
_STOPS = {Turn.WAITS: Status.PENDING, Turn.BLOCKED: Status.HELD}

TRANSITIONS: dict[Status, dict[Turn, Status]] = {
    Status.ACKNOWLEDGED: {Turn.LOCATED: Status.IN_PROGRESS, Turn.REFUSED: Status.REJECTED, **_STOPS, **_ENDS},
    Status.IN_PROGRESS: {**_STOPS, **_ENDS},
    Status.PENDING: {Turn.RESUMED: Status.IN_PROGRESS, Turn.BLOCKED: Status.HELD, **_ENDS},
    Status.HELD: {Turn.RESUMED: Status.IN_PROGRESS, Turn.WAITS: Status.PENDING, **_ENDS},
    Status.RESOLVED: {Turn.RETURNED: Status.IN_PROGRESS, Turn.AGED: Status.CLOSED, Turn.MERGED: Status.CLOSED},
    Status.REJECTED: {},
    Status.CANCELLED: {},
    Status.CLOSED: {},
}

ENDED = frozenset(status for status, moves in TRANSITIONS.items() if not moves)
"""Statuses that nothing leads out of."""
OPEN = frozenset(Status) - ENDED - {Status.RESOLVED}
"""Statuses in which somebody has work to do."""


def move(status: Status, turn: Turn) -> Status:
    """Return the status that follows; IllegalTransition where the table has none."""
    try:
        return TRANSITIONS[status][turn]
    except KeyError:
        raise IllegalTransition(f"a problem that is {status} cannot be {turn}") from None
