"""Alarms that nobody tells any more: cleared by us after two weeks here, and marked so; not while nobody could have told them."""

from typing import Any

import msgspec

from streams.domain.alarm import OURS, Severity
from streams.domain.alarm_record import AlarmChanged
from streams.domain.instant import DAY, HOUR
from streams.domain.level import FIRST, LEVEL
from tests.builders import a_network, at
from tests.domain.correlating import Correlator
from tests.domain.test_alarm_action import actions, records


def a_stage(level: int = LEVEL, **policy: Any) -> Correlator:
    stage = Correlator(a_network(("node-2", "node-1"), ("node-9", "node-8")), **{"stale_after": 14 * DAY, **policy})
    stage.world = msgspec.structs.replace(stage.world, level=level)
    return stage


def cleared(stage: Correlator) -> list[AlarmChanged]:
    return [one for one in records(stage.out) if one.record.is_cleared and one.kind == "state"]


def test_what_was_not_told_for_two_weeks_is_cleared_by_us_and_says_so() -> None:
    stage = a_stage()
    stage("node-1", "10:00")
    stage.tick("2026-01-15T09:59:59")
    assert not cleared(stage)
    stage.tick("2026-01-15T10:00:00")

    assert [(one.life.alarm.object, one.life.cleared_why, one.at) for one in cleared(stage)] == [("node-1", "not told by its source for 14d", at("2026-01-15T10:00:00"))]
    assert actions(stage.out) == [("!stale", "clear", "asked", "node-1", at("2026-01-15T10:00:00"))]
    assert stage.kinds()[-1] == "cleared"


def test_everything_of_it_is_forgotten_then() -> None:
    stage = a_stage()
    stage("node-1", "10:00")
    stage.tick("2026-02-01T10:00:00")

    assert not any(getattr(stage.view, table).rows for table in ("alarm_records", "alarm_lives", "groups", "alarmed", "alarm_deadlines"))


def test_what_is_told_again_stays_and_is_looked_at_again() -> None:
    stage = a_stage()
    stage("node-1", "10:00", raised_at=at("10:00"))
    stage("node-1", "2026-01-10T10:00:00", raised_at=at("10:00"))
    stage.tick("2026-01-16T10:00:00")
    assert not cleared(stage)
    stage.tick("2026-01-25T10:00:00")

    assert [one.at for one in cleared(stage)] == [at("2026-01-24T10:00:00")]


def test_of_a_problem_in_which_one_alarm_is_told_none_is_stale_yet() -> None:
    stage = a_stage()
    stage("node-1", "10:00")
    stage("node-2", "10:01", raised_at=at("10:01"))
    stage("node-2", "10:10", raised_at=at("10:01"))
    stage.tick("2026-01-15T10:05:00")
    assert not cleared(stage)
    stage.tick("2026-01-15T10:10:00")

    assert {one.life.alarm.object for one in cleared(stage)} == {"node-1", "node-2"}


def test_a_raise_that_comes_later_opens_it_again() -> None:
    stage = a_stage()
    stage("node-1", "10:00")
    stage.tick("2026-01-15T11:00:00")
    stage("node-1", "2026-01-15T12:00:00")

    last = records(stage.out)[-1]
    assert (last.record.episodes, last.record.is_cleared) == (2, False)


def test_our_own_alarms_stand_while_what_they_say_is_so() -> None:
    stage = a_stage()
    stage("node-1", "10:00", source=OURS)
    stage.tick("2026-03-01T10:00:00")

    assert not cleared(stage)


def test_while_its_source_is_silent_nobody_could_have_told_it() -> None:
    stage = a_stage()
    stage("node-1", "10:00")
    (_, record), = stage.view.alarm_records.prefix("")
    life = stage.view.alarm_lives.get(record.id)
    stage.view.alarm_lives.put(record.id, msgspec.structs.replace(life, unknown_since=at("12:00")))
    stage.tick("2026-01-20T10:00:00")
    assert not cleared(stage)
    stage.view.alarm_lives.put(record.id, life)
    stage.tick("2026-01-30T10:00:00")

    assert [one.at for one in cleared(stage)] == [at("2026-01-29T10:00:00")]


def test_many_are_cleared_in_several_goes() -> None:
    stage = a_stage()
    for n in range(450):
        stage("node-1", "10:00", cause=f"cause-{n}")
    stage.tick("2026-01-15T10:00:00")
    assert len(cleared(stage)) == 200
    stage.tick("2026-01-15T10:02:00")

    assert len(cleared(stage)) == 450


def test_policy_switches_it_off_and_an_older_level_does_not_know_it() -> None:
    for stage in (a_stage(stale_after=0), a_stage(FIRST)):
        stage("node-1", "10:00")
        stage.tick("2026-06-01T10:00:00")

        assert not cleared(stage)


def test_a_policy_changed_meanwhile_counts_from_when_it_is_looked_at() -> None:
    stage = a_stage(stale_after=DAY)
    stage("node-1", "10:00")
    stage.tick("11:00")
    stage.world = msgspec.structs.replace(stage.world, policy=msgspec.structs.replace(stage.world.policy, correlate=msgspec.structs.replace(stage.world.policy.correlate, stale_after=2 * DAY)))
    stage.tick("2026-01-02T12:00:00")
    assert not cleared(stage)
    stage.tick("2026-01-05T12:00:00")

    assert [one.at for one in cleared(stage)] == [at("2026-01-04T10:00:00")]


def test_a_lesser_alarm_that_stays_is_stale_too() -> None:
    stage = a_stage(stale_after=12 * HOUR)
    stage("node-1", "10:00", severity=Severity.MINOR)
    stage.tick("2026-01-02T12:00:00")

    assert [one.life.alarm.object for one in cleared(stage)] == ["node-1"]
