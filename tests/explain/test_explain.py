"""What a problem and an alarm are explained with, from the outputs of whole stories."""

import io
import json
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from schemas.explanation import AlarmExplanation, ProblemExplanation, json_schema
from streams.explain.answer import explanation
from streams.explain.find import NotFound, find
from streams.explain.text import show
from tests.explain.telling import Told, a_story, alarm_of, problem_of


def text_of(told: ProblemExplanation | AlarmExplanation) -> str:
    out = io.StringIO()
    show(Console(file=out, width=200), told)
    return out.getvalue()


def an_alarm_id(name: str, object_: str) -> str:
    events = [json.loads(value) for _, value in a_story(name).read("alarm-records") if value]
    return str(next(e["event"]["alarm"]["id"] for e in events if e["event"]["alarm"].get("alarmedObject") == {"id": object_}))


CUT = problem_of("five-alarms", "fibre-7")


def test_the_cause_is_told_with_rules_evidence_weights_and_runners_up() -> None:
    assert CUT.cause is not None
    assert ("fibre-7", True) == (CUT.cause.object, CUT.cause.is_alarmed)
    assert "shared_upstream" in [each.rule for each in CUT.cause.evidence]
    assert all(each.weight and each.text for each in CUT.cause.evidence)
    assert "port-1" in [other.object for other in CUT.runners_up]
    assert CUT.runners_up[0].confidence < CUT.cause.confidence


def test_every_alarm_says_why_it_is_there_and_what_implies_it() -> None:
    by_object = {alarm.object: alarm for alarm in CUT.alarms}

    assert "its alarm began the problem" in by_object["port-1"].reason
    assert "olt-3 is 1 from port-1" in by_object["olt-3"].reason and "s from" in by_object["olt-3"].reason
    assert by_object["olt-3"].implied_by is not None
    assert ["olt-3", "port-1", "fibre-7"] == by_object["olt-3"].implied_by.path
    assert by_object["fibre-7"].implied_by is None


def test_what_changed_the_mind_is_told_in_order() -> None:
    causes = [change.text for change in CUT.changes if change.kind == "cause"]

    assert causes[0].startswith("Located at port-1 at ")
    assert any("From port-1 at " in text and " to fibre-7 at " in text and "2 alarms instead of 1" in text for text in causes)
    assert [change.at for change in CUT.changes] == sorted(change.at for change in CUT.changes)
    assert {"opened", "status", "report", "command"} <= {change.kind for change in CUT.changes}


def test_tests_jeopardy_and_escalation_are_told() -> None:
    tested = [change.text for change in problem_of("final-test-fails", "card-1").changes if change.kind == "test"]

    assert any(text.startswith("loopback of svc-1 asked: ") for text in tested) and any(text.startswith("loopback of svc-1 failed: ") for text in tested)
    assert {"jeopardy", "escalation"} <= {change.kind for change in problem_of("jeopardy-hold-and-resume", "port-9").changes}


def test_a_standing_problem_says_that_nobody_is_told() -> None:
    story = a_story("final-test-fails")
    value = next(json.loads(value) for _, value in story.read("problems") if value)
    value["characteristic"].append({"@type": "StringCharacteristic", "name": "isStanding", "valueType": "string", "value": "true"})
    told = explanation(Told({"problems": [(value["id"], "", value)]}), value["id"])

    assert isinstance(told, ProblemExplanation) and told.is_standing and "first contact" in text_of(told)


def test_whom_it_hurts_is_told_by_product_and_no_customer_is_named() -> None:
    [service] = CUT.services
    [product] = service.products

    assert ("vpn-hospital", "prod-991", "down", "gold") == (service.service, product.product, product.impact, product.sla)
    assert "harbour-hospital" not in CUT.model_dump_json()


def test_the_answer_is_as_its_schema_says() -> None:
    for told in (CUT, alarm_of("five-alarms", an_alarm_id("five-alarms", "port-2"))):
        jsonschema.validate(json.loads(told.model_dump_json(by_alias=True, exclude_none=True)), json_schema(), format_checker=jsonschema.FormatChecker())


