"""What the gateway counts, as streams/catalogue/gateway.py declares it."""

from collections import OrderedDict

from prometheus_client import CollectorRegistry

from streams.catalogue.made import counter, gauge, histogram
from streams.edge.gateway.offer import Offer

_RECENT = 100_000
"""Request ids kept to count those that come again."""


class GatewayFigures:
    """One set a process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        made = registry or CollectorRegistry()
        self.requests = counter("spm_gateway_requests_total", made)
        self.records = counter("spm_gateway_records_total", made)
        self.in_flight = gauge("spm_gateway_in_flight", made)
        self.seconds = histogram("spm_gateway_seconds", made)
        self.again = counter("spm_gateway_duplicates_total", made)
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
