"""Batches that wait to be worked off: lanes in turn, and in each lane what lies furthest downstream first.

A lane is partition p of the feeds and of the inboxes that p feeds: a storm in one domain fills its own lane, whose turn is
one slice, and the other lanes have theirs in between. The next turn is that of the lane that had least time (one packed record may
hold hundreds of alarms, and is not cut: turns alone would give a storm most of it); time that a lane had no use for it does not
save up. What all lanes join in (a few records for many alarms) goes before.
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
        self._had: dict[Lane, float] = {}
        """Seconds that each lane had; of one that had nothing to do, at least as many as whoever had the last turn."""
        self._least = 0.0

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
        if not self._lanes:
            return None
        is_joined = JOINED in self._lanes
        if is_joined and not (self._yields and len(self._lanes) > 1):
            lane, self._yields = JOINED, 0
        else:
            self._yields -= is_joined
            lane = min((one for one in self._lanes if one != JOINED), key=self._had.__getitem__)
            self._least = self._had[lane]
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

    def spent(self, inbox: Inbox, partition: int, seconds: float) -> None:
        """Take note of what a turn took."""
        lane = self._lane(inbox, partition)
        self._had[lane] = self._had.get(lane, 0.0) + seconds

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
        lane = self._lane(inbox, batch.partition)
        if lane not in self._lanes:
            self._had[lane] = max(self._had.get(lane, 0.0), self._least)
        return self._lanes.setdefault(lane, {}).setdefault(inbox.rank, OrderedDict())

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
