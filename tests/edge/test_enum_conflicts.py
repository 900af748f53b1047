"""How standards and vendors spell one thing, row by row (X.733, TMF642 v4, MEF W148, BMC, Broadcom, TS 28.532, VES, RFC 8632)."""

import json
from typing import Any

import pytest

from streams.domain.alarm import Severity
from streams.edge.formats import FORMATS, Refused, Told

TMF642 = {"id": "1", "alarmedObject": {"id": "n"}, "alarmType": "Equipment Alarm", "probableCause": "lossOfSignal", "perceivedSeverity": "major",
          "alarmRaisedTime": "2023-11-14T22:13:20Z", "sourceSystemId": "ems", "state": "raised"}
THREEGPP = {"notificationType": "notifyNewAlarm", "alarmId": "a", "objectInstance": "ME=1", "alarmType": "EQUIPMENT_ALARM", "probableCause": "lossOfSignal",
            "perceivedSeverity": "MAJOR", "eventTime": "2023-11-14T22:13:20Z", "systemDN": "ems"}
HEADER = {"domain": "fault", "sourceName": "n", "reportingEntityName": "ems", "startEpochMicrosec": 1700000000000000, "lastEpochMicrosec": 1700000000000000,
          "vesEventListenerVersion": "7.2", "eventName": "e", "sequence": 1}
FAULT = {"alarmCondition": "lossOfSignal", "eventSeverity": "MAJOR", "specificProblem": "p", "eventSourceType": "port", "vfStatus": "Active"}


def read(form: str, doc: dict[str, Any]) -> Told:
    """Read by the format, and see that `auto` reads the same."""
    value = json.dumps(doc).encode()
    reading = FORMATS[form](value)
    assert isinstance(reading, Told), reading
    assert FORMATS["auto"](value) == reading
    return reading


def tmf642(**but: Any) -> Told:
    return read("tmf642", {**TMF642, **but})


def threegpp(**but: Any) -> Told:
    return read("3gpp", {**THREEGPP, **but})


def ves(header: dict[str, Any] | None = None, **but: Any) -> Told:
    return read("ves", {"event": {"commonEventHeader": {**HEADER, **(header or {})}, "faultFields": {**FAULT, **but}}})


# --- severity ---


@pytest.mark.parametrize(("said", "meant"), [
    ("critical", 6), ("CRITICAL", 6), ("Critical", 6), ("major", 5), ("MAJOR", 5), ("minor", 4), ("MINOR", 4), ("warning", 3), ("WARNING", 3),
    ("indeterminate", 2), ("INDETERMINATE", 2), ("cleared", 1), ("CLEARED", 1), ("NORMAL", 1), (" Major ", 5)])
def test_severity_lower_upper_and_broadcoms_normal(said: str, meant: int) -> None:
    alarm = tmf642(perceivedSeverity=said, alarmChangedTime="2023-11-14T22:14:20Z")

    assert (alarm.severity, alarm.cleared, alarm.doubt) == (Severity(meant), meant == 1, "")


@pytest.mark.parametrize(("said", "meant"), [("CRITICAL", 6), ("MAJOR", 5), ("MINOR", 4), ("WARNING", 3), ("INDETERMINATE", 2), ("CLEARED", 1), ("Major", 5)])
def test_severity_of_3gpp(said: str, meant: int) -> None:
    assert threegpp(perceivedSeverity=said).severity is Severity(meant)


@pytest.mark.parametrize(("said", "meant"), [("CRITICAL", 6), ("MAJOR", 5), ("MINOR", 4), ("WARNING", 3), ("NORMAL", 1), ("normal", 1)])
def test_severity_of_ves_normal_is_a_clear(said: str, meant: int) -> None:
    assert ves(eventSeverity=said).severity is Severity(meant)


