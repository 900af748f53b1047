"""Which requests are one: by the id that is told, by the content that names its event, and never by a bare alarm's bytes."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.edge.gateway.offer import Refusal
from streams.edge.gateway.request_id import identify

SAMPLES = Path(__file__).parent / "samples"
ALARM = {"id": "1", "alarmedObject": {"id": "olt-7"}, "alarmRaisedTime": "2026-01-01T10:00:00Z"}


def ident(document: Any, feed: str = "feed", **headers: str) -> tuple[str, bool]:
    return identify({name.replace("_", "-"): value for name, value in headers.items()}, feed, json.dumps(document).encode(), [document])


def a_sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


def test_a_told_id_names_the_request_with_what_it_says() -> None:
    once, again = ident(ALARM, Idempotency_Key="abc"), ident(ALARM, Idempotency_Key="abc")

    assert once == again
    assert once[0].startswith("abc~") and once[1]


def test_one_id_with_two_bodies_or_feeds_are_two_requests() -> None:
    requests = {ident(ALARM, X_Request_Id="abc"), ident(ALARM | {"id": "2"}, X_Request_Id="abc"), ident(ALARM, "other", X_Request_Id="abc")}

    assert 3 == len(requests)


def test_the_idempotency_key_wins_and_may_be_quoted_as_its_standard_has_it() -> None:
    assert ident(ALARM, Idempotency_Key='"abc"', X_Request_Id="made-up-by-a-proxy") == ident(ALARM, Idempotency_Key="abc")


@pytest.mark.parametrize("told", ["x" * 129, "two words", "\u00e4"])
def test_an_unusable_id_is_refused(told: str) -> None:
    with pytest.raises(Refusal) as refused:
        ident(ALARM, Idempotency_Key=told)

    assert (400, "request-id") == (refused.value.status, refused.value.reason)


@pytest.mark.parametrize("document", [
    a_sample("ves/ves7_valid_event.json"), a_sample("ves/ves7_batch_valid.json"), a_sample("alertmanager/prometheus_v4_alert.json"),
    {"eventId": "1", "eventTime": "2026-01-01T10:00:00Z", "eventType": "AlarmCreateEvent", "event": {"alarm": ALARM}}, {"notificationId": 7, "eventTime": "2026-01-01T10:00:00Z", "notificationType": "notifyNewAlarm"},
])  # fmt: skip
def test_a_content_that_names_its_event_is_recognised(document: Any) -> None:
    name, is_recognised = ident(document)

    assert is_recognised and name == ident(document)[0]


@pytest.mark.parametrize("document", [
    ALARM, [], "text", {"event": {}}, {"event": {"commonEventHeader": {"eventId": "1"}}}, {"eventList": []}, {"alerts": [{"startsAt": "x"}]},
    a_sample("tmf642/oracle-event.json"), {"groupKey": "k", "alerts": []}, {"eventId": "1", "event": {"alarm": ALARM}}, {"notificationId": 7},
])  # fmt: skip
def test_a_content_that_does_not_is_not(document: Any) -> None:
    name, is_recognised = ident(document)

    assert name.startswith("~") and not is_recognised


def test_a_body_that_was_not_decoded_is_not_recognised() -> None:
    assert not identify({}, "feed", b"<alarm/>", [])[1]
