"""Where one measurement takes place: topics of its own, a folder of its own, workers of its own, all gone afterwards."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec, TopicMetadata  # type: ignore[attr-defined]

from streams import topology as flow
from streams.edge.topology_file import load
from streams.engine import topics
from streams.engine.jars import free_port
from streams.flow_topics import partitions, topics_wanted
from streams.settings import Settings, read_settings

_WORKER = [sys.executable, "-m", "streams", "worker"]
"""As a user starts it."""
_TAKEN = re.compile(r'^spm_rebalances_total\{kind="taken"\} (\S+)', re.MULTILINE)
START_SECONDS = 90.0
"""A worker that is not ready after this is broken."""


class BenchFailed(Exception):
    """What was to be measured did not come about; the message says what is known."""


class Site:
    """Topics, folder and settings of one measurement; the same settings as any installation, but for names and places."""

    def __init__(self, bootstrap: str, folder: Path, name: str, topology: str) -> None:
        """Read the topology; nothing is made in Kafka before `make_topics`."""
        self.name = name
        self.prefix = f"{name}-"
        self.feed = f"{name}-alarms"
        self.folder = folder / name
        self.folder.mkdir()
        (self.folder / "topology.yaml").write_text(topology)
        self.settings: Settings = read_settings(
            bootstrap=bootstrap, topology=self.folder / "topology.yaml", group=name, prefix=self.prefix, data=self.folder / "data",
            instance="bench", metrics_port=free_port(), http_port=0)
        read = load(self.settings.topology)
        count = partitions(read)
        self._inboxes = [(self.feed, count(self.feed)), *((self.prefix + topic, count(topic)) for topic in flow.INBOXES)]
        self._admin = AdminClient(self.client("admin"))
        self._wanted = topics_wanted(read, self.settings)
        self.lanes = count("alarm-events")
        """Partitions of the feed, and of the inboxes of stages 2 to 4."""
        self.partitions = 0
        """Of all that the worker reads."""

    def make_topics(self) -> set[str]:
        """Make what is missing; return those topics of requests, which belong to no prefix, that were not there before."""
        found = topics.apply(self.settings.kafka_config(), self._wanted)
        requests = flow.request_topics(self.settings.prefix, self.settings.request_prefix)
        there = self._seen(requests)
        self.partitions = sum(n for _, n in self._inboxes) + sum(len(there[topic].partitions) for topic in requests)
        return {each.topic for each in found if each.verdict is topics.Verdict.CREATED and each.topic in requests and not each.topic.startswith(self.prefix)}

    def _seen(self, wanted: Iterable[str]) -> Mapping[str, TopicMetadata]:
        """Return the cluster's topics once these are among them: what was made a moment ago a broker may not know of yet."""
        until = time.monotonic() + 30
        while not set(wanted) <= (there := self._admin.list_topics(timeout=30).topics).keys():
            if time.monotonic() > until:
                raise BenchFailed(f"topics were made and are not there after 30 s: {', '.join(sorted(set(wanted) - there.keys()))}")
            time.sleep(0.1)
        return there

    def client(self, name: str) -> dict[str, Any]:
        """Return the settings of a client of the bench's own."""
        return self.settings.kafka_config() | {"client.id": f"{self.name}-{name}", "log_level": "3"}

    def fill(self, load_: Iterable[tuple[bytes, bytes]]) -> int:
        """Write alarms into the feed as fast as it takes them; not compressed, so that stock Faust needs no codec to read it."""
        producer = Producer(self.client("feeder") | {"partitioner": "murmur2_random", "linger.ms": "20", "queue.buffering.max.messages": "500000"})
        count = 0
        for key, value in load_:
            while True:
                try:
                    producer.produce(self.feed, value, key)
                    break
                except BufferError:
                    producer.poll(0.05)
            count += 1
        if left := producer.flush(60):
            raise BenchFailed(f"Kafka took {count - left} of {count} alarms within a minute.")
        return count

    def done(self) -> int:
        """Count the alarms of the feed that are worked off in stage 1, as committed."""
        return sum(self._committed([self.feed]).values())

    def lag(self) -> int:
        """Count the records not worked off in any inbox, as committed; those of an open transaction count, its marker does not."""
        committed = self._committed([topic for topic, _ in self._inboxes])
        ends = self._ends([topic for topic, _ in self._inboxes])
        # Behind the last record of an inbox of ours lies the marker of its transaction.
        return sum(max(0, end - committed.get(place, 0) - (place[0] != self.feed)) for place, end in ends.items() if end)

    def _committed(self, names: list[str]) -> dict[tuple[str, int], int]:
        places = [TopicPartition(topic, p) for topic, count in self._inboxes if topic in names for p in range(count)]
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(self.settings.group, places)])[self.settings.group]
        return {(each.topic, each.partition): max(each.offset, 0) for each in asked.result().topic_partitions}

    def _ends(self, names: list[str]) -> dict[tuple[str, int], int]:
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = {TopicPartition(topic, p): latest for topic, count in self._inboxes if topic in names for p in range(count)}
        return {(place.topic, place.partition): answer.result().offset for place, answer in self._admin.list_offsets(asked).items()}

    def make(self, topic: str) -> None:
        """Make one more topic of this site, with its prefix."""
        topics.apply(self.settings.kafka_config(), [topics.log(self.prefix + topic, self._inboxes[0][1])])

    def clean(self) -> None:
        """Delete the topics of this site, its groups, and its folder."""
        delete(self._admin, [topic for topic in self._admin.list_topics(timeout=30).topics if topic.startswith(self.prefix)])
        _settle(self._admin.delete_consumer_groups([self.settings.group, f"{self.prefix}stock"]).values())
        shutil.rmtree(self.folder, ignore_errors=True)


