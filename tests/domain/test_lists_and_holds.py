"""Lists of alarms that sources tell, and what is held back before it may be a problem."""

from streams.domain.alarm_record import Standing
from streams.domain.instant import MINUTE
from streams.domain.messages import AlarmListTold, SourceSpoke
from streams.domain.network import FeedWatch, HoldRule
from streams.domain.view import Emit
from tests.builders import a_network, an_alarm, at
from tests.domain.correlating import Correlator
from tests.domain.test_alarm_lives import published, the_record

# --- lists ---


def a_list(stage: Correlator, kind: str, when: str, source: str = "ems", alarming: bool = False) -> list[Emit]:
    return stage.send(AlarmListTold("raw-alarms", source, kind, at(when), at(when), alarming))


def test_what_a_told_list_lacks_is_cleared_by_us_and_what_it_has_is_no_repeat() -> None:
    stage = Correlator()
    for obj in ("node-1", "node-2", "node-3"):
        stage(obj, "10:00", source="probe" if obj == "node-3" else "ems")
    a_list(stage, "begins", "10:10")
    stage("node-1", "10:10")
    a_list(stage, "ends", "10:10:01")
    out = stage.tick("10:10:02")

    assert [(p.life.alarm.object, p.life.cleared_why, p.record.is_cleared) for p in published(out)] == [("node-2", "resync", True)]
    assert (the_record(stage).count, stage.judged()[-1]) == (1, "repeat")
    assert the_record(stage, "node-3").standing is Standing.ACTIVE


def test_a_late_word_of_an_older_list_does_not_stop_the_one_that_came() -> None:
    stage = Correlator()
    stage("node-2", "10:00", source="ems")
    a_list(stage, "begins", "10:10")
    a_list(stage, "ends", "10:10")
    a_list(stage, "rebuilt", "10:09")
    out = stage.tick("10:10:02")

    assert [(p.life.alarm.object, p.life.cleared_why) for p in published(out)] == [("node-2", "resync")]


def test_a_rebuilt_list_that_nobody_tells_clears_nothing() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    a_list(stage, "rebuilt", "10:10")
    stage.tick("10:20")

    assert the_record(stage).standing is Standing.ACTIVE


def test_a_source_that_falls_silent_while_it_tells_its_list_clears_nothing() -> None:
    stage = Correlator(a_network(feeds={"raw-alarms": FeedWatch("home")}))
    stage("node-1", "10:00")
    stage("node-2", "10:00")
    stage.send(SourceSpoke("raw-alarms", "ems", MINUTE, at("10:01"), "home"))
    a_list(stage, "rebuilt", "10:02")
    stage("node-2", "10:02:10")
    stage.tick("10:04")
    stage.tick("10:10")

    assert the_record(stage, "node-1").standing is Standing.ACTIVE


def test_a_rebuilt_list_is_over_after_five_minutes() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage("node-2", "10:00")
    a_list(stage, "rebuilt", "10:10")
    stage("node-2", "10:12")
    stage.tick("10:14:59")

    assert the_record(stage).standing is Standing.ACTIVE

    stage.tick("10:15:01")

    assert the_record(stage).standing is Standing.CLEARED


def test_a_list_that_never_ends_clears_nothing() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage("node-2", "10:00")
    a_list(stage, "begins", "10:10")
    stage("node-2", "10:10")
    stage.tick("10:30")

    assert the_record(stage).standing is Standing.ACTIVE


def test_the_first_list_of_a_source_brings_standing_alarms_and_later_ones_do_not() -> None:
    stage = Correlator()
    for when in ("10:00", "11:00"):
        a_list(stage, "begins", when)
        obj = f"node-{when[:2]}"
        stage(obj, f"{when}:01", raised_at=at("09:00"))
        a_list(stage, "ends", f"{when}:02")
        stage.tick(f"{when}:03")
    first, second = (m for c in stage.changes() if c.kind in ("opened", "joined") for m in c.members)

    assert (first.standing, second.standing) == (True, False)


def test_the_first_list_of_a_feed_where_all_counts_alike_brings_alarms_like_any_other() -> None:
    stage = Correlator()
    a_list(stage, "begins", "10:00", alarming=True)
    stage("node-1", "10:00:01", raised_at=at("09:00"))

    assert [m.standing for c in stage.changes() for m in c.members] == [False]


def test_a_raise_in_a_list_is_never_late() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage.clear("node-1", "10:05")
    a_list(stage, "begins", "10:06")
    stage("node-1", "10:04")

    assert the_record(stage).standing is Standing.ACTIVE


def test_many_records_are_swept_in_pages() -> None:
    stage = Correlator()
    for n in range(4_100):
        stage.tell(an_alarm(f"cell-{n}", "10:00"))
    a_list(stage, "begins", "10:10")
    stage("cell-7", "10:10")
    a_list(stage, "ends", "10:10:01")
    stage.tick("10:10:02")

    assert [key for key, record in stage.view.alarm_records.rows.items() if not record.is_cleared] == ["dom||cell-7|lossOfSignal|"]


# --- holds ---


def held_by(*rules: HoldRule) -> Correlator:
    return Correlator(a_network(("node-1", "hub"), holds=rules))


def test_a_rule_holds_a_cause_back_for_longer_than_its_severity_would() -> None:
    stage = held_by(HoldRule(cause="lossOfSignal", span=5 * MINUTE))
    stage("node-1", "10:00")
    stage.tick("10:04:59")

    assert stage.kinds() == []

    stage.tick("10:05")

    assert stage.kinds() == ["opened"]


def test_an_alarm_counts_once_it_was_raised_x_times_in_y() -> None:
    stage = held_by(HoldRule(cause="lossOfSignal", times=3, within=10 * MINUTE))
    stage("node-1", "10:00")
    stage("node-1", "10:04")

    assert stage.kinds() == []

    stage("node-1", "10:09")

    assert stage.kinds() == ["opened"]
    assert stage.judged() == ["new", "repeat", "repeat"]


def test_episodes_count_too_and_old_ones_do_not() -> None:
    stage = held_by(HoldRule(cause="lossOfSignal", times=3, within=10 * MINUTE))
    for start, end in (("10:00", "10:01"), ("10:06", "10:07"), ("10:12", "10:13")):
        stage("node-1", start)
        stage.clear("node-1", end)

    assert (stage.kinds(), stage.judged()[-2:]) == ([], ["transient", "cleared"])

    stage("node-1", "10:15:30")

    assert stage.kinds() == ["opened"]
    assert sum(stage.counts().values()) == 7
