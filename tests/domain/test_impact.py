"""The calculus of what stands on what (streams/domain/impact.py)."""

import msgspec
import pytest

from streams.domain.alarm import Effect
from streams.domain.impact import (
    adjacent,
    cone,
    downstream_services,
    failed,
    hurt_by,
    spread,
)
from streams.domain.network import Dependency, Network
from tests.builders import a_network

NONE, AT_RISK, DEGRADED, DOWN = Effect.NONE, Effect.AT_RISK, Effect.DEGRADED, Effect.DOWN


def test_what_depends_on_all_of_its_parts_is_down_with_one_of_them() -> None:
    network = a_network(("svc", ["a", "b"]), services=["svc"])

    assert DOWN == failed(network, {"a": DOWN}, "svc")


@pytest.mark.parametrize(("held", "expected"), [({"p1": DOWN}, AT_RISK), ({"p1": DOWN, "p2": DOWN}, DOWN), ({"p1": DEGRADED}, AT_RISK),
                                                ({"p1": DEGRADED, "p2": DEGRADED}, DEGRADED), ({"p1": DEGRADED, "p2": DOWN}, DEGRADED),
                                                ({"p1": AT_RISK}, NONE), ({"p1": AT_RISK, "p2": AT_RISK}, AT_RISK), ({"p1": AT_RISK, "p2": DOWN}, AT_RISK), ({}, NONE)])
def test_a_protected_service_works_while_one_path_works(held: dict[str, Effect], expected: Effect) -> None:
    network = a_network(("svc", ["p1", "p2"], 1), services=["svc"])

    assert expected == failed(network, held, "svc")


@pytest.mark.parametrize(("down", "expected"), [(1, AT_RISK), (2, DEGRADED), (3, DOWN)])
def test_below_its_declared_number_it_is_degraded_before_it_is_down(down: int, expected: Effect) -> None:
    network = a_network(("svc", ["a", "b", "c", "d"], 2), services=["svc"])
    network = msgspec.structs.replace(network, depends={"svc": (Dependency("svc", ("a", "b", "c", "d"), 2, 3),)})

    assert expected == failed(network, dict.fromkeys("abcd"[:down], DOWN), "svc")


def test_an_effect_is_handed_down_a_chain_undiminished() -> None:
    network = a_network(("svc", "access"), ("access", "agg"), ("agg", ["core-1", "core-2"], 1), services=["svc"])

    assert [DOWN, DEGRADED, AT_RISK] == [failed(network, {"agg": DOWN}, "svc"), failed(network, {"access": DEGRADED}, "svc"), failed(network, {"core-1": DOWN}, "svc")]


def test_a_services_own_word_beats_what_is_inferred_and_reaches_what_stands_on_it() -> None:
    network = a_network(("svc", "a"), ("shop", "svc"), services=["svc", "shop"])

    assert NONE == failed(network, {"a": DOWN, "svc": NONE}, "shop")
    assert DEGRADED == failed(network, {"a": DOWN, "svc": DEGRADED}, "svc")


def test_a_resources_own_alarm_does_not_hide_that_its_power_is_gone() -> None:
    network = a_network(("line", "card"), ("card", "power"))

    assert DOWN == failed(network, {"power": DOWN, "card": AT_RISK}, "line")


def test_a_cycle_makes_nothing_fail_by_itself_and_hands_a_fault_once_around() -> None:
    network = a_network(("a", "b"), ("b", "c"), ("c", "a"), ("svc", "a"), services=["svc"])

    assert NONE == failed(network, {}, "svc")
    assert {"a": DOWN, "b": DOWN, "c": DOWN, "svc": DOWN} == spread(network, {"b": DOWN})


def test_neighbours_over_a_link_declared_both_ways_do_not_bring_each_other_down() -> None:
    network = a_network(("r1", "r2"), ("r2", "r1"), ("svc", "r1"), services=["svc"])

    assert (("r2",), ("r1",)) == (adjacent(network, "r1"), adjacent(network, "r2"))
    assert NONE == failed(network, {"r2": DOWN}, "svc")
    assert DOWN == failed(network, {"r1": DOWN}, "svc")
    assert ["svc", "r1"] == list(cone(network, "svc"))


def test_one_object_held_or_many_give_the_same_services_worst_first() -> None:
    network = a_network(("s1", ["p", "q"], 1), ("s2", "p"), ("s3", "q"), services=["s1", "s2", "s3"])

    assert (("s2", DOWN), ("s1", AT_RISK)) == hurt_by(network, {"p": DOWN})
    assert (("s1", DOWN), ("s2", DOWN), ("s3", DOWN)) == hurt_by(network, {"p": DOWN, "q": DOWN})


def test_where_no_service_is_declared_what_others_depend_on_counts_as_one() -> None:
    network = a_network(("leaf", "card"), ("card", "power"))

    assert (("card", DOWN), ("power", DOWN)) == hurt_by(network, {"power": DOWN})


def test_services_downstream_are_found_whatever_their_redundancy() -> None:
    network = a_network(("s2", ["p", "q"], 1), ("s1", "p"), ("s3", "q"), services=["s1", "s2", "s3"])

    assert ("s1", "s2") == downstream_services(network, ["p"])


def test_what_nobody_declared_holds_nothing() -> None:
    network: Network = a_network(("svc", "a"), services=["svc"])

    assert () == hurt_by(network, {"stranger": DOWN})
    assert DOWN == failed(network, {"stranger": DOWN}, "stranger")


def test_asking_for_one_node_agrees_with_asking_for_all() -> None:
    network = a_network(("s", ["a", "b"], 1), ("a", "c"), ("b", ["c", "d"], 1), ("t", "b"), ("c", "d"), ("u", "t"), services=["s", "t", "u"])
    for held in ({"d": DOWN}, {"a": DEGRADED, "c": DOWN}, {"b": AT_RISK}, {"d": DEGRADED, "t": AT_RISK}):
        everything = spread(network, held)

        assert {n: everything.get(n, NONE) for n in network.nodes} == {n: failed(network, held, n) for n in network.nodes}


def test_one_service_of_a_site_is_judged_without_a_look_at_its_thousands() -> None:
    class Looked(tuple[str, ...]):
        times = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            Looked.times += 1
            return super().__iter__()

    wide = a_network(*((f"svc-{n:04}", "site") for n in range(5_000)), services=[f"svc-{n:04}" for n in range(5_000)])
    network = msgspec.structs.replace(wide, carries={"site": Looked(wide.carries["site"])})

    assert (DOWN, DEGRADED) == (failed(network, {"site": DOWN}, "svc-4999"), failed(network, {"site": DEGRADED}, "svc-0000"))
    assert not Looked.times
