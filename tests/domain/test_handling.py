"""Customers' reports: joined, opened, asked for more, answered once, confirmed or not."""

import msgspec
import pytest

from streams.domain import manage, oversee
from streams.domain.alarm import Effect
from streams.domain.impact_delta import ImpactDelta
from streams.domain.instant import DAY
from streams.domain.messages import HeldDown, OperatorRequest, ProblemAsked
from tests.builders import a_network, at
from tests.domain.handled import Handled, said, words
from tests.domain.problems import on

DAY_AFTER = "2026-01-02T"


def test_a_report_of_what_a_problem_holds_down_joins_it_and_hears_of_its_cause():
    stage = Handled()
    stage.alarms("10:00", "svc-a")
    told = stage.asks("10:05")

    assert words(told) == [("ph-1", "changed", "inProgress"), ("ph-1", "accepted", "")]
    assert told[0].cause == "The fault lies with olt-1: loss of signal." and told[0].etr > at("10:05")
    assert [row.id for row in stage.open_problems()] == ["p1"]
    assert stage.problem("p1").handling.reports == 1


def test_a_service_merely_at_risk_does_not_explain_that_it_is_down():
    stage = Handled()
    stage.alarms("10:00", "svc-a", effect=Effect.AT_RISK, held=(("path-a", Effect.AT_RISK),))
    stage.asks("10:05")

    assert [row.id for row in stage.open_problems() if row.handling] == [stage.report().problem] != ["p1"]


def test_a_problem_that_let_go_of_the_service_after_the_fault_began_explains_a_late_report():
    stage = Handled()
    stage.alarms("10:00", "svc-a")
    stage.alarms("10:20")
    stage.passes("10:21")
    late, later = stage.asks("10:25", since=at("10:10")), stage.asks("10:26", external="ph-2", since=at("10:24"))

    assert ("ph-1", "confirmation", "resolved") in words(late)
    assert stage.report("ph-1").problem == "p1" != stage.report("ph-2").problem
    assert ("ph-2", "changed", "acknowledged") in words(later)


def test_what_nothing_explains_opens_a_problem_of_unknown_cause_with_a_first_in_test():
    stage = Handled()
    told = stage.asks("10:05")
    [row] = stage.open_problems()

    assert words(told) == [("ph-1", "changed", "acknowledged"), ("ph-1", "accepted", "")] and told[0].cause == ""
    assert (row.active, row.members, row.causes, row.service_count, row.priority) == (1, 0, (), 1, 1)
    assert [e.key for e in stage.told if e.topic == "test-requests"] == ["svc-a"]
    assert [(d.product, d.impact) for d in on("customer-impacts", stage.told)] == [("prod-a", Effect.DOWN)]


def test_one_customers_word_does_not_tell_others_of_the_same_service_that_they_are_down():
    stage = Handled(a_network(("svc", "path-a"), services=["svc"], products=[("prod-1", "svc", "cust-1"), ("prod-2", "svc", "cust-2")]))
    stage.asks("10:05", services=(("svc", "dom"),), product="prod-1")
    told = stage.asks("10:06", external="ph-2", services=(("svc", "dom"),), product="prod-2")

    assert on("customer-impacts", stage.told) == []
    assert [row.handling.reports for row in stage.open_problems()] == [2]
    assert "which other customers reported" in told[0].why


def test_the_same_report_again_gets_its_first_answer_again():
    stage = Handled()
    first = stage.asks("10:05")[-1]
    again = stage.asks("10:06")

    assert [(one.kind, one.why, one.request, one.problem) for one in again] == [(first.kind, first.why, first.request, first.problem)]
    assert again[0].id != first.id


def test_the_third_product_that_shares_something_makes_one_problem_of_them():
    stage = Handled()
    stage.reports("10:00", 1)
    stage.reports("10:04", 2)
    assert len(stage.open_problems()) == 2
    told = stage.reports("10:09", 3)
    [row] = stage.open_problems()

    assert row.id == stage.report("ph-1").problem == stage.report("ph-2").problem == stage.report("ph-3").problem
    assert (row.causes[0].object, row.status, row.service_count, row.handling.reports) == ("splitter", "inProgress", 3, 3)
    assert any("probably lies with splitter splitter" in one.cause for one in told)


@pytest.mark.parametrize(("second", "third", "product"), [("10:10", "10:16", "prod-3"), ("10:02", "10:04", "prod-1")])
def test_reports_too_far_apart_or_of_one_product_share_nothing(second: str, third: str, product: str):
    stage = Handled()
    stage.reports("10:00", 1)
    stage.reports(second, 2)
    stage.asks(third, external="ph-3", services=(("svc-3", "dom"),), product=product)

    assert len(stage.open_problems()) == 3


def test_each_is_asked_at_resolved_and_the_last_confirmation_lets_it_close_in_its_time():
    stage = Handled()
    stage.alarms("10:00", "svc-a", "svc-1")
    stage.asks("10:05")
    stage.reports("10:06", 1)
    stage.asks("10:06", external="ph-2")
    stage.alarms("10:20")
    asked = stage.passes("10:21")

    assert sorted(words(asked)) == [("ph-1", "confirmation", "resolved"), ("ph-2", "confirmation", "resolved")]
    stage.asks("10:30", "confirm")
    assert stage.problem("p1").handling.unconfirmed == 1
    closes_at = stage.problem("p1").close_at
    stage.asks("10:31", "confirm", "ph-2")

    assert stage.problem("p1").close_at < closes_at == at(DAY_AFTER + "10:20:10")
    stage.passes("11:30")
    assert stage.problem("p1").status_why == "No alarm came back."


