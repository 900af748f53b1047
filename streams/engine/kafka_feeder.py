"""Writes records into Kafka for somebody who waits until they are durable: idempotent, acks=all, delivery reports awaited.

    write --> librdkafka's queue --> broker --> delivery reports (its thread) --> one wake-up of the event loop for many --> futures
"""

import asyncio
import threading
from collections import deque
from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.engine.kafka_settings import Settings, feeder

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


class Feeder:
    """One producer, used from one event loop."""

    def __init__(self, config: Settings, name: str) -> None:
        self._producer = Producer(feeder(config, name))
        self._loop = asyncio.get_running_loop()
        self._ended: deque[_Write] = deque()
        self._wanted = False
        self._stopping = threading.Event()
        self._poller = threading.Thread(target=self._poll, name="delivery-reports", daemon=True)
        self._poller.start()

    async def write(self, topic: str, key: bytes, records: Iterable[tuple[bytes, Headers]]) -> None:
        """Return once all records, of one key and so of one partition, are durable; QueueFull or NotDelivered otherwise."""
        given = list(records)
        write = _Write(len(given), self._loop.create_future())

        def delivered(error: KafkaError | None, _message: Message) -> None:
            self._delivered(write, error)

        for n, (value, headers) in enumerate(given):
            try:
                self._producer.produce(topic, value, key, headers=list(headers), on_delivery=delivered)
            except BufferError:
                write.left -= len(given) - n
                raise QueueFull(f"{len(self._producer):,} records wait for Kafka") from None
            except KafkaException as error:
                write.left -= len(given) - n
                raise NotDelivered(error.args[0].str()) from None
        await write.done

    def _delivered(self, write: _Write, error: KafkaError | None) -> None:
        """Take one delivery report; in the thread that polls."""
        write.error = error or write.error
        write.left -= 1
        if write.left == 0:
            self._ended.append(write)
            if not self._wanted:
                self._wanted = True
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._wanted = False
        while self._ended:
            write = self._ended.popleft()
            if write.done.done():
                continue        # Whoever waited has gone.
            if write.error is None:
                write.done.set_result(None)
            else:
                write.done.set_exception(NotDelivered(write.error.str()))

    def _poll(self) -> None:
        while not self._stopping.is_set():
            self._producer.poll(0.1)

    def missing(self, topics: Iterable[str], patience: float) -> list[str]:
        """Return which topics are not there; blocking; KafkaException where no broker answers within `patience` seconds."""
        there = self._producer.list_topics(timeout=patience).topics
        return [topic for topic in topics if topic not in there]

    async def close(self) -> None:
        """Deliver what waits, for as long as records may wait, and end."""
        await asyncio.to_thread(self._producer.flush, 30)
        self._stopping.set()
        await asyncio.to_thread(self._poller.join)
