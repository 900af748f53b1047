"""How long it takes from an alarm produced to what it means being readable, while alarms come at a steady rate.

Background: the usual mixture. Beside it, every 50 ms, a critical alarm on an object of its own that carries a service:
a problem, a customer impact and a trouble report (due at once) must follow, and are looked for read committed.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import quantiles

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition

from streams.bench import load
from streams.bench.site import BenchFailed, Site, Worker

RATE = 5_000
"""Alarms a second."""
EVERY = 0.05
"""Seconds between two probes."""
WARM_UP = 10.0
"""Seconds whose probes do not count: the first of everything, and a broker whose JVM still compiles beside us."""
REPEATS = 0.85
SLOT = 0.01
"""Alarms are written a slot's worth at a time, each at the start of its slot at the earliest."""
TOLD = ("problems", "customer-impacts", "trouble-reports")
_PROBE = re.compile(rb"probe-(\d{5})")
_PATIENCE = 30.0


class Latency(msgspec.Struct):
    """Milliseconds from produce to readable, by what is told; `both`: problem and customer impact, whichever is later."""

    probes: int
    alarms: int
    behind_ms: float
    """How far the feeder fell behind its own plan at most: a machine too busy to measure on shows here."""
    both: tuple[float, float]
    """p50, p99."""
    problem: tuple[float, float]
    impact: tuple[float, float]
    report: tuple[float, float]
    """Due at once: at the alarm's own time."""


def probes(seconds: float) -> int:
    """Return how many probes a run of this length needs."""
    return int((seconds + WARM_UP) / EVERY) + 1


def measure(site: Site, seconds: float) -> Latency:
    """Feed a live worker for `seconds` after the warm-up; BenchFailed where something never became readable."""
    count = probes(seconds)
    with Worker(site) as worker:
        worker.wait_until_ready()
        readable = Readable(site, TOLD)
        readable.start()
        sent: dict[int, float] = {}
        planned = int((seconds + WARM_UP) * RATE)
        start = datetime.now(UTC) + timedelta(seconds=0.2)
        behind = _feed(site, load.mixture(planned, REPEATS, start=start, rate=RATE), sent, count)
        until = time.monotonic() + _PATIENCE
        while any(len(readable.first[topic]) < len(sent) for topic in TOLD) and time.monotonic() < until:
            worker.check()
            time.sleep(0.1)
        readable.halt()
    return _judge(sent, readable.first, planned, behind)


def _feed(site: Site, background: Iterator[tuple[bytes, bytes]], sent: dict[int, float], count: int) -> float:
    """Write alarms at their times, probes among them; return how far it fell behind at most, in milliseconds."""
    producer = Producer(site.client("live-feeder") | {"partitioner": "murmur2_random", "linger.ms": "1"})
    begin, behind, slot, per_slot = time.monotonic() + 0.2, 0.0, 0, int(RATE * SLOT)
    while chunk := list(islice(background, per_slot)):
        left = begin + slot * SLOT - time.monotonic()
        if left > 0:
            time.sleep(left)
        behind = max(behind, -left)
        if len(sent) < count and slot * SLOT >= len(sent) * EVERY:
            number = len(sent)
            key, value = load.probe_alarm(number, datetime.now(UTC))
            sent[number] = time.monotonic()
            producer.produce(site.feed, value, key)
        for key, value in chunk:
            producer.produce(site.feed, value, key)
        producer.poll(0)
        slot += 1
    producer.flush(10)
    return behind * 1000


class Readable(threading.Thread):
    """Notes when a probe is first read, committed, in each topic."""

    def __init__(self, site: Site, topics: Iterable[str]) -> None:
        super().__init__(name="bench-reader", daemon=True)
        self._site, self._halted = site, threading.Event()
        self._consumer = Consumer(site.client("reader") | {
            "group.id": f"{site.name}-reader", "isolation.level": "read_committed", "enable.auto.commit": "false",
            "fetch.wait.max.ms": "50", "fetch.queue.backoff.ms": "10"})
        there = self._consumer.list_topics(timeout=30).topics
        self._topics = {site.prefix + topic: topic for topic in topics}
        self._consumer.assign([TopicPartition(full, p, 0) for full in self._topics for p in there[full].partitions])
        self.first: dict[str, dict[int, float]] = {topic: {} for topic in self._topics.values()}

    def run(self) -> None:
        while not self._halted.is_set():
            messages = self._consumer.consume(1, 0.05)
            if messages:
                messages += self._consumer.consume(500, 0)
            now = time.monotonic()
            for message in messages:
                value, topic = message.value(), message.topic()
                if message.error() is None and value is not None and topic is not None and (found := _PROBE.search(value)):
                    self.first[self._topics[topic]].setdefault(int(found[1]), now)
        self._consumer.close()

    def halt(self) -> None:
        """Stop reading."""
        self._halted.set()
        self.join(10)


def _judge(sent: dict[int, float], first: dict[str, dict[int, float]], alarms: int, behind: float) -> Latency:
    missing = {topic: len(sent) - len(seen) for topic, seen in first.items() if len(seen) < len(sent)}
    if missing:
        raise BenchFailed(f"Of {len(sent)} probes these were not readable {_PATIENCE:.0f} s after the last alarm: {missing}.")
    counted = [number for number in sent if number * EVERY >= WARM_UP]
    took = {topic: {number: (seen[number] - sent[number]) * 1000 for number in counted} for topic, seen in first.items()}
    both = [max(took["problems"][number], took["customer-impacts"][number]) for number in counted]
    return Latency(len(counted), alarms, round(behind, 1), middle_and_edge(both), *(middle_and_edge(list(took[topic].values())) for topic in TOLD))


def middle_and_edge(values: list[float]) -> tuple[float, float]:
    """Return p50 and p99."""
    cut = quantiles(values, n=100, method="inclusive")
    return round(cut[49], 1), round(cut[98], 1)
