"""What is kept: rows and bytes of each table, what they take on disk, and what topics hold after retention and compaction.

A topic is counted as its settings have it (streams/flow_topics.py), with event time for the broker's clock, as it is in a
live run: a log its last days, a compacted one the newest record of each key, tombstones for a day (those of changelogs for seven).
"""

import shutil
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from streams.engine.record import Closing
from streams.engine.store import RocksStore
from streams.engine.topics import Wanted

TOMBSTONES, CHANGELOG_TOMBSTONES = 1, 7
"""Days."""


class Size(msgspec.Struct, frozen=True):
    """Rows, or records, and their bytes, keys included."""

    rows: int = 0
    bytes: int = 0


class Topics:
    """Hears every commit and knows what topics hold; the broker's clock is `turn`ed day by day."""

    def __init__(self, wanted: list[Wanted]) -> None:
        self._days = {each.name: _retention(each) for each in wanted}
        self._logs: dict[str, dict[int, Size]] = defaultdict(lambda: defaultdict(Size))
        self._newest: dict[str, dict[bytes, tuple[int, int]]] = defaultdict(dict)
        """Topic -> key -> (day, bytes); no bytes: a tombstone."""
        self._gone: dict[str, dict[bytes, int]] = defaultdict(dict)
        """Changelog -> key of a row that was deleted -> day."""
        self._day = 0

    def hear(self, closing: Closing) -> None:
        for topic, key, value, _, _ in closing.outputs:
            self.write(topic, key, value)
        for (inbox, partition), rows in closing.state.items():
            gone = self._gone[inbox]
            for key, row in rows.items():
                place = b"%d/%b" % (partition, key)
                gone.pop(place, None)
                if row is None:
                    gone[place] = self._day

    def write(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        length = len(key or b"") + len(value or b"")
        if self._days.get(topic) is None:
            self._newest[topic][key or b""] = (self._day, length if value is not None else 0)
        else:
            before = self._logs[topic][self._day]
            self._logs[topic][self._day] = Size(before.rows + 1, before.bytes + length)

    def turn(self, day: int) -> None:
        """A day begins: what is kept no longer goes."""
        self._day = day
        for topic, days in self._logs.items():
            keep = self._days[topic] or 0
            for before in [before for before in days if before <= day - keep]:
                del days[before]
        for newest in self._newest.values():
            for key in [key for key, (told, length) in newest.items() if not length and told < day - TOMBSTONES]:
                del newest[key]
        for gone in self._gone.values():
            for key in [key for key, told in gone.items() if told < day - CHANGELOG_TOMBSTONES]:
                del gone[key]

    def sizes(self) -> dict[str, Size]:
        """Return what each topic holds, tombstones of changelogs under a name of their own."""
        found = {topic: Size(sum(size.rows for size in days.values()), sum(size.bytes for size in days.values())) for topic, days in self._logs.items()}
        for topic, newest in self._newest.items():
            found[topic] = Size(len(newest), sum(len(key) + length for key, (_, length) in newest.items()))
        found["(deleted rows in changelogs)"] = Size(sum(map(len, self._gone.values())), sum(len(key) for gone in self._gone.values() for key in gone))
        return found


def _retention(wanted: Wanted) -> int | None:
    """Return for how many days a topic keeps everything; None: the newest of each key, for ever."""
    if wanted.config["cleanup.policy"] == "compact":
        return None
    return max(1, round(int(wanted.config["retention.ms"]) / 86_400_000))


def tables(store: RocksStore) -> dict[str, Size]:
    """Return table -> its rows in all partitions."""
    rows, sizes = Counter[str](), Counter[str]()
    for key, value in store.range(b""):
        if not key.startswith(b"!"):
            inbox, _, rest = key.decode().split("/", 2)
            name = f"{inbox} / {rest.partition(chr(0))[0]}"
            rows[name] += 1
            sizes[name] += len(key) + len(value)
    return {name: Size(rows[name], sizes[name]) for name in sorted(rows)}


def on_disk(store: RocksStore, scratch: Path) -> int:
    """Return what the tables alone take on a disk, compacted, in bytes: as a worker on Kafka has them, without the log."""
    shutil.rmtree(scratch, ignore_errors=True)
    copy = RocksStore(scratch)
    batch: list[tuple[bytes, bytes | None]] = []
    for key, value in store.range(b""):
        if not key.startswith(b"!"):
            batch.append((key, value))
        if len(batch) >= 5_000:
            copy.write(batch)
            batch = []
    copy.write(batch)
    copy.db.flush()
    copy.db.compact_range(None, None)
    copy.close()
    return sum(path.stat().st_size for path in scratch.iterdir() if path.suffix == ".sst")
