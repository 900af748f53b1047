"""python -m tests.load.storm [--alarms 200000] [--quiet 20]: a storm of alarms in one domain, with the others at a fifth of their load.

A core site is lost: everything that stands on it alarms, as fast as Kafka takes it, in one domain. The other domains go on at
1,000 alarms a second, with a probe every 50 ms: an alarm of an object of its own, whose problem and report have to follow.
Then: the right cause is readable within 10 s of the first alarm, in one problem with one report that is told of at most once a
second, and the probes in other partitions take at most twice as long (p99) as before the storm.
Prints figures; the status is 0 where that holds. Needs a Kafka: SPM_BOOTSTRAP, Docker, or Java and Maven.
"""

import argparse
import sys
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec
from confluent_kafka import Producer

from streams.bench import load
from streams.bench.latency import WARM_UP, Readable, middle_and_edge
from streams.bench.site import Site, Worker, a_site
from streams.engine.broker import real_kafka
from streams.engine.partition import partition_of
from tests.load import storm_network
from tests.load.storm_told import Told

OTHERS, RATE, EVERY = 20, 1_000, 0.05
"""Domains beside the stormy one, their alarms a second together, seconds between two probes."""
SLOT = 0.01
LONGEST = 90.0
"""Seconds after the storm begins at which the run ends, whatever is left."""
CAUSE_WITHIN, LATENCY_TIMES = 10.0, 2.0


class Seen(msgspec.Struct):
    """What one run saw: times in seconds, latencies in milliseconds (p50, p99)."""

    alarms: int
    worked_off: float
    """From the first alarm of the storm to nothing waiting in any inbox."""
    cause_after: float | None
    """Until the right cause was first readable in the problem that remained; None: never."""
    cause: str
    """At the end."""
    problems: int
    """Of the stormy domain that were not merged into another."""
    reports: int
    withdrawn: int
    """Of the reports, those of problems that were merged."""
    quick_updates: list[str]
    """Updates of one problem less than a second after the one before, with the same status, cause, report and due time."""
    quiet: tuple[float, float]
    storm: tuple[float, float]
    """Of probes in other partitions while the storm was worked off."""
    beside: tuple[float, float]
    """Of those in the storm's own partition."""
    wrong: list[str] = []


def run(bootstrap: str, folder: Path, alarms: int, quiet: float, warm_up: float = WARM_UP) -> Seen:
    """Run once."""
    name = f"storm-{uuid.uuid4().hex[:8]}"
    count = int((warm_up + quiet + LONGEST) / EVERY) + 1
    with a_site(bootstrap, folder, name, storm_network.topology(OTHERS, count, f"{name}-alarms"), set()) as site, Worker(site) as worker:
        worker.wait_until_ready()
        readable, told = Readable(site, ("problems", "trouble-reports")), Told(site)
        readable.start()
        told.start()
        feeder = Feeder(site, alarms, warm_up + quiet)
        feeder.start()
        feeder.stormed.wait()
        until = time.monotonic() + LONGEST
        time.sleep(2)
        while time.monotonic() < until and site.lag() > RATE // 2:
            worker.check()
            time.sleep(0.2)
        worked_off = time.monotonic() - feeder.storm_began
        time.sleep(3)
        feeder.halt()
        time.sleep(2)
        readable.halt()
        told.halt()
        partitions = site.lanes
    return judge(feeder, readable, told, worked_off, alarms, partitions, warm_up)


