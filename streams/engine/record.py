"""What is read from a log and what is written to it; the engine's only nouns. It knows no alarm."""

from collections.abc import Callable
from typing import Protocol

import msgspec


class Record(msgspec.Struct, gc=False):
    """One record as read."""

    offset: int
    timestamp: int
    """Milliseconds since the epoch, as the log says (LogAppendTime); -1 where it does not."""
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Batch(msgspec.Struct, gc=False):
    """Records of one partition, in order, fetched together."""

    topic: str
    partition: int
    generation: int
    """Of the assignment it was fetched under: a batch of an older one is dropped."""
    records: list[Record]


Output = tuple[str, bytes | None, bytes | None, int, list[tuple[str, bytes]]]
"""One record to write: topic, key, value, partition (-1: the log chooses by key: murmur2, as Java clients do), headers."""


class Closing(msgspec.Struct, gc=False):
    """A unit of work on its way into the log: all of it lands, or none."""

    outputs: list[Output]
    state: dict[tuple[str, int], dict[bytes, bytes | None]]
    """(inbox topic, partition) -> changelog key -> value, None deletes."""
    positions: dict[tuple[str, int], int]
    """(topic, partition) -> next offset to read: of every partition acted for, moved or not."""


class Mark(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How far one inbox partition is, for whoever waits for time from it. Times are microseconds since the epoch, UTC."""

    topic: str
    partition: int
    reached: int
    """All that will still be written because of this partition has a clock at or after this; 0 while unknown."""
    caught_up: bool
    """Everything in it had been read and committed."""
    behind: bool
    """What it reads is over a minute old."""
    told_at: int
    """Wall clock of the telling."""
    live: bool = True
    """lane: it has read a live tick, so what had come due meanwhile has been told."""


class Host(Protocol):
    """What a log calls, always in the event loop's thread (`loop.call_soon_threadsafe`)."""

    def assigned(self, topic: str, partition: int, generation: int, position: int) -> None:
        """State of the partition is restored into the store; batches may follow from `position`."""

    def revoke(self, partitions: list[tuple[str, int]]) -> "object":
        """Coroutine: commit what is open, then forget these partitions."""

    def deliver(self, batch: Batch) -> None: ...

    def caught_up(self, topic: str, partition: int, generation: int) -> None:
        """The end of the partition was reached; whatever was delivered before is all there was."""

    def fail(self, error: BaseException) -> None:
        """What cannot be mended: the process ends with status 70, nothing of the open unit lands."""


class Log(Protocol):
    """Where records come from and where a unit of work lands: Kafka, or the embedded log."""

    is_volatile: bool
    """Nothing outlives the process: rows are kept in memory alone, whole."""

    @property
    def store(self) -> "Store":
        """Local state; the log writes to it, the tables read it."""

    @property
    def is_ready(self) -> bool:
        """Everything that is ours has been handed to the host with its state."""

    def follow(self, topic: str, hear: Callable[[Record], None]) -> None:
        """Before `open`: have every committed record of a topic's one partition heard, from its beginning on, in the event loop's thread.

        What there is when the log is opened is heard before any partition is assigned.
        """

    async def open(self, host: Host, inboxes: dict[str, bool]) -> None:
        """Begin: `inboxes` topic -> whether it has state (a changelog)."""

    def commit(self, closing: Closing) -> None:
        """Blocking, in the commit thread; raises what cannot be mended. State reaches `store` too."""

    def committed(self) -> None:
        """The last commit has landed; called in the event loop's thread."""

    def pause(self, topic: str, partition: int) -> None: ...

    def resume(self, topic: str, partition: int) -> None: ...

    def partitions(self, topic: str) -> int: ...

    def held_records(self, topic: str) -> set[int]:
        """Partitions of the topic that ever held a record (of anybody's, not only ours)."""

    def looked_at(self, topic: str) -> int:
        """Wall clock (microseconds) of which `held_records` is the truth: all written before then is seen in it."""

    def tell(self, marks: list[Mark]) -> None:
        """Publish how far our partitions are (committed state only)."""

    def say(self, topic: str, value: bytes, partition: int = -1, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        """Write one record outside of any unit of work; it may come twice, or not at all where the process ends."""

    def told(self) -> dict[tuple[str, int], Mark]:
        """Everybody's newest marks, our own included."""

    def lag(self) -> dict[tuple[str, int], int]:
        """Records not fetched yet, of each partition that is ours."""

    async def close(self) -> None: ...


class Store(Protocol):
    """Local state: bytes by (inbox topic, partition, key). Never ahead of the log, possibly behind it."""

    def get(self, topic: str, partition: int, key: bytes) -> bytes | None: ...

    def scan(self, topic: str, partition: int, prefix: bytes) -> "object":
        """Iterate (key, value) with the prefix, in key order."""

    def is_empty(self, topic: str, partition: int) -> bool: ...

    def sizes(self) -> tuple[int, float]:
        """Bytes it has on disk, and bytes free there; 0 and without end where it is on none."""
