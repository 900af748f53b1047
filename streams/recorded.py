"""`spm replay-inboxes`: the recorded inboxes of a group through the same code, and whether it decides what the workers published.

Each stateful stage is folded from its own recorded inbox, as far as the group has read it. What it says must be, byte for
byte and in order within a key, what stands in the output topics and in `problem-changes`. Into the other inboxes
several stages write at once, so there each record must be found, wherever it stands in its partition.
A record may have been begun when the workers were stopped: much was due before it. The part that was done is looked for.
The order of a key is compared as one: no two partitions of an inbox, and no two stages, say something under the same key;
but for the marks of implied alarms, which are compared apart from the alarms.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from hashlib import blake2b

import msgspec

from streams import topology as flow
from streams.app import assemble
from streams.domain.messages import ProblemChangeEvent, Tick
from streams.domain.network_change import CHANGES
from streams.edge.topology_file import Topology
from streams.edge.topology_versions import Versions
from streams.engine.fatal import Refused
from streams.engine.kafka_recorded import Recording
from streams.engine.partition import partition_of
from streams.engine.record import Output, Record
from streams.engine.recorded import RecordedLog, fold, takings
from streams.settings import Settings

EXACT = (*flow.OUTPUTS, "problem-changes", CHANGES)
SOMEWHERE = ("problem-inbox", "service-effects", "network-inbox")
SHOWN = 600
"""Bytes of a differing value that are shown."""
Key = tuple[str, int, bytes]
"""Topic, partition, key."""
_OF_INBOXES = tuple(f"{inbox}/".encode() for inbox in flow.INBOXES)
"""Keys of dead letters that a stage made; those of feeds are not replayed."""
_OF_REQUESTS = tuple(f"{topic}/".encode() for topic in flow.REQUESTS)
"""Keys of answers to requests that could not be read; they are given where they were read, not by a stage."""
_change = msgspec.msgpack.Decoder(ProblemChangeEvent).decode


class Verdict(msgspec.Struct):
    """What a replay of inboxes came to."""

    records: dict[str, int]
    """Inbox -> records folded."""
    outputs: dict[str, int]
    """Topic -> records said again."""
    takings: int
    """How often workers took a partition over while records of it were read, or before."""
    compacted: int
    """Records of compacted topics that a newer one of their key has since replaced: nothing to compare with."""
    differences: list[str]
    """The first of each topic, one line each."""


def _named(topic: str, key: bytes, value: bytes | None) -> bytes:
    """Return what a record is compared under: its key, apart from what stage 3 says of the alarms of stage 2."""
    return key + b" implied" if topic == "alarm-records" and value is not None and b'"impliedBy":' in value else key


def _digest(key: bytes, value: bytes | None, headers: tuple[tuple[str, bytes], ...] | list[tuple[str, bytes]]) -> bytes:
    return blake2b(msgspec.msgpack.encode((key, value, list(headers))), digest_size=16).digest()


class Written:
    """The records of one key in order: offset and digest of each, packed, since a recording of hours has tens of millions."""

    __slots__ = ("_packed", "struck")
    _EACH, _OFFSET = 24, 8

    def __init__(self) -> None:
        self._packed = bytearray()
        self.struck = 0
        """How many of them the replay has said again."""

    def add(self, offset: int, digest: bytes) -> None:
        self._packed += offset.to_bytes(self._OFFSET) + digest

    @property
    def is_struck(self) -> bool:
        return self.struck * self._EACH >= len(self._packed)

    @property
    def next_offset(self) -> int:
        """Of the first that has not been said again, where not all have been."""
        return int.from_bytes(self._next[:self._OFFSET])

    @property
    def next_digest(self) -> bytes:
        """The same one's; nothing where all have been said again."""
        return self._next[self._OFFSET:]

    @property
    def _next(self) -> bytes:
        return bytes(self._packed[self.struck * self._EACH:(self.struck + 1) * self._EACH])


