"""The Kafka log by itself: what it refuses, restores, throws away, tells and fences."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from streams.engine import topics
from streams.engine.kafka import Fatal, KafkaLog, Refused
from streams.engine.record import Batch, Closing, Mark
from streams.engine.store import RocksStore, place
from tests.broker.tape import committed

PARTITIONS = 2
PLACES = {("numbers", partition) for partition in range(PARTITIONS)} | {("plain", partition) for partition in range(PARTITIONS)}


class Listener:
    """A host that only listens."""

    def __init__(self) -> None:
        self.positions: dict[tuple[str, int], int] = {}
        self.ended: set[tuple[str, int]] = set()
        self.values: list[bytes | None] = []
        self.headers: list[tuple[tuple[str, bytes], ...]] = []
        self.revoked: list[tuple[str, int]] = []
        self.failures: list[BaseException] = []

    def assigned(self, topic: str, partition: int, generation: int, position: int) -> None:
        self.positions[topic, partition] = position

    async def revoke(self, partitions: list[tuple[str, int]]) -> None:
        self.revoked += partitions

    def deliver(self, batch: Batch) -> None:
        self.ended.discard((batch.topic, batch.partition))
        self.values += [record.value for record in batch.records]
        self.headers += [record.headers for record in batch.records]

    def caught_up(self, topic: str, partition: int, generation: int) -> None:
        self.ended.add((topic, partition))

    def fail(self, error: BaseException) -> None:
        self.failures.append(error)


class Site:
    """Topics of one test, and logs over them."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.config = {"bootstrap.servers": bootstrap, "session.timeout.ms": 6000}
        self.bootstrap, self.folder = bootstrap, folder
        self.prefix = f"k{uuid.uuid4().hex[:8]}-"
        self.store = RocksStore(folder / "state")

    def wanted(self) -> list[topics.Wanted]:
        plain = [topics.log(self.prefix + name, PARTITIONS) for name in ("numbers", "plain", "out")]
        return [*plain, topics.changelog(self.prefix + "numbers-state", PARTITIONS), topics.marks(self.prefix + "marks")]

    def log(self, instance: str = "one") -> KafkaLog:
        return KafkaLog(self.config, self.prefix + "g", instance, self.store, self.prefix, changelog=lambda inbox: f"{inbox}-state")

    def feed(self, topic: str, values: list[bytes], partition: int = 0) -> None:
        producer = Producer({"bootstrap.servers": self.bootstrap})
        for value in values:
            producer.produce(self.prefix + topic, value, b"key", partition, headers=[("spm-mark", b"now")])
        producer.flush(10)

    @asynccontextmanager
    async def open(self, instance: str = "one") -> Any:
        log, listener = self.log(instance), Listener()
        await log.open(listener, {"numbers": True, "plain": False})
        await until(lambda: set(listener.positions) == PLACES)
        try:
            yield log, listener
        finally:
            await log.close()


async def until(holds: Callable[[], bool], patience: float = 20) -> None:
    """Wait for it to hold."""
    for _ in range(int(patience / 0.01)):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never held")


def play(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 60))  # type: ignore[arg-type]


@pytest.fixture
def site(kafka: str, tmp_path: Path) -> Site:
    site = Site(kafka, tmp_path)
    topics.apply(site.config, site.wanted())
    return site


def test_topics_are_created_once_and_told_when_they_differ(site: Site) -> None:
    assert {finding.verdict for finding in topics.apply(site.config, site.wanted())} == {topics.Verdict.OK}

    out = site.prefix + "out"
    fewer = topics.apply(site.config, [msgspec.structs.replace(topics.log(out, PARTITIONS + 1), stream="out")])[0]
    assert fewer.verdict is topics.Verdict.DIFFERS
    assert "`streams: {out: {partitions: " in fewer.mend[0]

    other = topics.apply(site.config, [topics.compacted(out, PARTITIONS)])[0]
    assert "--add-config cleanup.policy=compact" in other.mend[0]

    safer = topics.apply(site.config, [topics.replicated(topics.log(out, PARTITIONS, 3), 2, 1)])
    assert {out} == {finding.topic for finding in safer} - {"__consumer_offsets", "__transaction_state"}
    assert "1 copy instead of 2; retention.ms is 604800000 instead of 259200000" == safer[0].detail
    assert "the cluster has 1 of the 2 brokers that takes: add some, or ask for fewer copies (SPM_REPLICATION)" == safer[0].mend[0]
    assert topics.Verdict.OK is topics.apply(site.config, [topics.replicated(topics.log(out, PARTITIONS), 1, 1)])[0].verdict


def test_a_missing_topic_is_refused_with_the_command_that_mends_it(kafka: str, tmp_path: Path) -> None:
    bare = Site(kafka, tmp_path)

    with pytest.raises(Refused, match="spm topics apply"):
        asyncio.run(bare.log().open(Listener(), {"numbers": True}))


def test_a_changelog_with_another_number_of_partitions_is_refused(kafka: str, tmp_path: Path) -> None:
    site = Site(kafka, tmp_path)
    wrong = [each if "state" not in each.name else topics.changelog(each.name, PARTITIONS + 1) for each in site.wanted()]
    topics.apply(site.config, wanted=wrong)

    with pytest.raises(Refused, match="must have 2"):
        asyncio.run(site.log().open(Listener(), {"numbers": True}))


