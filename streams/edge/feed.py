"""One feed as topology.yaml declares it (`feeds:`), and what a record of it looks like when it reaches stage 1."""

import msgspec

from streams.domain.instant import Instant


class Feed(msgspec.Struct, frozen=True):
    """A topic of alarms and how to read it."""

    topic: str
    format: str = "auto"
    """auto, tmf642, ves, ..."""
    namespace: str = ""
    """Part of every alarm key and of name resolution, so that two feeds may use one name for two things."""
    home: str = "unresolved"
    """Correlation domain of what does not resolve, and of the feed's heartbeats."""
    key: tuple[str, ...] = ("object", "cause", "qualifier")
    """Fields that make the alarm key."""
    tombstone: str = "refuse"
    """What a null value means: `refuse` or `clear` (the record's key then names the alarm)."""
    rewrite: tuple[tuple[str, str], ...] = ()
    """(regular expression, replacement) applied to a name that is neither an id nor an alias, first match wins."""
    partitions: int = 0
    """Declared partition count, 0 where `streams:` or the default says."""


class Raw(msgspec.Struct, frozen=True, gc=False):
    """One record of a feed or request topic, undecoded."""

    topic: str
    partition: int
    offset: int
    arrived_at: Instant
    """LogAppendTime of the broker; for a replay 0."""
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    clock: Instant = 0
