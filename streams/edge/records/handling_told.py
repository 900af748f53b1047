"""What the requester of a customer's report is told, as `progress` carries it (key: the report's id, or where it was read).

What is missing is asked for by TMF656's ServiceProblemInformationRequiredEvent; for the rest no TM Forum file has an event
that names a report and its problem together: schemas/customer_report.py.
"""

from streams.domain.customer_report import RequesterTold
from streams.domain.instant import iso
from streams.edge.records.references import Json

INFORMATION = "ServiceProblemInformationRequiredEvent"
EVENTS = {
    "accepted": "CustomerReportAcceptedEvent", "refused": "CustomerReportRefusedEvent", "information": INFORMATION,
    "confirmation": "CustomerReportConfirmationRequiredEvent", "changed": "CustomerReportChangedEvent", "closed": "CustomerReportClosedEvent"}


def render(told: RequesterTold) -> Json:
    """Write one record; what is not known is left out."""
    at, event = iso(told.at), EVENTS[told.kind]
    record: Json = {
        "@type": "CustomerReportEventRecord", "id": told.id, "recordTime": at, "eventTime": at, "eventType": event, "customerReport": _report(told), "reason": told.why}
    if told.request:
        record["request"] = {"id": told.request, "action": told.action, "state": "refused" if told.kind == "refused" else "information-required" if told.required else "accepted"}
    if told.problem:
        record["serviceProblem"] = {"id": told.problem, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"}
        record["domain"] = told.domain
    if told.status:
        record["status"] = told.status
    if told.cause:
        record["cause"] = told.cause
    if told.etr:
        record["expectedResolutionDate"] = iso(told.etr)
    if told.required:
        record["notification"] = _required(told, at)
    return record


def _report(told: RequesterTold) -> Json:
    ref = told.ref
    report: Json = {"id": ref.id, "@type": "CustomerReport"}
    if ref.external:
        report["externalIdentifier"] = [{"id": ref.external, "@type": "ExternalIdentifier", **({"owner": ref.owner} if ref.owner else {})}]
    if ref.product:
        report["product"] = ref.product
    if ref.service:
        report["affectedService"] = {"id": ref.service, "@type": "ServiceRef"}
    return report


def _required(told: RequesterTold, at: str) -> Json:
    """Write the event that TMF656 has for missing information."""
    return {
        "@type": INFORMATION, "@baseType": "Event", "eventId": told.id, "eventTime": at, "timeOcurred": at, "eventType": INFORMATION,
        "correlationId": told.ref.external or told.ref.id, "title": INFORMATION, "description": told.why,
        "event": {
            "serviceProblem": {"id": told.ref.id, "@type": "ServiceProblem", "@referredType": "ServiceProblemRef"},
            "informationRequired": [{"op": "add", "path": path} for path in told.required]}}
