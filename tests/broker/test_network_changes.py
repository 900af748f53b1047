"""The network changes on a real Kafka while a problem is open, with two workers that are killed in between: told is what the embedded log tells."""

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from confluent_kafka import Producer

from streams.domain.network_change import CHANGES
from streams.edge.story import TOPOLOGY
from streams.edge.topology_file import from_text, load
from streams.engine.kafka_peek import KafkaPeek
from streams.recorded import compare
from streams.replay import play
from streams.settings import read_settings
from streams.topology_follower import NOTICED_WITHIN, asked
from tests.broker.crew import Crew
from tests.chaos import network as made
from tests.chaos.run import Run, at_work
from tests.chaos.stories import await_, now, send

NAME = f"n{uuid.uuid4().hex[:6]}"
"""Begins all ids: the topic of the inventory has no prefix, and other tests read it too."""


def described(feed: str, on: str = "feeder-1") -> dict[str, Any]:
    """Two feeders, a service on one of them; products as `inventory` tells."""
    return {
        "feeds": [{"topic": feed}],
        "network": {"resources": [{"id": f"{NAME}-{name}", "type": "feeder", "domain": f"{NAME}-{name}"} for name in ("feeder-1", "feeder-2")],
                    "dependencies": [{"from": f"{NAME}-svc", "to": f"{NAME}-{on}"}]},
        "services": [{"id": f"{NAME}-svc", "type": "vpn"}],
        "products": [{"id": f"{NAME}-old", "service": f"{NAME}-svc", "customer": "anna"}],
        "policy": {"oversee": {"remember_ended": "1s"}},
        "streams": {"alarm-events": {"partitions": 4}}}


def a_product(service: str = "svc") -> bytes:
    return json.dumps({"@type": "Product", "id": f"{NAME}-new", "realizingService": [{"id": f"{NAME}-{service}"}], "relatedParty": [{"id": "bert", "role": "customer"}]}).encode()


def forgotten(run: Run) -> set[str]:
    """Return the keys of network-changes that a tombstone was written for."""
    peek = KafkaPeek(run.settings.kafka_config(), run.settings.group)
    try:
        return {(record.key or b"").decode() for _, record in peek.read(run.settings.prefix + CHANGES, {}) if record.value is None}
    finally:
        peek.close()


def told(values: list[Any]) -> list[tuple[str, str, str]]:
    return [(value["product"].removeprefix(NAME), value["kind"], value["impact"]) for value in values]


def expected() -> list[tuple[str, str, str]]:
    """What the embedded log tells of the same changes, in event time."""
    first, then = (json.dumps(described("raw-alarms", on)) for on in ("feeder-1", "feeder-2"))
    alarm = json.dumps(made.alarm_of(f"{NAME}-feeder-1", "lossOfSignal", "critical", 0.0)).encode()
    out = play(from_text(first), [("raw-alarms", alarm), ("inventory", a_product()), (TOPOLOGY, then.encode())])
    return told([value for _, _, value in out["customer-impacts"]])


def write(bootstrap: str, topic: str, value: bytes, key: str | None = None) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random"})
    producer.produce(topic, value, key)
    producer.flush(10)


def test_changes_of_the_network_survive_killed_workers_and_a_replay_turns_at_the_same_places(kafka: str, tmp_path: Path) -> None:
    run = Run(kafka, tmp_path, described, clock="wall")

    def await_told(crew: Crew, enough: Callable[[list[tuple[str, str, str]]], bool]) -> None:
        await_(run, crew, "customer-impacts", lambda found: enough(told([one.value for one in found])))

    with run.crew("w0", "w1") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        send(run, (f"{NAME}-feeder-1", made.alarm_of(f"{NAME}-feeder-1", "lossOfSignal", "critical", now())))
        await_told(crew, lambda found: len(found) == 1)
        write(kafka, "inventory", a_product(), f"{NAME}-new")
        write(kafka, "inventory", json.dumps({"@type": "Product", "id": f"{NAME}-gone", "status": "terminated"}).encode(), f"{NAME}-gone")
        crew.workers[0].kill()
        await_told(crew, lambda found: len(found) == 2)
        run.settings.topology.write_text(json.dumps(described(run.feed, "feeder-2")))
        then = load(run.settings.topology)
        crew.tend(NOTICED_WITHIN)
        write(kafka, run.settings.prefix + "topology", asked(then.version, "eva"))
        crew.workers[1].kill()
        await_told(crew, lambda found: len(found) == 4)
        await_(run, crew, "problems", lambda found: any(then.version in msgspec.json.encode(one.value).decode() for one in found))
        until = time.monotonic() + 60
        while f"entry/product:{NAME}-gone" not in forgotten(run):
            assert time.monotonic() < until, "what ended is not forgotten"
            crew.tend(0.5)
        crew.workers[0].kill(delete=True)
        time.sleep(1.5)
        crew.tend(0.5)
        found = told([one.value for one in run.read(["customer-impacts"])["customer-impacts"]])
    verdict = compare(then, read_settings(bootstrap=kafka, topology=run.settings.topology, group=run.settings.group, prefix=run.settings.prefix, data=tmp_path / "w1", instance="w1"))

    assert sorted(found) == sorted(expected())
    assert [] == verdict.differences
