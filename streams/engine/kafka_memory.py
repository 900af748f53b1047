"""How far the local state of a partition follows its changelog: one row a partition beside the state, in a reserved place."""

import msgspec

from streams.engine.store import RocksStore, place

_PLACE = place("!changelog", 0)


class Followed(msgspec.Struct, array_like=True, frozen=True):
    """Local state holds everything below `offset` of the changelog topic with this identity."""

    identity: str
    offset: int
    at: int
    """When that was written, milliseconds of the wall clock."""


class Memory:
    """Reads and makes those rows; `identities` tells a changelog from one of the same name that was made anew."""

    def __init__(self, store: RocksStore, identities: dict[str, str]) -> None:
        self._store, self._identities = store, identities

    def identity(self, inbox: str) -> str:
        """Return the identity of the inbox's present changelog."""
        return self._identities[inbox]

    def row(self, inbox: str, partition: int, offset: int, at: int) -> tuple[bytes, bytes]:
        """Make the row to write together with the state."""
        return _key(inbox, partition), msgspec.msgpack.encode(Followed(self._identities[inbox], offset, at))

    def read(self, inbox: str, partition: int) -> Followed | None:
        """Return how far local state is, None where that is not known."""
        found = self._store.get("!changelog", 0, _name(inbox, partition))
        return None if found is None else msgspec.msgpack.decode(found, type=Followed)

    def forget(self, inbox: str, partition: int) -> None:
        """Throw local state away: what is missing is not known afterwards, so the row goes first."""
        self._store.write([(_key(inbox, partition), None)])
        self._store.drop(inbox, partition)


def _key(inbox: str, partition: int) -> bytes:
    return _PLACE + _name(inbox, partition)


def _name(inbox: str, partition: int) -> bytes:
    return f"{inbox}/{partition}".encode()
