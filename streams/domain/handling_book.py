"""The rows of customers' reports at stage 6's desk, and what their requesters are told from there (handling_desk.py)."""

from enum import IntEnum

import msgspec

from streams.domain.alarm import Effect
from streams.domain.customer_report import ReportRef, RequesterTold, own_problem, request_id
from streams.domain.handling_messages import HandlingAsked, ReportAnswered
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.view import Emit, View, World

REPORT = "report"
_replace = msgspec.structs.replace


class State(IntEnum):
    """Where a report stands."""

    INCOMPLETE = 0
    SOUGHT = 1
    """It is asked which problem holds the service, or a problem is asked to take the report in."""
    PLACED = 2
    CLOSED = 3


class Order(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A request about a report, and its answer once there is one."""

    request: str
    action: str
    done: bool = False
    why: str = ""


class CustomerReport(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One customer's report of one service, while anybody may refer to it."""

    ref: ReportRef
    state: State
    domain: str
    """Its service's correlation domain."""
    effect: Effect
    text: str
    at: Instant
    """When it was asked to be taken in."""
    orders: tuple[Order, ...]
    """The first is the request to take it in."""
    problem: str = ""
    """Where it is, or the one of its own that is to open for it."""
    problem_domain: str = ""
    opened: int = 0
    """Problems of its own so far."""
    due: Instant = 0
    """INCOMPLETE: when it is given up; CLOSED: when it is forgotten."""
    told: int = 0
    """Records told of it from here: makes their ids unique."""
    question: int = 0
    """The number under which it was last asked which problem holds its service (handling_turns.py)."""

    @property
    def is_alone(self) -> bool:
        """Whether it is in the problem that it opened."""
        return self.opened > 0 and self.problem == own_problem(self.domain, self.ref.id, self.opened)


def accept(row: CustomerReport, why: str, at: Instant) -> tuple[list[Emit], CustomerReport]:
    """Answer the requests to take a report in that have no answer yet: the first, and those that completed it."""
    out = []
    for order in row.orders:
        if order.action == REPORT and not order.why:
            row, said = tell(with_answer(row, order.request, True, why), "accepted", at, why, order)
            out.append(said)
    return out, row


def answered(view: View, row: CustomerReport, m: ReportAnswered, at: Instant) -> list[Emit]:
    """Answer a request about a report, once."""
    order = order_of(row, m.request)
    if order is None or order.why:
        return []
    row, said = tell(with_answer(row, m.request, m.done, m.why), "accepted" if m.done else "refused", at, m.why, order)
    view.customer_reports.put(row.ref.id, row)
    return [said]


def repeat(view: View, row: CustomerReport, request: str, at: Instant) -> list[Emit]:
    """Answer a request again with its first answer; one that has none yet gets that, one under another id that of the first."""
    order = order_of(row, request) or row.orders[0]
    if not order.why:
        return []
    row, said = tell(row, "accepted" if order.done else "refused", at, order.why, _replace(order, request=request))
    view.customer_reports.put(row.ref.id, row)
    return [said]


def order_of(row: CustomerReport, request: str) -> Order | None:
    return next((order for order in row.orders if order.request == request), None)


def with_answer(row: CustomerReport, request: str, done: bool, why: str) -> CustomerReport:
    return _replace(row, orders=tuple(_replace(o, done=done, why=why) if o.request == request and not o.why else o for o in row.orders))


def close(view: View, row: CustomerReport, why: str, at: Instant, world: World) -> list[Emit]:
    """Close a report; the lane of its problem has told its requester why, unless `why` says it here."""
    row = _replace(row, state=State.CLOSED, due=at + world.policy.handling.remember)
    row, *said = tell(row, "closed", at, why) if why else (row,)
    view.customer_reports.put(row.ref.id, row)
    return said


def tell(row: CustomerReport, kind: str, at: Instant, why: str, order: Order | None = None, required: tuple[str, ...] = ()) -> tuple[CustomerReport, Emit]:
    """Tell a requester and count it: `told` makes the id, with the time, as a report that was forgotten may come again."""
    row = _replace(row, told=row.told + 1)
    request, action = (order.request, order.action) if order is not None else ("", "")
    said = RequesterTold(identify("", "desk", row.ref.id, row.told, at), kind, row.ref, at, why, request, action, row.problem, row.problem_domain, required=required)
    return row, Emit("progress", row.ref.id, said, at)


def refusal(m: HandlingAsked, at: Instant, why: str) -> Emit:
    """Refuse what concerns no report that is known."""
    ref = ReportRef(m.report or request_id(m.owner, m.external), m.external, m.owner, m.product, "", m.since)
    return Emit("progress", ref.id, RequesterTold(identify("", "refused", ref.id, m.position or m.request), "refused", ref, at, why, m.request, m.action), at)
