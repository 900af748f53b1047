"""A raise and its clear meet, however their format names the alarm: MEF's second record, 3GPP's alarmId, ids alone, rules without times."""

import json
from typing import Any

import pytest

from streams.domain.messages import AlarmListTold
from streams.domain.policy import NormalizePolicy
from streams.edge.feed import Feed, Raw
from streams.edge.formats import FORMATS, Acted, ListTold, Refused, Told
from streams.edge.intake import TABLES, Intake
from streams.edge.names import Names
from tests.builders import MemoryView, a_network, a_world, at
from tests.edge.goldens import value_of

NETWORK = a_network(("node-2", "node-1"))


def heard(*values: bytes, arrived_at: int = 0, clock_mode: str = "event", lanes: tuple[str, ...] = (), **feed: Any) -> list[Any]:
    """What one feed partition makes of records: alarms, or dispositions of what became none."""
    intake = Intake(Names(NETWORK.nodes, {}), [Feed("raw-alarms", **feed)], NormalizePolicy(), clock_mode, lanes=lanes)
    view, world = MemoryView({name: due for name, (_, due, _) in TABLES.items()}), a_world(NETWORK)
    out = []
    for n, value in enumerate(values):
        emits = intake.step(view, Raw("raw-alarms", 0, n, arrived_at, None, value), 0, world)  # type: ignore[arg-type]
        out += [getattr(emit.value, "alarm", None) or emit.value for emit in emits]
    return out


@pytest.mark.parametrize(("raised", "cleared"), [
    ("tmf642/mef-w148-tca-set.json", "tmf642/mef-w148-6.4-tca-clear.json"), ("oran/stndDefined-r16-notify-new-alarm.json", "oran/stndDefined-r16-notify-cleared-alarm.json"),
    ("oran/stndDefined-r18-notify-new-alarm.json", "oran/stndDefined-r16-notify-cleared-alarm.json"), ("3gpp/notifyNewAlarm.json", "3gpp/notifyClearedAlarm.json"),
    ("3gpp/notifyChangedAlarmGeneral.json", "3gpp/notifyClearedAlarm.json"), ("ves/tca-cont.json", "ves/tca-clear.json"), ("grafana/unified-firing.json", "grafana/unified-resolved.json"),
    ("tmf642/oracle-change-event.json", "tmf642/oracle-clear-event.json")])
def test_a_clear_has_the_key_of_its_raise(raised: str, cleared: str) -> None:
    first, last = heard(value_of(raised), value_of(cleared))

    assert (first.cleared, last.cleared) == (False, True)
    assert first.key == last.key


@pytest.mark.parametrize(("raised", "cleared"), [
    ("3gpp/notifyNewAlarm.json", "3gpp/notifyClearedAlarm-id-only.json"), ("tmf642/oracle-event.json", "tmf642/oracle-delete-event-id-only.json"),
    ("grafana/grafana_alert_alerting.json", "grafana/grafana_alert_ok.json"), ("tmf642/mef-w148-tca-set.json", "tmf642/mef-w148-6.4-tca-clear.json")])
def test_a_clear_by_id_alone_has_the_key_of_its_raise_where_its_feed_says_so(raised: str, cleared: str) -> None:
    first, last = heard(value_of(raised), value_of(cleared), arrived_at=at("12:00"), clock_mode="wall", clears="by_id")

    assert (first.cleared, last.cleared) == (False, True)
    assert first.key == last.key


def test_a_mef_clear_without_its_kind_clears_itself_and_keeps_its_parent() -> None:
    doc = json.loads(value_of("tmf642/mef-w148-6.4-tca-clear.json"))
    del doc["alarmSpecificAttributes"]
    told = FORMATS["tmf642"](json.dumps(doc).encode())

    assert isinstance(told, Told)
    assert (told.source_id, told.identity, told.parents) == ("alarm-20250601-001", "", ("alarm-20250601-000",))


def test_a_mef_set_and_its_clear_in_a_plainly_spelt_record_take_the_same_way() -> None:
    doc = {**json.loads(value_of("tmf642/mef-w148-tca-set.json")), "alarmedObject": {"id": "endpoint-456"}, "state": "raised"}
    told = FORMATS["tmf642"](json.dumps(doc).encode())

    assert isinstance(told, Told)
    assert told.identity == "alarm-20250601-000"


def test_an_alarm_list_with_a_record_that_cannot_be_read_takes_nothing_for_missing() -> None:
    doc = json.loads(value_of("3gpp/alarm-list.json"))
    doc["a-18"]["perceivedSeverity"] = 4
    reading = FORMATS["auto"](json.dumps(doc).encode())

    assert [type(part) for part in reading] == [Told, Acted, Refused, Told]  # type: ignore[union-attr]


def test_an_alarm_list_whose_records_name_no_or_several_sources_speaks_for_the_feed() -> None:
    doc = json.loads(value_of("3gpp/alarm-list.json"))
    doc["a-18"]["lastNotificationHeader"]["systemDN"] = "another"
    first, *_, last = FORMATS["3gpp"](json.dumps(doc).encode())  # type: ignore[misc]

    assert first == ListTold("begins", "", at("2024-05-01T08:07:00Z"))
    assert last == ListTold("ends", "", at("2024-05-01T08:07:00Z"))


def test_a_legacy_grafana_alarm_happens_when_it_comes() -> None:
    [alarm] = heard(value_of("grafana/grafana_alert_alerting.json"), arrived_at=at("12:00"), clock_mode="wall")

    assert (alarm.object, alarm.at, alarm.raised_at) == ("zeta.domain", at("12:00"), at("12:00"))


def test_a_legacy_grafana_alarm_of_a_recording_happens_at_the_feeds_clock_and_is_refused_before_there_is_one() -> None:
    grafana = value_of("grafana/grafana_alert_alerting.json")
    letter, before, alarm = heard(grafana, value_of("ves/son_fault.json"), grafana)

    assert letter.reason == "no-time"
    assert alarm.at == before.at


@pytest.mark.parametrize(("clock_mode", "expected"), [("wall", "2024-05-01T12:00:00Z"), ("event", "2024-05-01T08:20:02Z")])
def test_an_alarm_list_is_as_of_its_arrival(clock_mode: str, expected: str) -> None:
    before = {**json.loads(value_of("3gpp/notifyNewAlarm.json")), "alarmId": "a-99", "eventTime": "2024-05-01T08:20:02Z"}
    out = heard(json.dumps(before).encode(), value_of("3gpp/alarm-list.json"), arrived_at=at("2024-05-01T12:00:00Z"), clock_mode=clock_mode, lanes=("l0",))
    lists = [message for message in out if isinstance(message, AlarmListTold)]

    assert [(told.kind, told.at) for told in lists] == [("begins", at(expected)), ("ends", at(expected))]


def test_an_acknowledged_alarm_of_a_list_says_by_whom() -> None:
    alarm, acted = FORMATS["3gpp"](value_of("3gpp/alarm-list.json"))[1:3]  # type: ignore[index]

    assert isinstance(acted, Acted)
    assert (acted.action, acted.user, acted.object, acted.identity, acted.at) == ("ack", "jd", alarm.object, "a-17", at("2024-05-01T08:00:06Z"))
