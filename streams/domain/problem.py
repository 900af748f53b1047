"""The life of a problem: a table of legal moves over TMF656's ServiceProblemStateType; what is not in it is refused, with the reason.

TMF656 names the states and gives no transition table (records.md 3.2); this one is ours (decisions/0008, 0028).

    acknowledged ---> inProgress <---> pending, held        any open one ---> resolved ---> closed
                                       (they too may meet)  any open one ---> cancelled, closed (merged)
                                                            resolved     ---> inProgress (reopened)

    cause          acknowledged  inProgress   pending      held         resolved
    located        inProgress    -            -            -            -
    refused        rejected      -            -            -            -
    waits          pending       pending      -            pending      -
    blocked        held          held         held         -            -
    resumed        -             -            inProgress   inProgress   -
    testFailed     inProgress    inProgress   inProgress   inProgress   inProgress
    restored       resolved      resolved     resolved     resolved     -
    workedAround   resolved      resolved     resolved     resolved     -
    withdrawn      cancelled     cancelled    cancelled    cancelled    -
    merged         closed        closed       closed       closed       closed
    returned       -             -            -            -            inProgress
    unrepaired     -             -            -            -            inProgress
    disputed       -             -            -            -            inProgress
    reopened       -             -            -            -            inProgress
    aged           -             -            -            -            closed
    confirmed      -             -            -            -            closed
    unconfirmed    -             -            -            -            closed
    signedOff      -             -            -            -            closed

`pending` waits on the requester, `held` on us or a supplier. Reopening is possible only from `resolved`, keeps the id and
counts once; nothing leads out of rejected, cancelled and closed: after them a new problem names the old one.
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
    """Something on our side, or a supplier, is in the way."""
    RESUMED = "resumed"
    """What was waited for has come."""
    TEST_FAILED = "testFailed"
    """The final test failed: back to work, with what it learnt."""
    RESTORED = "restored"
    """All alarms have been clear for the quiet moment, and nothing else speaks against it."""
    WORKED_AROUND = "workedAround"
    """A work-around gave the use back; where the closing policy is palliative that is enough."""
    WITHDRAWN = "withdrawn"
    """A false alarm: announced work explains it, an operator says so, or the source withdrew what it said."""
    MERGED = "merged"
    """It went into another problem of its domain."""
    RETURNED = "returned"
    """A resolved problem has an active alarm again."""
    UNREPAIRED = "unrepaired"
    """It turned out that only a work-around restored it, where the closing policy asks for the definitive repair."""
    DISPUTED = "disputed"
    """The requester says that it is not restored."""
    REOPENED = "reopened"
    """An operator took it up again."""
    AGED = "aged"
    """Nothing came back within `close_after`."""
    CONFIRMED = "confirmed"
    """The requester says that it is restored."""
    UNCONFIRMED = "unconfirmed"
    """The requester was asked and did not answer in time."""
    SIGNED_OFF = "signedOff"
    """An operator closed it."""


class IllegalTransition(Exception):
    """A pair of status and turn that the table does not have; says why."""


_FROM_OPEN: dict[Turn, Status] = {
    Turn.TEST_FAILED: Status.IN_PROGRESS, Turn.RESTORED: Status.RESOLVED, Turn.WORKED_AROUND: Status.RESOLVED,
    Turn.WITHDRAWN: Status.CANCELLED, Turn.MERGED: Status.CLOSED}
_STOPS = {Turn.WAITS: Status.PENDING, Turn.BLOCKED: Status.HELD}

TRANSITIONS: dict[Status, dict[Turn, Status]] = {
    Status.ACKNOWLEDGED: {Turn.LOCATED: Status.IN_PROGRESS, Turn.REFUSED: Status.REJECTED, **_STOPS, **_FROM_OPEN},
    Status.IN_PROGRESS: {**_STOPS, **_FROM_OPEN},
    Status.PENDING: {Turn.RESUMED: Status.IN_PROGRESS, Turn.BLOCKED: Status.HELD, **_FROM_OPEN},
    Status.HELD: {Turn.RESUMED: Status.IN_PROGRESS, Turn.WAITS: Status.PENDING, **_FROM_OPEN},
    Status.RESOLVED: {
        **dict.fromkeys((Turn.RETURNED, Turn.UNREPAIRED, Turn.DISPUTED, Turn.REOPENED, Turn.TEST_FAILED), Status.IN_PROGRESS),
        **dict.fromkeys((Turn.AGED, Turn.CONFIRMED, Turn.UNCONFIRMED, Turn.SIGNED_OFF, Turn.MERGED), Status.CLOSED)},
    Status.REJECTED: {},
    Status.CANCELLED: {},
    Status.CLOSED: {},
}

ENDED = frozenset(status for status, moves in TRANSITIONS.items() if not moves)
"""Statuses that nothing leads out of."""
OPEN = frozenset(Status) - ENDED - {Status.RESOLVED}
"""Statuses in which somebody has work to do."""
PAUSED = frozenset(_STOPS.values())
"""Open ones in which the work waits for somebody."""

_DONE = {
    Turn.LOCATED: "taken up", Turn.REFUSED: "rejected", Turn.WAITS: "set to wait on its requester", Turn.BLOCKED: "held", Turn.RESUMED: "resumed",
    Turn.TEST_FAILED: "sent back by a final test", Turn.RESTORED: "resolved", Turn.WORKED_AROUND: "resolved by a work-around",
    Turn.WITHDRAWN: "cancelled", Turn.MERGED: "merged", Turn.RETURNED: "reopened by an alarm", Turn.UNREPAIRED: "reopened for its definitive repair",
    Turn.DISPUTED: "disputed", Turn.REOPENED: "reopened", Turn.AGED: "closed for its age", Turn.CONFIRMED: "confirmed as restored",
    Turn.UNCONFIRMED: "closed unconfirmed", Turn.SIGNED_OFF: "closed"}
"""What each turn makes of a problem, as it is told to who asked for it."""


def move(status: Status, turn: Turn) -> Status:
    """Return the status that follows; IllegalTransition where the table has none."""
    after = TRANSITIONS[status].get(turn)
    if after is None:
        raise IllegalTransition(refusal(status, turn))
    return after


def refusal(status: Status, turn: Turn) -> str:
    """Say in one sentence why a problem of this status cannot take the turn, "" where it can."""
    if turn in TRANSITIONS[status]:
        return ""
    if status in ENDED:
        return f"The problem is {status}, which is final; should its fault come back, a new problem will name it."
    if _STOPS.get(turn) == status:
        return f"The problem is {status} already."
    able = [s.value for s in Status if turn in TRANSITIONS[s]]
    return f"Only a problem that is {' or '.join(filter(None, (', '.join(able[:-1]), able[-1])))} can be {_DONE[turn]}; this one is {status}."
