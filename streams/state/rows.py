"""The rows of all tables as they are stored, by inbox and table; and of each key the newest that was told on a topic."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from streams import topology as flow
from streams.engine.part import OWN
from streams.engine.table import RowFormat, TableSpec
from streams.stored import Stored


class StoredRow(NamedTuple):
    """One row as it is stored."""

    inbox: str
    partition: int
    table: str
    key: str
    stored: bytes
    """Version, due time and row (streams/engine/table.py)."""

    @property
    def raw(self) -> bytes:
        """The changelog's key."""
        return f"{self.table}\0{self.key}".encode()


class Kept(NamedTuple):
    """One row, read."""

    partition: int
    row: Any


class Held(msgspec.Struct):
    """Tables of all partitions: table -> key -> row. Of a key that several partitions have, the last one."""

    tables: dict[str, dict[str, Kept]]
    clocks: dict[tuple[str, int], Any] = {}
    """Inbox, partition -> the engine's own row."""

    def __getitem__(self, table: str) -> dict[str, Kept]:
        return self.tables.get(table, {})


def inboxes(feeds: Iterable[str]) -> tuple[str, ...]:
    """Return all topics for which anything is remembered."""
    return (*feeds, *flow.INBOXES)


def declared(inbox: str) -> dict[str, TableSpec]:
    """Return the tables of an inbox by name, the engine's own included."""
    return {spec.name: spec for spec in (*flow.tables(inbox), OWN)}


def stored_rows(stored: Stored, inbox: str) -> Iterator[StoredRow]:
    """Iterate over all that is stored for an inbox, by partition and key."""
    for partition, key, value in sorted(stored.state(inbox)):
        table, _, row = key.decode().partition("\0")
        yield StoredRow(inbox, partition, table, row, value)


def held(stored: Stored, wanted: Iterable[str], of: Iterable[str] = flow.INBOXES) -> Held:
    """Read some tables whole; UnreadableRow where a row cannot be read."""
    names, found, clocks = frozenset(wanted), Held({}), {}
    for inbox in of:
        formats = {name: RowFormat(spec) for name, spec in declared(inbox).items()}
        for each in stored_rows(stored, inbox):
            if each.table == OWN.name or each.table in names:
                row = formats[each.table].decode(each.stored, f"{inbox}/{each.partition} table {each.table} key {each.key!r}")
                if each.table == OWN.name:
                    clocks[inbox, each.partition] = row
                else:
                    found.tables.setdefault(each.table, {})[each.key] = Kept(each.partition, row)
    found.clocks = clocks
    return found


def newest(stored: Stored, topic: str, unlike: bytes = b"") -> dict[str, Any]:
    """Return key -> the newest value told on an output topic, decoded; what was withdrawn is left out, and what holds the bytes `unlike`."""
    last: dict[str, bytes | None] = {}
    for _, record in stored.peek.read(stored.output(topic), {}):
        if not (unlike and record.value is not None and unlike in record.value):
            last[(record.key or b"").decode("utf-8", "replace")] = record.value
    return {key: msgspec.json.decode(value) for key, value in last.items() if value is not None}
