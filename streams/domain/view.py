"""What a step is given and what it gives back: rows of the partition's tables, and outputs to carry away.

A step is `step(view, message, now, world) -> list[Emit]`. It reads and writes rows of `view`; the engine keeps all
of it, rows and outputs, or nothing. `now` is the partition's clock: never the system's. Rows are never changed in
place: `put` a new value. A row whose table declares a due time is handed to `come_due` when that time has come, in
order of time, before any message of a later clock.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from streams.domain.alarm import Alarm
from streams.domain.instant import Instant
from streams.domain.level import FIRST
from streams.domain.network import Network
from streams.domain.policy import Policy
from streams.domain.touched import NOTHING, Touched

Row = TypeVar("Row")


class Rows(Protocol[Row]):
    """One table of the partition, by string key."""

    def get(self, key: str) -> Row | None: ...
    def put(self, key: str, value: Row) -> None: ...
    def delete(self, key: str) -> None: ...
    def prefix(self, prefix: str, limit: int = 1000, after: str = "") -> list[tuple[str, Row]]: ...


class View(Protocol):
    """The tables of one stage in one partition; each is an attribute of its declared name (`-` becomes `_`)."""

    partition: int
    live: bool
    """False while the partition catches up with a backlog in live mode: reports, commands and impact starts wait."""
    memo: dict[str, Any]
    """What the stage worked out from its rows and may find forgotten at any time; a step that raises forgets all of it."""

    def __getattr__(self, table: str) -> Any: ...


class World(msgspec.Struct, frozen=True):
    """The network and the policy in force: what changes only with `NetworkTurned` (network_change.py)."""

    network: Network
    policy: Policy
    trace: bool = False
    """Whether each input's disposition is told on the topic `trace` (`spm replay`)."""
    readdress: Callable[[Alarm], Alarm] | None = None
    """An alarm as it would come now: its object's name resolved, and its domain, under this network; None: as it came."""
    touched: Touched = NOTHING
    """What the network differs in from the one before it, for the step that hears of the change."""
    lanes: tuple[str, ...] = ()
    """Routes, one to each partition of alarm-events."""
    joins: tuple[tuple[str, str], ...] = ()
    """(topic, key), one to each partition of the other inboxes that are told of a change."""
    level: int = FIRST
    """What may be written: level.py."""
    can_forget: Callable[[str], bool] | None = None
    """Whether the network is the same without the word that a thing has ended (ended_things.py); None: nobody knows."""


class Emit(msgspec.Struct, gc=False):
    """One output. The topic's codec (`streams/topology.py`) turns `value` into bytes; None is a tombstone."""

    topic: str
    key: str
    value: Any
    at: Instant
    """Event time of what the output tells: its `at` header."""
    route: str | None = None
    """What the partition is chosen by where that is not the key: a correlation domain."""
    traces: tuple[str, ...] = ()
    """Trace contexts it belongs to (traces.py): the first goes on in its header `traceparent`, the others in `spm-links`."""


NETWORK_KEY = "network"
"""Of all that goes into network-inbox: it has one partition."""


def to_network(message: Any, at: Instant) -> Emit:
    """Tell stage 6."""
    return Emit("network-inbox", NETWORK_KEY, message, at)
