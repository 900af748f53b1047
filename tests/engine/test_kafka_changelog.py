"""What is restored of changelogs that are read together: the last of each key, and how far each has been read."""

from pathlib import Path

import msgspec
import pytest
from confluent_kafka import KafkaError

from streams.engine.fatal import Fatal
from streams.engine.kafka_changelog import Missing, Reading
from streams.engine.kafka_memory import Memory
from streams.engine.store import RocksStore

LOG = "changelog"


class Told(msgspec.Struct):
    """A message as the client gives it."""

    at: int
    name: bytes = b""
    content: bytes | None = None
    wrong: KafkaError | None = None
    where: int = 0

    def topic(self) -> str:
        return LOG

    def partition(self) -> int:
        return self.where

    def offset(self) -> int:
        return self.at

    def key(self) -> bytes:
        return self.name

    def value(self) -> bytes | None:
        return self.content

    def error(self) -> KafkaError | None:
        return self.wrong


@pytest.fixture
def store(tmp_path: Path) -> RocksStore:
    return RocksStore(tmp_path)


def reading(store: RocksStore, *missing: tuple[int, int]) -> tuple[Reading, Memory]:
    memory = Memory(store, {"inbox": "its id"})
    return Reading([Missing("inbox", partition, LOG, begin, end) for partition, (begin, end) in enumerate(missing)], memory), memory


def test_of_each_key_the_last_value_is_kept(store: RocksStore) -> None:
    read, _ = reading(store, (0, 3))

    store.write(read.take([Told(0, b"a", b"1"), Told(1, b"b", b"1"), Told(2, b"a", b"2"), Told(3, b"b")]))

    assert dict(store.scan("inbox", 0)) == {b"a": b"2"}


def test_partitions_are_told_apart_and_each_says_how_far_it_is(store: RocksStore) -> None:
    read, memory = reading(store, (0, 2), (7, 9))

    store.write(read.take([Told(0, b"a", b"0"), Told(7, b"a", b"1", where=1), Told(1, b"b", b"0")]))

    assert [dict(store.scan("inbox", n)) for n in (0, 1)] == [{b"a": b"0", b"b": b"0"}, {b"a": b"1"}]
    assert [followed.offset for n in (0, 1) if (followed := memory.read("inbox", n))] == [2, 8]
    assert read.behind == {(LOG, 1)}


def test_a_changelog_that_ends_with_a_marker_has_been_read_when_its_end_is_told(store: RocksStore) -> None:
    read, memory = reading(store, (4, 6))

    store.write(read.take([Told(4, b"a", b"1")]))
    store.write(read.take([Told(6, wrong=KafkaError(KafkaError._PARTITION_EOF))]))

    assert not read.behind
    assert (followed := memory.read("inbox", 0)) and followed.offset == 6


def test_a_partition_that_lacks_nothing_is_noted_as_level(store: RocksStore) -> None:
    read, memory = reading(store, (5, 5))

    store.write(read.reached())

    assert not read.behind
    assert (followed := memory.read("inbox", 0)) and followed.offset == 5


def test_a_changelog_that_may_not_be_read_ends_the_worker(store: RocksStore) -> None:
    read, _ = reading(store, (0, 1))

    with pytest.raises(Fatal, match="cannot read the changelog"):
        read.take([Told(-1, wrong=KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED))])
