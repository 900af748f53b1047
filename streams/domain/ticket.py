"""What the ticketing system says of a report: its number for it, who works on it, how far they are, and what they promise.

Assignment, notes and the working status are the ticketing system's own; cause, impact, alarm state and due time are ours.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.problem import PAUSED, Status

REMEMBERED = 16
"""Answered updates kept per report, the last ones (ours): one that comes again gets the first answer."""
NOTED = 32
"""Notes known per report: a whole ticket repeats them all."""
WORKING = frozenset((Status.IN_PROGRESS, *PAUSED))
"""Working statuses in which somebody has the work."""


class Said(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was answered to one update."""

    update: str
    """Its own id, else where it was read."""
    done: bool
    why: str


class Ticket(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The ticket that the ticketing system keeps for a report."""

    number: str = ""
    """What it is called there (TMF621 externalIdentifier)."""
    group: str = ""
    """Who it is assigned to there."""
    person: str = ""
    state: str = ""
    """Its working status there, a TMF621 status; "" until one was told."""
    code: str = ""
    """How it was resolved there."""
    promised_at: Instant = 0
    """When a human expects it to be resolved (TMF621 expectedResolutionDate), 0 where none said."""
    promised_by: str = ""
    """Who said so: a person, else a group, else the ticketing system."""
    reason: str = ""
    """Why its status is what it is."""
    at: Instant = 0
    """Event time of the last update that counted; an earlier one is late."""
    accepted_at: Instant = 0
    """When it got a number there or somebody began to work, 0 until then."""
    refused: str = ""
    """Last refusal that the report tells, so that it is told once."""
    noted: tuple[str, ...] = ()
    """Digests of the notes that were taken over."""
    answered: tuple[Said, ...] = ()

    @property
    def is_worked_on(self) -> bool:
        return self.state in WORKING

    @property
    def holds(self) -> bool:
        """Whether the work waits there."""
        return self.state in PAUSED
