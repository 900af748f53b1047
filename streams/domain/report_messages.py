"""What comes back about a trouble report, on its way to stage 4."""

from streams.domain.instant import Instant
from streams.domain.wire import Wire


class ReportUpdated(Wire, frozen=True):
    """What the ticketing system says of one of our reports (TMF621 events, topic trouble-report-updates); "" and 0: it says nothing of that."""

    report: str
    """Report id; "" where only the problem was named: then its serviceTrouble report."""
    problem: str
    """Problem id; "" where only the report was named."""
    domain: str
    update: str
    """Its own id, else where it was read."""
    position: str
    """Where it was read: what its answer is known by."""
    at: Instant
    number: str = ""
    """The ticketing system's own."""
    group: str = ""
    person: str = ""
    status: str = ""
    """A TMF621 status."""
    reason: str = ""
    """Why it is that."""
    status_at: Instant = 0
    """When it became that, as it says."""
    code: str = ""
    """How it was resolved."""
    promised_at: Instant = 0
    """When a human expects it to be resolved."""
    notes: tuple[tuple[str, str], ...] = ()
    """Author and text."""
    ours: tuple[tuple[str, str], ...] = ()
    """What it would change of what is ours: TMF621 attribute and value."""
    clock: Instant = 0
