"""Writes records into Kafka for somebody who waits until they are durable: idempotent, acks=all, delivery reports awaited.

    write --> librdkafka's queue --> broker --> delivery reports, fetched by the event loop itself --> futures

No thread of its own: one that waits for reports asks for the interpreter's lock with each of them (measured: a fifth more
CPU a request).
"""

import asyncio
from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.engine.kafka_settings import Settings, feeder

SOON, IDLE = 0.002, 0.5
"""Seconds between two looks for delivery reports, while something is under way and while nothing is."""
PATIENCE = 30.0
"""Seconds that the end waits for what is under way; longer than a record may wait for its broker."""
Headers = tuple[tuple[str, bytes], ...]


class QueueFull(Exception):
    """More waits for the broker than may; nothing of this write is promised."""


class NotDelivered(Exception):
    """The broker refused a record or did not answer in time; whether it has it is not known."""


class _Write:
    """One write under way: how many of its records are not durable yet."""

    __slots__ = ("done", "error", "left")

    def __init__(self, records: int, done: "asyncio.Future[None]") -> None:
        self.left, self.done = records, done
        self.error: KafkaError | None = None

    def delivered(self, error: KafkaError | None, _message: Message) -> None:
        """Take one delivery report."""
        self.error = error or self.error
        self.left -= 1
        if self.left == 0 and not self.done.done():
            if self.error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(NotDelivered(self.error.str()))


class Feeder:
    """One producer, used from one event loop."""

    def __init__(self, config: Settings, name: str) -> None:
        self._producer = Producer(feeder(config, name))
        self._loop = asyncio.get_running_loop()
        self._under_way = 0
        self._timer = self._loop.call_later(IDLE, self._look)

    async def write(self, topic: str, key: bytes, records: Iterable[tuple[bytes, Headers]]) -> None:
        """Return once all records, of one key and so of one partition, are durable; QueueFull or NotDelivered otherwise."""
        given = list(records)
        write = _Write(len(given), self._loop.create_future())
        for value, headers in given:
            try:
                self._producer.produce(topic, value, key, headers=list(headers), on_delivery=write.delivered)
            except BufferError:
                raise QueueFull(f"{len(self._producer):,} records wait for Kafka") from None
            except KafkaException as error:
                raise NotDelivered(error.args[0].str()) from None
        if not self._under_way:
            self._timer.cancel()
            self._timer = self._loop.call_later(SOON, self._look)
        self._under_way += 1
        try:
            await write.done
        finally:
            self._under_way -= 1

    def _look(self) -> None:
        self._producer.poll(0)
        self._timer = self._loop.call_later(SOON if self._under_way or len(self._producer) else IDLE, self._look)

    def missing(self, topics: Iterable[str], patience: float) -> list[str]:
        """Return which topics are not there; blocking; KafkaException where no broker answers within `patience` seconds."""
        there = self._producer.list_topics(timeout=patience).topics
        return [topic for topic in topics if topic not in there]

    async def close(self) -> None:
        """Deliver what waits, for as long as records may wait, and end."""
        until = self._loop.time() + PATIENCE
        while len(self._producer) and self._loop.time() < until:
            await asyncio.sleep(SOON)       # The looks go on.
        self._timer.cancel()
