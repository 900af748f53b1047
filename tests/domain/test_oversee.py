"""Stage 6: commands from first issue to last outcome, and parents of problems with one cause."""

import msgspec

from streams.domain import oversee
from streams.domain.alarm import Effect
from streams.domain.handling_messages import HandlingAsked, HolderFound
from streams.domain.impact_messages import ImpactsTold
from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.domain.messages import OperatorRequest, OutageAnnounced, OutageMatched, ProbeSent, TopologyAsked
from streams.domain.network import Action, TestRule
from streams.domain.policy import OverseePolicy, Policy
from tests.builders import a_world, at
from tests.domain.overseen import NETWORK, Oversight


def test_one_command_per_problem_however_often_it_is_told():
    net = Oversight()
    first = net.told()
    net.told(when="10:01", priority=1)

    assert [("reroute", "path-1", 1, at("10:00"), at("10:10"))] == [(c.action, c.target, c.attempt, c.issued_at, c.not_after) for c in net.commands]
    assert [("command", "p1", "issued")] == first.words
    assert net.commands[0].id == first.answers[0].ref


def test_a_failed_attempt_is_followed_by_the_next_after_the_cooldown():
    net = Oversight()
    net.told()

    assert [("outcome", "p1", "failed")] == net.result("failed", "10:02").words
    assert [] == net.tick("10:06").commands
    assert [2] == [c.attempt for c in net.tick("10:07").commands]
    assert at("10:07") == net.commands[-1].issued_at


def test_after_the_last_attempt_the_problem_hears_that_they_are_used_up_once():
    net = Oversight()
    net.told()
    net.result("failed", "10:02")
    net.tick("10:07")

    assert [("outcome", "p1", "failed"), ("command", "p1", "attempts-used-up")] == net.result("refused", "10:08").words
    assert [] == net.told(when="11:00").words + net.tick("12:00").words
    assert 2 == len(net.commands)


def test_no_result_in_time_counts_as_failed():
    net = Oversight()
    net.told()

    assert [("outcome", "p1", "failed")] == net.tick("10:10").words
    assert [2] == [c.attempt for c in net.tick("10:15").commands]


def test_accepted_is_no_result():
    net = Oversight()
    net.told()

    assert [] == net.result("accepted").words
    assert [("outcome", "p1", "failed")] == net.tick("10:10").words


def test_restored_or_a_workaround_is_the_end_of_it():
    for outcome in ("restored", "workaround"):
        net = Oversight()
        net.told()

        left = [("repair", "p1", "open")] if outcome == "workaround" else []
        assert [("outcome", "p1", outcome), *left] == net.result(outcome).words
        assert [] == net.tick("12:00").words + net.told(when="12:01").words
        assert 1 == len(net.commands)


def test_a_late_success_counts_and_stops_further_attempts():
    net = Oversight()
    net.told()
    net.tick("10:11")

    assert [("outcome", "p1", "restored")] == net.result("restored", "10:12").words
    assert [] == net.tick("12:00").commands


def test_a_result_counts_once_and_a_failure_not_after_a_success():
    net = Oversight()
    net.told()
    net.result("restored")

    assert [] == net.result("restored", "10:02").words + net.result("failed", "10:03").words


def test_a_late_failure_of_what_already_counts_as_failed_tells_nothing():
    net = Oversight()
    net.told()
    net.tick("10:10")

    assert [] == net.result("failed", "10:11").words


def test_a_result_for_a_command_nobody_knows_changes_nothing():
    assert [] == Oversight().result("restored", command="nobody").words


def test_no_further_attempt_once_the_problem_is_over():
    for status in ("resolved", "closed", "cancelled"):
        net = Oversight()
        net.told()
        net.result("failed", "10:02")
        net.told(when="10:03", status=status)

        assert [] == net.tick("12:00").commands


def test_what_was_due_before_a_message_is_done_before_it():
    net = Oversight()
    net.told()
    net.result("failed", "10:02")
    net.told(when="10:20", status="resolved")

    assert [at("10:00"), at("10:07")] == [c.issued_at for c in net.commands]


def test_the_outcome_of_a_closed_problems_command_is_told_still():
    net = Oversight()
    net.told()
    net.told(when="10:01", status="closed")

    assert [("outcome", "p1", "restored")] == net.result("restored", "10:02").words


