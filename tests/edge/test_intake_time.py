"""Stage 1: time as a fold over the feed partition, and what it promises its lanes."""

from typing import Any

import pytest

from streams.edge.feed import Feed
from streams.edge.feed_control import watermark
from tests.builders import MemoryView, at
from tests.edge.feeder import Feeder, an_input


def test_the_clock_is_the_latest_time_told_and_late_alarms_keep_theirs() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="10:30"))
    late = feeder.alarm(an_input(when="02:00"))

    assert feeder.clock == at("10:30")
    assert (late.at, late.suspect_clock) == (at("02:00"), False)


def test_a_clock_ten_years_ahead_counts_at_the_present_and_is_marked() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    ahead = feeder.alarm(an_input(when="2036-01-01T00:00:00Z"))

    assert (ahead.at, ahead.raised_at, ahead.suspect_clock, feeder.clock) == (at("10:00"), at("10:00"), True, at("10:00"))


def test_what_was_told_is_kept_for_later_alarms_to_prove_but_live_the_arrival_is_right() -> None:
    feeder, live = Feeder(), Feeder(clock_mode="wall")
    feeder.send(an_input(when="10:00"))

    assert feeder.alarm(an_input(when="15:00")).told_at == at("15:00")
    assert feeder.alarm(an_input(when="10:01")).told_at == 0
    assert live.alarm(an_input(when="15:00"), arrived_at=at("10:00")).told_at == 0


def test_time_jumps_when_a_second_source_agrees() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="15:00", source="a"))
    second = feeder.alarm(an_input(when="15:30", source="b"))

    assert (second.at, second.suspect_clock, feeder.clock) == (at("15:30"), False, at("15:30"))


def test_two_sources_that_disagree_do_not_move_time() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="15:00", source="a"))

    assert feeder.alarm(an_input(when="17:00", source="b")).suspect_clock
    assert feeder.clock == at("10:00")


def test_time_jumps_when_a_third_alarm_agrees() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    told = [feeder.alarm(an_input(when=when)) for when in ("15:00", "15:20", "15:10")]

    assert [(a.at, a.suspect_clock) for a in told] == [(at("10:00"), True), (at("10:00"), True), (at("15:10"), False)]
    assert feeder.clock == at("15:20")


def test_a_broken_device_does_not_carry_off_a_busy_feed() -> None:
    feeder = Feeder()
    for minute in range(30):
        feeder.send(an_input(when=f"10:{minute:02}"))
        assert feeder.alarm(an_input(when="2036-01-01T00:00:00Z", source="broken")).suspect_clock

    assert feeder.clock == at("10:29")


def test_a_feed_so_quiet_that_every_alarm_is_a_jump_still_moves() -> None:
    feeder = Feeder()
    for hour in range(0, 24, 3):
        feeder.send(an_input(when=f"{hour:02}:00"))

    assert feeder.clock >= at("15:00")


def test_an_absurd_first_record_is_not_believed_and_the_second_sets_the_clock() -> None:
    feeder = Feeder()
    first = feeder.alarm(an_input(alarmRaisedTime="9999-01-01T00:00:00Z"))
    assert (first.suspect_clock, feeder.clock) == (True, 0)

    assert feeder.alarm(an_input(when="10:00")).at == at("10:00")
    assert feeder.clock == at("10:00")

    arrived = Feeder()
    assert arrived.alarm(an_input(when="2036-01-01T00:00:00Z"), arrived_at=at("10:00")).at == at("10:00")


def test_a_mark_moves_the_clock_and_nothing_else() -> None:
    feeder = Feeder(trace=True)
    feeder.send(an_input(when="10:00"))
    heard = feeder.view.feed_clock.get("raw-alarms").heard  # type: ignore[attr-defined]

    assert feeder.send(b"ignored", spm_mark="2026-01-01T18:00:00Z") == []
    assert feeder.send(None, spm_mark="2026-01-01T17:00:00Z") == []
    assert feeder.clock == at("18:00")
    assert feeder.view.feed_clock.get("raw-alarms").heard == heard  # type: ignore[attr-defined]
    assert feeder.alarm(an_input(when="18:30")).suspect_clock is False


def test_live_what_is_ahead_of_its_arrival_counts_at_its_arrival() -> None:
    feeder = Feeder(clock_mode="wall")
    near = feeder.alarm(an_input(when="10:00:05"), arrived_at=at("10:00"))
    ahead = feeder.alarm(an_input(when="2036-01-01T00:00:00Z"), arrived_at=at("10:00:01"))

    assert (near.at, near.suspect_clock) == (at("10:00:05"), False)
    assert (ahead.at, ahead.suspect_clock, feeder.clock) == (at("10:00:01"), True, at("10:00:05"))


@pytest.mark.parametrize(("but", "key", "promised"), [
    ({"single_feed": True, "partitions": 12}, b"dom", True), ({"single_feed": True, "partitions": 12, "keyed_by_feeder": True}, None, True),
    ({"single_feed": True}, b"other", False), ({"single_feed": True}, None, False), ({}, b"dom", False)])
def test_only_a_lane_of_its_own_is_promised_a_time(but: dict[str, Any], key: bytes | None, promised: bool) -> None:
    feeder = Feeder(**but)
    feeder.send(an_input(when="10:30"), key=key)
    [late] = feeder.send(an_input(when="10:00"), key=key)

    assert late.value.clock == (at("10:30") if promised else 0)
    assert late.value.alarm.at == at("10:00")


def test_a_feed_with_another_partition_count_is_no_lane() -> None:
    [emit] = Feeder(Feed("raw-alarms", partitions=6), single_feed=True, partitions=12).send(an_input(), key=b"dom")

    assert emit.value.clock == 0


def test_no_feed_heard_holds_no_time_back() -> None:
    view = MemoryView({"feed-clock": None})

    assert watermark(view) == 0  # type: ignore[arg-type]
