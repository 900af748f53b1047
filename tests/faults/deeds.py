"""The faults: what is done to a site under load, how long it lasts, what ends it, and which alerts must come of it."""

import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from confluent_kafka.admin import AdminClient

from streams.engine import topics
from streams.engine.jars import JarKafka
from streams.flow_topics import topics_wanted
from tests.alerts.stage import alarm
from tests.faults.site import MAD, START_WITHIN, Site

NEW_OBJECTS = 100_000
"""Of the feed gone mad, in a minute."""
DISK = 2_400
"""Megabytes of the disk that fills, in memory: more than the alert wants free."""
WARNING = 700_000_000
"""Bytes with which the alert has to come."""
FILLING = b"\0" * (1 << 16)
DELETED = "alarm-records"


class Fault(NamedTuple):
    """One fault. Recovery counts from `hurt` where nothing mends it, else from when `mend` begins."""

    name: str
    sentence: str
    alerts: tuple[str, ...]
    hurt: Callable[[Site], None]
    lasts: float = 0.0
    """Seconds from `hurt` to `mend`."""
    mend: Callable[[Site], None] | None = None
    heals: bool = False
    """It recovers while it lasts: what `mend` does only brings back what was there before."""
    prepare: Callable[[Site], None] = lambda site: None
    loses: tuple[str, ...] = ()
    """Topics whose records are lost by it."""


def kill(site: Site) -> None:
    """The machine of a worker is gone."""
    site.left_alone.add("w1")
    site.stage.workers["w1"].process.kill()


def again(site: Site) -> None:
    """It is there again, with its folder."""
    site.stage.workers["w1"].start()
    site.left_alone.discard("w1")


def freeze(site: Site) -> None:
    site.stage.workers["w1"].signal(signal.SIGSTOP)


def thaw(site: Site) -> None:
    site.stage.workers["w1"].signal(signal.SIGCONT)


def small_disk(site: Site) -> None:
    """The folder of the second worker lies on a small disk: a file system of its own, in memory."""
    worker, folder = site.stage.workers["w1"], _disk(site)
    site.left_alone.add("w1")
    worker.end()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "spm-faults", folder], check=True)
    worker.start()
    site.left_alone.discard("w1")
    site.stage.wait_ready("w1", START_WITHIN)


def fill(site: Site) -> None:
    """Somebody else's file grows, and then takes all that is left of it."""
    with suppress(OSError), (_disk(site) / "somebody-elses").open("wb", buffering=0) as file:
        for _ in range(WARNING // len(FILLING)):
            file.write(FILLING)
        sleep(15)
        while True:
            file.write(FILLING)


def make_room(site: Site) -> None:
    """The file goes, and the worker is started again where it is not by itself."""
    (_disk(site) / "somebody-elses").unlink()
    worker = site.stage.workers["w1"]
    if "w1" in site.left_alone:
        worker.start()
        site.left_alone.discard("w1")
    site.stage.wait_ready("w1", START_WITHIN)


def unmount(folder: Path) -> None:
    """Give the file system in memory back, where there is one."""
    subprocess.run(["umount", folder / "state" / "w1"], check=False, capture_output=True)


def _disk(site: Site) -> Path:
    return site.folder / "state" / "w1"


def delete_topic(site: Site) -> None:
    """An output is deleted while workers write it."""
    name = site.run.settings.prefix + DELETED
    admin = AdminClient({"bootstrap.servers": site.run.bootstrap, "log_level": 0})
    admin.delete_topics([name], operation_timeout=30)[name].result(60)


def create_topic(site: Site) -> None:
    """As runbook lost-topic says: workers stopped, topics applied, workers started."""
    site.left_alone.update(site.stage.workers)
    for worker in site.stage.workers.values():
        worker.end()
    topics.apply(site.run.settings.kafka_config(), topics_wanted(site.run.topology, site.run.settings))
    for name, worker in site.stage.workers.items():
        worker.start()
        site.left_alone.discard(name)
    for name in site.stage.workers:
        site.stage.wait_ready(name, START_WITHIN)


def crawl(site: Site) -> None:
    """Both workers get a fraction of the time that they need."""
    for _ in range(50):
        for n in range(1500):
            site.send(n, f"burst-{n % 50}", "warning")
        for worker in site.stage.workers.values():
            worker.signal(signal.SIGSTOP)
        sleep(0.45)
        for worker in site.stage.workers.values():
            worker.signal(signal.SIGCONT)
        sleep(0.1)


def skew(site: Site) -> None:
    """A source whose clock is an hour ahead, and one whose clock is an hour behind."""
    for n in range(200):
        site.send(n, f"ahead-{n % 20}", "warning", ahead=3600)
        site.send(n, f"behind-{n % 20}", "warning", ahead=-3600)
        sleep(0.05)


def go_mad(site: Site) -> None:
    """A feed names another object with each alarm, 100,000 in a minute."""
    began = monotonic()
    for n in range(NEW_OBJECTS):
        if n % 100 == 0:
            sleep(max(0.0, began + n * 60 / NEW_OBJECTS - monotonic()))
            site.stage.producer.poll(0)
        value = alarm(f"nobody-{n}", "lossOfSignal", "minor")
        while True:
            try:
                site.stage.producer.produce(site.run.feed + MAD, value, f"{n % 64}")
                break
            except BufferError:
                site.stage.producer.poll(0.5)
    site.stage.producer.flush(120)


def faults(kafka: JarKafka) -> list[Fault]:
    """List all of them; `kafka` is a broker that may be stopped."""
    return [
        Fault("killed", "a worker is killed; its machine is back after 25 s", ("SpmWorkerMissing",), kill, 25, again, heals=True),
        Fault("frozen", "a worker is frozen for 30 s, past its session", ("SpmWorkerMissing",), freeze, 30, thaw, heals=True),
        Fault("disk-full", "a worker's disk fills, and is full for 20 s", ("SpmDiskFilling",), fill, 36, make_room, heals=True, prepare=small_disk),
        Fault("broker-down", "the broker is away for 60 s", ("SpmCommitFailing", "SpmProbeLate"), lambda site: kafka.stop(), 60, lambda site: kafka.start()),
        Fault("topic-deleted", f"{DELETED} is deleted; the page is followed after 20 s", ("SpmProbeLate",), delete_topic, 20, create_topic, loses=(DELETED,)),
        Fault("slow-consumer", "workers get a quarter of the time that they need, for 30 s", ("SpmLagGrowing",), crawl),
        Fault("clock-skew", "sources an hour ahead and an hour behind", ("SpmClockSkew",), skew),
        Fault("feed-gone-mad", f"a feed with {NEW_OBJECTS:,} new objects in a minute", ("SpmDeadLettersAboveShare",), go_mad)]


__all__ = ["Fault", "faults", "unmount"]
