"""What Problem Handling asks about a report that is in a problem, carried out in the problem's lane and answered by the desk.

                    in a problem that customers reported          in one that alarms found
    hold, resume    pending and back                              refused: it is not Problem Handling's
    cancel          the report leaves; the last one cancels it    the report leaves
    test            a test of the service is asked for            the same
    confirm         the last one closes it, resolved or not       the report is closed
    still-down      it is taken up again, while it has one        detached into a problem of its own
                    report only; else detached
"""

from collections.abc import Callable

import msgspec

from streams.domain import progress, reported_services
from streams.domain.closing import closes_at
from streams.domain.customer_report import report_key
from streams.domain.handling import Diagnose, picture, survivor
from streams.domain.handling_messages import ReportAnswered, ReportOrdered, ReportPlaced
from streams.domain.handling_test import request_test
from streams.domain.handling_told import MOST, marked, tell
from streams.domain.instant import Instant
from streams.domain.plural import number
from streams.domain.problem import TRANSITIONS, Status, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_due import keep, let_go, settle
from streams.domain.problem_handling import Handling, JoinedReport
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit, View, World, to_network

Answer = tuple[bool, str]
_replace = msgspec.structs.replace


def order(view: View, m: ReportOrdered, now: Instant, world: World, diagnose: Diagnose) -> list[Emit]:
    """Carry one request out; refused where its report is in the problem no more."""
    row = survivor(view, m.problem)
    one: JoinedReport | None = view.joined_reports.get(report_key(row.id, m.report)) if row is not None else None
    if row is None or one is None or row.handling is None:
        return [_answer(m, (False, "The report is in no open problem any more; report again what does not work."))]
    change = Change(row, _replace(row, last_at=max(row.last_at, m.at)), now, world)
    done = _ORDERS[m.action](view, change, one, m)
    settle(view, change)
    out = keep(view, change)
    after: ProblemRecord | None = view.problems.get(row.id)
    if after is not None and after.handling is not None and after.handling.is_reported and after.handling != row.handling and TRANSITIONS[after.status]:
        drawn = picture(view, after.id, after.domain, after.handling, after.opened_at, after.last_at, now, world)
        out += marked(diagnose(view, drawn, now, world, after.handling))
    return [*out, _answer(m, done)]


def _answer(m: ReportOrdered, answer: Answer) -> Emit:
    return to_network(ReportAnswered(m.report, m.request, *answer, m.at), m.at)


def _turn(change: Change, turn: Turn, why: str) -> Answer:
    """Move a problem that Problem Handling coordinates."""
    row = change.row
    if row.handling is None or not row.handling.is_reported:
        return False, "Alarms found this problem; Problem Handling does not coordinate it."
    if turn not in TRANSITIONS[row.status]:
        return False, f"The problem is {row.status}; that leads to nothing."
    change.move(turn, why)
    return True, f"The problem is {change.row.status}."


def _hold(view: View, change: Change, one: JoinedReport, m: ReportOrdered) -> Answer:
    return _turn(change, Turn.WAITS, f"Waits on Problem Handling: {m.text or 'no reason was given'}.")


def _resume(view: View, change: Change, one: JoinedReport, m: ReportOrdered) -> Answer:
    if change.row.status is Status.RESOLVED:
        return _still_down(view, change, one, m)
    return _turn(change, Turn.RESUMED, f"Problem Handling resumed it{': ' + m.text if m.text else ''}.")


def _cancel(view: View, change: Change, one: JoinedReport, m: ReportOrdered) -> Answer:
    handling = _leaves(view, change, one, m, f"The report was withdrawn{': ' + m.text if m.text else ''}.")
    if handling.is_reported and not handling.reports and Turn.WITHDRAWN in TRANSITIONS[change.row.status]:
        change.move(Turn.WITHDRAWN, f"Cancelled: its last report was withdrawn{': ' + m.text if m.text else ''}.", active=0)
        let_go(view, change)
    return True, "The report is withdrawn."


def _test(view: View, change: Change, one: JoinedReport, m: ReportOrdered) -> Answer:
    change.out += request_test(view, change.row, one.ref, f"{m.action}:{m.request}", m.text or "Problem Handling asks for a test.", m.at, change.now, change.world)
    change.tell(progress.ATTRIBUTE, f"A test of {one.ref.service} was asked for.", ("testRequest", one.ref.service))
    return True, f"A test of {one.ref.service} is asked for."


def _confirm(view: View, change: Change, one: JoinedReport, m: ReportOrdered) -> Answer:
    handling = _leaves(view, change, one, m, "The customer confirmed that it works again.")
    row = change.row
    if row.status is Status.RESOLVED:
        if not handling.reports and handling.is_reported:
            change.move(Turn.CONFIRMED, "Confirmed by its requester.")
            let_go(view, change)
        return True, "Thank you; the report is closed."
    if not handling.reports and handling.is_reported:
        change.move(Turn.RESTORED, "The customers say that it works again.", active=0)
        change.move(Turn.CONFIRMED, "Confirmed by its requester.")
        let_go(view, change)
    return True, "The report is closed."


def _still_down(view: View, change: Change, one: JoinedReport, m: ReportOrdered) -> Answer:
    row, handling = change.row, change.row.handling
    assert handling is not None
    if row.status is not Status.RESOLVED:
        return True, f"Noted; the problem is {row.status} and stays so."
    if handling.is_reported and handling.reports == 1:
        change.set(handling=_replace(handling, is_over=False, over="", unconfirmed=0, explained_by=""))
        change.move(Turn.DISPUTED, f"The customer says that it is still down{': ' + m.text if m.text else ''}.")
        return True, "The problem is taken up again."
    _leaves(view, change, one, m, "It is still down: it goes into a problem of its own.", is_detached=True)
    return True, "It goes into a problem of its own."


def _leaves(view: View, change: Change, one: JoinedReport, m: ReportOrdered, why: str, is_detached: bool = False) -> Handling:
    """Take a report out of its problem, and tell its requester and the desk."""
    row = change.row
    assert row.handling is not None
    view.joined_reports.delete(report_key(row.id, one.ref.id))
    if all(other.ref.service != one.ref.service for _, other in view.joined_reports.prefix(f"{row.id}|", MOST)):
        reported_services.drop(view, one.ref.service, row.id)
    handling = _replace(row.handling, reports=row.handling.reports - 1, unconfirmed=row.handling.unconfirmed - one.is_asked)
    change.set(handling=handling, publish_at=row.publish_at or change.now)
    placed = ReportPlaced(one.ref.id, row.id, row.domain, "detached" if is_detached else "closed", why, m.at)
    change.out += [
        tell(row, one, "changed" if is_detached else "closed", m.at, why, change.world.network), to_network(placed, m.at)]
    if row.status is Status.RESOLVED and not handling.unconfirmed:
        change.set(close_at=max(change.now, closes_at(row.resolved_at, change.world.policy)))
    change.tell(progress.ATTRIBUTE, f"{number(handling.reports, 'customer report remains', 'customer reports remain')} in it.", ("customerReportCount", str(handling.reports)))
    return handling


_ORDERS: dict[str, Callable[[View, Change, JoinedReport, ReportOrdered], Answer]] = {
    "hold": _hold, "resume": _resume, "cancel": _cancel, "test": _test, "confirm": _confirm, "still-down": _still_down}
