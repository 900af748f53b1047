"""`spm tables export` and `import`: the state of a group out of its changelogs, or of `spm run` out of its store, and back.

Exported is a state at rest: nobody is in the group. What a stage had not read yet of its inbox goes with it (but for time and
probes), so that nothing is lost between two stages. Imported into a group of the same cluster, feeds and requests go on where they had been read when it was exported,
and the inboxes at their ends: what was decided since is decided again, and told again under the same ids. Imported twice, or
again after it was interrupted, it comes to the same.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

from streams import topology as flow
from streams.domain.messages import ProbeSent, Tick
from streams.domain.network_change import CHANGES
from streams.edge.topology_file import Topology
from streams.engine.embedded import Given, write_first
from streams.engine.fatal import Refused
from streams.engine.kafka_group import KafkaGroup
from streams.engine.store import RocksStore, place
from streams.flow_topics import changelog_of, foreign, partitions
from streams.settings import Settings
from streams.state.rows import StoredRow, inboxes, stored_rows
from streams.state.tables_file import FORMAT, Change, Header, Unread, write
from streams.state.tables_file import read as read_file
from streams.stored import Stored

FEEDS = ("exported", "start", "end")
_AT_ONCE = 5_000


class Carried(NamedTuple):
    """What was done."""

    rows: int
    changes: int
    read_again: int
    """Offsets of feeds and requests that lie between where they go on and their ends."""


class Places:
    """What the topics of one installation are called."""

    def __init__(self, topology: Topology, settings: Settings) -> None:
        self._foreign, self._prefix = foreign(topology, settings), settings.prefix
        self.feeds = [feed.topic for feed in topology.feeds]
        self.heard = (*self.feeds, *flow.REQUESTS)
        """What others write: positions in it are kept."""
        self.changelog = changelog_of(settings.group)
        self.partitions = partitions(topology)

    def full(self, topic: str) -> str:
        return self._foreign.get(topic, self._prefix + topic)

    def full_changelog(self, inbox: str) -> str:
        return self._prefix + self.changelog(inbox)


def export(path: Path, stored: Stored, topology: Topology, settings: Settings) -> int:
    """Write all there is to a file; return how many rows. Refused where the group is at work or something is unread."""
    places, positions, read, cluster = Places(topology, settings), {}, {}, ""
    if settings.bootstrap is not None:
        group = KafkaGroup(settings.kafka_config(), settings.group)
        try:
            group.need_nobody()
            read = group.positions(places.full(inbox) for inbox in flow.INBOXES)
            told = group.positions(places.full(topic) for topic in places.heard)
            positions = {topic: [told[place] for place in sorted(told) if place[0] == places.full(topic)] for topic in places.heard}
            cluster = group.cluster
        finally:
            group.close()
    header = Header("tables", FORMAT, topology.version, {inbox: places.partitions(inbox) for inbox in inboxes(places.feeds)}, positions, cluster)
    changes = (Change(record.key or b"", record.value) for _, record in stored.peek.read(stored.output(CHANGES), {}) if record.value is not None)
    return write(path, header, (row for inbox in inboxes(places.feeds) for row in stored_rows(stored, inbox)), chain(changes, _unread(stored, places, read)))


def _unread(stored: Stored, places: Places, read: dict[tuple[str, int], int]) -> Iterator[Unread]:
    """Iterate over what lies in the inboxes of a group and no stage has read; time is none of it, nor are probes: they are over."""
    for inbox in flow.INBOXES if read else ():
        decode, full = flow.message(inbox), places.full(inbox)
        for partition, record in stored.peek.read(full, {partition: at for (topic, partition), at in read.items() if topic == full}):
            told = decode(record, partition)
            if not all(isinstance(each, Tick | ProbeSent) for each in (told if isinstance(told, list) else [told])):
                yield Unread(inbox, partition, record.key or b"", record.value or b"")


def import_into_kafka(path: Path, stored: Stored, topology: Topology, settings: Settings, feeds: str) -> Carried:
    """Write a file's rows into the changelogs of a group without state, and set where it goes on."""
    header, contents = read_file(path)
    places = Places(topology, settings)
    _need_same_partitions(header, places)
    group = KafkaGroup(settings.kafka_config(), settings.group)
    try:
        group.need_nobody()
        exported = feeds == "exported"
        if exported and header.cluster != group.cluster:
            raise Refused(f"{path} was exported from another cluster, whose offsets mean nothing here: say --feeds start, or --feeds end and have the sources send their lists")
        rows, changes, unread = _split(contents)
        _need_no_other(stored, rows, places)
        _write_rows(stored, rows, places)
        there = sum(1 for _ in stored.peek.read(stored.output(CHANGES), {}))
        if not there:
            stored.peek.write(stored.output(CHANGES), [(0, change.key, change.value, ()) for change in changes])
        heard = [places.full(topic) for topic in places.heard]
        ends = group.ends((*heard, *(places.full(inbox) for inbox in flow.INBOXES)))
        target = dict(ends)
        for topic in places.heard:
            for partition, at in enumerate(header.positions.get(topic, ())):
                where = (places.full(topic), partition)
                if feeds != "end" and where in target:
                    target[where] = min(at, ends[where]) if exported else 0
        group.move(target)
        for each in unread:
            stored.peek.write(places.full(each.inbox), [(each.partition, each.key, each.value, ())])
        return Carried(len(rows), 0 if there else len(changes), sum(ends[where] - target[where] for where in ends))
    finally:
        group.close()


