"""Partitions that stand at a turn whose world this worker cannot make yet, and what follows of them (worlds.py)."""

import logging
from collections.abc import Iterable
from typing import Any

from streams.engine.inbox import Inbox
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.record import Batch
from streams.engine.worlds import Worlds

log = logging.getLogger(__name__)

Place = tuple[str, int]


class Held:
    """What each partition is folded under, and the partitions for which that cannot be made; without `worlds` nothing is ever held."""

    def __init__(self, worlds: Worlds | None, metrics: EngineMetrics) -> None:
        self._worlds, self._metrics = worlds, metrics
        self._batches: dict[Place, list[Batch]] = {}
        self.turn: Any = worlds.turn if worlds is not None else None
        """Type of the messages that change the world."""

    def world(self, part: Part, inbox: Inbox, given: Any) -> Any:
        """Return what a partition is folded under, None where that cannot be made yet; feeds and requests go by the newest.

        `given`: what steps decide by, where there are no worlds.
        """
        if self._worlds is None:
            return given
        return self._worlds.at(part.world) if inbox.kind in ("lane", "join") else self._worlds.newest

    def is_missing(self, world: Any) -> bool:
        """Tell whether this says of a partition that its world cannot be made yet."""
        return world is None and self._worlds is not None

    def turned(self, number: int) -> Any:
        """Return the world that a turn leads to."""
        assert self._worlds is not None
        return self._worlds.turned(number)

    def awaited(self, messages: Iterable[Any]) -> int:
        """Return the number of the first turn among messages whose world cannot be made yet, 0 where there is none."""
        turn = self.turn
        if self._worlds is None or turn not in map(type, messages):        # Asked for every record: turns are seldom.
            return 0
        at = self._worlds.at
        return next((message.number for message in messages if type(message) is turn and at(message.number) is None), 0)

    def hold(self, place: Place, batches: list[Batch], number: int) -> None:
        """Let a partition wait at its turn, with all that is there of it, and say what for."""
        assert self._worlds is not None
        self._batches[place] = batches
        log.warning("%s/%d waits: %s", *place, self._worlds.missing(number))
        self._metrics.held.set(len(self._batches))

    def follow(self, batch: Batch) -> bool:
        """Let a batch wait behind its partition's turn; False where that does not wait."""
        batches = self._batches.get((batch.topic, batch.partition))
        if batches is not None:
            batches.append(batch)
        return batches is not None

    def forget(self, place: Place) -> None:
        """Drop a partition that is not ours any more."""
        self._batches.pop(place, None)

    def release(self, parts: Iterable[Part]) -> list[Batch]:
        """Give back all that waits, to be tried again, and forget worlds that none of our partitions is in any more."""
        released = [batch for batches in self._batches.values() for batch in batches]
        self._batches = {}
        self._metrics.held.set(0)
        if self._worlds is not None:
            self._worlds.keep({part.world for part in parts})
        return released
