"""The behaviours on a real Kafka: one worker process and topics of its own for each."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from streams.domain.instant import iso
from streams.edge.words import time as instant_of
from streams.engine.kafka_peek import KafkaPeek
from streams.stored import Stored
from tests.behaviour.suite import FEED, TOPOLOGY, Behaviour, Json, mended
from tests.chaos.run import Run
from tests.chaos.tape import ends

PATIENCE = 20.0
REST = 1.0
"""Seconds in which nothing more must come once there is enough."""


class OnKafka:
    """A worker in a process of its own; outputs as a reader of committed records sees them."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.run = Run(bootstrap, folder, lambda feed: TOPOLOGY | {"feeds": [TOPOLOGY["feeds"][0] | {"topic": feed}]})
        self.crew = self.run.crew("w0")
        self._producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random"})
        self._used: set[int] = set()

    def send(self, topic: str, value: bytes, key: str = "") -> None:
        self._producer.produce(self.run.feed if topic == FEED else topic, value, key or None)
        self._producer.flush(10)

    def mark(self, at: str) -> None:
        for partition in range(self.run.partitions):
            self._producer.produce(self.run.feed, b"", b"spm-mark", partition, headers={"spm-mark": iso(instant_of(f"2026-01-01T{at}Z"))})
        self._producer.flush(10)

    def outputs(self, topic: str, enough: Callable[[list[Json]], bool]) -> list[Json]:
        until, rested = time.monotonic() + PATIENCE, False
        while True:
            found = [told.value for told in self.run.read([topic])[topic] if told.value is not None]
            if rested or time.monotonic() > until:
                return found
            rested = enough(found)
            self.crew.tend(REST if rested else 0.1)

    def stored(self) -> Stored:
        settings = self.run.settings
        return Stored(KafkaPeek(settings.kafka_config(), settings.group), settings.prefix, settings.group)

    def asked(self) -> None:
        """The worker reads the feed anyway."""

    def mend(self) -> None:
        changes = ("network-changes",)
        before = ends(self.run.bootstrap, self.run.settings.prefix, changes)
        (self.run.folder / "topology.yaml").write_text(json.dumps(mended(self.run.feed)))
        for worker in self.crew.workers:
            worker.kill()
        until = time.monotonic() + PATIENCE
        while ends(self.run.bootstrap, self.run.settings.prefix, changes) == before:
            assert time.monotonic() < until, "The mended topology.yaml did not take effect."
            self.crew.tend(0.1)
        self.crew.tend(REST)

    def close(self) -> None:
        for worker in self.crew.workers:
            worker.end()


class TestKafka(Behaviour):
    @pytest.fixture
    def processor(self, kafka: str, tmp_path: Path) -> Iterator[OnKafka]:
        running = OnKafka(kafka, tmp_path)
        yield running
        running.close()
