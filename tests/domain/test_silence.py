"""Who has stopped speaking: sources, feeds, expected notifications; and what is unknown while they are silent."""

import random
from typing import Any

import pytest

from streams.domain.alarm import OWN, Severity
from streams.domain.alarm_messages import SourceSpoke
from streams.domain.alarm_record import AlarmChanged
from streams.domain.instant import HOUR, MINUTE
from streams.domain.messages import Judged
from streams.domain.network import Expectation, FeedWatch
from streams.domain.view import Emit
from tests.builders import a_network, at
from tests.domain.correlating import Correlator

FEEDS = {"raw-alarms": FeedWatch("home", silent_after=8 * MINUTE), "other": FeedWatch("home")}
BACKUP = Expectation("backup", "raw-alarms", HOUR, cause="backupDone", severity="minor")
NETWORK = a_network(("node-2", "node-1"), feeds=FEEDS, expects={"backup": BACKUP}, behind={"ems": ("node-1", "node-2"), "feed:raw-alarms": ("node-1",)})


def silent(network: Any = NETWORK, **policy: Any) -> Correlator:
    return Correlator(network, **policy)


def beat(stage: Correlator, when: str, source: str = "ems", domain: str = "home", interval: int = MINUTE, **but: Any) -> list[Emit]:
    return stage.send(SourceSpoke("raw-alarms", source, interval, at(when), domain, **but))


def records(out: list[Emit]) -> list[AlarmChanged]:
    return [e.value for e in out if e.topic == "alarm-records"]


def own(out: list[Emit]) -> list[tuple[str, str, str, int]]:
    return [(r.life.alarm.object, r.life.alarm.cause, r.kind + (" cleared" if r.record.is_cleared else ""), r.at) for r in records(out) if r.life.alarm.source == "spm"]


def test_a_source_is_silent_after_three_missed_heartbeats_and_not_before() -> None:
    stage = silent()
    beat(stage, "10:00")
    beat(stage, "10:01")
    stage.tick("10:03:59")
    assert own(stage.out) == []
    stage.tick("10:10")

    assert own(stage.out) == [("ems", "heartbeatLost", "created", at("10:04"))]
    [told] = records(stage.out)
    assert (told.life.alarm.domain, told.life.alarm.feed, told.record.severity) == ("home", "raw-alarms", Severity.MAJOR)
    assert "The state of 2 objects" in told.life.alarm.text


def test_any_heartbeat_clears_it_and_the_next_silence_is_another_episode() -> None:
    stage = silent()
    beat(stage, "10:00")
    stage.tick("10:10")
    beat(stage, "10:20")
    stage.tick("10:20")
    assert own(stage.out)[-1] == ("ems", "heartbeatLost", "state cleared", at("10:20"))
    stage.tick("10:30")

    assert [kind for _, _, kind, _ in own(stage.out)] == ["created", "state cleared", "state"]
    assert records(stage.out)[-1].record.episodes == 2


def test_a_source_that_promises_nothing_is_not_watched_and_a_told_interval_stays() -> None:
    stage = silent()
    beat(stage, "10:00", "quiet", interval=0)
    beat(stage, "10:00")
    beat(stage, "10:01", interval=0)
    stage.tick("12:00")

    assert own(stage.out) == [("ems", "heartbeatLost", "created", at("10:04"))]


def test_the_clock_of_a_message_makes_nobody_silent_since_signs_may_be_on_their_way() -> None:
    stage = silent()
    beat(stage, "10:00")
    stage("node-1", "10:30")
    assert own(stage.out) == []
    for minute in (6, 3, 9, 12):
        beat(stage, f"10:{minute:02}")
    stage.tick("10:14")

    assert own(stage.out) == []


def test_a_silence_is_told_though_no_tick_came_before_the_return() -> None:
    stage = silent()
    for when in ("10:00", "10:01", "10:10", "10:11", "10:30", "10:32"):
        beat(stage, when)
    assert own(stage.out) == []
    stage.tick("10:33")

    assert [(kind, when) for _, _, kind, when in own(stage.out)] == [
        ("created", at("10:04")), ("state cleared", at("10:10")), ("state", at("10:14")), ("state cleared", at("10:30"))]


