"""Commands that rules ask for about an alarm, in stage 6: the guardrails of restoration, told on progress."""

from typing import Any

from streams.domain.messages import ActionAsked
from tests.builders import a_network, at
from tests.domain.overseen import NETWORK, Oversight

MINUTE = 60_000_000


def ask(stage: Oversight, when: str = "10:00", ident: str = "dom-action", over: bool = False, **but: Any):  # type: ignore[no-untyped-def]
    fields = {"rule": "hung", "alarm": "dom-alarm", "domain": "dom", "object": "node-1", "object_type": "node", "cause": "softwareProgramError",
              "action": "restart", "attempts": 2, "cooldown": MINUTE, **but}
    return stage.hears(ActionAsked(ident, at=at(when), over=over, **fields))


def said(stage: Oversight) -> list[str]:
    return [reply.state for reply in stage.replies]


def test_in_mode_act_the_command_goes_out_and_its_outcome_is_told() -> None:
    stage = Oversight()
    [command] = ask(stage).commands
    stage.result("restored")

    assert (command.target, command.action, command.attempt, command.attempts, command.rule, command.alarm) == ("node-1", "restart", 1, 2, "hung", "dom-alarm")
    assert said(stage) == ["issued", "restored"]
    assert stage.answers == []


def test_other_modes_say_so() -> None:
    stage = Oversight(a_network(mode="report"))

    assert ask(stage).commands == []
    assert said(stage) == ["mode-forbids"]


def test_under_advise_it_waits_for_approval() -> None:
    stage = Oversight(a_network(mode="advise"))
    assert ask(stage).commands == []
    assert said(stage) == ["approval-wanted"]
    stage.operator("approve", stage.replies[0].name)

    assert [c.action for c in stage.commands] == ["restart"]


def test_a_failed_command_is_tried_again_after_its_cooldown_until_the_attempts_are_used_up() -> None:
    stage = Oversight()
    ask(stage)
    stage.result("failed", "10:01")
    stage.tick("10:02")
    stage.result("failed", "10:03")
    stage.tick("10:10")

    assert [c.attempt for c in stage.commands] == [1, 2]
    assert said(stage)[-1] == "attempts-used-up"


def test_nothing_more_is_tried_once_the_alarm_is_over() -> None:
    stage = Oversight()
    ask(stage)
    stage.result("failed", "10:00:30")
    ask(stage, "10:00:40", over=True)
    stage.tick("11:00")

    assert len(stage.commands) == 1
    assert not stage.view.overseen_problems.rows  # type: ignore[attr-defined]


def test_it_is_asked_for_once() -> None:
    stage = Oversight()
    ask(stage)
    ask(stage)

    assert len(stage.commands) == 1


def test_a_target_that_a_problem_works_on_is_busy_for_a_rule_and_the_other_way_round() -> None:
    stage = Oversight(NETWORK)
    stage.told(when="10:00")
    ask(stage, "10:00:01", object="path-1")
    assert [c.action for c in stage.commands] == ["reroute"]
    assert "target-busy" in said(stage)

    other = Oversight(NETWORK)
    ask(other, object="path-1")
    assert [word for _, _, word in other.told(when="10:00:01").words if word == "target-busy"] == ["target-busy"]


def test_while_the_partition_catches_up_it_waits_and_is_missed_if_the_alarm_is_over() -> None:
    stage = Oversight()
    stage.tick("09:00", live=False)
    ask(stage)
    ask(stage, ident="dom-other", object="node-2")
    ask(stage, "10:01", over=True)
    assert said(stage) == ["missed"]
    stage.tick("10:05", live=True)

    assert [c.target for c in stage.commands] == ["node-2"]


def test_words_of_all_lanes_are_folded_in_the_order_they_were_told() -> None:
    stage = Oversight()
    stage.tick("10:00")
    assert ask(stage, "10:00:30", told_at=at("10:01")).commands == []
    stage.tick("10:01")
    assert stage.commands == []         # its lane, or another, may tell more at that time
    stage.tick("10:01:01")

    assert [c.issued_at for c in stage.commands] == [at("10:01")]
