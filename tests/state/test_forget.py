"""A customer who has gone is forgotten: his records get tombstones, others' present impacts stay, and it is answered once."""

import asyncio
from pathlib import Path

import pytest

from streams.app import Embedded
from streams.domain.level import FIRST
from streams.edge.topology_file import Topology, from_text
from streams.engine.embedded_peek import EmbeddedPeek
from streams.engine.fatal import Refused
from streams.state.forget import ask, found, need_gone
from streams.state.rows import newest
from streams.stored import Stored
from streams.topology_follower import asked
from tests.behaviour.test_probes import alarm

SERVICES = """
feeds: [{topic: raw, format: tmf642}]
network:
  resources: [{id: olt-1, site: berlin}]
  dependencies: [{from: svc-1, to: olt-1}]
services: [{id: svc-1}]
"""
BEFORE = from_text(SERVICES + "products: [{id: prod-1, service: svc-1, customer: anna}, {id: prod-2, service: svc-1, customer: anna}, {id: prod-3, service: svc-1, customer: bert}]")
AFTER = from_text(SERVICES + "products: [{id: prod-2, service: svc-1, customer: bert}, {id: prod-3, service: svc-1, customer: bert}]")


class Told:
    """A customer's service is down; then one product is gone and one another's. What is asked by `ask` is worked off."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        asyncio.run(self._run())
        self.stored = Stored(EmbeddedPeek(folder))

    async def _run(self) -> None:
        embedded = await self._open(BEFORE)
        await embedded.feed("raw", [alarm("2026-01-01T10:00:00Z")])
        await embedded.settle()
        embedded.apply(AFTER)
        await embedded.settle()
        await embedded.stop()

    async def _open(self, topology: Topology) -> Embedded:
        embedded = Embedded(topology, "event", self.folder / "embedded")
        await embedded.start()
        return embedded

    def worked_off(self) -> None:
        async def again() -> None:
            embedded = await self._open(AFTER)
            await embedded.take_asked(self.folder)
            await embedded.settle()
            await embedded.stop()

        asyncio.run(again())

    def answers(self) -> list[str]:
        return [record.value.decode() for _, record in self.stored.peek.read("progress", {}) if record.value and b"forget-products" in record.value]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def test_a_customer_who_has_gone_is_forgotten_and_others_are_told_again(told: Told) -> None:
    need_gone(told.stored, AFTER, "anna", "anna")
    assert ["prod-1", "prod-2"] == found(told.stored, "anna").products
    assert 1 == len(ask(told.stored, ["prod-1", "prod-2"], "eva"))
    told.worked_off()

    kept = newest(told.stored, "customer-impacts")
    assert {"prod-2", "prod-3"} == kept.keys()
    assert ("bert", "snapshot", "down") == tuple(kept["prod-2"][name] for name in ("customer", "kind", "impact"))
    records = [(record.key, record.value) for _, record in told.stored.peek.read("customer-impacts", {})]
    for key in (b"prod-1", b"prod-2"):
        of = [value for name, value in records if name == key]
        last = max(n for n, value in enumerate(of) if value is not None and b"anna" in value)
        assert None in of[last:]
    assert ["2 products forgotten on customer-impacts"] == [text[text.index("2 products"):].partition(".")[0] for text in told.answers()]
    assert not any("anna" in text for text in told.answers())


def test_one_who_still_has_products_is_not(told: Told) -> None:
    for topology, customer in ((BEFORE, "anna"), (AFTER, "bert")):
        with pytest.raises(Refused, match="still gives"):
            need_gone(told.stored, topology, customer, customer)
    with pytest.raises(Refused, match="is told as down"):
        need_gone(told.stored, from_text(SERVICES), "bert", "bert")


def test_asked_twice_it_is_done_twice_and_changes_nothing_more(told: Told) -> None:
    for _ in range(2):
        ask(told.stored, ["prod-1", "prod-2"], "eva")
        told.worked_off()

    assert {"prod-2", "prod-3"} == newest(told.stored, "customer-impacts").keys()
    assert 2 == len(told.answers())


def test_before_its_level_is_in_force_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Embedded, "apply", lambda self, topology: self.request("topology", asked(topology.version, unanswered=True, level=FIRST)))
    told = Told(tmp_path)
    ask(told.stored, ["prod-1"], "eva")
    told.worked_off()

    assert any("spm upgrade finish" in text for text in told.answers())
    assert "prod-1" in {key.decode() for key, value in ((record.key or b"", record.value) for _, record in told.stored.peek.read("customer-impacts", {})) if value is not None}