def test_records_come_with_headers_and_after_them_the_end(site: Site) -> None:
    async def story() -> None:
        async with site.open() as (log, listener):
            site.feed("plain", [b"1", b"2"])
            await until(lambda: listener.values == [b"1", b"2"] and ("plain", 0) in listener.ended)

            assert listener.headers[0] == (("spm-mark", b"now"),)
            await until(lambda: log.lag() and not any(log.lag().values()))
            await until(lambda: log.held_records("plain") == {0})
            assert log.partitions("out") == PARTITIONS

    play(story)


def test_a_paused_partition_keeps_its_records_until_it_is_resumed(site: Site) -> None:
    async def story() -> None:
        async with site.open() as (log, listener):
            log.pause("plain", 0)
            await asyncio.sleep(0.1)
            site.feed("plain", [b"%d" % number for number in range(3000)])
            site.feed("plain", [b"other"], partition=1)
            await until(lambda: listener.values == [b"other"])
            log.resume("plain", 0)
            await until(lambda: len(listener.values) == 3001)

            assert listener.values[1:] == [b"%d" % number for number in range(3000)]

    play(story)


def test_committed_state_comes_back_with_the_folder_and_without(site: Site) -> None:
    state = {b"kept": b"1", b"gone": b"2"}

    async def story() -> None:
        async with site.open() as (log, _):
            position = {("numbers", 1): 0}
            await asyncio.to_thread(log.commit, Closing([], {("numbers", 1): dict(state)}, position))
            await asyncio.to_thread(log.commit, Closing([], {("numbers", 1): {b"gone": None}}, position))
        assert dict(site.store.scan("numbers", 1)) == {b"kept": b"1"}

        site.store.write([(place("numbers", 1) + b"local", b"only here")])
        async with site.open():
            assert dict(site.store.scan("numbers", 1)) == {b"kept": b"1", b"local": b"only here"}  # The folder was trusted: nothing was read again.

        site.store.close()
        site.store = RocksStore(site.folder / "another")
        async with site.open():
            assert dict(site.store.scan("numbers", 1)) == {b"kept": b"1"}

    play(story)


def test_a_folder_whose_changelog_was_made_anew_is_thrown_away(site: Site) -> None:
    async def story() -> None:
        async with site.open() as (log, _):
            await asyncio.to_thread(log.commit, Closing([], {("numbers", 0): {b"old": b"1"}}, {("numbers", 0): 0}))
        admin, name = AdminClient({"bootstrap.servers": site.bootstrap}), site.prefix + "numbers-state"
        admin.delete_topics([name])[name].result()
        await asyncio.sleep(1)
        admin.create_topics([NewTopic(name, PARTITIONS, -1, config={"cleanup.policy": "compact"})])[name].result()
        async with site.open():
            assert dict(site.store.scan("numbers", 0)) == {}

    play(story)


def test_outputs_state_and_positions_land_together(site: Site) -> None:
    async def story() -> None:
        site.feed("numbers", [b"1", b"2", b"3"])
        async with site.open() as (log, listener):
            await until(lambda: len(listener.values) == 3)
            outputs = [("out", b"key", b"7", -1, [("at", b"0")]), ("out", b"key", b"8", -1, [])]
            await asyncio.to_thread(log.commit, Closing(outputs, {("numbers", 0): {b"n": b"3"}}, {("numbers", 0): 2}))
            assert committed(site.bootstrap, site.prefix + "out", 2, 10) == {b"key": [7, 8]}
        async with site.open() as (log, listener):
            assert listener.positions["numbers", 0] == 2
            await until(lambda: listener.values == [b"3"])

    play(story)


def test_a_commit_under_an_older_generation_of_the_group_is_refused_and_leaves_nothing(site: Site) -> None:
    async def story() -> None:
        async with site.open("one") as (log, _):
            old = log._reader.metadata
        async with site.open("two") as (log, _):
            log._reader.metadata = old  # What a worker holds that slept while the group went on.
            with pytest.raises(Fatal, match="refused"):
                await asyncio.to_thread(log.commit, Closing([("out", b"key", b"9", 0, [])], {}, {("numbers", 0): 0}))

            assert committed(site.bootstrap, site.prefix + "out", 1, 3) == {}

    play(story)


def test_a_second_start_under_the_same_name_ends_the_first(site: Site) -> None:
    async def story() -> None:
        async with site.open() as (first, _):
            async with site.open() as (second, _):
                with pytest.raises(Fatal):
                    await asyncio.to_thread(first.commit, Closing([("out", b"key", b"1", 0, [])], {}, {("numbers", 0): 0}))
                await asyncio.to_thread(second.commit, Closing([("out", b"key", b"2", 0, [])], {}, {("numbers", 0): 0}))

            assert committed(site.bootstrap, site.prefix + "out", 1, 5) == {b"key": [2]}

    play(story)


def test_a_record_too_large_names_itself(site: Site) -> None:
    async def story() -> None:
        async with site.open() as (log, _):
            with pytest.raises(Fatal, match=r"out, key b'big', 1100003 bytes"):
                await asyncio.to_thread(log.commit, Closing([("out", b"big", b"x" * 1_100_000, 0, [])], {}, {("numbers", 0): 0}))

    play(story)


def test_marks_reach_every_worker_also_those_that_come_later(site: Site) -> None:
    async def story() -> None:
        async with site.open() as (log, _):
            log.tell([Mark("numbers", 0, 5, False, False, 1)])
            log.tell([Mark("numbers", 0, 6, True, False, 2)])
            await until(lambda: log.told().get(("numbers", 0)) == Mark("numbers", 0, 6, True, False, 2))
        async with site.open() as (later, _):
            assert later.told()["numbers", 0].reached == 6

    play(story)
