"""The side thread: marks of all workers as they come, and which inbox partitions ever held a record."""

import logging
import threading
from time import monotonic, time
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from streams.engine.kafka_cluster import Cluster, Place
from streams.engine.kafka_names import Names
from streams.engine.kafka_settings import Settings
from streams.engine.record import Mark
from streams.engine.seldom import Seldom

log = logging.getLogger(__name__)

_REFRESH = 1.0
_FIRST = 10.0
"""Seconds a start waits to have read the marks told so far; without them it only takes others to be less far than they are."""


class Marks(threading.Thread):
    """Tells ours, reads everybody's; the last told counts."""

    def __init__(self, reading: Settings, writing: Settings, cluster: Cluster, names: Names) -> None:
        super().__init__(name="kafka-marks", daemon=True)
        self._reading, self._cluster, self._names = reading, cluster, names
        self._producer = Producer(writing, logger=log)
        self._halted, self._level = threading.Event(), threading.Event()
        self._complaints = Seldom(log)
        self._empty: set[Place] = set()
        self.told: dict[Place, Mark] = {}
        self.held: dict[str, set[int]] = {}
        self.looked_at = 0
        """Wall clock, microseconds: what was written before then is in `held`."""

    def tell(self, marks: list[Mark]) -> None:
        """Publish; what cannot be said now is said again by the next mark."""
        for mark in marks:
            try:
                self._producer.produce(self._names.marks, msgspec.msgpack.encode(mark), f"{mark.topic}/{mark.partition}".encode(), 0)
            except BufferError:
                log.warning("marks are not getting through to Kafka")
                break
        self._producer.poll(0)

    def say(self, full: str, value: bytes, partition: int, headers: tuple[tuple[str, bytes], ...]) -> None:
        """Write one record of another topic, -1: to any partition: it goes out with the next marks at the latest."""
        try:
            self._producer.produce(full, value, partition=partition, headers=list(headers), on_delivery=self._said)
        except BufferError:
            log.warning("what is to be said on %s is not getting through to Kafka", full)
        self._producer.poll(0)

    def _said(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._complaints.warn("what was to be said on %s was not taken: %s", message.topic(), error.str())

    def watch(self, topic: str) -> None:
        """Keep an eye on which partitions of a topic hold records; answers at once for topics watched already."""
        if topic not in self.held:
            full = self._names.full(topic)
            self.held[topic] = set()
            self._empty |= {(full, partition) for partition in range(self._cluster.partitions(full))}
            self._look()

    def level(self) -> None:
        """Wait until what had been told before is known."""
        if not self._level.wait(_FIRST):
            log.warning("the marks of the other workers could not be read within %.0f s", _FIRST)

    def halt(self) -> None:
        self._halted.set()

    def run(self) -> None:
        consumer = Consumer(self._reading, logger=log)
        consumer.assign([TopicPartition(self._names.marks, 0, 0)])
        looked = monotonic()
        while not self._halted.is_set():
            messages: list[Any] = consumer.consume(1, 0.1)
            if messages:
                messages += consumer.consume(999, 0)
            for message in messages:
                if (error := message.error()) is None:
                    mark = msgspec.msgpack.decode(message.value(), type=Mark)
                    self.told[mark.topic, mark.partition] = mark
                elif error.code() == KafkaError._PARTITION_EOF:
                    self._level.set()
            if monotonic() - looked > _REFRESH:
                looked = monotonic()
                self._look()
        consumer.close()

    def _look(self) -> None:
        """Ask for the ends of the partitions that held nothing so far; one that ever did always did."""
        asked, began = list(self._empty), int(time() * 1_000_000)
        try:
            ends = self._cluster.ends(asked, committed=False)
        except KafkaException as error:
            self._complaints.warn("cannot see which partitions hold records: %s", error.args[0].str())
            return
        for (full, partition), end in ends.items():
            if end > 0:
                self._empty.discard((full, partition))
                topic = self._names.plain[full]
                self.held[topic] = self.held[topic] | {partition}
        self.looked_at = began
