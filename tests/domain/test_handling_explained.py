"""When alarms explain what customers reported: merged in the lane that sees it, under a parent where stage 5 says so."""

import pytest

from streams.domain.alarm import Effect
from streams.domain.customer_report import ReportRef
from streams.domain.handling_messages import ProblemReported, ReportExplained
from tests.builders import a_network, at
from tests.domain.handled import Handled, words
from tests.domain.problems import Managed, diagnosed, down, on


def test_an_alarm_that_comes_later_takes_the_report_over():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    told = stage.alarms("10:10", "svc-a")

    assert (stage.problem(own).status, stage.problem(own).into) == ("closed", "p1")
    assert stage.problem("p1").handling.reports == 1 and stage.problem(own).handling.reports == 0
    assert ("ph-1", "changed", "inProgress") in words(told)
    assert [d.kind for d in on("customer-impacts", stage.told)] == ["started"]
    assert stage.report().problem == "p1"


def test_in_another_domain_the_problem_of_the_alarm_becomes_the_parent_and_ends_it():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    stage.alarms("10:10", "svc-a", domain="far")

    assert (stage.problem(own).status, stage.problem(own).parent) == ("acknowledged", "p1")
    stage.alarms("10:20", domain="far")
    told = stage.passes("10:21")

    assert ("ph-1", "confirmation", "resolved") in words(told)
    assert "No other problem holds svc-a any more." in stage.problem(own).status_why


def test_a_reported_problem_that_is_explained_late_is_merged_only_into_what_explains_it_still():
    stage = Handled()
    own = stage.asks("10:05")[-1].problem
    stage.alarms("10:10", "svc-1")                              # stage 5 was behind: by now p1 holds another service only
    stage.hears("problem-inbox", ReportExplained(own, "dom", "p1", "dom", "Alarms of problem p1 explain it.", at("10:08")))
    assert (stage.problem(own).into, stage.problem(own).parent) == ("", "p1")

    stage.alarms("10:15", "svc-a")
    stage.alarms("10:20", "svc-1")
    assert stage.problem(own).into == "p1"
    assert [(d.impact, d.kind) for d in on("customer-impacts", stage.told) if d.product == "prod-a"][-1] == (Effect.NONE, "ended")


def test_what_explains_a_report_waits_as_long_as_it_would_have_waited_without():
    stage = Managed(a_network(("svc", "path-a"), services=["svc"], products=[("prod", "svc", "cust")]))
    ref = ReportRef("r1.0", "ph-1", "crm", "prod", "svc", at("10:05"))
    stage.hears(ProblemReported("own", "dom", ref, Effect.DOWN, at("10:05"), opens=True, text="dead"))
    stage.hears(diagnosed("10:10", "first", opened_at=at("10:10")))
    stage.hears(diagnosed("10:10:01", "beside", opened_at=at("10:10:01"), **down("svc")))

    assert stage.row("own").into == "beside"
    assert stage.row("beside").settles_at == at("10:11:31")


@pytest.mark.parametrize("effect, into", [(Effect.DOWN, "p1"), (Effect.AT_RISK, "")])
def test_alarms_of_the_same_lane_explain_what_was_reported_before_stage_5_says_so(effect: Effect, into: str):
    stage = Managed(a_network(("svc", "path-a"), services=["svc"], products=[("prod", "svc", "cust")]))
    ref = ReportRef("r1.0", "ph-1", "crm", "prod", "svc", at("10:05"))
    stage.hears(ProblemReported("own", "dom", ref, Effect.DOWN, at("10:05"), opens=True, text="dead"))
    told = stage.hears(diagnosed("10:10", **down("svc", effect=effect)))
    [*_, last] = [one for one in on("service-effects", told) if one.problem == "p1"]

    assert stage.row("own").into == into
    assert last.mergers == (("own",) if into else ()) and last.held == (("path-a", Effect.DOWN),)
    assert list(stage.view.tables["reported-services"].rows) == ([] if into else ["svc"])
