"""Tests that operators, schedules and rules of actions ask for."""


from streams.domain.instant import MINUTE
from streams.domain.messages import ObjectTested, OperatorRequest, TestAsked
from streams.domain.network import Action, TestRule
from streams.domain.service_test import ServiceTest
from tests.builders import at
from tests.domain.problems import Managed, diagnosed, down
from tests.domain.tried import FINAL, a_stage, requests, result, said


def ask(stage: Managed, rule: str = "works", **but):
    request = OperatorRequest("r1", "test", but.pop("target", "p1"), "eva", "", at("10:05"), "dom", position="operator-actions/0/1")
    return stage.hears(TestAsked(rule, but.pop("object", ""), "dom", at("10:05"), request=request))


def test_an_operator_asks_for_a_test_and_is_answered():
    stage = a_stage(FINAL)
    stage.hears(diagnosed("10:00", **down("svc")))
    replies = [e.value for e in (*ask(stage), *ask(stage), *ask(stage, "nothing")) if hasattr(e.value, "done")]

    assert [True, True, False] == [reply.done for reply in replies]
    assert ["svc"] == [t.object for t in requests(stage)]
    assert "'nothing' is no test of topology.yaml; there is works." == replies[-1].why


def test_a_final_test_on_demand_does_not_resolve_a_problem():
    stage = a_stage(FINAL)
    stage.hears(diagnosed("10:00", **down("svc")))
    ask(stage)
    result(stage, "passed", "10:06")

    assert "inProgress" == stage.row().status


def test_an_audit_on_schedule_has_no_problem_and_its_result_is_told():
    stage = a_stage(TestRule("config", "audit", "config-audit", on_type="svc", every=60 * MINUTE))
    stage.hears(TestAsked("config", "svc", "dom", at("10:00")))
    result(stage, "failed", "10:01")

    assert [("svc", "asked"), ("svc", "failed")] == said(stage)
    assert {} == stage.view.problems.rows


def test_a_test_that_a_rule_of_actions_sent_is_matched_and_asked_again_without_an_answer():
    stage = a_stage()
    stage.hears(diagnosed("10:00"))
    sent = ServiceTest("dom-1", "try-path", "action", "loopback", "path-a", "dom", "alarm", at("10:00"), at("10:05"), 5 * MINUTE, attempts=2, problem="p1", alarm="a1")
    stage.hears(TestAsked("try-path", "path-a", "dom", at("10:00"), test=sent))
    assert [] == requests(stage)
    stage.waits_until("10:05")

    assert [(2, "a1")] == [(t.attempt, t.alarm) for t in requests(stage)]
    result(stage, "passed", "10:06")
    assert [("action", "passed")] == [(o.kind, o.state) for o in stage.row().tested.outcomes]


def test_stage_6_hears_what_is_in_test_where_commands_depend_on_it():
    for restoration, expected in (((Action("restart", disrupts=True),), [("svc", at("10:05")), ("svc", 0)]), ((Action("reroute"),), [])):
        stage = a_stage(TestRule("first", "first-in", "line-test", on_type="svc"), restoration=restoration)
        stage.hears(diagnosed("10:00", **down("svc")))
        result(stage, "passed", "10:01")

        assert expected == [(e.value.object, e.value.until) for e in stage.told if isinstance(e.value, ObjectTested)]
