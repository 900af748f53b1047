"""A test that is asked for, as `test-requests` carries it (key: the object to test): TMF653's ServiceTest at its creation.

TMF653 tests services: a service stands in `relatedService`, a resource in `relatedEntity` of role target, where both are found.
What a tester must do is in schemas/README.md; the shape is schemas/service_test.py.
"""

from typing import Any

from streams.domain.instant import iso
from streams.domain.service_test import ServiceTest, TestTold


def render(test: ServiceTest) -> dict[str, Any]:
    """Write one request."""
    entities = [{"id": test.object, "role": "target", "@type": "RelatedEntity"}]
    if test.alarm:
        entities.append({"id": test.alarm, "role": "cause", "@type": "RelatedEntity", "@referredType": "Alarm"})
    if test.problem:
        entities.append({"id": test.problem, "role": "problem", "@type": "RelatedEntity", "@referredType": "ServiceProblem"})
    record: dict[str, Any] = {
        "@type": "ServiceTest", "id": test.id, "name": test.specification, "description": test.why, "mode": "PROACTIVE" if test.kind == "audit" else "ONDEMAND",
        "state": "acknowledged", "requestedAt": iso(test.asked_at), "validFor": {"startDateTime": iso(test.asked_at), "endDateTime": iso(test.due)},
        "domain": test.domain, "rule": test.name, "kind": test.kind, "attempt": test.attempt, "attempts": test.attempts,
        "testSpecification": {"id": test.specification, "@type": "ServiceTestSpecificationRef"}, "relatedEntity": entities}
    if test.is_service:
        record["relatedService"] = {"id": test.object, "@type": "ServiceRef"}
    if test.tester:
        record["relatedParty"] = [{"id": test.tester, "role": "tester", "@type": "RelatedParty"}]
    return record


def told(change: TestTold) -> dict[str, Any]:
    """Write how a test stands, for `progress`."""
    at, test = iso(change.at), change.test
    shown: dict[str, Any] = {
        "@type": "ServiceTest", "id": test.id, "rule": test.name, "kind": test.kind, "specification": test.specification, "object": {"id": test.object},
        "state": test.state, "attempt": test.attempt, "attempts": test.attempts, "reason": test.text or test.why}
    if test.problem:
        shown["problem"] = {"id": test.problem, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"}
    if test.alarm:
        shown["alarm"] = {"id": test.alarm, "@type": "AlarmRef", "@referredType": "Alarm"}
    return {
        "@type": "ServiceTestEventRecord", "id": change.id, "recordTime": at, "eventTime": at, "eventType": "ServiceTestStateChangeEvent", "domain": test.domain,
        "serviceTest": shown}