def delete(admin: AdminClient, names: list[str]) -> None:
    """Delete topics; those that are gone already do not matter."""
    if names:
        _settle(admin.delete_topics(names, operation_timeout=30).values())


def _settle(answers: Iterable[Future[Any]]) -> None:
    for answer in answers:
        with suppress(KafkaException):  # Gone already, or never come to be.
            answer.result()


@contextmanager
def a_site(bootstrap: str, folder: Path, name: str, topology: str, requests: set[str]) -> Iterator[Site]:
    """Give a site for as long as the block lasts; `requests` collects the topics of requests that it had to make."""
    site = Site(bootstrap, folder, name, topology)
    try:
        requests |= site.make_topics()
        yield site
    finally:
        site.clean()


class Worker:
    """One worker process of a site; ended with the block."""

    def __init__(self, site: Site) -> None:
        ours = {name: getattr(site.settings, name) for name in ("bootstrap", "topology", "group", "prefix", "data", "instance", "clock", "metrics_port", "http_port")}
        self._site = site
        self.log = site.folder / "worker.log"
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(_WORKER, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             env=os.environ | {f"SPM_{name.upper()}": str(value) for name, value in ours.items()})
        self.pid = self._process.pid

    def wait_until_ready(self) -> float:
        """Wait until every partition is taken and restored; return the seconds since the start of the process."""
        while self.taken() < self._site.partitions:
            self.check()
            if time.monotonic() - self.started > START_SECONDS:
                raise BenchFailed(f"The worker has {self.taken()} of {self._site.partitions} partitions after {START_SECONDS:.0f} s. {self._said()}")
            time.sleep(0.03)
        return time.monotonic() - self.started

    def taken(self) -> int:
        """Count the partitions that the worker has had, by its own metrics."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._site.settings.metrics_port}/metrics", timeout=5) as answer:
                found = _TAKEN.search(answer.read().decode())
        except OSError:
            return 0  # It does not serve them yet.
        return int(float(found[1])) if found else 0

    def check(self) -> None:
        """Raise BenchFailed if the process has ended."""
        if (status := self._process.poll()) is not None:
            raise BenchFailed(f"The worker ended with status {status}. {self._said()}")

    def _said(self) -> str:
        return f"It said last: {self.log.read_text(errors='replace')[-2000:]}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in order; a worker that does not end is killed."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
