"""Hours under load with a fault every so often: two workers, alarms at a rate, and an account of every record at the end.

Policies are short (problems are forgotten after a minute), so that state is as large as it will ever be after a few
minutes, and memory that still grows is a leak.
"""

import json
import os
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import msgspec
from confluent_kafka import KafkaException, Producer

from streams import topology as flow
from streams.bench import load
from tests.broker.crew import Crew, Worker
from tests.chaos.network import Json
from tests.chaos.run import PAST_SESSION, Run, at_work
from tests.chaos.tape import unread
from tests.faults.ledger import Account, account

DOMAINS, PARTITIONS, REPEATS = 40, 4, 0.5
MEASURED = 20_000
"""Alarms that the maximum is measured with."""
AT_REST = 2 * (4 * PARTITIONS + 1)
"""Records that seem to wait in inboxes where all is at rest: the marker of the last transaction in each partition, and a tick."""
PATIENCE = 180.0
"""Seconds in which what was fed has to be worked off once the load has ended."""
GROWTH, SLACK = 1.15, 30_000
"""Of memory from the second third to the last one, and kilobytes beside that."""
SHORT = {
    "correlate": {"quiet_period": "20s", "close_after": "30s", "forget_after": "60s"}, "manage": {"close_after": "10s", "forget_after": "60s"},
    "learn": {"remember": "60s"}, "oversee": {"remember_command": "60s"}}
"""Policies of a life in minutes."""


def described(feed: str) -> Json:
    """The bench's network with short memories."""
    content: Json = json.loads(load.topology(DOMAINS, feed=feed))
    topics = (feed, "alarm-events", "problem-changes", "problem-inbox", "service-effects", "alarm-records")
    return content | {"streams": {topic: {"partitions": PARTITIONS} for topic in topics}, "policy": SHORT}


class Sample(msgspec.Struct):
    """What was seen at one moment."""

    at: float
    """Seconds since the load began."""
    memory: int
    """Of the larger worker, in kilobytes."""
    lag: int
    """Alarms fed and not read."""


class Soaked(msgspec.Struct):
    """What came of it."""

    maximum: float
    """Alarms a second worked off from a backlog by the same two workers; 0 where a rate was given."""
    rate: float
    fed: int
    faults: list[str]
    samples: list[Sample]
    left: float
    """Seconds after the end of the load until nothing was left."""
    exactness: Account

    @property
    def memory(self) -> tuple[int, int]:
        """The most that a worker had in the second third and in the last one."""
        until = self.samples[-1].at
        parts = [[one.memory for one in self.samples if n * until / 3 <= one.at <= (n + 1) * until / 3] for n in (1, 2)]
        return max(parts[0], default=0), max(parts[1], default=0)

    @property
    def is_flat(self) -> bool:
        before, after = self.memory
        return after <= GROWTH * before + SLACK


