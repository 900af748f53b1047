"""What is told of a problem's progress (eTOM 1.4.6.5): one record for every change, in order."""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.problem_record import ProblemRecord

CREATED = "created"
STATE = "state"
ATTRIBUTE = "attribute"
"""Kinds, as TMF656 has events: ServiceProblemCreateEvent, ...StateChangeEvent, ...AttributeValueChangeEvent."""


class Progress(msgspec.Struct, frozen=True, gc=False):
    """One change of one problem; told on `progress` as a TMF656 ServiceProblemEventRecord."""

    id: str
    problem: str
    domain: str
    kind: str
    at: Instant
    status: str
    priority: int
    why: str
    """One sentence for people."""
    changes: tuple[tuple[str, str], ...] = ()
    """What changed: attribute (TMF656's name where it has one) and its new value."""
    parties: tuple[tuple[int, str], ...] = ()
    """Who is to be told: level of escalation and party."""


def of_lane(row: ProblemRecord, kind: str, at: Instant, why: str, changes: tuple[tuple[str, str], ...] = ()) -> Progress:
    """Tell a change that the lane or time brought; `row.sequence` is its number."""
    return Progress(identify(row.domain, row.id, "progress", row.sequence), row.id, row.domain, kind, at, row.status, row.priority, why, changes)


def of_answer(
    row: ProblemRecord, at: Instant, why: str, changes: tuple[tuple[str, str], ...], kind: str = ATTRIBUTE, parties: tuple[tuple[int, str], ...] = (),
) -> Progress:
    """Tell what another stage or process answered, or what that changed; `row.answers` is its number."""
    return Progress(identify(row.domain, row.id, "answer", row.answers), row.id, row.domain, kind, at, row.status, row.priority, why, changes, parties)
