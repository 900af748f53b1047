"""A problem as TMF656 v5 ServiceProblem, bare, as `problems` carries it (key: problem id, compacted).

Every cause is ranked in `rootCauseResource`, a blamed service among them (marked by its @referredType), since readers
look there first; services stand in `rootCauseService` too.
"""

from streams.domain.cause_verdict import CauseVerdict
from streams.domain.etr import promise
from streams.domain.instant import iso
from streams.domain.jeopardy import state
from streams.domain.jeopardy_record import Jeopardy
from streams.domain.messages import Cause
from streams.domain.priority import IMPORTANCE, WORDS
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_index import reports_of
from streams.domain.revision import Revision
from streams.domain.tested import Outcome
from streams.edge.records.references import US, Json, note, number, objects, party, refs, related, text

EVIDENCE = 300
"""Characters of one sentence of evidence told at most."""


def render(row: ProblemRecord) -> Json:
    """Write the whole problem; optional fields are left out where there is nothing to say."""
    causes = row.ranked
    cause = causes[0] if causes else None
    where = cause.object if cause else row.resources[0] if row.resources else row.domain
    record: Json = {
        "@type": "ServiceProblem", "id": row.id,
        "name": f"{row.first_cause or 'problem'} at {where}",
        "category": "serviceProvider.declared" if row.handling is not None and row.handling.is_reported else "system.originated",
        "description": _reported(row) or f"{row.members} alarm{'s' if row.members != 1 else ''} ({row.active} active), {row.service_count} service{'s' if row.service_count != 1 else ''} hurt; located at {where}.",
        "reason": f"{cause.cause or row.first_cause or 'Unknown'} of {cause.object}" if cause else "Unknown",
        "priority": row.priority, "status": row.status,
        "statusChangeDate": iso(row.status_at), "statusChangeReason": row.status_why,
        "creationDate": iso(row.created_at), "lastUpdate": iso(row.last_at),
        "affectedNumberOfServices": row.service_count,
        "affectedService": [{"id": s.service, "@type": "ServiceRef"} for s in row.services],
        "affectedResource": refs(row.resources, "ResourceRef"),
        "impactImportanceFactor": IMPORTANCE[row.impact], "problemEscalation": str(row.jeopardy.level) if row.jeopardy is not None else "0",
        "originatingSystem": "spm", "originatorParty": US,
        "underlyingAlarm": [{"id": a, "@type": "ResourceAlarmRef", "@referredType": "ResourceAlarm"} for a in row.alarms],
        "characteristic": _characteristics(row),
    }
    if causes:
        record["rootCauseResource"] = [{"id": c.object, "@type": "ResourceRef", "@referredType": "Service" if c.is_service else "Resource"} for c in row.ranked]
        if blamed := tuple(c.object for c in row.ranked if c.is_service):
            record["rootCauseService"] = refs(blamed, "ServiceRef")
    if row.first_alarm:
        record["firstAlert"] = related("firstAlarm", row.first_alarm, "ResourceAlarm")
    if row.sites:
        record["affectedLocation"] = [
            {"role": "site", "place": {"id": s, "@type": "PlaceRef", "@referredType": "GeographicSite"}, "@type": "RelatedPlaceRefOrValue"} for s in row.sites]
    if row.resolved_at:
        record["resolutionDate"] = iso(row.resolved_at)
    if row.head or row.into:
        record["parentProblem"] = refs((row.into or row.head,), "ServiceProblemRef")
    if row.grouping.underlying:
        record["underlyingProblem"] = refs(row.grouping.underlying, "ServiceProblemRef")
    if reports := reports_of(row):
        record["troubleTicket"] = [{"id": ident, "@type": "TroubleTicketRef", "@referredType": "TroubleTicket"} for ident in reports]
    if row.jeopardy is not None:
        if row.jeopardy.violations:
            record["slaViolation"] = refs(row.jeopardy.violations, "SLAViolationRef")
        if row.jeopardy.told:
            record["relatedParty"] = [party(f"escalation-{level}", name) for level, name in row.jeopardy.told]
    if row.notes:
        record["note"] = [note(n.author, iso(n.at), n.text) for n in row.notes]
    return record


