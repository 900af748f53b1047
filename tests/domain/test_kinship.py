"""What explains a problem and reaches beyond its domain."""

from typing import Any

import msgspec

from streams.domain import kinship
from streams.domain.alarm import Effect
from streams.domain.network import Network
from tests.builders import a_network
from tests.domain.problems import a_cause


def domains(network: Network, **of: str) -> Network:
    nodes = {name: msgspec.structs.replace(node, domain=of.get(name.split("-")[0], node.domain)) for name, node in network.nodes.items()}
    return msgspec.structs.replace(network, nodes=nodes)


NET = domains(
    a_network(("north-r", "cable"), ("south-r", "cable"), ("cable", "core"), *((f"north-{n}", "north-r") for n in range(9)), ("north-p", ["north-r", "north-q"], 1), ("north-s", "north-r")),
    north="north", south="south", cable="backbone", core="backbone")


def told(*objects: str, causes: tuple[Any, ...] = (), network: Network = NET, at_risk: str = "") -> list[tuple[str, float]]:
    return [(c.object, c.share) for c in kinship.claims(network, "north", causes, objects, {at_risk: Effect.AT_RISK})]


def test_what_most_alarmed_objects_stand_on_beyond_their_domain_nearest_first() -> None:
    assert told("north-1", "north-2", "north-r") == [("cable", 1.0), ("core", 1.0)]


def test_what_serves_the_own_domain_alone_is_no_claim() -> None:
    assert not kinship.is_shared(NET, "north", "north-r")
    assert kinship.is_shared(NET, "north", "cable") and kinship.is_shared(NET, "backbone", "core") and kinship.is_shared(NET, "north", "south-r")


def test_a_network_of_one_domain_has_no_claims() -> None:
    one = a_network(("a-1", "b-1"))

    assert kinship.claims(one, "dom", (), ("a-1",), {}) == ()
    assert not kinship.is_shared(one, "dom", "b-1")


def test_what_is_protected_against_it_is_not_explained() -> None:
    assert told("north-p") == []
    assert told("north-p", "north-1", "north-2", "north-3", "north-4") == [("cable", 0.8), ("core", 0.8)]
    assert told("north-p", "north-1", "north-2", "north-3") == []


def test_what_is_at_risk_is_explained_by_what_takes_its_redundancy_away() -> None:
    assert told("north-p", at_risk="north-p") == [("cable", 1.0), ("core", 1.0)]
    assert told("north-p", "north-1", causes=(a_cause("north-p"),), at_risk="north-p") == [("cable", 1.0), ("core", 1.0)]
    assert kinship.weak(("north-p", "north-1"), {"north-p": Effect.AT_RISK, "north-1": Effect.DOWN}) == ("north-p",)


def test_all_that_breaks_should_alarm_and_a_fifth_of_what_is_put_at_risk() -> None:
    net = domains(a_network(*((f"north-{n}", ["feed", "other"], 1) for n in range(10)), ("south-1", "feed"), ("south-2", "south-1")), north="north", south="south")

    assert kinship.expected(net, "feed", frozenset({"south"}), frozenset()) == {"south": 2.0}
    assert kinship.expected(net, "feed", frozenset({"south"}), frozenset({"north"})) == {"south": 2.0, "north": 2.0}
    assert kinship.expected(net, "feed", frozenset({"north"}), frozenset()) == {}


def test_a_named_candidate_needs_to_explain_only_half() -> None:
    assert told("north-p", "north-1", causes=(a_cause("cable", cause=""),)) == [("cable", 0.5)]


def test_a_located_cause_that_alarmed_itself_must_be_explained_a_silent_one_is_a_guess() -> None:
    assert told("north-1", causes=(a_cause("north-q"),)) == []
    assert told("north-1", causes=(a_cause("north-q", cause=""),)) == [("cable", 1.0), ("core", 1.0)]
    assert told("north-1", causes=(a_cause("north-r"),)) == [("cable", 1.0), ("core", 1.0)]


def test_neighbours_over_a_link_declared_both_ways_may_be_the_cause() -> None:
    net = domains(a_network(("north-r", "south-r"), ("south-r", "north-r")), north="north", south="south")

    assert told("north-r", network=net) == [("north-r", 1.0), ("south-r", 1.0)]


def test_of_many_alarmed_objects_some_are_looked_at_and_the_types_are_told() -> None:
    many = tuple(f"north-{n}" for n in range(9)) * 100

    assert told(*many) == [("cable", 1.0), ("core", 1.0)]
    assert kinship.kinds(NET, (*many, "nobody")) == ("north",)


def before(*objects: str, causes: tuple[Any, ...] = (), **held: Effect) -> list[str]:
    """Claims that stay of those that the first two objects made."""
    first = kinship.claims(NET, "north", (), ("north-1", "north-2"), {})
    named = {name.replace("_", "-"): effect for name, effect in held.items()}
    return [c.object for c in kinship.claims(NET, "north", causes, objects, named, first)]


def test_what_was_claimed_stays_while_it_explains_half_whatever_else_alarms_by_now() -> None:
    assert before("north-1", "north-2", "north-q", "north-x") == ["cable", "core"]
    assert before("north-1", "north-2", "north-q", "north-x", "north-y") == []
    assert told("north-1", "north-2", "north-q", "north-x") == []


def test_what_was_claimed_goes_once_the_problem_is_located_at_what_is_down_for_reasons_of_its_own() -> None:
    own = (a_cause("north-q"),)

    assert before("north-1", "north-2", "north-q", causes=own, north_q=Effect.DOWN) == []
    assert before("north-1", "north-2", "north-q", causes=own, north_q=Effect.DEGRADED) == ["cable", "core"]
