"""How a recording is fed: in chunks that are short in event time.

Between two chunks everything that follows from one is worked off, with the ticks that are due. Within a chunk the lanes
run one after the other, so what they tell the joins (stages 5 and 6) lies apart by as much as the chunk lasted. Live that
is a fraction of a second; here it is `SPAN`, well below every wait that policy knows (`parent_wait`, `quiet_moment`: 10 s).
While one domain alone speaks nothing comes out of order but what falls due in the others: that may lie `ALONE` apart.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from streams.domain.instant import MINUTE, SECOND, Instant

SPAN = 5 * SECOND
ALONE = 5 * MINUTE
MOST = 500
"""Lines of a chunk: a storm may bring thousands a second, and how far the lanes may be apart there is bounded by it."""
ToldOf = Callable[[bytes], tuple[str | None, Instant]]
"""A line -> the correlation domain of its first alarm, and the latest time it tells (0: none)."""


class Line(NamedTuple):
    """A line of a feed with what its source would know of it."""

    value: bytes
    domain: str | None


def chunks(lines: Iterable[bytes], told_of: ToldOf) -> Iterator[list[Line]]:
    """Cut a recording into chunks that last `SPAN` (of one domain `ALONE`) at most, as far as its times go forward, and hold `MOST` lines at most."""
    chunk: list[Line] = []
    began_at: Instant = 0
    is_alone = True
    for value in lines:
        domain, at = told_of(value)
        is_alone = is_alone and (not chunk or chunk[0].domain == domain)
        if chunk and (len(chunk) == MOST or (began_at and at > began_at + (ALONE if is_alone else SPAN))):
            yield chunk
            chunk, began_at, is_alone = [], 0, True
        chunk.append(Line(value, domain))
        began_at = began_at or at
    if chunk:
        yield chunk
