"""A problem's report as TMF621 v5 TroubleTicket, bare, as `trouble-reports` carries it (key: report id, compacted)."""

from streams.domain.instant import iso
from streams.domain.problem_record import ProblemRecord
from streams.domain.report import report_id
from streams.domain.ticket import Ticket
from streams.domain.ticketing import state_of, step_of
from streams.edge.records.references import US, Json, assigned, note, number, related, text


def render(row: ProblemRecord) -> Json:
    """Write the report of a problem that has one."""
    report, causes = row.report, row.ranked
    cause = causes[0] if causes else None
    assert report is not None, f"problem {row.id} has no report"
    last = report.history[-1]
    where = cause.object if cause else row.resources[0] if row.resources else row.domain
    services = f"{row.service_count} service{'s' if row.service_count != 1 else ''}"
    record: Json = {
        "@type": "TroubleTicket", "id": report.id,
        "name": f"{row.first_cause or 'problem'} at {where}",
        "description": f"{row.first_cause or 'A fault'} at {where} hurts {services}." if row.service_count else f"{row.first_cause or 'A fault'} at {where}.",
        "severity": row.worst.name.capitalize(), "ticketType": "serviceTrouble", "priority": step_of(row.priority).word,
        "status": last.status, "statusChangeDate": iso(last.at), "statusChangeReason": last.why,
        "statusChangeHistory": [{"status": c.status, "statusChangeDate": iso(c.at), "statusChangeReason": c.why, "@type": "StatusChange"} for c in report.history],
        "creationDate": iso(report.created_at), "lastUpdate": iso(max(row.last_at, report.created_at)), "expectedResolutionDate": iso(report.etr),
        "relatedParty": [US],
        "relatedEntity": [
            related("problem", row.id, "ServiceProblem"),
            *(related("rootCause", c.object, "Service" if c.is_service else "Resource") for c in causes),
            *(related("affectedService", s.service, "Service") for s in row.services)],
        "troubleTicketCharacteristic": [
            number("problemPriority", row.priority), number("affectedNumberOfServices", row.service_count), text("correlationDomain", row.domain),
            text("toolState", state_of(last.status).word), number("toolPriority", step_of(row.priority).number)],
    }
    if cause is not None:
        words = f"Cause located at {cause.object} with confidence {cause.confidence:.2f}."
        record["note"] = [note("spm", iso(row.last_at), " ".join((words, *cause.evidence))[:1000])]
    if row.resolved_at:
        record["resolutionDate"] = iso(row.resolved_at)
    if row.into:
        other = report_id(row.domain, row.into)
        record["troubleTicketRelationship"] = [{"id": other, "name": f"report of problem {row.into}", "relationshipType": "mergedInto", "@type": "TroubleTicketRelationship"}]
    if row.parent:
        record["relatedEntity"].append(related("parentProblem", row.parent, "ServiceProblem"))
    if row.ticket is not None:
        _add_ticket(record, row.ticket)
    return record


def _add_ticket(record: Json, ticket: Ticket) -> None:
    """Write what the ticketing system said."""
    if ticket.number:
        record["externalIdentifier"] = [{"id": ticket.number, "owner": "ticketing", "externalIdentifierType": "troubleTicket", "@type": "ExternalIdentifier"}]
    said = (
        ("ticketStatus", ticket.state), ("resolutionCode", ticket.code), ("promisedBy", ticket.promised_by),
        ("promisedDate", iso(ticket.promised_at) if ticket.promised_at else ""),
        ("refusedStatus", ticket.refused))
    record["troubleTicketCharacteristic"] += [text(name, value) for name, value in said if value]
    record["relatedParty"] += [assigned(role, who) for role, who in (("assignedGroup", ticket.group), ("assignee", ticket.person)) if who]
