"""One change of a problem as TMF656 v5 ServiceProblemEventRecord, as `progress` carries it (key: problem id).

`notification` is the event TMF656 has for the change, in the TMF688 envelope; of the two spellings in the standards
we write `timeOcurred` (design section 2). What changed stands in `analyticCharacteristic` with its new value.
"""

from streams.domain.instant import iso
from streams.domain.progress import ATTRIBUTE, CREATED, STATE, Progress
from streams.edge.records.references import Json, text

EVENTS = {CREATED: "ServiceProblemCreateEvent", STATE: "ServiceProblemStateChangeEvent", ATTRIBUTE: "ServiceProblemAttributeValueChangeEvent"}


def render(change: Progress) -> Json:
    """Write one progress record."""
    at, event = iso(change.at), EVENTS[change.kind]
    return {
        "@type": "ServiceProblemEventRecord", "id": change.id, "recordTime": at, "eventTime": at, "eventType": event,
        "serviceProblem": {"id": change.problem, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"},
        "notification": {
            "@type": event, "@baseType": "Event", "eventId": change.id, "eventTime": at, "timeOcurred": at, "eventType": event,
            "correlationId": change.problem, "domain": change.domain, "title": event, "description": change.why, "priority": str(change.priority),
            "event": {"serviceProblem": {"id": change.problem, "status": change.status, "priority": change.priority, "@type": "ServiceProblem"}},
            "analyticCharacteristic": [text(name, value) for name, value in change.changes],
        },
    }
