"""What the topic `inventory` holds becomes entries, or is refused with field and remedy."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.domain.inventory import PRODUCT, Entry
from streams.domain.network import Dependency, Node, Product
from streams.edge.feed import Raw
from streams.edge.formats.told import Refused
from streams.edge.inventory import read_inventory

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples" / "inventory-record" / "v1"


def read(told: Any, key: bytes | None = None) -> tuple[Entry, ...]:
    value = None if told is None else told if isinstance(told, bytes) else json.dumps(told).encode()
    return read_inventory(Raw("inventory", 0, 0, 0, key, value))[0]


def example(name: str) -> tuple[Entry, ...]:
    return read((EXAMPLES / f"{name}.json").read_bytes())


def test_a_protected_service_needs_one_of_its_paths() -> None:
    assert example("protected-service") == (
        Entry("svc-vpn-17", Node("svc-vpn-17", "vpn", "berlin", "", True), (), (Dependency("svc-vpn-17", ("path-a", "path-b"), 1, 1, "connected"),)),)


def test_a_product_is_bought_on_its_service() -> None:
    assert example("product-bought") == (Entry(PRODUCT + "prod-991", None, (), (), (Product("prod-991", "svc-vpn-17", "cust-12", "gold", ("030 123456",)),)),)


def test_an_array_is_one_change() -> None:
    ont, service = example("resource-and-service-at-once")

    assert ont == Entry("ont-88", Node("ont-88", "ont", "", "berlin-3"), ("10.7.0.88",), (Dependency("ont-88", ("olt-7",), 1, 1, "reliesOn"),))
    assert service.products == (Product("svc-internet-88:88421c3e", "svc-internet-88", "cust-88"),) and service.depends[0].on == ("ont-88",)


@pytest.mark.parametrize(("told", "key", "expected"), [
    (None, b"svc-1", (Entry("svc-1"), Entry(PRODUCT + "svc-1"))),
    ({"@type": "Service", "id": "svc-1", "state": "terminated"}, None, (Entry("svc-1"),)),
    ({"@type": "Product", "id": "p", "status": "cancelled"}, None, (Entry(PRODUCT + "p"),)),
    ({"eventType": "ResourceDeleteEvent", "event": {"resource": {"id": "r1"}}}, b"r1", (Entry("r1"),))])
def test_what_is_no_more_is_taken_away(told: Any, key: bytes | None, expected: tuple[Entry, ...]) -> None:
    assert read(told, key) == expected


def test_relations_that_say_nothing_of_standing_on_are_left_out() -> None:
    told = {"@type": "Resource", "id": "r1", "resourceRelationship": [{"relationshipType": "connectedTo", "resource": {"id": "r2"}}]}

    assert read(told)[0].depends == ()


@pytest.mark.parametrize(("told", "key", "field", "reason"), [
    (None, None, "key", "no-id"), ([], None, "value", "bad-size"), ("word", None, "value", "not-an-object"), ({"id": "x"}, None, "@type", "unknown-type"),
    ({"@type": "Service"}, None, "id", "no-id"), ({"@type": "Product", "id": "p"}, None, "realizingService", "no-service"),
    ({"@type": "Service", "id": "a"}, b"b", "key", "key-mismatch"), ([{"@type": "Service"}], None, "[0].id", "no-id"),
    ({"@type": "Service", "id": "a", "supportingResource": "r"}, None, "supportingresource", "not-a-list"),
    ({"@type": "Service", "id": "a", "supportingResource": [{}]}, None, "supportingresource", "no-id"),
    ({"@type": "Service", "id": "a", "resourceRelationship": [{"relationshipType": "k", "resource": {"id": "r"}, "resourceRelationshipCharacteristic": [{"name": "needs", "value": 2}]}]}, None, "needs", "bad-needs"),
    ({"eventType": "ServiceDeleteEvent", "event": {}}, None, "event", "no-record"), (b"{", None, "record", "not-json")])
def test_what_is_wrong_is_refused_with_its_field(told: Any, key: bytes | None, field: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(told, key)

    assert (refused.value.field, refused.value.reason) == (field, reason) and refused.value.remedy.endswith(".")
