"""What was learnt, from the state of stage 2: as `learned.json` of a replay, as `spm learned` shows it, and to be kept in a file."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from streams.domain import learn
from streams.domain.instant import Span
from streams.domain.learnt import Kind, Knowledge, Learnt, Pair, added_up, is_noise, pair_key, weigh
from streams.domain.messages import KnowledgeGiven
from streams.engine.fatal import Refused
from streams.engine.table import RowFormat, TableSpec
from streams.stored import Stored

INBOX = "alarm-events"
"""Whose reader learns."""
MOST = 1_000_000
"""Rows of a table read from a partition; policy keeps them far below."""
_TABLES = {name: TableSpec(name, row, due) for name, (row, due, _) in learn.TABLES.items() if name.startswith("learn")}


class Told(msgspec.Struct, frozen=True):
    """One alarm type as it is told."""

    type: str
    onsets: float
    explained: float
    """Onsets that alarms of other types account for."""
    explains: float
    """Onsets of other types that it accounts for."""
    noise: bool
    """So frequent, and with so little to do with any other, that it tells nothing."""
    chain_seconds: float
    """From the first alarm of a chain to this one at its end, on average; 0 where it never ends one."""


class Document(msgspec.Struct, frozen=True):
    """`learned.json`."""

    causes: list[tuple[str, str, float]]
    """Cause, effect, strength; the strongest first."""
    types: list[Told] = []
    """The most frequent first."""
    pairs: list[Learnt] = []
    """The same pairs with what they rest on: cause, effect, strength, onsets of the effect accounted for, delay in microseconds, share on one object."""


_document = msgspec.json.Decoder(Document).decode


class Standing(msgspec.Struct, frozen=True):
    """What a log holds of learning."""

    known: Knowledge
    partitions: int
    frozen: int
    """Partitions in which learning is frozen."""


def read_document(path: Path) -> Document:
    """Read a document; Refused where it is none."""
    try:
        return _document(path.read_bytes())
    except msgspec.MsgspecError as error:
        raise Refused(f"{path} is nothing that `spm learned export` wrote: {error}") from error


def document(known: Knowledge) -> Document:
    """Tell what is known."""
    pairs = weigh(known)
    ranked = sorted(known.kinds.items(), key=lambda each: (-each[1].onsets, each[0]))
    return Document([(pair.cause, pair.effect, pair.strength) for pair in pairs], [_told(name, kind) for name, kind in ranked], pairs)


def _told(name: str, kind: Kind) -> Told:
    chain = kind.chain_time / kind.chains / 1e6 if kind.chains else 0.0
    return Told(name, round(kind.onsets, 3), round(kind.explained, 3), round(kind.explains, 3), is_noise(kind), round(chain, 3))


def given(read: Document, lane: str) -> KnowledgeGiven:
    """Return what a document tells, for one partition."""
    kinds = tuple(sorted((told.type, Kind(told.onsets, told.explained, told.explains)) for told in read.types))
    pairs = [(pair_key(pair.cause, pair.effect), Pair(pair.support, pair.support * pair.delay, pair.support * pair.beside)) for pair in read.pairs if pair.support]
    return KnowledgeGiven(kinds, tuple(sorted(pairs)), lane, 0)


def of_parts(parts: Iterable[Any], half_life: Span) -> Knowledge:
    """Add up what the partitions of a running processor have learnt (`Engine.parts`); of what all were given, take it once."""
    learners = [part for part in parts if hasattr(part, "learnt_pairs")]
    knowing = [part for part in learners if (row := part.learning.get("")) is not None and row.given]
    rows = [(dict(part.learnt_types.prefix("", MOST)), dict(part.learnt_pairs.prefix("", MOST))) for part in knowing[:1] or learners]
    return added_up(rows, half_life)


def of_state(stored: Stored, half_life: Span) -> Standing:
    """Add up what is stored of it, whether or not a processor runs."""
    kinds: dict[int, dict[str, Kind]] = defaultdict(dict)
    pairs: dict[int, dict[str, Pair]] = defaultdict(dict)
    partitions, frozen = set(), set()
    readers = {name: RowFormat(spec) for name, spec in _TABLES.items()}
    for partition, key, value in stored.state(INBOX):
        table, _, row = key.decode().partition("\0")
        partitions.add(partition)
        if table not in readers:
            continue
        read = readers[table].decode(value, f"{INBOX}/{partition} table {table} key {row!r}")
        if table == "learning" and read.frozen:
            frozen.add(partition)
        elif table == "learnt-types":
            kinds[partition][row] = read
        elif table == "learnt-pairs":
            pairs[partition][row] = read
    return Standing(added_up([(kinds[p], pairs[p]) for p in sorted(partitions)], half_life), len(partitions), len(frozen))


def ask(stored: Stored, action: str, user: str) -> None:
    """Write an order to learning where every request is written; it is answered on `progress`."""
    told = {"action": action, "user": user} if user else {"action": action}
    stored.peek.write(stored.request("operator-actions"), [(0, None, msgspec.json.encode(told), ())])
