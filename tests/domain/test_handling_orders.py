"""What Problem Handling orders about a report, and tests that answer it."""

import msgspec

from streams.domain.customer_report import RequesterTold
from streams.domain.messages import TestHeard
from streams.domain.network import TestRule
from tests.builders import a_network, at
from tests.domain.handled import Handled, said, words
from tests.domain.problems import on


def test_problem_handling_holds_resumes_and_confirms_what_came_from_a_customer():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    assert [one.kind for one in stage.asks("10:10", "hold", text="customer on holiday")][-1] == "accepted"
    assert (stage.problem(own).status, stage.problem(own).status_why) == ("pending", "Waits on Problem Handling: customer on holiday.")
    stage.asks("10:20", "resume")
    assert stage.problem(own).status == "inProgress"
    told = stage.asks("10:30", "confirm")

    assert (stage.problem(own).status, stage.problem(own).status_why) == ("closed", "Confirmed by its requester.")
    assert [one.kind for one in told] == ["closed", "accepted"]
    assert [d.kind for d in on("customer-impacts", stage.told)] == ["started", "clock", "clock", "ended"]       # its clock stands while it waits


def test_the_last_report_withdrawn_cancels_its_problem_and_frees_its_service():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    stage.asks("10:10", "cancel")

    assert stage.problem(own).status == "cancelled"
    assert [d.kind for d in on("customer-impacts", stage.told)] == ["started", "ended"]
    assert stage.asks("10:11", "confirm")[-1].kind == "refused"


def test_what_alarms_found_is_not_held_for_a_customer_but_may_be_tested():
    stage = Handled()
    stage.alarms("10:00", "svc-a")
    stage.asks("10:05")

    assert stage.asks("10:10", "hold")[-1].kind == "refused" and stage.problem("p1").status == "inProgress"
    assert stage.asks("10:11", "test")[-1].kind == "accepted"
    assert [e.key for e in stage.told if e.topic == "test-requests"] == ["svc-a"]


def test_a_request_about_a_report_is_answered_once_and_again_with_the_same_words():
    stage = Handled()
    stage.asks("10:05")
    first = stage.asks("10:10", "hold", request="h-1")[-1]
    again = stage.asks("10:11", "hold", request="h-1")

    assert [(one.kind, one.why, one.request) for one in again] == [("accepted", first.why, "h-1")]


def test_what_is_missing_is_asked_for_and_given_up_after_a_day():
    stage = Handled()
    told = stage.asks("10:00", services=(), product="", doubt="Nothing known is called 'x'.")
    assert [(one.kind, one.required) for one in told] == [("information", ("/relatedEntity",))]
    told = stage.passes("2026-01-02T10:00:01")

    assert [(one.kind, one.why) for one in told] == [("closed", "The information asked for did not come within 24 h.")]


def result(stage: Handled, when: str, outcome: str) -> list[RequesterTold]:
    """Have the tester answer the last test that was asked for."""
    test = on("test-requests", stage.told)[-1]
    return said(stage.hears("problem-inbox", TestHeard(test.id, outcome, "", "dom", at(when), at(when))))


def test_a_first_in_test_that_passes_resolves_it_and_the_customer_is_asked():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    told = result(stage, "10:07", "passed")

    assert (stage.problem(own).status, stage.problem(own).status_why) == ("resolved", "No fault found: service-check of svc-a passed.")
    assert words(told) == [("ph-1", "confirmation", "resolved")]
    assert [d.kind for d in on("customer-impacts", stage.told)] == ["started", "ended"]
    stage.asks("10:10", "still-down")
    assert (stage.problem(own).status, stage.problem(own).active) == ("inProgress", 1)


def test_a_declared_first_in_test_takes_the_place_of_the_one_that_every_topology_has():
    network = a_network(("path-a", "olt"), ("svc-a", "path-a"), services=["svc-a"], products=[("prod-a", "svc-a", "cust-a")])
    stage = Handled(msgspec.structs.replace(network, tests=(TestRule("line-test", "first-in", "line-check"), TestRule("others", "first-in", "port-check", on_type="port"))))
    stage.asks("10:05")

    assert [(test.specification, test.object) for test in on("test-requests", stage.told)] == [("line-check", "svc-a")]
    result(stage, "10:07", "passed")
    assert stage.problem(stage.report().problem).status_why == "No fault found: line-check of svc-a passed."
    stage.asks("10:08", "test")
    assert [test.specification for test in on("test-requests", stage.told)] == ["line-check", "line-check"]


def test_a_test_that_fails_is_told_and_one_of_two_services_proves_nothing_of_the_other():
    stage = Handled()
    stage.asks("10:05")
    told = result(stage, "10:07", "failed")
    assert words(told) == [("ph-1", "changed", "acknowledged")] and "failed" in told[0].why

    two = Handled()
    for n, when in ((1, "10:00"), (2, "10:01"), (3, "10:02")):
        two.reports(when, n)
    result(two, "10:05", "passed")
    assert [row.status for row in two.open_problems()] == ["inProgress"]
