"""The restore thread: brings local state level with the changelog, partition by partition, while the group goes on.

It never runs inside a rebalance callback: that would stop the whole group. Each batch is written with its offset, so
an interrupted restore goes on where it was.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from time import monotonic, time
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.engine.fatal import Fatal
from streams.engine.kafka_cluster import Cluster, Place
from streams.engine.kafka_memory import Memory
from streams.engine.kafka_names import Names
from streams.engine.kafka_settings import Settings
from streams.engine.seldom import Seldom
from streams.engine.store import RocksStore, place

log = logging.getLogger(__name__)

T = TypeVar("T")

_BATCH = 10_000
_LINE = 5.0
_SETTLE = 60.0
"""Seconds an open transaction on a changelog is waited for: its time limit, and the broker's rounds, are 20 s together."""


class Restorer(threading.Thread):
    """`generation` says which assignment is in force; `ready` and `fail` are the reader's."""

    def __init__(self, settings: Settings, cluster: Cluster, names: Names, store: RocksStore, memory: Memory, stateful: dict[str, int]) -> None:
        super().__init__(name="kafka-restore", daemon=True)
        self._settings, self._cluster, self._names, self._store, self._memory = settings, cluster, names, store, memory
        self._stateful = stateful
        self._jobs: SimpleQueue[tuple[list[Place], int] | None] = SimpleQueue()
        self._halted = threading.Event()
        self._complaints = Seldom(log)
        self.generation: Callable[[], int] = lambda: 0
        self.ready: Callable[[Place, int, int], None] = lambda place, generation, position: None
        self.fail: Callable[[BaseException], None] = lambda error: None

    def begin(self, places: list[Place], generation: int) -> None:
        """Restore these partitions (cluster names) unless a later generation comes in between."""
        self._jobs.put((places, generation))

    def halt(self) -> None:
        """End as soon as possible."""
        self._halted.set()
        self._jobs.put(None)

    def run(self) -> None:
        consumer = Consumer(self._settings, logger=log)
        try:
            while (job := self._jobs.get()) is not None:
                self._take(consumer, *job)
        except Exception as error:  # Without its state a partition would stand still for ever, unseen.
            self.fail(error if isinstance(error, Fatal) else Fatal(f"restoring failed: {type(error).__name__} {error}"))
        finally:
            consumer.close()

    def _take(self, consumer: Consumer, places: list[Place], generation: int) -> None:
        """Hand over what has no state at once, the rest one by one."""
        plain = [each for each in places if self._names.plain[each[0]] not in self._stateful]
        for group in [plain, *[[each] for each in places if each not in set(plain)]]:
            for topic, partition in group:
                if (inbox := self._names.plain[topic]) in self._stateful and not self._restore(consumer, inbox, partition, generation):
                    return
            for found, position in self._positions(consumer, group, generation).items():
                self.ready(found, generation, position)

    def _is_current(self, generation: int) -> bool:
        return generation == self.generation() and not self._halted.is_set()

    def _restore(self, consumer: Consumer, inbox: str, partition: int, generation: int) -> bool:
        changelog = self._names.changelog(inbox)
        end = self._settled(changelog, partition, generation)
        if end is None:
            return False
        low = self._insist(lambda: consumer.get_watermark_offsets(TopicPartition(changelog, partition), timeout=5.0))[0]
        begin = max(self._from(inbox, partition, low, end), low)
        started = told = monotonic()
        rows = 0
        if begin < end:
            log.info("restoring %s/%d: offsets %d to %d of %s", inbox, partition, begin, end, changelog)
            consumer.assign([TopicPartition(changelog, partition, begin)])
        position = begin
        while position < end:
            if not self._is_current(generation):
                consumer.unassign()
                return False
            changes, position = self._batch(consumer, inbox, partition, position)
            rows += len(changes)
            # One list: state first, then how far it is.
            self._store.write([*changes, self._memory.row(inbox, partition, position, _now())])
            if monotonic() - told > _LINE:
                told = monotonic()
                log.info("restoring %s/%d: at offset %d of %d, %d rows after %.0f s", inbox, partition, position, end, rows, told - started)
        if begin < end:
            consumer.unassign()
            log.info("restored %s/%d: %d rows in %.1f s", inbox, partition, rows, monotonic() - started)
        else:
            self._store.write([self._memory.row(inbox, partition, max(begin, position), _now())])
        return True

    def _batch(self, consumer: Consumer, inbox: str, partition: int, position: int) -> tuple[list[tuple[bytes, bytes | None]], int]:
        messages: list[Any] = consumer.consume(1, 0.5)
        if messages:
            messages += consumer.consume(_BATCH - 1, 0)
        base, changes = place(inbox, partition), []
        for message in messages:
            if (error := message.error()) is None:
                changes.append((base + message.key(), message.value()))
                position = message.offset() + 1
            elif error.code() == KafkaError._PARTITION_EOF:
                position = max(position, message.offset())  # Behind the last transaction's marker, which is no message.
            elif not error.retriable():
                raise Fatal(f"cannot read the changelog of {inbox}/{partition}: {error.str()}")
        return changes, position

    def _from(self, inbox: str, partition: int, low: int, end: int) -> int:
        """Decide from where to read: after what the folder holds, or everything where the folder is no good."""
        followed = self._memory.read(inbox, partition)
        if followed is None:
            reason = "" if self._store.is_empty(inbox, partition) else "it does not say how far it is"
        elif followed.identity != self._memory.identity(inbox):
            reason = "its changelog was made anew"
        elif followed.offset > end:
            reason = f"it is ahead of its changelog ({followed.offset} > {end})"
        elif followed.offset < low:
            reason = "its changelog begins later"
        # One more may be the marker of our own last transaction.
        elif _now() - followed.at > self._stateful[inbox] // 2 and end - followed.offset > 1:
            reason = "it was idle so long that deleted keys would rise again"
        else:
            return followed.offset
        if reason:
            log.warning("local state of %s/%d is thrown away: %s", inbox, partition, reason)
        self._memory.forget(inbox, partition)
        return low

    def _settled(self, changelog: str, partition: int, generation: int) -> int | None:
        """Wait until no transaction is open on the changelog partition, and return its end; None when it is no longer ours."""
        where, told, until = (changelog, partition), monotonic(), monotonic() + _SETTLE
        while self._is_current(generation):
            stable = self._insist(lambda: self._cluster.ends([where], committed=True))[where]
            end = self._insist(lambda: self._cluster.ends([where], committed=False))[where]
            if stable >= end:
                return end
            if monotonic() > until:
                raise Fatal(f"a transaction has been open on {changelog}/{partition} for {_SETTLE:.0f} s")
            if monotonic() - told > _LINE:
                told = monotonic()
                log.info("waiting for an open transaction on %s/%d (offset %d of %d): its worker is dead or about to commit", changelog, partition, stable, end)
            self._halted.wait(0.05)
        return None

    def _positions(self, consumer: Consumer, places: list[Place], generation: int) -> dict[Place, int]:
        """Look up the committed positions; those of an open transaction are waited for."""
        found: dict[Place, int] = {}
        wanted = [TopicPartition(*each) for each in places]
        while wanted and self._is_current(generation):
            again = []
            for each in self._insist(partial(consumer.committed, wanted, timeout=5.0)):
                if each.error is not None:
                    again.append(TopicPartition(each.topic, each.partition))
                else:
                    found[each.topic, each.partition] = self._position(consumer, each)
            wanted = again
            if again:
                self._halted.wait(0.05)
        return found

    def _position(self, consumer: Consumer, committed: TopicPartition) -> int:
        low, high = self._insist(lambda: consumer.get_watermark_offsets(TopicPartition(committed.topic, committed.partition), timeout=5.0))
        if committed.offset > high:
            raise Fatal(f"{committed.topic}/{committed.partition} ends at {high} but {committed.offset} is committed: was the topic made anew?")
        if 0 <= committed.offset < low:
            log.error("%s/%d: records %d to %d are gone by retention before they were read", committed.topic, committed.partition, committed.offset, low)
        return int(max(committed.offset, low))

    def _insist(self, ask: Callable[[], T]) -> T:
        """Ask until the cluster answers: a broker that restarts is not a reason to end."""
        while True:
            try:
                return ask()
            except KafkaException as error:
                reason = error.args[0]
                if reason.fatal() or self._halted.is_set():
                    raise Fatal(f"restoring failed: {reason.str()}") from error
                self._complaints.warn("restoring waits: %s", reason.str())
                self._halted.wait(0.5)


def _now() -> int:
    return int(time() * 1000)