@pytest.mark.parametrize("seed", range(20))
def test_it_does_not_matter_in_which_order_signs_come_nor_when_ticks_do(seed: int) -> None:
    dice = random.Random(seed)
    signs = sorted(dice.sample(range(60), 12))
    told = []
    for ticks in ([60], range(0, 61, 1)):
        stage, left = silent(), list(signs)
        for tick in ticks:
            now = [sign for sign in left if sign <= tick]
            left = [sign for sign in left if sign > tick]
            dice.shuffle(now)
            for sign in now:
                beat(stage, f"10:{sign:02}:00")
            stage.tick("11:00" if tick == 60 else f"10:{tick:02}")
        told.append(own(stage.out))

    assert told[0] == told[1]


def test_what_is_remembered_until_a_tick_comes_is_bounded() -> None:
    stage = silent()
    for hour in range(1, 60):
        beat(stage, f"2026-01-{1 + hour // 24:02}T{hour % 24:02}:00:00")

    assert len(stage.view.sources.get("raw-alarms|ems").runs) <= 32  # type: ignore[attr-defined]


def test_alarms_of_ours_are_no_inputs() -> None:
    network = a_network(feeds={"raw-alarms": FeedWatch("home", silence="minor")})
    stage = silent(network)
    beat(stage, "10:00")
    stage.tick("10:04")
    assert stage.counts() == {}
    beat(stage, "10:04:30")
    stage.tick("10:05")

    assert [kind for _, _, kind, _ in own(stage.out)] == ["created", "state cleared"]
    assert stage.counts() == {}
    assert [e for e in stage.out if isinstance(e.value, Judged)] == []
    assert stage.view.alarm_records.rows[next(iter(stage.view.alarm_records.rows))].heard.source.part == OWN  # type: ignore[attr-defined]


def test_a_silent_feed_is_told_by_name() -> None:
    stage = silent()
    beat(stage, "10:00", "", interval=8 * MINUTE, kind="feed")
    stage.tick("10:09")
    assert own(stage.out) == []
    stage.tick("10:11")

    assert own(stage.out) == [("feed:raw-alarms", "feedSilent", "created", at("10:10"))]


def test_a_feed_that_was_never_heard_is_silent_from_when_it_is_awaited() -> None:
    stage = silent()
    beat(stage, "10:00", "", interval=8 * MINUTE, kind="feed", arms=True)
    beat(stage, "10:05", "", interval=8 * MINUTE, kind="feed", arms=True)
    stage.tick("10:11")

    assert own(stage.out) == [("feed:raw-alarms", "feedSilent", "created", at("10:10"))]


def test_an_expected_notification_that_does_not_come_is_an_alarm_of_its_severity() -> None:
    stage = silent(hold_down={"minor": 0})
    beat(stage, "02:00", "backup", interval=HOUR, kind="expected")
    stage.tick("03:00:30")
    assert own(stage.out) == []
    stage.tick("03:01")

    assert own(stage.out) == [("expected:backup", "notificationMissing", "created", at("03:00:36"))]
    assert records(stage.out)[0].record.severity is Severity.MINOR


def test_a_rule_that_is_gone_watches_no_more_and_clears_its_alarm() -> None:
    stage = silent()
    beat(stage, "02:00", "backup", interval=HOUR, kind="expected")
    beat(stage, "02:00", "", interval=8 * MINUTE, kind="feed")
    stage.tick("03:30")
    stage.world = Correlator(a_network(feeds={"raw-alarms": FeedWatch("home")})).world
    beat(stage, "03:31", "backup", interval=HOUR, kind="expected")
    stage.tick("2026-02-10T00:00:00")

    assert {(obj, kind) for obj, _, kind, _ in own(stage.out)} >= {("feed:raw-alarms", "state cleared"), ("expected:backup", "state cleared")}
    assert not stage.view.sources.rows  # type: ignore[attr-defined]


