"""How long partitions stand still when a worker joins or leaves: the longest pause between two outputs of one, under a steady load."""

import signal
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from time import sleep, time

import msgspec

from streams.engine.kafka_peek import KafkaPeek
from tests.broker.crew import Crew, Worker
from tests.chaos.run import Run, at_work
from tests.scale.throughput import described
from tests.soak.hours import Load

RATE = 600.0
BEFORE, AFTER = 15.0, 25.0
"""Seconds watched before the first and after each event."""


STOPPED = 1.0
"""Seconds without an output after which a partition stands still; those that have such pauses anyway do not count."""


class Pause(msgspec.Struct):
    """What one event cost; seconds."""

    event: str
    longest: float
    """The longest that a partition stood still."""
    stopped: int
    """Partitions that stood still for over `STOPPED`."""
    partitions: int


def measure(bootstrap: str, folder: Path) -> list[Pause]:
    """Have workers join one after the other, one leave in order and one die."""
    run = Run(bootstrap, folder, described, clock="wall")
    marks: list[tuple[str, float]] = []
    with run.crew("w0") as crew:
        while not at_work(crew.workers[0]):
            crew.tend(0.1)
        load = Load(run, RATE, 7)
        load.start()
        sleep(5)
        marks.append(("nothing happens", time()))
        crew.tend(BEFORE)
        for name in ("w1", "w2"):
            marks.append((f"worker {len(crew.workers) + 1} joins", time()))
            _join(crew, name)
        marks.append(("one of three leaves in order (SIGTERM)", time()))
        _leave(crew, signal.SIGTERM)
        marks.append(("one of two is killed (SIGKILL)", time()))
        _leave(crew, signal.SIGKILL)
        marks.append(("", time()))
        load.halt()
    return _pauses(run, marks)


def _join(crew: Crew, name: str) -> None:
    first = crew.workers[0]
    crew.workers.append(Worker(first.command, first.folder, name))
    crew.tend(AFTER)


def _leave(crew: Crew, number: signal.Signals) -> None:
    gone = crew.workers.pop()
    gone.process.send_signal(number)
    gone.process.wait(30)
    crew.tend(AFTER)


def _pauses(run: Run, marks: list[tuple[str, float]]) -> list[Pause]:
    # Lane p of alarm-events feeds p of problem-changes: whoever owns it writes there, and nobody else.
    times: dict[int, list[float]] = defaultdict(list)
    for partition, record in KafkaPeek(run.settings.kafka_config(), run.settings.group).read(run.settings.prefix + "problem-changes", {}):
        times[partition].append(record.timestamp / 1000)
    (_, calm), (_, first), *_ = marks
    # A partition whose few domains have nothing to say for a while stands still without anybody's doing.
    steady = [each for each in times.values() if longest_within(each, calm, first) <= STOPPED]
    found = []
    for (event, begin), (_, end) in pairwise(marks):
        longest = [longest_within(each, begin, end) for each in steady]
        found.append(Pause(event, max(longest, default=0.0), sum(one > STOPPED for one in longest), len(longest)))
    return found


def longest_within(times: list[float], begin: float, end: float) -> float:
    """Return the longest pause between two of the times from `begin` to `end`, both counted as times."""
    within = [begin, *(at for at in times if begin < at < end), end]
    return max(after - before for before, after in pairwise(within))
