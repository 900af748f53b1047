"""Batches that wait to be worked off: lanes in turn, and in each lane what lies furthest downstream first.

A lane is partition p of the feeds and of the inboxes that p feeds: a storm in one domain fills its own lane, whose turn is
one slice, and the other lanes have theirs in between. What all lanes join in (a few records for many alarms) goes before.
Stepped there are no turns: what lies furthest downstream goes first, a batch is finished before the next one begins, since
the length of a slice may depend on the machine and the order of things must not.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable

from streams.engine.inbox import Inbox
from streams.engine.record import Batch

Place = tuple[str, int]
Lane = tuple[str, int]
JOINED: Lane = ("", -1)
_REQUESTS = "requests"
YIELDED = 8
"""Turns of lanes for one of much that is due at once, where they want them: what it tells them is worked off before it tells more, so an alarm finds little in its way."""


class Waiting:
    """All batches in memory that no agent has."""

    def __init__(self, in_turns: bool) -> None:
        self._in_turns = in_turns
        self._yields = 0
        """Turns that the lanes have before what they join in."""
        self._lanes: OrderedDict[Lane, dict[int, OrderedDict[Place, deque[Batch]]]] = OrderedDict()

    def add(self, inbox: Inbox, batch: Batch) -> None:
        """Take in what was fetched."""
        self._places(inbox, batch).setdefault((batch.topic, batch.partition), deque()).append(batch)

    def put_back(self, inbox: Inbox, batch: Batch, yields: bool = False) -> None:
        """Take back what is left of a batch after its lane's turn; `yields`: much is due at once in it, and the lanes have the next turns."""
        if yields:
            self._yields = YIELDED
        place, places = (batch.topic, batch.partition), self._places(inbox, batch)
        places.setdefault(place, deque()).appendleft(batch)
        places.move_to_end(place, last=self._in_turns)

    def next(self) -> Batch | None:
        """Give the batch whose turn it is, None where nothing waits."""
        lane = next(iter(self._lanes), None)
        if JOINED in self._lanes:
            others = (one for one in self._lanes if one != JOINED)
            lane = next(others, JOINED) if self._yields else JOINED
            self._yields = 0 if lane is JOINED else self._yields - 1
        if lane is None:
            return None
        ranks = self._lanes[lane]
        rank = max(ranks)
        place, batches = next(iter(ranks[rank].items()))
        batch = batches.popleft()
        if batches:
            ranks[rank].move_to_end(place)
        else:
            self._end(lane, rank, place)
        if lane in self._lanes:
            self._lanes.move_to_end(lane)
        return batch

    def take(self, place: Place) -> list[Batch]:
        """Hand over all that waits of one partition, in order."""
        taken = [batch for ranks in self._lanes.values() for places in ranks.values() for batch in places.get(place, ())]
        self.forget((place,))
        return taken

    def forget(self, gone: Iterable[Place]) -> None:
        """Drop all of some partitions."""
        for place in gone:
            for lane, ranks in list(self._lanes.items()):
                for rank in [rank for rank, places in ranks.items() if place in places]:
                    self._end(lane, rank, place)

    def _places(self, inbox: Inbox, batch: Batch) -> OrderedDict[Place, deque[Batch]]:
        return self._lanes.setdefault(self._lane(inbox, batch.partition), {}).setdefault(inbox.rank, OrderedDict())

    def _lane(self, inbox: Inbox, partition: int) -> Lane:
        if not self._in_turns or inbox.kind == "join":
            return JOINED
        return (_REQUESTS if inbox.kind == "request" else "", partition)

    def _end(self, lane: Lane, rank: int, place: Place) -> None:
        """Leave away what is empty."""
        ranks = self._lanes[lane]
        del ranks[rank][place]
        if not ranks[rank]:
            del ranks[rank]
        if not ranks:
            del self._lanes[lane]

    def __bool__(self) -> bool:
        return bool(self._lanes)
