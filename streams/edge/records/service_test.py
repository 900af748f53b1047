"""A test that is asked for, as `test-requests` carries it (key: the object to test): TMF653's ServiceTest at its creation.

TMF653 tests services; where the object is a resource, it stands in `relatedEntity`. The shape is ours:
schemas/service_test.py.
"""

from typing import Any

from streams.domain.alarm_action import ActionTold
from streams.domain.instant import iso


def render(told: ActionTold) -> dict[str, Any]:
    """Write one request."""
    return {
        "@type": "ServiceTest", "id": told.action, "name": told.name, "description": told.text, "mode": "ONDEMAND", "state": "acknowledged",
        "requestedAt": iso(told.at), "domain": told.domain, "rule": told.rule,
        "testSpecification": {"id": told.name, "@type": "ServiceTestSpecificationRef"},
        "relatedEntity": [
            {"id": told.object, "role": "target", "@type": "RelatedEntity"},
            {"id": told.alarm, "role": "cause", "@type": "RelatedEntity", "@referredType": "Alarm"} if told.alarm else
            {"id": told.problem, "role": "cause", "@type": "RelatedEntity", "@referredType": "ServiceProblem"}],
    }
