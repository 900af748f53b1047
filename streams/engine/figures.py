"""The engine's gauges, brought up to date once a second; and whether the event loop still turns."""

import logging
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from streams.engine.load import Load

if TYPE_CHECKING:
    from streams.engine.core import Engine

STILL_SECONDS = 60.0
"""An event loop that has not turned for this long is taken for dead: longer than any slice, commit or collection."""


SIZES_SECONDS = 10.0
"""Between two looks at how large the state is."""
HOT_SHARE, HOT_RECORDS, HOT_SECONDS = 0.5, 1000, 60.0
"""A route with this share of so many messages is named in the log, at most this often: a label may not name it."""
log = logging.getLogger(__name__)


class Figures:
    """What one engine counts between two looks, and what it is seen to be."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._turned_at = 0.0
        self.folded: Counter[str] = Counter()
        """Topic -> records folded since the last look."""
        self._load = Load()
        self._unready_since = self._sized_at = self._named_at = 0.0
        self.also: Callable[[], None] = lambda: None
        """Whose figures are brought up to date with ours."""

    @property
    def is_turning(self) -> bool:
        """The event loop has come here lately, or not yet: while it waits for a broker, nothing has stopped."""
        return not self._turned_at or monotonic() - self._turned_at < STILL_SECONDS

    def update(self) -> None:
        """Bring the gauges up to date."""
        engine, metrics, now = self._engine, self._engine.metrics, monotonic()
        self._turned_at = now
        for topic, count in self.folded.items():
            metrics.records.labels(topic).inc(count)
        self.folded.clear()
        unit = engine.folding.unit
        metrics.dirty.set(unit.dirty)
        if engine.worlds is not None:
            metrics.network.set(engine.worlds.newest.number)
        metrics.unit_age.set(now - unit.since if unit.since else 0.0)
        metrics.commit_age.set(now - engine.commits.began_at if engine.commits.began_at else 0.0)
        self._look_whether_ready(now)
        self._look_at_parts()
        self._look_at_load(now)
        if now - self._sized_at >= SIZES_SECONDS:
            self._sized_at = now
            used, free = engine.journal.store.sizes()
            metrics.state_bytes.set(used)
            metrics.free_bytes.set(free)
        metrics.sheet.publish()
        self.also()

    def _look_whether_ready(self, now: float) -> None:
        metrics, is_ready = self._engine.metrics, self._engine.journal.is_ready
        self._unready_since = 0.0 if is_ready else self._unready_since or now
        metrics.ready.set(is_ready)
        metrics.restoring.set(now - self._unready_since if self._unready_since else 0.0)

    def _look_at_parts(self) -> None:
        engine, sheet = self._engine, self._engine.metrics.sheet
        owned, held = dict.fromkeys(engine.inboxes, 0), Counter[str]()
        for part in engine.parts.values():
            owned[part.topic] += 1
            sheet.put("spm_restore_seconds", part.opened_in, part.topic, part.partition)
            for rows in part.tables:
                held[rows.name] += len(rows)
        for topic, count in owned.items():
            sheet.put("spm_partitions_owned", count, topic)
        for table, count in held.items():
            sheet.put("spm_table_rows_in_memory", count, table)
        for place, records in engine.journal.lag().items():
            sheet.put("spm_lag_records", records + engine.backlog.of(place), *place)
            sheet.put("spm_lag_seconds", engine.clock.age(place), *place)

    def _look_at_load(self, now: float) -> None:
        """See which route has the most, and name it in the log where that is one partition's work alone."""
        self._load.count(self._engine.folding.take_routed(), now)
        route, records, share = self._load.hottest()
        sheet = self._engine.metrics.sheet
        sheet.put("spm_hottest_domain_share", share)
        sheet.put("spm_hottest_domain_records", records)
        if share >= HOT_SHARE and records >= HOT_RECORDS and now - self._named_at >= HOT_SECONDS:
            self._named_at = now
            log.info("%s has %.0f %% of %d messages of the last minute", route, share * 100, round(records / share))
