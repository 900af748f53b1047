"""The typed way of a format (`plain`) and its tolerant way read every record alike, or the typed way leaves it."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.edge.formats import Refused, threegpp, tmf642, ves
from streams.edge.formats.fields import decode

TIMES = st.sampled_from(["2023-11-14T22:13:20Z", "2023-11-14T22:13:25.5Z", "2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20", "", "xyz", "0001-01-01T00:00:00Z", 1700000000, None])
MICROS = st.sampled_from([1700000000000000, 1700000060000000, "1700000000000000", 1700000000.5, 1700000000, 0, -1, None, "x", True])
WORDS = st.sampled_from(["n", " n ", "", " ", "a|b", "x" * 1100, "loss of signal", "A=1,B=2", "http://h/v1/A=1/B=2", 7, None, True, ["n"], {"id": "n"}])
SEVERITIES = st.sampled_from(["critical", "MAJOR", "minor", "Warning", "indeterminate", "cleared", "CLEARED", "NORMAL", "foo", "", 5, None])
BOOLEANS = st.sampled_from([True, False, "true", 1, None])
REFS = st.sampled_from([[], [{"id": "p"}], [{"id": ""}], [{"id": "p"}, {"id": "p"}], [{"id": " p "}], {"id": "p"}, [{"id": 5}], None, [{"id": c} for c in "abcdef"]])
COUNTS = st.sampled_from([0, 1, 7, "8", "x", -1, 2**70, 1.0, None, True])
MISSING = object()


def documents(plain: dict[str, Any], odd: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """The plain record with a few of its fields odd or missing."""
    changes = st.lists(st.sampled_from(sorted(odd)), max_size=3, unique=True).flatmap(lambda names: st.fixed_dictionaries({n: odd[n] | st.just(MISSING) for n in names}))
    return changes.map(lambda changed: {k: v for k, v in {**plain, **changed}.items() if v is not MISSING})


ALARMS = documents(
    {"id": "1", "alarmedObject": {"id": "n"}, "alarmType": "Equipment Alarm", "probableCause": "lossOfSignal", "perceivedSeverity": "major", "alarmRaisedTime": "2023-11-14T22:13:20Z",
     "sourceSystemId": "ems", "state": "raised", "alarmDetails": "d"},
    {"id": WORDS, "alarmedObject": WORDS | st.builds(lambda i: {"id": i}, WORDS), "alarmType": WORDS, "probableCause": WORDS, "perceivedSeverity": SEVERITIES, "alarmRaisedTime": TIMES,
     "alarmChangedTime": TIMES, "alarmClearedTime": TIMES, "sourceSystemId": WORDS, "state": st.sampled_from(["raised", "updated", "cleared", "RAISED", "ACTIVE", "acknowledged", "", None]),
     "specificProblem": WORDS, "alarmDetails": WORDS | st.just("d" * 400), "serviceAffecting": BOOLEANS, "isRootCause": BOOLEANS, "parentAlarm": REFS,
     "additionalInformation": st.sampled_from([{"peer": "q"}, {"peer": 5}, {}, {"other": 1}, None]),
     "alarmSpecificAttributes": st.sampled_from([{"@type": "urn:mef:tca-stateful-set"}, {"@type": "urn:mef:tca-stateless"}, {}, None])})
EVENTS = st.builds(
    lambda alarm, kind, name, time: {name: kind, "eventTime": time, "event": {"alarm": alarm}}, ALARMS,
    st.sampled_from(["AlarmCreateEvent", "alarmStateChangeEvent", "AlarmAttributeValueChangeEvent", "ClearAlarmCreateEvent", "AlarmDeleteEvent", "ThresholdCrossingAlarmCreateEvent", "", 5]),
    st.sampled_from(["eventType", "@type", "event_type"]), TIMES)
NOTIFICATIONS = documents(
    {"notificationType": "notifyNewAlarm", "alarmId": "a", "objectInstance": "ME=1", "alarmType": "EQUIPMENT_ALARM", "probableCause": "lossOfSignal", "perceivedSeverity": "MAJOR",
     "eventTime": "2023-11-14T22:13:20Z", "systemDN": "ems", "notificationId": 4},
    {"notificationType": st.sampled_from(["notifyNewAlarm", "notifyChangedAlarm", "notifyChangedAlarmGeneral", "notifyClearedAlarm", "NotifyNewAlarm", "notify_new_alarm", "notifyComments", "", None]),
     "alarmId": WORDS, "objectInstance": WORDS, "uri": WORDS, "href": WORDS, "alarmType": WORDS, "probableCause": WORDS, "specificProblem": WORDS, "perceivedSeverity": SEVERITIES,
     "eventTime": TIMES, "alarmRaisedTime": TIMES, "alarmChangedTime": TIMES, "alarmClearedTime": TIMES, "systemDN": WORDS, "notificationId": COUNTS, "sequenceNo": COUNTS,
     "additionalText": WORDS | st.just("t" * 400), "rootCauseIndicator": BOOLEANS, "alarmRecord": st.sampled_from([{"additionalText": "r"}, {}, None]),
     "correlatedNotifications": st.sampled_from([[], [{"sourceObjectInstance": "x", "notificationIds": [3, 4]}], [{"notificationId": 3}], {}, "x", None])})
HEADERS = documents(
    {"domain": "fault", "sourceName": "n", "reportingEntityName": "ems", "startEpochMicrosec": 1700000000000000, "lastEpochMicrosec": 1700000060000000, "vesEventListenerVersion": "7.2.1",
     "eventName": "e", "sequence": 1, "stndDefinedNamespace": "3GPP-FaultSupervision"},
    {"domain": st.sampled_from(["fault", "Fault", "stndDefined", "heartbeat", "x", None]), "sourceName": WORDS, "reportingEntityName": WORDS, "startEpochMicrosec": MICROS, "lastEpochMicrosec": MICROS,
     "vesEventListenerVersion": st.sampled_from(["7.2", "7", "7.x", "70.1", "30.0.1", "", 7, None]), "eventName": WORDS | st.just("e" * 400), "sequence": COUNTS,
     "stndDefinedNamespace": st.sampled_from(["3GPP-FaultSupervision2", "3GPP-Heartbeat", " 3GPP-FaultSupervision", "", None])})
FAULTS = documents(
    {"alarmCondition": "lossOfSignal", "eventSeverity": "MAJOR", "specificProblem": "p"},
    {"alarmCondition": WORDS, "eventSeverity": SEVERITIES, "specificProblem": WORDS, "alarmInterfaceA": WORDS, "eventCategory": st.sampled_from(["link", "security", "license", "", 5, None])})
VES = st.builds(lambda header, fault: {"event": {"commonEventHeader": header, "faultFields": fault}}, HEADERS, FAULTS) | st.builds(
    lambda header, data: {"event": {"commonEventHeader": {**header, "domain": "stndDefined"}, "stndDefinedFields": {"data": data}}}, HEADERS, NOTIFICATIONS)
BATCHES = st.builds(lambda events, more: {"eventList": [e["event"] for e in events], **more}, st.lists(VES, max_size=3), st.sampled_from([{}, {"event": None}]) | st.fixed_dictionaries({"event": VES.map(lambda doc: doc["event"])}))


def alike(form: Any, doc: Any) -> None:
    value = json.dumps(doc).encode()
    fast = form.plain(value)
    if fast is None:
        return
    try:
        tolerant = form.read(decode(value))
    except Refused as refused:
        raise AssertionError(f"read the typed way, refused the tolerant way: {refused}") from None

    assert fast == tolerant


@settings(max_examples=500, deadline=None)
@given(ALARMS | EVENTS)
def test_tmf642_is_read_alike_both_ways(doc: dict[str, Any]) -> None:
    alike(tmf642, doc)


@settings(max_examples=500, deadline=None)
@given(NOTIFICATIONS)
@example({"notificationType": "notifyClearedAlarm", "alarmId": "a", "objectInstance": "ME=1", "probableCause": 5, "perceivedSeverity": "CLEARED", "eventTime": "2023-11-14T22:13:20Z"})
def test_3gpp_is_read_alike_both_ways(doc: dict[str, Any]) -> None:
    alike(threegpp, doc)


@settings(max_examples=500, deadline=None)
@given(VES | BATCHES)
def test_ves_is_read_alike_both_ways(doc: dict[str, Any]) -> None:
    alike(ves, doc)


def test_the_typed_way_is_taken_by_what_is_spelt_as_its_standard_says() -> None:
    fault = {"event": {"commonEventHeader": {"domain": "fault", "sourceName": "n", "reportingEntityName": "e", "startEpochMicrosec": 1700000000000000, "lastEpochMicrosec": 1700000000000000,
                                             "vesEventListenerVersion": "7.2"}, "faultFields": {"alarmCondition": "c", "eventSeverity": "NORMAL"}}}
    notification = {"notificationType": "notifyNewAlarm", "alarmId": "a", "uri": "A=1", "probableCause": 5, "perceivedSeverity": "MAJOR", "eventTime": "2023-11-14T22:13:20Z"}

    assert ves.plain(json.dumps(fault).encode()) is not None
    assert threegpp.plain(json.dumps(notification).encode()) is not None
