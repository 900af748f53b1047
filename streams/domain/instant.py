"""Moments and spans of time inside the processor: integers, so that they sort, hash and encode cheaply and exactly.

An `Instant` is microseconds since 1970-01-01T00:00:00 UTC; a `Span` is microseconds. Outside records carry ISO 8601
text in UTC with milliseconds where the microseconds are zero below them (`iso`). Why not datetime: decisions/0003.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

Instant = int
"""Microseconds since the epoch, UTC. 0 means "not known"."""
Span = int
"""Microseconds."""

SECOND: Span = 1_000_000
MINUTE: Span = 60 * SECOND
HOUR: Span = 60 * MINUTE
DAY: Span = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> Instant:
    """Convert an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: Instant) -> datetime:
    """Convert back to an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at)


@lru_cache(maxsize=8192)
def _to_the_second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]


def iso(at: Instant) -> str:
    """Write an instant as ISO 8601 in UTC: `2026-01-01T00:00:00.000Z`, six digits where milliseconds do not suffice."""
    seconds, rest = divmod(at, SECOND)
    return f"{_to_the_second(seconds)}.{rest // 1000:03d}Z" if rest % 1000 == 0 else f"{_to_the_second(seconds)}.{rest:06d}Z"
