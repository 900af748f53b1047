"""`spm names`: what did not resolve, by feed and count, what it may be, and the rule that would resolve it.

The counts come from the state of stage 1 in a folder, or from reading a recording through the same format and rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rocksdict import AccessType, Options, Rdict

from streams.domain.instant import iso
from streams.edge.feed import Feed
from streams.edge.feed_clock import FeedClock
from streams.edge.formats import Refused, Told, parser_of
from streams.edge.name_advice import Adviser
from streams.edge.names import Names
from streams.edge.topology_file import Topology
from streams.edge.unresolved import UnresolvedName
from streams.tables import folders_of

TRIED = 1_000
"""Names of a feed that a rule is tried on."""
_clock = msgspec.msgpack.Decoder(FeedClock).decode
_name = msgspec.msgpack.Decoder(UnresolvedName).decode
_ROW = 9
"""Bytes of a stored row before its value: version and due time."""


class FeedNames(msgspec.Struct):
    """What one feed called its objects."""

    alarms: int = 0
    unresolved: int = 0
    """Alarms whose object did not resolve."""
    names: dict[str, UnresolvedName] = {}

    @property
    def share(self) -> float:
        """Alarms that did not resolve, of all."""
        return self.unresolved / self.alarms if self.alarms else 0.0


def of_state(data: Path) -> dict[str, FeedNames] | None:
    """Read what stage 1 remembers in the stores below a folder; None where it holds no state."""
    folders = folders_of(data)
    found: dict[str, FeedNames] = {}
    for folder in folders:
        store: Any = Rdict(str(folder), Options(raw_mode=True), access_type=AccessType.read_only())
        try:
            for key, value in store.items():
                _take(found, key, value)
        finally:
            store.close()
    return found if folders else None


def _take(found: dict[str, FeedNames], key: bytes, value: bytes) -> None:
    topic, _, rest = key.partition(b"/")
    table, nul, row = rest.partition(b"/")[2].partition(b"\0")
    if not nul or table not in (b"feed-clock", b"unresolved-names"):
        return
    feed = found.setdefault(topic.decode("utf-8", "replace"), FeedNames(names={}))
    if table == b"feed-clock":
        clock = _clock(value[_ROW:])
        feed.alarms, feed.unresolved = feed.alarms + clock.alarms, feed.unresolved + clock.unresolved
    else:
        _add(feed, row.decode("utf-8", "replace"), _name(value[_ROW:]))


def of_recording(lines: Iterable[bytes], feed: Feed, names: Names, progress: Callable[[int], None] = lambda lines: None) -> FeedNames:
    """Read recorded lines as this feed would, and count what does not resolve; what cannot be read is left out."""
    parse, found = parser_of(feed), FeedNames(names={})
    for n, line in enumerate(lines, 1):
        try:
            reading = parse(line)
        except Refused:
            continue
        for part in reading if isinstance(reading, list) else [reading]:
            if isinstance(part, Told) and part.object:
                found.alarms += 1
                if not names.resolve(feed, part.object).resolved:
                    found.unresolved += 1
                    _add(found, part.object, UnresolvedName(1, part.at, part.at))
        if n % 1000 == 0:
            progress(n)
    return found


def _add(feed: FeedNames, name: str, row: UnresolvedName) -> None:
    known = feed.names.get(name)
    feed.names[name] = row if known is None else UnresolvedName(known.count + row.count, min(known.first_at, row.first_at), max(known.last_at, row.last_at))


def show(console: Console, feeds: dict[str, FeedNames], topology: Topology, shown: int) -> None:
    """Print each feed's share, and its names that did not resolve, the most frequent first."""
    names = Names(topology.network.nodes, topology.aliases)
    declared = {feed.topic: feed for feed in topology.feeds}
    adviser = Adviser(names)
    for topic, found in sorted(feeds.items()):
        under = f"under {len(found.names):,} names" if topology.network.nodes else "since `network:` declares none: there is nothing to mend"
        console.print(Text(f"{topic}: {found.alarms:,} alarms, {found.unresolved:,} of them ({found.share:.1%}) of objects that nobody declared, {under}", style="bold"))
        if found.names:
            console.print(_table(found, declared.get(topic, Feed(topic)), names, adviser, shown))


def _table(found: FeedNames, feed: Feed, names: Names, adviser: Adviser, shown: int) -> Table:
    table = Table("alarms", "name", "last heard", "nearest", "what would resolve it", box=None, pad_edge=False)
    table.columns[0].justify = "right"
    ranked = sorted(found.names.items(), key=lambda pair: (-pair[1].count, pair[0]))
    tried = [name for name, _ in ranked[:TRIED]]
    said: Counter[str] = Counter()
    for name, row in ranked[:shown]:
        if names.resolve(feed, name).resolved:
            table.add_row(f"{row.count:,}", Text(name), iso(row.last_at)[:19], Text(names.resolve(feed, name).object), Text("resolves with this topology", style="dim"))
            continue
        advice = adviser.advise(feed, name, tried)
        said[advice.rule] += 1
        rule = "as above" if said[advice.rule] > 1 and advice.rule else advice.rule + (f"  ({advice.resolves} of these names)" if advice.resolves > 1 else "")
        table.add_row(f"{row.count:,}", Text(name), iso(row.last_at)[:19], Text(", ".join(advice.candidates)), Text(rule))
    if len(ranked) > shown:
        table.add_row("", Text(f"and {len(ranked) - shown:,} more names", style="dim"), "", "", "")
    return table
