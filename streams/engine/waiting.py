"""Batches that wait to be worked off: what lies furthest downstream first, its partitions in turn, each in its own order.

A partition's turn is one slice: what is left of its batch waits for the next turn, behind the other partitions, so that
one that has very much does not keep those from working that have little. Stepped, a batch is finished first: there the
length of a slice may depend on the machine, and the order of things must not.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable

from streams.engine.record import Batch

Place = tuple[str, int]


class Waiting:
    """All batches in memory that no agent has, by rank of their inbox."""

    def __init__(self, in_turns: bool) -> None:
        self._in_turns = in_turns
        self._ranks: dict[int, OrderedDict[Place, deque[Batch]]] = {}

    def add(self, rank: int, batch: Batch) -> None:
        """Take in what was fetched."""
        self._ranks.setdefault(rank, OrderedDict()).setdefault((batch.topic, batch.partition), deque()).append(batch)

    def put_back(self, rank: int, batch: Batch) -> None:
        """Take back what is left of a batch after its partition's turn."""
        place, places = (batch.topic, batch.partition), self._ranks.setdefault(rank, OrderedDict())
        places.setdefault(place, deque()).appendleft(batch)
        places.move_to_end(place, last=self._in_turns)

    def next(self) -> Batch | None:
        """Give the batch whose turn it is, None where nothing waits."""
        for rank in sorted(self._ranks, reverse=True):
            if places := self._ranks[rank]:
                place, batches = next(iter(places.items()))
                batch = batches.popleft()
                if batches:
                    places.move_to_end(place)
                else:
                    del places[place]
                return batch
        return None

    def forget(self, gone: Iterable[Place]) -> None:
        """Drop all of some partitions."""
        for places in self._ranks.values():
            for place in gone:
                places.pop(place, None)

    def __bool__(self) -> bool:
        return any(self._ranks.values())
