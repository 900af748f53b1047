"""A processor under a steady load that something is done to: two workers with a supervisor, and whoever watches their alerts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import msgspec
from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams import topology as flow
from tests.alerts.stage import Json, Stage, alarm, stage
from tests.chaos.tape import ends, unread

DOMAINS = 16
PARTITIONS = 4
RATE = 60
"""Alarms a second of the steady load."""
INBOXES = ("alarm-events", "problem-changes", "problem-inbox", "service-effects")
START_WITHIN = 240.0
"""Seconds in which workers have to be ready, also where others use the machine."""
QUIET = 3.0
"""Seconds without a new output after which all is said."""
MAD = "-mad"
"""What is put behind the feed's name for the one that goes mad."""


def described(feed: str) -> Json:
    """Sixteen paths in domains of their own, with a service and a customer each; two feeds."""
    paths = range(DOMAINS)
    return {
        "mode": "act", "feeds": [{"topic": feed, "format": "tmf642"}, {"topic": feed + MAD, "format": "tmf642"}],
        "streams": {topic: {"partitions": PARTITIONS} for topic in (feed, feed + MAD, *INBOXES, "alarm-records")},
        "network": {"resources": [{"id": f"path-{n}", "type": "path", "domain": f"area-{n}"} for n in paths],
                    "dependencies": [{"from": f"svc-{n}", "to": f"path-{n}", "kind": "connected"} for n in paths]},
        "services": [{"id": f"svc-{n}", "type": "vpn"} for n in paths],
        "products": [{"id": f"home-{n}", "service": f"svc-{n}", "customer": f"cust-{n}"} for n in paths],
        "restoration": [{"cause": "lossOfSignal", "on_type": "path", "action": "reroute", "attempts": 1}],
        "policy": {"oversee": {"breaker_commands": 1_000_000}},
    }


class Site:
    """One run. Workers that end with status 70 are started again, as a supervisor does; other ends are noted."""

    def __init__(self, there: Stage) -> None:
        self.stage, self.run, self.folder = there, there.run, there.folder
        self.statuses: list[tuple[str, int]] = []
        """Workers that ended by themselves, and how."""
        self.left_alone: set[str] = set()
        """Workers that are nobody's to start again."""
        self.began = monotonic()
        self.fired: dict[str, float] = {}
        self.resolved: dict[str, float] = {}
        self._halted = threading.Event()
        self._quiet = threading.Event()
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._tend, self._watch, self._feed)]

    def open(self) -> None:
        """Start two workers, and when they are ready the load and those who watch."""
        for name in ("w0", "w1"):
            self.stage.worker(name)
        for name in ("w0", "w1"):
            self.stage.wait_ready(name, START_WITHIN)
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End load, supervisor and watch."""
        self._halted.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(130)

    def quiet(self) -> None:
        """End the load."""
        self._quiet.set()
        self._threads[2].join(130)

    def _tend(self) -> None:
        while not self._halted.wait(0.1):
            for name, worker in list(self.stage.workers.items()):
                status = worker.process.poll()
                if status is not None and name not in self.left_alone:
                    self.statuses.append((name, status))
                    if status == 70:
                        sleep(0.5)
                        worker.start()
                    else:
                        self.left_alone.add(name)

    def _watch(self) -> None:
        known: set[str] = set()
        while not self._halted.wait(0.5):
            now = monotonic() - self.began
            firing = set(self.stage.alerts())
            for name in firing - known:
                self.fired.setdefault(name, now)
                self.resolved.pop(name, None)
            for name in known - firing:
                self.resolved[name] = now
            known = firing

    def _feed(self) -> None:
        number = 0
        while not self._quiet.wait(0.1) and not self._halted.is_set():
            for _ in range(RATE // 10):
                number += 1
                n = number % DOMAINS
                self.send(n, "lossOfSignal" if number % 64 < DOMAINS else f"noise-{number % 40}", cleared=number // DOMAINS % 2 == 1)
        self.stage.producer.flush(120)

    def send(self, n: int, cause: str, severity: str = "major", cleared: bool = False, ahead: float = 0.0) -> None:
        """Write one alarm of a path; waits where Kafka takes nothing."""
        value = alarm(f"path-{n}", cause, severity, ahead, cleared)
        while True:
            try:
                self.stage.producer.produce(self.run.feed, value, f"area-{n}")
                break
            except BufferError:
                self.stage.producer.poll(0.5)
        self.stage.producer.poll(0)

    def begin(self) -> None:
        """Now the fault begins: alerts that fire from here on are of it."""
        self.began, self.fired, self.resolved = monotonic(), {}, {}

    def recovery(self, patience: float = 180.0) -> float:
        """Return after how many seconds an alarm of each domain, sent now, has come out as an alarm record."""
        since, cause = monotonic(), f"marker-{monotonic():.0f}"
        topic = self.run.settings.prefix + "alarm-records"
        reader = Consumer({"bootstrap.servers": self.run.bootstrap, "log_level": 0, "group.id": "recovery", "isolation.level": "read_committed", "enable.auto.commit": False, "fetch.wait.max.ms": 20})
        places = [TopicPartition(topic, p) for p in range(PARTITIONS)]
        for place in places:
            place.offset = _end(reader, place, since + patience)
        reader.assign(places)
        for n in range(DOMAINS):
            self.send(n, cause, "warning")
        self.stage.producer.flush(120)
        missing = {f"path-{n}" for n in range(DOMAINS)}
        while missing:
            assert monotonic() - since < patience, f"alarms of {sorted(missing)} did not come out within {patience:.0f} s"
            for message in reader.consume(500, 0.1):
                if message.error() is None and cause.encode() in (value := message.value() or b""):
                    missing.discard(msgspec.json.decode(value)["event"]["alarm"]["alarmedObject"]["id"])
        reader.close()
        return monotonic() - since

    def settle(self, patience: float = 180.0) -> None:
        """Wait until all that was fed has been read, and nothing new was written for a while but probes and marks."""
        until, feeds = monotonic() + patience, [feed.topic for feed in self.run.topology.feeds]
        outputs = [topic for topic in flow.OUTPUTS if topic != "probe-arrivals"]
        seen, since = -1, monotonic()
        while monotonic() - since < QUIET:
            waiting, count = unread(self.run.bootstrap, self.run.settings.group, *feeds), ends(self.run.bootstrap, self.run.settings.prefix, outputs)
            if waiting > len(feeds) * PARTITIONS * 3 or count != seen:
                seen, since = count, monotonic()
            assert monotonic() < until, f"{waiting} alarms wait and {count} outputs are not the last after {patience:.0f} s"
            sleep(0.3)

    def stop(self) -> None:
        """End all workers as an operator does."""
        self.left_alone.update(self.stage.workers)
        for worker in self.stage.workers.values():
            worker.end()


def _end(reader: Consumer, place: TopicPartition, until: float) -> int:
    """Return where a partition ends; a broker that has just started may have no leader for it yet."""
    while True:
        try:
            return reader.get_watermark_offsets(place, timeout=10)[1]
        except KafkaException as why:
            assert monotonic() < until, f"{place.topic}/{place.partition} cannot be read: {why}"
            sleep(0.2)


@contextmanager
def site(bootstrap: str, folder: Path) -> Iterator[Site]:
    """Set up and open one; ends all of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with stage(bootstrap, folder, described) as there:
        made = Site(there)
        try:
            made.open()
            yield made
        finally:
            made.close()
