"""The level in force: asked for, kept when topology.yaml changes, refused where it is not known, and told to who is too old."""

from typing import Any

import msgspec
import pytest

from streams.domain import oversee
from streams.domain.level import FIRST, LEVEL
from streams.domain.messages import TopologyAsked
from streams.domain.network_change import NetworkChange
from streams.domain.network_desk import NetworkNumber, change
from streams.domain.view import World
from streams.edge.dead_letter import DeadLetter
from streams.edge.feed import Feed, Raw
from streams.edge.names import Names
from streams.edge.requests import Admission
from streams.edge.topology_file import from_text
from streams.edge.topology_versions import Versions
from streams.engine.record import Record
from streams.worlds import Worlds
from tests.domain.flowing import a_view

TOPOLOGY = from_text("network: {resources: [{id: a}]}")
WORLD = World(TOPOLOGY.network, TOPOLOGY.policy)


class Desk:
    def __init__(self) -> None:
        self.view = a_view(oversee)

    def ask(self, version: str = "", level: int = 0) -> list[NetworkChange]:
        out = change(self.view, TopologyAsked(version, "eva", 7, "r1", level=level), 7, WORLD)
        return [each.value for each in out if isinstance(each.value, NetworkChange)]


def test_a_level_takes_effect_with_the_version_in_force_and_stays_with_the_next() -> None:
    desk = Desk()

    assert [(1, "v1", FIRST)] == [(one.number, one.version, one.level) for one in desk.ask("v1")]
    assert [(2, "v1", 2)] == [(one.number, one.version, one.level) for one in desk.ask(level=2)]
    assert [] == desk.ask(level=2) == desk.ask(level=1) == desk.ask("v1")
    assert [(3, "v2", 2)] == [(one.number, one.version, one.level) for one in desk.ask("v2")]
    assert NetworkNumber(3, "v2", 2) == desk.view.network_numbers.get("network")


def test_what_was_written_before_levels_is_read_and_what_is_written_now_is_read_by_then() -> None:
    class ChangeThen(msgspec.Struct, array_like=True, frozen=True):
        number: int
        at: int
        version: str = ""
        entries: tuple[Any, ...] = ()
        user: str = ""

    now, then = NetworkChange(1, 7, "v1", (), "eva", 2), ChangeThen(1, 7, "v1", (), "eva")

    assert then == msgspec.msgpack.decode(msgspec.msgpack.encode(now), type=ChangeThen)
    assert 0 == msgspec.msgpack.decode(msgspec.msgpack.encode(then), type=NetworkChange).level


@pytest.mark.parametrize(("level", "taken"), [(LEVEL, True), (FIRST, True), (LEVEL + 1, False), (0, False), ("2", False), (True, False)])
def test_only_a_level_that_the_worker_knows_is_taken(level: Any, taken: bool) -> None:
    told = Raw("topology", 0, 3, 7, None, msgspec.json.encode({"level": level, "unanswered": True}))
    out = Admission(TOPOLOGY.network, Names({}, {}), [Feed("raw")]).admit(None, told, 7, WORLD)  # type: ignore[arg-type]

    assert [TopologyAsked if taken else DeadLetter] == [type(each.value) for each in out]


def test_a_worker_hears_that_it_is_too_old() -> None:
    said: list[str] = []

    class Make:
        def whole(self, number: int, topology: Any, inventory: Any) -> Any:
            return None

    worlds = Worlds(TOPOLOGY, Versions(), Make())  # type: ignore[arg-type]
    worlds.on_newer = said.append
    worlds.hear(Record(0, 0, b"topology", msgspec.msgpack.encode(NetworkChange(1, 7, "v", (), "", LEVEL))))
    assert (LEVEL, []) == (worlds.level, said)
    worlds.hear(Record(1, 0, b"topology", msgspec.msgpack.encode(NetworkChange(2, 7, "v", (), "", LEVEL + 1))))
    assert 1 == len(said) and f"reads up to {LEVEL}" in said[0]
