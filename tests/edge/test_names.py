"""What a feed calls an object: id, alias, rewrite rule, nearest declared ancestor; the rest stays in the feed's home."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.network import Node
from streams.edge.feed import Feed, Naming
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
    ("A.B.c/d", "a.b", "dots", True, "A.B.c/d"),
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


# --- other spellings ---

DECLARED = ("olt-7", "r1", "r1/GigabitEthernet0/0/1", "r1/GigabitEthernet0/0/2", "r1:xe-0/1/0", "port-9", "r2", "SubNetwork=1", "SubNetwork=1,ManagedElement=7",
            "twin", "Twin", "core.ber.example.net", "CN=Alpha\\, East,OU=ber,DC=net", "CN=b+SN=9,OU=ber,DC=net", "r2/Gi1/1", "r2/ge-1/1", "mux")
OTHERS = {"10.7.0.1": "olt-7", "2001:db8::7": "r1", "r1:ifIndex=17": "port-9", "10.7.0.9/30": "r1", "fe80::1": "mux", "ran:10.7.0.1": "mux", "127.0.0.1": "mux"}
NAMES = Names({id: Node(id, domain="d") for id in DECLARED}, OTHERS)
PLAIN = Feed("plain", home="home")
DECLARING = Feed("declaring", home="home", names=Naming(suffixes=("ber.example.net",), parts=("MeContext",)))


@pytest.mark.parametrize(("reported", "obj", "is_exact"), [
    # letter case and gaps
    ("OLT-7", "olt-7", True), (" olt-7 ", "olt-7", True), ("Olt-7/3", "olt-7", False),
    # addresses: any spelling, port, prefix length; a slot is a part
    ("10.7.0.1:161", "olt-7", True), ("10.7.0.1:3", "olt-7", False), ("10.7.0.1/24", "olt-7", False), ("10.7.0.1/3/2", "olt-7", False),
    ("::ffff:10.7.0.1", "olt-7", True), ("2001:DB8:0::7", "r1", True), ("[2001:db8:0:0:0:0:0:7]:161", "r1", True), ("[2001:db8::7]", "r1", True), ("10.7.0.9", "r1", True),
    # interfaces of a declared device
    ("r1:Gi0/0/1", "r1/GigabitEthernet0/0/1", True), ("r1 Gi0/0/1", "r1/GigabitEthernet0/0/1", True), ("r1/ge-0/0/2", "r1/GigabitEthernet0/0/2", True),
    ("R1, GigabitEthernet 0/0/2", "r1/GigabitEthernet0/0/2", True), ("r1/TenGigE0/1/0", "r1:xe-0/1/0", True), ("10.7.0.9 Gi0/0/2", "r1/GigabitEthernet0/0/2", True),
    ("r1:Gi0/0/2.100", "r1/GigabitEthernet0/0/2", False), ("r1/Gi0/0/2/sfp", "r1/GigabitEthernet0/0/2", False), ("r1:Gi0/0/3", "r1", False),
    ("r1:IF-MIB::ifIndex.17", "port-9", True), ("r1 ifIndex=17", "port-9", True), ("r1:ifDescr.17=GigabitEthernet0/0/1", "r1/GigabitEthernet0/0/1", True),
    ("r2:GigabitEthernet1/1", "r2", False),                  # two that read alike are declared: the device is certain
    # distinguished names
    ("SubNetwork=1, ManagedElement=7", "SubNetwork=1,ManagedElement=7", True), ("subnetwork=1,managedelement=7", "SubNetwork=1,ManagedElement=7", True),
    ("Slot=2,ManagedElement=7,SubNetwork=1", "SubNetwork=1,ManagedElement=7", False), ("SubNetwork=1,ManagedElement=7,A=1+B=2", "SubNetwork=1,ManagedElement=7", False),
    ("cn=alpha\\2C east; ou=ber; dc=net", "CN=Alpha\\, East,OU=ber,DC=net", True), ('DC=net,OU=ber,CN="Alpha, East",Port=1', "CN=Alpha\\, East,OU=ber,DC=net", False),
    ("SN=9 + CN=b,OU=ber,DC=net", "CN=b+SN=9,OU=ber,DC=net", True), ("/DC=net/OU=ber/CN=Alpha, East", "CN=Alpha\\, East,OU=ber,DC=net", True)])
def test_another_spelling_is_the_same_object(reported: str, obj: str, is_exact: bool) -> None:
    assert NAMES.resolve(PLAIN, reported) == Resolution(obj, "d", True, obj if is_exact else reported)


@pytest.mark.parametrize("reported", [
    "TWIN", "TWIN/3",                                        # two declared names differ in case alone
    "olt-7.muc.example.net", "olt-7.ber.example.net", "olt-7.fan",   # a domain that nobody declared may hold another olt-7
    "10.7.0.99", "10.7.0", "fe80::1%eth0", "FE80:0::1", "0.0.0.0",
    "SubNetwork=1,Other=3", "OU=ber,DC=net", "ManagedElement=7", "core", "SubNetwork=9,MeContext=olt-7",
    "olt-70", "olt", "r1x:Gi0/0/1", "=", "a=", ":", " ", "[", "[]:1", "1:2:3"])
def test_what_may_be_another_object_stays_unresolved(reported: str) -> None:
    assert NAMES.resolve(PLAIN, reported) == Resolution(reported, "home", False, reported)


@pytest.mark.parametrize(("reported", "obj", "is_exact"), [
    ("olt-7.ber.example.net", "olt-7", True), ("OLT-7.BER.example.net.", "olt-7", True), ("R1.ber.example.net:Gi0/0/2", "r1/GigabitEthernet0/0/2", True),
    ("core", "core.ber.example.net", True), ("SubNetwork=9,MeContext=olt-7", "olt-7", True), ("SubNetwork=9,mecontext=OLT-7,Port=3", "olt-7", False)])
def test_what_a_feed_declares_is_no_guess(reported: str, obj: str, is_exact: bool) -> None:
    assert NAMES.resolve(DECLARING, reported) == Resolution(obj, "d", True, obj if is_exact else reported)


def test_a_feed_may_declare_that_case_counts_and_what_separates() -> None:
    feed = Feed("strict", home="home", names=Naming(case="exact", separators="."))

    assert not NAMES.resolve(feed, "OLT-7").resolved and not NAMES.resolve(feed, "olt-7/1").resolved
    assert NAMES.resolve(feed, "olt-7.fan").object == "olt-7"


def test_an_address_of_a_namespace_goes_before_the_plain_one() -> None:
    assert NAMES.resolve(Feed("ran-feed", namespace="ran"), "10.7.0.1:161").object == "mux"
    assert NAMES.resolve(PLAIN, "10.7.0.1:161").object == "olt-7"


def test_a_rewrite_rule_leads_to_any_spelling() -> None:
    feed = Feed("rewriting", home="home", rewrite=((r"^NE-(\d+)@(.*)$", r"OLT-\1/\2"),))

    assert NAMES.resolve(feed, "NE-7@3") == Resolution("olt-7", "d", True, "NE-7@3")


@given(st.text(alphabet="olt-7r1/:., =[]%SubNetwork\\\"+é\0", max_size=40))
def test_whatever_a_feed_calls_an_object_has_an_answer(reported: str) -> None:
    for feed in (PLAIN, DECLARING):
        found = NAMES.resolve(feed, reported)
        assert found.object in NAMES.nodes if found.resolved else found == Resolution(reported, "home", False, reported)