@pytest.mark.parametrize(("said", "shown"), [("foo", "foo"), ("5", "5"), (5, "5"), ("-", "-"), (5.0, "5.0"), (True, "True"), (["major"], "a list"), ({"value": 5}, "an object")])
def test_unknown_severity_word_of_tmf642_is_kept_and_said(said: object, shown: str) -> None:
    alarm = tmf642(perceivedSeverity=said)

    assert (alarm.severity, alarm.text) == (Severity.INDETERMINATE, f"severity told: {shown}")
    assert alarm.doubt == f"severity '{shown}' is no word we know; taken as indeterminate"


def test_severity_that_is_not_told_is_a_doubt_too() -> None:
    assert tmf642(perceivedSeverity=None).doubt == "no severity is told; taken as indeterminate"


@pytest.mark.parametrize("said", [1, 6, "1", 5.0])
@pytest.mark.parametrize("form", ["3gpp", "ves"])
def test_number_as_severity_is_refused_where_only_words_are_defined_and_one_might_be_a_clear(form: str, said: object) -> None:
    doc: dict[str, Any] = {**THREEGPP, "perceivedSeverity": said} if form == "3gpp" else {"event": {"commonEventHeader": HEADER, "faultFields": {**FAULT, "eventSeverity": said}}}

    with pytest.raises(Refused, match="bad-severity"):
        FORMATS[form](json.dumps(doc).encode())


def test_ves_threshold_that_is_set_with_severity_normal_is_raised_in_doubt() -> None:
    crossing = {"alertAction": "SET", "alertDescription": "d", "eventSeverity": "NORMAL", "alertType": "CARD-ANOMALY"}
    alarm = read("ves", {"event": {"commonEventHeader": {**HEADER, "domain": "thresholdCrossingAlert"}, "thresholdCrossingAlertFields": crossing}})

    assert (alarm.cleared, alarm.severity) == (False, Severity.INDETERMINATE)
    assert alarm.doubt == "severity 'NORMAL' means a clear, yet the alarm is raised; taken as indeterminate"


# --- state ---


@pytest.mark.parametrize(("state", "cleared", "changed"), [
    ("raised", False, False), ("updated", False, True), ("cleared", True, True), ("RAISED", False, False), ("ACTIVE", False, False), ("Cleared", True, True),
    ("acknowledged", False, True), ("unAcknowledged", False, True)])
def test_state_of_tmf642_mef_bmc_and_broadcom(state: str, cleared: bool, changed: bool) -> None:
    alarm = tmf642(state=state, alarmChangedTime="2023-11-14T22:14:20Z")

    assert (alarm.cleared, alarm.at - alarm.raised_at) == (cleared, 60_000_000 if changed else 0)


def test_mef_clear_says_acknowledged_in_its_state_and_is_a_clear_by_its_severity() -> None:
    assert tmf642(state="acknowledged", perceivedSeverity="cleared", alarmClearedTime="2023-11-14T22:14:20Z").cleared


# --- ackState and plannedOutageIndicator: every spelling is read over, none changes what the alarm is ---


@pytest.mark.parametrize("said", ["unacknowledged", "acknowledged", "ACKNOWLEDGED", "UNACKNOWLEDGED", "none", True, None])
def test_ack_state_in_any_spelling_leaves_the_alarm_as_it_is(said: object) -> None:
    assert tmf642(ackState=said) == tmf642()


@pytest.mark.parametrize(("said", "action"), [("ACKNOWLEDGED", "ack"), ("UNACKNOWLEDGED", "unack"), ("acknowledged", "ack"), ("Unacknowledged", "unack")])
def test_ack_state_of_3gpp_is_what_was_done(said: str, action: str) -> None:
    from streams.edge.formats import Acted

    acted = FORMATS["auto"](json.dumps({**THREEGPP, "notificationType": "notifyAckStateChanged", "ackState": said, "ackUserId": "jd"}).encode())
    assert isinstance(acted, Acted)
    assert (acted.action, acted.user, acted.source_id) == (action, "jd", "a")


@pytest.mark.parametrize("said", ["inPlannedMaintenance", "outOfService", "IN_SERVICE", "OUT_OF_SERVICE", "", None])
def test_planned_outage_indicator_in_any_spelling_leaves_the_alarm_as_it_is(said: object) -> None:
    assert tmf642(plannedOutageIndicator=said) == tmf642()


