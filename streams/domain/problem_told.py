"""What stage 4 tells stage 6 of a problem: all that the whole network needs to know to relate it to others."""

import msgspec

from streams.domain.alarm import Effect
from streams.domain.instant import Instant, Span
from streams.domain.wire import Wire


class Claim(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An object whose failure would explain a problem and reach beyond its domain (domain/kinship.py)."""

    object: str
    hops: int
    """From the alarmed objects up to it, the mean in hundredths: nearest first."""
    share: float
    """Share of the problem's alarmed objects that its failure explains, 0..1, two digits."""


class ProblemTold(Wire, frozen=True):
    """What stage 6 needs of a problem, on each change of status, cause or impact."""

    problem: str
    domain: str
    status: str
    """TMF656 status."""
    priority: int
    cause_object: str
    """Best located cause, "" where unknown."""
    cause: str
    """Its probable cause word."""
    cause_type: str
    """Type of the object."""
    confidence: float
    opened_at: Instant
    at: Instant
    services: int = 0
    clock: Instant = 0
    told_at: Instant = 0
    """The lane's clock when it was told: words of all lanes are folded in this order, whatever order they arrive in; 0: at once."""
    rule: str = ""
    """No problem: an alarm about which this rule of `actions` asks for a command (stage 6 writes it for itself)."""
    alarm: str = ""
    """Then: its record's id."""
    claims: tuple[Claim, ...] = ()
    """What else, shared with other domains, would explain it, nearest first."""
    alarmed: int = 0
    """Objects that alarmed."""
    kinds: tuple[str, ...] = ()
    """Their types, sorted."""
    crosses: bool = False
    """It may have relatives in other domains: then stage 6 decides when its report opens."""
    report_at: Instant = 0
    """When its report is due by its priority; 0: none is."""
    is_down: bool = False
    """An alarm of the located cause itself says that it does not work."""
    reported: bool = False
    """A report was opened before it was known to cross."""
    weak: tuple[str, ...] = ()
    """Types of those that say no more than that they are at risk, sorted; `kinds` are those of the others."""
    is_clear: bool = False
    """Nothing of it is active, and no final test has failed since: nothing is to be restored."""
    unproven: int = 0
    """Final tests of it that failed so far: each sends its restoration back."""
    held: tuple[tuple[str, Effect], ...] = ()
    """What it holds down, the worst hundred; only where commands depend on it."""
    hurt: tuple[str, ...] = ()
    """Services it hurts, the worst hundred; only where commands depend on them."""
    site: str = ""
    """Of the located cause, else the first of the problem's."""
    turn: str = ""
    """The last turn of its life (`problem.Turn`)."""
    detected_at: Instant = 0
    """When it became a problem."""
    located_at: Instant = 0
    """When a cause was first named, 0: none was."""
    resolved_at: Instant = 0
    paused: Span = 0
    """How long it was pending or held, its present pause left out."""
    reopened: int = 0
    etr: Instant = 0
    """What policy promises."""
    traces: tuple[str, ...] = ()
    """Trace context of its first alarm, where that came with one."""
