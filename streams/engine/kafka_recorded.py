"""What a group left in Kafka, read again from the beginning as its workers read it: committed records only."""

from collections.abc import Iterator
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from streams.engine.fatal import Fatal, Refused
from streams.engine.kafka_cluster import Cluster, bounds
from streams.engine.kafka_settings import Settings, lone_reader
from streams.engine.record import Record

_PATIENCE = 10.0
_BATCH = 5000


class Recording:
    """The topics of one group. Topic names here are without prefix."""

    def __init__(self, config: Settings, group: str, prefix: str) -> None:
        self._consumer = Consumer(lone_reader(config, group, "recorded"))
        self._cluster = Cluster(config, f"{group}-recorded-admin")
        self._prefix = prefix

    def partitions(self, topic: str) -> int:
        """Count a topic's partitions; Refused where there is no such topic."""
        self._cluster.need(self._prefix + topic)
        return self._cluster.partitions(self._prefix + topic)

    def positions(self, topic: str) -> list[int]:
        """Return how far the group has read each partition, 0 where it has not begun."""
        asked = [TopicPartition(self._prefix + topic, partition) for partition in range(self.partitions(topic))]
        return [max(0, each.offset) for each in self._consumer.committed(asked, timeout=_PATIENCE)]

    def read(self, topic: str, partition: int, begin: int = 0, until: int | None = None) -> Iterator[list[Record]]:
        """Read from `begin` up to `until`, else to the end; Refused where retention or compaction of the log's head took what is asked for."""
        place = TopicPartition(self._prefix + topic, partition)
        low, _ = bounds(self._consumer, place)
        if low > begin:
            raise Refused(f"{place.topic}/{partition} no longer begins at its beginning (the oldest offset kept is {low}): what was decided from it cannot be decided again")
        if until is not None and until <= begin:
            return
        place.offset = begin
        self._consumer.assign([place])
        while True:
            messages: list[Any] = [*self._consumer.consume(1, _PATIENCE), *self._consumer.consume(_BATCH, 0)]
            if not messages:
                raise Fatal(f"{place.topic}/{partition} could not be read to its end")
            records, ended = [], False
            for message in messages:
                if (error := message.error()) is None:
                    ended = ended or (until is not None and message.offset() >= until)
                    if not ended:
                        records.append(Record(message.offset(), message.timestamp()[1], message.key(), message.value(), tuple(message.headers() or ())))
                elif error.code() == KafkaError._PARTITION_EOF:
                    ended = True
                elif not error.retriable():
                    raise Fatal(f"cannot read {place.topic}/{partition}: {error.str()}")
            if records:
                yield records
            if ended:
                return

    def close(self) -> None:
        self._consumer.close()
