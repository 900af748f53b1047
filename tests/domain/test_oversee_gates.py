"""Commands at the gates of stage 6: halt, breaker, approval, a partition that catches up, the mode."""

import msgspec

from streams.domain.policy import OverseePolicy, Policy
from tests.builders import at
from tests.domain.overseen import NETWORK, Oversight


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
