"""The restore thread: brings local state level with the changelog, partition by partition, while the group goes on.

It never runs inside a rebalance callback: that would stop the whole group. Each batch is written with its offset, so
an interrupted restore goes on where it was.
"""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic, time
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from streams.engine.fatal import Fatal
from streams.engine.kafka_changelog import Missing, Reading
from streams.engine.kafka_cluster import Cluster, Place
from streams.engine.kafka_memory import Memory
from streams.engine.kafka_names import Names
from streams.engine.kafka_settings import Settings
from streams.engine.kafka_settled import Settled, Settling
from streams.engine.store import RocksStore

log = logging.getLogger(__name__)

_BATCH = 10_000
_LITTLE = 10_000
"""Partitions that lack no more records than this are read together: an assignment costs more than the reading."""
_LINE = 5.0


class Restorer(threading.Thread):
    """`generation` says which assignment is in force; `ready` and `fail` are the reader's."""

    def __init__(self, settings: Settings, cluster: Cluster, names: Names, store: RocksStore, memory: Memory, stateful: dict[str, int]) -> None:
        super().__init__(name="kafka-restore", daemon=True)
        self._settings, self._names, self._store, self._memory, self._stateful = settings, names, store, memory, stateful
        self._jobs: SimpleQueue[tuple[list[Place], int] | None] = SimpleQueue()
        self._halted = threading.Event()
        self._settling = Settling(cluster, names, stateful, self._halted)
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
        """Hand over each partition when its state is restored: first those that lack little, together, then the others one by one."""
        started = monotonic()
        for settled in self._settling.rounds(consumer, places, lambda: self._is_current(generation)):
            missing = {each: self._missing(each) for each in settled}
            little = [each for each in settled if (lack := missing[each]) is None or lack.records <= _LITTLE]
            for group in [little, *([each] for each in settled if each not in little)]:
                if not self._restore(consumer, [lack for each in group if (lack := missing[each])], generation):
                    return
                for each in group:
                    self.ready(each.place, generation, each.position)
        if self._is_current(generation):
            log.info("the state of %d partitions is there after %.1f s", len(places), monotonic() - started)

    def _is_current(self, generation: int) -> bool:
        return generation == self.generation() and not self._halted.is_set()

    def _missing(self, settled: Settled) -> Missing | None:
        if settled.changelog is None:
            return None
        (topic, partition), (changelog, _) = settled.place, settled.changelog
        inbox = self._names.plain[topic]
        begin = self._from(inbox, partition, settled.low, settled.end)
        return Missing(inbox, partition, changelog, max(begin, settled.low), settled.end)

    def _restore(self, consumer: Consumer, group: list[Missing], generation: int) -> bool:
        """Bring these partitions level; False where the assignment is not current any more."""
        reading = Reading(group, self._memory)
        if reading.behind:
            log.info("restoring %s: %d records", reading.name, reading.total)
            consumer.assign([TopicPartition(each.changelog, each.partition, each.begin) for each in group if each.records])
        told = started = monotonic()
        while reading.behind:
            if not self._is_current(generation):
                consumer.unassign()
                return False
            messages: list[Any] = consumer.consume(1, 0.5)
            if messages:
                messages += consumer.consume(_BATCH - 1, 0)
                self._store.write(reading.take(messages))
            if monotonic() - told > _LINE:
                told = monotonic()
                log.info("restoring %s: %d of %d records after %.0f s", reading.name, reading.done, reading.total, told - started)
        if reading.total:
            consumer.unassign()
            log.info("restored %s in %.1f s", reading.name, monotonic() - started)
        self._store.write(reading.reached())
        return True

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


def _now() -> int:
    return int(time() * 1000)
