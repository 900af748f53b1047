"""What a customer is told of a product instance: the differences between the last word on it and how its service is now."""

from collections.abc import Mapping, Sequence

import msgspec

from streams.domain.alarm import Effect
from streams.domain.ids import identify
from streams.domain.impact_reason import Reason
from streams.domain.instant import Instant
from streams.domain.network import Network, Product


class Told(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The impact on one product instance as its customer's side knows it: the last one told, never NONE."""

    product: Product
    impact: Effect
    since: Instant
    due_at: Instant
    planned: bool = False
    """It was told as `planned`, whatever the effect."""
    clock: str = ""
    """How the clock of its SLA stood; "" without one."""


class ImpactDelta(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A difference in what a customer has of a product instance (edge/records/customer_impact.py renders it)."""

    id: str
    kind: str
    """started, changed, ended, clock: nothing but the clock of its SLA has changed; or snapshot."""
    product: str
    customer: str
    service: str
    impact: Effect
    """NONE iff ended."""
    previous: Effect
    """NONE iff started."""
    reason: Reason
    """Of an end: why it had been so."""
    sla: str
    since: Instant
    """When the service ceased to work as it should, this time."""
    at: Instant
    """When this difference came about."""
    due_at: Instant
    """When its SLA wants it restored, of an end: wanted it; 0 without one, while merely at risk or planned, and while its clock stands."""
    planned: bool = False
    """Announced work alone explains the impact."""
    was_planned: bool = False
    """It alone explained the previous one."""
    clock: str = ""
    """How the clock of its SLA stands: running, paused, warned, violated; of an end, and of what is merely at risk again: kept or violated."""
    snapshot: str = ""
    """No difference: the present impact, told again because this request asked for it (impact_snapshot.py)."""


Difference = tuple[Told | None, Told | None]
"""Before and after; at least one of them is there."""


Clocks = Mapping[str, tuple[str, Instant]]
"""SLA -> how its clock stands, and its due time."""
NO_CLOCK = ("", 0)


def differences(
    network: Network, service: str, told: Sequence[Told], state: Effect, since: Instant, clocks: Clocks, begin: bool, planned: bool = False, renewed_at: Instant = 0,
) -> tuple[list[Difference], tuple[Told, ...]]:
    """Compare what was told of a service's products with its state and their clocks; without `begin` no impact starts.

    Returns the differences and all that is told once they are. Products that have left the service, or gone to another
    customer, end. While an impact is planned, how bad it is is no difference. `renewed_at`: when the network changed, if
    that is why: for a product that has come to the service since, the impact begins then.
    """
    known = {t.product.id: t for t in told}
    found: list[Difference] = []
    then: list[Told] = []
    for product in network.products.get(service, ()):
        before = known.pop(product.id, None)
        if before is not None and before.product.customer != product.customer:
            found.append((before, None))
            before = None
        after = before
        if not state:
            after = None
        elif before or begin:
            word, due_at = clocks.get(product.sla, NO_CLOCK) if state >= Effect.DEGRADED and not planned else NO_CLOCK
            after = Told(product, state, before.since if before else max(since, renewed_at), due_at, planned, word)
            if before and not _differs(before, after):
                after = before
        if after is not before:
            found.append((before, after))
        if after is not None:
            then.append(after)
    return found + [(gone, None) for gone in known.values()], tuple(then)


def _differs(told: Told, now: Told) -> bool:
    return told.product.sla != now.product.sla or has_moved(told, now) or (told.clock, told.due_at) != (now.clock, now.due_at)


def has_moved(told: Told | None, now: Told | None) -> bool:
    """Tell whether the impact itself is another, and not only how its clock stands."""
    if told is None or now is None:
        return True
    return told.planned != now.planned or (told.impact != now.impact and not now.planned)


def delta(network: Network, service: str, number: int, difference: Difference, reason: Reason, at: Instant, clocks: Clocks) -> ImpactDelta:
    """Write one difference down; `number` counts all that was ever told of the service and makes the id unique."""
    before, after = difference
    of = after or before
    assert of is not None, "A difference has a side."
    node = network.nodes.get(service)
    clock = after.clock if after is not None else ""
    if before is not None and before.clock and not clock:
        clock = clocks.get(of.product.sla, NO_CLOCK)[0]  # how it ended
    return ImpactDelta(
        id=identify(node.domain if node else "", service, of.product.id, number),
        kind="started" if before is None else "ended" if after is None else "changed" if has_moved(before, after) else "clock",
        product=of.product.id, customer=of.product.customer, service=service,
        impact=after.impact if after else Effect.NONE, previous=before.impact if before else Effect.NONE,
        reason=reason, sla=of.product.sla, since=of.since, at=at, due_at=of.due_at,
        planned=after is not None and after.planned, was_planned=before is not None and before.planned, clock=clock)
