"""Ninety days of life compressed in event time: python -m tests.soak.ninety [--days 90] [--alarms 1500] [--seed 7]

One run on the embedded log with its state in RocksDB. Prints rows and kilobytes of each table, and what topics hold after retention and
compaction, at a third, two thirds and the end; the status is 0 where state on disk and in topics is at the end at most 1.1
times what it was after a third, and no table grows that has nothing to remember that long. Some ten minutes.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from streams import topology as flow
from streams.app import Embedded
from streams.edge.topology_file import Topology, from_text
from streams.engine.record import Closing, Output
from streams.engine.store import RocksStore
from streams.flow_topics import topics_wanted
from streams.settings import read_settings
from tests.chaos import network as made
from tests.chaos.network import Json
from tests.chaos.oracle import Outputs, Told, told
from tests.chaos.outside import with_people
from tests.soak.kept import Size, Topics, on_disk, tables
from tests.soak.life import Day, Life

FEED, PARTITIONS, CHUNK = "raw-alarms", 2, 500
GROWTH = 1.1
HORIZONS = {
    "alarm-events / feedback": "remember_feedback, 180 days", "alarm-events / learned-links": "remember_feedback, 180 days", "problem-changes / past-causes": "remember_causes, 180 days",
    "network-inbox / figures": "figures_keep, 35 days: one row a day", "alarm-events / learnt-types": "1,000 a partition", "alarm-events / learnt-pairs": "2,000 a partition",
    "raw-alarms / unresolved-names": "1,000 a partition"}
"""Tables that may grow for longer than a third of the run, and until when."""


class Look(NamedTuple):
    """What was there at the end of a day."""

    day: int
    disk: int
    tables: dict[str, Size]
    topics: dict[str, Size]
    memory: int
    """Of the process, in kilobytes."""


def described(counties: list[made.County], policy: Json) -> Topology:
    """Return the topology; `policy`: stage -> what is not as by default."""
    content = with_people(made.topology(counties, FEED, PARTITIONS))
    stages = sorted({*content["policy"], *policy})
    return from_text(json.dumps(content | {"policy": {stage: content["policy"].get(stage, {}) | policy.get(stage, {}) for stage in stages}}))


async def live(topology: Topology, life: Life, days: int, looks: set[int], folder: Path) -> list[Look]:
    """Live so many days; return what was there after each of `looks`."""
    lately: list[dict[str, list[Told]]] = [defaultdict(list)]

    def hear(output: Output, partition: int) -> None:
        topic, key, value, _, headers = output
        if topic in flow.OUTPUTS and (one := told(topic, headers[0][1].decode() if headers else "", (key or b"").decode(), value)) is not None:
            lately[-1][topic].append(one)

    embedded = Embedded(topology, "event", folder / "log", hear)
    topics = Topics(topics_wanted(topology, read_settings(data=folder)))
    land = embedded.log.commit

    def commit(closing: Closing) -> None:
        topics.hear(closing)
        land(closing)

    embedded.log.commit = commit  # type: ignore[method-assign]
    await embedded.start()
    found = []
    for number in range(days):
        topics.turn(number)
        await _live_a_day(embedded, topics, life.day(number, _merged(lately)))
        lately = [*lately[-2:], defaultdict(list)]
        if number + 1 in looks:
            assert isinstance(embedded.log.store, RocksStore)
            found.append(Look(number + 1, on_disk(embedded.log.store, folder / "copy"), tables(embedded.log.store), topics.sizes(), _resident()))
    await embedded.stop()
    return found


def _merged(lately: list[dict[str, list[Told]]]) -> Outputs:
    return defaultdict(list, {topic: [one for day in lately for one in day[topic]] for topic in flow.OUTPUTS})


async def _live_a_day(embedded: Embedded, topics: Topics, day: Day) -> None:
    for one in day.asked:
        embedded.request(one.topic, one.value)
        topics.write(one.topic, None, one.value)
    await embedded.settle()
    values = [line.value for line in day.lines]
    for start in range(0, len(values), CHUNK):
        await embedded.feed(FEED, values[start:start + CHUNK])
        await embedded.settle()
    for line in day.lines:
        topics.write(FEED, line.key.encode(), line.value)
    embedded.mark(day.until)
    await embedded.settle()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def report(looks: list[Look]) -> tuple[list[str], list[str]]:
    """Lay out what was found; return the lines, and what is wrong."""
    first, last = looks[0], looks[-1]
    lines, wrong = [f"{'':<44}" + "".join(f"{f'day {look.day}':>20}" for look in looks) + f"{'last/first':>12}"], []

    def row(name: str, sizes: list[Size]) -> None:
        lines.append(f"{name:<44}" + "".join(f"{size.rows:>10,} {size.bytes / 1000:>7,.0f}kB" for size in sizes) + f"{sizes[-1].bytes / max(1, sizes[0].bytes):>12.2f}")

    for name in sorted({name for look in looks for name in look.tables}):
        sizes = [look.tables.get(name, Size()) for look in looks]
        row(name, sizes)
        if grows(sizes) and name not in HORIZONS:
            wrong.append(f"{name} grows: {sizes[0].rows}, {sizes[1].rows}, {sizes[2].rows} rows")
    for name in sorted({name for look in looks for name in look.topics}):
        sizes = [look.topics.get(name, Size()) for look in looks]
        row(f"topic {name}" if name in last.topics else name, sizes)
        if grows(sizes) and f"topic {name}" not in HORIZONS:
            wrong.append(f"topic {name} grows: {sizes[0].rows}, {sizes[1].rows}, {sizes[2].rows} records")
    for name, sums in (("state on disk", [look.disk for look in looks]), ("rows of state", [sum(size.bytes for size in look.tables.values()) for look in looks]),
                       ("topics", [sum(size.bytes for size in look.topics.values()) for look in looks])):
        lines.append(f"{name:<44}" + "".join(f"{amount / 1000:>18,.0f}kB" for amount in sums) + f"{sums[-1] / sums[0]:>12.2f}")
        if sums[-1] > GROWTH * sums[0]:
            wrong.append(f"{name}: {sums[-1] / sums[0]:.2f} times as much as on day {first.day}")
    lines.append(f"{'memory of the process':<44}" + "".join(f"{look.memory:>18,}kB" for look in looks))
    return lines, wrong


def grows(sizes: list[Size]) -> bool:
    """Whether a table has grown in each half, by more than one would call chance."""
    first, middle, last = (size.rows for size in sizes)
    return middle > first * GROWTH + 5 and last > middle * GROWTH + 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.ninety", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--alarms", type=int, default=1500, help="a day")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    counties, began = made.counties(12, land=3), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="spm-ninety-", ignore_cleanup_errors=True) as folder:
        looks = {given.days // 3, 2 * given.days // 3, given.days}
        found = asyncio.run(live(described(counties, {"correlate": {"stale_after": "14d"}}), Life(counties, given.alarms, given.seed), given.days, looks, Path(folder)))
    lines, wrong = report(found)
    print("\n".join(lines))
    print(f"{given.days} days of {given.alarms:,} alarms in {time.monotonic() - began:.0f} s: " + ("flat" if not wrong else "; ".join(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
