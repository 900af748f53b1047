"""The recorded log: inboxes as they were read once, folded again one partition after the other, in memory.

What steps decide goes to `on_output`, or to `on_begun`, and nowhere else: each stage hears what was recorded, not what the stage before it
says now. Marks of takings over (streams/engine/clock.py) are looked up ahead and applied at the offsets they name.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from streams.engine.record import Batch, Closing, Host, Mark, Output, Record
from streams.engine.store import MemoryStore, place

if TYPE_CHECKING:
    from streams.engine.core import Engine

Taken = list[tuple[int, int]]
"""(offset, mark) of each taking over, in the log's order."""


class RecordedLog:
    """A `Log` that only hears. The engine over it is stepped and writes no ticks: those are in the record."""

    is_volatile = False

    def __init__(self, partitions: Callable[[str], int], on_output: Callable[[Output], None], on_begun: Callable[[Output], None] = lambda output: None) -> None:
        """`on_begun`: to be told what a record says that is not read, but may have been begun: much was due before it, and is done in units of its own."""
        self.store = MemoryStore()
        self.partitions = partitions
        self.is_begun = False
        self._on_output, self._on_begun = on_output, on_begun

    def follow(self, topic: str, hear: Callable[[Record], None]) -> None:
        """Nothing is written here: who replays tells what was."""

    async def open(self, host: Host, inboxes: dict[str, bool]) -> None:
        """Begin with nothing: `fold` names the partitions."""

    def commit(self, closing: Closing) -> None:
        hear = self._on_begun if self.is_begun else self._on_output
        for output in closing.outputs:
            hear(output)
        for where, rows in closing.state.items():
            self.store.write_atomically([(place(*where) + key, value) for key, value in rows.items()])

    def committed(self) -> None:
        """Nothing comes back."""

    def pause(self, topic: str, partition: int) -> None:
        """Nothing to do: one batch at a time is handed over."""

    def resume(self, topic: str, partition: int) -> None:
        """Nothing to do."""

    @property
    def is_ready(self) -> bool:
        return True

    def held_records(self, topic: str) -> set[int]:
        return set()

    def looked_at(self, topic: str) -> int:
        return 0

    def tell(self, marks: list[Mark]) -> None:
        """Nobody to tell."""

    def say(self, topic: str, value: bytes, partition: int = -1, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        """Nobody to hear it."""

    def told(self) -> dict[tuple[str, int], Mark]:
        return {}

    def lag(self) -> dict[tuple[str, int], int]:
        return {}

    async def close(self) -> None:
        self.store.close()


def takings(engine: "Engine", topic: str, partition: int, batches: Iterable[list[Record]]) -> Taken:
    """Look up where the partition was taken over, in all that is recorded of it, read or not."""
    inbox = engine.inboxes[topic]
    found: Taken = []
    tick: Any = engine.time.is_tick
    for record in (record for batch in batches for record in batch):
        try:
            decoded = inbox.decode(record, partition)
        except Exception:                                           # noqa: BLE001 - whatever it is, it became a dead letter and is no mark
            continue
        messages: Iterable[Any] = decoded if inbox.is_packed else (decoded,)
        found += [(each.since, each.clock) for each in messages if type(each) is tick and each.since >= 0]
    return found


async def fold(engine: "Engine", log: RecordedLog, topic: str, partition: int, batches: Iterable[list[Record]], taken: Taken, begun: Record | None = None) -> int:
    """Fold one partition from its beginning and forget it again; return how many records it had. `begun`: the record after them."""
    engine.assigned(topic, partition, 0, 0)
    part, ahead, count = engine.parts[topic, partition], deque(taken), 0

    async def read(rest: list[Record]) -> None:
        while rest:
            while ahead and ahead[0][0] <= rest[0].offset:
                part.take(ahead.popleft()[1])
            until = ahead[0][0] if ahead else rest[-1].offset + 1
            now = [record for record in rest if record.offset < until]
            rest = rest[len(now):]
            engine.deliver(Batch(topic, partition, 0, now))
            await engine.settle()

    for batch in batches:
        await read(batch)
        count += len(batch)
    if begun is not None:
        log.is_begun = True
        await read([begun])
        log.is_begun = False
    await engine.revoke([(topic, partition)])
    log.store.drop(topic, partition)
    return count