class Load(threading.Thread):
    """Feeds the bench's mixture at a rate until it is halted."""

    def __init__(self, run: Run, rate: float, seed: int) -> None:
        super().__init__(name="load", daemon=True)
        self.fed = 0
        self._rate, self._feed, self._halted = rate, run.feed, threading.Event()
        self._alarms = load.mixture(10**9, REPEATS, seed, DOMAINS, start=datetime.now(UTC), rate=rate)
        self._producer = Producer({"bootstrap.servers": run.bootstrap, "log_level": 0, "partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 5, "message.timeout.ms": 300_000})

    def run(self) -> None:
        began = monotonic()
        while not self._halted.is_set():
            key, value = next(self._alarms)
            while True:
                try:
                    self._producer.produce(self._feed, value, key)
                    break
                except BufferError:
                    self._producer.poll(0.1)
            self.fed += 1
            if self.fed % 50 == 0:
                self._producer.poll(0)
                sleep(max(0.0, began + self.fed / self._rate - monotonic()))

    def halt(self) -> None:
        self._halted.set()
        self.join(60)
        self._producer.flush(300)


def soak(bootstrap: str, folder: Path, seconds: float, every: float, rate: float = 0.0, seed: int = 7, restart_broker: Callable[[], None] | None = None, tell: Callable[[str], None] = lambda line: None) -> Soaked:
    """Feed at `rate` (0: half of what the workers are measured to take) for so long, with a fault `every` so many seconds."""
    run, dice = Run(bootstrap, folder, described, clock="wall"), random.Random(seed)
    with run.crew("w0", "w1") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.1)
        maximum = 0.0 if rate else _maximum(run, crew, seed)
        rate = rate or maximum / 2
        tell(f"{maximum:,.0f} alarms/s at most; {rate:,.0f} for {seconds:.0f} s, load average {os.getloadavg()[0]:.1f}")
        feeding = Load(run, rate, seed + 1)
        feeding.start()
        samples, done = _under_load(run, crew, feeding, dice, seconds, every, restart_broker, tell)
        feeding.halt()
        left = _worked_off(run, crew)
    return Soaked(maximum, rate, feeding.fed, done, samples, left, account(run, tell))


def _maximum(run: Run, crew: Crew, seed: int) -> float:
    """Return alarms a second from a backlog."""
    began = monotonic()
    feeding = Load(run, 1e9, seed)
    feeding.start()
    while feeding.fed < MEASURED:
        crew.tend(0.05)
    feeding.halt()
    _worked_off(run, crew)
    return feeding.fed / (monotonic() - began)


def _worked_off(run: Run, crew: Crew) -> float:
    """Wait until the feed has been read to its end, and what came of it between the stages; return how long that took.

    A worker that is stopped in the middle of what a tick made due has told a part of it: folded again, the tick was not read.
    """
    inboxes = [run.settings.prefix + topic for topic in flow.INBOXES]
    began = monotonic()
    while (waiting := _waiting(run, run.feed)) or _waiting(run, *inboxes) > AT_REST:
        assert monotonic() - began < PATIENCE, f"{waiting} alarms are left after {PATIENCE:.0f} s, or what came of them"
        crew.tend(0.2)
    return monotonic() - began


def _waiting(run: Run, *topics: str) -> int:
    """Count what is not read; a broker that has just started may not know the group yet."""
    began = monotonic()
    while True:
        try:
            return unread(run.bootstrap, run.settings.group, *topics)
        except KafkaException:
            if monotonic() - began > PATIENCE:
                raise
            sleep(0.5)


def _under_load(run: Run, crew: Crew, feeding: Load, dice: random.Random, seconds: float, every: float, restart_broker: Callable[[], None] | None, tell: Callable[[str], None]) -> tuple[list[Sample], list[str]]:
    kinds = ["kill", "kill-and-lose-folder", "freeze", *(["broker"] if restart_broker else [])]
    samples, done = list[Sample](), list[str]()
    began, turn = monotonic(), count(1)
    due, frozen = every / 2, list[tuple[float, Worker]]()
    while (now := monotonic() - began) < seconds or frozen:
        assert feeding.is_alive(), "the load has ended"
        crew.tend(1.0)
        if frozen and now > frozen[0][0]:
            frozen.pop()[1].thaw()
        if now >= due and now < seconds - 5 and not frozen:
            what, due = kinds[(next(turn) - 1) % len(kinds)], due + every
            victim = dice.choice(crew.workers)
            done.append(what)
            _strike(what, victim, crew, restart_broker)
            if what == "freeze":
                frozen.append((now + PAST_SESSION, victim))
            tell(f"{now:5.0f} s  {what}: {victim.name if what != 'broker' else 'restarted'}")
        samples.append(Sample(now, max(map(memory, crew.workers)), _waiting(run, run.feed)))
    return samples, done


def _strike(what: str, victim: Worker, crew: Crew, restart_broker: Callable[[], None] | None) -> None:
    if what == "freeze":
        victim.freeze()
    elif what == "broker" and restart_broker is not None:
        # Where a transaction is just being committed a lone Kafka may forget it, and nobody reads on: seen after 46 minutes.
        with crew.stopped():
            restart_broker()
    else:
        victim.kill(delete=what == "kill-and-lose-folder")


def memory(worker: Worker) -> int:
    """Return what a worker's process has resident, in kilobytes; 0 where there is none at the moment."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{worker.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    return 0
