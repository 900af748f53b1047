"""What a sender of alarms is told, and that nothing is accepted by halves."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestClient, TestServer

from streams.edge.feed import Feed
from streams.edge.gateway.body import RECORD_LIMIT
from streams.edge.gateway.offer import CannotAccept, Offer
from streams.edge.gateway.server import Gateway

ALARM = {
    "id": "1", "alarmType": "communicationsAlarm", "perceivedSeverity": "major", "probableCause": "lossOfSignal",
    "alarmedObject": {"id": "olt-7"}, "alarmRaisedTime": "2026-01-01T10:00:00Z", "state": "raised",
}  # fmt: skip
VES = {"event": {
    "commonEventHeader": {
        "domain": "fault", "eventId": "f1", "eventName": "Fault_x", "lastEpochMicrosec": 1767261600000000, "priority": "High", "reportingEntityName": "r",
        "sequence": 0, "sourceName": "gnb-1", "startEpochMicrosec": 1767261600000000, "version": "4.1", "vesEventListenerVersion": "7.2.1"},
    "faultFields": {
        "alarmCondition": "lossOfSignal", "eventSeverity": "MAJOR", "eventSourceType": "other", "faultFieldsVersion": "4.0",
        "specificProblem": "x", "vfStatus": "Active"}}}  # fmt: skip
Post = Callable[..., Awaitable[ClientResponse]]


class Taken:
    """An `accept` that remembers, or refuses."""

    def __init__(self) -> None:
        self.offers: list[Offer] = []
        self.busy = ""

    async def __call__(self, offer: Offer) -> None:
        if self.busy:
            raise CannotAccept(self.busy)
        self.offers.append(offer)

    @property
    def records(self) -> list[bytes]:
        return [record for offer in self.offers for record in offer.records]


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
async def client(taken: Taken) -> AsyncIterator[TestClient[Any, Any]]:
    gateway = Gateway([Feed("raw-alarms")], taken, lambda topic, told: f"record-of-{told.object}", health=lambda: {"feeds": ["raw-alarms"]})
    async with TestClient(TestServer(gateway.app())) as client:
        yield client


async def test_one_alarm_is_accepted_on_one_line(client: TestClient[Any, Any], taken: Taken) -> None:
    answer = await client.post("/alarms", data=json.dumps(ALARM, indent=2), headers={"Content-Type": "application/json"})

    assert (answer.status, await answer.json()) == (202, {"accepted": 1})
    assert [json.loads(record) for record in taken.records] == [ALARM]
    assert b"\n" not in taken.records[0]


async def test_a_list_becomes_one_record_each(client: TestClient[Any, Any], taken: Taken) -> None:
    answer = await client.post("/tmf-api/alarmManagement/v4/alarm", json=[ALARM, ALARM | {"id": "2"}])

    assert (answer.status, [alarm["id"] for alarm in await answer.json()]) == (201, ["1", "2"])
    assert [json.loads(record)["id"] for record in taken.records] == ["1", "2"]


async def test_ndjson_is_taken_line_by_line(client: TestClient[Any, Any], taken: Taken) -> None:
    body = f"{json.dumps(ALARM)}\n\n{json.dumps(VES)}\n"
    answer = await client.post("/alarms", data=body, headers={"Content-Type": "application/x-ndjson"})

    assert (answer.status, len(taken.records)) == (202, 2)


async def test_ves_is_taken_on_its_own_path(client: TestClient[Any, Any], taken: Taken) -> None:
    answer = await client.post("/eventListener/v7", json=VES)

    assert (answer.status, len(taken.records)) == (202, 1)


async def test_one_unreadable_record_refuses_the_whole_body_and_is_named(client: TestClient[Any, Any], taken: Taken) -> None:
    nameless = {key: value for key, value in ALARM.items() if key != "alarmedObject"}
    answer = await client.post("/alarms", json=[ALARM, nameless])
    told = await answer.json()

    assert (answer.status, taken.records) == (400, [])
    assert (told["refused"][0]["record"], told["refused"][0]["field"]) == (2, "alarmedObject")
    assert told["refused"][0]["remedy"] in told["message"]


@pytest.mark.parametrize(("body", "content_type", "status", "reason"), [
    ('{"id": ', "application/json", 400, "not-json"),
    (b"\xff\xfe", "application/json", 400, "not-json"),
    ("[" * 100_000, "application/json", 400, "not-json"),
    (json.dumps(ALARM) + "\n" + json.dumps(ALARM), "application/json", 400, "not-json"),
    ("", "application/json", 400, "empty"),
    ("[]", "application/json", 400, "empty"),
    ("null", "application/json", 400, "unreadable"),
    ("[[]]", "application/json", 400, "unreadable"),
    ("\n\n", "application/x-ndjson", 400, "empty"),
    ("{}\nnonsense", "application/x-ndjson", 400, "unreadable"),
    ("<alarm/>", "text/html", 415, "content-type"),
    (json.dumps(ALARM | {"alarmDetails": "x" * RECORD_LIMIT}), "application/json", 413, "record-too-large"),
    ("x" * (11 << 20), "application/json", 413, "body-too-large"),
])  # fmt: skip
async def test_a_body_that_cannot_be_taken_is_told_why(
    client: TestClient[Any, Any], taken: Taken, body: str | bytes, content_type: str, status: int, reason: str
) -> None:
    answer = await client.post("/alarms", data=body, headers={"Content-Type": content_type})
    told = await answer.json()

    assert (answer.status, told["reason"], taken.records) == (status, reason, [])
    assert told["message"].strip()


async def test_ndjson_said_to_be_json_is_told_the_remedy(client: TestClient[Any, Any]) -> None:
    answer = await client.post("/alarms", data=json.dumps(ALARM) + "\n" + json.dumps(ALARM), headers={"Content-Type": "application/json"})

    assert "application/x-ndjson" in (await answer.json())["message"]


async def test_what_cannot_be_made_durable_is_not_accepted(client: TestClient[Any, Any], taken: Taken) -> None:
    taken.busy = "The processor is stopping; send it again."
    answer = await client.post("/alarms", json=ALARM)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


async def test_health_tells_what_the_processor_says(client: TestClient[Any, Any]) -> None:
    answer = await client.get("/health")

    assert await answer.json() == {"status": "up", "feeds": ["raw-alarms"]}


async def test_an_alarm_is_not_read_with_get(client: TestClient[Any, Any]) -> None:
    session: ClientSession = client.session
    answer = await session.get(client.make_url("/alarms"))

    assert answer.status == 405