class Comparison:
    """What was published, struck off as the replay says it again."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._published: dict[Key, Written] = defaultdict(Written)
        self._replaced: dict[Key, list[str]] = defaultdict(list)
        """What was said of a key of a compacted topic and is not there, since the last that is."""
        self._loose: dict[tuple[str, int], Counter[bytes]] = defaultdict(Counter)
        """Topic and partition -> digests of what stands in inboxes that several stages write into."""
        self.said: Counter[str] = Counter()
        self.compacted = 0
        self.first: dict[str, str] = {}
        self.is_over = False
        """Whether all is found that was said of a record that was only begun."""

    def read(self) -> None:
        """Read all that was published."""
        for topic in (*EXACT, *SOMEWHERE):
            for partition in range(self._recording.partitions(topic)):
                for record in (record for batch in self._recording.read(topic, partition) for record in batch):
                    self._publish(topic, partition, record)

    def _publish(self, topic: str, partition: int, record: Record) -> None:
        key, digest = record.key or b"", _digest(record.key or b"", record.value, record.headers)
        if topic in SOMEWHERE:
            self._loose[topic, partition][digest] += 1
        elif topic == "problem-changes" and isinstance(tick := _change(record.value or b""), Tick) and tick.since >= 0:
            return                                                  # its owner's mark, not what stage 2 says
        elif (topic != "dead-letters" or key.startswith(_OF_INBOXES)) and not (topic == "progress" and key.startswith(_OF_REQUESTS)):
            self._published[topic, partition, _named(topic, key, record.value)].add(record.offset, digest)

    def say(self, output: Output) -> None:
        """Take one record of the replay."""
        topic, key, value, _, headers = output
        if topic == "alarm-events":
            return                                                  # moved records and turns: packed with what others wrote there
        key = key or b""
        digest = _digest(key, value, headers)
        self.said[topic] += 1
        where = self._where(output)
        if topic in SOMEWHERE:
            if not self._take(where, digest):
                self._differ(topic, f"key {key.decode()!r}: the replay says {_shown(value)}, which nobody wrote")
        else:
            self._strike(where, value, digest)

    def say_begun(self, output: Output) -> None:
        """Take what the replay says of the record that stands next: workers that were stopped there have published the first part of it, or nothing."""
        topic, key, value, _, headers = output
        if self.is_over or topic == "alarm-events":
            return
        where, digest = self._where(output), _digest(key or b"", value, headers)
        if topic in SOMEWHERE:
            is_there = self._take(where, digest)
        elif is_there := self._published[where].next_digest == digest:
            self._strike(where, value, digest)
        self.said[topic] += is_there
        self.is_over = not is_there

    def _where(self, output: Output) -> Key:
        topic, key, value, partition, _ = output
        place = partition if partition >= 0 else partition_of((key or b"").decode(), self._recording.partitions(topic))
        return topic, place, _named(topic, key or b"", value)

    def _take(self, where: Key, digest: bytes) -> bool:
        """Take one record out of an inbox that several stages write into; whether it is there."""
        there = self._loose[where[:2]]
        if not there[digest]:
            return False
        there[digest] -= 1
        return True

    def _strike(self, where: Key, value: bytes | None, digest: bytes) -> None:
        topic, _, key = where
        written = self._published[where]
        if written.next_digest == digest:
            written.struck += 1
            self.compacted += len(self._replaced.pop(where, ()))
            return
        text = f"key {key.decode()!r} record {written.struck + 1}: {self._there(where)}, the replay says {_shown(value)}"
        if not (flow.OUTPUTS.get(topic) or topic in flow.WITHDRAWN):
            self._differ(topic, text)
        elif value is None and written.is_struck:
            self.compacted += 1 + len(self._replaced.pop(where, ()))    # deleted, and that long ago
        else:
            self._replaced[where].append(text)

    def finish(self) -> None:
        """Find what was published and not said again; of a compacted topic's key the newest record is always there."""
        for (topic, _, _), texts in self._replaced.items():
            self._differ(topic, texts[0])
        for where, written in self._published.items():
            if not written.is_struck:
                self._differ(where[0], f"key {where[2].decode()!r} record {written.struck + 1}: {self._there(where)}, the replay does not say it")

    def _there(self, where: Key) -> str:
        topic, partition, _ = where
        written = self._published[where]
        if written.is_struck:
            return f"nothing is published after {written.struck} records of this key"
        if topic in self.first:
            return "published otherwise"                            # only the first is shown
        value = next(self._recording.read(topic, partition, written.next_offset))[0].value
        return f"published at {topic}/{partition} offset {written.next_offset} is {_shown(value)}"

    def _differ(self, topic: str, text: str) -> None:
        self.first.setdefault(topic, f"{topic}: {text}")


def _shown(value: bytes | None) -> str:
    if value is None:
        return "a deletion"
    return value[:SHOWN].decode("utf-8", "backslashreplace") + (f"... ({len(value)} bytes)" if len(value) > SHOWN else "")


def compare(topology: Topology, settings: Settings, progress: Callable[[int], None] = lambda records: None) -> Verdict:
    """Fold the recorded inboxes of the group of `settings` and compare; Refused while its workers are at work."""
    recording = Recording(settings.kafka_config(), settings.group, settings.prefix)
    try:
        versions = Versions(settings.data / settings.group / f"{settings.instance}-topologies", settings.pseudonym())
        return asyncio.run(_compare(topology, settings.group, recording, versions, progress))
    finally:
        recording.close()


async def _compare(topology: Topology, group: str, recording: Recording, versions: Versions, progress: Callable[[int], None]) -> Verdict:
    positions = {inbox: recording.positions(inbox) for inbox in flow.INBOXES}
    comparison = Comparison(recording)
    comparison.read()
    if positions != {inbox: recording.positions(inbox) for inbox in flow.INBOXES}:
        raise Refused(f"The workers of group {group} are at work: stop them, or wait until all is quiet, and compare again.")
    log = RecordedLog(recording.partitions, comparison.say, comparison.say_begun)
    processor = assemble(topology, log, "event", stepped=True, versions=versions)
    for record in (record for batch in recording.read(CHANGES, 0) for record in batch):
        processor.worlds.hear(record)
    if missing := processor.worlds.missing_versions():
        raise Refused(f"The group decided under version {missing[0]} of topology.yaml too, which is not here: give it with --topology, or the folder of its workers with --data.")
    await processor.start()
    records: Counter[str] = Counter()
    takings_seen = 0
    try:
        for inbox, read in positions.items():
            for partition, until in enumerate(read):
                taken = takings(processor.engine, inbox, partition, recording.read(inbox, partition))
                takings_seen += len(taken)
                following = next((batch[0] for batch in recording.read(inbox, partition, until)), None)
                comparison.is_over = False
                records[inbox] += await fold(processor.engine, log, inbox, partition, recording.read(inbox, partition, until=until), taken, following)
                progress(sum(records.values()))
    finally:
        await processor.stop()
    comparison.finish()
    return Verdict(dict(records), dict(comparison.said), takings_seen, comparison.compacted, list(comparison.first.values()))
