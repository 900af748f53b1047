"""Every format reads its specifications' own samples: what is an alarm, what is none, what is refused and why."""

import json

import pytest

from streams.domain.alarm import Severity
from streams.edge.formats import FORMATS, NoAlarm, Refused, Told
from tests.builders import at
from tests.edge.goldens import SAMPLES
from tests.edge.goldens import value_of as sample

AUTO = FORMATS["auto"]


def told(value: bytes, form: str = "auto") -> Told:
    reading = FORMATS[form](value)
    assert isinstance(reading, Told), reading
    return reading


def refusal(value: bytes, form: str = "auto") -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        FORMATS[form](value)
    return caught.value.field, caught.value.reason


def oran(template: str, domain: str, **fill: str) -> bytes:
    return sample(f"oran/{template}.json", domain=domain, **fill)


# --- TMF642 and its variants ---


def test_plain_tmf642_alarm_is_read_the_fast_way_and_the_tolerant_way_alike() -> None:
    from streams.edge.formats import tmf642

    lines = (SAMPLES / "tmf642/microwave.ndjson").read_bytes().splitlines()
    lines.append(json.dumps({**json.loads(lines[0]), "state": "cleared", "perceivedSeverity": "cleared", "alarmClearedTime": "2024-01-02T00:00:00+01:00", "parentAlarm": [{"id": "p"}], "isRootCause": True, "alarmDetails": "d" * 400, "additionalInformation": {"peer": "dev2", "else": 1}, "id": 7}).encode())
    lines.append(json.dumps({**json.loads(lines[0]), "state": "updated", "alarmChangedTime": "2024-01-02T00:00:00.5Z", "specificProblem": " A4 ", "probableCause": "LOSS_OF_SIGNAL"}).encode())

    for line in lines:
        fast = tmf642.plain(line)
        assert fast is not None
        assert fast == tmf642.read(json.loads(line))


def test_mef_clear_with_lists_for_objects_and_an_object_for_a_list() -> None:
    alarm = told(sample("tmf642/mef-w148-clear.json"))

    assert (alarm.object, alarm.cause, alarm.qualifier, alarm.cleared, alarm.severity) == ("endpoint-456", "adapterError", "delay", True, Severity.CLEARED)
    assert (alarm.at, alarm.raised_at) == (at("2025-06-01T14:52:57.382Z"), at("2025-06-01T14:50:00Z"))
    assert (alarm.parents, alarm.service_affecting, alarm.root_hint, alarm.source) == ((), False, True, "probe-east-01")


def test_bmc_with_string_booleans_upper_case_empty_parents_and_no_cause() -> None:
    alarm = told(sample("tmf642/bmc-helix.json"))

    assert (alarm.object, alarm.cause, alarm.alarm_type, alarm.severity) == ("210875", "qualityOfServiceAlarm", "qualityOfServiceAlarm", Severity.CRITICAL)
    assert (alarm.service_affecting, alarm.root_hint, alarm.parents, alarm.source_id) == (True, True, (), "ROUTER_IF@r-7609--Gi9/20@42")


def test_broadcom_normal_is_a_clear_and_its_times_are_epoch_numbers_in_quotes() -> None:
    alarm = told(sample("tmf642/broadcom-tcsa.json"))

    assert (alarm.cleared, alarm.alarm_type, alarm.cause) == (True, "", "LinkDown")
    assert (alarm.raised_at, alarm.at) == (1671013580_000000, 1671013640_000000)


def test_oracle_event_around_an_alarm_and_the_words_of_tmf642() -> None:
    alarm = told(sample("tmf642/oracle-event.json"))

    assert (alarm.object, alarm.cause, alarm.alarm_type, alarm.source_id, alarm.cleared) == ("olt-7", "lossOfSignal", "communicationsAlarm", "31", False)


@pytest.mark.parametrize("event", ["ClearAlarmCreateEvent", "AlarmDeleteEvent"])
def test_oracle_clear_and_delete_events_clear_whatever_the_alarm_says(event: str) -> None:
    doc = json.loads(sample("tmf642/oracle-event.json"))

    assert told(json.dumps({**doc, "@type": event}).encode()).cleared


def test_a_task_of_tmf642_is_no_alarm() -> None:
    reading = AUTO(b'{"eventType":"ackAlarmsCreateEvent","eventTime":"2024-01-01T00:00:00Z","event":{"ackAlarms":{"id":"1"}}}')

    assert reading == NoAlarm("event:ackAlarms", at=at("2024-01-01T00:00:00Z"))


@pytest.mark.parametrize(("field", "spelling"), [
    ("alarmedObject", "alarmed_object"), ("alarmedObject", "AlarmedObject"), ("perceivedSeverity", "PERCEIVED_SEVERITY"),
    ("probableCause", "probable-cause"), ("alarmRaisedTime", "ALARMRAISEDTIME")])
