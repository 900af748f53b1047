"""alarm-records as the outside reads it: TMF642 events that satisfy our strict schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from schemas.alarm import AlarmEvent, json_schema
from streams.domain.alarm import Severity
from streams.domain.implied import AlarmMarked, Implied
from streams.domain.messages import OperatorRequest, OutageAnnounced
from streams.edge.records.alarm_event import render
from tests.builders import at
from tests.domain.correlating import Correlator

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "schemas" / "examples" / "alarm" / "v1"


def events(stage: Correlator) -> list[dict[str, Any]]:
    """Render all that was published, as a reader gets it, each checked against the schema."""
    told = [json.loads(json.dumps(render(e.value))) for e in stage.out if e.topic == "alarm-records"]
    for event in told:
        AlarmEvent.model_validate_json(json.dumps(event), strict=True)
        jsonschema.validate(event, json_schema())
    return told


def a_life() -> Correlator:
    """One alarm through everything that is published of it, another through an outage."""
    stage = Correlator()
    stage("node-1", "10:00", source_id="ems-17", text="Rx power low", severity=Severity.MINOR, service_affecting=True, root_hint=False, parents=("ems-3",), reported="NODE1.BER")
    stage("node-1", "10:01", severity=Severity.CRITICAL)
    stage("node-1", "10:06", severity=Severity.CRITICAL)
    record = stage.changes()[0].members[0].alarm
    stage.send(OperatorRequest("r-1", "ack", record, "eve", "on it", at("10:07")))
    stage.clear("node-1", "10:10")
    stage.send(OutageAnnounced("w-1", "dom", ("node-2",), at("10:00"), at("11:00"), False, at("09:00")))
    stage("node-2", "10:30")
    stage("node-3", "10:31", severity=Severity.WARNING, alarm_type="")
    stage.clear("node-3", "10:31:30", alarm_type="")
    stage.tick("2026-01-03T00:00")
    return stage


def test_every_event_of_a_whole_life_satisfies_the_schema() -> None:
    told = [(e["eventType"], e["event"]["alarm"]["state"], e["event"]["alarm"]["perceivedSeverity"]) for e in events(a_life()) if e["event"]["alarm"]["alarmedObject"]["id"] == "node-1"]

    assert told == [
        ("alarmCreateEvent", "raised", "minor"), ("alarmAttributeValueChangeEvent", "updated", "critical"), ("alarmAttributeValueChangeEvent", "updated", "critical"),
        ("alarmAttributeValueChangeEvent", "updated", "critical"), ("alarmStateChangeEvent", "cleared", "cleared"), ("alarmDeleteEvent", "cleared", "cleared")]


def test_event_ids_are_unique() -> None:
    stage = a_life()
    stage("node-1", "2026-01-03T10:00", source_id="ems-17")     # closed meanwhile: it begins anew
    ids = [e["eventId"] for e in events(stage)]

    assert len(ids) == len(set(ids))


def test_what_the_source_said_is_kept() -> None:
    alarm = events(a_life())[0]["event"]["alarm"]

    assert (alarm["externalAlarmId"], alarm["alarmDetails"], alarm["serviceAffecting"], alarm["isRootCause"]) == ("ems-17", "Rx power low", True, False)
    assert (alarm["parentAlarm"], alarm["reportedObject"], alarm["alarmRaisedTime"]) == ([{"id": "ems-3"}], "NODE1.BER", "2026-01-01T10:00:00.000Z")


def test_an_alarm_names_its_problem_and_an_acknowledged_one_who_took_it() -> None:
    stage = a_life()
    event = events(stage)[3]

    assert event["correlationId"] == event["event"]["alarm"]["problem"]["id"] == stage.changes()[0].problem
    assert (event["event"]["alarm"]["ackState"], event["event"]["alarm"]["ackUserId"]) == ("acknowledged", "eve")
    assert event["event"]["alarm"]["comment"][0]["comment"] == "on it"


def test_a_suppressed_alarm_says_why_and_names_no_problem() -> None:
    event = next(e for e in events(a_life()) if e["event"]["alarm"]["alarmedObject"]["id"] == "node-2")

    assert (event["event"]["alarm"]["suppressedBy"], event["event"]["alarm"]["plannedOutageIndicator"]) == ("planned-outage", "inPlannedMaintenance")
    assert event["event"]["alarm"]["plannedOutage"] == {"id": "w-1", "until": "2026-01-01T11:20:00.000Z"}
    assert "problem" not in event["event"]["alarm"]


def test_the_stored_schema_is_that_of_the_models() -> None:
    stored = json.loads((ROOT / "schemas" / "json" / "alarm.v1.schema.json").read_text())

    assert stored == json_schema(), "run: python -m schemas.alarm > schemas/json/alarm.v1.schema.json"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda p: p.name)
def test_examples_are_what_their_names_say(path: Path) -> None:
    text = path.read_text()
    if path.name.endswith(".invalid.json"):
        with pytest.raises(ValidationError):
            AlarmEvent.model_validate_json(text)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(text), json_schema())
    else:
        AlarmEvent.model_validate_json(text)
        jsonschema.validate(json.loads(text), json_schema())


def test_there_are_examples_of_both_kinds() -> None:
    names = [p.name for p in EXAMPLES.glob("*.json")]

    assert any(n.endswith(".invalid.json") for n in names)
    assert len(names) >= 5


@pytest.mark.parametrize("implied", [
    None, Implied("olt", "", 0.9, ("shared_upstream",), ("ont", "olt"), 1, 0), Implied("olt", "alarm-2", 0.9, ("severity",), tuple("abcdefghi"), 13, 5)])
def test_a_mark_is_an_event_of_its_own(implied: Implied | None) -> None:
    told = json.loads(json.dumps(render(AlarmMarked("alarm-1", "dom", "problem-1", "occurrence-1", 2, at("10:00"), implied))))
    event = AlarmEvent.model_validate(told)

    assert ("occurrence-1-implied-problem-1-2", "problem-1") == (event.event_id, event.correlation_id)
    assert {"@type", "@baseType", "id", "impliedBy"} == set(told["event"]["alarm"])
    by = told["event"]["alarm"]["impliedBy"]
    assert by == (implied and {"root": {"id": "olt"}, "confidence": 0.9, "rules": list(implied.rules), "path": list(implied.path), "hops": implied.hops}
                  | ({"rootAlarm": {"id": "alarm-2"}, "omitted": 5} if implied.omitted else {}))
