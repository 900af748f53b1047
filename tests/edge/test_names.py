"""What a feed calls an object: id, alias, rewrite rule, nearest declared ancestor; the rest stays in the feed's home."""

import pytest

from streams.domain.network import Node
from streams.edge.feed import Feed
from streams.edge.names import Names, Resolution

NODES = {n: Node(n, domain=d) for n, d in {
    "olt-7": "berlin", "olt-7/1": "berlin", "a.b": "dots", "ManagedElement=7": "dn", "ManagedElement=7,Slot=2": "dn", "ran:cell": "ran", "cell": "other"}.items()}
ALIASES = {"10.7.0.1": "olt-7", "OLT7.BER": "olt-7", "ran:main": "ran:cell", "main": "cell", "gone": "not-declared"}
FEED = Feed("alarms", home="home", rewrite=((r"^NE(\d+)$", r"olt-\1"), (r"^NE(\d+):(.*)$", r"olt-\1/\2")))


@pytest.mark.parametrize(("reported", "obj", "domain", "resolved", "identity"), [
    ("olt-7", "olt-7", "berlin", True, "olt-7"),
    ("10.7.0.1", "olt-7", "berlin", True, "olt-7"),
    ("OLT7.BER", "olt-7", "berlin", True, "olt-7"),
    ("NE7", "olt-7", "berlin", True, "olt-7"),
    ("NE7:9/3", "olt-7", "berlin", True, "NE7:9/3"),
    ("olt-7/1/4/2", "olt-7/1", "berlin", True, "olt-7/1/4/2"),
    ("olt-7/3", "olt-7", "berlin", True, "olt-7/3"),
    ("ManagedElement=7,Slot=2,Port=1", "ManagedElement=7,Slot=2", "dn", True, "ManagedElement=7,Slot=2,Port=1"),
    ("a.b.c/d", "a.b", "dots", True, "a.b.c/d"),
    ("olt-70", "olt-70", "home", False, "olt-70"),
    ("olt-70/1", "olt-70/1", "home", False, "olt-70/1"),
    ("gone", "gone", "home", False, "gone"),
    ("///", "///", "home", False, "///"),
    ("a/" * 5000, "a/" * 5000, "home", False, "a/" * 5000)])
def test_a_reported_name_resolves_in_order(reported: str, obj: str, domain: str, resolved: bool, identity: str) -> None:
    names = Names(NODES, ALIASES)

    for _ in range(2):  # the second answer is remembered
        assert names.resolve(FEED, reported) == Resolution(obj, domain, resolved, identity)


def test_two_feeds_use_one_name_for_two_things() -> None:
    names = Names(NODES, ALIASES)

    assert names.resolve(Feed("a", namespace="ran"), "cell").object == "ran:cell"
    assert names.resolve(Feed("a", namespace="ran"), "main").object == "ran:cell"
    assert names.resolve(Feed("b"), "cell").object == "cell"
    assert names.resolve(Feed("b"), "main").object == "cell"


def test_forgetting_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.edge.names.REMEMBERED", 2)
    names = Names(NODES, ALIASES)

    assert [names.resolve(FEED, f"olt-7/{n}").object for n in (9, 8, 7, 9)] == ["olt-7"] * 4
