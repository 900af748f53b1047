"""How much was fetched and is not worked off, by partition; the log pauses where that is too much."""

from streams.engine.record import Log

Place = tuple[str, int]
WAITING_RECORDS = 20_000
"""A partition with more records than this in memory is paused until half of them are worked off."""


class Backlog:
    """Counts of records in memory, and the partitions that are paused."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._queued: dict[Place, int] = {}
        self._paused: set[Place] = set()

    def took(self, place: Place) -> None:
        """Begin to count a partition that is ours now."""
        self._queued[place] = 0

    def gave(self, place: Place) -> None:
        """Forget a partition that is not ours any more."""
        self._queued.pop(place, None)
        self._paused.discard(place)

    def fetched(self, place: Place, records: int) -> None:
        """Count what came in; pause where it is too much."""
        self._queued[place] += records
        if self._queued[place] > WAITING_RECORDS:
            self.pause(place)

    def worked_off(self, place: Place, records: int) -> None:
        """Count what is done."""
        self._queued[place] -= records

    def pause(self, place: Place) -> None:
        """Fetch no more of a partition."""
        if place not in self._paused:
            self._paused.add(place)
            self._log.pause(*place)

    def resume(self, place: Place) -> None:
        """Fetch on where little enough is left."""
        if place in self._paused and self._queued[place] < WAITING_RECORDS // 2:
            self._resume(place)

    def try_again(self) -> None:
        """Have another batch of each partition that is paused though nothing waits of it: a source that was mostly unreadable."""
        for place in sorted(self._paused):
            if self._queued.get(place) == 0:
                self._resume(place)

    def _resume(self, place: Place) -> None:
        self._paused.discard(place)
        self._log.resume(*place)

    def of(self, place: Place) -> int:
        """Records of a partition that were fetched and not worked off."""
        return self._queued.get(place, 0)

    @property
    def beside_the_longest_lane(self) -> int:
        """Records that wait, but for those of the lane with the most: a storm in one domain is no backlog of the others."""
        lanes: dict[int, int] = {}
        for (_, partition), count in self._queued.items():
            lanes[partition] = lanes.get(partition, 0) + count
        return sum(lanes.values()) - (max(lanes.values()) if len(lanes) > 1 else 0)
