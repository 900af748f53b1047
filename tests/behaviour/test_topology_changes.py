"""A version of topology.yaml that a worker does not have yet: it waits there, says so, and goes on when it has it."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import msgspec
import pytest
from google.protobuf import descriptor_pb2

from streams.app import Embedded
from streams.domain.level import LEVEL
from streams.domain.network_change import NetworkChange, TopologyAsked
from streams.edge.topology_file import Topology, from_text, load
from streams.edge.topology_reload import Reload
from streams.edge.topology_versions import Versions
from streams.engine.record import Output, Record
from streams.topology_follower import asked
from tests.behaviour.test_rehome import AFTER, BEFORE, an_alarm


class Listening:
    """An embedded processor, and what it has told of alarms and on progress."""

    def __init__(self, topology: Topology, folder: Path | None = None) -> None:
        self.told: list[Any] = []
        self.embedded = Embedded(topology, "event", folder, self._note)

    def _note(self, output: Output, partition: int) -> None:
        if output[0] in ("alarm-records", "progress"):
            self.told.append(json.loads(output[2] or b"null"))

    @property
    def raised(self) -> list[tuple[str, str]]:
        return [(event["domain"], event["event"]["alarm"]["alarmedObject"]["id"]) for event in self.told if "domain" in event and event["@type"] == "AlarmCreateEvent"]


def test_a_worker_without_the_version_waits_says_so_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    after = from_text(AFTER)
    run = Listening(from_text(BEFORE))

    async def story() -> None:
        await run.embedded.start()
        run.embedded.log.append("network-inbox", [(0, b"network", msgspec.msgpack.encode(TopologyAsked(after.version, "eva", 0, "r-1", "topology/0/0")), ())])
        await run.embedded.settle()
        await run.embedded.feed("raw-alarms", [an_alarm("r2", "")])
        await run.embedded.settle()

        assert run.raised == []
        assert run.embedded.processor.engine.metrics.held._value.get() > 0

        run.embedded.processor.worlds.take(after)
        await run.embedded.settle()
        await run.embedded.stop()

    with caplog.at_level(logging.WARNING):
        asyncio.run(story())

    assert run.raised == [("east", "r2")]
    assert any(f"version {after.version[:12]} of topology.yaml is not here" in record.message for record in caplog.records)
    answers = [event["operatorAction"] for event in run.told if "operatorAction" in event]
    assert [(answer["action"], answer["user"], answer["state"]) for answer in answers] == [("apply-topology", "eva", "done")]


def test_a_version_that_nobody_has_is_refused_before_anybody_waits() -> None:
    run = Listening(from_text(BEFORE))

    async def story() -> None:
        await run.embedded.start()
        run.embedded.request("topology", asked(from_text(AFTER).version, "eva"))
        await run.embedded.settle()
        await run.embedded.feed("raw-alarms", [an_alarm("r2", "")])
        await run.embedded.settle()
        await run.embedded.stop()

    asyncio.run(story())

    assert run.raised == [("east", "r2")]
    assert [event["operatorAction"]["state"] for event in run.told if "operatorAction" in event] == ["refused"]


def test_what_the_inventory_told_outlives_a_restart_and_another_topology(tmp_path: Path) -> None:
    async def first() -> None:
        run = Listening(from_text(BEFORE), tmp_path / "log")
        await run.embedded.start()
        run.embedded.request("inventory", b'{"@type": "Resource", "id": "r9", "place": [{"id": "north"}], "characteristic": [{"name": "alias", "value": "10.9.9.9"}]}')
        await run.embedded.settle()
        await run.embedded.stop()

    async def then() -> list[tuple[str, str]]:
        run = Listening(from_text(AFTER), tmp_path / "log")
        await run.embedded.start()
        await run.embedded.feed("raw-alarms", [an_alarm("10.9.9.9", ""), an_alarm("newcomer", "")])
        await run.embedded.settle()
        await run.embedded.stop()
        return sorted(run.raised)

    asyncio.run(first())

    assert asyncio.run(then()) == [("north", "r9"), ("west", "newcomer")]


def test_a_version_is_there_again_after_a_restart(tmp_path: Path) -> None:
    topology = from_text(AFTER)
    Versions(tmp_path).take(topology)

    assert Versions(tmp_path).get(topology.version) == topology and Versions(tmp_path).get("ab" * 32) is None


def test_a_changed_file_is_read_again_and_a_broken_one_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(BEFORE)
    file = Reload(path, load(path))
    assert not file.is_due

    path.write_text(AFTER)
    assert file.is_due
    read = file.again()
    assert read is not None and read.version == from_text(AFTER).version and not file.is_due

    path.write_text("network: [")
    assert file.is_due and file.again() is None and not file.is_due
    assert "what is in force stays" in caplog.text

    path.unlink()
    assert file.is_due and file.again() is None and not file.is_due
    path.write_text(BEFORE)
    assert file.is_due and file.again() is not None


@pytest.mark.parametrize("text", [
    "network: {file: [there.yaml, to-come.yaml]}",
    "network: {file: there.yaml}\nfeeds: [{topic: t, encoding: {kind: protobuf, message: a.B, file: to-come.desc}}]"], ids=["a part of the network", "a schema"])
def test_a_file_that_is_named_and_missing_is_told_once_and_its_coming_is_seen(tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str) -> None:
    path, come = tmp_path / "topology.yaml", tmp_path / ("to-come.yaml" if "to-come.yaml" in text else "to-come.desc")
    path.write_text(BEFORE)
    file = Reload(path, load(path))
    (tmp_path / "there.yaml").write_text("resources: [{id: a}]")

    path.write_text(text)
    assert file.is_due and file.again() is None and not file.is_due
    assert "to-come" in caplog.text

    come.write_bytes(b"resources: [{id: b" if come.suffix == ".yaml" else b"none")
    assert file.is_due and file.again() is None and not file.is_due, "it has come, and is broken"

    come.write_bytes(b"resources: [{id: b}]" if come.suffix == ".yaml" else descriptors())
    assert file.is_due
    read = file.again()
    assert read is not None and "a" in read.network.nodes and not file.is_due


def descriptors() -> bytes:
    """What protoc makes of a message a.B."""
    made = descriptor_pb2.FileDescriptorSet()
    made.file.add(name="a.proto", package="a", syntax="proto3").message_type.add(name="B").field.add(name="id", number=1, type=9, label=1)
    return bytes(made.SerializeToString())


def test_what_changes_between_the_first_reading_and_the_first_look_is_seen(tmp_path: Path) -> None:
    path, part = tmp_path / "topology.yaml", tmp_path / "part.yaml"
    path.write_text("network: {file: part.yaml}")
    part.write_text("resources: [{id: a}]")
    started_with = load(path)

    part.write_text("resources: [{id: a}, {id: b}]")
    file = Reload(path, started_with)

    assert file.is_due
    read = file.again()
    assert read is not None and set(read.network.nodes) == {"a", "b"} and not file.is_due


def test_what_was_read_before_the_first_change_was_read_by_the_file_that_it_told_of() -> None:
    first, now = from_text(BEFORE), from_text(AFTER)
    worlds = Embedded(now, "event").processor.worlds
    worlds.take(first)
    for number, version in ((1, first.version), (2, now.version)):
        worlds.hear(Record(number - 1, 0, b"topology", msgspec.msgpack.encode(NetworkChange(number, 7, version, (), "", LEVEL))))

    assert [first.version, first.version, now.version] == [era.topology.version for n in range(3) if (era := worlds.at(n))]