def test_without_an_answer_it_closes_after_a_day_and_says_so():
    stage = Handled()
    stage.alarms("10:00", "svc-a")
    stage.asks("10:05")
    stage.alarms("10:20")
    stage.passes("10:21")
    stage.passes(DAY_AFTER + "10:20:09")
    assert stage.problem("p1").status == "resolved"
    told = stage.passes(DAY_AFTER + "10:20:10")

    assert [(one.kind, one.status, one.why) for one in told] == [("closed", "closed", "No answer within 24 h to the question whether it is restored.")]
    assert "closed" in stage.asks(DAY_AFTER + "11:00", "still-down")[-1].why


def test_still_down_leaves_the_problem_for_one_of_its_own():
    stage = Handled()
    stage.alarms("10:00", "svc-a")
    stage.asks("10:05")
    stage.alarms("10:20")
    stage.passes("10:21")
    told = stage.asks("10:30", "still-down", text="dead as ever")
    own = stage.report().problem

    assert own != "p1" and stage.problem(own).status == "acknowledged"
    assert stage.problem("p1").handling.reports == 0 and stage.problem("p1").status == "resolved"
    assert [one.kind for one in told if one.request] == ["accepted"]


def test_still_down_takes_up_again_what_only_that_customer_reported():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    stage.alarms("10:10", "svc-a", domain="far")
    stage.alarms("10:20", domain="far")
    stage.passes("10:21")
    assert stage.problem(own).status == "resolved"
    stage.asks("10:30", "still-down")

    assert (stage.problem(own).status, stage.problem(own).active, stage.problem(own).reopened) == ("inProgress", 1, 1)
    assert [d.kind for d in on("customer-impacts", stage.told)] == ["started", "ended", "started"]


def test_the_answer_to_what_was_asked_completes_the_report():
    stage = Handled()
    stage.asks("10:00", services=(), product="", text="")
    told = stage.asks("10:05", services=(), product="", request="m-1")
    assert told[0].required == ("/relatedEntity",)
    told = stage.asks("10:10", request="m-2", text="")

    assert [one.request for one in told if one.kind == "accepted"] == ["ph-1", "m-1", "m-2"]
    assert len(stage.open_problems()) == 1


def test_a_product_on_two_services_is_two_reports():
    stage = Handled()
    stage.alarms("10:00", "svc-a")
    stage.asks("10:05", services=(("svc-a", "dom"), ("svc-1", "dom")))

    assert [stage.report(n=n).problem == "p1" for n in (0, 1)] == [True, False]


def test_announced_work_explains_a_report_without_a_problem():
    stage = Handled()
    stage.hears("service-effects", HeldDown("svc-a", "bundle", "dom", (("path-a", Effect.DOWN),), at("10:00"), planned="chg-1"))
    told = stage.asks("10:05")

    assert words(told) == [("ph-1", "accepted", ""), ("ph-1", "closed", "")] and "chg-1" in told[0].why
    assert stage.open_problems() == []


def test_an_unknown_report_is_refused():
    assert [(one.kind, one.request) for one in Handled().asks("10:00", "confirm", "nobody")] == [("refused", "r-1")]


def test_half_an_id_names_no_report():
    stage = Handled()
    stage.asks("10:05")
    whole = stage.report().ref.id.partition(".")[0]

    assert [one.kind for one in stage.asks("10:06", "cancel", "", report=whole[:12])] == ["refused"]
    assert [one.kind for one in stage.asks("10:07", "cancel", "", report=whole)] == ["closed", "accepted"]


def test_an_unfinished_report_that_is_withdrawn_and_made_again_after_it_was_forgotten_never_has_an_id_twice():
    stage = Handled()
    for day in ("", "2026-01-09T"):
        stage.asks(f"{day}10:05", services=())
        assert [one.kind for one in stage.asks(f"{day}10:06", "cancel")] == ["accepted", "closed"]
        stage.passes(at(f"{day}10:06") + 5 * DAY)
    ids = [one.id for one in said(stage.told)]

    assert len(ids) == len(set(ids)) == 6


def test_no_customer_is_named_to_requesters_and_no_id_comes_twice():
    stage = Handled()
    stage.alarms("10:00", "svc-1")
    for n in range(1, 5):
        stage.reports("10:05", n)
    stage.alarms("10:20")
    stage.passes("10:21")
    stage.asks("10:30", "confirm", "ph-1")
    ids = [emit.value.id for emit in stage.told if hasattr(emit.value, "id") and emit.topic == "progress"]

    assert len(ids) == len(set(ids))
    assert not any("cust-" in repr(emit.value) for emit in stage.told if not isinstance(emit.value, ImpactDelta))


def test_rows_survive_being_written_and_read():
    stage = Handled()
    stage.reports("10:00", 1)
    for module, names in ((oversee, ("customer-reports", "shared-reports")), (manage, ("joined-reports", "problems"))):
        for name in names:
            assert stage.views[module].tables[name].rows, name
            for row in stage.views[module].tables[name].rows.values():
                assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=module.TABLES[name][0])


def test_an_operator_may_resolve_what_only_customers_reported():
    stage = Handled()
    stage.asks("10:05")
    own = stage.report().problem
    request = OperatorRequest("o-1", "resolve", own, "eva", "reset the port", at("10:10"), "dom")
    told = said(stage.hears("problem-inbox", ProblemAsked(own, "dom", request, at("10:10"), at("10:10"))))

    assert ("ph-1", "confirmation", "resolved") in words(told)
    assert [d.kind for d in on("customer-impacts", stage.told)] == ["started", "ended"]
