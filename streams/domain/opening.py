"""What begins beside another problem of its domain, and how long its report waits for that.

Alarms that come within `correlate.together` of each other are put together, and problems that one of them links are
merged into the oldest. Until then a storm is several problems: the first of them is reported as its priority has it,
the others once that time has passed, and the one that takes the first in waits no longer than that would have. So a fault
with many faces is one report, and none that is withdrawn.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import View, World


class Opening(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The last problem that opened in a domain; key: domain."""

    at: Instant
    """When its earliest alarm was raised."""
    until: Instant
    """When nothing that is told late can have begun beside it any more, and the row goes."""


def settles_at(view: View, domain: str, at: Instant, now: Instant, world: World) -> Instant:
    """Note a problem that opens with an alarm of `at`; return when it is known to be none of another's, 0 where nothing began beside it."""
    together = world.policy.correlate.together
    known: Opening | None = view.openings.get(domain)
    until = at + together + world.policy.correlate.lateness
    if (known is None or known.at < at) and until > now:
        view.openings.put(domain, Opening(at, until))
    return at + together if known is not None and abs(at - known.at) <= together else 0


def settles_with(survivor: ProblemRecord, loser: ProblemRecord | None) -> Instant:
    """Return when one that took in another is known to be none of another's: no later than that one, unless customers' reports alone made that."""
    if loser is None or (loser.handling is not None and loser.handling.is_reported):
        return survivor.settles_at
    return min(survivor.settles_at, loser.settles_at)