def test_a_problem_that_comes_back_gets_its_next_attempt_after_the_cooldown():
    net = Oversight()
    net.told()
    net.result("restored", "10:02")
    net.told(when="10:03", status="resolved")

    assert [] == net.told(when="10:04").commands
    assert [2] == [c.attempt for c in net.tick("10:07").commands]


def test_another_problem_leaves_the_target_alone_until_attempt_and_cooldown_are_over():
    net = Oversight()
    net.told()

    assert [("command", "p2", "target-busy")] == net.told("p2").words
    net.result("restored", "10:02")
    assert [] == net.tick("10:06").commands
    assert ["p2"] == [c.problem for c in net.tick("10:15").commands]


def test_a_closed_problems_command_under_way_keeps_others_off_its_target():
    net = Oversight()
    net.told()
    net.told(when="10:01", status="closed")

    assert [("command", "p2", "target-busy")] == net.told("p2", when="10:01").words


def test_a_refusal_is_told_once():
    net = Oversight(msgspec.structs.replace(NETWORK, restoration=(Action("restart"),)))

    assert [("command", "p1", "implied")] == net.told(cause_object="svc", cause="", cause_type="svc").words
    assert [] == net.told(when="10:01", priority=1, cause_object="svc", cause="", cause_type="svc").words


def test_halted_commands_wait_and_go_when_resumed_the_oldest_problem_first():
    net = Oversight()
    net.operator("halt", when="09:59")

    assert [("command", "p2", "halted")] == net.told("p2", cause_object="path-3").words
    assert [("command", "p1", "halted")] == net.told("p1", opened_at=at("09:58")).words
    assert ["p1", "p2"] == [c.problem for c in net.operator("resume", when="10:05").commands]


def test_what_is_over_when_commands_resume_gets_none():
    net = Oversight()
    net.operator("halt", when="09:59")
    net.told()
    net.told(when="10:01", status="resolved")

    assert [] == net.operator("resume", when="10:05").commands


def test_the_breaker_latches_until_an_operator_resets_it():
    net = Oversight(policy=Policy(oversee=OverseePolicy(breaker_commands=2)))
    for number in range(3):
        net.told(f"p{number}", cause_object=f"path-{number + 3}")

    assert 2 == len(net.commands)
    assert ("command", "p2", "breaker") == (net.answers[-1].kind, net.answers[-1].problem, net.answers[-1].word)
    assert at("10:00") == net.guard.latched_at
    assert [] == net.told("p9", when="18:00", cause_object="path-9").commands
    assert ["p2", "p9"] == [c.problem for c in net.operator("reset-breaker", when="18:05").commands if c.attempt == 1]
    assert 0 == net.guard.latched_at


def test_a_reset_lets_no_more_through_than_the_breaker_allows():
    net = Oversight(policy=Policy(oversee=OverseePolicy(breaker_commands=2)))
    for number in range(5):
        net.told(f"p{number}", cause_object=f"path-{number + 3}")
    net.operator("reset-breaker")

    assert ["p0", "p1", "p2", "p3"] == [c.problem for c in net.commands]
    assert at("10:01") == net.guard.latched_at


def test_under_advise_a_proposal_is_told_and_goes_once_approved():
    net = Oversight(msgspec.structs.replace(NETWORK, mode="advise"))
    proposed = net.told()

    assert [("command", "p1", "approval-wanted")] == proposed.words
    assert [proposed.answers[0].ref] == [c.id for c in net.operator("approve", proposed.answers[0].ref).commands]
    assert [] == net.operator("approve", proposed.answers[0].ref, when="10:02").commands


def test_an_approval_is_for_one_attempt_only():
    net = Oversight(msgspec.structs.replace(NETWORK, mode="advise"))
    net.told()
    net.operator("approve", "p1")
    net.result("failed", "10:02")

    assert [("command", "p1", "approval-wanted")] == net.tick("10:07").words
    assert [2] == [c.attempt for c in net.operator("approve", "p1", "10:08").commands]


def test_an_approval_of_what_was_not_proposed_sends_nothing():
    net = Oversight()
    net.told(cause="lossOfPower")

    assert [] == net.operator("approve", "p1").commands + net.operator("approve", "nobody").commands


def test_commands_wait_while_the_partition_catches_up():
    net = Oversight()
    net.tick("09:00", live=False)

    assert [] == net.told().words + net.tick("10:01", live=False).words
    assert [at("10:02")] == [c.issued_at for c in net.tick("10:02").commands]


