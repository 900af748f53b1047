"""What is done about alarms: on the raise, on a non-arrival, when one is not cleared in time; and alarms that never clear."""

from typing import Any

import pytest

from streams.domain.alarm import Severity
from streams.domain.alarm_action import ActionTold
from streams.domain.alarm_messages import SourceSpoke
from streams.domain.alarm_record import AlarmChanged
from streams.domain.instant import HOUR, MINUTE
from streams.domain.messages import ActionAsked, OperatorRequest, OutageAnnounced
from streams.domain.network import AlarmAction, EffectRule, FeedWatch
from streams.domain.view import Emit
from tests.builders import a_network, at
from tests.domain.correlating import Correlator
from tests.domain.test_alarm_lives import flap


def a_stage(*rules: AlarmAction, **but: Any) -> Correlator:
    policy = but.pop("policy", {})
    return Correlator(a_network(("node-2", "node-1"), actions=tuple(sorted(rules, key=lambda r: r.name)), **but), **policy)


def a_rule(name: str = "call", when: str = "alarm", then: str = "request", **but: Any) -> AlarmAction:
    return AlarmAction(name, when, then, **{"cause": "lossOfSignal", **but})


def actions(out: list[Emit]) -> list[tuple[str, str, str, str, int]]:
    return [(e.value.rule, e.value.then, e.value.state, e.value.object, e.value.at) for e in out if e.topic == "progress" and isinstance(e.value, ActionTold)]


def asked(out: list[Emit]) -> list[ActionAsked]:
    return [e.value for e in out if isinstance(e.value, ActionAsked)]


def records(out: list[Emit]) -> list[AlarmChanged]:
    return [e.value for e in out if e.topic == "alarm-records"]


# --- on an alarm ---


def test_a_request_is_told_once_an_episode() -> None:
    stage = a_stage(a_rule())
    for when in ("10:00", "10:01", "10:20", "10:40"):
        stage("node-1", when)
    stage("node-1", "10:41", severity=Severity.CRITICAL)
    stage("node-2", "10:00", cause="fanFailure")
    stage.clear("node-1", "11:00")
    stage("node-1", "12:00")

    assert actions(stage.out) == [("call", "request", "asked", "node-1", at("10:00")), ("call", "request", "asked", "node-1", at("12:00"))]
    assert len({e.value.id for e in stage.out if e.topic == "progress"}) == 2


@pytest.mark.parametrize(("fields", "is_hit"), [
    ({"object": "node-1"}, True), ({"object": "node-2"}, False), ({"domain": "dom"}, True), ({"domain": "east"}, False), ({"feed": "raw-alarms"}, True),
    ({"feed": "other"}, False), ({"alarm_type": "communicationsAlarm"}, True), ({"alarm_type": "equipmentAlarm"}, False), ({"severity": "major"}, True),
    ({"severity": "critical"}, False), ({"on_type": "olt"}, False), ({"cause": None}, True)])
def test_a_rule_matches_by_all_that_it_names(fields: dict[str, Any], is_hit: bool) -> None:
    stage = a_stage(a_rule(**fields))
    stage("node-1", "10:00")

    assert bool(actions(stage.out)) is is_hit


def test_a_severity_may_be_reached_later() -> None:
    stage = a_stage(a_rule(severity="critical"))
    stage("node-1", "10:00")
    stage("node-1", "10:05", severity=Severity.CRITICAL)

    assert actions(stage.out) == [("call", "request", "asked", "node-1", at("10:05"))]


def test_nothing_is_done_about_what_turns_out_transient() -> None:
    stage = a_stage(a_rule())
    stage("node-1", "10:00", severity=Severity.MINOR)
    stage.clear("node-1", "10:01")
    stage("node-2", "10:00", severity=Severity.MINOR)
    stage.tick("10:10")

    assert actions(stage.out) == [("call", "request", "asked", "node-2", at("10:02"))]


def test_nothing_is_done_about_a_suppressed_alarm_until_that_ends_unless_the_rule_says_so() -> None:
    stage = a_stage(a_rule(), a_rule("always", suppressed=True))
    stage.send(OutageAnnounced("work", "dom", ("node-1",), at("10:00"), at("11:00"), False, at("09:00")))
    stage("node-1", "10:10")
    assert actions(stage.out) == [("always", "request", "asked", "node-1", at("10:10"))]
    stage.tick("12:00")

    assert [rule for rule, *_ in actions(stage.out)] == ["always", "call"]
    assert actions(stage.out)[1][4] > at("11:00")


