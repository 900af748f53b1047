"""Tests of services and resources in stage 4: asked for once, answered, overdue, and what they do to their problem."""

import msgspec
import pytest

from streams.domain.alarm import Severity
from streams.domain.messages import ObjectVerdict, ProblemChange
from streams.domain.network import Action, TestRule
from tests.builders import at
from tests.domain.problems import a_cause, all_clear, diagnosed, down
from tests.domain.test_problem_request import asks
from tests.domain.tried import FINAL, a_stage, hurt_and_clear, kept, requests, result, said

# --- before it is resolved ---


def test_a_problem_is_resolved_once_the_final_test_of_what_it_hurt_has_passed():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)

    assert [("svc", "final", "ping", "probe", at("10:20:10"), at("10:25:10"))] == [(t.object, t.kind, t.specification, t.tester, t.asked_at, t.due) for t in requests(stage)]
    assert "inProgress" == stage.row().status
    result(stage, "passed", "10:21")
    assert ("resolved", "All alarms have been clear for 10 s: ping of svc passed.") == (stage.row().status, stage.row().status_why)
    assert ["passed"] == [o.state for o in stage.row().tested.outcomes]


@pytest.mark.parametrize("rules, hurt, why", [
    ((), ("svc",), "no tester is declared for svc"), ((msgspec.structs.replace(FINAL, on_type="tv"),), ("svc", "svc2"), "no tester is declared for svc and 1 more service"),
    ((FINAL,), (), "no tester is declared for what it concerns")])
def test_without_a_tester_it_is_resolved_by_clear_evidence_and_says_so(rules, hurt, why):
    stage = a_stage(*rules)
    stage.hears(diagnosed("10:00", **down(*hurt)))
    stage.hears(all_clear("10:20"))
    stage.waits_until("10:20:10")

    assert ("resolved", f"All alarms have been clear for 10 s: resolved by clear evidence, {why}.") == (stage.row().status, stage.row().status_why)


def test_a_failed_final_test_sends_it_back_with_what_it_learnt_and_is_repeated():
    stage = a_stage(FINAL, restoration=(Action("reroute"),))
    hurt_and_clear(stage)
    result(stage, "failed", "10:21", text="packet loss 12 %")
    row = stage.row()

    assert ("inProgress", "Final test ping of svc failed: packet loss 12 %.") == (row.status, row.status_why)
    assert [("probe", "Final test ping of svc failed: packet loss 12 %.")] == [(n.author, n.text) for n in row.notes]
    assert [(False, 1)] == [(e.value.is_clear, e.value.unproven) for e in stage.told if e.topic == "network-inbox"][-1:]
    stage.waits_until("10:30")
    assert 1 == len(requests(stage))
    stage.waits_until("10:31")
    assert 2 == len({t.id for t in requests(stage)})
    result(stage, "passed", "10:32")
    assert "resolved" == stage.row().status


def test_of_several_final_tests_one_failure_is_enough_and_the_others_change_nothing_more():
    stage = a_stage(msgspec.structs.replace(FINAL, on_type=None))
    stage.hears(diagnosed("10:00", **down("svc", "svc2")))
    stage.hears(all_clear("10:20"))
    stage.waits_until("10:20:10")
    first, second = requests(stage)
    result(stage, "passed", "10:21", first.id)
    assert "inProgress" == stage.row().status
    result(stage, "failed", "10:21:30", second.id)

    assert (1, True, ()) == (stage.row().tested.failures, stage.row().tested.sent_back, stage.row().tested.pending)


def test_an_alarm_that_comes_back_makes_the_final_test_worth_nothing():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    stage.hears(diagnosed("10:20:30", **down("svc")))
    result(stage, "passed", "10:21")

    assert "inProgress" == stage.row().status
    stage.hears(all_clear("10:22"))
    stage.waits_until("10:22:10")
    assert 2 == len({t.id for t in requests(stage)})


def test_a_diagnosis_meanwhile_asks_for_no_second_final_test():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    stage.hears(all_clear("10:21"))
    stage.waits_until("10:22")

    assert 1 == len(requests(stage))


# --- no answer ---


def test_without_an_answer_it_is_asked_again_and_then_resolved_by_clear_evidence():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    stage.waits_until("10:25:10")
    assert [1, 2] == [t.attempt for t in requests(stage)]
    stage.waits_until("10:30:10")

    assert ("resolved", "All alarms have been clear for 10 s: ping of svc had no answer: resolved by clear evidence.") == (stage.row().status, stage.row().status_why)
    assert [("svc", "asked"), ("svc", "no-answer")] * 2 == said(stage)


def test_of_a_problem_that_is_cancelled_nothing_is_asked_again():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    stage.hears(asks("cancel", when="10:21"))
    assert "cancelled" == stage.row().status
    stage.waits_until("10:30:10")

    assert [1] == [t.attempt for t in requests(stage)]


