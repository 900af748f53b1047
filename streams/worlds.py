"""The networks that a worker can go by: topology.yaml in its versions, and on top what the inventory changed, by number of change.

    network-changes --> heard: kept in order, as all workers have it
    number k        --> the topology.yaml of the last change of it up to k, the inventory's entries up to k on top

The next number costs what its change touches; one without its predecessor at hand (after a start, or with another
topology.yaml) is made from the whole. Networks that no partition is in any more are forgotten.
"""

import logging
from bisect import bisect_right, insort
from collections.abc import Callable, Container
from functools import partial
from typing import Protocol

import msgspec

from streams.domain.inventory import PRODUCT, Changed, Entry, Inventory
from streams.domain.level import FIRST, LEVEL
from streams.domain.network_change import NetworkChange, NetworkTurned
from streams.domain.touched import Touched, differing, touched
from streams.domain.turn import shown
from streams.domain.view import World
from streams.edge.intake import Intake
from streams.edge.names import Names
from streams.edge.requests import Admission
from streams.edge.topology_file import Topology
from streams.edge.topology_versions import Versions
from streams.engine.record import Record

log = logging.getLogger(__name__)

STEPS = 64
"""Changes that are made one after the other; more are made at one go."""
_change = msgspec.msgpack.Decoder(NetworkChange).decode


class Era(World, frozen=True, kw_only=True):
    """One world with all that stage 1 and the requests need beside it."""

    number: int
    topology: Topology
    inventory: Inventory
    names: Names
    intake: Intake
    admission: Admission


class Make(Protocol):
    """Makes eras (streams/eras.py)."""

    def next(self, number: int, inventory: Inventory, before: Era, changed: Changed) -> Era: ...
    def whole(self, number: int, topology: Topology, inventory: Inventory) -> Era: ...


