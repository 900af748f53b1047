"""Each kind of sender is answered as its own kind of receiver would answer it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from streams.edge.feed import Feed
from streams.edge.gateway.body import BODY_LIMIT, RECORD_LIMIT
from streams.edge.gateway.server import Gateway
from tests.edge.test_gateway import ALARM, VES, Taken

SAMPLES = Path(__file__).parent / "samples"
FEEDS = [Feed("ems", "tmf642"), Feed("prometheus", "alertmanager"), Feed("ran", "ves"), Feed("zoo", "auto")]
VERSIONS = {"X-MinorVersion": "2", "X-PatchVersion": "1", "X-LatestVersion": "7.2.1"}
# As the VES Event Listener specification 7.2.1 prints it for publishAnyEvent.
SPECIFIED = {"event": {
    "commonEventHeader": {
        "version": "4.1", "vesEventListenerVersion": "7.2.1", "domain": "fault", "eventName": "Fault_Vscf:Acs-Ericcson_PilotNumberPoolExhaustion",
        "eventId": "fault0000245", "sequence": 1, "priority": "High", "reportingEntityId": "cc305d54-75b4-431b-adb2-eb6b9e541234",
        "reportingEntityName": "ibcx0001vm002oam001", "sourceId": "de305d54-75b4-431b-adb2-eb6b9e546014", "sourceName": "scfx0001vm002cap001",
        "nfVendorName": "Ericsson", "nfNamingCode": "scfx", "nfcNamingCode": "ssc", "startEpochMicrosec": 1413378172000000,
        "lastEpochMicrosec": 1413378172000000, "timeZoneOffset": "UTC-05:30"},
    "faultFields": {
        "faultFieldsVersion": 4.0, "alarmCondition": "PilotNumberPoolExhaustion", "eventSourceType": "other",
        "specificProblem": "Calls cannot complete - pilot numbers are unavailable", "eventSeverity": "CRITICAL", "vfStatus": "Active",
        "alarmAdditionalInformation": {"PilotNumberPoolSize": "1000"}}}}  # fmt: skip
Client = TestClient[Any, Any]


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
async def client(taken: Taken) -> AsyncIterator[Client]:
    async with TestClient(TestServer(Gateway(FEEDS, taken, lambda topic, told: f"record-of-{told.object}").app())) as client:
        yield client


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


# --- VES ---


async def test_the_specifications_request_is_answered_as_it_says(client: Client, taken: Taken) -> None:
    answer = await client.post("/eventListener/v7", json=SPECIFIED, headers={"X-MinorVersion": "1"})

    assert (202, b"") == (answer.status, await answer.read())
    assert answer.headers.items() >= VERSIONS.items()
    assert [("ran", [SPECIFIED])] == [(offer.topic, list(map(json.loads, offer.records))) for offer in taken.offers]


async def test_a_batch_is_answered_once(client: Client, taken: Taken) -> None:
    answer = await client.post("/eventListener/v7/eventBatch", json=sample("ves/ves7_batch_valid.json"))

    assert (202, b"", 1) == (answer.status, await answer.read(), len(taken.records))


@pytest.mark.parametrize(("path", "body", "kind", "code", "words"), [
    ("", {"event": {}}, "serviceException", "SVC0002", "member event"),
    ("", [SPECIFIED, SPECIFIED], "serviceException", "SVC0002", "member event"),
    ("", {"eventList": [SPECIFIED["event"]]}, "serviceException", "SVC0002", "member event"),
    ("/eventBatch", SPECIFIED, "serviceException", "SVC0002", "member eventList"),
    ("/eventBatch", sample("ves/ves7_batch_valid_two_different_domain.json"), "serviceException", "SVC0001", "domain"),
    ("", sample("ves/ves_stdnDefined_missing_namespace_invalid.json"), "serviceException", "SVC2006", "stndDefinedNamespace"),
    ("", {"event": SPECIFIED["event"] | {"faultFields": {}}}, "serviceException", "SVC0002", "alarmCondition"),
])  # fmt: skip
async def test_a_bad_ves_request_has_the_specifications_exception(client: Client, taken: Taken, path: str, body: Any, kind: str, code: str, words: str) -> None:
    answer = await client.post(f"/eventListener/v7{path}", json=body)
    told = (await answer.json())["requestError"][kind]

    assert (400, code, []) == (answer.status, told["messageId"], taken.offers)
    assert words in told["text"] + " ".join(told.get("variables", ()))
    assert all(f"%{n}" in told["text"] for n in range(1, 1 + len(told.get("variables", ()))))
    assert answer.headers.items() >= VERSIONS.items()


@pytest.mark.parametrize(("status", "body", "content_type", "kind", "code"), [
    (400, b'{"event": ', "application/json", "serviceException", "SVC0002"),
    (415, b"<event/>", "application/xml", "serviceException", "SVC0002"),
    (413, b"x" * (BODY_LIMIT + 1), "application/json", "policyException", "POL9003"),
])  # fmt: skip
async def test_what_no_ves_client_sends_is_answered_in_its_words_too(client: Client, status: int, body: bytes, content_type: str, kind: str, code: str) -> None:
    answer = await client.post("/eventListener/v7", data=body, headers={"Content-Type": content_type})

    assert (status, code) == (answer.status, (await answer.json())["requestError"][kind]["messageId"])


async def test_another_version_and_another_method_are_told_so(client: Client) -> None:
    other = await client.post("/eventListener/v5", json=SPECIFIED)
    got = await client.get("/eventListener/v7")

    assert (404, 405, "POST") == (other.status, got.status, got.headers["Allow"])
    assert "SVC2000" == (await other.json())["requestError"]["serviceException"]["messageId"]


async def test_a_full_house_is_no_server_resources(client: Client, taken: Taken) -> None:
    taken.busy = "later"
    answer = await client.post("/eventListener/v7", json=SPECIFIED)

    assert (503, "1") == (answer.status, answer.headers["Retry-After"])
    assert "SVC1000" == (await answer.json())["requestError"]["serviceException"]["messageId"]


async def test_a_batch_too_large_for_a_record_is_taken_apart(client: Client, taken: Taken) -> None:
    event = SPECIFIED["event"] | {"faultFields": SPECIFIED["event"]["faultFields"] | {"alarmAdditionalInformation": {"x": "x" * (RECORD_LIMIT // 2)}}}
    answer = await client.post("/eventListener/v7/eventBatch", json={"eventList": [event, event, event]})

    assert 202 == answer.status
    assert [1, 1, 1] == [len(json.loads(record)["eventList"]) for record in taken.records]


# --- TMF642 ---


async def test_a_created_alarm_is_told_with_its_id_and_place(client: Client) -> None:
    answer = await client.post("/tmf-api/alarmManagement/v4/alarm", json=ALARM)

    assert 201 == answer.status
    assert ALARM | {"href": "/tmf-api/alarmManagement/v4/alarm/1", "@type": "Alarm"} == await answer.json()
    assert "/tmf-api/alarmManagement/v4/alarm/1" == answer.headers["Location"]


async def test_an_alarm_without_an_id_gets_its_records(client: Client, taken: Taken) -> None:
    nameless = {key: value for key, value in ALARM.items() if key != "id"}
    answer = await client.post("/tmf-api/alarm/v4/alarm", json=nameless)

    assert (201, "record-of-olt-7") == (answer.status, (await answer.json())["id"])
    assert nameless == json.loads(taken.records[0])


@pytest.mark.parametrize("base", ["", "/tmf-api/alarmManagement/v4", "/tmf-api/alarm/v4"])
async def test_a_listener_is_notified(client: Client, taken: Taken, base: str) -> None:
    event = {"eventId": "e1", "eventTime": "2026-01-01T10:00:00Z", "eventType": "AlarmCreateEvent", "event": {"alarm": ALARM}}
    answer = await client.post(f"{base}/listener/alarmCreateEvent", json=event)
    told = await answer.json()

    assert (201, {"id", "callback"}) == (answer.status, set(told))
    assert ["ems"] == [offer.topic for offer in taken.offers]


async def test_a_refused_alarm_is_told_as_an_error_of_tmf630(client: Client) -> None:
    answer = await client.post("/tmf-api/alarmManagement/v4/alarm", json={"id": "1"})
    told = await answer.json()

    assert (400, "400", "unreadable", "400") == (answer.status, told["code"], told["reason"], told["status"])
    assert told["refused"][0]["field"]


# --- webhooks ---


@pytest.mark.parametrize("path", ["/alertmanager", "/grafana"])
async def test_a_webhook_is_answered_with_200(client: Client, taken: Taken, path: str) -> None:
    answer = await client.post(path, json=sample("alertmanager/prometheus_v4_alert.json"))

    assert (200, {"accepted": 1}) == (answer.status, await answer.json())
    assert ["prometheus"] == [offer.topic for offer in taken.offers]


# --- doubts ---


async def test_a_severity_nobody_knows_is_taken_and_doubted(client: Client) -> None:
    odd = ALARM | {"perceivedSeverity": "catastrophic"}
    plain = await (await client.post("/feeds/ems", json=[ALARM, odd])).json()
    created = await (await client.post("/tmf-api/alarmManagement/v4/alarm", json=odd)).json()

    assert (2, [2]) == (plain["accepted"], [each["record"] for each in plain["doubts"]])
    assert "catastrophic" in plain["doubts"][0]["doubt"] == created["doubts"][0]


async def test_an_id_cannot_break_the_answers_headers(client: Client) -> None:
    answer = await client.post("/tmf-api/alarmManagement/v4/alarm", json=ALARM | {"id": "a\r\nSet-Cookie: x/\u00e4"})

    assert (201, "/tmf-api/alarmManagement/v4/alarm/a%0D%0ASet-Cookie%3A%20x%2F%C3%A4") == (answer.status, answer.headers["Location"])


# --- requests ---


async def test_the_answer_says_the_requests_id_and_its_record_carries_it(client: Client, taken: Taken) -> None:
    answer = await client.post("/feeds/ems", json=ALARM, headers={"Idempotency-Key": "k-1"})
    [offer] = taken.offers

    assert answer.headers["X-Request-Id"] == offer.request
    assert offer.request.startswith("k-1~")
    assert [(("spm-request", offer.request.encode()),)] == list(offer.headers())


async def test_several_records_of_one_request_are_told_apart(client: Client, taken: Taken) -> None:
    await client.post("/feeds/ems", json=[ALARM, ALARM], headers={"Idempotency-Key": "k-1"})
    [offer] = taken.offers

    assert [f"{offer.request}/1".encode(), f"{offer.request}/2".encode()] == [headers[0][1] for headers in offer.headers()]


async def test_a_bare_alarm_is_not_recognised_when_it_comes_again(client: Client, taken: Taken) -> None:
    await client.post("/feeds/ems", json=ALARM)

    assert [()] == list(taken.offers[0].headers())


async def test_ndjson_of_events_is_recognised(client: Client, taken: Taken) -> None:
    await client.post("/feeds/zoo", data=json.dumps(VES), headers={"Content-Type": "application/x-ndjson"})

    assert taken.offers[0].is_recognised
