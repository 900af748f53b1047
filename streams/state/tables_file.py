"""All tables of a group in a file, one JSON array a line, so that a person can read it and a tool compare it.

    {"spm": "tables", "version": 1, "topology": ..., "cluster": ..., "partitions": {inbox: n}, "positions": {topic: [offset, ...]}}
    ["row", inbox, partition, table, key, row]     the row as its struct's array; {"raw": base64} where this revision does not know it
    ["change", key, base64]                        a record of network-changes: which network the rows stand in
    ["unread", inbox, partition, key, base64]      a record that its stage had not read yet
    {"end": rows and changes, "sha256": of all lines before}

Written and read line by line; `.gz` is packed. The same state gives the same bytes but for the first line's cluster.
"""

import gzip
import io
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from streams.engine.fatal import Refused
from streams.engine.table import RowFormat, UnreadableRow
from streams.state.rows import StoredRow, declared

FORMAT = 1
_encoder = msgspec.msgpack.Encoder()
_line = msgspec.json.decode
SMALLEST = 2
"""Lines of a file that holds nothing."""


class Header(msgspec.Struct, frozen=True):
    """The first line."""

    spm: str
    version: int
    topology: str
    """Version in force."""
    partitions: dict[str, int]
    positions: dict[str, list[int]] = {}
    """How far feeds and requests had been read; empty for the log of `spm run`."""
    cluster: str = ""
    """Id of the Kafka cluster whose offsets these are."""


class Change(msgspec.Struct, frozen=True):
    """A record of network-changes."""

    key: bytes
    value: bytes


class Unread(msgspec.Struct, frozen=True):
    """A record of an inbox that no stage has read."""

    inbox: str
    partition: int
    key: bytes
    value: bytes


class _Formats:
    """How the rows of every table are written, kept once made."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, tuple[RowFormat, Any]]] = {}

    def of(self, inbox: str, table: str) -> tuple[RowFormat, Any] | None:
        if inbox not in self._known:
            self._known[inbox] = {name: (RowFormat(spec), msgspec.json.Decoder(spec.row)) for name, spec in declared(inbox).items()}
        return self._known[inbox].get(table)


def write(path: Path, header: Header, rows: Iterable[StoredRow], changes: Iterable[Change | Unread]) -> int:
    """Write a file whole or not at all; return how many rows it holds."""
    formats, digest, count, lines = _Formats(), sha256(), 0, 0
    fresh = path.with_name(path.name + ".new")
    with gzip.open(fresh, "wb") if path.suffix == ".gz" else open(fresh, "wb") as file:

        def put(line: Any) -> None:
            told = msgspec.json.encode(line) + b"\n"
            digest.update(told)
            file.write(told)

        put(header)
        for row in rows:
            put(["row", row.inbox, row.partition, row.table, row.key, _told(formats, row)])
            count += 1
        for change in changes:
            value = b64encode(change.value).decode()
            put(["change", change.key.decode(), value] if isinstance(change, Change) else ["unread", change.inbox, change.partition, change.key.decode(), value])
            lines += 1
        file.write(msgspec.json.encode({"end": count + lines, "sha256": digest.hexdigest()}) + b"\n")
    fresh.replace(path)
    return count


def _told(formats: _Formats, row: StoredRow) -> Any:
    """Return a row as JSON where that gives the same bytes again, else its bytes."""
    if (known := formats.of(row.inbox, row.table)) is not None:
        form, decoder = known
        try:
            told = msgspec.json.encode(form.decode(row.stored, row.inbox))
            if form.encode(row.key, decoder.decode(told), _encoder)[1] == row.stored:
                return msgspec.Raw(told)
        except (UnreadableRow, msgspec.MsgspecError):
            pass    # Of another revision: kept as it is, for one that knows it.
    return {"raw": b64encode(row.stored).decode()}


def read(path: Path) -> tuple[Header, Iterator[StoredRow | Change | Unread]]:
    """Read a file: its header, and what it holds; Refused, before anything else is given, where it is none or not whole."""
    try:
        _verify(path)
        with _opened(path) as file:
            header = msgspec.json.decode(file.readline(), type=Header)
    except (msgspec.MsgspecError, OSError, EOFError, ValueError) as error:
        raise Refused(f"{path} is nothing that `spm tables export` wrote: {error}") from error
    if header.spm != "tables" or header.version > FORMAT:
        raise Refused(f"{path} was written by a newer revision (format {header.version}; this one reads {FORMAT})")
    return header, _contents(path)


def _verify(path: Path) -> None:
    digest, last, lines = sha256(), b"", 0
    with _opened(path) as file:
        for line in file:
            digest.update(last)
            last, lines = line, lines + 1
    told = _line(last) if last else {}
    if lines < SMALLEST or not isinstance(told, dict) or told.get("sha256") != digest.hexdigest() or told.get("end") != lines - SMALLEST:
        raise ValueError("it is not whole, or was changed since")


def _contents(path: Path) -> Iterator[StoredRow | Change | Unread]:
    formats = _Formats()
    with _opened(path) as file:
        file.readline()
        for line in file:
            told = _line(line)
            if isinstance(told, dict):
                return
            if told[0] == "change":
                yield Change(told[1].encode(), b64decode(told[2]))
            elif told[0] == "unread":
                yield Unread(told[1], told[2], told[3].encode(), b64decode(told[4]))
            else:
                _, inbox, partition, table, key, row = told
                yield StoredRow(inbox, partition, table, key, _stored(formats, inbox, table, key, row))


def _stored(formats: _Formats, inbox: str, table: str, key: str, row: Any) -> bytes:
    if isinstance(row, dict) and row.keys() == {"raw"}:
        return b64decode(row["raw"])
    known = formats.of(inbox, table)
    if known is None:
        raise Refused(f"table {table} of {inbox} is not known to this revision")
    form, decoder = known
    return form.encode(key, decoder.decode(msgspec.json.encode(row)), _encoder)[1] or b""


def _opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.suffix == ".gz" else io.BufferedReader(io.FileIO(path))