def test_a_tester_that_cannot_run_it_gives_no_answer_at_once():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    result(stage, "no-answer", "10:20:30", text="rejected: no probe")

    assert [(1, at("10:20:10")), (2, at("10:20:30"))] == [(t.attempt, t.asked_at) for t in requests(stage)]


def test_one_that_is_running_is_waited_for_as_long():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    assert [] == result(stage, "running", "10:20:30")

    stage.waits_until("10:25:09")
    assert [1] == [t.attempt for t in requests(stage)]


# --- late, twice, unknown ---


def test_results_that_come_late_twice_or_for_nothing_are_kept_and_change_nothing():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    stage.waits_until("10:25:10")
    first, second = requests(stage)
    before = stage.row()
    result(stage, "failed", "10:25:20", first.id)
    result(stage, "failed", "10:25:30", "dom-nobody")
    assert before == stage.row()
    result(stage, "passed", "10:26", second.id)
    resolved = stage.row()
    result(stage, "passed", "10:27", second.id)
    result(stage, "failed", "10:28", second.id)

    assert ["late", "unknown", "twice", "late"] == kept(stage)
    assert resolved == stage.row()


# --- when it opens, and of its candidates ---


def test_a_first_in_test_is_asked_for_when_a_problem_opens_and_once():
    stage = a_stage(TestRule("first", "first-in", "line-test", on_type="svc", cause="lossOfSignal"))
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.hears(diagnosed("10:01", **down("svc", "svc2")))

    assert [("svc", "first-in", "p1", at("10:00"))] == [(t.object, t.kind, t.problem, t.asked_at) for t in requests(stage)]
    result(stage, "failed", "10:02")
    assert "inProgress" == stage.row().status
    assert [("first-in", "failed")] == [(o.kind, o.state) for o in stage.row().tested.outcomes]


def test_a_first_in_test_is_for_its_cause_only():
    stage = a_stage(TestRule("first", "first-in", "line-test", cause="lossOfPower"))
    stage.hears(diagnosed("10:00", **down("svc")))

    assert [] == requests(stage)


def test_diagnostic_tests_are_asked_for_of_the_candidates_while_the_diagnosis_is_unsure():
    rule = TestRule("try", "diagnostic", "loopback", cause="lossOfSignal", below=0.6)
    unsure, sure = a_stage(rule), a_stage(rule)
    unsure.hears(diagnosed("10:00", causes=(a_cause("olt-1", confidence=0.5), a_cause("path-a", confidence=0.3))))
    sure.hears(diagnosed("10:00", causes=(a_cause("olt-1", confidence=0.6), a_cause("path-a", confidence=0.3))))
    unsure.hears(diagnosed("10:01", causes=(a_cause("path-a", confidence=0.5), a_cause("olt-1", confidence=0.3))))

    assert ["olt-1", "path-a"] == [t.object for t in requests(unsure)]
    assert [] == requests(sure)


def test_what_a_test_said_of_its_object_goes_to_localization():
    stage = a_stage(TestRule("try", "diagnostic", "loopback"))
    stage.hears(diagnosed("10:00"))
    out = result(stage, "failed", "10:02", text="no light")
    told = [e for e in out if isinstance(e.value, ProblemChange)]

    assert [("problem-changes", "dom", "tested", ObjectVerdict("olt-1", False, at("10:02"), "loopback"))] == [(e.topic, e.route, e.value.kind, e.value.tested) for e in told]
    assert [0] == [e.value.clock for e in told]


def test_no_test_is_asked_for_in_mode_observe_and_none_of_a_standing_problem():
    rules = (FINAL, TestRule("first", "first-in", "line-test", on_type="svc"))
    watched = a_stage(*rules, mode="observe")
    hurt_and_clear(watched)
    standing = a_stage(*rules)
    standing.hears(diagnosed("10:00", standing=True))

    assert [] == requests(watched) + requests(standing)
    assert "resolved" == watched.row().status


# --- while the partition catches up ---


def test_tests_wait_for_the_backlog_and_are_missed_when_the_problem_is_over_by_then():
    for over in (False, True):
        stage = a_stage(TestRule("first", "first-in", "line-test", on_type="svc"))
        stage.view.live = False
        stage.hears(diagnosed("10:00", **down("svc")))
        assert [] == requests(stage)
        if over:
            stage.hears(all_clear("10:00:30"))
        stage.waits_until("10:01")
        stage.view.live = True
        stage.waits_until("10:02")

        assert ([] if over else [("svc", at("10:02"))]) == [(t.object, t.asked_at) for t in requests(stage)]
        assert [("svc", "missed" if over else "asked")] == said(stage)


def test_rows_survive_being_written_and_read():
    stage = a_stage(FINAL)
    hurt_and_clear(stage)
    result(stage, "failed", "10:21")
    for table in ("service-tests", "problems"):
        for row in stage.view.tables[table].rows.values():
            assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=type(row))
    assert Severity.MAJOR == stage.row().worst
