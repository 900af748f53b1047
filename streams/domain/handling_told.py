"""What the requesters of a problem's reports are told: every change of the problem, in plain words, each under its own id."""

import msgspec

from streams.domain import reported_services
from streams.domain.customer_report import RequesterTold
from streams.domain.etr import promise
from streams.domain.handling_messages import ReportPlaced
from streams.domain.ids import identify
from streams.domain.instant import HOUR, Instant
from streams.domain.messages import HeldDown
from streams.domain.network import Network
from streams.domain.policy import HandlingPolicy
from streams.domain.problem import ENDED, OPEN, Status, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_handling import JoinedReport
from streams.domain.problem_record import ProblemRecord
from streams.domain.progress import CREATED, STATE, Progress
from streams.domain.view import Emit, View, World, to_network

MOST = 10_000
"""Reports of one problem that are told of one change."""
_SILENT = frozenset(("alarmCount", "affectedNumberOfServices", "customerReportCount", "troubleTicket"))
"""Changes of this alone are no news to a customer."""


def forward(view: View, row: ProblemRecord, out: list[Emit], world: World) -> list[Emit]:
    """Tell the requesters of a problem's reports what `out` tells of it on `progress`; where it is over, close the reports.

    What a merged problem has is handed on (handling.py), not told.
    """
    if row.handling is None or not row.handling.reports or row.into:
        return []
    news = [e.value for e in out if isinstance(e.value, Progress) and e.value.problem == row.id and _is_news(e.value)]
    is_over = row.status in ENDED
    told: list[Emit] = []
    for key, one in view.joined_reports.prefix(f"{row.id}|", MOST) if news or is_over else ():
        for change in news:
            told.append(tell(row, one, "closed" if is_over and change is news[-1] else "changed", change.at, change.why, world.network))
            one = _counted(one)
        if is_over:
            view.joined_reports.delete(key)
            reported_services.drop(view, one.ref.service, row.id)
            placed = ReportPlaced(one.ref.id, row.id, row.domain, "closed", row.status_why, row.last_at)
            told.append(to_network(placed, row.last_at))
        elif row.status in OPEN and one.is_asked:
            view.joined_reports.put(key, _counted(one, is_asked=False))
        else:
            view.joined_reports.put(key, one)
    return told


def _is_news(change: Progress) -> bool:
    """Whether a change is told on: what a report opened and that it is resolved is told in other words."""
    return change.kind != CREATED and not {name for name, _ in change.changes} <= _SILENT and not (change.kind == STATE and change.status == Status.RESOLVED)


def _counted(one: JoinedReport, is_asked: bool | None = None) -> JoinedReport:
    return JoinedReport(one.ref, one.effect, one.is_asked if is_asked is None else is_asked, one.told + 1, one.number)


def tell(row: ProblemRecord, one: JoinedReport, kind: str, at: Instant, why: str, network: Network) -> Emit:
    """Tell one requester; `one.number` and `one.told` make the id."""
    ident = identify(row.domain, "requester", row.id, one.ref.id, one.number, one.told)
    told = RequesterTold(ident, kind, one.ref, at, why, problem=row.id, domain=row.domain, status=row.status, cause=plain_cause(row, network), etr=promise(row, at).etr)
    return Emit("progress", one.ref.id, told, at)


def ask(view: View, change: Change) -> None:
    """Ask each requester of a resolved problem to confirm; it stays open to their answer for `confirm_within`."""
    handling = change.row.handling
    if handling is None or not handling.reports:
        return
    within = change.world.policy.handling.confirm_within
    asked = 0
    for key, one in view.joined_reports.prefix(f"{change.row.id}|", MOST):
        if not one.is_asked:
            view.joined_reports.put(key, msgspec.structs.replace(one, is_asked=True, told=one.told + 1))
            why = f"{change.row.status_why} Confirm that it works again, or say that it is still down."
            change.out.append(tell(change.row, one, "confirmation", change.at, why, change.world.network))
        asked += 1
    change.set(handling=msgspec.structs.replace(handling, unconfirmed=asked), close_at=max(change.row.close_at, change.at + within))


def marked(out: list[Emit]) -> list[Emit]:
    """Mark what stage 5 is told of a reported problem."""
    return [msgspec.structs.replace(e, value=msgspec.structs.replace(e.value, reported=True)) if isinstance(e.value, HeldDown) else e for e in out]


def closing(row: ProblemRecord, policy: HandlingPolicy) -> tuple[Turn, str]:
    """Return how a resolved problem closes by time: aged, or without the answers that it waited for."""
    waits = row.handling.unconfirmed if row.handling is not None else 0
    if not waits:
        return Turn.AGED, "No alarm came back."
    within = f"{policy.confirm_within // HOUR} h"
    return Turn.UNCONFIRMED, f"No answer within {within} to {'the question' if waits == 1 else f'{waits} questions'} whether it is restored."


def restored(row: ProblemRecord) -> str:
    """Say why a problem that only customers reported is resolved, "" for any other."""
    return row.handling.over or "Nothing that was reported stands any more." if row.handling is not None and row.handling.is_reported else ""


def plain_cause(row: ProblemRecord, network: Network) -> str:
    """Say where the fault lies in plain words; "" while nobody knows."""
    if not (ranked := row.ranked):
        return ""
    cause = ranked[0]
    node = network.nodes.get(cause.object)
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in cause.cause).strip()
    kind = f"{node.type} " if node is not None and node.type else ""
    site = f" at {node.site}" if node is not None and node.site else ""
    sure = "The fault lies" if cause.confidence >= 0.8 else "The fault probably lies"
    return f"{sure} with {kind}{cause.object}{site}{f': {words}' if words else ''}."
