"""Products whose past is to be forgotten: a customer has gone, and nothing that names him is to remain (`spm forget`).

    operator-actions --> ProductForgotten to the stage 5 that has the product's service --> a tombstone on customer-impacts,
                                                       and its present impact again, where somebody else has the product now

The request names products alone: customers are named on `customer-impacts` and nowhere behind it. Stage 6 adds up what was
done and answers once.
"""

from streams.domain.alarm_messages import OperatorRequest
from streams.domain.ids import identify
from streams.domain.impact_delta import ImpactDelta
from streams.domain.impact_messages import ImpactsTold
from streams.domain.instant import Instant
from streams.domain.view import Emit, View, to_network
from streams.domain.wire import Wire

ACTION = "forget-products"


class ProductForgotten(Wire, frozen=True):
    """What was told of one product is to go."""

    request: OperatorRequest
    parts: int
    """How many of these are on their way: of each product one for each service that delivers it."""
    product: str
    service: str
    """That the network delivers it by; "" where it knows the product no more."""
    at: Instant
    withdraws: bool = True
    """The first of its product."""
    clock: Instant = 0


def forget(view: View, m: ProductForgotten, now: Instant) -> list[Emit]:
    """Withdraw all that was told of the product; tell its present impact again, if it has one."""
    at = max(now, m.at)
    watched = view.watched_services.get(m.service) if m.service else None
    present = [] if watched is None else [
        Emit("customer-impacts", m.product, ImpactDelta(
            identify("", ACTION, m.request.position, m.service, m.product), "snapshot", m.product, told.product.customer, m.service, told.impact, told.impact,
            watched.reason, told.product.sla, told.since, at, told.due_at, told.planned, told.planned, told.clock, m.request.id), at)
        for told in watched.told if told.product.id == m.product]
    gone = [Emit("customer-impacts", m.product, None, at)] if m.withdraws else []
    return [*gone, *present, to_network(ImpactsTold(m.request, m.parts, len(gone), at), at)]
