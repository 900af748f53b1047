"""The engine's gauges, brought up to date once a second; and whether the event loop still turns."""

from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.engine.core import Engine

STILL_SECONDS = 60.0
"""An event loop that has not turned for this long is taken for dead: longer than any slice, commit or collection."""


class Figures:
    """What one engine counts between two looks, and what it is seen to be."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._turned_at = 0.0
        self.folded: Counter[str] = Counter()
        """Topic -> records folded since the last look."""
        self.also: Callable[[], None] = lambda: None
        """Whose figures are brought up to date with ours."""

    @property
    def is_turning(self) -> bool:
        """The event loop has come here lately, or not yet: while it waits for a broker, nothing has stopped."""
        return not self._turned_at or monotonic() - self._turned_at < STILL_SECONDS

    def update(self) -> None:
        """Bring the gauges up to date."""
        engine, metrics, self._turned_at = self._engine, self._engine.metrics, monotonic()
        for topic, count in self.folded.items():
            metrics.records.labels(topic).inc(count)
        self.folded.clear()
        unit = engine.folding.unit
        metrics.ready.set(engine.journal.is_ready)
        metrics.dirty.set(unit.dirty)
        if engine.worlds is not None:
            metrics.network.set(engine.worlds.newest.number)
        metrics.unit_age.set(self._turned_at - unit.since if unit.since else 0.0)
        for part in engine.parts.values():
            for rows in part.tables:
                metrics.rows.labels(part.topic, part.partition, rows.name).set(len(rows))
        for place, records in engine.journal.lag().items():
            metrics.lag.labels(*place).set(records + engine.backlog.of(place))
            metrics.lag_seconds.labels(*place).set(engine.clock.age(place))
        self.also()
