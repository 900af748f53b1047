"""Requests of Problem Handling, read as TMF656 spells them and as people do."""

from typing import Any

import msgspec
import pytest

from streams.domain.alarm import Effect
from streams.domain.customer_report import RequesterTold
from streams.domain.handling_messages import HandlingAsked
from streams.domain.instant import MINUTE
from streams.domain.network import Network, Node, Product
from streams.domain.view import Emit
from streams.edge.feed import Raw
from streams.edge.names import Names
from streams.edge.requests import Admission
from tests.builders import MemoryView, a_world, at

PRODUCTS = (
    Product("prod-1", "svc-1", "cust-1", "", ("030 1234",), "Old Street 1"), Product("prod-1", "svc-2", "cust-1", "", ("030 1234",), "Old Street 1"),
    Product("p-11", "svc-2", "cust-2", "", (), "Mill Lane"), Product("p1-1", "svc-2", "cust-3", "", (), "Mill Lane"))
NODES = {name: Node(name, "vpn", domain, "", True) for name, domain in (("svc-1", "north"), ("svc-2", "south"))}
NETWORK = Network("v", NODES, {}, {}, {s: tuple(p for p in PRODUCTS if p.service == s) for s in NODES})


def admitted(told: Any, arrived: int = 0) -> list[Emit]:
    admission = Admission(NETWORK, Names(NODES, {}), ())
    raw = Raw("problem-handling-requests", 0, 7, arrived, None, msgspec.json.encode(told))
    return admission.admit(MemoryView({}), raw, at("10:00"), a_world(NETWORK))


def asked(**told: Any) -> HandlingAsked:
    [emit] = admitted(told)
    assert (emit.topic, emit.key) == ("network-inbox", "network")
    return emit.value


TMF656 = {
    "externalIdentifier": [{"id": "ph-1", "owner": "crm"}], "description": "no connection", "reason": "Unknown", "category": "serviceProvider.declarer", "priority": 3,
    "relatedEntity": [{"role": "product", "entity": {"id": "prod-1", "@type": "EntityRef", "@referredType": "Product"}}], "@type": "ServiceProblem",
    "characteristic": [{"name": "impact", "value": "degraded"}], "eventTime": "2026-01-01T10:05:00Z", "since": "2026-01-01T09:00:00Z"}


def test_a_service_problem_as_tmf656_creates_it():
    one = asked(**TMF656)

    assert (one.action, one.request, one.external, one.owner, one.product, one.effect) == ("report", "ph-1", "ph-1", "crm", "prod-1", Effect.DEGRADED)
    assert one.services == (("svc-1", "north"), ("svc-2", "south"))
    assert (one.at, one.since, one.text) == (at("10:05"), at("09:00"), "no connection")


def test_the_same_in_the_event_of_a_notification():
    event = {"eventType": "ServiceProblemCreateEvent", "eventId": "e-1", "eventTime": "2026-01-01T10:05:00Z", "event": {"serviceProblem": TMF656}}
    one = asked(**event)

    assert (one.external, one.request, one.product) == ("ph-1", "e-1", "prod-1")


@pytest.mark.parametrize("named", [
    {"product": "prod-1"}, {"number": "0301234"}, {"number": "030-1234"}, {"product": {"id": "prod-1"}}, {"affectedLocation": [{"place": {"name": "Old Street 1"}}]},
    {"affectedService": [{"id": "prod-1"}]}, {"relatedEntity": [{"role": "number", "name": "030 1234"}]}])
def test_customers_name_a_product_a_number_or_a_place(named: dict[str, Any]):
    assert asked(description="dead", **named).product == "prod-1"


@pytest.mark.parametrize(("named", "doubt"), [
    ({"number": "4711"}, "Nothing known is called '4711'."), ({"place": "Mill Lane"}, "2 products are used at 'Mill Lane'."), ({}, ""), ({"product": "P11"}, "'P11' may mean several products.")])
def test_what_means_nothing_known_is_not_refused_but_asked_for(named: dict[str, Any], doubt: str):
    one = asked(description="dead", **named)

    assert (one.product, one.services, one.doubt) == ("", (), doubt)


def test_a_name_to_the_letter_wins_over_one_that_is_alike():
    assert asked(product="p-11").product == "p-11" and asked(product="p1-1").product == "p1-1"


def test_a_service_may_be_named_itself():
    one = asked(affectedService=[{"id": "svc-2"}])

    assert (one.product, one.services) == ("", (("svc-2", "south"),))


@pytest.mark.parametrize(("told", "action"), [
    ({"id": "x-1.0", "status": "pending"}, "hold"), ({"id": "x-1.0", "status": "inProgress"}, "resume"), ({"id": "x-1.0", "status": "cancelled"}, "cancel"),
    ({"id": "x-1.0", "status": "closed"}, "confirm"), ({"id": "x-1.0", "action": "still-down"}, "still-down"), ({"externalIdentifier": [{"id": "e"}], "action": "test"}, "test"),
    ({"id": "x-1.0", "description": "more"}, "report"), ({"status": "acknowledged", "product": "prod-1"}, "report")])
def test_what_is_asked_of_a_report(told: dict[str, Any], action: str):
    one = asked(**told)

    assert (one.action, one.report) == (action, told.get("id", ""))
    assert action == "report" or one.request == "problem-handling-requests/0/7"


@pytest.mark.parametrize(("told", "field"), [({"action": "confirm"}, "id"), ({"id": "x-1.0", "action": "repair"}, "action"), ({"id": "x", "status": "acknowledged"}, "action"), ([], "value")])
def test_what_cannot_be_read_is_a_dead_letter_and_answered(told: Any, field: str):
    letter, answer = admitted(told)

    assert letter.topic == "dead-letters" and (answer.topic, answer.key) == ("progress", "problem-handling-requests/0/7")
    assert isinstance(answer.value, RequesterTold) and answer.value.kind == "refused" and answer.value.why.startswith(f"{field}: ")


def test_no_request_is_of_a_later_time_than_it_came():
    [emit] = admitted({**TMF656, "eventTime": "2026-01-01T12:00:00Z"}, arrived=at("10:00") + MINUTE)

    assert emit.value.at == at("10:01")
