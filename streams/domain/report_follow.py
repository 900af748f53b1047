"""The reports of a problem as they follow it: its own and the requests to others, who has not accepted one, and when to look again."""

from typing import TYPE_CHECKING

import msgspec

from streams.domain import progress, report
from streams.domain.ids import identify
from streams.domain.instant import MINUTE, Instant
from streams.domain.problem import OPEN
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_desk import MOST, Desk, Request, aimed, wanted
from streams.domain.report_record import Report
from streams.domain.report_rules import PARTY, SERVICE
from streams.domain.report_words import worded
from streams.domain.request_told import RequestTold
from streams.domain.ticket import Ticket
from streams.domain.view import Emit

if TYPE_CHECKING:
    from streams.domain.problem_change import Change


def aim(change: "Change") -> None:
    """Note what the best cause is: others are asked to work on it once it has been for `request_after`; stage 6 says it of a problem that crosses domains."""
    row, policy = change.row, change.world.policy.manage
    if row.report is None or row.report.withdrawn or row.crosses or row.status not in OPEN:
        return
    cause = row.cause
    best = cause.object if cause is not None and cause.confidence >= policy.request_confidence else ""
    desk = row.desk or Desk()
    after = aimed(desk, best, change.now + policy.request_after)
    if after is not desk:
        change.set(desk=after)


def turn_to(change: "Change", target: str) -> None:
    """Have work asked on another object from now on; who must act on the problem's own report follows, unless somebody has accepted it."""
    desk, row = change.row.desk or Desk(), change.row
    change.set(desk=msgspec.structs.replace(desk, target=target, next_target="", due=0))
    if row.report is not None and target and not (row.ticket is not None and row.ticket.accepted_at):
        change.set(report=msgspec.structs.replace(report.assigned(row.report, row, target, change.world, SERVICE, change.at), shows=()))


def come_due(change: "Change", live: bool) -> int:
    """Turn to the next target (later, while the partition catches up) where that is due by now; tell of reports that nobody has accepted in time, and return how many."""
    desk, now = change.row.desk, change.now
    if desk is not None and desk.due and desk.due <= now:
        if live:
            turn_to(change, desk.next_target)
        else:
            change.set(desk=msgspec.structs.replace(desk, due=now + change.world.policy.manage.request_after))
    late = [one for one in _unaccepted(change.row) if one.accept_by <= now]
    for one in late:
        minutes = (one.accept_by - one.created_at) // MINUTE
        _tell(change, f"Trouble report {one.id} was not accepted by {one.group} within {minutes} min.", ("troubleTicket", one.id), ("acceptance", "overdue"))
    _mark(change, {one.id for one in late})
    return len(late)


def due_at(row: ProblemRecord) -> Instant:
    """Return when to look again, 0 for never."""
    if row.status not in OPEN:
        return 0
    dues = [one.accept_by for one in _unaccepted(row)]
    if row.desk is not None and row.desk.due:
        dues.append(row.desk.due)
    return min(dues, default=0)


def follow(change: "Change", at: Instant) -> list[Emit]:
    """Bring the requests and then the problem's own report up to date; return those that have something to tell."""
    out = _follow_requests(change, at)
    row = change.row
    if row.report is not None:
        followed = worded(row.report, report.follow(row.report, row, at), SERVICE, row, report.located_at(row), "", change.world)
        if followed != row.report:
            change.set(report=followed)
            out.insert(0, Emit("trouble-reports", followed.id, change.frozen(), at))
        change.set(desk_at=due_at(change.row))
    return out


def _follow_requests(change: "Change", at: Instant) -> list[Emit]:
    row, desk = change.row, change.row.desk
    if row.report is None or desk is None:
        return []
    if row.report.withdrawn:
        desk = msgspec.structs.replace(desk, target="", next_target="", due=0)
    requests = [_followed(change, one, desk.target, at) for one in desk.requests]
    requests += _asked(change, requests, desk.target, at)
    before = {one.report.id: one.report for one in desk.requests}
    told = [one for one in requests if before.get(one.report.id) != one.report]
    after = msgspec.structs.replace(desk, requests=tuple(requests))
    if after != row.desk:
        change.set(desk=after)
    return [Emit("trouble-reports", one.report.id, RequestTold(change.frozen(), one), at) for one in told]