def test_fields_in_any_spelling(field: str, spelling: str) -> None:
    line = (SAMPLES / "tmf642/microwave.ndjson").read_bytes().splitlines()[0]

    assert told(line.replace(field.encode(), spelling.encode())) == told(line)


def test_probable_cause_may_be_a_number_and_an_unknown_severity_is_kept_in_the_text() -> None:
    alarm = told(b'{"alarmedObject":{"id":"n"},"probableCause":22,"perceivedSeverity":"purple","alarmRaisedTime":1700000000}')

    assert (alarm.cause, alarm.severity, alarm.at) == ("22", Severity.INDETERMINATE, 1700000000_000000)
    assert alarm.text == "severity told: purple"


@pytest.mark.parametrize(("said", "read"), [
    (1700000000, 1700000000_000000), (1700000000.25, 1700000000_250000), (1700000000123, 1700000000_123000),
    (1700000000123456, 1700000000_123456), (1700000000123456789, 1700000000_123457), ("1700000000123", 1700000000_123000),
    (" 2023-11-14 22:13:20 ", 1700000000_000000), ("2023-11-14T22:13:20", 1700000000_000000), ("2023-11-14T23:13:20+01:00", 1700000000_000000),
    ("2023-11-14 22:13:20 UTC", 1700000000_000000), ("Tue, 14 Nov 2023 22:13:20 +0000", 1700000000_000000)])
def test_times_in_any_unit_and_notation(said: object, read: int) -> None:
    assert told(json.dumps({"alarmedObject": "n", "probableCause": "c", "alarmRaisedTime": said}).encode()).at == read


@pytest.mark.parametrize("unreadable", ["yesterday", "9999-99-99T99:99:99Z", "", None, True, -1, 1e308, 10**30, [], {}, "0001-01-01T00:00:00Z", "2014"])
def test_without_a_readable_time_an_alarm_is_refused(unreadable: object) -> None:
    assert refusal(json.dumps({"alarmedObject": "n", "probableCause": "c", "alarmRaisedTime": unreadable}).encode()) == ("alarmRaisedTime", "no-time")


def test_a_time_beyond_all_reason_counts_as_the_latest_that_can_be_written() -> None:
    from streams.domain.instant import DAY, iso

    alarm = told(b'{"alarmedObject":"n","probableCause":"c","alarmRaisedTime":"9999-12-31T23:59:59-12:00"}')
    assert iso(alarm.at + 365 * DAY).startswith("2201")


@pytest.mark.parametrize(("value", "expected"), [
    (b"", ("record", "not-json")), (b'{"a":', ("record", "not-json")), (b"null", ("record", "not-an-object")), (b"[]", ("record", "empty")),
    (b'"\xff"', ("record", "not-utf8")), (b"[" * 100_000, ("record", "too-deep")), (b"[[" + b"]]", ("record", "nested-list")),
    (b"[" * 400 + b"]" * 400, ("record", "nested-list")), (b" " * 10_000_000, ("record", "too-long")), (b'{"x":1}', ("record", "unknown-format")),
    (b'{"alarmedObject":{"id":""},"probableCause":"c"}', ("alarmedObject", "no-object")), (b'{"alarmedObject":"n"}', ("probableCause", "no-cause")),
    (b'{"alarmedObject":null,"probableCause":null,"alarmRaisedTime":null}', ("record", "not-an-object")), (b'{"event":{"x":1}}', ("event.alarm", "no-alarm"))])
def test_what_cannot_be_read_is_refused_with_its_field_and_reason(value: bytes, expected: tuple[str, str]) -> None:
    assert refusal(value) == expected


def test_two_names_longer_than_any_are_cut_and_stay_two() -> None:
    a, b = (told(json.dumps({"alarmedObject": {"id": "x" * 5000 + end}, "probableCause": "c", "alarmRaisedTime": 1700000000}).encode()) for end in "ab")

    assert len(a.object) <= 1024
    assert a.object != b.object


def test_a_long_name_and_a_long_interface_are_one_bounded_name() -> None:
    alarm = told(oran("fault", "fault", pnfId="p" * 1000, interface="i" * 1000))

    assert len(alarm.object) <= 1024


# --- VES and 3GPP ---


def test_ves_fault_becomes_an_alarm_on_its_source() -> None:
    alarm = told(sample("ves/son_fault.json"))

    assert (alarm.object, alarm.cause, alarm.qualifier, alarm.source) == ("Chn0005", "RanPciCollisionConfusionOccurred", "Collision", "ncserver1")
    assert (alarm.at, alarm.raised_at, alarm.severity) == (1451772403000000, 1451772223000000, Severity.CRITICAL)


