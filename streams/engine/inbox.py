"""What a stage reads: one topic, the tables that go with it, and how its records become messages and outputs bytes."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from streams.engine.record import Record
from streams.engine.table import TableSpec


class Inbox(msgspec.Struct, eq=False):
    """One keyed topic that one stateful stage reads. Its changelog has the same partitions."""

    topic: str
    rank: int
    """Place in the flow, from 0: what lies further downstream is worked off first."""
    decode: Callable[[Record, int], Any]
    """(record, partition) -> message with a `clock`; what it raises makes a dead letter of the record."""
    kind: str = "lane"
    """source: a feed, tells how far time is; lane: partition p feeds p of the next; join: fed by all partitions."""
    tables: tuple[TableSpec, ...] = ()
    reached: Callable[[Any], int] | None = None
    """source: view -> the time its partition has reached, 0 while unknown."""
    met: Callable[[Any], bool] | None = None
    """source: view -> whether it wrote that this partition is read for the first time; asked when a partition is taken over."""
    is_paused: Callable[[Any], bool] | None = None
    """source: view -> whether this partition is to be left alone until an operator resumes it."""
    forward: str = ""
    """lane: the inbox its ticks travel on to."""
    is_packed: bool = False
    """Its records hold several messages each (`unit.packed`): `decode` returns a list."""
    fatal: tuple[type[Exception], ...] = ()
    """What a step may raise that is no record's fault: the process ends, and nothing of the open unit lands."""
    channel: Any = None
    """The Faust channel its agent reads."""


class Codec(msgspec.Struct, frozen=True):
    """How an output's value becomes bytes, and whether the outside reads it (then it carries an `at` header)."""

    encode: Callable[[Any], bytes | None]
    is_external: bool = False
    is_packed: bool = False
    """Messages to one partition travel many to a record; only for topics that inboxes of ours read."""


class Timekeeping(msgspec.Struct, frozen=True):
    """How time reaches the stages."""

    mode: str
    """event: the event time reached upstream, always; wall: the wall clock once all upstream is read."""
    tick: Callable[..., Any]
    """(clock, live) -> the message that carries time; (clock, False, since) -> the mark of a taking over."""
    encode_tick: Callable[[Any], bytes]
    is_tick: type


Bury = Callable[[str, int, Record, BaseException], Iterable[Any]]
"""(topic, partition, record, why) -> the dead letters of a record whose step raised."""