def _reported(row: ProblemRecord) -> str:
    """Say what a problem is that customers reported and no alarm did, "" for any other."""
    if row.handling is None or not row.handling.is_reported:
        return ""
    where = f"; located at {row.ranked[0].object}" if row.ranked else ""
    return f"Reported by {row.handling.reports} customer{'s' if row.handling.reports != 1 else ''}, {row.service_count} service{'s' if row.service_count != 1 else ''} hurt{where}."


def _characteristics(row: ProblemRecord) -> list[Json]:
    """Write what TMF656 has no field for (records.md section 4)."""
    told = [
        text("correlationDomain", row.domain), text("raisedDate", iso(row.opened_at)),
        *(() if row.standing else _expected(row)),
        text("impact", WORDS[row.impact]), text("perceivedSeverity", row.worst.name.lower()),
        number("alarmCount", row.members), number("activeAlarmCount", 0 if row.handling is not None and row.handling.is_reported else row.active),
    ]
    if causes := row.ranked:
        told.append(objects("localization", [_localized(c) for c in causes]))
        if causes[0].cause:
            told.append(text("causeCategory", causes[0].cause))
    if row.jeopardy is not None:
        told += _jeopardy(row.jeopardy)
    if row.verdicts:
        told.append(objects("causeVerdicts", [_verdict(v) for v in row.verdicts]))
    if row.revisions:
        told.append(objects("causeRevisions", [_revised(r) for r in row.revisions]))
    if row.tested.outcomes:
        told.append(objects("serviceTests", [_tested(o) for o in row.tested.outcomes]))
    if row.repair:
        told.append(text("definitiveRepair", row.repair))
    if row.topology:
        told.append(text("topologyVersion", row.topology))
    if row.standing:
        told.append(text("isStanding", "true"))
    if row.recurrence_of:
        told.append(text("recurrenceOf", row.recurrence_of))
    if row.into:
        told.append(text("mergedInto", row.into))
    if row.handling is not None:
        told.append(number("customerReportCount", row.handling.reports))
    if row.reopened:
        told.append(number("reopenedCount", row.reopened))
    if row.command:
        told.append(text("restorationCommand", row.command))
    if row.command_word:
        told.append(text("restorationOutcome", f"{row.command_word}: {row.command_text}" if row.command_text else row.command_word))
    return told


def _jeopardy(jeopardy: Jeopardy) -> list[Json]:
    """Write how the clocks of its products stand."""
    told = [text("jeopardyState", state(jeopardy))]
    if jeopardy.due_at:
        told.append(text("jeopardyDueDate", iso(jeopardy.due_at)))
    if jeopardy.violated:
        told.append(number("slaViolationCount", jeopardy.violated))
    return told


def _expected(row: ProblemRecord) -> tuple[Json, ...]:
    """Write when it will be restored, who says so and how surely."""
    told = promise(row, row.last_at)
    sure = (number("expectedResolutionCases", told.cases), text("expectedResolutionConfidence", f"{told.confidence:.2f}")) if told.cases else ()
    return text("expectedResolutionDate", iso(told.etr)), text("expectedResolutionSource", told.source), *sure


def _tested(outcome: Outcome) -> Json:
    """Write how one test ended."""
    told = {"id": outcome.test, "rule": outcome.name, "kind": outcome.kind, "object": outcome.object, "state": outcome.state, "at": iso(outcome.at)}
    return told | {"reason": outcome.text} if outcome.text else told


def _verdict(verdict: CauseVerdict) -> Json:
    """Write who said what of the cause, and when."""
    return {"id": verdict.id, "object": verdict.object, "verdict": "confirmed" if verdict.confirmed else "rejected", "user": verdict.user, "at": iso(verdict.at)}


def _localized(cause: Cause) -> Json:
    told = {"id": cause.object, "confidence": round(cause.confidence, 4), "rules": cause.rules, "evidence": [e[:EVIDENCE] for e in cause.evidence]}
    if cause.weights:
        told["weights"] = cause.weights
    return told


def _revised(revision: Revision) -> Json:
    told: Json = {"number": revision.number, "at": iso(revision.at), "confidence": round(revision.confidence, 4), "alarmCount": revision.members, "reason": revision.why}
    if revision.object:
        told["id"] = revision.object
    if revision.was:
        told["previous"] = {"id": revision.was, "confidence": round(revision.was_confidence, 4)}
    return told