def test_what_went_while_commands_waited_is_told_as_missed():
    net = Oversight()
    net.tick("09:00", live=False)
    net.told()

    assert [("command", "p1", "missed")] == net.told(when="10:01", status="resolved").words
    assert [] == net.tick("10:02").commands


def test_without_the_mode_nothing_is_sent_or_said():
    net = Oversight(msgspec.structs.replace(NETWORK, mode="report"))

    assert [] == net.told().words
    assert [] == net.commands


def parents(net: Oversight) -> dict[str, str]:
    return {a.problem: a.ref for a in net.answers if a.kind == "parent"}


def test_problems_of_two_domains_with_one_cause_get_the_oldest_as_parent():
    net = Oversight()
    net.told("p2", domain="b", opened_at=at("10:05"))
    heard = net.told("p1", domain="a", opened_at=at("10:00"))

    assert {"p1": "p1", "p2": "p1"} == parents(net)
    assert "children with the same located cause: 1, in b" == next(a.text for a in heard.answers if a.word == "parent")


def test_of_equally_old_problems_the_lowest_id_is_the_parent():
    net = Oversight()
    net.told("p2", domain="b")
    net.told("p1", domain="a")

    assert {"p1": "p1", "p2": "p1"} == parents(net)


def test_problems_of_one_domain_or_with_another_cause_or_too_far_apart_stay_alone():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="a")
    net.told("p3", domain="b", cause_object="path-2")
    net.told("p4", domain="b", opened_at=at("10:15") + 1)
    net.told("p5", domain="b", cause_object="")
    net.told("p6", domain="c", cause_object="")

    assert {} == parents(net)


def test_a_third_problem_joins_and_the_parent_hears_the_count():
    net = Oversight()
    for number, domain in enumerate("abc"):
        net.told(f"p{number}", domain=domain)

    assert {"p0": "p0", "p1": "p0", "p2": "p0"} == parents(net)
    assert "children with the same located cause: 2, in b, c" == [a.text for a in net.answers if a.word == "parent"][-1]


def test_a_parent_once_told_stays_though_an_older_problem_arrives_later():
    net = Oversight()
    net.told("p1", domain="a", opened_at=at("10:05"))
    net.told("p2", domain="b", opened_at=at("10:06"))
    net.told("p0", domain="c", opened_at=at("10:00"))

    assert {"p1": "p1", "p2": "p1", "p0": "p1"} == parents(net)


def test_telling_it_again_tells_no_parent_again():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="b")

    assert [] == net.told("p2", domain="b", when="10:01", priority=1).words


def test_a_child_whose_cause_turns_out_another_loses_its_parent():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="b")
    left = net.told("p2", domain="b", when="10:01", cause_object="path-2", cause="lossOfPower")

    assert [("parent", "p1", "left"), ("parent", "p2", "left")] == left.words
    assert ["p1", ""] == [a.ref for a in left.answers]


def test_a_closed_problem_is_nobodys_parent():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p1", domain="a", when="10:01", status="closed")
    net.told("p2", domain="b", when="10:02")

    assert {} == parents(net)


def test_a_child_leaves_the_command_to_its_parent_and_takes_over_when_that_is_over():
    net = Oversight()
    net.told("p1", domain="a")

    assert ("command", "p2", "parent-acts") in net.told("p2", domain="b").words
    net.result("failed", "10:02")
    net.told("p1", domain="a", when="10:03", status="closed")
    assert ["p1"] == [c.problem for c in net.commands]
    assert ["p2"] == [c.problem for c in net.tick("10:07").commands]


def test_nothing_is_remembered_of_what_is_over_and_answered():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="b")
    net.result("restored", "10:02")
    net.told("p1", domain="a", when="10:03", status="closed")
    net.told("p2", domain="b", when="10:03", status="closed")
    net.tick("2026-01-02T12:00:00")

    assert {"command-guard": 1, "figures": 2} == {name: len(table.rows) for name, table in net.view.tables.items() if table.rows}


def test_words_of_several_lanes_are_folded_in_the_order_of_their_times():
    net, other = Oversight(), Oversight()
    for oversight, order in ((net, ("p1", "p2")), (other, ("p2", "p1"))):
        for problem in order:
            oversight.told(problem, told_at=at("10:00") + (SECOND if problem == "p2" else 0))
        oversight.tick("10:05")

    assert [c.problem for c in net.commands] == [c.problem for c in other.commands] == ["p1"]


