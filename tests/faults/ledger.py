"""Whether anything was lost or came twice: every record of the feeds is accounted for once, and the recorded inboxes decide the same.

    feeds --> alarm-events, dead-letters     each record's position stands in one of them, once
    inboxes --> everything else              folded again on the embedded engine: equal, byte for byte (streams/recorded.py)
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain

import msgspec

from streams import topology as flow
from streams.domain.alarm import OWN
from streams.domain.messages import AlarmEvent, AlarmHeard
from streams.engine.kafka_peek import KafkaPeek
from streams.recorded import compare
from tests.chaos.run import Run

Place = tuple[str, int, int]
"""Feed, partition, offset."""
Part = tuple[str, int, int, int]
"""The same, and which alarm of the record."""
_events = msgspec.msgpack.Decoder(list[AlarmEvent]).decode


class Account(msgspec.Struct, frozen=True):
    """What became of the records of the feeds, and what the embedded engine says otherwise."""

    fed: int
    lost: list[Place]
    doubled: list[Part]
    differences: list[str]
    missing: dict[str, int] = {}
    """Output topic -> records that the embedded engine says and that are not there, of topics that have fewer."""

    @property
    def is_exact(self) -> bool:
        return not (self.lost or self.doubled or self.differences)

    def __str__(self) -> str:
        if self.is_exact:
            return f"{self.fed:,} records, none lost or doubled, equal to the embedded engine"
        shown = [f"{name}, for example {places[0]}" for name, places in ((f"{len(self.lost)} lost", self.lost), (f"{len(self.doubled)} doubled", self.doubled)) if places]
        return f"{self.fed:,} records: " + "; ".join([*shown, *self.differences])


def account(run: Run, tell: Callable[[str], None] = lambda line: None) -> Account:
    """Account for a run whose workers have been stopped, with all that was fed worked off."""
    peek = KafkaPeek(run.settings.kafka_config(), run.settings.group)
    fed, lost, doubled = _tallied(run, peek)
    tell(f"{fed:,} records tallied")
    verdict = compare(run.topology, run.settings, lambda records: tell(f"{records:,} records of inboxes folded"))
    there = {topic: sum(1 for _ in peek.read(run.settings.prefix + topic, {})) for topic, is_compacted in flow.OUTPUTS.items() if not is_compacted}
    missing = {topic: verdict.outputs.get(topic, 0) - count for topic, count in there.items() if verdict.outputs.get(topic, 0) > count}
    return Account(fed, lost, doubled, verdict.differences, missing)


def _tallied(run: Run, peek: KafkaPeek) -> tuple[int, list[Place], list[Part]]:
    """Return how many were fed, what was lost and what came twice; after hours these are many places, gone before the folding begins."""
    feeds = [feed.topic for feed in run.topology.feeds]
    fed = [(topic, partition, record.offset) for topic in feeds for partition, record in peek.read(topic, {}) if not is_time(record.headers)]
    told = (part for _, record in peek.read(run.settings.prefix + "alarm-events", {}) for part in heard(record.value or b""))
    letters = (buried(record.key or b"") for _, record in peek.read(run.settings.prefix + "dead-letters", {}))
    return len(fed), *tally(fed, chain(told, (part for part in letters if part[0] in feeds)))


def is_time(headers: Iterable[tuple[str, bytes]]) -> bool:
    """Whether a record of a feed is a mark or a probe, and no alarm."""
    return any(name in ("spm-mark", "spm-start", "spm-probe") for name, _ in headers)


def tally(fed: Iterable[Place], told: Iterable[Part]) -> tuple[list[Place], list[Part]]:
    """Return what was fed and is told nowhere, and what is told more than once."""
    heard_of: dict[tuple[str, int, int], bytearray] = defaultdict(bytearray)
    """Feed, partition and part -> by offset, whether it was told: a byte each, since hours have tens of millions."""
    doubled = dict[Part, None]()
    for part in told:
        told_of, offset = heard_of[part[0], part[1], part[3]], part[2]
        if offset >= len(told_of):
            told_of.extend(bytes(offset + 1 - len(told_of)))
        if told_of[offset]:
            doubled[part] = None
        told_of[offset] = 1
    known: dict[tuple[str, int], list[bytearray]] = defaultdict(list)
    for (feed, partition, _), told_of in heard_of.items():
        known[feed, partition].append(told_of)
    return [place for place in fed if not any(place[2] < len(told_of) and told_of[place[2]] for told_of in known[place[:2]])], list(doubled)


def heard(value: bytes) -> list[Part]:
    """Return where the alarms of one record of alarm-events were read; our own alarms and probes are nobody's records."""
    sources = (event.source for event in _events(value) if isinstance(event, AlarmHeard) and not event.sent_on)
    return [(source.topic, source.partition, source.offset, source.part) for source in sources if source.part != OWN]


def buried(key: bytes) -> Part:
    """Return which record, or part of one, a dead letter is of."""
    topic, partition, offset, *part = key.decode().split("/")
    return topic, int(partition), int(offset), int(part[0]) if part else 0


__all__ = ["Account", "account", "buried", "heard", "is_time", "tally"]
