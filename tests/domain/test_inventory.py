"""The inventory over the network: one by one or all at once it is the same, and what differs is named."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.impact import declares_services
from streams.domain.inventory import PRODUCT, Changed, Entry, Inventory
from streams.domain.layered import LONG, layered
from streams.domain.network import Dependency, Network, Node, Product
from streams.domain.news import population
from streams.domain.support import counted
from streams.domain.touched import touched
from tests.builders import a_network

BASE = Inventory(a_network(("svc-1", "r1"), ("r1", "core"), ("svc-2", "core"), services=("svc-1", "svc-2"), products=[("prod-1", "svc-1", "cust")]))
IDS = ("svc-1", "svc-2", "svc-3", "r1", "r2", "core")


def a_service(id: str, *on: str, **but: Any) -> Entry:
    return Entry(id, Node(id, "vpn", but.get("domain", ""), "", True), but.get("aliases", ()), tuple(Dependency(id, (o,), 1, 1, "k") for o in on))


def a_resource(id: str, *on: str, site: str = "") -> Entry:
    return Entry(id, Node(id, "port", "", site), (), tuple(Dependency(id, (o,), 1, 1, "k") for o in on))


def a_product(id: str, service: str, customer: str = "cust") -> Entry:
    return Entry(PRODUCT + id, None, (), (), (Product(id, service, customer),))


def plain(network: Network) -> dict[str, Any]:
    return {name: dict(getattr(network, name)) for name in ("nodes", "depends", "carries", "products")}


def test_a_product_comes_moves_and_goes() -> None:
    bought, changed = BASE.changed([a_product("prod-9", "svc-2")], "v1")

    assert bought.network.products["svc-2"] == (Product("prod-9", "svc-2", "cust"),) and changed == Changed(services=frozenset({"svc-2"}))

    moved, changed = bought.changed([a_product("prod-9", "svc-1"), a_product("prod-1", "svc-2")], "v2")

    assert {s: [p.id for p in ps] for s, ps in dict(moved.network.products).items()} == {"svc-1": ["prod-9"], "svc-2": ["prod-1"]}

    gone, _ = moved.changed([Entry(PRODUCT + "prod-9"), Entry(PRODUCT + "prod-1")], "v3")
    assert dict(gone.network.products) == {}


def test_a_product_changes_neither_names_nor_structure_and_what_was_worked_out_stays() -> None:
    BASE.network.memo.setdefault("cone", {})["x"] = 1
    bought, _ = BASE.changed([a_product("prod-9", "svc-2")], "v1")

    assert (bought.network.version, bought.network.named, bought.network.built) == ("v1", "test", "test")
    assert bought.network.memo is BASE.network.memo


def test_a_dependency_removed_is_gone_from_both_ends() -> None:
    freed, changed = BASE.changed([a_service("svc-1", domain="dom")], "v1")

    assert "svc-1" not in freed.network.depends and "r1" not in freed.network.carries and "svc-1" in freed.network.nodes
    assert changed.nodes == {"svc-1"} and freed.network.built == "v1"


def test_an_object_that_topology_declares_can_be_taken_away_and_what_stood_on_it_stays() -> None:
    without, changed = BASE.changed([Entry("r1")], "v1")

    assert "r1" not in without.network.nodes and without.network.depends["svc-1"][0].on == ("r1",) and changed.named
    assert "core" in without.network.carries and without.network.carries["core"] == ("svc-2",)


def test_a_domain_is_that_of_the_site_else_of_what_it_stands_on_even_if_that_comes_later() -> None:
    service, _ = BASE.changed([a_service("svc-9", "r9")], "v1")
    assert service.network.nodes["svc-9"].domain == "component:svc-9"

    both, changed = service.changed([a_resource("r9", "core", site="west")], "v2")

    assert (both.network.nodes["r9"].domain, both.network.nodes["svc-9"].domain) == ("west", "west")
    assert {"r9", "svc-9"} <= changed.nodes and changed.named


def test_touched_are_the_supports_and_the_services_before_and_after() -> None:
    after, changed = BASE.changed([a_service("svc-1", "core", domain="dom")], "v1")
    found = touched(BASE.network, after.network, changed)

    assert found.objects == ("core", "r1", "svc-1") and found.services == ("svc-1",)


entries = st.one_of(
    st.builds(lambda id, on, site: a_resource(id, *on, site=site), st.sampled_from(IDS), st.sets(st.sampled_from(IDS), max_size=2).map(sorted), st.sampled_from(("", "east", "west"))),
    st.builds(lambda id, on, aliases: a_service(id, *on, aliases=aliases), st.sampled_from(IDS), st.sets(st.sampled_from(IDS), max_size=2).map(sorted), st.sampled_from(((), ("nick",)))),
    st.builds(a_product, st.sampled_from(("prod-1", "prod-2")), st.sampled_from(IDS)),
    st.builds(Entry, st.sampled_from((*IDS, PRODUCT + "prod-1"))))


@given(st.lists(entries, max_size=12))
def test_one_by_one_or_all_at_once_is_the_same(told: list[Entry]) -> None:
    step = BASE
    population(BASE.network), counted(BASE.network), declares_services(BASE.network)
    for n, entry in enumerate(told):
        step, _ = step.changed([entry], f"v{n}")
    whole, _ = BASE.changed(told, "v")

    counts = (population, counted, declares_services)
    assert [count(step.network) for count in counts] == [count(whole.network.afresh()) for count in counts]
    assert plain(step.network) == plain(whole.network) and dict(step.aliases) == dict(whole.aliases)
    for id, node in step.network.nodes.items():
        assert all(id in step.network.carries[o] for d in step.network.depends.get(id, ()) for o in d.on), node


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 9)), max_size=20))
def test_a_layered_mapping_is_the_mapping_with_its_changes(changes: list[tuple[str, int | None]]) -> None:
    plainly = {"a": 1, "c": 2}
    found: Any = dict(plainly)
    for key, value in changes:
        found = layered(found, {key: value})
        plainly.pop(key, None)
        if value is not None:
            plainly[key] = value

    assert dict(found) == plainly and len(found) == len(plainly) and all((key in found) == (key in plainly) for key in "abcdef")


def test_a_long_list_of_changes_becomes_a_new_base() -> None:
    found: Any = layered({"a": 1}, {f"k{n}": n for n in range(LONG + 1)})

    assert list(found) == sorted(found) and len(found) == LONG + 2 and found["k7"] == 7 and found.get("nothing") is None
