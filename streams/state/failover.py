"""`spm failover`: have a group go on where its cluster was mirrored to, before the first worker starts there.

Nothing the lost cluster called a place means anything here: inboxes are new, feeds have other offsets (a mirror leaves out
transactions' ends and what retention took). Where reading goes on is found from what the mirrored state says of itself
(provenance.py). Stages were mirrored to different moments: once the sources have sent their lists, mend.py brings them in line.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from streams import topology as flow
from streams.domain.ids import identify
from streams.domain.inventory import Inventory
from streams.domain.network_change import CHANGES, NetworkChange
from streams.domain.view import World
from streams.edge.alarm_key import alarm_key
from streams.edge.formats import Refused as Unreadable
from streams.edge.formats import Told, parser_of
from streams.edge.names import Names
from streams.edge.topology_file import Topology
from streams.engine.embedded import Given
from streams.engine.fatal import Refused
from streams.engine.kafka_group import KafkaGroup
from streams.engine.part import OWN, PartState
from streams.engine.partition import partition_of
from streams.engine.record import Record
from streams.engine.table import RowFormat
from streams.settings import Settings
from streams.state.carry import Places
from streams.state.mend import TABLES, Again, mended
from streams.state.provenance import Lane, Saying, Seen, folded_until, goes_on, newest, placed
from streams.state.rows import Held, held, inboxes
from streams.stored import Stored

LANES = ("alarm-events", "problem-changes", "problem-inbox")
"""Inboxes whose clocks tell how far the lanes were."""
_own = RowFormat(OWN)
_change = msgspec.msgpack.Decoder(NetworkChange).decode


class GoesOn(NamedTuple):
    """Where one partition goes on."""

    topic: str
    partition: int
    at: int
    end: int
    named: int
    """Lanes that name a record found here."""


class Prepared(NamedTuple):
    """What was done."""

    positions: list[GoesOn]
    """Of feeds and requests."""
    in_force: str
    """Version of topology.yaml that was in force on the lost cluster."""
    until: int
    """All that arrived before this (event time) was folded."""
    turned_back: int
    """Partitions that stood in a change of the network that was not mirrored."""


def prepare(stored: Stored, topology: Topology, settings: Settings) -> Prepared:
    """Set where the group goes on. Refused, and nothing is written, where something is missing or the group has begun here."""
    places = Places(topology, settings)
    if settings.clock != "wall":
        raise Refused("time is not that of the wall here: how far the lanes were is not known, and recordings are played anew instead")
    _need_care(topology)
    group = KafkaGroup(settings.kafka_config(), settings.group)
    try:
        group.need_nobody()
        inside, heard = [places.full(inbox) for inbox in flow.INBOXES], [places.full(topic) for topic in places.heard]
        begun = [topic for (topic, _), at in group.positions((*inside, *heard)).items() if at]
        ends = group.ends((*inside, *heard))
        _need_unbegun(begun, {topic for (topic, _), end in ends.items() if end and topic in inside})
        state = held(stored, ("alarm-records",), inboxes(places.feeds))
        changes = [_change(record.value) for _, record in stored.peek.read(stored.output(CHANGES), {}) if record.value is not None]
        _need_mirrored(state, places, changes)
        until = folded_until(clock.clock for (inbox, _), clock in state.clocks.items() if inbox in LANES)
        by_time = group.positions_at(heard, until // 1000)
        found = [*_feeds(stored, topology, places, state, by_time, ends), *_requests(places, by_time, ends)]
        turned_back = _turn_back(stored, places, state, max(change.number for change in changes))
        _forget_requests(stored, places)
        group.move({(topic, partition): 0 for topic, partition in ends if topic in inside} | {(one.topic, one.partition): one.at for one in found})
        return Prepared(found, max(changes, key=lambda change: (bool(change.version), change.number)).version, until, turned_back)
    finally:
        group.close()


def _need_care(topology: Topology) -> None:
    network = topology.network
    if "act" in {network.mode, *network.mode_by_domain.values(), *network.mode_by_cause.values()}:
        raise Refused("topology.yaml says `mode: act`: after a failover nobody knows which commands were begun, so say `mode: advise` (for domains and causes too) until that was looked at")


def _need_unbegun(begun: Iterable[str], full: Iterable[str]) -> None:
    if begun := sorted({*begun, *full}):
        raise Refused(f"the group has begun on this cluster already ({', '.join(begun[:3])}): a failover is prepared once, before the first worker starts")


def _need_mirrored(state: Held, places: Places, changes: list[NetworkChange]) -> None:
    """Refuse where a changelog, or the log of the network's changes, holds nothing: it was not mirrored."""
    there = {inbox for inbox, _ in state.clocks}
    if missing := [places.full_changelog(inbox) for inbox in inboxes(places.feeds) if inbox not in there]:
        raise Refused(f"there is no state in {', '.join(missing)}: was it mirrored (the mirror's `topics`), under the same group and prefix?")
    if not any(change.version for change in changes):
        raise Refused(f"{CHANGES} tells of no topology.yaml: was it mirrored?")


