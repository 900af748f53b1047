"""Every record that stage 4 makes is what its strict schema says, and says what the domain decided."""

import json
from typing import Any

import msgspec
import pytest

from schemas.problem import ServiceProblem
from schemas.progress import ProgressRecord
from schemas.trouble_report import TroubleTicket
from streams.domain.alarm import Effect, Severity
from streams.domain.messages import Answered, Hurt, ReportUpdated, Tick
from streams.domain.problem_record import ProblemRecord
from streams.domain.report import report_id
from streams.edge.records import problem, progress, trouble_report
from tests.builders import at
from tests.domain.problems import SOLD, Managed, a_cause, all_clear, answer, diagnosed, down, on, own_reports

RENDERED = {"problems": (problem.render, ServiceProblem), "trouble-reports": (trouble_report.render, TroubleTicket), "progress": (progress.render, ProgressRecord)}


def written(topic: str, value: Any) -> dict[str, Any]:
    """Render, encode as the topic does, hold against the strict model, and read as a consumer would."""
    render, model = RENDERED[topic]
    encoded = msgspec.json.encode(render(value))
    model.model_validate_json(encoded)
    assert len(encoded) < 256 * 1024
    document: dict[str, Any] = json.loads(encoded)
    return document


def characteristics(record: dict[str, Any]) -> dict[str, Any]:
    return {c["name"]: c["value"] for c in record["characteristic"]}


def a_long_life() -> Managed:
    """A problem that is located, reported, answered, grown, resolved, reopened and merged; another that is closed."""
    stage = Managed(SOLD)
    stage.hears(diagnosed(causes=()))
    stage.hears(diagnosed("10:01", worst=Severity.CRITICAL, sites=("berlin-3",), topology="v1", **down("svc")))
    for kind, ref, word in (("parent", "far-1", ""), ("command", "c1", "issued"), ("outcome", "c1", "restored"), ("operator", "", "comment")):
        stage.hears(answer(kind, ref, word, "some words", when="10:02"))
    stage.hears(ReportUpdated(
        report_id("dom", "p1"), "", "dom", "e1", "t/0/1", at("10:02"), number="INC-7", group="transport", person="Eva", status="held", reason="no access", promised_at=at("12:00"),
        notes=(("Eva", "on my way"),), ours=(("priority", "Low"),)))
    stage.hears(ReportUpdated("x", "", "dom", "e2", "t/0/2", at("10:02")))
    stage.hears(diagnosed("10:03", members=5, active=5, worst=Severity.MINOR, causes=(a_cause("path-a"), a_cause("svc", is_service=True, cause="")), **down("svc")))
    stage.hears(all_clear("10:20"))
    stage.hears(diagnosed("10:25"))
    stage.hears(diagnosed("10:30", problem="p2", recurrence_of="p0"))
    stage.hears(diagnosed("10:31", kind="merged", into="p2", active=0, worst=Severity.CLEARED, causes=(), why="2 hops"))
    stage.hears(all_clear("10:40", problem="p2"))
    stage.hears(Tick(at("13:00")))
    return stage


@pytest.mark.parametrize("topic", RENDERED)
def test_every_record_of_a_long_life_is_valid(topic: str) -> None:
    told = on(topic, a_long_life().told)

    assert len([written(topic, value) for value in told]) >= 5


def test_a_cut_record_with_a_hundred_references_of_each_kind_is_valid() -> None:
    many = tuple(f"reference-{n}" for n in range(5000))
    (row,) = on("problems", Managed(SOLD).hears(diagnosed(
        alarms=many, resources=many, sites=many, members=5000, held=(("path-a", Effect.DOWN),), hurt=tuple(Hurt(s, Effect.DOWN) for s in many),
        causes=(a_cause(evidence=("x" * 10_000,)),))))
    record = written("problems", row)

    assert (len(record["underlyingAlarm"]), record["affectedNumberOfServices"], characteristics(record)["alarmCount"]) == (100, 5000, 5000)


def test_a_blamed_service_stands_among_the_resources_and_among_the_services() -> None:
    (row,) = on("problems", Managed(SOLD).hears(diagnosed(causes=(a_cause("svc", is_service=True), a_cause("olt-1", confidence=0.1)))))
    record = written("problems", row)

    assert [r["id"] for r in record["rootCauseResource"]] == ["svc", "olt-1"]
    assert [r["id"] for r in record["rootCauseService"]] == ["svc"]
    assert [c["confidence"] for c in characteristics(record)["localization"]] == [0.8, 0.1]


def test_a_merged_problem_names_the_other_where_the_scorer_and_the_standard_look() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(**down("svc")))
    stage.hears(Answered("parent", "p1", "dom", "p9", "", "", at("10:00")))
    out = stage.hears(diagnosed("10:01", kind="merged", into="p2", active=0, worst=Severity.CLEARED, causes=(), why="2 hops"))
    record, report = written("problems", on("problems", out)[-1]), written("trouble-reports", own_reports(out)[-1])

    assert (record["status"], record["statusChangeReason"]) == ("closed", "Merged into p2: 2 hops")
    assert ([ref["id"] for ref in record["parentProblem"]], characteristics(record)["mergedInto"]) == (["p2"], "p2")
    assert "p9" not in {one["entity"]["id"] for one in report["relatedEntity"]}
    assert (report["status"], report["troubleTicketRelationship"][-1]["id"]) == ("closed", report_id("dom", "p2"))


def test_the_report_tells_the_time_to_restore_and_its_history() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(worst=Severity.CRITICAL, **down("svc")))
    stage.hears(all_clear("10:30"))
    *_, row = own_reports(stage.waits_until("10:31"))
    report = written("trouble-reports", row)

    assert (report["priority"], report["severity"], report["ticketType"]) == ("Critical", "Critical", "serviceTrouble")
    assert (report["creationDate"], report["expectedResolutionDate"], report["resolutionDate"]) == (
        "2026-01-01T10:00:00.000Z", "2026-01-01T14:00:00.000Z", "2026-01-01T10:30:10.000Z")
    assert [c["status"] for c in report["statusChangeHistory"]] == ["inProgress", "resolved"]


def test_progress_names_the_event_of_tmf656_and_what_changed() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed())
    told = [written("progress", p) for p in on("progress", stage.hears(diagnosed("10:01", worst=Severity.CRITICAL)))]

    (record,) = told
    assert record["eventType"] == record["notification"]["eventType"] == "ServiceProblemAttributeValueChangeEvent"
    assert record["notification"]["analyticCharacteristic"][0]["name"] == "priority"


def test_rows_survive_storage() -> None:
    rows = a_long_life().view.tables["problems"].rows.values()

    assert [msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=ProblemRecord) for row in rows] == list(rows)