class Feeder(threading.Thread):
    """Writes the other domains' alarms at their times, probes among them, and after a while the storm, all at once."""

    def __init__(self, site: Site, alarms: int, quiet: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self._site, self._quiet, self._alarms = site, quiet, alarms
        self._halted = threading.Event()
        self.stormed = threading.Event()
        self.storm_began = 0.0
        self.sent: dict[int, float] = {}

    def run(self) -> None:
        begin = datetime.now(UTC) + timedelta(seconds=0.2)
        storm = list(storm_network.storm(self._alarms, begin + timedelta(seconds=self._quiet)))
        producer = Producer(self._site.client("feeder") | {"partitioner": "murmur2_random", "linger.ms": "1", "queue.buffering.max.messages": "500000"})
        background = load.mixture(int((self._quiet + LONGEST) * RATE), 0.85, domains=OTHERS, start=begin, rate=RATE)
        began = time.monotonic() + (begin - datetime.now(UTC)).total_seconds()
        slot = 0
        while not self._halted.is_set() and (chunk := list(islice(background, int(RATE * SLOT)))):
            if (left := began + slot * SLOT - time.monotonic()) > 0:
                time.sleep(left)
            if slot * SLOT >= len(self.sent) * EVERY:
                number = len(self.sent)
                key, value = load.probe_alarm(number, datetime.now(UTC))
                self.sent[number] = time.monotonic()
                producer.produce(self._site.feed, value, key)
            for key, value in chunk:
                producer.produce(self._site.feed, value, key)
            producer.poll(0)
            slot += 1
            if slot * SLOT >= self._quiet and not self.storm_began:
                self.storm_began = time.monotonic()
                threading.Thread(target=self._storm, args=(storm,), daemon=True).start()
        producer.flush(10)

    def _storm(self, storm: list[tuple[bytes, bytes]]) -> None:
        self._site.fill(storm)
        self.stormed.set()

    def halt(self) -> None:
        self._halted.set()
        self.join(20)


def judge(feeder: Feeder, readable: Readable, told: Told, worked_off: float, alarms: int, partitions: int, warm_up: float) -> Seen:
    """Put together what was seen, and say what is wrong with it."""
    first, began = readable.first, feeder.storm_began
    took = {n: (max(first[topic][n] for topic in first) - at) * 1000 for n, at in feeder.sent.items() if all(n in first[topic] for topic in first)}
    missing = [n for n, at in feeder.sent.items() if n not in took and at < began + worked_off]
    warm = min(feeder.sent.values()) + warm_up
    stormy = partition_of(storm_network.DOMAIN, partitions)
    quiet = [took[n] for n, at in feeder.sent.items() if n in took and warm <= at < began - 1]
    within = [n for n, at in feeder.sent.items() if n in took and began <= at < began + worked_off]
    apart = [took[n] for n in within if partition_of(load.probe(n), partitions) != stormy]
    beside = [took[n] for n in within if partition_of(load.probe(n), partitions) == stormy]
    found = told.of(storm_network.DOMAIN, storm_network.ROOT)
    seen = Seen(
        alarms, round(worked_off, 1), None if found.cause_at is None else round(found.cause_at - began, 2), found.cause, found.problems, found.reports, found.withdrawn, found.quick,
        middle_and_edge(quiet), middle_and_edge(apart), middle_and_edge(beside) if len(beside) > 1 else (0.0, 0.0))
    wrong = []
    if seen.cause != storm_network.ROOT or seen.cause_after is None or seen.cause_after > CAUSE_WITHIN:
        wrong.append(f"the cause is {seen.cause or 'unknown'}, {storm_network.ROOT} was readable after {seen.cause_after} s")
    if (seen.problems, seen.reports) != (1, 1):
        wrong.append(f"{seen.problems} problems with {seen.reports} reports instead of one with one")
    if seen.quick_updates:
        wrong.extend(f"an update too soon, {soon}" for soon in seen.quick_updates)
    if seen.storm[1] > LATENCY_TIMES * seen.quiet[1]:
        wrong.append(f"probes of other partitions took {seen.storm[1] / seen.quiet[1]:.1f} times as long as before (p99)")
    if missing:
        wrong.append(f"{len(missing)} probes never became readable")
    seen.wrong = wrong
    return seen


def lines(seen: Seen) -> list[str]:
    """Lay out what a run saw."""
    return [
        f"{seen.alarms:,} alarms of one domain were worked off after {seen.worked_off} s",
        f"the right cause was readable after {seen.cause_after} s; at the end it is {seen.cause or 'unknown'}; {seen.problems} problems, {seen.reports} reports ({seen.withdrawn} withdrawn), {len(seen.quick_updates)} updates too soon",
        f"probes of other partitions: p50 {seen.quiet[0]:.0f} ms, p99 {seen.quiet[1]:.0f} ms before; p50 {seen.storm[0]:.0f} ms, p99 {seen.storm[1]:.0f} ms while the storm was worked off",
        f"probes of the storm's own partition meanwhile: p50 {seen.beside[0]:.0f} ms, p99 {seen.beside[1]:.0f} ms", *seen.wrong]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.storm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alarms", type=int, default=200_000)
    parser.add_argument("--quiet", type=float, default=20.0, help="seconds measured before the storm, after a warm-up of 10 s")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-load-", ignore_cleanup_errors=True) as folder, real_kafka() as bootstrap:
        seen = run(bootstrap, Path(folder), given.alarms, given.quiet)
    print("\n".join(lines(seen)))
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
