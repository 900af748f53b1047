"""What ended in the inventory is forgotten after a while, where the network is the same without it; whoever reads the log later comes to the same."""

import random
from functools import partial
from typing import Any

import msgspec
import pytest

from streams.app import Embedded
from streams.domain import oversee
from streams.domain.instant import DAY
from streams.domain.inventory import PRODUCT, Entry
from streams.domain.level import ENDED, LEVEL
from streams.domain.network import Dependency, Node, Product
from streams.domain.network_change import CHANGES, InventoryTold, NetworkChange, TopologyAsked
from streams.domain.policy import OverseePolicy
from streams.domain.view import Emit
from streams.edge.topology_file import from_text
from streams.engine.record import Record
from streams.worlds import Era, Worlds
from tests.builders import MemoryView, at

FIRST = from_text("network: {resources: [{id: olt}, {id: declared}]}\nservices: [{id: line}]\nproducts: [{id: bought, service: line, customer: c, sla: ''}]")
THEN = from_text("network: {resources: [{id: olt}, {id: declared}, {id: sold-0}, {id: sold-1}]}")
REMEMBERED = OverseePolicy().remember_ended
START = at("10:00")


class Site:
    """Stage 6, its log `network-changes`, and the worker that has heard all of it."""

    def __init__(self, level: int = LEVEL) -> None:
        self.view = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
        self.log: list[tuple[str, NetworkChange | None]] = []
        self.worlds = worker()
        self.now = START
        self.tell(TopologyAsked(FIRST.version, "", self.now, level=level))

    @property
    def era(self) -> Era:
        era = self.worlds.at(self.worlds._last)
        assert era is not None
        return era

    def tell(self, message: Any) -> None:
        self._note(self.view.run(oversee.step, oversee.come_due, msgspec.structs.replace(message, clock=self.now), self.era))

    def told(self, *entries: Entry) -> None:
        self.now += 1
        self.tell(InventoryTold(entries, self.now))

    def wait(self, span: int) -> None:
        self.now += span
        self._note(self.view.run(oversee.step, oversee.come_due, oversee.Tick(self.now), self.era))

    def _note(self, out: list[Emit]) -> None:
        for emit in out:
            if emit.topic == CHANGES:
                self.log.append((emit.key, emit.value))
                hear(self.worlds, len(self.log), *self.log[-1])

    @property
    def tombstones(self) -> list[str]:
        return [key for key, value in self.log if value is None]

    def late(self) -> Worlds:
        """A worker that reads the log when it has been compacted."""
        worlds, newest = worker(), {key: n for n, (key, _) in enumerate(self.log)}
        for n, (key, value) in enumerate(self.log):
            if newest[key] == n and value is not None:
                hear(worlds, n, key, value)
        return worlds


    def whole(self) -> Worlds:
        """A worker that hears of everything, and never that something is forgotten."""
        worlds = worker()
        for n, (key, value) in enumerate(self.log):
            if value is not None:
                hear(worlds, n, key, value)
        return worlds


def worker() -> Worlds:
    worlds: Worlds = Embedded(FIRST, "event").processor.worlds
    worlds.take(THEN)
    return worlds


def hear(worlds: Worlds, n: int, key: str, value: NetworkChange | None) -> None:
    worlds.hear(Record(n, 0, key.encode(), msgspec.msgpack.encode(value) if value is not None else None))


def network(worlds: Worlds) -> tuple[Any, ...]:
    """What the network in force consists of."""
    era = worlds.at(worlds._last)
    assert era is not None
    made = era.network
    return era.number, made.version, *(sorted(dict(part).items(), key=lambda item: item[0]) for part in (made.nodes, made.depends, made.carries, made.products, era.inventory.aliases))


def lives(id: str, on: str = "olt") -> Entry:
    return Entry(id, Node(id, type="access", is_service=True), (f"alias-of-{id}",), (Dependency(id, (on,), 1, 1, "hosted_on"),))


def bought(id: str, service: str) -> Entry:
    return Entry(PRODUCT + id, products=(Product(id, service, "c", ""),))


def test_a_thing_that_ended_is_forgotten_after_its_time() -> None:
    site = Site()
    site.told(lives("sold-0"))
    site.told(Entry("sold-0"))
    site.told(lives("other"))

    site.wait(REMEMBERED - DAY)
    assert site.tombstones == []

    site.wait(2 * DAY)
    assert site.tombstones == ["entry/sold-0", "entry/product:sold-0", "gone/sold-0"]
    assert not site.view.ended_things.get("sold-0")
    assert len(site.worlds._changes) == 2, "the topology, and what lives"
    assert network(site.late()) == network(site.worlds)


