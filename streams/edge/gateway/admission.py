"""How much is let in: so many requests a second of one sender (a token bucket each), so many requests and bytes at once."""

import math
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from streams.edge.gateway.body import BODY_LIMIT
from streams.edge.gateway.offer import Refusal

BURST = 2.0
"""Seconds' worth of requests that a sender who was silent may send at once."""
SENDERS = 10_000
"""Senders whose buckets are remembered; of more, the one longest silent is forgotten, whose bucket is most likely full."""
BYTES = 256 << 20
"""Bodies in memory at once; one that does not tell its length counts as the largest there may be."""


class Admission:
    """Buckets and counts of one process. `rate` 0: no limit a sender."""

    def __init__(self, rate: float, in_flight: int) -> None:
        self._rate, self._most = rate, in_flight
        self._deep = max(1.0, rate * BURST)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.in_flight = 0
        self.bytes = 0

    def pace(self, sender: str, now: float, too_many: int) -> None:
        """Take one request out of a sender's bucket; Refusal (`too_many`) with the time to come again where it is empty. `now`: seconds, monotonic."""
        if not self._rate:
            return
        left, since = self._buckets.pop(sender, (self._deep, now))
        left = min(self._deep, left + (now - since) * self._rate)
        self._buckets[sender] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > SENDERS:
            self._buckets.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) / self._rate)
            raise Refusal(too_many, "too-many-requests", f"At most {self._rate:g} requests a second of one sender; come again in {wait} s.", headers={"Retry-After": str(wait)})

    @contextmanager
    def room(self, length: int | None) -> Iterator[None]:
        """Hold a place for one request while the block lasts; Refusal (413) of a body that is too long, (503) where all places are taken."""
        if length is not None and length > BODY_LIMIT:
            raise Refusal(413, "body-too-large", f"Send at most {BODY_LIMIT >> 20} MB in one body; split it.")
        size = BODY_LIMIT if length is None else length
        if self.in_flight >= self._most or self.bytes + size > BYTES:
            raise Refusal(503, "busy", f"{self.in_flight} requests are being worked on; come again.", headers={"Retry-After": "1"})
        self.in_flight += 1
        self.bytes += size
        try:
            yield
        finally:
            self.in_flight -= 1
            self.bytes -= size
