"""Names that did not resolve: counted within bounds, and what would resolve them."""

import pytest

from streams.domain.network import Node
from streams.edge import unresolved
from streams.edge.feed import Feed
from streams.edge.feed_clock import FeedClock
from streams.edge.name_advice import Adviser, rewrite_of
from streams.edge.names import Names
from streams.edge.patterns import pattern
from streams.edge.unresolved import UnresolvedName
from tests.builders import at
from tests.edge.feeder import Feeder, an_input

NAMES = Names({id: Node(id) for id in ("olt-7", "olt-12", "core-1", "site-0042-cell-3")}, {"10.7.0.1": "olt-7"})
FEED = Feed("raw-alarms")


def test_unresolved_alarms_are_counted_by_name_and_by_feed() -> None:
    feeder = Feeder()
    for name, when in (("stranger", "10:00"), ("node-1", "10:01"), ("stranger", "10:02"), ("other/1", "10:03")):
        feeder.send(an_input(name, when))
    feeder.send([an_input("stranger", "09:59"), an_input("node-2", "10:04")])

    assert feeder.view.tables["unresolved-names"].rows == {"stranger": UnresolvedName(3, at("09:59"), at("10:02")), "other/1": UnresolvedName(1, at("10:03"), at("10:03"))}
    row: FeedClock = feeder.view.tables["feed-clock"].get("raw-alarms")
    assert (row.alarms, row.unresolved) == (6, 4)


def test_the_names_heard_least_often_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unresolved, "MOST", 20)
    feeder = Feeder()
    for n in range(300):
        feeder.send(an_input("often"))
        feeder.send(an_input(f"name {n}"))

    rows = feeder.view.tables["unresolved-names"].rows
    assert rows["often"].count == 300 and 10 < len(rows) <= 20


@pytest.mark.parametrize(("name", "rule", "candidate"), [
    ("core-1.ber.example.net", "names: {suffixes: [ber.example.net]}", "core-1"),
    ("core-1.ber.example.net/2/1", "names: {suffixes: [ber.example.net]}", "core-1"),
    ("SubNetwork=1,MeContext=core-1,Port=3", "names: {parts: [mecontext]}", "core-1"),
    ("core-1@slot2", "names: {separators: '/,: @'}", "core-1"),
    ("NE0007", r"rewrite: [{match: '^NE0*(\d+)$', to: 'olt-\1'}]", "olt-7"),
    ("cell3_site42", r"rewrite: [{match: '^cell0*(\d+)_site0*(\d+)$', to: 'site-00\2-cell-\1'}]", "site-0042-cell-3"),
    ("olt-x", "aliases: ['olt-x'] at olt-7, if it is that", "olt-7"),
    ("quite another thing", "", "")])
def test_a_rule_is_proposed_that_was_tried(name: str, rule: str, candidate: str) -> None:
    advice = Adviser(NAMES).advise(FEED, name, [name])

    assert advice.rule == rule and (advice.candidates or ("",))[0] == candidate


def test_a_rule_says_how_many_names_it_resolves() -> None:
    advice = Adviser(NAMES).advise(FEED, "NE7", ["NE7", "NE12", "NE99", "XX"])

    assert advice.resolves == 2


@pytest.mark.parametrize(("name", "id"), [("a", "b"), ("a1", "b2"), ("x1y1", "z1-11"), ("1", "a\\1"), ("n" * 50 + "1" * 50, "m1")])
def test_no_rule_is_made_up(name: str, id: str) -> None:
    written = rewrite_of(name, id)

    assert written is None or pattern(written[0]).sub(written[1], name) == id
