"""A real Alertmanager calls the gateway: what fires is raised and what resolves is cleared, on the embedded log and on Kafka."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from streams.app import Embedded
from streams.edge.gateway.offer import Offer
from streams.edge.topology_file import load
from streams.engine.jars import free_port
from streams.engine.record import Output
from streams.http_port import open_http_port, url_of
from streams.settings import read_settings
from tests.broker.alertmanager import Alertmanager, NoAlertmanager, alertmanager
from tests.broker.gate import Gate
from tests.chaos.run import Run

PATIENCE = 40.0
HOSTS = ("db-1", "db-2")
Told = list[tuple[str, str]]
"""(object, state) of alarm-records, in order for each object."""


def topology(feed: str) -> dict[str, Any]:
    resources = [{"id": host, "type": "host", "domain": "north"} for host in HOSTS]
    return {"feeds": [{"topic": feed, "format": "alertmanager"}], "streams": {feed: {"partitions": 4}}, "network": {"resources": resources, "dependencies": []}}


def alert(host: str, resolved: bool = False) -> dict[str, Any]:
    now = datetime.now(UTC)
    told = {"labels": {"alertname": "DiskFull", "instance": host, "severity": "critical"}, "annotations": {"summary": f"The disk of {host} is full."}, "startsAt": (now - timedelta(minutes=1)).isoformat()}
    return told | ({"endsAt": now.isoformat()} if resolved else {})


def records_of(values: list[dict[str, Any]]) -> Told:
    alarms = [value["event"]["alarm"] for value in values]
    return [(alarm["alarmedObject"]["id"], alarm["state"]) for alarm in alarms]


async def fire_and_resolve(running: Alertmanager, records: Callable[[], Told]) -> Told:
    """Fire both, resolve one, resolve the other; return the alarm records after each is told."""
    for told, expected in (((alert("db-1"), alert("db-2")), 2), ((alert("db-1", resolved=True), alert("db-2")), 3), ((alert("db-2", resolved=True),), 4)):
        await asyncio.to_thread(running.tell, *told)
        until = monotonic() + PATIENCE
        while len(await asyncio.to_thread(records)) < expected:
            assert monotonic() < until, records()
            await asyncio.sleep(0.2)
    return records()


EXPECTED = {host: ["raised", "cleared"] for host in HOSTS}


def lives(told: Told) -> dict[str, list[str]]:
    """Return each object's states in order."""
    return {host: [state for object_, state in told if object_ == host] for host in sorted({object_ for object_, _ in told})}


async def test_its_groups_are_raised_and_cleared_on_the_embedded_log(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(json.dumps(topology("prometheus")))
    settings, described, told = read_settings(http_port=free_port(), topology=path), load(path), []

    def keep(output: Output, partition: int) -> None:
        if output[0] == "alarm-records" and output[2] is not None:
            told.append(json.loads(output[2]))

    embedded = Embedded(described, "wall", tmp_path / "log", keep)

    async def accept(offer: Offer) -> None:
        embedded.take(offer)
        await embedded.settle()

    await embedded.start()
    server = await open_http_port(settings, described.feeds, accept, embedded.processor.intake.record_id, dict, CollectorRegistry())
    try:
        with alertmanager(f"{url_of(settings)}/alertmanager", tmp_path) as running:
            found = await fire_and_resolve(running, lambda: records_of(told))
    except NoAlertmanager as why:
        pytest.skip(str(why))
    finally:
        await server.cleanup()
        await embedded.stop()

    assert EXPECTED == lives(found)


async def test_its_groups_are_raised_and_cleared_on_kafka(kafka: str, tmp_path: Path) -> None:
    run = Run(kafka, tmp_path, topology, clock="wall")
    try:
        with Gate(kafka, run.settings.topology, tmp_path) as gate, run.crew("w0"):
            await asyncio.to_thread(gate.wait)
            with alertmanager(f"{gate.url}/alertmanager", tmp_path) as running:
                found = await fire_and_resolve(running, lambda: records_of([told.value for told in run.read(["alarm-records"])["alarm-records"] if told.value]))
    except NoAlertmanager as why:
        pytest.skip(str(why))

    assert EXPECTED == lives(found)
