"""What stage 5 tells a problem of the clocks that run for it."""

import msgspec

from streams.domain.instant import Instant
from streams.domain.wire import Wire

WITHDRAWN = "withdrawn"
"""Kind of news: what was told as a violation was restored in time; the clear came late."""


class ClockNews(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A step that the clock of one SLA on one service has passed."""

    kind: str
    """warning, violation, escalation, withdrawn."""
    sla: str
    at: Instant
    """Exactly when it was passed."""
    due_at: Instant
    """When the time to restore is over."""
    products: int
    """Affected products of that SLA."""
    violations: tuple[str, ...] = ()
    """Of a violation: an id for each product, the first 100."""
    level: int = 0
    """Of an escalation."""
    tell: tuple[str, ...] = ()
    priority: int = 10
    """Of an escalation: only for a problem of this priority or a higher one."""


class Clocked(Wire, frozen=True):
    """How the clocks of one service stand that a problem keeps running; whole but for `news`, so that only the last one counts."""

    problem: str
    domain: str
    """Correlation domain of the problem."""
    service: str
    due_at: Instant
    """Earliest due time of those that run; 0: none runs for this problem."""
    stands: bool
    """At least one stands, and none runs."""
    at: Instant
    news: tuple[ClockNews, ...] = ()
    """What was passed and this problem has not been told of."""
    clock: Instant = 0
