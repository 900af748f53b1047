"""How fast n workers work a backlog off, and what that costs in processor time: theirs and the broker's."""

import json
import os
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import monotonic

import msgspec
from confluent_kafka import Producer

from streams import topology as flow
from streams.bench import load
from tests.chaos.network import Json
from tests.chaos.run import Run, at_work
from tests.chaos.tape import ends, unread

DOMAINS, PARTITIONS, REPEATS = 60, 12, 0.5
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 300.0


class Rate(msgspec.Struct):
    """What one run came to."""

    workers: int
    alarms: int
    seconds: float
    """From the first alarm read to the last one read, and nothing moving between the stages."""
    cpu: float
    """Seconds of processor time of the workers meanwhile."""
    broker_cpu: float
    load_average: float

    @property
    def per_s(self) -> float:
        return self.alarms / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of the workers' processor time for one alarm."""
        return self.cpu * 1e6 / self.alarms


def described(feed: str) -> Json:
    """The bench's network over twelve partitions."""
    content: Json = json.loads(load.topology(DOMAINS, feed=feed))
    return content | {"streams": {topic: {"partitions": PARTITIONS} for topic in (feed, "alarm-events", "problem-changes", "problem-inbox", "service-effects", "alarm-records")}}


def measure(bootstrap: str, folder: Path, workers: int, alarms: int) -> Rate:
    """Fill a feed, start workers on it, and watch."""
    run = Run(bootstrap, folder, described, clock="wall")
    _fill(run, alarms)
    with run.crew(*(f"w{n}" for n in range(workers))) as crew:
        waiting = alarms
        while not all(map(at_work, crew.workers)) or waiting == alarms:
            crew.tend(0.05)
            waiting = unread(bootstrap, run.settings.group, run.feed)
        pids = [worker.process.pid for worker in crew.workers]
        began, left, spent, broker = monotonic(), waiting, sum(map(cpu_of, pids)), sum(map(cpu_of, javas()))
        last, seen = began, -1
        while monotonic() - last < 2.0 or waiting:
            crew.tend(0.1)
            waiting, count = unread(bootstrap, run.settings.group, run.feed), ends(bootstrap, run.settings.prefix, flow.INBOXES)
            if waiting or count - seen > 100 * workers:      # Ticks go on for ever.
                last, seen = monotonic(), count
            assert monotonic() - began < PATIENCE, f"{waiting} of {alarms} alarms are left after {PATIENCE:.0f} s"
        return Rate(workers, left, last - began, sum(map(cpu_of, pids)) - spent, sum(map(cpu_of, javas())) - broker, os.getloadavg()[0])


def _fill(run: Run, alarms: int) -> None:
    producer = Producer({"bootstrap.servers": run.bootstrap, "log_level": 0, "partitioner": "murmur2_random", "linger.ms": 20, "queue.buffering.max.messages": 500_000})
    for key, value in islice(load.mixture(alarms, REPEATS, domains=DOMAINS), alarms):
        producer.produce(run.feed, value, key)
        producer.poll(0)
    producer.flush(120)


def cpu_of(pid: int) -> float:
    """Return the processor time that a process has had, in seconds; 0 where it is gone."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def javas() -> list[int]:
    """Return the brokers that this process started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = path.read_text().rpartition(")")
            if name.endswith("(java") and int(rest.split()[1]) == os.getpid():
                found.append(int(path.parent.name))
    return found
