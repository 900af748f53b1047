"""A service level agreement's clock as it is agreed: how long, in which hours, when who is told what.

The clock of an affected product runs through the steps of its SLA in order of time: the warning, the violation, and the
escalations, each once (domain/sla_clock.py).
"""

from functools import cached_property

import msgspec

from streams.domain.calendar_time import Calendar
from streams.domain.instant import Span

WARNING = "warning"
VIOLATION = "violation"
ESCALATION = "escalation"
_ORDER = (WARNING, VIOLATION, ESCALATION)

LOWEST = 10
"""Priority 10: an escalation that takes any."""


class Escalation(msgspec.Struct, frozen=True, gc=False):
    """Who is told when a clock has run for so long."""

    level: int
    """TMF656 problemEscalation, 1..10; 0 is where every problem begins."""
    at: Span
    """Time of the clock since its start, in the hours that count."""
    tell: tuple[str, ...] = ()
    """Parties."""
    priority: int = LOWEST
    """Only of a problem of this priority or a higher one (a lower number); one that rises later is escalated then."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """What happens when a clock has run for `at`."""

    at: Span
    kind: str
    """warning, violation or escalation."""
    escalation: Escalation | None = None


class Sla(msgspec.Struct, frozen=True, dict=True):
    """A service level agreement's clock."""

    id: str
    restore_within: Span
    warn_at: Span = 0
    """Time of the clock at which a warning is due; 0: three quarters of `restore_within`."""
    pauses: tuple[str, ...] = ("pending",)
    """Statuses of a problem in which the clock stands, sorted; never `held`: that is our side or a supplier's."""
    calendar: Calendar | None = None
    """None: every hour counts."""
    escalations: tuple[Escalation, ...] = ()

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All that happens in time, the earliest first; of one time the warning first, then the violation, then by level."""
        found = [Step(self.warn_at or self.restore_within * 3 // 4, WARNING), Step(self.restore_within, VIOLATION)]
        found += [Step(one.at, ESCALATION, one) for one in self.escalations]
        return tuple(sorted(found, key=lambda s: (s.at, _ORDER.index(s.kind), s.escalation.level if s.escalation else 0)))