def _feeds(stored: Stored, topology: Topology, places: Places, state: Held, by_time: dict[tuple[str, int], int], ends: dict[tuple[str, int], int]) -> Iterator[GoesOn]:
    """Find where each feed goes on."""
    seen: dict[int, dict[tuple[str, int], Seen]] = {}
    for lane in range(places.partitions("alarm-events")):
        seen[lane] = newest(row for partition, row in state["alarm-records"].values() if partition == lane)
    names = Names(topology.network.nodes, topology.aliases)
    names.prepare(topology.feeds)
    for feed in topology.feeds:
        parse, said = parser_of(feed), dict[int, dict[Saying, int]]()
        for partition, record in stored.peek.read(feed.topic, {partition: at for (topic, partition), at in by_time.items() if topic == feed.topic}):
            for told in _told(parse, record):
                name = names.resolve(feed, told.object)
                said.setdefault(partition, {}).setdefault((identify(name.domain, alarm_key(feed, told, name.identity)), told.at, told.cleared), record.offset)
        for partition in range(sum(1 for topic, _ in ends if topic == feed.topic)):
            where = feed.topic, partition
            named = placed(seen, where, said.get(partition, {}))
            at = min(ends[where], goes_on(Lane(by_time[where], place) for place in named.values()))
            yield GoesOn(*where, at, ends[where], sum(place is not None for place in named.values()))


def _told(parse: "object", record: Record) -> list[Told]:
    try:
        reading = parse(record.value) if record.value else []   # type: ignore[operator]
    except Unreadable:
        return []
    return [part for part in (reading if isinstance(reading, list) else [reading]) if isinstance(part, Told) and part.object and part.at]


def _requests(places: Places, by_time: dict[tuple[str, int], int], ends: dict[tuple[str, int], int]) -> Iterator[GoesOn]:
    """Go on with requests by the lanes' clocks alone; a topology.yaml that was asked for on the lost cluster is no matter here."""
    for topic in flow.REQUESTS:
        full = places.full(topic)
        for (name, partition), end in ends.items():
            if name == full:
                yield GoesOn(name, partition, end if topic in flow.OWN_REQUESTS else min(end, by_time[name, partition]), end, 0)


def _turn_back(stored: Stored, places: Places, state: Held, last: int) -> int:
    """Have partitions that stood in a change of the network that was not mirrored stand in the last one that was."""
    count = 0
    for (inbox, partition), own in state.clocks.items():
        if own.world > last:
            count += 1
            _write(stored, places, inbox, partition, msgspec.structs.replace(own, world=last))
    return count


def _write(stored: Stored, places: Places, inbox: str, partition: int, own: PartState) -> None:
    key, value = _own.encode("", own, msgspec.msgpack.Encoder())
    stored.peek.write(places.full_changelog(inbox), [(partition, key, value, ())])


def _forget_requests(stored: Stored, places: Places) -> None:
    """Forget which of the gateway's requests stage 1 had: what is read again must reach stage 2, which may not have had it."""
    for feed in places.feeds:
        gone: list[Given] = [(partition, key, None, ()) for partition, key, _ in stored.state(feed) if key.startswith(b"requests\0")]
        if gone:
            stored.peek.write(places.full_changelog(feed), gone)


def mend(stored: Stored, topology: Topology, settings: Settings) -> list[Again]:
    """Have the stages told again what they differ in, with the workers stopped; return what was written."""
    places = Places(topology, settings)
    group = KafkaGroup(settings.kafka_config(), settings.group)
    try:
        group.need_nobody()
    finally:
        group.close()
    changes = [_change(record.value) for _, record in stored.peek.read(stored.output(CHANGES), {}) if record.value is not None]
    inventory = Inventory(topology.network, topology.aliases)
    if entries := [entry for change in changes for entry in change.entries]:
        inventory, _ = inventory.changed(entries, topology.version)
    told = list(mended(held(stored, TABLES), World(inventory.network, topology.policy)))
    encode = msgspec.msgpack.Encoder().encode
    for again in told:
        partition = partition_of(again.route, places.partitions(again.inbox))
        stored.peek.write(places.full(again.inbox), [(partition, again.key.encode(), encode(again.message), ())])
    return told
