"""Stage 6: commands from first issue to last outcome, and parents of problems with one cause."""

import msgspec

from streams.domain import oversee
from streams.domain.alarm import Effect
from streams.domain.handling_messages import HandlingAsked, HolderFound
from streams.domain.impact_messages import ImpactsTold
from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.domain.inventory import Entry
from streams.domain.messages import InventoryTold, OperatorRequest, OutageAnnounced, OutageMatched, ProbeSent, TopologyAsked
from streams.domain.network import Action, TestRule
from tests.builders import at
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
    net.hears(InventoryTold((Entry("sold"),), at("10:00")))
    net.hears(ProbeSent("raw", 0, 0, at("10:00")))

    net.hears(ImpactsTold(OperatorRequest("o-1", "snapshot-impacts", "", "eva", "", at("10:00"), position="operator-actions/0/1"), 2, 3, at("10:00")))
    services = (("svc", "dom"), ("svc-2", "dom"), ("svc-3", "dom"))
    asked = net.view.run(oversee.step, oversee.come_due, HandlingAsked("report", "r-1", "ph-1", "crm", at("10:00"), services=services, text="dead", clock=at("10:00")), net.world)
    for emit in asked[::2]:         # one is taken, one waits for that between the two
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
