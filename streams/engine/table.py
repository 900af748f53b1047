"""What a stage remembers in one partition: rows by string key, decoded in memory over the local store.

A step writes at once, and what it overwrote is noted until it returns: when it raises, all of it is put back. A written
row is dirty until its unit of work is committed, then clean: only clean rows are dropped from memory when there are too
many.

On the wire (changelog and store): key = table name, NUL, row key; value = version byte, 8 bytes of due time (0: none),
the row as a msgpack array. The due time stands in front so that a restore finds what is due without decoding rows.
"""

from collections.abc import Callable
from typing import Any

import msgspec

VERSION = 1
_MISSING: Any = object()


Undo = list[tuple["Rows", str, Any, Any]]
"""Writes of the running step: table, key, what was in memory, what was dirty."""
Schedule = Callable[["Rows", str, int], None]


def _no_schedule(rows: "Rows", key: str, due: int) -> None:
    """Before a table is attached nothing of it comes due."""


class UnreadableRow(Exception):
    """A stored value that this revision cannot read; the worker stops and says which."""


class TableSpec(msgspec.Struct, frozen=True):
    """One table of an inbox."""

    name: str
    row: type
    due_of: Callable[[Any], int | None] | None = None
    """When a row wants to be looked at again (microseconds), or None."""
    help: str = ""
    by_tick: bool = False
    """Its rows come due by ticks only: of a message's clock this lane alone knows, and they wait for what other lanes send."""
    upgrades: dict[int, Callable[[bytes], Any]] = {}
    """Older version -> reader of its body: an old value is upgraded when it is read."""


class RowFormat:
    """How the rows of one table are written and read, wherever they are."""

    def __init__(self, spec: TableSpec) -> None:
        self.prefix = spec.name.encode() + b"\0"
        self._due_of, self._upgrades = spec.due_of, spec.upgrades
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(spec.row)

    def encode(self, key: str, value: Any, encoder: msgspec.msgpack.Encoder) -> tuple[bytes, bytes | None]:
        """Return the changelog's key and value of a row."""
        raw = self.prefix + key.encode()
        if value is None:
            return raw, None
        due = self._due_of(value) if self._due_of is not None else None
        return raw, bytes((VERSION,)) + (due or 0).to_bytes(8, "big") + encoder.encode(value)

    def decode(self, stored: bytes, where: str) -> Any:
        """Return the row; UnreadableRow, naming `where`, for a version that this revision does not know."""
        try:
            if stored[0] != VERSION:
                return self._upgrades[stored[0]](stored[9:])
            return self._decoder.decode(stored[9:])
        except (msgspec.MsgspecError, KeyError, IndexError) as error:
            raise UnreadableRow(f"{where}: version {stored[:1].hex()}: {error}") from error


class Rows:
    """One table of one partition, as `streams.domain.view.Rows` wants it."""

    def __init__(self, spec: TableSpec, store: Any, topic: str, partition: int, limit: int) -> None:
        self.spec = spec
        self.name = spec.name
        self.format = RowFormat(spec)
        self.prefix_bytes = self.format.prefix
        self.encode = self.format.encode
        self.due_of = spec.due_of
        self._store, self._topic, self._partition = store, topic, partition
        self._limit = limit
        self._memory: dict[str, Any] = {}
        self._undo: Undo = []
        self._schedule: Schedule = _no_schedule
        self.dirty: dict[str, Any] = {}
        """Rows changed since the last unit closed."""
        self._complete = store.is_empty(topic, partition)
        """Everything stored is in memory too: a key that is not there exists nowhere."""

    def attach(self, undo: "Undo", schedule: "Schedule") -> None:
        """Have writes noted in `undo`, and due times in `schedule`."""
        self._undo, self._schedule = undo, schedule

    def get(self, key: str) -> Any:
        value = self._memory.get(key, _MISSING)
        if value is not _MISSING:
            return value
        if self._complete:
            return None
        stored = self._store.get(self._topic, self._partition, self.prefix_bytes + key.encode())
        value = None if stored is None else self.decode(key, stored)
        self._memory[key] = value
        return value

    def put(self, key: str, value: Any) -> None:
        memory, dirty = self._memory, self.dirty
        self._undo.append((self, key, memory.get(key, _MISSING), dirty.get(key, _MISSING)))
        memory[key] = dirty[key] = value
        # Too early a due time, of a row that is put back, does no harm: it is looked at when it comes up.
        if self.due_of is not None and value is not None and (due := self.due_of(value)) is not None:
            self._schedule(self, key, due)

    def delete(self, key: str) -> None:
        self.put(key, None)

    def put_back(self, key: str, known: Any, changed: Any) -> None:
        """Undo one write: `known` was in memory, `changed` was dirty."""
        for rows, before in ((self._memory, known), (self.dirty, changed)):
            if before is _MISSING:
                rows.pop(key, None)
            else:
                rows[key] = before

    def prefix(self, prefix: str, limit: int = 1000, after: str = "") -> list[tuple[str, Any]]:
        """Return at most `limit` rows whose key begins with `prefix` and lies beyond `after`, in key order."""
        found = {k: v for k, v in self._memory.items() if k.startswith(prefix) and k > after}
        if not self._complete:
            start = len(self.prefix_bytes)
            for raw, stored in self._store.scan(self._topic, self._partition, self.prefix_bytes + prefix.encode()):
                key = raw[start:].decode()
                if key > after and key not in found:
                    found[key] = self.decode(key, stored)
                    if len(found) >= limit + len(self._memory):
                        break
        return [(k, found[k]) for k in sorted(found) if found[k] is not None][:limit]

    def take_changes(self) -> dict[str, Any]:
        """Hand over the changed rows; from now on they belong to a closing unit."""
        changed, self.dirty = self.dirty, {}
        if self._complete:
            for key, value in changed.items():
                if value is None:
                    del self._memory[key]
        return changed

    def decode(self, key: str, stored: bytes) -> Any:
        return self.format.decode(stored, f"{self._topic}/{self._partition} table {self.name} key {key!r}")

    def shrink(self) -> None:
        """Drop the oldest clean rows from memory where there are too many. Only while no unit is on its way to the store."""
        excess = len(self._memory) - self._limit
        if excess <= 0:
            return
        self._complete = False
        for key in list(self._memory)[: excess + self._limit // 10]:
            if key not in self.dirty:
                del self._memory[key]

    def __len__(self) -> int:
        return len(self._memory)
