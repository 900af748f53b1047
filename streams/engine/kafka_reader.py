"""The consumer's thread: it alone calls the consumer, sorts what was fetched into batches, and serves rebalances.

Librdkafka has one queue for all partitions and calls back only inside `consume`, so this thread never waits for the
engine, but for the hand-over on a revoke. What others want of the consumer comes as a command.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from streams.engine.fatal import Fatal
from streams.engine.kafka_cluster import Place
from streams.engine.kafka_settings import Settings
from streams.engine.record import Batch, Host, Record
from streams.engine.seldom import Seldom

log = logging.getLogger(__name__)

_FETCH = 1000
"""Messages taken at once: about 2 ms of Python that the event loop has to wait for."""
_TICK = 0.005
"""Commands wait no longer than this."""
_HAND_OVER = 15.0
"""Seconds the engine has to commit what is open when partitions are taken away; then the group would do without us anyway."""

Restore = Callable[[list[Place], int], None]


class Reader(threading.Thread):
    """Reads the inboxes for a host; `restore` is told of new partitions and answers with `ready`; `check` raises where work has stopped."""

    def __init__(self, settings: Settings, topics: dict[str, str], host: Host, loop: asyncio.AbstractEventLoop, restore: Restore, check: Callable[[], None]) -> None:
        super().__init__(name="kafka-reader", daemon=True)
        self._topics, self._host, self._loop, self._restore, self._check = topics, host, loop, restore, check
        self._complaints = Seldom(log)
        self._consumer = Consumer(settings | {"error_cb": self._heard}, logger=log)
        self._commands: deque[Callable[[], None]] = deque()
        self._halted = threading.Event()
        self._failed = False
        self._positions: dict[Place, int] = {}
        self._ready: set[Place] = set()
        self._at_end: set[Place] = set()
        self._assigned_count: int | None = None
        """Partitions that are ours, restored or not; None between assignments."""
        self._generation = 0
        self.metadata: object = None
        """The group's generation that our positions belong to: a commit under an older one is refused by the broker."""
        self.lag: dict[Place, int] = {}

    @property
    def generation(self) -> int:
        """Of the present assignment; it counts on at every assignment and every revocation."""
        return self._generation

    @property
    def is_ready(self) -> bool:
        """Whether all that we were assigned is restored."""
        return len(self._ready) == self._assigned_count

    # --- asked by other threads ---

    def pause(self, place: Place) -> None:
        self._commands.append(lambda: self._hold(place, self._consumer.pause))

    def resume(self, place: Place) -> None:
        self._commands.append(lambda: self._hold(place, self._consumer.resume))

    def ready(self, place: Place, generation: int, position: int) -> None:
        """Say that a partition's state is restored: the host has it from here on."""
        self._commands.append(lambda: self._begin(place, generation, position))

    def fail(self, error: BaseException) -> None:
        """End everything: once, and nothing is handed over any more."""
        if not self._failed:
            self._failed = True
            self._halted.set()
            self._call(self._host.fail, error)

    def halt(self) -> None:
        """Leave: what is open is committed first (static members stay in the group until their session ends)."""
        self._halted.set()

    # --- the thread ---

    def run(self) -> None:
        try:
            self._consumer.subscribe(list(self._topics), on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost)
            told = monotonic()
            while not self._halted.is_set():
                while self._commands:
                    self._commands.popleft()()
                self._fetch()
                if monotonic() - told > 1.0:
                    told = monotonic()
                    self._measure()
                    self._check()
        except Exception as error:  # Whatever it is, a worker that no longer reads must not look alive.
            self.fail(error if isinstance(error, Fatal) else Fatal(f"reading failed: {error}"))
        finally:
            self._consumer.close()

    def _fetch(self) -> None:
        generation = self._generation
        messages = self._consumer.consume(1, _TICK)
        if not messages:
            return
        # A plain consume(n, timeout) waits the whole timeout for n.
        messages += self._consumer.consume(_FETCH - 1, 0)
        # What was fetched before a rebalance inside these calls is not ours any more; new partitions are still paused.
        if generation == self._generation:
            self._sort(messages)

    def _sort(self, messages: list[Any]) -> None:
        batches: dict[Place, list[Record]] = {}
        ended: dict[Place, None] = {}
        topic, partition = "", -1
        records: list[Record] = []
        for message in messages:
            if (error := message.error()) is not None:
                if error.code() != KafkaError._PARTITION_EOF:
                    self._judge(error, message.topic())
                elif message.topic() is not None:
                    ended[message.topic(), message.partition()] = None
                continue
            if message.partition() != partition or message.topic() != topic:
                topic, partition = message.topic(), message.partition()
                records = batches.setdefault((topic, partition), [])
                if ended:
                    ended.pop((topic, partition), None)  # More came behind that end; another end will be told.
            headers = message.headers()
            records.append(Record(message.offset(), message.timestamp()[1], message.key(), message.value(), tuple(headers) if headers else ()))
        for place, found in batches.items():
            self._deliver(place, found)
        for place in ended:
            if place in self._ready:
                self._at_end.add(place)
                self._call(self._host.caught_up, self._topics[place[0]], place[1], self._generation)

    def _deliver(self, place: Place, records: list[Record]) -> None:
        if place not in self._ready:
            return
        expected = self._positions[place]
        if records[0].offset < expected:
            records = [record for record in records if record.offset >= expected]
            if not records:
                return
        self._positions[place] = records[-1].offset + 1
        self._at_end.discard(place)
        self._call(self._host.deliver, Batch(self._topics[place[0]], place[1], self._generation, records))

    def _begin(self, place: Place, generation: int, position: int) -> None:
        if generation != self._generation:
            return
        self._positions[place] = position
        self._ready.add(place)
        self._call(self._host.assigned, self._topics[place[0]], place[1], generation, position)
        self._consumer.resume([TopicPartition(*place)])

    def _hold(self, place: Place, verb: Callable[[list[TopicPartition]], None]) -> None:
        if place in self._ready:
            verb([TopicPartition(*place)])

    def _measure(self) -> None:
        lag = {}
        for place in self._ready:
            end = 0 if place in self._at_end else self._consumer.get_watermark_offsets(TopicPartition(*place), cached=True)[1]
            lag[self._topics[place[0]], place[1]] = max(0, end - self._positions[place]) if end > 0 else 0
        self.lag = lag

    # --- rebalances, called inside consume ---

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget()
        consumer.assign(partitions)
        consumer.pause(partitions)
        self.metadata = consumer.consumer_group_metadata()
        places = sorted((each.topic, each.partition) for each in partitions)
        self._assigned_count = len(places)
        log.info("assigned %s", _listed(places) or "nothing")
        self._restore(places, self._generation)

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._failed:
            return
        places = [(self._topics[each.topic], each.partition) for each in partitions]
        log.info("handing over %s", _listed(sorted(places)) or "nothing")
        self._forget()
        done: Future[None] = asyncio.run_coroutine_threadsafe(self._host.revoke(places), self._loop)  # type: ignore[arg-type]
        try:
            done.result(_HAND_OVER)
        except Exception as error:  # The engine could not commit: nothing landed, another does it again.
            self.fail(error if isinstance(error, Fatal) else Fatal(f"the hand-over failed: {type(error).__name__} {error}"))

    def _lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget()
        self.fail(Fatal("the group went on without us: its session timeout passed before we were heard again"))

    def _forget(self) -> None:
        self._generation += 1
        self._assigned_count = None
        self._positions, self._ready, self._at_end = {}, set(), set()

    # --- errors ---

    def _heard(self, error: KafkaError) -> None:
        if error.fatal() or error.code() == KafkaError._FATAL:
            self.fail(Fatal(f"Kafka refuses us: {error.str()}"))
        else:
            self._complaints.warn("Kafka: %s", error.str())

    def _judge(self, error: KafkaError, topic: str | None) -> None:
        if error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED) or error.fatal():
            raise Fatal(f"cannot read {topic}: {error.str()}")
        self._complaints.warn("reading %s: %s", topic, error.str())

    def _call(self, function: Callable[..., Any], *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            self._halted.set()  # The loop is closed: there is nobody left to tell.


def _listed(places: list[Place]) -> str:
    return ", ".join(f"{topic}/{partition}" for topic, partition in places)


