"""Stages whose state is of different moments are told again what they differ in; once they have read it they agree, and the outside is told nothing twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.app import Embedded
from streams.domain.view import World
from streams.edge.story import read_story
from streams.edge.topology_file import Topology, from_text
from streams.engine.embedded_peek import EmbeddedPeek
from streams.engine.partition import partition_of
from streams.engine.store import RocksStore, place
from streams.flow_topics import partitions
from streams.state.consistency import look
from streams.state.mend import TABLES, Again, mended
from streams.state.rows import held
from streams.stored import Stored
from tests.state.running import left_by, stories

STORY = "five-alarms"
Lost = Callable[[str, str], bool]
"""(inbox, table) -> whether its rows were not mirrored yet."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    left_by(STORY, tmp_path)
    return tmp_path


def topology() -> Topology:
    return from_text(read_story(stories()[STORY]).topology)


def told_again(folder: Path) -> list[Again]:
    network = topology()
    return list(mended(held(Stored(EmbeddedPeek(folder)), TABLES), World(network.network, network.policy)))


def lose(folder: Path, lost: Lost) -> None:
    """Take rows away, as if the mirror had not come to them."""
    store = RocksStore(folder / "embedded")
    for inbox in ("alarm-events", "problem-changes", "problem-inbox", "service-effects", "network-inbox"):
        for partition in range(4):
            gone = [key for key, _ in store.scan(inbox, partition) if lost(inbox, key.partition(b"\0")[0].decode())]
            store.write([(place(inbox, partition) + key, None) for key in gone])
    store.close()


def take_in(folder: Path, told: list[Again]) -> list[tuple[str, bytes]]:
    """Have the processor read what is told again; return what it told outside."""
    network, out = topology(), list[tuple[str, bytes]]()

    async def run() -> None:
        embedded = Embedded(network, "event", folder / "embedded", lambda output, partition: out.append((output[0], output[1] or b"")))
        await embedded.start()
        for again in told:
            partition = partition_of(again.route, partitions(network)(again.inbox))
            embedded.log.append(again.inbox, [(partition, again.key.encode(), msgspec.msgpack.encode(again.message), ())])
            await embedded.settle()
        embedded.mark(max(part.clock for part in embedded.processor.engine.parts.values()) + 1)
        await embedded.settle()
        await embedded.stop()

    asyncio.run(run())
    return out


def test_nothing_is_told_again_where_the_stages_agree(folder: Path) -> None:
    assert told_again(folder) == []


@pytest.mark.parametrize(("lost", "inboxes"), [
    (lambda inbox, table: inbox == "problem-changes" and table != "!", {"problem-changes"}),
    (lambda inbox, table: inbox == "problem-inbox" and table in ("problems", "holdings", "reports"), {"service-effects", "network-inbox"}),
    (lambda inbox, table: table == "watched-services", {"service-effects"}),
    (lambda inbox, table: table == "overseen-problems", {"network-inbox"}),
])  # fmt: skip
def test_who_lost_something_is_told_it_again(folder: Path, lost: Lost, inboxes: set[str]) -> None:
    lose(folder, lost)

    assert {again.inbox for again in told_again(folder)} >= inboxes


def test_stages_that_were_told_again_agree(folder: Path) -> None:
    before = {p["id"]: p["status"] for p in problems(folder)}
    lose(folder, lambda inbox, table: (inbox == "problem-changes" and table != "!") or table in ("watched-services", "overseen-problems"))
    assert look(Stored(EmbeddedPeek(folder))).differences

    take_in(folder, told_again(folder))

    assert told_again(folder) == []
    assert look(Stored(EmbeddedPeek(folder))).differences == []
    assert {p["id"]: p["status"] for p in problems(folder)} == before


def test_a_problem_that_no_alarm_stands_behind_is_told_to_be_clear(folder: Path) -> None:
    lose(folder, lambda inbox, table: (inbox == "alarm-events" and table in ("groups", "alarm-records", "alarm-lives", "alarmed", "anchors")) or (inbox == "problem-changes" and table != "!"))

    take_in(folder, told_again(folder))

    rows = held(Stored(EmbeddedPeek(folder)), TABLES)
    assert [row.active for _, row in rows["problems"].values()] == [0]
    assert all(not row.holdings for _, row in rows["watched-services"].values())
    assert told_again(folder) == []


def problems(folder: Path) -> list[dict[str, Any]]:
    from streams.state.tell import open_problems

    return open_problems(Stored(EmbeddedPeek(folder)))