def test_rows_survive_being_written_and_read():
    net = Oversight(msgspec.structs.replace(NETWORK, restoration=(*NETWORK.restoration, Action("restart", on_type="card", disrupts=True)), tests=(TestRule("config", "audit", "config-audit", on_type="path", every=HOUR),)))
    net.told("p1", domain="a")
    net.told("p2", domain="b")
    net.operator("halt")
    net.told("p3", domain="b", cause_object="path-3")
    net.told("p5", domain="b")
    net.told("p5", domain="b", status="closed", resolved_at=at("10:00") + SECOND)
    net.told("p4", domain="b", told_at=at("10:30"))
    net.operator("freeze-learning")
    net.operator("resume")
    net.told("p5", cause_object="path-2", held=(("path-2", Effect.DOWN),))
    net.hears(OutageAnnounced("chg-8", "", ("path-9",), at("11:00"), at("12:00"), False, at("10:00")))
    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 3, 1, 0, 0, at("10:00")))
    net.hears(TopologyAsked("ab" * 32, "eva", at("10:00")))
    net.hears(ProbeSent("raw", 0, 0, at("10:00")))

    net.hears(ImpactsTold(OperatorRequest("o-1", "snapshot-impacts", "", "eva", "", at("10:00"), position="operator-actions/0/1"), 2, 3, at("10:00")))
    for emit in net.view.run(oversee.step, oversee.come_due, HandlingAsked("report", "r-1", "ph-1", "crm", at("10:00"), services=(("svc", "dom"),), text="dead", clock=at("10:00")), net.world):
        net.view.run(oversee.step, oversee.come_due, HolderFound(emit.value.report, "", "", "", at("10:00")), net.world)

    for name, (row_type, due_of, _) in oversee.TABLES.items():
        assert net.view.tables[name].rows, name
        for row in net.view.tables[name].rows.values():
            assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=row_type)
            assert due_of is None or due_of(row) is None or due_of(row) > at("10:00")


def test_attempts_do_not_run_away_when_time_jumps():
    net = Oversight()
    net.told()
    net.tick("2026-01-09T00:00:00")

    assert [at("10:00"), at("10:00") + 15 * MINUTE] == [c.issued_at for c in net.commands]
    assert ("command", "p1", "attempts-used-up") == (net.answers[-1].kind, net.answers[-1].problem, net.answers[-1].word)


def test_the_answers_of_all_partitions_to_an_announcement_are_summed_up():
    net = Oversight()
    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 3, 1, 0, 1, at("10:00")))

    assert net.replies == []

    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 0, 4, 0, 0, at("10:01")))

    assert [(r.target, r.done, r.why) for r in net.replies] == [("chg-7", True, "3 objects in scope, 5 active alarms explained, 1 problem cancelled.")]
    assert net.view.outage_sums.rows == {}


def test_an_announcement_that_every_partition_refuses_is_refused():
    net = Oversight()
    for _ in range(2):
        net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "It is not known.", 0, 0, 0, 0, at("10:00")))

    assert [(r.done, r.why) for r in net.replies] == [(False, "It is not known.")]


def test_partitions_that_never_answer_are_said_to_be_missing():
    net = Oversight()
    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 3, 1, 0, 0, at("10:00")))
    net.tick("11:00")

    assert [r.why for r in net.replies] == ["3 objects in scope, 1 active alarm explained, 1 of 2 partitions have not answered."]


def test_an_audit_is_run_on_every_object_of_its_type_each_time_it_is_due():
    audit = TestRule("config", "audit", "config-audit", on_type="path", every=HOUR)
    net = Oversight(msgspec.structs.replace(NETWORK, tests=(audit, TestRule("on-demand", "audit", "x"))))
    net.tick("10:00")

    assert [] == net.asks("10:59:59")
    assert [("config", "path-1"), ("config", "path-2")] == net.asks("11:00")
    assert [] == net.asks("11:59:59")
    assert 2 == len(net.asks("12:00"))


def test_an_audit_that_is_declared_no_more_ends():
    audit = TestRule("config", "audit", "config-audit", on_type="path", every=HOUR)
    net = Oversight(msgspec.structs.replace(NETWORK, tests=(audit,)))
    net.tick("10:00")
    net.world = a_world(NETWORK)

    assert [] == net.asks("12:00")
    assert {} == net.view.audits.rows
