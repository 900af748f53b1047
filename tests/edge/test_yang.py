"""YANG alarms: envelopes, the two lives of RFC 8632, whole lists and others, and XML that means harm."""

import json
from typing import Any

import pytest

from streams.domain.alarm import Severity
from streams.edge.formats import FORMATS, Acted, ListTold, NoAlarm, Refused, Told

ALARM = {
    "resource": "slot-3", "alarm-type-id": "acme-alarms:fan-failure", "alarm-type-qualifier": "rear", "time": "2024-03-01T10:00:00Z", "perceived-severity": "minor",
    "alarm-text": "Fan"}
LISTED = {"resource": "slot-3", "alarm-type-id": "a:fan", "is-cleared": False, "last-raised": "2024-03-01T10:00:00Z", "last-changed": "2024-03-01T11:00:00Z", "perceived-severity": "minor"}


def read(doc: Any) -> Any:
    value = doc if isinstance(doc, bytes) else json.dumps(doc).encode()
    return FORMATS["yang"](value)


def refusal(value: bytes) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        read(value)
    return caught.value.field, caught.value.reason


@pytest.mark.parametrize("wrapped", [
    {"ietf-alarms:alarm-notification": ALARM}, {"alarm-notification": ALARM}, {"ietf-restconf:notification": {"eventTime": "2024-03-01T10:00:07Z", "ietf-alarms:alarm-notification": ALARM}},
    {"notification": {"alarm-notification": [ALARM]}},
    {"ietf-alarms:alarm-notification": {f"ietf-alarms:{name}": value for name, value in ALARM.items()}}])
def test_one_alarm_in_any_envelope(wrapped: dict[str, Any]) -> None:
    assert read(wrapped) == read({"ietf-alarms:alarm-notification": ALARM}) == FORMATS["auto"](json.dumps(wrapped).encode())


def test_json_and_xml_are_one_alarm_though_they_spell_the_type_otherwise() -> None:
    fields = "".join(f"<{name}>{value.replace('acme-alarms:', 'x:')}</{name}>" for name, value in ALARM.items())
    value = f'<alarm-notification xmlns="urn:ietf:params:xml:ns:yang:ietf-alarms" xmlns:x="urn:acme">{fields}</alarm-notification>'.encode()

    assert read(value) == read({"alarm-notification": ALARM}) == FORMATS["auto"](b"\n" + value)


def test_an_envelope_that_names_the_source_makes_the_object_its() -> None:
    alarm = read({"ietf-yp-notification:envelope": {"event-time": "2024-03-01T10:00:01Z", "hostname": "olt-7", "contents": {"alarm-notification": {**ALARM, "time": None}}}})

    assert (alarm.object, alarm.source, alarm.cause, alarm.qualifier) == ("olt-7/slot-3", "olt-7", "fan-failure", "rear")
    assert alarm.at == read({"alarm-notification": {**ALARM, "time": "2024-03-01T10:00:01Z"}}).at


@pytest.mark.parametrize(("state", "action"), [("none", "unack"), ("ack", "ack"), ("closed", "close"), ("shelved", "shelve"), ("un-shelved", "unshelve")])
def test_operator_states(state: str, action: str) -> None:
    acted = read({"ietf-alarms:operator-action": {**ALARM, "operator": "joe", "state": state, "text": "x"}})

    assert isinstance(acted, Acted)
    assert (acted.action, acted.object, acted.cause, acted.qualifier, acted.user) == (action, "slot-3", "fan-failure", "rear", "joe")


def kinds(reading: Any) -> list[str]:
    return [part.kind if isinstance(part, ListTold) else type(part).__name__ for part in reading]


def test_a_whole_list_begins_and_ends_and_a_part_of_one_does_not() -> None:
    whole: dict[str, Any] = {"alarms": {"alarm-list": {"number-of-alarms": 1, "alarm": [LISTED]}}}
    shelved = {"shelved-alarm": [{**LISTED, "resource": "slot-4", "operator-state-change": [{"time": "2024-03-01T10:30:00Z", "operator": "s", "state": "shelved"}]}]}

    assert kinds(read(whole)) == ["begins", "Told", "ends"]
    assert kinds(read({"alarms": {**whole["alarms"], "shelved-alarms": shelved}})) == ["begins", "Told", "Told", "Acted", "ends"]
    assert kinds(read({"alarms": {**whole["alarms"], "summary": {"shelves-active": [None]}}})) == ["Told"]
    assert kinds(read({"alarms": {"shelved-alarms": shelved}})) == ["Told", "Acted"]
    assert kinds(read({"alarm-list": {"number-of-alarms": 2, "alarm": [LISTED]}})) == ["Told"]
    assert kinds(read({"alarm-list": {"alarm": [LISTED, {"resource": "x"}]}})) == ["Told", "Refused"]


def test_an_empty_list_ends_all_only_of_a_named_source() -> None:
    empty = {"alarm-list": {"number-of-alarms": 0}}

    assert refusal(json.dumps(empty).encode()) == ("alarm-list", "empty")
    assert kinds(read({"envelope": {"hostname": "olt-7", "contents": empty}})) == ["begins", "ends"]


def test_a_standing_alarm_knows_when_it_was_raised_and_a_cleared_one_is_told_as_such() -> None:
    _, alarm, _ = read({"alarm-list": {"alarm": [{**LISTED, "status-change": [{"time": "2024-03-01T10:40:00Z", "perceived-severity": "minor"}]}]}})
    _, cleared, _ = read({"alarm-list": {"alarm": [{**LISTED, "is-cleared": "true"}]}})

    assert isinstance(alarm, Told)
    assert (alarm.at - alarm.raised_at, alarm.severity) == (40 * 60_000_000, Severity.MINOR)
    assert (cleared.cleared, cleared.at - cleared.raised_at) == (True, 60 * 60_000_000)


def test_what_carries_no_alarm_is_counted_under_few_words() -> None:
    assert read({"ietf-restconf:notification": {"x:something-else": {"a": 1}}}) == NoAlarm("event:notification")


NESTED = b"<alarm-notif>" + b"<a>" * 40 + b"</a>" * 40 + b"</alarm-notif>"


@pytest.mark.parametrize(("value", "expected"), [
    (b"<a", ("record", "not-xml")), (b"<a></b>", ("record", "not-xml")), (b"<a>&undefined;</a>", ("record", "not-xml")), (b"<a/><b/>", ("record", "not-xml")), (b"<a>\xff</a>", ("record", "not-xml")),
    ("<a/>".encode("utf-16"), ("record", "not-utf8")), (b"<!DOCTYPE a><a/>", ("record", "dtd")), (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', ("record", "dtd")),
    (NESTED, ("record", "too-deep")), (b"<a>" * 100_000, ("record", "not-xml")), (b"<a>" + b"x" * 3_000_000 + b"</a>", ("record", "too-long")),
    (b"<alarm-notif><fault-id>1</fault-id></alarm-notif>", ("fault-source", "no-object")), (b"<a>text</a>", ("alarm-notification", "no-alarm"))])
def test_xml_that_is_none_or_means_harm_is_refused(value: bytes, expected: tuple[str, str]) -> None:
    assert refusal(value) == expected


def test_an_encoding_declared_in_the_document_changes_nothing() -> None:
    value = '<?xml version="1.0" encoding="ISO-8859-1"?><alarm-notif><fault-id>1</fault-id><fault-source>Größe</fault-source><event-time>2024-03-01T10:00:00Z</event-time></alarm-notif>'

    assert read(value.encode()).object == "Größe"
