"""What is told when a problem closes: its whole course, and a review where its impact was major."""

from typing import Any

from streams.domain.alarm import Effect, Severity
from streams.domain.final_report import FinalReport, ReviewAsked
from streams.domain.instant import MINUTE
from streams.edge.records.final_report import render
from tests.builders import at
from tests.domain.problems import SOLD, Managed, all_clear, answer, diagnosed, down
from tests.domain.test_problem_request import asks


def closed(stage: Managed) -> list[FinalReport]:
    return [emit.value for emit in stage.told if isinstance(emit.value, FinalReport)]


def reviews(stage: Managed) -> list[ReviewAsked]:
    return [emit.value for emit in stage.told if isinstance(emit.value, ReviewAsked)]


def lived(network: Any = SOLD, **policy: Any) -> Managed:
    """A problem that has svc down for ten minutes, degraded for five, and down again for five; held for two of these."""
    stage = Managed(network, **policy)
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.hears(diagnosed("10:10", **down("svc", effect=Effect.DEGRADED)))
    stage.hears(diagnosed("10:15", **down("svc")))
    stage.hears(asks("hold", "10:16"))
    stage.hears(asks("resume", "10:18"))
    stage.hears(answer("outcome", "cmd-1", "failed", "no route", "10:19"))
    stage.hears(all_clear("10:20"))
    return stage


def test_a_closed_problem_tells_its_course_once() -> None:
    stage = lived()
    stage.waits_until("12:00")
    [report] = closed(stage)

    assert ["acknowledged", "inProgress", "held", "inProgress", "resolved", "closed"] == [step.status for step in report.row.course.steps]
    assert all(step.why for step in report.row.course.steps)
    assert 2 * MINUTE == report.row.course.paused
    assert ["failed"] == [attempt.word for attempt in report.row.course.attempts]
    assert at("10:00") == report.row.course.located_at


def test_minutes_count_while_a_service_is_down_and_for_each_product_on_it() -> None:
    stage = lived()
    stage.waits_until("12:00")
    [report] = closed(stage)
    impact = render(report)["finalReport"]["impact"]

    assert [("svc", 15 * MINUTE, 1)] == [(one.service, one.down, one.products) for one in report.services]
    assert (15.0, 15.0, 1) == (impact["serviceDownMinutes"], impact["productDownMinutes"], impact["customers"])


def test_a_merged_or_cancelled_problem_has_no_final_report() -> None:
    stage = Managed()
    stage.hears(diagnosed(problem="p2"))
    stage.hears(diagnosed())
    stage.hears(diagnosed("10:01", kind="merged", into="p2", active=0, worst=Severity.CLEARED, causes=()))
    stage.hears(asks("cancel", problem="p2"))

    assert [] == closed(stage)


def test_a_problem_of_the_highest_priority_is_to_be_reviewed() -> None:
    stage = lived(review_priority=1)
    stage.waits_until("12:00")
    [review] = reviews(stage)

    assert (closed(stage)[0].id, "Review: it had priority 1.") == (review.report, review.why)


def test_a_problem_of_less_impact_is_not() -> None:
    stage = lived(review_priority=0)
    stage.waits_until("12:00")

    assert [] == reviews(stage)


def test_a_reopened_problem_reports_once_when_it_closes_at_last() -> None:
    stage = lived(review_reopened=1, review_priority=0)
    stage.hears(diagnosed("10:40", **down("svc")))
    stage.hears(all_clear("10:50"))
    stage.waits_until("13:00")
    [report] = closed(stage)

    assert [25 * MINUTE] == [one.down for one in report.services]
    assert ["Review: it was reopened 1 time."] == [review.why for review in reviews(stage)]
