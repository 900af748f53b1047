"""What the processor counts, for Prometheus; each figure says what it means. The engine's own are in engine/metrics.py.

Read once a second in the event loop from committed and open state; no label ever holds the name of an object.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

_SHOWN = 1000
"""Rows of a small table looked at: dispositions and feeds are few by design."""


class ProcessorMetrics:
    """Dispositions and feeds of the partitions that this worker owns; sum over workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._dispositions = Gauge("spm_dispositions", "Inputs by what became of them; they add up to what was heard (conservation law).", ["disposition"], registry=registry)
        self._paused = Gauge("spm_feed_paused", "1 while a feed partition is left alone because most of it was unreadable; it is tried again each minute.", ["feed", "partition"], registry=registry)
        self._clock = Gauge("spm_feed_clock_seconds", "Event time that a feed partition has reached, seconds since the epoch.", ["feed", "partition"], registry=registry)

        self._alarms = Gauge("spm_feed_alarms", "Alarms read from a feed partition.", ["feed", "partition"], registry=registry)
        self._unresolved = Gauge("spm_feed_unresolved_alarms", "Of these, alarms of objects that topology.yaml does not declare: `spm names` lists them.", ["feed", "partition"], registry=registry)
        self._moving = Gauge("spm_records_to_move", "1 while a partition moves alarm records to their objects' new domains, or waits for a worker with the topology.yaml that feeds are read by.", ["partition"], registry=registry)
        self._share = Gauge("spm_feed_unresolved_share", "Share of a feed's alarms, in the partitions of this worker, whose object is not declared.", ["feed"], registry=registry)

    def update(self, parts: Iterable[Any]) -> None:
        """Take the figures from the engine's owned partitions."""
        counts: Counter[str] = Counter()
        alarms: Counter[str] = Counter()
        unresolved: Counter[str] = Counter()
        for part in parts:
            if hasattr(part, "dispositions"):
                counts.update({key: row.n for key, row in part.dispositions.prefix("", _SHOWN)})
            if hasattr(part, "networks_seen"):
                seen = part.networks_seen.get("")
                self._moving.labels(part.partition).set(seen is not None and bool(seen.due))
            if hasattr(part, "feed_clock"):
                for feed, row in part.feed_clock.prefix("", _SHOWN):
                    counts.update(row.dispositions)
                    self._paused.labels(feed, part.partition).set(row.paused)
                    self._clock.labels(feed, part.partition).set(row.clock / 1e6)
                    self._alarms.labels(feed, part.partition).set(row.alarms)
                    self._unresolved.labels(feed, part.partition).set(row.unresolved)
                    alarms[feed] += row.alarms
                    unresolved[feed] += row.unresolved
        for feed, count in alarms.items():
            self._share.labels(feed).set(unresolved[feed] / count if count else 0.0)
        for disposition, count in counts.items():
            self._dispositions.labels(disposition).set(count)
