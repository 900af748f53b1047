"""The transaction: outputs, changed state and positions land together or not at all, then local state follows.

    begin -> produce -> flush -> send_offsets (with the group's generation) -> commit -> store

It runs in the engine's commit thread. What can be tried again is, until the transaction's time is over; all else is Fatal.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from time import monotonic, sleep, time
from typing import Any

from confluent_kafka import KafkaException, Producer, TopicPartition

from streams.engine.fatal import Fatal
from streams.engine.kafka_memory import Memory
from streams.engine.kafka_names import Names
from streams.engine.kafka_settings import LARGEST_RECORD, TRANSACTION_SECONDS, Settings
from streams.engine.record import Closing, Output
from streams.engine.seldom import Seldom
from streams.engine.store import RocksStore, place

log = logging.getLogger(__name__)

_GRACE = 2.0
"""Seconds beyond the transaction's in which a commit may still report its own failure."""


class Writer:
    """One transactional producer. `metadata` gives the group's generation that the positions belong to."""

    def __init__(self, settings: Settings, names: Names, store: RocksStore, memory: Memory, metadata: Callable[[], object]) -> None:
        self._producer = Producer(settings, logger=log)
        self._names, self._store, self._memory, self._metadata = names, store, memory, metadata
        self._complaints = Seldom(log)
        self._deadline = 0.0
        self._reached: dict[tuple[str, int], int] = {}

    def open(self, stop: threading.Event) -> None:
        """Fence whoever worked under our name before, and abort what they left open; waits for a broker as long as it takes."""
        while not stop.is_set():
            try:
                self._producer.init_transactions(5.0)
                return
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise Fatal(f"Kafka gives us no transactions: {error.args[0].str()}") from error
                self._complaints.warn("waiting for the transaction coordinator: %s", error.args[0].str())

    def add(self, outputs: Iterable[Output]) -> None:
        """Hand outputs to the producer inside the open transaction, beginning one where none is open."""
        self._begin()
        full = self._names.full
        produce: Any = self._producer.produce
        for topic, key, value, partition, headers in outputs:
            try:
                produce(full(topic), value, key, partition, headers=headers or None)
            except (BufferError, KafkaException) as error:
                self._produce(error, full(topic), value, key, partition, headers=headers or None)

    def commit(self, closing: Closing) -> None:
        """Land a unit of work, or raise Fatal: then nothing of it landed."""
        if not closing.positions:
            raise ValueError("A unit without positions would not be checked against the group's generation.")
        try:
            self.add(closing.outputs)
            for (inbox, partition), rows in closing.state.items():
                self._log_state(inbox, partition, rows)
            self._insist(self._flush)
            positions = [TopicPartition(self._names.full(topic), partition, offset) for (topic, partition), offset in closing.positions.items()]
            self._insist(lambda left: self._producer.send_offsets_to_transaction(positions, self._metadata(), left))
            self._insist(self._producer.commit_transaction)
        except Fatal:
            self._abort()
            raise
        self._deadline = 0.0
        self._keep(closing)

    def check(self) -> None:
        """Raise Fatal where a commit has not come back though its time is long over; another thread asks.

        Librdkafka does not keep to the time limit of `send_offsets_to_transaction`: it waits for ever for a group
        coordinator that it forgot when the broker came back (its issues 5456 and 5511). Only a new process helps.
        """
        deadline = self._deadline  # Read once: the commit thread sets it to 0 when it is done.
        if deadline and monotonic() > deadline + _GRACE:
            raise Fatal(f"the commit did not come back within {TRANSACTION_SECONDS + _GRACE:.0f} s")

    def close(self) -> None:
        """Give up what is still open, and leave."""
        if self._deadline:
            self._abort()
        self._producer.flush(1.0)

    def _begin(self) -> None:
        if not self._deadline:
            self._deadline = monotonic() + TRANSACTION_SECONDS
            self._insist(lambda left: self._producer.begin_transaction())

    def _log_state(self, inbox: str, partition: int, rows: dict[bytes, bytes | None]) -> None:
        changelog, last = self._names.changelog(inbox), len(rows)
        produce: Any = self._producer.produce

        def landed(error: Any, message: Any) -> None:
            if error is None:
                self._reached[inbox, partition] = message.offset() + 1

        for number, (key, value) in enumerate(rows.items(), 1):
            # Offsets grow within a partition, so the last one's tells all; a callback for each would cost a microsecond each.
            told: dict[str, Any] = {"on_delivery": landed} if number == last else {}
            try:
                produce(changelog, value, key, partition, **told)
            except (BufferError, KafkaException) as error:
                self._produce(error, changelog, value, key, partition, **told)

    def _produce(self, error: Exception, topic: str, value: bytes | None, key: bytes | None, partition: int, **rest: Any) -> None:
        """Try again while the producer's queue is full."""
        while True:
            if not isinstance(error, BufferError):
                size = len(key or b"") + len(value or b"")
                hint = f" (the limit is {LARGEST_RECORD} bytes)" if size > LARGEST_RECORD // 2 else ""
                raise Fatal(f"cannot write to {topic}, key {key!r:.100}, {size} bytes{hint}: {error}") from error
            if monotonic() > self._deadline:
                raise Fatal(f"Kafka took nothing for {TRANSACTION_SECONDS:.0f} s")
            self._producer.poll(0.01)
            try:
                self._producer.produce(topic, value, key, partition, **rest)
                return
            except (BufferError, KafkaException) as again:
                error = again

    def _flush(self, left: float) -> None:
        if waiting := self._producer.flush(left):
            raise Fatal(f"{waiting} records were not acknowledged within {TRANSACTION_SECONDS:.0f} s")

    def _insist(self, call: Callable[[float], object]) -> None:
        """Call until it succeeds, as long as the transaction lives."""
        while True:
            try:
                call(max(0.1, self._deadline - monotonic()))
                return
            except KafkaException as error:
                reason = error.args[0]
                if not reason.retriable() or monotonic() > self._deadline:
                    raise Fatal(f"the commit was refused: {reason.str()} ({reason.name()})") from error
                self._complaints.warn("the commit is tried again: %s", reason.str())
                sleep(0.05)

    def _abort(self) -> None:
        """Free readers of what we wrote at once, where the broker still listens to us; the next start does it otherwise."""
        self._deadline = 0.0
        try:
            self._producer.abort_transaction(2.0)
        except KafkaException as error:
            log.info("not aborted: %s", error.args[0].str())

    def _keep(self, closing: Closing) -> None:
        changes: list[tuple[bytes, bytes | None]] = []
        now = int(time() * 1000)
        for (inbox, partition), rows in closing.state.items():
            if rows:
                base = place(inbox, partition)
                changes += [(base + key, value) for key, value in rows.items()]
        # Last: an interrupted write leaves local state behind its changelog, never ahead of it.
        for (inbox, partition), offset in self._reached.items():
            changes.append(self._memory.row(inbox, partition, offset, now))
        self._reached.clear()
        if changes:
            self._store.write(changes)
