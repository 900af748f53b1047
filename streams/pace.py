"""How a recording is fed: in chunks that are short in event time.

Between two chunks everything that follows from one is worked off, with the ticks that are due. Within a chunk the lanes
run one after the other, so what they tell the joins (stages 5 and 6) lies apart by as much as the chunk lasted. Live that
is a fraction of a second; here it is `SPAN`, well below every wait that policy knows (`parent_wait`, `quiet_moment`: 10 s).
While one domain alone speaks nothing comes out of order but what falls due in the others: that may lie `ALONE` apart.

Live, time goes on where nothing is heard. In a recording a partition has no time but that of its alarms, and what comes
after an hour of silence is taken for a broken clock (feed_clock.py). So who was silent while others spoke is told how
far the recording is (`Silent`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from streams.domain.instant import MINUTE, SECOND, Instant
from streams.domain.policy import Policy
from streams.edge.feed_clock import FeedClock

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


class Silent:
    """Which partitions of a feed say nothing while others do, chunk by chunk."""

    WITNESSES = 3
    """Partitions with a time of their own from which it can be said how far a recording is: one may have a broken clock."""

    def __init__(self, policy: Policy) -> None:
        self._jump = policy.normalize.clock_jump
        self._patience = self._jump // 2
        self._lateness = policy.correlate.lateness
        self._heard: dict[int, tuple[int, Instant]] = {}
        """Partition -> alarms read there, and how far the recording was as the last of them was."""
        self._at: Instant = 0

    def marks(self, clocks: Mapping[int, FeedClock]) -> dict[int, Instant]:
        """Return the time that each partition is to be told which has been silent for half of what its clock may jump: late alarms may still come."""
        times = sorted((row.clock for row in clocks.values() if row.clock), reverse=True)
        if len(times) < self.WITNESSES:
            return {}
        at, told = times[1], dict[int, Instant]()
        if at > self._at + self._jump:
            # Time leapt for all: nobody was silent while others spoke, and each finds its way over by itself, as on Kafka.
            self._heard = {partition: (alarms, at) for partition, (alarms, _) in self._heard.items()}
        self._at = at
        for partition, row in clocks.items():
            alarms, since = self._heard.get(partition, (-1, 0))
            if alarms != row.alarms:
                self._heard[partition] = row.alarms, at
            elif at > since + self._patience and at - self._lateness > row.clock:
                self._heard[partition] = row.alarms, at
                told[partition] = at - self._lateness
        return told
