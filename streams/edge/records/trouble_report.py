"""A problem's reports as TMF621 v5 TroubleTicket, bare, as `trouble-reports` carries them (key: report id, compacted).

serviceTrouble is the problem's own; resourceTrouble and partyTrouble ask others to work on one object. They name each
other both ways: the own report dependsOn the others, they are requiredBy it.
"""

from streams.domain.instant import iso
from streams.domain.plural import number as counted
from streams.domain.problem_record import ProblemRecord
from streams.domain.report import report_id
from streams.domain.report_desk import Request
from streams.domain.report_record import Report
from streams.domain.report_rules import PARTY, RESOURCE, SERVICE
from streams.domain.request_told import RequestTold
from streams.domain.ticket import Ticket
from streams.domain.ticketing import state_of, step_of
from streams.edge.records.references import US, Json, assigned, note, number, related, text

OPENING = {SERVICE: "", RESOURCE: "Asks for work on ", PARTY: "Asks for help with "}
"""What a description begins with where topology.yaml has no words for it."""


def render(told: ProblemRecord | RequestTold) -> Json:
    """Write the own report of a problem that has one, or a request."""
    if isinstance(told, RequestTold):
        row, one = told.row, told.request
        return _written(row, one.report, one.ticket, one)
    assert told.report is not None, f"problem {told.id} has no report"
    return _written(told, told.report, told.ticket, None)


def _written(row: ProblemRecord, report: Report, ticket: Ticket | None, request: Request | None) -> Json:
    causes, last, step = row.ranked, report.history[-1], step_of(row.report_priority)
    cause = causes[0] if causes else None
    where = request.target if request else cause.object if cause else row.resources[0] if row.resources else row.domain
    kind, what = request.kind if request else SERVICE, f"{row.first_cause or 'A fault'} at {where}"
    hurts = f"{what} hurts {counted(row.service_count, 'service')}." if row.service_count else f"{what}."
    opening = f"{where}, located as the cause of problem {row.id}. "
    record: Json = {
        "@type": "TroubleTicket", "id": report.id,
        "name": report.name or f"{row.first_cause or 'problem'} at {where}",
        "description": report.description or (f"{OPENING[kind]}{opening}{hurts}" if request else hurts),
        "severity": row.worst.name.capitalize(), "ticketType": kind, "priority": step.word,
        "status": last.status, "statusChangeDate": iso(last.at), "statusChangeReason": last.why,
        "statusChangeHistory": [{"status": c.status, "statusChangeDate": iso(c.at), "statusChangeReason": c.why, "@type": "StatusChange"} for c in report.history],
        "creationDate": iso(report.created_at), "lastUpdate": iso(max(row.last_at, report.created_at, last.at)), "expectedResolutionDate": iso(report.etr),
        "relatedParty": [US, *_parties(report, ticket, request)],
        "relatedEntity": [
            related("problem", row.id, "ServiceProblem"),
            *([related("workOn", request.target, "Service" if any(c.is_service for c in causes if c.object == request.target) else "Resource")] if request else ()),
            *(related("rootCause", c.object, "Service" if c.is_service else "Resource") for c in causes),
            *(related("affectedService", s.service, "Service") for s in row.services)],
        "troubleTicketCharacteristic": [
            number("problemPriority", row.priority), number("affectedNumberOfServices", row.service_count), text("correlationDomain", row.domain),
            text("toolState", state_of(last.status).word), number("toolPriority", step.number)],
    }
    if cause is not None:
        words = f"Cause located at {cause.object} with confidence {cause.confidence:.2f}."
        record["note"] = [note("spm", iso(row.last_at), " ".join((words, *cause.evidence))[:1000])]
    if row.resolved_at:
        record["resolutionDate"] = iso(row.resolved_at)
    if row.jeopardy is not None and row.jeopardy.due_at:
        record["requestedResolutionDate"] = iso(row.jeopardy.due_at)
    if links := _links(row, request):
        record["troubleTicketRelationship"] = links
    if row.head:
        record["relatedEntity"].append(related("parentProblem", row.head, "ServiceProblem"))
    if report.accept_by:
        record["troubleTicketCharacteristic"].append(text("acceptBy", iso(report.accept_by)))
    if report.is_late:
        record["troubleTicketCharacteristic"].append(text("acceptance", "overdue"))
    if ticket is not None:
        _add_ticket(record, ticket)
    return record


def _parties(report: Report, ticket: Ticket | None, request: Request | None) -> list[Json]:
    """Write who must act: whom the ticketing system says, else the group by rule; and whose help is asked."""
    group, person = (ticket.group if ticket else "") or report.group, ticket.person if ticket else ""
    said = (("assignedGroup", group), ("assignee", person), ("supplier", request.party if request else ""))
    return [assigned(role, who) for role, who in said if who]


def _links(row: ProblemRecord, request: Request | None) -> list[Json]:
    if request is not None:
        assert row.report is not None, f"problem {row.id} has requests and no report"
        return [_link(row.report.id, f"report of problem {row.id}", "requiredBy")]
    links = [_link(one.report.id, f"{one.kind} on {one.target}", "dependsOn") for one in (row.desk.requests if row.desk is not None else ())]
    return [*links, _link(report_id(row.domain, row.into), f"report of problem {row.into}", "mergedInto")] if row.into else links


def _link(ident: str, name: str, kind: str) -> Json:
    return {"id": ident, "name": name, "relationshipType": kind, "@type": "TroubleTicketRelationship"}


def _add_ticket(record: Json, ticket: Ticket) -> None:
    """Write what the ticketing system said."""
    if ticket.number:
        record["externalIdentifier"] = [{"id": ticket.number, "owner": "ticketing", "externalIdentifierType": "troubleTicket", "@type": "ExternalIdentifier"}]
    said = (
        ("ticketStatus", ticket.state), ("resolutionCode", ticket.code), ("promisedBy", ticket.promised_by),
        ("promisedDate", iso(ticket.promised_at) if ticket.promised_at else ""), ("refusedStatus", ticket.refused))
    record["troubleTicketCharacteristic"] += [text(name, value) for name, value in said if value]
