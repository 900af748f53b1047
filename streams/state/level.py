"""The level in force (domain/level.py), read from the log of the network's changes."""

import msgspec

from streams.domain.level import FIRST
from streams.domain.network_change import CHANGES, NetworkChange
from streams.stored import Stored

_change = msgspec.msgpack.Decoder(NetworkChange).decode


def in_force(stored: Stored) -> int:
    """Return it; that of before levels were counted where no record says another."""
    return max((_change(record.value).level for _, record in stored.peek.read(stored.output(CHANGES), {}) if record.value is not None), default=0) or FIRST
