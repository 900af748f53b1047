"""When the clocks of the services of one problem are due: a few dozen rows beside it, each with its least.

So the least of all costs the same however many services there are, and a word on one of them writes one small row.
"""

from bisect import bisect_left, insort
from operator import attrgetter
from zlib import crc32

import msgspec

from streams.domain.instant import Instant
from streams.domain.jeopardy_messages import Clocked
from streams.domain.view import View

BUCKETS = 64
"""Rows that the services of one problem are spread over."""

Least = tuple[tuple[int, Instant, bool], ...]
"""(bucket, least due time in it or 0, whether clocks stand in it), sorted."""


class ServiceDue(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How the clocks of one service stand."""

    service: str
    due_at: Instant
    """0: they stand."""


class DueBucket(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Some of the services of one problem."""

    dues: tuple[ServiceDue, ...] = ()
    """Sorted by service."""


TABLES = {"jeopardy-dues": (DueBucket, None, "problem id|bucket -> when the clocks of its services are due")}
_service = attrgetter("service")


def placed(view: View, least: Least, m: Clocked) -> Least:
    """Put the word on one service in place of its last one; return the least of all buckets, the same where nothing is new."""
    number = crc32(m.service.encode()) % BUCKETS
    key = f"{m.problem}|{number:02d}"
    bucket: DueBucket = view.jeopardy_dues.get(key) or DueBucket()
    place = bisect_left(bucket.dues, m.service, key=_service)
    known = bucket.dues[place] if place < len(bucket.dues) and bucket.dues[place].service == m.service else None
    if known is not None and (m.due_at or m.stands) and known.due_at == m.due_at:
        return least
    dues = [one for one in bucket.dues if one is not known]
    if m.due_at or m.stands:
        insort(dues, ServiceDue(m.service, m.due_at), key=_service)
    others = [one for one in least if one[0] != number]
    if dues:
        view.jeopardy_dues.put(key, DueBucket(tuple(dues)))
        others.append((number, min((one.due_at for one in dues if one.due_at), default=0), any(not one.due_at for one in dues)))
    elif view.jeopardy_dues.get(key) is not None:
        view.jeopardy_dues.delete(key)
    return tuple(sorted(others))


def forget(view: View, problem: str, least: Least) -> None:
    """Forget the rows of a problem that is forgotten itself."""
    for number, _, _ in least:
        view.jeopardy_dues.delete(f"{problem}|{number:02d}")
