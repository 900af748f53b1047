"""What the gateway counts, for Prometheus. Labels: paths as README lists them, statuses, feeds; never what a sender made up."""

from collections import OrderedDict

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.edge.gateway.offer import Offer

_RECENT = 100_000
"""Request ids kept to count those that come again."""


class GatewayFigures:
    """One set a process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        made = registry or CollectorRegistry()
        self.requests = Counter("spm_gateway_requests", "Requests answered.", ["path", "status"], registry=made)
        self.records = Counter("spm_gateway_records", "Records accepted: durable in their feed before the answer.", ["feed"], registry=made)
        self.in_flight = Gauge("spm_gateway_in_flight", "Requests being worked on.", registry=made)
        self.seconds = Histogram("spm_gateway_seconds", "From a request's headers to its answer.", buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30), registry=made)
        self.again = Counter("spm_gateway_duplicates", "Accepted requests whose id this process had accepted before; stage 1 drops them (duplicate-request).", ["feed"], registry=made)
        self._recent: OrderedDict[str, None] = OrderedDict()

    def accepted(self, offer: Offer) -> None:
        self.records.labels(offer.topic).inc(len(offer.records))
        if not offer.is_recognised:
            return
        name = f"{offer.topic}/{offer.request}"
        if name in self._recent:
            self.again.labels(offer.topic).inc()
        self._recent[name] = None
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
