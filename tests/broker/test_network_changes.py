"""The network changes on a real Kafka while a problem is open, with two workers that are killed in between: told is what the embedded log tells."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from streams.domain.network_change import CHANGES
from streams.edge.story import TOPOLOGY
from streams.edge.topology_file import from_text, load
from streams.engine.kafka_peek import KafkaPeek
from streams.recorded import compare
from streams.replay import play
from streams.settings import read_settings
from streams.topology_follower import NOTICED_WITHIN, asked
from tests.broker.crew import Crew
from tests.broker.feeders import Feeders, write
from tests.chaos.run import Run, at_work
from tests.chaos.stories import await_, now, send

FEEDERS = Feeders()


def forgotten(run: Run) -> set[str]:
    """Return the keys of network-changes that a tombstone was written for."""
    peek = KafkaPeek(run.settings.kafka_config(), run.settings.group)
    try:
        return {(record.key or b"").decode() for _, record in peek.read(run.settings.prefix + CHANGES, {}) if record.value is None}
    finally:
        peek.close()


def expected() -> list[tuple[str, str, str]]:
    """What the embedded log tells of the same changes, in event time."""
    first, then = (json.dumps(FEEDERS.described("raw-alarms", on)) for on in ("feeder-1", "feeder-2"))
    alarm = json.dumps(FEEDERS.alarm("feeder-1", 0.0)[1]).encode()
    out = play(from_text(first), [("raw-alarms", alarm), ("inventory", FEEDERS.product("new")), (TOPOLOGY, then.encode())])
    return FEEDERS.told([value for _, _, value in out["customer-impacts"]])


def test_changes_of_the_network_survive_killed_workers_and_a_replay_turns_at_the_same_places(kafka: str, tmp_path: Path) -> None:
    run = Run(kafka, tmp_path, FEEDERS.described, clock="wall")
    write(kafka, "inventory", FEEDERS.ended("before"), FEEDERS.id("before"))  # Read before any time is known.

    def await_told(crew: Crew, enough: Callable[[list[tuple[str, str, str]]], bool]) -> None:
        await_(run, crew, "customer-impacts", lambda found: enough(FEEDERS.told([one.value for one in found])))

    with run.crew("w0", "w1") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        send(run, FEEDERS.alarm("feeder-1", now()))
        await_told(crew, lambda found: len(found) == 1)
        write(kafka, "inventory", FEEDERS.product("new"), FEEDERS.id("new"))
        write(kafka, "inventory", FEEDERS.ended("gone"), FEEDERS.id("gone"))
        crew.workers[0].kill()
        await_told(crew, lambda found: len(found) == 2)
        run.settings.topology.write_text(json.dumps(FEEDERS.described(run.feed, "feeder-2")))
        then = load(run.settings.topology)
        crew.tend(NOTICED_WITHIN)
        write(kafka, run.settings.prefix + "topology", asked(then.version, "eva"))
        crew.workers[1].kill()
        await_told(crew, lambda found: len(found) == 4)
        await_(run, crew, "problems", lambda found: any(then.version in msgspec.json.encode(one.value).decode() for one in found))
        until = time.monotonic() + 60
        while f"entry/product:{FEEDERS.id('gone')}" not in forgotten(run):
            assert time.monotonic() < until, "what ended is not forgotten"
            crew.tend(0.5)
        crew.workers[0].kill(delete=True)
        time.sleep(1.5)
        crew.tend(0.5)
        found = FEEDERS.told([one.value for one in run.read(["customer-impacts"])["customer-impacts"]])
    verdict = compare(then, read_settings(bootstrap=kafka, topology=run.settings.topology, group=run.settings.group, prefix=run.settings.prefix, data=tmp_path / "w1", instance="w1"))

    assert sorted(found) == sorted(expected())
    assert [] == verdict.differences
