"""The final report of a problem that closes (eTOM 1.4.6.5, .6), and the request to review one of major impact (.3.5).

It tells the whole course: timeline, cause, what was done, how it ended, and what it cost: minutes that each service was
down because of this problem, and with it each product instance on that service. A problem that was merged has none: its
alarms and its impact are the other's. Cancelled ones had no impact to report.
"""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant, Span
from streams.domain.plural import number
from streams.domain.policy import ManagePolicy
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit, World


class ServiceDown(msgspec.Struct, frozen=True, gc=False):
    """What one service lost."""

    service: str
    down: Span
    products: int
    """Product instances on it."""


class FinalReport(msgspec.Struct, frozen=True, gc=False):
    """Told once, when the problem closes; key: problem id."""

    id: str
    row: ProblemRecord
    """The problem as it closed."""
    services: tuple[ServiceDown, ...]
    """Those that were down, the longest first."""
    customers: int
    """Who had a product on one of them."""
    at: Instant

    @property
    def problem(self) -> str:
        return self.row.id

    @property
    def outcome(self) -> str:
        """How it was restored: by a command, by a work-around that no repair followed, or without a command of ours (cleared)."""
        if self.row.relief.since and not self.row.relief.repaired:
            return "workaround"
        return "restored" if any(one.word == "restored" for one in self.row.course.attempts) else "cleared"


class ReviewAsked(msgspec.Struct, frozen=True, gc=False):
    """A problem of major impact is to be looked at by people, so that it does not come again."""

    id: str
    problem: str
    domain: str
    report: str
    """Id of the final report."""
    why: str
    at: Instant


def closing(row: ProblemRecord, at: Instant, world: World) -> list[Emit]:
    """Return what is told when a problem closes that was not merged."""
    made = _report(row, at, world)
    out = [Emit("progress", row.id, made, at)]
    if why := major(row, world.policy.manage):
        out.append(Emit("progress", row.id, ReviewAsked(identify(row.domain, row.id, "review", row.sequence), row.id, row.domain, made.id, why, at), at))
    return out


def major(row: ProblemRecord, policy: ManagePolicy) -> str:
    """Say why a problem is to be reviewed, "" where it is not."""
    said = []
    if row.course.priority <= policy.review_priority:
        said.append(f"it had priority {row.course.priority}")
    if row.course.services >= policy.many_services:
        said.append(f"it hurt {number(row.course.services, 'service')} at once")
    if row.reopened >= policy.review_reopened > 0:
        said.append(f"it was reopened {number(row.reopened, 'time')}")
    return f"Review: {', '.join(said)}." if said else ""


def _report(row: ProblemRecord, at: Instant, world: World) -> FinalReport:
    products = world.network.products
    lost = [ServiceDown(one.service, one.until(row.resolved_at or at), len(products.get(one.service, ()))) for one in row.course.downtimes]
    customers = {p.customer for one in lost for p in products.get(one.service, ()) if p.customer}
    return FinalReport(
        identify(row.domain, row.id, "final-report", row.sequence), row, tuple(sorted(lost, key=lambda one: (-one.down, one.service))), len(customers), at)
