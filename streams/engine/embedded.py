"""The embedded log: topics, state and positions in one local store. A unit of work is one write batch; there is no broker.

Stored: `!log/<topic>/<partition>/<offset>` records, `!next/...` next offsets, `!read/...` positions, and the tables.
What an inbox has had read is deleted in the same batch; other topics, and feeds (`kept`), keep their newest `KEEP` records
a partition: a dead letter's original is read again from its feed (streams/engine/embedded_peek.py).
One process, one owner of everything: no rebalance, no zombies. Who feeds it calls `append` and then `Engine.settle`.
"""

import sys
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

import msgspec

from streams.engine.partition import partition_of
from streams.engine.record import Batch, Closing, Host, Mark, Output, Record
from streams.engine.store import MemoryStore, RocksStore, place

KEEP = 100_000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]).decode
Given = tuple[int, bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]
"""Partition, key, value, headers of a record to be written."""


def stored_at(kind: str, topic: str, partition: int, offset: int | None = None) -> bytes:
    base = f"!{kind}/{topic}/{partition}/".encode()
    return base if offset is None else base + offset.to_bytes(8, "big")


def record_at(base: bytes, key: bytes, value: bytes) -> Record:
    """Return what is stored under a key that begins with `stored_at("log", topic, partition)`."""
    return Record(int.from_bytes(key[len(base):], "big"), *_decode(value))