# --- alarm type ---


@pytest.mark.parametrize(("words", "camel", "upper", "pascal"), [
    ("Communications Alarm", "communicationsAlarm", "COMMUNICATIONS_ALARM", "CommunicationsAlarm"), ("Processing Error Alarm", "processingErrorAlarm", "PROCESSING_ERROR_ALARM", "ProcessingErrorAlarm"),
    ("Environmental Alarm", "environmentalAlarm", "ENVIRONMENTAL_ALARM", "EnvironmentalAlarm"), ("Quality of Service Alarm", "qualityOfServiceAlarm", "QUALITY_OF_SERVICE_ALARM", "QualityOfServiceAlarm"),
    ("Equipment Alarm", "equipmentAlarm", "EQUIPMENT_ALARM", "EquipmentAlarm"), ("Integrity Violation", "integrityViolation", "INTEGRITY_VIOLATION", "IntegrityViolation"),
    ("Operational Violation", "operationalViolation", "OPERATIONAL_VIOLATION", "OperationalViolation"), ("Physical Violation", "physicalViolation", "PHYSICAL_VIOLATION", "PhysicalViolation"),
    ("Security Service or Mechanism Violation", "securityServiceOrMechanismViolation", "SECURITY_SERVICE_OR_MECHANISM_VIOLATION", "SecurityServiceOrMechanismViolation"),
    ("Time Domain Violation", "timeDomainViolation", "TIME_DOMAIN_VIOLATION", "TimeDomainViolation")])
def test_alarm_type_in_words_camel_upper_and_pascal(words: str, camel: str, upper: str, pascal: str) -> None:
    assert {tmf642(alarmType=said).alarm_type for said in (words, camel, upper, pascal)} == {threegpp(alarmType=upper).alarm_type} == {camel}


@pytest.mark.parametrize(("said", "meant"), [
    ("securityService", "securityServiceOrMechanismViolation"), ("mechanismViolation", "securityServiceOrMechanismViolation"), ("Down", ""), ("", "")])
def test_alarm_type_that_mef_splits_and_that_a_vendor_invents(said: str, meant: str) -> None:
    assert tmf642(alarmType=said).alarm_type == meant


@pytest.mark.parametrize(("said", "meant"), [("link", "communicationsAlarm"), ("routing", "communicationsAlarm"), ("security", "securityServiceOrMechanismViolation"), ("license", "")])
def test_event_category_of_ves(said: str, meant: str) -> None:
    assert ves(eventCategory=said).alarm_type == meant


# --- id ---


@pytest.mark.parametrize(("said", "meant"), [
    ({"id": 4711}, "4711"), ({"id": "a-1"}, "a-1"), ({"id": "Name:r1$Source:smarts$"}, "Name:r1$Source:smarts$"), ({"id": None, "href": " http://api/alarm/R@7"}, "R@7"),
    ({"id": None, "externalAlarmId": "x"}, "x")])
def test_id_that_is_a_number_a_string_a_href_or_external(said: dict[str, Any], meant: str) -> None:
    assert tmf642(**said).source_id == meant


def test_id_of_3gpp_is_the_alarm_id_and_ves_has_none() -> None:
    assert (threegpp().source_id, threegpp().identity, threegpp(alarmId=7).identity) == ("a", "a", "7")
    assert (ves({"eventId": "fault0000245"}).source_id, ves().identity) == ("", "")


# --- alarmed object ---


@pytest.mark.parametrize("said", [{"id": "n"}, [{"id": "n"}], [{"id": "n", "@referredType": "X"}], "n", {"href": "http://h/objects/n"}, [{}, {"id": "n"}], {"name": "n"}])
def test_alarmed_object_that_is_an_object_a_list_or_a_name(said: object) -> None:
    assert tmf642(alarmedObject=said) == tmf642()


