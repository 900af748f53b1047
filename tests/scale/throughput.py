"""How fast n workers work a backlog off, and what that costs in processor time: theirs and the broker's."""

import asyncio
import json
import os
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import monotonic, process_time

import msgspec
from confluent_kafka import Producer

from streams import topology as flow
from streams.app import assemble
from streams.bench import load
from streams.domain.network_change import CHANGES
from streams.edge.topology_versions import Versions
from streams.engine.kafka_recorded import Recording
from streams.engine.recorded import RecordedLog, fold, takings
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
    written: dict[str, float]
    """Records between the stages, by inbox, for 1,000 alarms."""

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
        written = {topic: ends(bootstrap, run.settings.prefix, [topic]) * 1000 / alarms for topic in flow.INBOXES}
        return Rate(workers, left, last - began, sum(map(cpu_of, pids)) - spent, sum(map(cpu_of, javas())) - broker, os.getloadavg()[0], written)


def network_inbox(bootstrap: str, folder: Path, alarms: int) -> tuple[int, float]:
    """Work a backlog off, and fold what came into network-inbox again; return how many records that are, and microseconds of this process for one.

    It is the one inbox with one partition: what one worker makes of it bounds the whole.
    """
    run = Run(bootstrap, folder, described, clock="wall")
    _fill(run, alarms)
    with run.crew("w0") as crew:
        while unread(bootstrap, run.settings.group, run.feed) or not at_work(crew.workers[0]):
            crew.tend(0.2)
        crew.tend(10)
    return asyncio.run(_fold_again(run))


async def _fold_again(run: Run) -> tuple[int, float]:
    recording = Recording(run.settings.kafka_config(), run.settings.group, run.settings.prefix)
    log = RecordedLog(recording.partitions, lambda output: None)
    processor = assemble(run.topology, log, "event", stepped=True, versions=Versions())
    for record in (record for batch in recording.read(CHANGES, 0) for record in batch):
        processor.worlds.hear(record)
    await processor.start()
    records = list(recording.read("network-inbox", 0))
    taken = takings(processor.engine, "network-inbox", 0, iter(records))
    began = process_time()
    count = await fold(processor.engine, log, "network-inbox", 0, iter(records), taken)
    spent = process_time() - began
    await processor.stop()
    recording.close()
    return count, spent * 1e6 / count


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
