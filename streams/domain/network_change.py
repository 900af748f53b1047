"""How the network changes while problems are open: one order of changes for all, and the same place in every log.

    inventory, topology --admitted--> stage 6: the next number --> network-changes (what the change is, kept)
                                                             +--> NetworkTurned(number) to every partition of every inbox

- A partition folds what lies before `NetworkTurned` under the network before it, and what lies behind under the one with
  it; the number in force is the partition's state. So a replay changes over at the same places.
- Inside a lane the word travels down with the work: stage 2 passes it on to 3, 3 to 4. Stages 5 and 6 get it from 6.
- A worker makes the network of a number from topology.yaml and `network-changes` (streams/worlds.py); where it cannot
  yet, the partition waits, and the worker says so.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.inventory import PRODUCT, Entry
from streams.domain.wire import Wire

CHANGES = "network-changes"
"""The log of all changes, one partition, in order of their numbers."""


class InventoryTold(Wire, frozen=True):
    """What one record of the topic `inventory` says."""

    entries: tuple[Entry, ...]
    at: Instant
    """0 where the record does not say."""
    clock: Instant = 0


class TopologyAsked(Wire, frozen=True):
    """Another version of topology.yaml is to take effect."""

    version: str
    user: str
    at: Instant
    request: str = ""
    """Id of the request, "" for one that nobody awaits an answer of: a worker was started with a file never seen before."""
    position: str = ""
    """Where it was read."""
    clock: Instant = 0
    level: int = 0
    """The level that is to be in force with it (level.py); 0: no other. With no version: that in force stays."""


class NetworkTurned(Wire, frozen=True):
    """From here on the network is that of this number; the stage hears it when it is in force."""

    number: int
    at: Instant
    lane: str
    """A route to this partition of alarm-events, problem-changes and problem-inbox; "" elsewhere."""
    clock: Instant = 0


class NetworkChange(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change, as `network-changes` keeps it: another topology.yaml, or entries of the inventory."""

    number: int
    at: Instant
    version: str = ""
    """Of the topology.yaml that takes effect, "" where it is the inventory that changes."""
    entries: tuple[Entry, ...] = ()
    user: str = ""
    level: int = 0
    """Of a topology.yaml: the level in force from here on (level.py); 0 from before levels were counted."""

    @property
    def key(self) -> str:
        """Tell what it replaces when the log is compacted: what was told of the same id; an array replaces nothing."""
        if self.version:
            return "topology"
        ids = self.ids
        return f"entry/{self.entries[0].id}" if len(self.entries) == 1 else f"gone/{ids[0]}" if len(ids) == 1 else f"changes/{self.number}"

    @property
    def ids(self) -> list[str]:
        """What it tells of, sorted; a product instance by its own id."""
        return sorted({entry.id.removeprefix(PRODUCT) for entry in self.entries})

    @property
    def ended(self) -> str:
        """Tell the one id of which it says that it is no more; "" where it says anything else."""
        ids = self.ids
        return ids[0] if len(ids) == 1 and all(entry.is_empty for entry in self.entries) else ""


def keys_of(id: str) -> tuple[str, ...]:
    """Return all keys under which `network-changes` may keep something of one id alone."""
    return f"entry/{id}", f"entry/{PRODUCT}{id}", f"gone/{id}"
