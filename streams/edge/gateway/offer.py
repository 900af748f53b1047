"""What the gateway hands to the log, and how it says no."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

from streams.edge.formats import Reading, Told
from streams.edge.request_memory import REQUEST
from streams.edge.trace_context import HEADER

Header = tuple[str, bytes]
SHOWN = 10
"""Refused records, or doubts, told in one answer at most."""


class Offer(msgspec.Struct, frozen=True):
    """The records of one request, bound for one feed."""

    topic: str
    request: str
    """The request's id: usually the records' key in Kafka, so that the request sent again meets the same partition."""
    records: list[bytes]
    readings: list[Reading]
    """What the feed's format makes of each record."""
    documents: list[Any] = []
    """The records decoded, where the gateway had to."""
    is_recognised: bool = True
    """Whether its id tells the request sent again from another one that says the same (request_id.py)."""
    in_one_partition: bool = False
    """Clears of the feed go by id, and that is known in the partition of the raise alone (raised_ids.py)."""
    trace: str = ""
    """W3C trace context of the request (trace_context.py), "" for none."""

    @property
    def key(self) -> str:
        """What the records are keyed by in Kafka."""
        return self.topic if self.in_one_partition else self.request

    def doubts(self) -> list[dict[str, Any]]:
        """Return what was taken though it could not be quite believed, such as a severity that nobody knows."""
        told: list[dict[str, Any]] = []
        for n, reading in enumerate(self.readings, 1):
            parts = reading if isinstance(reading, list) else [reading]
            told += [{"record": n, "doubt": part.doubt} for part in parts if isinstance(part, Told) and part.doubt]
        return told[:SHOWN]

    def headers(self) -> Iterator[tuple[Header, ...]]:
        """Return each record's headers: the request's id and, of several, which record it is; and its trace context."""
        trace = ((HEADER, self.trace.encode()),) if self.trace else ()
        for n in range(1, len(self.records) + 1):
            if not self.is_recognised:
                yield trace
            else:
                yield ((REQUEST, (self.request if len(self.records) == 1 else f"{self.request}/{n}").encode()), *trace)


Accept = Callable[[Offer], Awaitable[None]]
"""Returns once all records are durable; raises `CannotAccept`."""


Ask = Callable[[str, bytes], Awaitable[None]]
"""(topic of requests, JSON): returns once the request is durable."""


class CannotAccept(Exception):
    """Nothing can be taken at present, or it is not known whether it was; the message is for the sender."""


class Objection(msgspec.Struct, frozen=True):
    """Why one record was refused."""

    record: int
    """Which one of the body, from 1."""
    field: str
    reason: str
    remedy: str


class Refusal(Exception):
    """A whole request is refused: status, reason in one word, a sentence for the sender, what is wrong with which record."""

    def __init__(self, status: int, reason: str, message: str, objections: tuple[Objection, ...] = (), headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.objections = status, reason, message, objections
        self.headers = headers or {}