class Worlds:
    """All eras of one worker (streams/engine/worlds.py)."""

    turn = NetworkTurned

    def __init__(self, topology: Topology, versions: Versions, make: Make) -> None:
        self._versions, self._make, self._own = versions, make, versions.take(topology)
        self._changes: dict[int, NetworkChange] = {}
        self._numbers: dict[bytes, list[int]] = {}
        """Key of the inventory's changes -> their numbers."""
        self._together: dict[str, int] = {}
        """Id that an array told of -> the first such change: arrays are kept for ever."""
        self._eras: dict[int, Era] = {}
        self._touched: dict[int, Touched] = {}
        self._turns: list[tuple[int, str]] = []
        """(number, version) of each change of topology.yaml, in order."""
        self._levels: list[tuple[int, int]] = [(0, FIRST)]
        """(number, level) of each change of level, in order."""
        self._last = 0
        self.on_news: Callable[[], None] = lambda: None
        self.on_newer: Callable[[str], None] = lambda why: None
        """To be told, in a sentence, that the log holds what this revision cannot read."""
        self._newest = self._fresh(0)

    @property
    def newest(self) -> Era:
        """The newest era that can be made; a long log is read before one is."""
        if self._newest.number != self._last and (era := self.at(self._last)) is not None:
            self._newest = era
        return self._newest

    # --- what is heard ---

    def hear(self, record: Record) -> None:
        """Take in one record of `network-changes`."""
        if record.value is None:
            self._forget(record.key or b"")
        else:
            change = _change(record.value)
            self._changes[change.number] = change
            self._index(change)
            self._last = max(self._last, change.number)
            if change.version:
                insort(self._turns, (change.number, change.version))
                log.info("version %s of topology.yaml takes effect as change %d of the network", change.version, change.number)
            if change.level:
                insort(self._levels, (change.number, change.level))
            if change.level > LEVEL:
                self.on_newer(f"level {change.level} is in force and this revision reads up to {LEVEL}: start the revision that `spm upgrade finish` was said to, or a later one")
        self.on_news()

    def _index(self, change: NetworkChange) -> None:
        if change.version:
            return
        if len(ids := change.ids) == 1:
            self._numbers.setdefault(change.key.encode(), []).append(change.number)
        else:
            self._together |= {id: change.number for id in ids if id not in self._together}

    def _forget(self, key: bytes) -> None:
        """Drop what was told under a key, as whoever reads the log later never hears of it; what stands before it is made anew."""
        numbers = self._numbers.pop(key, [])
        for number in numbers:
            self._changes.pop(number, None)
        last = max(numbers, default=0)
        self._eras = {number: era for number, era in self._eras.items() if number >= last}

    def take(self, topology: Topology) -> None:
        """Have another version of topology.yaml at hand; it takes effect when its change comes."""
        self._versions.take(topology)
        self.on_news()

    @property
    def in_force(self) -> str:
        """Tell the version of topology.yaml that takes effect with the last change; "" before any was told of."""
        return self._version(self._last)

    @property
    def level(self) -> int:
        """Tell the level in force with the last change."""
        return self._level(self._last)

    def _level(self, number: int) -> int:
        place = bisect_right(self._levels, number, key=lambda change: change[0])
        return max(level for _, level in self._levels[:place])

    def was_in_force(self, version: str) -> bool:
        """Tell whether a version of topology.yaml ever took effect here, as far as is remembered."""
        return any(told == version for _, told in self._turns)

    # --- what the engine asks (streams/engine/worlds.py) ---

    def at(self, number: int) -> Era | None:
        """Return the era of a number, None while it cannot be made."""
        known = self._eras.get(number)
        if known is None and number <= self._last:
            known = self._stepwise(number) or self._whole(number)
            if known is not None:
                known = self._eras[number] = msgspec.structs.replace(known, level=self._level(number), can_forget=partial(self._can_forget, known))
        return known

    def _stepwise(self, number: int) -> Era | None:
        """Make an era from a near one before it, where that is at hand and only the inventory changed since."""
        base = max((n for n in self._eras if n < number), default=-STEPS)
        if number - base >= STEPS:
            return None
        era: Era | None = self._eras[base]
        for n in range(base + 1, number + 1):
            era = self._next(n, era) if era is not None else None
        return era

    def turned(self, number: int) -> Era | None:
        """Return the era of a number, with what it touches of the one before."""
        era, before = self.at(number), self.at(number - 1)
        if era is None or before is None:
            return era
        if number not in self._touched:
            self._touched[number] = touched(before.network, era.network, differing(before.network, era.network))
        return msgspec.structs.replace(era, touched=self._touched[number])

    def _can_forget(self, era: Era, id: str) -> bool:
        """Tell whether the network of an era is the same without what the inventory told of an id."""
        told = (era.inventory.entries.get(name) for name in (id, PRODUCT + id))
        return (all(entry is None or entry.is_empty for entry in told) and self._together.get(id, era.number + 1) > era.number
                and id not in era.topology.network.nodes and id not in era.topology.sold)

    def missing(self, number: int) -> str:
        """Say what is missing for the era of a number."""
        version = self._version(number)
        if number <= self._last and version not in ("", *self._versions.known):
            return (f"version {shown(version)} of topology.yaml is not here (this worker was started with {shown(self._own.version)}): "
                    "put that file in place")
        return f"change {number} of the network has not come yet; {self._last} has"

    def missing_versions(self) -> list[str]:
        """Return the versions of topology.yaml that ever took effect and are not here."""
        return [version for _, version in self._turns if self._versions.get(version) is None]

    def keep(self, numbers: Container[int]) -> None:
        """Forget eras that are neither of these numbers nor the newest."""
        self._eras = {number: era for number, era in self._eras.items() if number in numbers or number == self._newest.number}
        self._touched = {number: known for number, known in self._touched.items() if number in self._eras}

    # --- making them ---

    def _version(self, number: int) -> str:
        """Tell the version of a number; "" before any was told of. What was read before the first change was read by the file that it told of."""
        place = bisect_right(self._turns, number, key=lambda turn: turn[0])
        return self._turns[max(place - 1, 0)][1] if self._turns else ""

    def _next(self, number: int, before: Era) -> Era | None:
        """Make an era from the one before it, where the inventory changes; what was compacted away changes nothing."""
        change = self._changes.get(number)
        if change is not None and change.version:
            return None
        inventory, changed = before.inventory.changed(change.entries if change is not None else (), _named(before.topology.version, number))
        self._touched[number] = touched(before.network, inventory.network, changed)
        return self._make.next(number, inventory, before, changed)

    def _whole(self, number: int) -> Era | None:
        """Make an era from its topology.yaml and all entries up to it, None where that version is not here."""
        version = self._version(number)
        topology = self._versions.get(version) if version else self._own
        return None if topology is None else self._fresh(number, topology)

    def _fresh(self, number: int, topology: Topology | None = None) -> Era:
        topology = topology or self._own
        inventory, _ = Inventory(topology.network, topology.aliases).changed(self._entries(number), _named(topology.version, number))
        return self._make.whole(number, topology, inventory)

    def _entries(self, number: int) -> list[Entry]:
        return [entry for n in sorted(self._changes) if n <= number for entry in self._changes[n].entries]


def _named(version: str, number: int) -> str:
    """Name the network of a number: by the number alone, since which changes led to it is forgotten in time, and it is told in outputs."""
    return f"{version}+{number}" if number > 1 else version