def import_into_run(path: Path, topology: Topology, settings: Settings) -> Carried:
    """Write a file's rows into the store of `spm run`, which must not be running, and must hold none."""
    header, contents = read_file(path)
    _need_same_partitions(header, Places(topology, settings))
    rows, changes, _ = _split(contents)
    store = RocksStore(settings.data / "embedded")
    try:
        if next(iter(store.range(b"")), None) is not None:
            raise Refused(f"{settings.data / 'embedded'} holds a log already; name an empty folder with --data")
        store.write([(place(row.inbox, row.partition) + row.raw, row.stored) for row in rows])
        write_first(store, CHANGES, [(change.key, change.value) for change in changes])
    finally:
        store.close()
    return Carried(len(rows), len(changes), 0)


def _need_same_partitions(header: Header, places: Places) -> None:
    for inbox, count in header.partitions.items():
        if (here := places.partitions(inbox)) != count:
            raise Refused(f"{inbox} had {count} partitions when this was exported and has {here} here: rows belong to partitions (runbook more-partitions says what to do instead)")


def _split(contents: Iterator[StoredRow | Change | Unread]) -> tuple[list[StoredRow], list[Change], list[Unread]]:
    every = list(contents)
    return [each for each in every if isinstance(each, StoredRow)], [each for each in every if isinstance(each, Change)], [each for each in every if isinstance(each, Unread)]


def _need_no_other(stored: Stored, rows: Iterable[StoredRow], places: Places) -> None:
    wanted = {(row.inbox, row.partition, row.raw): row.stored for row in rows}
    for inbox in inboxes(places.feeds):
        for partition, key, value in stored.state(inbox):
            if wanted.get((inbox, partition, key)) != value:
                raise Refused(f"{places.full_changelog(inbox)} holds other rows than the file: import into a group that has no state (another --group, after `spm topics apply`)")


def _write_rows(stored: Stored, rows: Iterable[StoredRow], places: Places) -> None:
    for inbox, some in groupby(rows, key=lambda row: row.inbox):
        waiting: list[Given] = []
        for row in some:
            waiting.append((row.partition, row.raw, row.stored, ()))
            if len(waiting) >= _AT_ONCE:
                stored.peek.write(places.full_changelog(inbox), waiting)
                waiting = []
        stored.peek.write(places.full_changelog(inbox), waiting)

