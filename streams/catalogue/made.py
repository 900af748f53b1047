"""Declared figures made countable: live counters, and sheets that are written anew at each look."""

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.catalogue import ALL
from streams.catalogue.metric import OTHERS, Metric

disable_created_metrics()  # type: ignore[no-untyped-call]
_DECLARED = {metric.name: metric for metric in ALL}


def declared(name: str, kind: str) -> Metric:
    """Return a declared figure; KeyError for one that is not, or is of another kind: declare it first."""
    metric = _DECLARED[name]
    if metric.kind != kind:
        raise KeyError(f"{name} is declared as a {metric.kind}")
    return metric


def counter(name: str, registry: CollectorRegistry) -> Counter:
    """Make a counter of this process."""
    metric = declared(name, "counter")
    return Counter(metric.family, metric.meaning, metric.labels, registry=registry)


def gauge(name: str, registry: CollectorRegistry) -> Gauge:
    """Make a gauge."""
    metric = declared(name, "gauge")
    return Gauge(metric.name, metric.meaning, metric.labels, registry=registry)


def histogram(name: str, registry: CollectorRegistry) -> Histogram:
    """Make a histogram."""
    metric = declared(name, "histogram")
    return Histogram(metric.name, metric.meaning, metric.labels, buckets=metric.buckets, registry=registry)


Page = dict[str, dict[tuple[str, ...], float]]
"""Name -> label values -> value."""


class Sheet(Collector):
    """Figures read off state: what a look finds replaces all that the look before found, so nothing outlives its partition.

    `put` and `add` write the next page, `publish` shows it, whole, to whoever scrapes.
    """

    def __init__(self, names: Iterable[str], registry: CollectorRegistry) -> None:
        self._metrics = {name: _DECLARED[name] for name in names}
        self._next: Page = {name: {} for name in self._metrics}
        self._shown: Page = {}
        registry.register(self)

    def put(self, name: str, value: float, *labels: object) -> None:
        """Say what a figure is."""
        rows, key = self._row(name, labels)
        rows[key] = float(value)

    def add(self, name: str, value: float, *labels: object) -> None:
        """Add to a figure, 0 where it was not told yet."""
        rows, key = self._row(name, labels)
        rows[key] = rows.get(key, 0.0) + value

    def most(self, name: str, value: float, *labels: object) -> None:
        """Say that a figure is at least this."""
        rows, key = self._row(name, labels)
        rows[key] = max(rows.get(key, value), value)

    def _row(self, name: str, labels: tuple[object, ...]) -> tuple[dict[tuple[str, ...], float], tuple[str, ...]]:
        rows, key = self._next[name], tuple(map(str, labels))
        if key not in rows and len(rows) >= self._metrics[name].most:
            key = (OTHERS,) * len(key)
        return rows, key

    def publish(self) -> None:
        """Show what was written since the last time."""
        self._shown, self._next = self._next, {name: {} for name in self._metrics}

    def describe(self) -> Iterator[Any]:
        """Tell names without values: a registry asks before anything was counted."""
        return self._families({})

    def collect(self) -> Iterator[Any]:
        return self._families(self._shown)

    def _families(self, page: Page) -> Iterator[Any]:
        for name, metric in self._metrics.items():
            make = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = make(metric.family if metric.kind == "counter" else name, metric.meaning, labels=metric.labels)
            for labels, value in page.get(name, {}).items():
                family.add_metric(labels, value)
            yield family
