"""A supplier's clock: how long a party takes to repair what it was asked to (TMF621 partyTrouble), by the SLA we have with it.

It is apart from the customers' clocks: it begins with the request, runs while the problem is held, stands where its own
SLA says so, and ends when the party says that it is resolved, the request is withdrawn, or the problem is over. Requests
are made by the lane and by time alone, so what is told of these clocks is the lane's to tell.
"""

import msgspec

from streams.domain import progress, sla_clock
from streams.domain.instant import Instant, iso
from streams.domain.problem import OPEN, Status
from streams.domain.problem_change import Change
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_desk import Request
from streams.domain.report_rules import PARTY
from streams.domain.sla import ESCALATION, VIOLATION, Sla
from streams.domain.sla_clock import Passed, SlaClock
from streams.domain.view import Emit, View, World

ALL = 1_000_000
"""Problems looked at when the network changes: all of them."""
_OVER = (Status.RESOLVED, Status.CLOSED, Status.REJECTED, Status.CANCELLED)


class SupplierClock(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The clock of one request to a party."""

    report: str
    party: str
    clock: SlaClock


class SupplierClocks(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Those of one problem, as many as it has open requests to parties with an SLA."""

    clocks: tuple[SupplierClock, ...]

    @property
    def next_at(self) -> Instant:
        return min((one.clock.next_at for one in self.clocks if one.clock.next_at), default=0)


TABLES = {"supplier-clocks": (SupplierClocks, lambda row: row.next_at or None, "problem id -> the clocks of what parties were asked to repair")}


def watch(view: View, change: Change) -> None:
    """Begin, stop, pass and end the clocks of a problem's requests as it is now."""
    slas, desk = change.world.network.suppliers, change.row.desk
    known: SupplierClocks | None = view.supplier_clocks.get(change.row.id) if slas else None
    if not slas or (desk is None and known is None):
        return
    clocks = {one.report: one for one in known.clocks} if known is not None else {}
    after: list[SupplierClock] = []
    for request in desk.requests if desk is not None else ():
        sla, one = slas.get(request.party), clocks.get(request.report.id)
        if request.kind != PARTY or sla is None:
            continue
        if one is None and _runs(request, change.row):
            one = SupplierClock(request.report.id, request.party, sla_clock.begun(sla, request.report.created_at))
        if one is not None:
            one = _passed(change, one, sla, change.at)
            if _runs(request, change.row):
                after.append(msgspec.structs.replace(one, clock=_turned(one.clock, sla, change.row)))
    if after:
        view.supplier_clocks.put(change.row.id, SupplierClocks(tuple(after)))
    elif known is not None:
        view.supplier_clocks.delete(change.row.id)


def come_due(view: View, problem: str, known: SupplierClocks, now: Instant, world: World) -> list[Emit]:
    """Tell what the clocks have passed."""
    row: ProblemRecord | None = view.problems.get(problem)
    if row is None:
        view.supplier_clocks.delete(problem)
        return []
    due = known.next_at
    change = Change(row, msgspec.structs.replace(row, last_at=max(due, row.last_at)), now, world)
    slas = world.network.suppliers
    clocks = tuple(_passed(change, one, slas[one.party], due) for one in known.clocks if one.party in slas)
    view.supplier_clocks.put(problem, SupplierClocks(clocks))
    view.problems.put(problem, change.frozen())
    return change.out


def agree(view: View, at: Instant, world: World) -> None:
    """Have the clocks run by their SLAs as they are from `at` on; those of a party that has none any more end with their problem's next change."""
    slas = world.network.suppliers
    for problem, known in view.supplier_clocks.prefix("", ALL):
        clocks = tuple(
            msgspec.structs.replace(one, clock=sla_clock.agreed_anew(one.clock, slas[one.party], at)) if one.party in slas else one for one in known.clocks)
        if clocks != known.clocks:
            view.supplier_clocks.put(problem, SupplierClocks(clocks))


def _runs(request: Request, row: ProblemRecord) -> bool:
    is_done = request.ticket is not None and request.ticket.state in _OVER
    return request.is_open and row.status in OPEN and not is_done


def _turned(clock: SlaClock, sla: Sla, row: ProblemRecord) -> SlaClock:
    waits = row.status in sla.pauses
    if waits == bool(clock.stood_at):
        return clock
    return sla_clock.stood(clock, sla, row.last_at) if waits else sla_clock.went_on(clock, sla, row.last_at)


def _passed(change: Change, one: SupplierClock, sla: Sla, until: Instant) -> SupplierClock:
    clock, steps = sla_clock.passed(one.clock, sla, until)
    for step in steps:
        _tell(change, one, sla, step)
    return msgspec.structs.replace(one, clock=clock)


def _tell(change: Change, one: SupplierClock, sla: Sla, passed: Passed) -> None:
    step, at = passed
    word = "violated" if step.kind == VIOLATION else "warned"
    if step.kind == ESCALATION and step.escalation is not None:
        why = f"level {step.escalation.level} is told: {', '.join(step.escalation.tell)}"
        word = f"level {step.escalation.level}"
    else:
        why = "its time to repair has run out" if step.kind == VIOLATION else "its time to repair is running out"
    change.tell(
        progress.ATTRIBUTE, f"Supplier {one.party}, asked by {one.report} (SLA {sla.id}, due {iso(one.clock.due_at)}): at {iso(at)} {why}.",
        ("supplierJeopardy", f"{one.party} {word}"))
