"""SIGTERM, as supervisors send it: the worker commits, closes its state and ends with 0; its successor goes on at once, with nothing to restore."""

import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from confluent_kafka import Producer

from tests.behaviour.suite import TOPOLOGY, alarm
from tests.broker.crew import Worker
from tests.chaos.run import Run
from tests.chaos.tape import unread

GRACE = 15.0
"""Seconds; deploy/ gives 60."""
SESSION = 10.0
"""Seconds after which the group would give up a member that does not come back (engine/kafka_settings.py)."""


@pytest.fixture
def run(kafka: str, tmp_path: Path) -> Run:
    return Run(kafka, tmp_path, lambda feed: TOPOLOGY | {"feeds": [TOPOLOGY["feeds"][0] | {"topic": feed}]})


@pytest.fixture
def worker(run: Run) -> Iterator[Worker]:
    given = {"bootstrap": run.bootstrap, "topology": run.settings.topology, "group": run.settings.group, "prefix": run.settings.prefix, "metrics-port": 0, "clock": "event"}
    worker = Worker([sys.executable, "-m", "streams", "worker", *(word for name, value in given.items() for word in (f"--{name}", str(value)))], run.folder, "w0")
    yield worker
    worker.end()


def until(done: Callable[[], object], worker: Worker, patience: float = 40.0) -> None:
    end = monotonic() + patience
    while not done():
        assert worker.process.poll() is None and monotonic() < end, worker.log.read_text()[-3000:]
        sleep(0.05)


def test_after_sigterm_a_worker_ends_well_and_its_successor_has_nothing_to_restore_or_to_wait_for(run: Run, worker: Worker) -> None:
    until(lambda: "partitions is there" in worker.log.read_text(), worker)
    producer = Producer({"bootstrap.servers": run.bootstrap})
    for minute in range(60):
        producer.produce(run.feed, alarm("ont-1", f"10:{minute:02}:00"), "berlin")
    producer.flush(10)
    until(lambda: not unread(run.bootstrap, run.settings.group, run.feed) and run.read(["problems"])["problems"], worker)
    before = run.read(["problems"])["problems"]
    producer.produce(run.feed, alarm("ont-2", "11:00:00"), "berlin")     # Under way when the signal comes.
    producer.flush(10)

    asked = monotonic()
    worker.process.send_signal(signal.SIGTERM)
    assert 0 == worker.process.wait(GRACE), worker.log.read_text()[-3000:]
    print(f"ended {monotonic() - asked:.1f} s after SIGTERM")

    told = len(worker.log.read_text())
    worker.process = worker.start()
    until(lambda: "partitions is there" in worker.log.read_text()[told:], worker)
    until(lambda: not unread(run.bootstrap, run.settings.group, run.feed), worker)
    said = worker.log.read_text()[told:]
    waited = float(re.findall(r"partitions is there after ([\d.]+) s", said)[0])
    restored = [(int(partitions), int(records)) for partitions, records in re.findall(r"restoring (\d+) partitions: (\d+) records", said)]

    assert waited < SESSION / 2
    # Behind what it had written stands the marker of its last transaction, and nothing else.
    assert [] == [each for each in restored if each[1] > each[0]], said
    assert "thrown away" not in said
    assert before == run.read(["problems"])["problems"][: len(before)]
