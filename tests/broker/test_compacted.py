"""A worker that has lost its folder starts from topics whose tombstones are gone: it is as if it had never been away."""

import json
import time
from pathlib import Path

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from streams.domain.network_change import CHANGES
from streams.edge.topology_file import from_text
from streams.engine.kafka_peek import KafkaPeek
from streams.flow_topics import topics_wanted
from streams.replay import play
from streams.state.consistency import look
from streams.stored import stored
from streams.topology import OUTPUTS
from tests.broker.feeders import Feeders, write
from tests.chaos.run import Run, at_work
from tests.chaos.stories import await_, now, send

SOON = {"segment.ms": "100", "min.cleanable.dirty.ratio": "0.001", "min.compaction.lag.ms": "0", "max.compaction.lag.ms": "500", "delete.retention.ms": "0"}
"""Has Kafka's cleaner take all that another record of the partition has followed, tombstones too."""
OFTEN = {"log.cleaner.backoff.ms": "1000"}
"""Has it look every second rather than every 15; it takes a tombstone the second time it meets it."""
PATIENCE = 60
"""Seconds until all tombstones that were seen are gone."""
FEEDERS = Feeders()

Tombstone = tuple[str, int, int]


def compacted(run: Run) -> list[str]:
    """Return the topics of the run of which a worker starts: what was last said of each key. Outputs are left whole, to be looked at."""
    told = {f"{run.settings.prefix}{name}" for name in OUTPUTS}
    return [
        each.name for each in topics_wanted(run.topology, run.settings)
        if each.name.startswith(run.settings.prefix) and each.name not in told and "compact" in each.config["cleanup.policy"]]


def compact_soon(bootstrap: str, names: list[str]) -> None:
    def wanted(kind: ResourceType, name: str, config: dict[str, str]) -> ConfigResource:
        return ConfigResource(kind, name, incremental_configs=[ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in config.items()])

    admin = AdminClient({"bootstrap.servers": bootstrap})
    brokers = [str(each) for each in admin.list_topics(timeout=10).brokers]
    resources = [*(wanted(ResourceType.TOPIC, name, SOON) for name in names), *(wanted(ResourceType.BROKER, name, OFTEN) for name in brokers)]
    for altered in admin.incremental_alter_configs(resources).values():
        altered.result()


def tombstones(run: Run, names: list[str]) -> set[Tombstone]:
    """Return where tombstones lie: topic, partition, offset."""
    peek = KafkaPeek(run.settings.kafka_config(), run.settings.group)
    try:
        return {(name, partition, record.offset) for name in names for partition, record in peek.read(name, {}) if record.value is None}
    finally:
        peek.close()


def expected() -> list[tuple[str, str, str]]:
    """What the embedded log tells of a service that fails, gets a product, and comes back."""
    raised, over = (json.dumps(FEEDERS.alarm("feeder-1", *times)[1]).encode() for times in ((0.0,), (0.0, 60.0)))
    out = play(from_text(json.dumps(FEEDERS.described("raw-alarms"))), [("raw-alarms", raised), ("inventory", FEEDERS.product("new")), ("raw-alarms", over)])
    return FEEDERS.told([value for _, _, value in out["customer-impacts"]])


def test_a_worker_without_its_folder_goes_on_after_all_tombstones_were_compacted_away(kafka: str, tmp_path: Path) -> None:
    run = Run(kafka, tmp_path, FEEDERS.described, clock="wall")
    names = compacted(run)
    compact_soon(kafka, names)
    with run.crew("w0") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        failed = now()
        send(run, FEEDERS.alarm("feeder-1", failed))
        await_(run, crew, "customer-impacts", lambda found: len(found) == 1)
        write(kafka, "inventory", FEEDERS.product("new"), FEEDERS.id("new"))
        write(kafka, "inventory", FEEDERS.ended("gone"), FEEDERS.id("gone"))
        await_(run, crew, "customer-impacts", lambda found: len(found) == 2)

        needed = {f"{run.settings.prefix}{name}" for name in (CHANGES, f"{run.settings.group}-alarm-events-changelog")}
        early: set[Tombstone] = set()
        until, turn, left = time.monotonic() + PATIENCE, 0, early
        while not needed <= {topic for topic, *_ in early} or left:
            assert time.monotonic() < until, f"of {sorted(early)} there are still {sorted(left)}"
            begun = now()
            send(run, FEEDERS.alarm("feeder-2", begun), FEEDERS.alarm("feeder-2", begun, now()))  # What follows lets the cleaner have what was before.
            write(kafka, "inventory", FEEDERS.ended(f"other-{turn}"), FEEDERS.id(f"other-{turn}"))
            crew.tend(0.5)
            there = tombstones(run, names)
            early |= set() if needed <= {topic for topic, *_ in early} else there
            left, turn = early & there, turn + 1

        crew.workers[0].kill(delete=True)
        time.sleep(1.5)
        send(run, FEEDERS.alarm("feeder-1", failed, now()))
        await_(run, crew, "customer-impacts", lambda found: len(found) == 4)
        found = FEEDERS.told([one.value for one in run.read(["customer-impacts"])["customer-impacts"]])
        run.worked_off(crew, 60)
    with stored(run.settings) as where:
        differences = look(where).differences

    assert sorted(expected()) == sorted(found)
    assert [] == differences
