"""The way back: what the ticketing system says of a report is taken over where it is its own, and refused where it is ours.

It owns assignment, notes and the working status; cause, impact, alarm state and due time are ours. What moves our
problem is that work waits there, and goes on:

    there                   here
    pending                 waits (pending: on the requester)
    held                    blocked (held: on us or a supplier)
    any other, after these  resumed
    closed, cancelled       refused while alarms are active, and the report says so, once
    resolved, closed        of a request to others: a problem that rests on a work-around is repaired (closing.py)

Every update is answered once (update_answer.py). One that comes again gets the first answer; one that is older than
the last one counted, or is what we told ourselves, changes nothing.
"""

from typing import Any

import msgspec

from streams.domain import closing, progress, report_figures
from streams.domain.action_answer import CannotDo
from streams.domain.ids import identify
from streams.domain.instant import Instant, iso
from streams.domain.messages import ReportUpdated
from streams.domain.plural import number
from streams.domain.problem import OPEN, PAUSED, Status, Turn, refusal
from streams.domain.problem_change import Change, told
from streams.domain.problem_figures import store
from streams.domain.problem_record import Note, ProblemRecord
from streams.domain.report_index import known_by
from streams.domain.report_record import Report
from streams.domain.ticket import NOTED, REMEMBERED, WORKING, Said, Ticket
from streams.domain.ticketing import priority_of, step_of
from streams.domain.update_answer import answer
from streams.domain.view import Emit, View, World

_TURNS = {Status.PENDING: Turn.WAITS, Status.HELD: Turn.BLOCKED}
_REPAIRED = frozenset((Status.RESOLVED, Status.CLOSED))
"""What others were asked to repair is repaired."""
_OVER = frozenset((Status.CLOSED, Status.CANCELLED))
_OURS = "ours to say: it follows from alarms, network and service levels"


def updated(view: View, m: ReportUpdated, now: Instant, world: World) -> list[Emit]:
    """Take an update over, or say why not."""
    row = known_by(view, m.report) or view.problems.get(m.problem)
    found = _found(row, m.report) if row is not None else None
    if row is None or found is None:
        return [answer(m, False, f"No report {m.report or f'of problem {m.problem}'} is known: it never was, or it has been forgotten.", m.at)]
    report, ticket = found
    if (known := next((said for said in ticket.answered if said.update == m.update), None)) is not None:
        return [answer(m, known.done, f"Answered before: {known.why}", m.at, row.id, ticket.number)]
    change = Change(row, row, now, world, as_of=m.at)
    taking = _Taking(change, m, report, ticket)
    try:
        done, why = True, taking.done()
    except CannotDo as refused:
        done, why = False, str(refused)
    after = taking.after
    _put(change, report, msgspec.structs.replace(after, answered=(*ticket.answered, Said(m.update, done, why))[-REMEMBERED:]), is_news=after is not ticket)
    _move(change, row, after)
    change.set(publish_at=row.publish_at)
    if after is not ticket and after.state in _REPAIRED and (row.report is None or report.id != row.report.id):
        closing.repaired(change, m.at)
    change.out.append(answer(m, done, why, change.at, row.id, after.number))
    if after is not ticket:
        change.out += told(change, change.at)
    report_figures.count(view, done=done, refused=not done)
    store(view, change.frozen())
    change.tell_network()
    return change.out


def _found(row: ProblemRecord, ident: str) -> tuple[Report, Ticket] | None:
    """Return a report of a problem and what is said of it; its own report where no id is given."""
    if row.report is not None and ident in ("", row.report.id):
        return row.report, row.ticket or Ticket()
    requests = row.desk.requests if row.desk is not None else ()
    return next(((one.report, one.ticket or Ticket()) for one in requests if one.report.id == ident), None)


def _put(change: Change, report: Report, ticket: Ticket, is_news: bool) -> None:
    """Keep what is said of a report; `is_news`: the report is to tell it. What a party promises counts for the problem."""
    row = change.row
    if is_news:
        report = msgspec.structs.replace(report, shows=())
    if row.report is not None and report.id == row.report.id:
        change.set(ticket=ticket, report=report)
        return
    assert row.desk is not None, f"problem {row.id} has no request {report.id}"
    before = next(one for one in row.desk.requests if one.report.id == report.id)
    requests = tuple(msgspec.structs.replace(one, report=report, ticket=ticket) if one is before else one for one in row.desk.requests)
    change.set(desk=msgspec.structs.replace(row.desk, requests=requests))
    if ticket.promised_at != (before.ticket or Ticket()).promised_at:
        change.set(ticket=msgspec.structs.replace(row.ticket or Ticket(), promised_at=ticket.promised_at, promised_by=ticket.promised_by))


def waits(row: ProblemRecord) -> str:
    """Return pending where the problem's own ticket waits on its requester, held where work waits otherwise, "" where none does."""
    if row.ticket is not None and row.ticket.state == Status.PENDING:
        return Status.PENDING
    tickets = (row.ticket, *(one.ticket for one in row.desk.requests if one.is_open)) if row.desk is not None else (row.ticket,)
    return Status.HELD if any(ticket is not None and ticket.holds for ticket in tickets) else ""