def test_ves_normal_clears_what_major_raised() -> None:
    raised, cleared = told(oran("fault", "fault")), told(oran("fault", "fault", severity="NORMAL"))

    assert (raised.object, raised.cause, raised.cleared) == ("ru-1/eth1", "lossOfSignal", False)
    assert (cleared.object, cleared.cause, cleared.qualifier, cleared.cleared) == (raised.object, raised.cause, raised.qualifier, True)


@pytest.mark.parametrize(("action", "cleared"), [("SET", False), ("CONT", False), ("CLEAR", True)])
def test_ves_threshold_crossing(action: str, cleared: bool) -> None:
    alarm = told(oran("thresholdCrossingAlert", "thresholdCrossingAlert", action=action))

    assert (alarm.object, alarm.cause, alarm.qualifier, alarm.alarm_type, alarm.cleared) == ("ru-1/eth1", "thresholdCrossed", "TCA", "qualityOfServiceAlarm", cleared)


def test_3gpp_new_and_cleared_share_the_alarm_id_though_the_clear_has_no_problem() -> None:
    new = told(oran("stndDefined-r16-notify-new-alarm", "stndDefined"))
    cleared = told(oran("stndDefined-r16-notify-cleared-alarm", "stndDefined"))

    assert (new.identity, new.qualifier, new.cleared, new.root_hint) == ("lossOfSignal", "lossOfSignal", False, False)
    assert (cleared.identity, cleared.qualifier, cleared.cleared) == ("lossOfSignal", "", True)
    assert new.object == cleared.object == "ru-1"


def test_3gpp_notification_by_itself() -> None:
    doc = {"notificationType": "notifyChangedAlarm", "alarmId": "a1", "objectInstance": "SubNetwork=1,ManagedElement=7", "probableCause": 5, "specificProblem": 12,
           "perceivedSeverity": "MINOR", "eventTime": "2024-01-01T00:00:00Z", "alarmType": "EQUIPMENT_ALARM", "systemDN": "EMS=1",
           "correlatedNotifications": [{"sourceObjectInstance": "x", "notificationIds": [3, 4]}]}
    alarm = told(json.dumps(doc).encode())

    assert (alarm.object, alarm.cause, alarm.qualifier, alarm.alarm_type, alarm.parents) == ("SubNetwork=1,ManagedElement=7", "5", "12", "equipmentAlarm", ("3", "4"))


@pytest.mark.parametrize(("value", "disposition"), [
    (oran("heartbeat", "heartbeat"), "heartbeat"), (oran("measurement", "measurement"), "event:measurement"), (oran("stateChange", "stateChange").replace(b"inService", b"outOfService"), "event:stateChange"),
    (oran("stndDefined-r16-notify-file-ready", "stndDefined"), "event:stndDefined"), (sample("ves/ves_stdnDefined_3GPP-Heartbeat.json"), "heartbeat"),
    (b'{"notificationType":"notifyAlarmListRebuilt","eventTime":"2024-01-01T00:00:00Z","alarmListAlignmentRequirement":"ALIGNMENT_NOT_REQUIRED"}', "event:notifyAlarmListRebuilt")])
def test_events_without_an_alarm_say_what_they_are(value: bytes, disposition: str) -> None:
    reading = AUTO(value)

    assert isinstance(reading, NoAlarm)
    assert reading.disposition == disposition


def test_event_list_holds_alarms_and_others_and_a_bad_part_harms_no_other() -> None:
    heartbeat, fault = AUTO(oran("event-list", "fault"))  # type: ignore[misc]
    assert (type(heartbeat), type(fault)) == (NoAlarm, Told)

    events = json.loads(sample("ves/ves7_batch_valid.json"))
    events["eventList"][0]["faultFields"] = None
    broken, good = AUTO(json.dumps(events).encode())  # type: ignore[misc]
    assert isinstance(broken, Refused)
    assert isinstance(good, Told)


# --- Alertmanager ---


@pytest.mark.parametrize(("name", "obj", "cause"), [("v3", "host2", "failedConnect"), ("v4", "somehost:9090", "thing_dead")])
def test_alertmanager_webhook(name: str, obj: str, cause: str) -> None:
    alarm = told(sample(f"alertmanager/prometheus_{name}_alert.json"))

    assert (alarm.object, alarm.cause, alarm.severity, alarm.cleared) == (obj, cause, Severity.CRITICAL, False)


def test_resolved_alert_clears_at_its_end_and_labels_tell_alarms_apart() -> None:
    doc = json.loads(sample("alertmanager/prometheus_v3_alert.json"))
    firing = doc["alerts"][0]
    resolved = {**firing, "status": "resolved", "endsAt": "2016-08-01T14:00:00+03:00"}
    other = {**firing, "labels": {**firing["labels"], "device": "sda"}}
    first, second, third = (told(json.dumps({**doc, "alerts": [alert]}).encode()) for alert in (firing, resolved, other))

    assert (second.cleared, second.at) == (True, at("2016-08-01T11:00:00Z"))
    assert first.identity == second.identity != third.identity
