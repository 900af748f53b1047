"""Feeds alarms to Kafka at a rate, marks the end of time, and reads outputs as a reader of committed records sees them."""

import threading
from collections.abc import Iterable
from time import monotonic, sleep
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from streams import topology as flow
from streams.domain.instant import Instant, iso
from tests.chaos.network import Asked, Line
from tests.chaos.oracle import Outputs, told

READ = (*flow.OUTPUTS, "problem-changes")
BEGINNING = (KafkaError.NOT_COORDINATOR, KafkaError.COORDINATOR_NOT_AVAILABLE, KafkaError.COORDINATOR_LOAD_IN_PROGRESS)
"""What a coordinator of groups answers that has just begun."""


class Feeder(threading.Thread):
    """Writes lines in their order; `keyed` by county, else over all partitions in turn. `rate` 0: as fast as it goes.

    `times`: the second at which each line is written, instead of a rate. `asked`: requests, written in between.
    """

    def __init__(self, bootstrap: str, topic: str, lines: list[Line], rate: float, keyed: bool = True, partitions: int = 0, times: list[float] | None = None, asked: list[Asked] | None = None) -> None:
        super().__init__(name="feeder", daemon=True)
        self._asked = asked or []
        self.topic, self.lines, self.rate, self.keyed, self.partitions = topic, lines, rate, keyed, partitions
        self.fed, self.times, self._told = 0, times, 0
        self._producer = Producer({"bootstrap.servers": bootstrap, "log_level": 0, "partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 5, "message.timeout.ms": 120_000})

    def run(self) -> None:
        began = monotonic()
        for number, line in enumerate(self.lines):
            if self.times:
                sleep(max(0.0, began + self.times[number] - monotonic()))
            while True:
                try:
                    if self.keyed:
                        self._producer.produce(self.topic, line.value, line.key)
                    else:
                        self._producer.produce(self.topic, line.value, partition=number % self.partitions)
                    break
                except BufferError:
                    self._producer.poll(0.05)
            self.fed = number + 1
            self._ask(number * len(self._asked) // len(self.lines))
            if number % 100 == 0:
                self._producer.poll(0)
                if self.rate:
                    sleep(max(0.0, began + number / self.rate - monotonic()))
        self._ask(len(self._asked))
        self._producer.flush(120)

    def _ask(self, until: int) -> None:
        """Write requests in their order, each topic to its first partition: where they are read is part of some answers."""
        for one in self._asked[self._told:until]:
            self._producer.produce(one.topic, one.value, partition=0)
        self._told = max(self._told, until)

    def mark(self, until: Instant, partitions: int) -> None:
        """Say on every partition that time has reached `until`."""
        for partition in range(partitions):
            self._producer.produce(self.topic, b"", b"spm-mark", partition, headers={"spm-mark": iso(until)})
        self._producer.flush(120)


def unread(bootstrap: str, group: str, *topics: str) -> int:
    """Count the records of a feed, or of requests, that the group has not yet committed to have read."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "log_level": 0, "group.id": group})
    there = consumer.list_topics(timeout=10).topics
    places = [TopicPartition(topic, partition) for topic in topics for partition in there[topic].partitions]
    waiting = sum(consumer.get_watermark_offsets(place, timeout=10)[1] - max(0, place.offset) for place in _committed(consumer, places))
    consumer.close()
    return waiting


def _committed(consumer: Consumer, places: list[TopicPartition]) -> list[TopicPartition]:
    """Return how far the group is; a coordinator that has just begun is asked again for ten seconds."""
    until = monotonic() + 10
    while True:
        try:
            return consumer.committed(places, timeout=10)
        except KafkaException as error:
            if error.args[0].code() not in BEGINNING or monotonic() > until:
                raise
            sleep(0.2)


def is_read(bootstrap: str, group: str, prefix: str) -> bool:
    """Say whether the group has read all that is committed between its stages. Ends that stand still do not say it: nobody may have restored them yet."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "log_level": 0, "group.id": group, "isolation.level": "read_committed", "enable.partition.eof": True,
                         "enable.auto.commit": False, "auto.offset.reset": "earliest", "fetch.wait.max.ms": 20})
    there = consumer.list_topics(timeout=10).topics
    places = consumer.committed([TopicPartition(prefix + topic, p) for topic in flow.INBOXES for p in there[prefix + topic].partitions], timeout=10)
    consumer.assign([TopicPartition(place.topic, place.partition, max(0, place.offset)) for place in places])
    ended = 0
    try:
        while ended < len(places):
            message = consumer.poll(10)
            if message is None or message.error() is None:
                return False
            ended += message.error().code() == KafkaError._PARTITION_EOF
    except KafkaException:
        return False        # an open transaction holds a position
    finally:
        consumer.close()
    return True


def ends(bootstrap: str, prefix: str, topics: Iterable[str] = READ) -> int:
    """Add up where topics end for readers of committed records."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "log_level": 0, "group.id": "reader-of-the-chaos", "isolation.level": "read_committed"})
    there = consumer.list_topics(timeout=10).topics
    places = [TopicPartition(prefix + topic, partition) for topic in topics for partition in there[prefix + topic].partitions]
    end = sum(consumer.get_watermark_offsets(place, timeout=10)[1] for place in places)
    consumer.close()
    return end


def committed(bootstrap: str, prefix: str, topics: Iterable[str] = READ) -> Outputs:
    """Read topics from the beginning to their ends, partition by partition."""
    found: dict[str, dict[int, list[Any]]] = {}
    consumer = Consumer({"bootstrap.servers": bootstrap, "log_level": 0, "group.id": "reader-of-the-chaos", "isolation.level": "read_committed", "enable.partition.eof": True,
                         "enable.auto.commit": False, "auto.offset.reset": "earliest", "fetch.wait.max.ms": 20})
    there = consumer.list_topics(timeout=10).topics
    wanted = [TopicPartition(prefix + topic, partition, 0) for topic in topics for partition in there[prefix + topic].partitions]
    consumer.assign(wanted)
    ended: set[tuple[str, int]] = set()
    while len(ended) < len(wanted):
        for message in [*consumer.consume(1, 1.0), *consumer.consume(10_000, 0)]:
            where = (message.topic() or "", message.partition() or 0)
            if (error := message.error()) is None:
                found.setdefault(where[0], {}).setdefault(where[1], []).append(message)
                ended.discard(where)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add(where)
    consumer.close()
    outputs: Outputs = {}
    for topic in topics:
        partitions = found.get(prefix + topic, {})
        decoded = [told(topic, dict(m.headers() or ()).get("at", b"").decode(), (m.key() or b"").decode(), m.value()) for p in sorted(partitions) for m in partitions[p]]
        outputs[topic] = [one for one in decoded if one is not None]
    return outputs
