"""The way back: what the ticketing system says of a report is taken over where it is its own, and refused where it is ours.

It owns assignment, notes and the working status; cause, impact, alarm state and due time are ours. What moves our
problem is that work waits there, and goes on:

    there                   here
    pending                 waits (pending: on the requester)
    held                    blocked (held: on us or a supplier)
    any other, after these  resumed
    closed, cancelled       refused while alarms are active, and the report says so, once

Every update is answered once (update_answer.py). One that comes again gets the first answer; one that is older than
the last one counted, or is what we told ourselves, changes nothing.
"""

from typing import Any

import msgspec

from streams.domain import progress
from streams.domain.action_answer import CannotDo
from streams.domain.ids import identify
from streams.domain.instant import Instant, iso
from streams.domain.messages import ReportUpdated
from streams.domain.plural import number
from streams.domain.problem import OPEN, PAUSED, Status, Turn, refusal
from streams.domain.problem_change import Change, told
from streams.domain.problem_record import Note, ProblemRecord
from streams.domain.report import Report
from streams.domain.report_index import known_by
from streams.domain.ticket import NOTED, REMEMBERED, WORKING, Said, Ticket
from streams.domain.ticketing import priority_of, step_of
from streams.domain.update_answer import answer
from streams.domain.view import Emit, View, World

_TURNS = {Status.PENDING: Turn.WAITS, Status.HELD: Turn.BLOCKED}
_OVER = frozenset((Status.CLOSED, Status.CANCELLED))
_OURS = "ours to say: it follows from alarms, network and service levels"


def updated(view: View, m: ReportUpdated, now: Instant, world: World) -> list[Emit]:
    """Take an update over, or say why not."""
    row = known_by(view, m.report) or view.problems.get(m.problem)
    report = row.report if row is not None else None
    if row is None or report is None or m.report not in ("", report.id):
        return [answer(m, False, f"No report {m.report or f'of problem {m.problem}'} is known: it never was, or it has been forgotten.", m.at)]
    ticket = row.ticket or Ticket()
    if (known := next((said for said in ticket.answered if said.update == m.update), None)) is not None:
        return [answer(m, known.done, f"Answered before: {known.why}", m.at, row.id, ticket.number)]
    change = Change(row, row, now, world, as_of=m.at)
    try:
        done, (after, why) = True, _Taking(change, m, report, ticket).done()
    except CannotDo as refused:
        done, after, why = False, change.row.ticket or ticket, str(refused)
    change.set(ticket=msgspec.structs.replace(after, answered=(*ticket.answered, Said(m.update, done, why))[-REMEMBERED:]), publish_at=row.publish_at)
    change.out.append(answer(m, done, why, change.at, row.id, after.number))
    if after is not ticket:
        change.set(report=msgspec.structs.replace(report, shows=()))
        change.out += told(change, change.at)
    view.problems.put(row.id, change.frozen())
    change.tell_network()
    return change.out


class _Taking:
    """One update on its way into the row: fields of the ticket that it changes, what is said of them, what is refused."""

    def __init__(self, change: Change, m: ReportUpdated, report: Report, ticket: Ticket) -> None:
        self.change, self.m, self.report, self.ticket = change, m, report, ticket
        self.fields: dict[str, Any] = {}
        self.said: list[str] = []
        self.changes: list[tuple[str, str]] = []
        self.refused: list[str] = []

    def done(self) -> tuple[Ticket, str]:
        """Take it over; return the ticket as it is then, and what was done. CannotDo where nothing could be, with the reason."""
        m, ticket = self.m, self.ticket
        if m.at < ticket.at:
            raise CannotDo(f"Late: what the ticketing system said at {iso(ticket.at)} counts.")
        self._assign()
        turn = self._status()
        self._promise()
        self._note()
        self.refused += [f"{name} ({value}) is {_OURS}." for name, value in m.ours if not _is_told(self.change.row, name, value)]
        after = msgspec.structs.replace(ticket, **self.fields, at=m.at) if self.fields else ticket
        if self.said:
            self.change.tell(progress.ATTRIBUTE, " ".join(self.said), *self.changes)
        if turn is not None:
            self.change.move(turn, self._why(after))
        if self.refused and not self.said:
            self.change.set(ticket=after)
            raise CannotDo(" ".join(self.refused))
        return after, " ".join((*self.said, *self.refused)) or "Nothing in it is new."

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

    def _status(self) -> Turn | None:
        """Take the working status over; return how that moves the problem, None where it does not."""
        m, row = self.m, self.change.row
        if not m.status or m.status == self.ticket.state or self._is_echo():
            return None
        status = Status(m.status)
        if status in _OVER and row.active and row.status in OPEN:
            why = f"It cannot be {status} while {number(row.active, 'alarm is', 'alarms are')} active; it is resolved once they have cleared."
            self.refused.append(why)
            if self.ticket.refused != m.status:
                self.fields["refused"] = m.status
            return None
        words = "; ".join(filter(None, (m.code, m.reason)))
        self._take(f"It is {status} there{': ' + words if words else ''}.", "ticketStatus", status, state=str(status), reason=m.reason, code=m.code or self.ticket.code, refused="")
        if status is Status.REJECTED:
            self.fields |= {"accepted_at": 0, "group": "", "person": ""}
        turn = _TURNS.get(status) or (Turn.RESUMED if self.ticket.holds and row.status in PAUSED else None)
        return turn if turn is not None and row.status in OPEN and not refusal(row.status, turn) else None

    def _why(self, after: Ticket) -> str:
        name = f"Ticket {after.number}" if after.number else "Its ticket"
        return f"{name} is {after.state}{': ' + after.reason if after.reason else ''}."

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
    return name == "rootCause" and value == ", ".join(cause.object for cause in row.ranked)
