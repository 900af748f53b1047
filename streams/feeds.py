"""How each feed partition stands, read from what stage 1 remembers of it; and how one that was paused is read again."""

from collections.abc import Iterator

import msgspec

from streams.domain.instant import Instant
from streams.domain.policy import NormalizePolicy
from streams.edge.feed_clock import FeedClock
from streams.edge.feed_control import RESUME
from streams.engine.embedded import Given
from streams.engine.table import RowFormat, TableSpec
from streams.stored import Stored

_SPEC = TableSpec("feed-clock", FeedClock)
_FORMAT = RowFormat(_SPEC)


class FeedStands(msgspec.Struct, frozen=True):
    """One feed partition."""

    feed: str
    partition: int
    paused: bool
    records: int
    """In the window that the breaker judges, as far as it is filled."""
    unreadable: int
    """Of these."""
    heard_until: Instant
    """The event time reached; 0 where nothing was believed yet."""
    redriven: int
    refused: int
    """Alarms refused there, ever; those that were redriven are counted too."""
    alarms: int
    """Alarms read there, ever."""
    unresolved: int
    """Of these, of objects that nobody declared."""

    @property
    def share(self) -> float:
        """Share of the records of late that could not be read."""
        return self.unreadable / self.records if self.records else 0.0

    @property
    def share_unresolved(self) -> float:
        """Share of the alarms whose object nobody declared."""
        return self.unresolved / self.alarms if self.alarms else 0.0


def feeds_stand(stored: Stored, feeds: list[str], policy: NormalizePolicy) -> Iterator[FeedStands]:
    """Iterate over the partitions of feeds of which anything is remembered."""
    for feed in feeds:
        wanted = _SPEC.name.encode() + b"\0" + feed.encode()
        for partition, key, value in sorted(stored.state(feed)):
            if key != wanted:
                continue
            row: FeedClock = _FORMAT.decode(value, f"{feed}/{partition} table {_SPEC.name}")
            before = max(row.refused_before, 0)
            half = policy.refused_window // 2
            refused = sum(n for word, n in row.dispositions.items() if word.startswith("refused:"))
            yield FeedStands(feed, partition, row.paused, row.heard + (half if row.refused_before >= 0 else 0), row.refused + before, row.clock,
                             row.dispositions.get("redriven", 0), refused, row.alarms, row.unresolved)


def resume(stored: Stored, feed: str, partitions: list[int]) -> None:
    """Have feed partitions read again and judged anew; what they hold is not lost by a pause."""
    records: list[Given] = [(partition, None, b"", ((RESUME, b"1"),)) for partition in partitions]
    stored.peek.write(feed, records)

