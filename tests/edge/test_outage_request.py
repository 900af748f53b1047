"""Announcements of planned work as people and change systems send them, copied to every partition, or refused with what is wrong."""

import json
from typing import Any

import msgspec
import pytest

from streams.domain.messages import OutageAnnounced
from streams.domain.network import Network, Node
from streams.domain.view import Emit
from streams.edge.feed import Feed, Raw
from streams.edge.names import Names
from streams.edge.requests import Admission
from tests.builders import MemoryView, a_network, a_world, at

PLAIN = a_network(("node-2", "node-1"), ("svc-1", "node-2"), services=["svc-1"])
NETWORK: Network = msgspec.structs.replace(PLAIN, nodes={**PLAIN.nodes, "node-1": Node("node-1", "node", "dom", "hill")})
FEEDS = [Feed("raw-alarms", home="home"), Feed("raw-core", home="home", namespace="core")]
WINDOW = {"id": "chg-1", "startsAt": "2026-01-01T10:00:00Z", "endsAt": "2026-01-01T12:00:00Z"}


def admit(value: Any, when: str = "09:00") -> list[Emit]:
    raw = Raw("planned-outages", 0, 5, 0, None, json.dumps(value).encode())
    names = Names(NETWORK.nodes, {"n1": "node-1", "core:n": "node-2"})
    return Admission(NETWORK, names, FEEDS, ("lane-a", "lane-b")).admit(MemoryView({}), raw, at(when), a_world(NETWORK))  # type: ignore[arg-type]


def announced(value: Any) -> OutageAnnounced:
    first, _ = admit(value)
    return first.value  # type: ignore[no-any-return]


def test_resources_services_sites_and_domains_are_mixed_in_one_announcement_that_every_partition_hears() -> None:
    out = admit(WINDOW | {"objects": ["n1", "stranger", "n"], "services": ["svc-1"], "sites": ["hill"], "domains": "dom", "unaffected": ["svc-1"]})

    assert [(e.topic, e.route, e.value.lane, e.value.lanes) for e in out] == [("alarm-events", "lane-a", 0, 2), ("alarm-events", "lane-b", 1, 2)]
    assert out[0].value == OutageAnnounced(
        "chg-1", "", ("node-1", "stranger", "node-2", "svc-1"), at("10:00"), at("12:00"), False, at("09:00"), sites=("hill",), domains=("dom",),
        unaffected=("svc-1",), lane=0, lanes=2, position="planned-outages/0/5")


def test_a_part_of_a_declared_object_stays_a_part() -> None:
    told = announced(WINDOW | {"objects": ["node-1/3", "n1"]})

    assert (told.objects, told.parts) == (("node-1",), (("node-1/3", "node-1"),))


CHANGE = {
    "id": "CRQ-77", "plannedStartTime": "2026-01-01T10:00:00Z", "plannedEndTime": "2026-01-01T12:00:00Z", "status": "planned",
    "targetEntity": [{"id": "node-2", "@referredType": "Resource"}], "impactEntity": [{"id": "svc-1", "@referredType": "Service"}], "location": {"id": "hill"}}


@pytest.mark.parametrize("value", [CHANGE, {"eventType": "ChangeRequestCreateEvent", "eventTime": "2026-01-01T09:00:00Z", "event": {"changeRequest": CHANGE}}])
def test_a_change_request_of_tmf655_is_one_alone_or_in_its_event(value: dict[str, Any]) -> None:
    told = announced(value)

    assert (told.id, told.objects, told.sites, told.starts_at, told.ends_at) == ("CRQ-77", ("node-2", "svc-1"), ("hill",), at("10:00"), at("12:00"))


def test_a_completed_change_ends_when_it_actually_ended() -> None:
    told = announced(CHANGE | {"status": "completed", "actualEndTime": "2026-01-01T11:05:00Z"})

    assert told.ends_at == at("11:05")
    assert announced(CHANGE | {"actualEndTime": "2026-01-01T11:05:00Z"}).ends_at == at("12:00")


@pytest.mark.parametrize("value", [
    {"id": "CRQ-77", "cancelled": True}, {"id": "CRQ-77", "status": "Cancelled"}, {"id": "CRQ-77", "status": "rejected"},
    {"eventType": "ChangeRequestDeleteEvent", "event": {"changeRequest": {"id": "CRQ-77"}}}])
def test_to_cancel_the_id_is_enough(value: dict[str, Any]) -> None:
    told = announced(value)

    assert (told.id, told.cancelled) == ("CRQ-77", True)


@pytest.mark.parametrize(("value", "field", "reason"), [
    ({"objects": ["x"]}, "id", "no-id"), (WINDOW, "objects", "no-object"), (WINDOW | {"objects": []}, "objects", "no-object"),
    (WINDOW | {"objects": ["x"], "endsAt": "2026-01-01T09:00:00Z"}, "endsAt", "no-time"), (WINDOW | {"objects": ["x"], "startsAt": "soon"}, "endsAt", "no-time"),
    (WINDOW | {"objects": ["x"], "endsAt": "2027-01-01T09:00:00Z"}, "endsAt", "too-long"),
    (WINDOW | {"objects": [f"x-{n}" for n in range(2_001)]}, "objects", "too-many"), (WINDOW | {"sites": ["moon"]}, "sites", "unknown-site"),
    (WINDOW | {"domains": ["moon"]}, "domains", "unknown-domain"), (WINDOW | {"services": ["node-1"]}, "services", "unknown-service"),
    (WINDOW | {"objects": ["node-1"], "unaffected": ["who"]}, "unaffected", "unknown-service")])
def test_what_cannot_be_taken_is_refused_by_field_with_the_remedy(value: dict[str, Any], field: str, reason: str) -> None:
    letter, answer = admit(value)

    assert (letter.topic, letter.value.field, letter.value.reason) == ("dead-letters", field, reason)
    assert (answer.topic, answer.value.done, answer.value.why) == ("progress", False, f"{field}: {letter.value.remedy}")
    assert answer.value.request == value.get("id", "planned-outages/0/5")


def test_work_that_has_been_over_for_an_hour_is_refused() -> None:
    letter, _ = admit(WINDOW | {"objects": ["node-1"]}, when="13:01")

    assert letter.value.reason == "over"