def test_what_is_forgotten_after_a_month_is_cleared_when_it_returns() -> None:
    stage = silent()
    beat(stage, "10:00")
    stage.tick("10:10")
    stage.tick("2026-02-05T00:00:00")
    assert not stage.view.sources.rows  # type: ignore[attr-defined]
    beat(stage, "2026-02-05T01:00:00")
    stage.tick("2026-02-05T01:00:01")

    assert own(stage.out)[-1] == ("ems", "heartbeatLost", "state cleared", at("2026-02-05T01:00:00"))


def test_an_operator_may_clear_it_first() -> None:
    from streams.domain.messages import OperatorRequest

    stage = silent()
    beat(stage, "10:00")
    stage.tick("10:10")
    [told] = records(stage.out)
    stage.send(OperatorRequest("r", "clear", told.record.id, "eva", "known", at("10:11"), "home"))
    before = len(own(stage.out))
    beat(stage, "10:20")
    stage.tick("10:21")

    assert len(own(stage.out)) == before


def test_a_source_whose_domain_changes_has_one_alarm_at_a_time() -> None:
    stage = silent()
    beat(stage, "10:00")
    stage.tick("10:05")
    beat(stage, "10:10", domain="east")
    beat(stage, "10:10", domain="east", copy=True)
    stage.tick("10:20")

    assert [(r.life.alarm.domain, r.record.is_cleared) for r in records(stage.out)] == [("home", False), ("home", True), ("east", False)]


# --- state unknown ---


def unknown(out: list[Emit]) -> list[tuple[str, bool, int]]:
    return [(r.life.alarm.object, bool(r.life.unknown_since), r.at) for r in records(out) if r.life.alarm.source != "spm" and r.kind == "changed"]


@pytest.mark.parametrize("copy", [False, True])
def test_alarms_of_a_silent_source_are_marked_once_and_once_when_it_returns(copy: bool) -> None:
    stage = silent()
    stage("node-1", "09:59")
    stage("node-2", "09:59", source="another")
    beat(stage, "10:00", copy=copy)
    stage.tick("10:10")
    stage.tick("10:15")
    assert unknown(stage.out) == [("node-1", True, at("10:03"))]
    beat(stage, "10:20", copy=copy)
    stage.tick("10:21")

    assert unknown(stage.out)[1:] == [("node-1", False, at("10:20"))]
    assert not any(m.cleared_at for c in stage.changes() for m in c.members if m.object == "node-1")


def test_alarms_of_a_silent_feed_are_marked_whatever_their_source() -> None:
    stage = silent()
    stage("node-1", "09:59")
    stage("node-2", "09:59", source="another")
    beat(stage, "10:00", "", interval=8 * MINUTE, kind="feed")
    stage.tick("10:20")

    assert sorted(unknown(stage.out)) == [("node-1", True, at("10:10")), ("node-2", True, at("10:10"))]


def test_a_clear_during_the_silence_counts_and_takes_the_mark() -> None:
    stage = silent()
    stage("node-1", "09:59")
    beat(stage, "10:00")
    stage.tick("10:10")
    [told] = records(stage.clear("node-1", "10:12"))

    assert told.record.is_cleared
    assert told.life.unknown_since == 0


def test_many_records_are_marked_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.domain.state_unknown.PAGE", 3)
    stage = silent()
    for n in range(10):
        stage(f"port-{n}", "09:59", domain="dom")
    beat(stage, "10:00")
    stage.tick("10:10")

    assert len([1 for _, mark, _ in unknown(stage.out) if mark]) == 10


def test_sweeps_keep_a_minute_apart() -> None:
    stage = silent()
    stage("node-1", "09:59")
    beat(stage, "10:00")
    stage.tick("10:03")
    beat(stage, "10:03:10")
    stage.tick("10:03:30")
    assert [mark for _, mark, _ in unknown(stage.out)] == [True]
    stage.tick("10:05")

    assert unknown(stage.out)[1:] == [("node-1", False, at("10:04"))]