def _move(change: Change, before: ProblemRecord, ticket: Ticket) -> None:
    """Hold the problem while work waits there, and let it go on when none does any more."""
    waited, now = waits(before), waits(change.row)
    status = change.row.status
    if waited == now or status not in OPEN:
        return
    turn = _TURNS[Status(now)] if now else Turn.RESUMED if status in PAUSED else None
    if turn is None or refusal(status, turn):
        return
    name = f"Ticket {ticket.number}" if ticket.number else "Its ticket"
    change.move(turn, f"{name} is {ticket.state}{': ' + ticket.reason if ticket.reason else ''}.")


class _Taking:
    """One update on its way into the row: fields of the ticket that it changes, what is said of them, what is refused."""

    def __init__(self, change: Change, m: ReportUpdated, report: Report, ticket: Ticket) -> None:
        self.change, self.m, self.report, self.ticket = change, m, report, ticket
        self.fields: dict[str, Any] = {}
        self.said: list[str] = []
        self.changes: list[tuple[str, str]] = []
        self.refused: list[str] = []
        self.after = ticket
        """The ticket as it is then; `ticket` itself where nothing of it changed."""

    def done(self) -> str:
        """Take it over; return what was done. CannotDo where nothing could be, with the reason."""
        m, ticket = self.m, self.ticket
        if m.at < ticket.at:
            raise CannotDo(f"Late: what the ticketing system said at {iso(ticket.at)} counts.")
        self._assign()
        self._status()
        self._promise()
        self._note()
        self.refused += [f"{name} ({value}) is {_OURS}." for name, value in m.ours if not _is_told(self.change.row, name, value)]
        if self.fields:
            self.after = msgspec.structs.replace(ticket, **self.fields, at=m.at)
        if self.said:
            self.change.tell(progress.ATTRIBUTE, " ".join(self.said), ("troubleTicket", self.report.id), *self.changes)
        elif self.refused:
            raise CannotDo(" ".join(self.refused))
        return " ".join((*self.said, *self.refused)) or "Nothing in it is new."

    def _take(self, said: str, attribute: str, value: str, **fields: Any) -> None:
        self.fields |= fields
        self.said.append(said)
        self.changes.append((attribute, value))

    def _assign(self) -> None:
        m, ticket = self.m, self.ticket
        if m.number and m.number != ticket.number:
            self._take(f"The ticketing system calls it {m.number}.", "externalIdentifier", m.number, number=m.number)
        if (m.group and m.group != ticket.group) or (m.person and m.person != ticket.person):
            group, person = m.group or ticket.group, m.person or (ticket.person if m.group in ("", ticket.group) else "")
            who = " of ".join(filter(None, (person, group)))
            self._take(f"Assigned to {who}.", "assignedGroup" if group else "assignee", group or person, group=group, person=person)
        if not ticket.accepted_at and (m.number or m.person or m.status in WORKING):
            self.fields["accepted_at"] = m.at

    def _status(self) -> None:
        """Take the working status over."""
        m, row = self.m, self.change.row
        if not m.status or m.status == self.ticket.state or self._is_echo():
            return
        status = Status(m.status)
        if status in _OVER and row.active and row.status in OPEN:
            why = f"It cannot be {status} while {number(row.active, 'alarm is', 'alarms are')} active; it is resolved once they have cleared."
            self.refused.append(why)
            if self.ticket.refused != m.status:
                self.fields["refused"] = m.status
            return
        words = "; ".join(filter(None, (m.code, m.reason)))
        self._take(f"It is {status} there{': ' + words if words else ''}.", "ticketStatus", status, state=str(status), reason=m.reason, code=m.code or self.ticket.code, refused="")
        if status is Status.REJECTED:
            self.fields |= {"accepted_at": 0, "group": "", "person": ""}

    def _is_echo(self) -> bool:
        """Whether its status is one that we told: date and reason of a status are those of who set it."""
        m = self.m
        return any((each.status, each.at, each.why) == (m.status, m.status_at, m.reason) for each in self.report.history)

    def _promise(self) -> None:
        m, ticket = self.m, self.ticket
        if m.promised_at in (0, ticket.promised_at, *self.report.etrs):
            return
        if m.promised_at <= m.at:
            self.refused.append(f"expectedResolutionDate {iso(m.promised_at)} is no promise: it had gone by at {iso(m.at)}.")
            return
        who = m.person or self.fields.get("person", ticket.person) or self.fields.get("group", ticket.group) or "the ticketing system"
        self._take(f"{who} expects it to be resolved by {iso(m.promised_at)}.", "expectedResolutionDate", iso(m.promised_at), promised_at=m.promised_at, promised_by=who)

    def _note(self) -> None:
        m, row = self.m, self.change.row
        fresh = {identify("", author, text): Note(m.at, author, text) for author, text in m.notes}
        notes = {digest: note for digest, note in fresh.items() if digest not in self.ticket.noted}
        if not notes:
            return
        self.change.set(notes=(*row.notes, *notes.values())[-self.change.world.policy.manage.notes:])
        self._take(f"{number(len(notes), 'note')} taken over.", "note", next(reversed(notes.values())).text, noted=(*self.ticket.noted, *notes)[-NOTED:])


def _is_told(row: ProblemRecord, name: str, value: str) -> bool:
    """Whether an attribute of ours is what a report tells anyway."""
    if name == "severity":
        return value == row.worst.name.capitalize()
    if name == "priority":
        return (step := priority_of(value)) is not None and step.word == step_of(row.priority).word
    if name == "requestedResolutionDate":
        return row.jeopardy is not None and value == str(row.jeopardy.due_at)
    return name == "rootCause" and value == ", ".join(cause.object for cause in row.ranked)