def _followed(change: "Change", one: Request, target: str, at: Instant) -> Request:
    """Return a request as it stands now; withdrawn where the work is to be done elsewhere."""
    row = change.row
    if one.is_open and _may_turn(change) and one.target != target:
        why = f"The cause is located at {target} instead." if target else "The problem's own report was withdrawn." if row.report and row.report.withdrawn else "The cause is not known any more."
        _tell(change, f"Trouble report {one.report.id} on {one.target} withdrawn: {why}", ("troubleTicket", f"{one.report.id} withdrawn"))
        one = msgspec.structs.replace(one, report=report.withdrawn(one.report, why, at))
    after = worded(one.report, report.follow(one.report, row, at, is_own=False), one.kind, row, one.target, one.party, change.world)
    return msgspec.structs.replace(one, report=after)


def _asked(change: "Change", known: list[Request], target: str, at: Instant) -> list[Request]:
    """Return the requests to be made."""
    row, world = change.row, change.world
    if not target or not _may_turn(change):
        return []
    have = {(one.kind, one.party) for one in known if one.is_open}
    out: list[Request] = []
    for kind, party in wanted(target, report.facts_of(row, target, world, at), world):
        if (kind, party) not in have and len(known) + len(out) < MOST:
            out.append(_made(change, kind, target, party, at, sum((one.kind, one.target, one.party) == (kind, target, party) for one in known)))
    return out


def _may_turn(change: "Change") -> bool:
    """Tell whether work may be asked elsewhere: while the problem is open. What stage 6 says was so at the time that it says, though word of it came late."""
    return change.row.status in OPEN or (change.row.crosses and change.as_of > 0)


def _made(change: "Change", kind: str, target: str, party: str, at: Instant, earlier: int) -> Request:
    row, world = change.row, change.world
    ident = identify(row.domain, row.id, kind, target, party, earlier)
    at = change.as_of if row.crosses and change.as_of else at
    made = report.assigned(report.made(row, ident, world.policy.manage, at, f"{target} is located as the cause of problem {row.id}."), row, target, world, kind, at)
    whom = f"{party} for help" if kind == PARTY else f"{made.group} to work"
    _tell(change, f"Trouble report {ident} opened: it asks {whom} on {target}.", ("troubleTicket", ident))
    return Request(kind, target, party, worded(made, report.follow(made, row, at, is_own=False), kind, row, target, party, world))


def tell_workers(change: "Change") -> None:
    """Tell of a problem that is resolved while somebody works on it there: theirs is to close the ticket."""
    for one, ticket in _each(change.row):
        if ticket is not None and ticket.is_worked_on and not one.withdrawn:
            who = " of ".join(filter(None, (ticket.person, ticket.group or one.group)))
            _tell(change, f"Resolved while ticket {ticket.number or one.id} is {ticket.state}: {who} is to close it.", ("troubleTicket", one.id), ("ticketStatus", ticket.state))


def _tell(change: "Change", why: str, *changes: tuple[str, str]) -> None:
    """Put a progress record out; it is counted with the answers, because what the ticketing system and stage 6 say leads to it too."""
    change.set(answers=change.row.answers + 1)
    change.out.append(Emit("progress", change.row.id, progress.of_answer(change.row, change.at, why, changes), change.at, traces=change.row.traces))


def _each(row: ProblemRecord) -> list[tuple[Report, Ticket | None]]:
    own: list[tuple[Report, Ticket | None]] = [(row.report, row.ticket)] if row.report is not None else []
    return own + ([(one.report, one.ticket) for one in row.desk.requests] if row.desk is not None else [])


def _unaccepted(row: ProblemRecord) -> list[Report]:
    """Return the open reports that nobody has accepted, and of which that has not been told."""
    return [one for one, ticket in _each(row) if one.accept_by and not one.withdrawn and not one.is_late and not (ticket is not None and ticket.accepted_at)]


def _mark(change: "Change", late: set[str]) -> None:
    row = change.row
    if row.report is not None and row.report.id in late:
        change.set(report=msgspec.structs.replace(row.report, is_late=True, shows=()))
    if row.desk is not None and any(one.report.id in late for one in row.desk.requests):
        requests = tuple(
            msgspec.structs.replace(one, report=msgspec.structs.replace(one.report, is_late=True, shows=())) if one.report.id in late else one for one in row.desk.requests)
        change.set(desk=msgspec.structs.replace(row.desk, requests=requests))
