"""Topics in Kafka as a reader of committed records sees them, from outside the group; and what is written into a feed by hand."""

from collections.abc import Iterable, Iterator
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from streams.engine.embedded import Given
from streams.engine.fatal import Fatal
from streams.engine.kafka_cluster import Cluster, bounds, reached
from streams.engine.kafka_settings import Settings, feeder, lone_reader
from streams.engine.record import Record

_PATIENCE = 10.0
_BATCH = 5000
_FAR = 10_000
"""Records that are read over rather than fetched anew."""


class KafkaPeek:
    """Topic names here are the cluster's. OSError where no broker answers."""

    def __init__(self, config: Settings, group: str) -> None:
        reached(config)
        self._config, self._group = config, group
        self._consumer = Consumer(lone_reader(config, group, "peek"))
        self._cluster = Cluster(config, f"{group}-peek-admin")

    def read(self, topic: str, begins: dict[int, int]) -> Iterator[tuple[int, Record]]:
        """Iterate (partition, record) of a topic up to its end, each partition from where `begins` says, in order of partitions."""
        self._cluster.need(topic)
        for partition in range(self._cluster.partitions(topic)):
            low, high = bounds(self._consumer, TopicPartition(topic, partition))
            for record in self._records(topic, partition, max(low, begins.get(partition, 0)), high):
                yield partition, record

    def pick(self, topic: str, partition: int, offsets: Iterable[int]) -> Iterator[tuple[int, Record | None]]:
        """Iterate over the records at some offsets, which rise; None for one that is no longer kept."""
        wanted = list(offsets)
        if partition >= self._cluster.partitions(topic):
            yield from ((offset, None) for offset in wanted)
            return
        low, high = bounds(self._consumer, TopicPartition(topic, partition))
        here = [offset for offset in wanted if low <= offset < high]
        yield from ((offset, None) for offset in wanted if not low <= offset < high)
        while here:
            run = [here.pop(0)]
            while here and here[0] - run[-1] < _FAR:
                run.append(here.pop(0))
            left = dict.fromkeys(run)
            for record in self._records(topic, partition, run[0], run[-1] + 1):
                if record.offset in left:
                    del left[record.offset]
                    yield record.offset, record
            yield from ((offset, None) for offset in left)

    def state(self, inbox: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Iterate (partition, changelog key, changelog value) of a changelog, the newest of each key."""
        newest: dict[tuple[int, bytes], bytes | None] = {}
        for partition, record in self.read(inbox, {}):
            newest[partition, record.key or b""] = record.value
        for (partition, key), value in newest.items():
            if value is not None:
                yield partition, key, value

    def write(self, topic: str, records: list[Given]) -> None:
        """Write records, durably, or raise: a KafkaException, after which some may have been written."""
        errors: list[KafkaError] = []

        def delivered(error: KafkaError | None, _message: Message) -> None:
            if error is not None:
                errors.append(error)

        producer = Producer(feeder(self._config, f"{self._group}-by-hand"))
        for partition, key, value, headers in records:
            while True:
                try:
                    producer.produce(topic, value, key, partition, headers=list(headers), on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        if producer.flush(30):
            raise Fatal(f"{topic}: not all of {len(records)} records were written within 30 s; ask again")
        if errors:
            raise KafkaException(errors[0])

    def close(self) -> None:
        self._consumer.close()

    def _records(self, topic: str, partition: int, begin: int, end: int) -> Iterator[Record]:
        """Iterate over the records from `begin` up to before `end`; between them are also offsets that are none (transactions' ends)."""
        if begin >= end:
            return
        self._consumer.assign([TopicPartition(topic, partition, begin)])
        while True:
            messages: list[Any] = [*self._consumer.consume(1, _PATIENCE), *self._consumer.consume(_BATCH, 0)]
            if not messages:
                raise Fatal(f"{topic}/{partition} could not be read to offset {end}")
            for message in messages:
                if (error := message.error()) is None:
                    if message.offset() >= end:
                        return
                    yield Record(message.offset(), message.timestamp()[1], message.key(), message.value(), tuple(message.headers() or ()))
                    if message.offset() == end - 1:
                        return
                elif error.code() == KafkaError._PARTITION_EOF:
                    return
                elif not error.retriable():
                    raise Fatal(f"cannot read {topic}/{partition}: {error.str()}")


__all__ = ["KafkaPeek"]
