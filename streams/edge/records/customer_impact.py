"""One difference in what a customer has of a product instance, as `customer-impacts` carries it (key: product instance id).

TM Forum has no such record; the shape is ours: schemas/customer_impact.py.
"""

from typing import Any

from streams.domain.alarm import Effect
from streams.domain.impact_delta import ImpactDelta
from streams.domain.instant import iso

WORDS = {Effect.NONE: "none", Effect.AT_RISK: "at-risk", Effect.DEGRADED: "degraded", Effect.DOWN: "down"}
PLANNED = "planned"
"""Said instead where announced work alone explains it."""


def render(delta: ImpactDelta) -> dict[str, Any]:
    """Write one difference; what is not known is left out."""
    told: dict[str, Any] = {
        "@type": "CustomerImpact", "id": delta.id, "kind": delta.kind, "product": delta.product, "service": delta.service,
        "impact": PLANNED if delta.planned else WORDS[delta.impact], "previousImpact": PLANNED if delta.was_planned else WORDS[delta.previous],
        "problems": list(delta.reason.problems), "path": list(delta.reason.path), "since": iso(delta.since), "at": iso(delta.at)}
    if delta.reason.problem:
        told["problem"] = delta.reason.problem
    if delta.reason.outages:
        told["outages"] = list(delta.reason.outages)
    if delta.customer:
        told["customer"] = delta.customer
    if delta.sla:
        told["sla"] = delta.sla
    if delta.due_at:
        told["dueDate"] = iso(delta.due_at)
    if delta.clock:
        told["jeopardy"] = delta.clock
    if delta.snapshot:
        told["snapshot"] = delta.snapshot
    return told
