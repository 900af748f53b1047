"""Recorded inboxes give again what the workers published, though these were killed, and stopped while alarms came and went."""

import json
import subprocess
import sys
import time
from pathlib import Path

from confluent_kafka import Producer

from streams.recorded import compare
from tests.chaos import network as made
from tests.chaos.run import Run, at_work
from tests.chaos.stories import await_, now, send

STOPPED = 4.0


def ask(bootstrap: str, action: dict[str, str]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("operator-actions", json.dumps(action))
    producer.flush(10)


def test_inboxes_recorded_around_an_outage_give_the_published_outputs_again(kafka: str, tmp_path: Path) -> None:
    counties = made.counties(4)
    run = Run(kafka, tmp_path, lambda feed: made.topology(counties, feed, 4), clock="wall")
    alarms = [(each.name, f"{each.name}/{object_}", cause) for each in counties for object_, cause in
              (("switch-0/card-0", "lossOfSignal"), ("switch-1", "equipmentMalfunction"), ("switch-1/card-1", "lossOfSignal"))]

    def tell(some: list[tuple[str, str, str]], raised: float, cleared: float = 0.0) -> None:
        send(run, *((key, made.alarm_of(object_, cause, "critical", raised, cleared=cleared)) for key, object_, cause in some))

    with run.crew("w0") as crew:
        while not all(map(at_work, crew.workers)):      # what is raised before first contact alarms nobody
            crew.tend(0.2)
        ask(kafka, {"action": "ack", "target": "nobody-1"})             # is answered where it is read, not by a stage
        raised = now()
        tell(alarms[:6], raised)
        await_(run, crew, "customer-impacts", lambda told: len(told) >= 1)
        tell(alarms[6:9], now())
        crew.workers[0].kill()                                      # in the middle of their work
        tell(alarms[:2], raised, now())
        await_(run, crew, "alarm-records", lambda told: sum(one.value["event"]["alarm"].get("state") == "cleared" for one in told) >= 2)
        middle = now()
        tell(alarms[9:], middle)
        crew.tend(0.15)
        crew.workers[0].process.kill()
        crew.workers[0].process.wait()
    tell(alarms[2:8], raised, now())
    time.sleep(STOPPED)
    tell(alarms[9:10], middle, now())
    with run.crew("w0") as crew:
        await_(run, crew, "trouble-reports", lambda told: any("county-003" in str(one.value) for one in told))
    verdict = compare(run.topology, run.settings)

    assert [] == verdict.differences
    assert verdict.compacted == 0
    assert verdict.takings >= 3 * (3 * 4 + 4 + 1) - 17
    assert all(verdict.outputs[topic] for topic in ("alarm-records", "problems", "trouble-reports", "customer-impacts", "restoration-commands"))
    told = subprocess.run([sys.executable, "-m", "streams", "replay-inboxes", "--bootstrap", kafka, "--topology", str(run.settings.topology), "--group", run.settings.group,
                           "--prefix", run.settings.prefix], capture_output=True, text=True, check=False)
    assert (0, True) == (told.returncode, "equal" in told.stdout), told
