"""What travels because of customers' reports; `messages.py` puts each into the union of its inbox.

    network-inbox (stage 6, the desk)   HandlingAsked, HolderFound, ReportPlaced, ReportAnswered
    service-effects (stage 5)           HolderAsked
    problem-inbox (stage 4)             ProblemReported, ReportExplained, ReportOrdered
"""

from streams.domain.alarm import Effect
from streams.domain.customer_report import ReportRef
from streams.domain.instant import Instant
from streams.domain.wire import Wire


class HandlingAsked(Wire, frozen=True):
    """What Problem Handling asks: to take a report in, or something about one that was taken."""

    action: str
    """report; of a report that was taken: hold, resume, cancel, test, confirm, still-down."""
    request: str
    """The request's own id, else where it was read."""
    external: str
    owner: str
    at: Instant
    report: str = ""
    """Our id of the report, where it is named by that."""
    product: str = ""
    services: tuple[tuple[str, str], ...] = ()
    """(service, its correlation domain) of all that the product stands on; () where nothing known is named."""
    effect: Effect = Effect.DOWN
    since: Instant = 0
    text: str = ""
    """What the customer says, for people."""
    doubt: str = ""
    """Why nothing known is named, in one sentence."""
    position: str = ""
    """Where it was read."""
    clock: Instant = 0

    @property
    def told_at(self) -> Instant:
        """Folded once the partition's clock, which all lanes have then reached, is there."""
        return self.at


class HolderAsked(Wire, frozen=True):
    """Which problem holds this service, or held it when the customer says it did not work?"""

    service: str
    report: str
    since: Instant
    at: Instant
    clock: Instant = 0


class HolderFound(Wire, frozen=True):
    """The answer; `problem` and `outage` "": nothing known explains it."""

    report: str
    problem: str
    domain: str
    outage: str
    """Announced work that holds the service by itself."""
    at: Instant
    clock: Instant = 0


class ProblemReported(Wire, frozen=True):
    """A problem is to take a customer's report in."""

    problem: str
    domain: str
    ref: ReportRef
    effect: Effect
    at: Instant
    opens: bool
    """The problem is this report's own: it begins with it."""
    text: str = ""
    suspect: str = ""
    """Object that this report and others of the problem share, "" where none is known."""
    evidence: str = ""
    clock: Instant = 0
    left: str = ""
    """The problem that the report was in, whose customer says that it is still down."""


class ReportExplained(Wire, frozen=True):
    """Another problem explains one that customers reported; `by` "": it does no longer."""

    problem: str
    domain: str
    by: str
    by_domain: str
    why: str
    at: Instant
    clock: Instant = 0


class ReportOrdered(Wire, frozen=True):
    """What Problem Handling asks about a report that is in a problem."""

    problem: str
    domain: str
    report: str
    request: str
    action: str
    text: str
    at: Instant
    clock: Instant = 0


class ReportPlaced(Wire, frozen=True):
    """Where a report now is.

    word: opened, joined (both answer ProblemReported), moved (its problem was merged), gone (the problem takes no report any
    more), detached (the customer says that it is still down), closed.
    """

    report: str
    problem: str
    domain: str
    word: str
    why: str
    at: Instant
    clock: Instant = 0


class ReportAnswered(Wire, frozen=True):
    """What a problem's lane says to a ReportOrdered."""

    report: str
    request: str
    done: bool
    why: str
    at: Instant
    clock: Instant = 0


DeskEvent = HandlingAsked | HolderFound | ReportPlaced | ReportAnswered
