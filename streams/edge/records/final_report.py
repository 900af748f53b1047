"""The final report of a problem, and the request to review it, as `progress` carries them (key: problem id); shapes of ours."""

from streams.domain.final_report import FinalReport, ReviewAsked
from streams.domain.instant import MINUTE, Span, iso
from streams.edge.records.references import Json


def render(told: FinalReport) -> Json:
    """Write the whole course of a problem."""
    row, course, at = told.row, told.row.course, iso(told.at)
    report: Json = {
        "status": row.status, "outcome": told.outcome, "statusChangeReason": row.status_why,
        "raisedDate": iso(row.opened_at), "creationDate": iso(row.created_at), "minutesToRestore": _minutes(row.resolved_at - row.opened_at - course.paused if row.resolved_at else 0),
        "minutesPaused": _minutes(course.paused), "reopenedCount": row.reopened, "highestPriority": course.priority, "alarmCount": row.members,
        "timeline": [{"at": iso(step.at), "status": step.status, "reason": step.why} for step in course.steps], "timelineLeftOut": course.steps_before,
        "causes": [{"id": c.object, "confidence": round(c.confidence, 4), "evidence": [e[:300] for e in c.evidence]} for c in row.ranked],
        "actions": [{"at": iso(a.at), "command": a.command, "outcome": a.word, "text": a.text} for a in course.attempts],
        "impact": _impact(told)}
    if course.located_at:
        report["locatedDate"] = iso(course.located_at)
    if row.resolved_at:
        report["resolutionDate"] = iso(row.resolved_at)
    if row.cause and row.cause.cause:
        report["causeCategory"] = row.cause.cause
    return {
        "@type": "ServiceProblemFinalReport", "id": told.id, "recordTime": at, "eventTime": at, "eventType": "ServiceProblemFinalReportEvent", "domain": row.domain,
        "serviceProblem": _problem(row.id), "finalReport": report}


def render_review(told: ReviewAsked) -> Json:
    """Write a request to review a problem."""
    at = iso(told.at)
    return {
        "@type": "ServiceProblemReviewRequest", "id": told.id, "recordTime": at, "eventTime": at, "eventType": "ServiceProblemReviewRequestEvent",
        "domain": told.domain, "serviceProblem": _problem(told.problem), "finalReport": told.report, "reason": told.why}


def _impact(told: FinalReport) -> Json:
    return {
        "mostServicesAtOnce": told.row.course.services, "servicesDown": len(told.services), "serviceDownMinutes": _minutes(sum(one.down for one in told.services)),
        "productsDown": sum(one.products for one in told.services), "productDownMinutes": _minutes(sum(one.down * one.products for one in told.services)),
        "customers": told.customers, "services": [{"id": one.service, "downMinutes": _minutes(one.down), "products": one.products} for one in told.services]}


def _problem(ident: str) -> Json:
    return {"id": ident, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"}


def _minutes(span: Span) -> float:
    return round(max(span, 0) / MINUTE, 2)
