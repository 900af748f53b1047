"""What a stage remembers in one partition: rows by string key, decoded in memory over the local store.

A step writes into an overlay that is kept when the step returns and forgotten when it raises. A kept row is dirty until
its unit of work is committed, then clean: only clean rows are dropped from memory when there are too many.

On the wire (changelog and store): key = table name, NUL, row key; value = version byte, 8 bytes of due time (0: none),
the row as a msgpack array. The due time stands in front so that a restore finds what is due without decoding rows.
"""

from collections.abc import Callable
from typing import Any

import msgspec

VERSION = 1
_MISSING: Any = object()


class UnreadableRow(Exception):
    """A stored value that this revision cannot read; the worker stops and says which."""


class TableSpec(msgspec.Struct, frozen=True):
    """One table of an inbox."""

    name: str
    row: type
    due_of: Callable[[Any], int | None] | None = None
    """When a row wants to be looked at again (microseconds), or None."""
    help: str = ""
    upgrades: dict[int, Callable[[bytes], Any]] = {}
    """Older version -> reader of its body: an old value is upgraded when it is read."""


class Rows:
    """One table of one partition, as `streams.domain.view.Rows` wants it."""

    def __init__(self, spec: TableSpec, store: Any, topic: str, partition: int, limit: int) -> None:
        self.spec = spec
        self.name = spec.name
        self.prefix_bytes = spec.name.encode() + b"\0"
        self.due_of = spec.due_of
        self._store, self._topic, self._partition = store, topic, partition
        self._limit = limit
        self._memory: dict[str, Any] = {}
        self._overlay: dict[str, Any] = {}
        self._touched: list[Rows] = []
        self.dirty: dict[str, Any] = {}
        """Rows changed since the last unit closed."""
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(spec.row)
        self._complete = store.is_empty(topic, partition)
        """Everything stored is in memory too: a key that is not there exists nowhere."""

    def attach(self, touched: list["Rows"]) -> None:
        """Have `touched` collect the tables that the running step wrote to."""
        self._touched = touched

    def get(self, key: str) -> Any:
        if self._overlay:
            value = self._overlay.get(key, _MISSING)
            if value is not _MISSING:
                return value
        value = self._memory.get(key, _MISSING)
        if value is not _MISSING or self._complete:
            return None if value is _MISSING else value
        stored = self._store.get(self._topic, self._partition, self.prefix_bytes + key.encode())
        value = None if stored is None else self.decode(key, stored)
        self._memory[key] = value
        return value

    def put(self, key: str, value: Any) -> None:
        if not self._overlay:
            self._touched.append(self)
        self._overlay[key] = value

    def delete(self, key: str) -> None:
        self.put(key, None)

    def prefix(self, prefix: str, limit: int = 1000) -> list[tuple[str, Any]]:
        """Return at most `limit` rows whose key begins with `prefix`, in key order."""
        found = {k: v for source in (self._memory, self._overlay) for k, v in source.items() if k.startswith(prefix)}
        if not self._complete:
            start = len(self.prefix_bytes)
            for raw, stored in self._store.scan(self._topic, self._partition, self.prefix_bytes + prefix.encode()):
                key = raw[start:].decode()
                if key not in found:
                    found[key] = self.decode(key, stored)
                    if len(found) >= limit + len(self._memory) + len(self._overlay):
                        break
        return [(k, found[k]) for k in sorted(found) if found[k] is not None][:limit]

    def keep(self, schedule: Callable[["Rows", str, int], None]) -> None:
        """The step returned: its writes become the partition's state."""
        overlay, memory, due_of = self._overlay, self._memory, self.due_of
        self.dirty.update(overlay)
        memory.update(overlay)
        if due_of is not None:
            for key, value in overlay.items():
                if value is not None and (due := due_of(value)) is not None:
                    schedule(self, key, due)
        if self._complete and None in overlay.values():
            for key, value in overlay.items():
                if value is None:
                    del memory[key]
        overlay.clear()

    def forget(self) -> None:
        """The step raised: its writes never were."""
        self._overlay.clear()

    def encode(self, key: str, value: Any, encoder: msgspec.msgpack.Encoder) -> tuple[bytes, bytes | None]:
        """Return the changelog's key and value of a row."""
        raw = self.prefix_bytes + key.encode()
        if value is None:
            return raw, None
        due = self.due_of(value) if self.due_of is not None else None
        return raw, b"\x01" + (due or 0).to_bytes(8, "big") + encoder.encode(value)

    def decode(self, key: str, stored: bytes) -> Any:
        try:
            if stored[0] != VERSION:
                return self.spec.upgrades[stored[0]](stored[9:])
            return self._decoder.decode(stored[9:])
        except (msgspec.MsgspecError, KeyError, IndexError) as error:
            raise UnreadableRow(f"{self._topic}/{self._partition} table {self.name} key {key!r}: version {stored[:1].hex()}: {error}") from error

    def shrink(self) -> None:
        """Drop the oldest clean rows from memory where there are too many. Only while no unit is on its way to the store."""
        excess = len(self._memory) - self._limit
        if excess <= 0:
            return
        if self._complete:
            self._complete = False
            # The store still has what the open unit deleted: from now on only memory says that it is gone.
            self._memory.update((key, None) for key, value in self.dirty.items() if value is None)
        for key in list(self._memory)[: excess + self._limit // 10]:
            if key not in self.dirty:
                del self._memory[key]

    def __len__(self) -> int:
        return len(self._memory)