def test_the_text_says_all_of_it() -> None:
    text = text_of(CUT)

    for said in ("Why this cause", "shared_upstream", "runners-up", "Why these alarms", "olt-3 is 1 from port-1", "2 hops away: olt-3 > port-1 > fibre-7", "What changed",
                 "From port-1 at", "What it hurts", "prod-991", "down since 10:00:00"):
        assert said in text, said
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_an_alarm_is_told_with_its_problem() -> None:
    told = alarm_of("five-alarms", an_alarm_id("five-alarms", "port-2"))

    assert told.problem is not None and told.problem.id == CUT.id
    assert "port-2 is 1 from fibre-7" in told.alarm.reason
    assert ["implied"] == [mark.kind for mark in told.alarm.marks] and "by fibre-7 at confidence" in told.alarm.marks[0].text
    assert "Why it is there" in text_of(told) and f"In problem {CUT.id}" in text_of(told)


def test_what_was_suppressed_is_told_with_by_what_and_until_when() -> None:
    told = alarm_of("work-on-one-path", an_alarm_id("work-on-one-path", "path-1"))

    assert told.alarm.marks[0].kind == "planned-outage"
    assert "by announced work" in told.alarm.marks[0].text and "until 2026-01-01T" in told.alarm.marks[0].text


def test_a_merger_is_told_by_the_problem_that_took_the_other_in() -> None:
    records = [json.loads(value) for _, value in a_story("merge-of-two-groups").read("problems") if value]
    gone = next(r for r in records if r["status"] == "closed")
    into = next(c["value"] for c in gone["characteristic"] if c["name"] == "mergedInto")
    told = problem_of("merge-of-two-groups", into)

    assert [gone["id"]] == told.relatives.merged_from
    assert [True] == [gone["id"] in change.text for change in told.changes if change.kind == "merged"]
    assert any(change.kind == "opened" and change.text.startswith(f"Of {gone['id']}: Opened by") for change in told.changes)
    assert len(told.alarms) == told.alarm_count
    assert problem_of("merge-of-two-groups", gone["id"]).relatives.merged_into == into


def test_ids_may_be_given_by_their_beginning_where_that_is_enough() -> None:
    story, alarm = a_story("five-alarms"), an_alarm_id("five-alarms", "port-2")

    assert find(story, CUT.id[:14]).problem == CUT.id
    assert find(story, alarm[:14]).alarm == alarm
    assert find(story, "port-2").problem == CUT.id


@pytest.mark.parametrize(("asked", "said"), [
    ("9e40df4b", "9e40df4b is the beginning of 5 ids in a story: "),
    ("port-77", "port-77: no problem and no alarm record has this id, an id that begins so, or an object of this name; looked in `problems` and `alarm-records` of a story"),
    ("9e4", "9e4: no problem"),
])
def test_what_is_not_there_or_not_one_thing_is_said(asked: str, said: str) -> None:
    with pytest.raises(NotFound) as told:
        find(a_story("five-alarms"), asked)

    assert str(told.value).startswith(said)


def problem_at(ident: str, status: str) -> tuple[str, str, Any]:
    return ident, "", {"id": ident, "status": status, "affectedResource": [{"id": "olt"}], "characteristic": []}


def test_of_the_problems_at_an_object_the_open_one_is_meant() -> None:
    assert find(Told({"problems": [problem_at("p-1", "closed"), problem_at("p-2", "inProgress")]}), "olt").problem == "p-2"
    assert find(Told({"problems": [problem_at("p-1", "closed")]}), "olt").problem == "p-1"
    with pytest.raises(NotFound, match="an object of 2 problems in a story: p-1, p-2; say which"):
        find(Told({"problems": [problem_at("p-1", "pending"), problem_at("p-2", "inProgress")]}), "olt")


def test_a_problem_that_was_forgotten_is_not_found() -> None:
    with pytest.raises(NotFound):
        find(Told({"problems": [problem_at("p-1", "closed"), ("p-1", "", None)]}), "p-1")