def write_first(store: RocksStore, topic: str, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
    """Write (key, value) as the first records of a topic's partition 0, into a store that nobody runs on."""
    changes: list[tuple[bytes, bytes | None]] = [(stored_at("log", topic, 0, n), _encode((-1, key, value, ()))) for n, (key, value) in enumerate(records)]
    store.write_atomically([*changes, (stored_at("next", topic, 0), len(changes).to_bytes(8, "big"))])


class EmbeddedLog:
    """A `Log` in one process. `folder` None: in memory; `is_volatile`: and read by nobody but the engine. `on_output` sees each output once it is committed."""

    def __init__(self, partitions: Callable[[str], int], folder: Path | None = None, wall_ms: Callable[[], int] = lambda: -1,
                 on_output: Callable[[Output, int], None] | None = None, kept: Container[str] = (), is_volatile: bool = False) -> None:
        self.is_volatile = is_volatile
        self.store: RocksStore | MemoryStore = RocksStore(folder) if folder is not None else MemoryStore()
        self.partitions = partitions
        self._wall_ms = wall_ms
        self._on_output = on_output
        self._kept = kept
        self._host: Host | None = None
        self._inboxes: dict[str, bool] = {}
        self._next: dict[tuple[str, int], int] = {}
        self._unread: dict[tuple[str, int], list[Record]] = {}
        self._followed: dict[str, Callable[[Record], None]] = {}
        self._news: list[tuple[str, Record]] = []
        """Records of followed topics that the last commit wrote."""

    def follow(self, topic: str, hear: Callable[[Record], None]) -> None:
        self._followed[topic] = hear

    async def open(self, host: Host, inboxes: dict[str, bool]) -> None:
        self._host, self._inboxes = host, inboxes
        for key, value in self.store.range(b"!next/"):
            name, number = key.decode().split("/")[1:3]
            self._next[name, int(number)] = int.from_bytes(value, "big")
        for topic, hear in self._followed.items():
            for record in self._stored(topic, 0, 0):
                hear(record)
        for topic in inboxes:
            for partition in range(self.partitions(topic)):
                stored = self.store.get("!read", 0, stored_at("read", topic, partition))
                position = int.from_bytes(stored, "big") if stored else 0
                host.assigned(topic, partition, 0, position)
                waiting = list(self._stored(topic, partition, position))
                if waiting:
                    host.deliver(Batch(topic, partition, 0, waiting))
                host.caught_up(topic, partition, 0)

    def _stored(self, topic: str, partition: int, position: int) -> Iterator[Record]:
        base = stored_at("log", topic, partition)
        for key, value in self.store.range(base, stored_at("log", topic, partition, position)):
            yield record_at(base, key, value)

    def append(self, topic: str, records: Iterable[Given]) -> None:
        """Write (partition, key, value, headers) into a feed, durably, and hand them to the engine."""
        changes: list[tuple[bytes, bytes | None]] = []
        fresh: dict[tuple[str, int], list[Record]] = {}
        for partition, key, value, headers in records:
            record = self._write(topic, partition, key, value, headers, changes)
            fresh.setdefault((topic, partition), []).append(record)
        self._remember_next({(topic, partition) for _, partition in fresh}, changes)
        self.store.write_atomically(changes)
        self._deliver(fresh)

    def _write(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...], changes: list[tuple[bytes, bytes | None]]) -> Record:
        offset = self._next.get((topic, partition), 0)
        self._next[topic, partition] = offset + 1
        record = Record(offset, self._wall_ms(), key, value, headers)
        if isinstance(self.store, RocksStore):
            changes.append((stored_at("log", topic, partition, offset), _encode((record.timestamp, key, value, headers))))
            if offset >= KEEP and topic not in self._inboxes and topic not in self._followed:
                changes.append((stored_at("log", topic, partition, offset - KEEP), None))
        return record

    def _remember_next(self, places: Iterable[tuple[str, int]], changes: list[tuple[bytes, bytes | None]]) -> None:
        changes += [(stored_at("next", *where), self._next[where].to_bytes(8, "big")) for where in places]

    def _deliver(self, fresh: dict[tuple[str, int], list[Record]]) -> None:
        assert self._host is not None, "the log is not open"
        for (topic, partition), records in fresh.items():
            self._host.deliver(Batch(topic, partition, 0, records))
            self._host.caught_up(topic, partition, 0)

    def commit(self, closing: Closing) -> None:
        changes: list[tuple[bytes, bytes | None]] = []
        written: dict[tuple[str, int], None] = {}
        for output in closing.outputs:
            topic, key, value, partition, headers = output
            if partition < 0:
                partition = partition_of((key or b"").decode(), self.partitions(topic))
            record = self._write(topic, partition, key, value, tuple(headers), changes)
            written[topic, partition] = None
            if topic in self._inboxes:
                self._unread.setdefault((topic, partition), []).append(record)
            elif topic in self._followed:
                self._news.append((topic, record))
            elif self._on_output is not None:
                self._on_output(output, partition)
        if self.is_volatile:
            return
        self._remember_next(written, changes)
        for where, rows in closing.state.items():
            base = place(*where)
            changes += [(base + key, value) for key, value in rows.items()]
        for (topic, partition), position in closing.positions.items():
            stored = self.store.get("!read", 0, stored_at("read", topic, partition))
            before = int.from_bytes(stored, "big") if stored else 0
            if isinstance(self.store, RocksStore):
                kept = KEEP if topic in self._kept else 0
                changes += [(stored_at("log", topic, partition, offset), None) for offset in range(max(0, before - kept), position - kept)]
            changes.append((place("!read", 0) + stored_at("read", topic, partition), position.to_bytes(8, "big")))
        self.store.write_atomically(changes)

    def committed(self) -> None:
        """Hand over what the last commit wrote into inboxes; called in the event loop's thread."""
        news, self._news = self._news, []
        for topic, record in news:
            self._followed[topic](record)
        fresh, self._unread = self._unread, {}
        self._deliver(fresh)

    def pause(self, topic: str, partition: int) -> None:
        """Nothing to do: whoever appends waits for `settle`."""

    def resume(self, topic: str, partition: int) -> None:
        """Nothing to do."""

    def held_records(self, topic: str) -> set[int]:
        return {partition for name, partition in self._next if name == topic}

    def looked_at(self, topic: str) -> int:
        return sys.maxsize

    def tell(self, marks: list[Mark]) -> None:
        """Nobody else to tell."""

    def say(self, topic: str, value: bytes, partition: int = -1, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        self.append(topic, [(max(partition, 0), None, value, headers)])

    def told(self) -> dict[tuple[str, int], Mark]:
        return {}

    @property
    def is_ready(self) -> bool:
        return self._host is not None

    def lag(self) -> dict[tuple[str, int], int]:
        return {(topic, partition): 0 for topic in self._inboxes for partition in range(self.partitions(topic))}

    async def close(self) -> None:
        self.store.close()