def test_nothing_is_done_about_a_standing_alarm_until_it_is_released_unless_the_rule_says_so() -> None:
    stage = a_stage(a_rule(), a_rule("always", standing=True))
    stage("node-1", "10:10", standing=True)
    assert [rule for rule, *_ in actions(stage.out)] == ["always"]
    [told] = [r for r in records(stage.out) if r.kind == "created"]
    stage.send(OperatorRequest("r", "release", told.record.id, "eva", "", at("10:20"), "dom"))

    assert actions(stage.out)[1:] == [("call", "request", "asked", "node-1", at("10:20"))]


def test_a_rule_may_release_standing_alarms() -> None:
    stage = a_stage(a_rule("known", then="release"))
    stage("node-1", "10:10", standing=True)
    stage("node-2", "10:10")
    stage.tick("10:11")

    assert actions(stage.out) == [("known", "release", "asked", "node-1", at("10:10"))]
    assert [r.life.standing for r in records(stage.out) if r.life.alarm.object == "node-1"] == [True, False]


def test_a_test_is_asked_for_on_its_own_topic() -> None:
    stage = a_stage(a_rule(then="test", action="loopback"))
    stage("node-1", "10:00")

    assert [(e.key, e.value.specification, e.value.object) for e in stage.out if e.topic == "test-requests"] == [("node-1", "loopback", "node-1")]


def test_a_test_waits_while_the_partition_catches_up_and_is_missed_if_the_alarm_is_over() -> None:
    stage = a_stage(a_rule(then="test", action="loopback"))
    stage.view.live = False
    stage("node-1", "10:00")
    stage("node-2", "10:00")
    stage.clear("node-1", "10:00:30")
    stage.tick("10:01:30")
    assert actions(stage.out) == [("call", "test", "missed", "node-1", at("10:00:30"))]
    stage.view.live = True
    stage.tick("10:05")

    assert actions(stage.out)[1:] == [("call", "test", "asked", "node-2", at("10:02"))]


def test_in_mode_observe_no_test_is_sent() -> None:
    stage = a_stage(a_rule(then="test", action="loopback"), mode="observe")
    stage("node-1", "10:00")

    assert [state for _, _, state, _, _ in actions(stage.out)] == ["withheld"]
    assert [e for e in stage.out if e.topic == "test-requests"] == []


def test_a_command_is_asked_of_stage_six_and_taken_back_with_the_alarm() -> None:
    stage = a_stage(a_rule(then="command", action="restart", attempts=2, cooldown=MINUTE))
    stage("node-1", "10:00")
    stage.clear("node-1", "10:05")
    first, last = asked(stage.out)

    assert (first.object, first.action, first.attempts, first.cooldown, first.over) == ("node-1", "restart", 2, MINUTE, False)
    assert (last.id, last.over) == (first.id, True)
    assert not stage.view.alarm_deadlines.rows  # type: ignore[attr-defined]


# --- non-arrival, not cleared ---


def test_a_rule_on_non_arrival_meets_silence_only() -> None:
    stage = a_stage(a_rule("silent", when="non-arrival", cause=None), feeds={"raw-alarms": FeedWatch("home")})
    stage("node-1", "10:00")
    stage.send(SourceSpoke("raw-alarms", "ems", MINUTE, at("10:00"), "home"))
    stage.tick("10:05")

    assert actions(stage.out) == [("silent", "request", "asked", "ems", at("10:03"))]


def test_what_is_not_cleared_in_time_is_acted_on_once() -> None:
    stage = a_stage(a_rule(when="not-cleared", after=HOUR))
    stage("node-1", "10:00")
    stage("node-2", "10:00")
    stage("node-1", "10:50")
    stage.clear("node-2", "10:59:59")
    stage.tick("20:00")

    assert actions(stage.out) == [("call", "request", "asked", "node-1", at("11:00"))]


def test_an_alarm_that_toggles_is_not_acted_on_while_it_is_clear() -> None:
    stage = a_stage(a_rule(when="not-cleared", after=7 * MINUTE))
    flap(stage, range(6))
    stage.tick("10:30")
    assert (actions(stage.out), stage.view.alarm_deadlines.rows) == ([], {})  # type: ignore[attr-defined]

    stage = a_stage(a_rule(when="not-cleared", after=7 * MINUTE))
    flap(stage, range(6))
    stage("node-1", "10:06")
    stage.tick("10:30")
    assert [what for _, _, what, _, _ in actions(stage.out)] == ["asked"]


def test_a_rule_that_is_gone_at_its_deadline_does_nothing() -> None:
    stage = a_stage(a_rule(when="not-cleared", after=HOUR))
    stage("node-1", "10:00")
    stage.world = a_stage().world
    stage.tick("12:00")

    assert actions(stage.out) == []
    assert not stage.view.alarm_deadlines.rows  # type: ignore[attr-defined]


