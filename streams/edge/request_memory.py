"""Stage 1 remembers which requests of the gateway a feed partition has had, so that one sent again counts once.

A record that came by HTTP carries its request's id in the header `spm-request`. The first of an id is taken; another
one within `REMEMBERED` of its arrival at the log is dropped, disposition `duplicate-request`. The time is the log's
(LogAppendTime), in a replay the feed's clock: a fold over the partition, no clock of ours. The memory does not slide:
a sender that repeats itself for ever is heard every ten minutes.
"""

from collections import OrderedDict
from typing import Any

import msgspec

from streams.domain.instant import MINUTE, Instant, Span
from streams.domain.view import View
from streams.edge.feed import Raw

REQUEST = "spm-request"
"""Header of a record that came by HTTP: the id of its request (edge/gateway/request_id.py)."""
DUPLICATE = "duplicate-request"
REMEMBERED: Span = 10 * MINUTE
"""Senders give up sooner: Alertmanager after its group interval (5 m), VES clients after a few tries."""
MOST = 250_000
"""Requests remembered of one partition; the oldest is forgotten first. About 60 MB; at 4 partitions ten minutes of 1,600 a second."""
LONGEST = 200
"""Bytes of an id; a longer one is not ours."""
_AT_ONCE = 4
"""Expired rows deleted with one record: twice what comes would do, so that no record has to pay for a thousand."""


class Request(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A request that was taken (table requests, key: its id)."""

    at: Instant
    offset: int


TABLES = {"requests": (Request, None, "request id -> when the gateway's record of it came; for ten minutes")}


def request_of(raw: Raw) -> str:
    """Return the id of the request that a record came by; "" where it came otherwise."""
    for name, value in raw.headers:
        if name == REQUEST and value and len(value) <= LONGEST:
            return value.decode("utf-8", "replace")
    return ""


def had(view: View, request: str, raw: Raw, clock: Instant) -> bool:
    """Whether this request was taken before; if not it is remembered, and what is too old forgotten."""
    known, now = _known(view), raw.arrived_at or clock
    until = now - REMEMBERED
    for _ in range(_AT_ONCE):
        if not known or (not _is_over(next(iter(known.values())), until) and len(known) < MOST):
            break
        oldest, _at = known.popitem(last=False)
        view.requests.delete(oldest)
    at = known.get(request)
    if at is not None and not _is_over(at, until):
        return True
    if at is not None:
        del known[request]
    known[request] = now
    view.requests.put(request, Request(now, raw.offset))
    return False


def _is_over(at: Instant, until: Instant) -> bool:
    """Whether what came at `at` is to be forgotten; what came before its feed knew any time (0) is for its number alone."""
    return 0 < at <= until


def _known(view: View) -> "OrderedDict[str, Instant]":
    """Return the ids in the order in which they came, which is that of the rows' offsets."""
    known: Any = view.memo.get(REQUEST)
    if known is None:
        rows = sorted(view.requests.prefix("", 2 * MOST), key=lambda row: row[1].offset)
        known = view.memo[REQUEST] = OrderedDict((request, row.at) for request, row in rows)
    return known  # type: ignore[no-any-return]
