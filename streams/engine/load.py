"""How the messages of the last minute spread over routes: one route is one partition's work, whatever is added beside it."""

from collections import Counter, deque
from collections.abc import Mapping

SLOTS = 6
"""Parts of the minute that are forgotten one by one."""
SLOT_SECONDS = 10.0


class Load:
    """Counts by route; `now` is anybody's seconds that only grow."""

    def __init__(self) -> None:
        self._slots: deque[Counter[str]] = deque([Counter()], SLOTS)
        self._began = 0.0

    def count(self, counts: Mapping[str, int], now: float) -> None:
        """Take in what was counted since the last time."""
        if now - self._began >= SLOT_SECONDS:
            self._slots.append(Counter())
            self._began = now
        self._slots[-1].update(counts)

    def hottest(self) -> tuple[str, int, float]:
        """Return the route with the most messages, how many it has, and its share; ("", 0, 0.0) where there were none."""
        sums: Counter[str] = Counter()
        for slot in self._slots:
            sums.update(slot)
        if not sums:
            return "", 0, 0.0
        route = min(sums, key=lambda name: (-sums[name], name))
        return route, sums[route], sums[route] / sums.total()