@pytest.mark.parametrize(("why", "told"), [
    ("it lives again", [[lives("sold-0")], [Entry("sold-0")], [lives("sold-0", "declared")], [lives("other")]]),
    ("topology.yaml declares it", [[Entry("declared")], [lives("other")]]),
    ("topology.yaml declares a product of this name", [[Entry(PRODUCT + "bought")], [lives("other")]]),
    ("its product lives", [[bought("sold-0", "line")], [lives("sold-0")], [Entry("sold-0")], [lives("other")]]),
    ("an array tells of it", [[lives("sold-0"), lives("sold-1")], [Entry("sold-0")], [lives("other")]]),
    ("partitions stand at its number", [[lives("sold-0")], [Entry("sold-0")]]),
])
def test_what_the_network_would_be_another_without_is_kept(why: str, told: list[list[Entry]]) -> None:
    site = Site()
    for entries in told:
        site.told(*entries)
    site.wait(REMEMBERED + DAY)

    assert site.tombstones == [], why
    assert network(site.late()) == network(site.worlds)


def test_what_ended_is_kept_while_a_predecessor_may_be_about_that_cannot_read_that_a_record_is_gone() -> None:
    site = Site(level=ENDED - 1)
    site.told(lives("sold-0"))
    site.told(Entry("sold-0"))
    site.told(lives("other"))
    site.wait(2 * REMEMBERED)
    assert not site.tombstones

    site.tell(TopologyAsked("", "eva", site.now, level=LEVEL))
    site.wait(2 * REMEMBERED)
    assert site.tombstones


def test_what_is_kept_is_looked_at_the_more_seldom_the_longer_so_that_a_leap_of_time_costs_little() -> None:
    """A new group reads the inventory before it knows any time; the first tick then comes from decades later."""
    site, looks = Site(), []
    site.view.clock, site.now = 0, 0
    site.tell(InventoryTold((Entry("declared"),), 0))

    def counted(*told: Any) -> list[Emit]:
        looks.append(told[2])
        return list(oversee.come_due(*told))

    site.view.run(oversee.step, counted, oversee.Tick(START), site.era)
    assert 5 < len(looks) < 20
    assert site.view.ended_things.get("declared") is not None


def test_a_network_has_the_same_name_for_whoever_never_heard_of_what_ended_before_it() -> None:
    site = Site()
    site.told(Entry("sold-4"))
    site.tell(TopologyAsked(THEN.version, "", site.now))
    before = network(site.worlds)
    site.wait(2 * REMEMBERED)

    assert site.tombstones
    assert before == network(site.worlds) == network(site.late())


def test_a_topology_that_declares_it_later_is_believed_by_all() -> None:
    site = Site()
    for entries in ([lives("sold-0")], [Entry("sold-0")], [lives("sold-1")], [Entry("sold-1")], [lives("other")]):
        site.told(*entries)
        site.wait(DAY)
    site.wait(REMEMBERED - 3 * DAY)     # The first is forgotten, the second is not yet.
    site.tell(TopologyAsked(THEN.version, "", site.now))

    assert "entry/sold-0" in site.tombstones and "entry/sold-1" not in site.tombstones
    assert "sold-0" in site.era.network.nodes and "sold-1" not in site.era.network.nodes
    assert network(site.late()) == network(site.worlds)


@pytest.mark.parametrize("seed", range(20))
def test_whoever_reads_the_log_later_has_the_same_network(seed: int) -> None:
    """Nor is it another than without forgetting, where no later topology.yaml declares what was forgotten (even seeds)."""
    dice, site = random.Random(seed), Site()
    ids = [*(f"sold-{n}" for n in range(5)), "declared", "line", "bought"]
    topologies = (FIRST, THEN) if seed % 2 else (FIRST,)
    said = [lives, Entry, lambda id: bought(id, "line"), lambda id: Entry(PRODUCT + id), partial(lives, on="sold-0")]
    for step in range(80):
        turn = dice.random()
        if turn < 0.05:
            site.tell(TopologyAsked(dice.choice(topologies).version, "", site.now))
        elif turn < 0.3:
            site.wait(dice.randrange(1, 2 * REMEMBERED))
        elif turn < 0.4:
            site.told(Entry(id := dice.choice(ids)), Entry(PRODUCT + id))
        else:
            site.told(*(dice.choice(said)(id) for id in dice.sample(ids, 2 if turn > 0.98 else 1)))
        if step % 10 == 9:
            assert network(site.late()) == network(site.worlds)
            assert seed % 2 or network(site.worlds) == network(site.whole())
    assert site.tombstones
