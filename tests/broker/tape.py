"""Puts numbered records on a real Kafka and reads outputs back as a reader of committed records sees them."""

import threading
from collections import Counter
from time import monotonic, sleep
from typing import Any

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition


class Feeder(threading.Thread):
    """Writes `count` records over `keys` keys to a topic, at a rate; `sent` counts what was written per key."""

    def __init__(self, bootstrap: str, topic: str, count: int, keys: int, rate: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self.topic, self.count, self.keys, self.rate = topic, count, keys, rate
        self.sent: Counter[bytes] = Counter()
        self._producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 5, "log_level": 2})

    def run(self) -> None:
        began = monotonic()
        for number in range(self.count):
            key = b"key-%d" % (number * 7919 % self.keys)
            while True:
                try:
                    self._producer.produce(self.topic, b"%300d" % number, key)
                    break
                except BufferError:
                    self._producer.poll(0.05)
            self.sent[key] += 1
            if number % 100 == 0:
                self._producer.poll(0)
                sleep(max(0.0, began + number / self.rate - monotonic()))
        self._producer.flush(60)


def committed(bootstrap: str, topic: str, count: int, patience: float) -> dict[bytes, list[int]]:
    """Read outputs (key -> numbers in order) until `count` have come and the ends are reached, or patience is over."""
    found: dict[bytes, list[int]] = {}
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader-of-the-test", "isolation.level": "read_committed",
                         "enable.partition.eof": True, "enable.auto.commit": False, "auto.offset.reset": "earliest"})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    total, ended, until = 0, set(), monotonic() + patience
    while monotonic() < until and not (total >= count and len(ended) == len(partitions)):
        messages: list[Any] = consumer.consume(1, 0.5)
        messages += consumer.consume(10_000, 0)
        for message in messages:
            if message.error() is None:
                found.setdefault(message.key(), []).append(int(message.value()))
                total += 1
                ended.discard(message.partition())
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
    consumer.close()
    return found
