"""The Kafka log: inboxes read by one consumer, units of work landed by one transactional producer, per worker.

    reader thread  --batches-->  host (event loop)  --closing-->  writer (commit thread)  --> Kafka, then local state
    restore thread --state-->    store                            marks thread: how far everybody is

It knows no alarm. Topic names here are without prefix; the prefix is added on the way out.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

from streams.engine import kafka_settings as settings
from streams.engine.fatal import Fatal, Refused
from streams.engine.kafka_cluster import Cluster
from streams.engine.kafka_follower import Follower
from streams.engine.kafka_marks import Marks
from streams.engine.kafka_memory import Memory
from streams.engine.kafka_names import Names
from streams.engine.kafka_reader import Reader
from streams.engine.kafka_restore import Restorer
from streams.engine.kafka_writer import Writer
from streams.engine.record import Closing, Host, Mark, Record, Store
from streams.engine.store import RocksStore

log = logging.getLogger(__name__)

largest_record = settings.LARGEST_RECORD


class KafkaLog:
    """One worker's `Log` on Kafka (streams/engine/record.py says what each method owes).

    `config` is librdkafka's: `bootstrap.servers`, security, and `session.timeout.ms` where 10 s do not suit.
    `changelog` names the changelog topic of an inbox; `foreign`: topic that others write -> its name,
    which does not take our prefix.
    """

    is_volatile = False

    def __init__(self, config: settings.Settings, group: str, instance: str, store: RocksStore, prefix: str = "", *,
                 changelog: Callable[[str], str], foreign: Mapping[str, str] = MappingProxyType({})) -> None:
        self.store: Store = store
        self._state = store
        self._config, self._group, self._instance = config, group, instance
        self._names = Names(prefix, changelog, foreign)
        self._stop = threading.Event()
        self._cluster = Cluster(config, f"{group}-{instance}-admin")
        self._counts: dict[str, int] = {}
        self._reader: Reader | None = None
        self._restorer: Restorer | None = None
        self._writer: Writer | None = None
        self._marks: Marks | None = None
        self._followed: dict[str, Callable[[Record], None]] = {}
        self._followers: list[Follower] = []

    def follow(self, topic: str, hear: Callable[[Record], None]) -> None:
        self._followed[topic] = hear

    async def open(self, host: Host, inboxes: dict[str, bool]) -> None:
        """Wait for Kafka, check the topics (Refused names the mend), fence our predecessor, then join the group."""
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._prepare, host, inboxes, loop)
        if self._reader is not None and self._restorer is not None and not self._stop.is_set():
            self._restorer.start()
            self._reader.start()

    def _prepare(self, host: Host, inboxes: dict[str, bool], loop: asyncio.AbstractEventLoop) -> None:
        log.info("asking Kafka for our topics")
        self._cluster.wait(self._stop)
        if self._stop.is_set():
            return
        self._check(inboxes)
        stateful = [inbox for inbox, has_state in inboxes.items() if has_state]
        changelogs = {inbox: self._names.changelog(inbox) for inbox in stateful}
        identities = self._cluster.identities(list(changelogs.values()))
        tombstones = self._cluster.settings(list(changelogs.values()), "delete.retention.ms")
        memory = Memory(self._state, {inbox: identities[changelog] for inbox, changelog in changelogs.items()})
        keeps = {inbox: int(tombstones[changelog]) for inbox, changelog in changelogs.items()}
        lone = settings.lone_reader(self._config, self._group, f"{self._instance}-restore")
        restorer = Restorer(lone, self._cluster, self._names, self._state, memory, keeps)
        topics = {self._names.full(inbox): inbox for inbox in inboxes}
        reader = Reader(settings.reader(self._config, self._group, self._instance), topics, host, loop, restorer.begin, lambda: self._writer_there().check())
        restorer.generation, restorer.ready, restorer.fail = lambda: reader.generation, reader.ready, reader.fail
        self._writer = Writer(settings.writer(self._config, self._group, self._instance), self._names, self._state, memory, lambda: reader.metadata)
        self._marks = Marks(settings.lone_reader(self._config, self._group, f"{self._instance}-marks") | {"fetch.wait.max.ms": 200},
                            settings.plain_writer(self._config, self._group, self._instance), self._cluster, self._names)
        self._marks.start()
        for topic, hear in self._followed.items():
            follower = Follower(settings.lone_reader(self._config, self._group, f"{self._instance}-{topic}") | {"fetch.wait.max.ms": 100}, self._names.full(topic), hear, loop, reader.fail)
            self._followers.append(follower)
            follower.start()
        for inbox in inboxes:
            self._marks.watch(inbox)
        log.info("fencing whoever was %s before us", self._instance)
        self._writer.open(self._stop)
        self._marks.level()
        for follower in self._followers:
            follower.level(self._stop)
        log.info("joining group %s", self._group)
        self._reader, self._restorer = reader, restorer

    def _check(self, inboxes: dict[str, bool]) -> None:
        self._cluster.need(self._names.marks, 1)
        for topic in self._followed:
            self._cluster.need(self._names.full(topic), 1)
        for inbox, has_state in inboxes.items():
            self._cluster.need(self._names.full(inbox))
            if has_state:
                self._cluster.need(self._names.changelog(inbox), self._cluster.partitions(self._names.full(inbox)))

    def commit(self, closing: Closing) -> None:
        """Land a unit; Fatal when it cannot be."""
        self._writer_there().commit(closing)

    def committed(self) -> None:
        """Nothing to do: what was written comes back through the consumer."""

    def pause(self, topic: str, partition: int) -> None:
        if self._reader is not None:
            self._reader.pause((self._names.full(topic), partition))

    def resume(self, topic: str, partition: int) -> None:
        if self._reader is not None:
            self._reader.resume((self._names.full(topic), partition))

    def partitions(self, topic: str) -> int:
        """Count a topic's partitions (asked once); Refused where there is no such topic."""
        count = self._counts.get(topic)
        if count is None:
            full = self._names.full(topic)
            self._cluster.need(full)
            count = self._counts[topic] = self._cluster.partitions(full)
        return count

    def held_records(self, topic: str) -> set[int]:
        """Partitions that ever held a record, a second old at most; the first question about no inbox asks the broker."""
        if self._marks is None:
            return set()
        self._marks.watch(topic)
        return self._marks.held[topic]

    def looked_at(self, topic: str) -> int:
        return 0 if self._marks is None else self._marks.looked_at

    def tell(self, marks: list[Mark]) -> None:
        if self._marks is not None:
            self._marks.tell(marks)

    def say(self, topic: str, value: bytes, partition: int = -1, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        if self._marks is not None:
            self._marks.say(self._names.full(topic), value, partition, headers)

    def told(self) -> dict[tuple[str, int], Mark]:
        return {} if self._marks is None else self._marks.told

    @property
    def is_ready(self) -> bool:
        return self._reader is not None and self._reader.is_ready

    def lag(self) -> dict[tuple[str, int], int]:
        """Records not read yet by partition of ours, a second old at most; 0 at the end, whatever markers lie behind it."""
        return {} if self._reader is None else self._reader.lag

    async def close(self) -> None:
        """Hand over (the host is asked to commit), and end the threads."""
        self._stop.set()
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        for thread in (self._reader, self._restorer, self._marks, *self._followers):
            if thread is not None:
                thread.halt()
        for thread in (self._reader, self._restorer, self._marks, *self._followers):
            if thread is not None and thread.ident is not None:
                thread.join(20)
        if self._writer is not None:
            self._writer.close()

    def _writer_there(self) -> Writer:
        if self._writer is None:
            raise Fatal("commit before open")
        return self._writer


__all__ = ["Fatal", "KafkaLog", "Refused", "largest_record"]
