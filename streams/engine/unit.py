"""The open unit of work: what steps have decided since the last commit. All of it lands in the log together, or nothing."""

from time import monotonic
from typing import Any

import msgspec

from streams.engine.part import Part
from streams.engine.record import Closing, Output

_ENCODER = msgspec.msgpack.Encoder()
MAX_DIRTY = 20_000
MAX_OUTPUTS = 20_000
MAX_BYTES = 8 << 20


PACK = 64
"""Messages a record at most: some 1.5 ms of work, after which an agent can give way."""


def packed(values: list[bytes]) -> bytes:
    """Join msgpack values into one msgpack array, without decoding them."""
    return b"\xdd" + len(values).to_bytes(4, "big") + b"".join(values)


class Unit:
    """Outputs, and the parts that were acted for; their changed rows are collected when it closes."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._packs: dict[tuple[str, int], list[bytes]] = {}
        self.bytes = 0
        self.parts: dict[Part, int] = {}
        """What something was done for -> rows of it that have changed."""
        self.dirty = 0
        """Rows that have changed."""
        self.since = 0.0

    def touch(self, part: Part) -> None:
        """Note that something was done for this partition: its position goes into the commit."""
        if part not in self.parts:
            self.parts[part] = 0
            if not self.since:
                self.since = monotonic()

    def weigh(self, part: Part) -> None:
        """Count the rows that have changed since it was last weighed."""
        dirty = part.dirty
        self.dirty += dirty - self.parts[part]
        self.parts[part] = dirty

    def add(self, output: Output) -> None:
        self.outputs.append(output)
        self.bytes += len(output[2] or b"") + 64

    def add_packed(self, place: tuple[str, int], value: bytes) -> None:
        """Add a message that travels with others of this unit to the same partition, in the order they were added."""
        pack = self._packs.get(place)
        if pack is None:
            self._packs[place] = [value]
        else:
            pack.append(value)
        self.bytes += len(value)

    @property
    def is_full(self) -> bool:
        return self.bytes > MAX_BYTES or len(self.outputs) > MAX_OUTPUTS or self.dirty > MAX_DIRTY

    def close(self) -> "Closing":
        """Collect positions and changed rows; encoding happens in `encode`, off the event loop's back."""
        for (topic, partition), values in self._packs.items():
            self.outputs += [(topic, b"", packed(values[n:n + PACK]), partition, []) for n in range(0, len(values), PACK)]
        closing = Closing(self.outputs, {}, {})
        for part in self.parts:
            closing.positions[part.topic, part.partition] = part.position
            changed: Any = part.take_changes()
            if changed:
                closing.state[part.topic, part.partition] = changed
        return closing


def encode(closing: Closing) -> Closing:
    """Turn changed rows into the changelog's keys and values; each changed key once, whatever happened to it."""
    for place, changed in closing.state.items():
        tables: Any = changed
        closing.state[place] = dict(rows.encode(key, value, _ENCODER) for rows, values in tables for key, value in values.items())
    return closing
