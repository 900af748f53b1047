"""A thread that reads one partition of one topic from its beginning for ever, committed records only: what every worker has to know."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from streams.engine.fatal import Fatal
from streams.engine.kafka_settings import Settings
from streams.engine.record import Record
from streams.engine.seldom import Seldom

log = logging.getLogger(__name__)

_LOOK = 0.5
"""Seconds between two looks at whether a start is to be given up."""


class Follower(threading.Thread):
    """Has each record heard in the event loop's thread; `fail` where the topic cannot be read."""

    def __init__(self, config: Settings, topic: str, hear: Callable[[Record], None], loop: asyncio.AbstractEventLoop, fail: Callable[[BaseException], None]) -> None:
        super().__init__(name=f"kafka-{topic}", daemon=True)
        self._config, self._topic, self._hear, self._loop, self._fail = config, topic, hear, loop, fail
        self._halted, self._level = threading.Event(), threading.Event()
        self._complaints = Seldom(log)

    def level(self, stop: threading.Event) -> None:
        """Wait until all there was has been handed to the event loop."""
        while not self._level.wait(_LOOK) and not stop.is_set() and self.is_alive():
            log.info("reading %s to its end", self._topic)

    def halt(self) -> None:
        self._halted.set()

    def run(self) -> None:
        consumer = Consumer(self._config, logger=log)
        try:
            consumer.assign([TopicPartition(self._topic, 0, 0)])
            while not self._halted.is_set():
                for message in [*consumer.consume(1, 0.1), *consumer.consume(999, 0)]:
                    if (error := message.error()) is None:
                        self._tell(message)
                    elif error.code() == KafkaError._PARTITION_EOF:
                        self._level.set()
                    elif error.retriable():
                        self._complaints.warn("reading %s: %s", self._topic, error.str())
                    else:
                        raise Fatal(f"cannot read {self._topic}: {error.str()}")
        except Exception as error:  # Whatever it is, a worker that does not hear of changes must not look alive.
            self._fail(error if isinstance(error, Fatal) else Fatal(f"reading {self._topic} failed: {error}"))
        finally:
            consumer.close()

    def _tell(self, message: Any) -> None:
        record = Record(message.offset(), message.timestamp()[1], message.key(), message.value(), tuple(message.headers() or ()))
        try:
            self._loop.call_soon_threadsafe(self._hear, record)
        except RuntimeError:
            self._halted.set()  # The loop is closed: there is nobody left to tell.
