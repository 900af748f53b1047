"""Sends probes (domain/probe.py): once a period, from each feed partition of this worker, one down each lane that falls to it."""

import asyncio
from collections.abc import Iterable, Iterator

from streams.domain.instant import SECOND, Span
from streams.edge.feed_control import PROBE
from streams.engine.core import Engine


def ways(owned: Iterable[tuple[str, int]], feeds: dict[str, int], lanes: int) -> Iterator[tuple[str, int, int]]:
    """Iterate (feed, partition, lane) over the probes of one period: every feed partition and every lane has at least one, and there are no more than the more of both.

    `owned`: partitions of this worker; `feeds`: feed -> its partitions.
    """
    for topic, partition in owned:
        if (count := feeds.get(topic, 0)) and lanes:
            for lane in range(partition, lanes, count) if partition < lanes else (partition % lanes,):
                yield topic, partition, lane


async def send_probes(engine: Engine, feeds: Iterable[str], every: Span) -> None:
    """Send them until cancelled; where the feed may not be written, its probes stay away and the alert says so."""
    topics = tuple(feeds)
    while True:
        await asyncio.sleep(every / SECOND)
        count = engine.journal.partitions
        for topic, partition, lane in ways(tuple(engine.parts), {topic: count(topic) for topic in topics}, count("alarm-events")):
            engine.journal.say(topic, b"", partition, ((PROBE, str(lane).encode()),))
