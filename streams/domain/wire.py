"""The base of all that travels between the stages, and time, which travels too (`messages.py` says where)."""

import msgspec

from streams.domain.instant import Instant


class Wire(msgspec.Struct, array_like=True, frozen=True, gc=False, tag=True):
    """Base of all that travels: a tagged array."""


class Tick(Wire, frozen=True):
    """Time, written into an inbox by its owner; in the log, so that a replay sees the same time."""

    clock: Instant
    live: bool = True
    """The partition and all upstream of it had been read to the end when it was written."""
    since: int = -1
    """-1: time. Else the engine's own mark, which no stage sees: whoever took this partition over at `clock` (here by the
    wall) folds it from this offset up to the mark as not live (streams/engine/clock.py)."""

    @property
    def at(self) -> Instant:
        return self.clock
