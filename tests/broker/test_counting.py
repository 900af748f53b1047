"""The Kafka log under kills, zombies and a broker's restart: what readers of committed records see is exact.

SPM_CHAOS_RECORDS (default 48,000) makes these runs longer; the seed is printed and can be set by SPM_CHAOS_SEED.
"""

import os
import random
import time
import uuid
from pathlib import Path

import pytest

from streams.engine import topics
from streams.engine.broker import JarKafka
from tests.broker.counting import wanted
from tests.broker.crew import Crew
from tests.broker.tape import Feeder, committed
from tests.chaos.run import at_work

RECORDS = int(os.environ.get("SPM_CHAOS_RECORDS", "48000"))
SEED = int(os.environ.get("SPM_CHAOS_SEED", time.time_ns() % 100_000))
PARTITIONS, KEYS, RATE = 4, 500, 6000.0
PATIENCE = 20.0
"""Seconds until a worker that is refused has ended."""


class Run:
    """Topics and names of one run, and the oracle over its outputs."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap, self.folder = bootstrap, folder
        folder.mkdir(exist_ok=True)
        self.prefix = f"t{uuid.uuid4().hex[:8]}-"
        self.options = ["--bootstrap", bootstrap, "--group", self.prefix + "g", "--prefix", self.prefix]
        found = topics.apply({"bootstrap.servers": bootstrap}, wanted(self.prefix, self.prefix + "g", PARTITIONS))
        assert {finding.verdict for finding in found} == {topics.Verdict.CREATED}

    def crew(self, *names: str, more: tuple[str, ...] = ()) -> Crew:
        return Crew("tests.broker.counting", [*self.options, *more], self.folder, list(names))

    def feeder(self, count: int = RECORDS, rate: float = RATE) -> Feeder:
        feeder = Feeder(self.bootstrap, self.prefix + "numbers", count, KEYS, rate)
        feeder.start()
        return feeder

    def is_exact(self, feeder: Feeder, crew: Crew, patience: float = 90) -> bool:
        """Wait for all outputs, tending the crew, and compare them with the oracle: 1, 2, 3, ... for each key."""
        while feeder.is_alive():
            crew.tend(0.2)
        oracle = {key: list(range(1, count + 1)) for key, count in feeder.sent.items()}
        until = time.monotonic() + patience
        while len(committed_numbers := flat(committed(self.bootstrap, self.prefix + "summed", feeder.count, 2))) < feeder.count:
            assert time.monotonic() < until, f"only {len(committed_numbers)} of {feeder.count} outputs after {patience} s"
            crew.tend(0.2)
        crew.tend(1.0)
        return all(committed(self.bootstrap, self.prefix + topic, feeder.count, 10) == oracle for topic in ("counted", "summed"))


def flat(outputs: dict[bytes, list[int]]) -> list[int]:
    return [number for numbers in outputs.values() for number in numbers]


@pytest.fixture
def run(kafka: str, tmp_path: Path) -> Run:
    return Run(kafka, tmp_path)


def test_two_workers_killed_at_random_lose_and_double_nothing(run: Run) -> None:
    dice = random.Random(SEED)
    print(f"seed {SEED}")
    with run.crew("one", "two") as crew:
        feeder, kills = run.feeder(), 0
        while feeder.is_alive():
            crew.tend(dice.uniform(0.5, 2.5))
            dice.choice(crew.workers).kill(delete=dice.random() < 0.4)
            kills += 1

        assert run.is_exact(feeder, crew)
        assert kills >= 3


def test_a_second_worker_joins_and_leaves_in_the_middle_of_work(run: Run) -> None:
    with run.crew("one") as crew:
        feeder = run.feeder(count=RECORDS // 3)
        crew.tend(2)
        with run.crew("two") as joining:
            joining.tend(3)
            assert joining.workers[0].statuses == []

        assert run.is_exact(feeder, crew)
        assert crew.workers[0].statuses == []


def test_a_zombie_is_refused_and_begins_again_also_one_with_nothing_to_do_but_due_times(kafka: str, tmp_path: Path) -> None:
    busy, idle = Run(kafka, tmp_path / "busy"), Run(kafka, tmp_path / "idle")
    with busy.crew("one", "two") as working, idle.crew("one", "two", more=("--ticks",)) as waiting:
        while not all(map(at_work, (*working.workers, *waiting.workers))):
            working.tend(0.1)
            waiting.tend(0.1)
        feeder = busy.feeder(rate=RECORDS / 14)
        working.tend(4)
        for crew in (working, waiting):
            crew.workers[0].freeze()
        working.tend(9)
        for crew in (working, waiting):
            crew.workers[0].thaw()

        assert busy.is_exact(feeder, working)
        until = time.monotonic() + PATIENCE
        while not (working.workers[0].statuses and waiting.workers[0].statuses) and time.monotonic() < until:
            working.tend(0.1)
            waiting.tend(0.1)
        assert working.workers[0].statuses == [70]
        assert waiting.workers[0].statuses == [70]


def test_a_broker_that_restarts_loses_and_doubles_nothing(restartable_kafka: JarKafka, tmp_path: Path) -> None:
    run = Run(restartable_kafka.bootstrap, tmp_path)
    # A session longer than a restart: the workers stay and try again. A shorter one ends them with 70; both are right.
    with run.crew("one", "two", more=("--session", "15000")) as crew:
        feeder = run.feeder(rate=RATE / 2)
        while not committed(run.bootstrap, run.prefix + "counted", 1, 1):
            crew.tend(0.2)
        with crew.stopped():
            restartable_kafka.stop()
            restartable_kafka.start()

        assert run.is_exact(feeder, crew, patience=180)
