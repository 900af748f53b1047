"""python -m tests.load.due [--clocks 20000]: clocks that are due in the same second, on a real Kafka, with new alarms coming meanwhile.

Four sites are lost at one instant, and with each a quarter of the services; every service has a product, every product a
clock. The clocks are due together twice: to warn, and when the time has run out, which escalates too. All the while an
alarm of an object of its own comes every 50 ms, whose problem and report have to follow.
Then: each time all customers are told within 2 s, and alarms take at most twice as long (p99) as when nothing is due.
Prints figures; the status is 0 where that holds. Needs a Kafka: SPM_BOOTSTRAP, Docker, or Java and Maven.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition

from streams.bench import load
from streams.bench.latency import EVERY, WARM_UP, Readable, middle_and_edge
from streams.bench.site import Site, Worker, a_site
from streams.engine.broker import real_kafka

SITES = 4
WARN, RESTORE = 60, 90
"""Seconds from the loss to each time the clocks are due."""
SETTLED = 30
"""Seconds after the loss from which on nothing of it is at work."""
WITHIN, TIMES = 2.0, 2.0
TOLD = ("problems", "trouble-reports")


class Due(NamedTuple):
    """One time that all clocks were due."""

    after: int
    """Seconds after the loss."""
    told: int
    """Customers told."""
    took: float
    """Seconds from when they were due to when the last was readable."""
    beside: tuple[float, float]
    """Milliseconds (p50, p99) that alarms took that came meanwhile."""


def topology(clocks: int, probes: int, feed: str) -> str:
    """Write topology.yaml: the probes of the bench, and the sites with their services."""
    plain: dict[str, Any] = json.loads(load.topology(domains=1, probes=probes, feed=feed))
    network = plain["network"]
    for site in map(_site, range(SITES)):
        network["resources"].append({"id": site, "type": "site", "domain": site})
        for n in range(clocks // SITES):
            plain["services"].append({"id": f"{site}-svc-{n}", "type": "internet", "domain": site})
            network["dependencies"].append({"from": f"{site}-svc-{n}", "to": site, "kind": "hosted_on"})
            plain["products"].append({"id": f"{site}-prod-{n}", "service": f"{site}-svc-{n}", "customer": f"{site}-cust-{n}", "sla": "quick"})
    plain["slas"]["quick"] = {
        "restore_within": f"{RESTORE}s", "warn_at": f"{WARN}s",
        "escalations": [{"level": 3, "at": f"{RESTORE}s", "tell": "noc"}]}
    return json.dumps(plain)


def _site(number: int) -> str:
    return f"lost-{number}"


class Feeder(threading.Thread):
    """Sends a probe every 50 ms, and after the warm-up the loss of the sites, all at one instant of event time."""

    def __init__(self, site: Site, seconds: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self._site, self._seconds = site, seconds
        self.sent: dict[int, float] = {}
        self.lost = 0.0
        """Monotonic time of the loss."""

    def run(self) -> None:
        producer = Producer(self._site.client("feeder") | {"partitioner": "murmur2_random", "linger.ms": "1"})
        began = time.monotonic()
        for number in range(int(self._seconds / EVERY)):
            if (left := began + number * EVERY - time.monotonic()) > 0:
                time.sleep(left)
            if not self.lost and number * EVERY >= WARM_UP:
                self._lose(producer)
            key, value = load.probe_alarm(number, datetime.now(UTC))
            self.sent[number] = time.monotonic()
            producer.produce(self._site.feed, value, key)
            producer.poll(0)
        producer.flush(10)

    def _lose(self, producer: Producer) -> None:
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        self.lost = time.monotonic() + (at - datetime.now(UTC)).total_seconds()
        for number in range(SITES):
            producer.produce(self._site.feed, load.alarm(10_000_000 + number, _site(number), "lossOfSignal", "critical", at, at), _site(number).encode())


class Clocks(threading.Thread):
    """Notes when each word on a clock was readable, committed."""

    def __init__(self, site: Site) -> None:
        super().__init__(name="clocks", daemon=True)
        self._halted = threading.Event()
        self._consumer = Consumer(site.client("clocks") | {
            "group.id": f"{site.name}-clocks", "isolation.level": "read_committed", "enable.auto.commit": "false", "fetch.wait.max.ms": "50"})
        topic = site.prefix + "customer-impacts"
        self._consumer.assign([TopicPartition(topic, p, 0) for p in self._consumer.list_topics(topic, timeout=30).topics[topic].partitions])
        self.at: list[float] = []

    def run(self) -> None:
        while not self._halted.is_set():
            found = [m.value() or b"" for m in self._consumer.consume(2_000, 0.05) if m.error() is None]
            self.at += [time.monotonic()] * sum(b'"kind":"clock"' in value and b'"product":"lost-' in value for value in found)
        self._consumer.close()

    def halt(self) -> None:
        self._halted.set()
        self.join(10)


def run(bootstrap: str, folder: Path, clocks: int) -> tuple[tuple[float, float], list[Due]]:
    """Run once: milliseconds (p50, p99) that an alarm takes while nothing is due, and what came of each time that all clocks were."""
    seconds = WARM_UP + RESTORE + 15
    name = f"due-{uuid.uuid4().hex[:8]}"
    with a_site(bootstrap, folder, name, topology(clocks, int(seconds / EVERY) + 1, f"{name}-alarms"), set()) as site, Worker(site) as worker:
        worker.wait_until_ready()
        readable, told, feeder = Readable(site, TOLD), Clocks(site), Feeder(site, seconds)
        for thread in (readable, told, feeder):
            thread.start()
        while feeder.is_alive():
            worker.check()
            time.sleep(0.2)
        time.sleep(5)
        readable.halt()
        told.halt()
    return judge(feeder, readable, told)


def judge(feeder: Feeder, readable: Readable, told: Clocks) -> tuple[tuple[float, float], list[Due]]:
    took = {n: (max(readable.first[topic].get(n, float("inf")) for topic in TOLD) - at) * 1000 for n, at in feeder.sent.items()}
    dues, busy = [], []
    for after, until in ((WARN, RESTORE), (RESTORE, RESTORE + WARN)):
        began = feeder.lost + after
        words = [at for at in told.at if began - 1 <= at < feeder.lost + until - 1]
        ended = max(words, default=began)
        busy.append((began - 1, ended + 1))
        beside = [took[n] for n, at in feeder.sent.items() if began - 0.5 <= at <= ended]
        dues.append(Due(after, len(words), round(ended - began, 2), middle_and_edge(beside)))
    calm = [took[n] for n, at in feeder.sent.items() if at >= feeder.lost + SETTLED and not any(begin <= at <= end for begin, end in busy)]
    return middle_and_edge(calm), dues


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.due", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clocks", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-load-", ignore_cleanup_errors=True) as folder, real_kafka() as bootstrap:
        calm, dues = run(bootstrap, Path(folder), given.clocks)
    print(f"an alarm's problem and report, nothing due: p50 {calm[0]:.0f} ms, p99 {calm[1]:.0f} ms")
    wrong = 0
    for due in dues:
        holds = due.told == given.clocks and due.took <= WITHIN and due.beside[1] <= TIMES * calm[1]
        wrong += not holds
        print(f"{due.told:,} clocks due {due.after} s after the loss: told within {due.took} s; alarms meanwhile p50 {due.beside[0]:.0f} ms, p99 {due.beside[1]:.0f} ms{'' if holds else ' (!)'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
