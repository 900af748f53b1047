"""A worker that only counts, on the real Kafka log: two chained stages, state, and outputs that tell any loss or doubling.

    numbers --count per key--> counted --count per key--> summed

The n-th record of a key gives the output n, so the outputs of each key must read 1, 2, 3, ... in both topics.
Run one: python -m tests.broker.counting --bootstrap HOST:PORT --group G --instance I --data FOLDER
"""

import argparse
import asyncio
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from streams.engine import topics
from streams.engine.kafka import KafkaLog
from streams.engine.record import Batch, Closing, Mark
from streams.engine.store import RocksStore

NEXT = {"numbers": "counted", "counted": "summed"}
COMMIT_INTERVAL = 0.02
HIGH, LOW = 4000, 1000
Place = tuple[str, int]


def changelog(group: str, inbox: str) -> str:
    return f"{group}-{inbox}-changelog"


def wanted(prefix: str, group: str, partitions: int) -> list[topics.Wanted]:
    """List the topics of one run."""
    plain = [topics.log(prefix + name, partitions) for name in ("numbers", "counted", "summed", "ticks")]
    state = [topics.changelog(prefix + changelog(group, inbox), partitions) for inbox in NEXT]
    return [*plain, *state, topics.marks(prefix + "marks")]


class CountingHost:
    """The smallest host there can be: it folds batches when they come and commits every 20 ms."""

    def __init__(self, log: KafkaLog, ticks: bool) -> None:
        self.log, self.ticks = log, ticks
        self.counts: dict[Place, dict[bytes, int]] = {}
        self.generations: dict[Place, int] = {}
        self.positions: dict[Place, int] = {}
        self.at_end: set[Place] = set()
        self.waiting: dict[Place, list[Batch]] = {}
        self.paused: set[Place] = set()
        self.open = Closing([], {}, {})
        self.thread = ThreadPoolExecutor(1)
        self.lock = asyncio.Lock()
        self.ticked = monotonic()

    # --- Host ---

    def assigned(self, topic: str, partition: int, generation: int, position: int) -> None:
        place = (topic, partition)
        self.counts[place], self.generations[place], self.positions[place], self.waiting[place] = {}, generation, position, []

    async def revoke(self, partitions: list[Place]) -> None:
        # First no more work for them, then the commit: what was folded meanwhile would land after their next owner began.
        for place in partitions:
            for kept in (self.counts, self.generations, self.positions, self.waiting):
                kept.pop(place, None)
            self.at_end.discard(place)
            self.paused.discard(place)
        await self.commit()

    def deliver(self, batch: Batch) -> None:
        place = (batch.topic, batch.partition)
        if self.generations.get(place) != batch.generation:
            return
        self.at_end.discard(place)
        self.waiting[place].append(batch)
        if sum(len(each.records) for each in self.waiting[place]) > HIGH and place not in self.paused:
            self.paused.add(place)
            self.log.pause(*place)

    def caught_up(self, topic: str, partition: int, generation: int) -> None:
        if self.generations.get((topic, partition)) == generation:
            self.at_end.add((topic, partition))

    def fail(self, error: BaseException) -> None:
        logging.critical("cannot go on: %s: %s", type(error).__name__, error)
        os._exit(70)

    # --- counting ---

    def work(self) -> None:
        """Fold at most one batch of each partition, downstream first."""
        for place in sorted(self.waiting):
            if self.waiting[place]:
                self.fold(place, self.waiting[place].pop(0))
            if place in self.paused and sum(len(each.records) for each in self.waiting[place]) < LOW:
                self.paused.discard(place)
                self.log.resume(*place)

    def fold(self, place: Place, batch: Batch) -> None:
        counts, dirty = self.counts[place], self.open.state.setdefault(place, {})
        for record in batch.records:
            assert record.offset >= self.positions[place], f"{place}: {record.offset} came again after {self.positions[place]}"
            key = record.key or b""
            if key not in counts:
                counts[key] = int(self.log.store.get(*place, key) or 0)
            counts[key] += 1
            dirty[key] = b"%d" % counts[key]
            self.open.outputs.append((NEXT[place[0]], key, dirty[key], -1, [("at", b"0")]))
            self.positions[place] = record.offset + 1
        self.open.positions[place] = self.positions[place]

    def tick(self) -> None:
        """Write something for every partition of ours though nothing came: what a due time does."""
        if self.ticks and monotonic() - self.ticked > 1:
            self.ticked = monotonic()
            for topic, partition in self.positions:
                self.open.outputs.append(("ticks", topic.encode(), b"%d" % partition, partition, []))
                self.open.positions[topic, partition] = self.positions[topic, partition]

    async def commit(self) -> None:
        async with self.lock:
            if self.open.positions:
                closing, self.open = self.open, Closing([], {}, {})
                try:
                    await asyncio.get_running_loop().run_in_executor(self.thread, self.log.commit, closing)
                except Exception as error:  # As the engine: nothing landed, so end.
                    self.fail(error)

    async def live(self, stop: asyncio.Event) -> None:
        committed = told = monotonic()
        while not stop.is_set():
            self.work()
            self.tick()
            if monotonic() - committed > COMMIT_INTERVAL:
                committed = monotonic()
                await self.commit()
            if monotonic() - told > 1:
                told = monotonic()
                self.log.tell([Mark(topic, partition, 0, (topic, partition) in self.at_end, False, 0) for topic, partition in self.positions])
            await asyncio.sleep(0 if any(self.waiting.values()) else 0.002)


async def run(options: argparse.Namespace) -> None:
    store = RocksStore(Path(options.data))
    config = {"bootstrap.servers": options.bootstrap, "session.timeout.ms": options.session}
    log = KafkaLog(config, options.group, options.instance, store, options.prefix, changelog=lambda inbox: changelog(options.group, inbox))
    host, stop = CountingHost(log, options.ticks), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await log.open(host, dict.fromkeys(NEXT, True))
    await host.live(stop)
    await log.close()
    store.close()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bootstrap", "group", "instance", "data"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--session", type=int, default=6000)
    parser.add_argument("--ticks", action="store_true")
    return parser


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    asyncio.run(run(arguments().parse_args()))