@pytest.mark.parametrize("said", [
    {"objectInstance": "SubNetwork=1,ManagedElement=2"}, {"objectInstance": None, "uri": "SubNetwork=1,ManagedElement=2"}, {"objectInstance": "", "href": "SubNetwork=1,ManagedElement=2"},
    {"objectInstance": None, "uri": 1, "href": "http://h:80/3GPPManagement/ProvMnS/v1/SubNetwork=1/ManagedElement=2"}])
def test_alarmed_object_of_3gpp_is_a_dn_or_its_uri(said: dict[str, Any]) -> None:
    assert threegpp(**said).object == "SubNetwork=1,ManagedElement=2"


def test_alarmed_object_of_ves_is_the_source_and_its_interface() -> None:
    assert (ves().object, ves(alarmInterfaceA="eth1").object, ves(alarmInterfaceA="").object) == ("n", "n/eth1", "n")


# --- parents ---


@pytest.mark.parametrize(("said", "meant"), [
    ([{"id": "p"}], ("p",)), ({"id": "p", "href": "h"}, ("p",)), ([{"id": "", "href": ""}], ()), ([""], ()), ([], ()), (None, ()), ([{"id": "p"}, {"id": "q"}], ("p", "q")), ("p", ("p",)), ([{"id": 5}], ("5",))])
def test_parent_alarm_that_is_a_list_an_object_or_empty(said: object, meant: tuple[str, ...]) -> None:
    assert tmf642(parentAlarm=said).parents == meant


@pytest.mark.parametrize("said", [[{"sourceObjectInstance": "x", "notificationIds": [3, 4]}], [{"source": "x", "notificationId": 3}, {"source": "y", "notificationId": "4"}]])
def test_correlated_notifications_in_both_spellings_of_16_4_0(said: object) -> None:
    assert threegpp(correlatedNotifications=said).parents == ("3", "4")


# --- booleans ---


@pytest.mark.parametrize(("said", "meant"), [(True, True), (False, False), ("true", True), ("False", False), ("TRUE", True), (1, True), (0, False), ("yes", True), ("", None), (None, None), ("maybe", None)])
def test_booleans_and_bmcs_strings(said: object, meant: bool | None) -> None:
    alarm = tmf642(serviceAffecting=said, isRootCause=said)

    assert (alarm.service_affecting, alarm.root_hint, threegpp(rootCauseIndicator=said).root_hint) == (meant, meant, meant)


# --- times ---

AT = 1700000000_000000


@pytest.mark.parametrize("said", [
    "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000Z", "2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20", " 2023-11-14 22:13:20 ", 1700000000, 1700000000.0, 1700000000000,
    1700000000000000, 1700000000000000000, "1700000000", "1700000000000", "1700000000000000", "Tue, 14 Nov 2023 22:13:20 +0000"])
def test_times_iso_and_epoch_in_seconds_milliseconds_microseconds_and_nanoseconds(said: object) -> None:
    assert tmf642(alarmRaisedTime=said).at == threegpp(eventTime=said).at == ves({"startEpochMicrosec": said, "lastEpochMicrosec": said}).at == AT


@pytest.mark.parametrize("field", ["eventTime", "timeOcurred", "timeOccurred"])
def test_time_of_an_event_in_both_spellings_of_tm_forum(field: str) -> None:
    event = {"eventType": "AlarmDeleteEvent", field: "2023-11-14T22:13:20Z", "event": {"alarm": {**TMF642, "alarmRaisedTime": None}}}

    assert read("tmf642", event).at == AT


# --- probable cause ---


@pytest.mark.parametrize(("said", "meant"), [
    ("Loss of Signal", "lossOfSignal"), ("LOSS_OF_SIGNAL", "lossOfSignal"), ("lossOfSignal", "lossOfSignal"), ("loss-of-signal", "lossOfSignal"), (22, "22"), ("LinkDown", "LinkDown")])
def test_probable_cause_in_any_spelling_and_as_a_number(said: object, meant: str) -> None:
    assert tmf642(probableCause=said).cause == threegpp(probableCause=said).cause == meant