# --- alarms that never clear ---


def test_an_alarm_that_its_source_never_clears_is_cleared_by_us_after_a_day_without_a_word() -> None:
    stage = a_stage()
    stage("node-1", "10:00", will_clear=False)
    stage("node-2", "10:00")
    stage("node-1", "18:00", will_clear=False)
    stage.tick("2026-01-02T17:59:59")
    assert actions(stage.out) == []
    stage.tick("2026-01-03T00:00:00")

    assert actions(stage.out) == [("!expected-clear", "clear", "asked", "node-1", at("2026-01-02T18:00:00"))]
    last = records(stage.out)[-1]
    assert (last.life.alarm.object, last.record.is_cleared, last.at) == ("node-1", True, at("2026-01-02T18:00:00"))
    assert last.life.cleared_why == "never cleared by its source; expected within 1d"
    assert stage.kinds()[-1] != "opened"


def test_the_action_is_told_before_the_clear() -> None:
    stage = a_stage(a_rule(when="not-cleared", after=HOUR, then="clear"))
    stage("node-1", "10:00")
    out = stage.tick("12:00")

    assert [e.topic for e in out if e.topic in ("progress", "alarm-records")] == ["progress", "alarm-records"]


def test_a_raise_after_such_a_clear_opens_the_alarm_again() -> None:
    stage = a_stage(policy={"expected_clear": HOUR})
    stage("node-1", "10:00", will_clear=False)
    stage.tick("12:00")
    stage("node-1", "12:30", will_clear=False)

    assert records(stage.out)[-1].record.episodes == 2
    assert not records(stage.out)[-1].record.is_cleared


def test_a_type_may_be_declared_never_to_clear_or_to_clear_whatever_the_source_says() -> None:
    effects = (EffectRule("none", cause="backupFailed", will_clear=False), EffectRule("none", cause="fanFailure", will_clear=True))
    stage = a_stage(effects=effects, policy={"expected_clear": HOUR, "hold_down": {"major": 0}})
    stage("node-1", "10:00", cause="backupFailed")
    stage("node-2", "10:00", cause="fanFailure", will_clear=False)
    stage.tick("20:00")

    assert [r.life.alarm.object for r in records(stage.out) if r.record.is_cleared] == ["node-1"]


def test_policy_may_switch_it_off() -> None:
    stage = a_stage(policy={"expected_clear": 0})
    stage("node-1", "10:00", will_clear=False)
    stage.tick("2026-01-20T10:00:00")

    assert not any(r.record.is_cleared for r in records(stage.out))


def test_old_standing_alarms_cost_nothing_until_they_are_released() -> None:
    stage = a_stage(a_rule(when="not-cleared", after=HOUR))
    stage("node-1", "2025-06-01T10:00:00", standing=True)
    stage.tick("10:00")

    assert not stage.view.alarm_deadlines.rows  # type: ignore[attr-defined]
    assert actions(stage.out) == []


# --- not acknowledged in time: jeopardy of the record ---


def acknowledged(stage: Correlator, when: str, action: str = "ack") -> list[Emit]:
    told = records(stage.out)[-1]
    return stage.send(OperatorRequest(f"{action}-{when}", action, told.record.id, "eva", "", at(when), "dom"))


def test_an_alarm_that_nobody_acknowledges_is_told_of_at_its_time_once() -> None:
    stage = a_stage(a_rule("unseen", "not-acknowledged", after=15 * MINUTE))
    stage("node-1", "10:00")
    stage("node-1", "10:05")
    stage.tick("12:00")

    assert actions(stage.out) == [("unseen", "request", "asked", "node-1", at("10:15"))]


def test_an_acknowledged_or_cleared_alarm_is_in_no_jeopardy() -> None:
    for ends in (lambda stage: acknowledged(stage, "10:14"), lambda stage: stage.clear("node-1", "10:14")):
        stage = a_stage(a_rule("unseen", "not-acknowledged", after=15 * MINUTE))
        stage("node-1", "10:00")
        ends(stage)
        stage.tick("12:00")

        assert actions(stage.out) == []


def test_who_takes_an_acknowledgement_back_has_no_longer_than_the_rule_gives() -> None:
    stage = a_stage(a_rule("unseen", "not-acknowledged", after=15 * MINUTE))
    stage("node-1", "10:00")
    acknowledged(stage, "10:05")
    stage.tick("10:30")
    acknowledged(stage, "10:40", "unack")
    stage.tick("12:00")

    assert actions(stage.out) == [("unseen", "request", "asked", "node-1", at("10:40"))]
