"""Alarms that alone open no problem: lesser ones, and those of objects that nobody declared."""


from streams.domain.alarm import AlarmType, Severity
from tests.builders import a_network, an_alarm, at
from tests.domain.correlating import LESSER, Correlator, a_tree


def test_a_lesser_alarm_alone_opens_no_problem_until_a_second_object_alarms() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00", **LESSER)
    stage("ont-1", "10:03", qualifier="other", **LESSER)
    stage.tick("10:06")

    assert stage.kinds() == []

    stage("ont-2", "10:04", **LESSER)
    stage.tick("10:09")

    assert stage.kinds() == ["opened", "joined", "joined"]
    assert [c.active for c in stage.changes()] == [1, 2, 3]
    assert {c.at for c in stage.changes()} == {at("10:06")}


def test_a_lesser_alarm_that_outlives_the_quiet_period_is_a_problem() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00", **LESSER)
    stage.tick("10:14:59")

    assert stage.kinds() == []

    stage.tick("10:15")

    assert stage.kinds()[0] == "opened"
    assert stage.changes()[0].at == at("10:15")


def test_a_lesser_alarm_that_cleared_is_not_part_of_what_opens_later() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00", **LESSER)
    stage.clear("ont-1", "10:05")
    stage("ont-2", "10:06", **LESSER)
    stage.tick("10:10")

    assert stage.kinds() == []


def test_a_heavy_alarm_takes_a_waiting_lesser_one_with_it() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00", **LESSER)
    stage.tick("10:02")
    stage("ont-2", "10:01")

    assert [(c.kind, [m.object for m in c.members]) for c in stage.changes()] == [("opened", ["ont-1"]), ("joined", ["ont-2"])]


def test_many_lesser_alarms_of_one_object_are_a_problem_and_the_row_stays_small() -> None:
    stage = Correlator(a_tree(), candidate_alarms=4)
    for n in range(6):
        stage("ont-1", "10:00", qualifier=f"q{n}", **LESSER)
    stage.tick("10:02")

    assert stage.kinds() == ["opened", "joined", "joined", "joined"]
    assert [len(c.members) for c in stage.changes()] == [1, 3, 1, 1]
    assert all(not g.seeds for g in stage.view.groups.rows.values())


def test_an_object_nobody_declared_is_a_problem_if_major_and_near_nothing_else() -> None:
    stage = Correlator(a_tree())
    stage("ghost-1", "10:00", resolved=False)
    stage("ghost-2", "10:00", resolved=False)
    stage("ghost-1", "10:01", resolved=False, qualifier="other")

    assert stage.kinds() == ["opened", "opened", "joined"]


def test_lesser_alarms_of_objects_nobody_declared_gather_by_feed() -> None:
    stage = Correlator(a_tree())
    for n in range(3):
        stage(f"ghost-{n}", "10:00", resolved=False, **LESSER)
    stage("spook", "10:00", resolved=False, feed="other-alarms", **LESSER)
    stage.tick("10:03")

    assert list(stage.problems().values()) == [{"ghost-0", "ghost-1", "ghost-2"}]


MURMUR = {"severity": Severity.MINOR, "alarm_type": AlarmType.QUALITY_OF_SERVICE, "cause": "thresholdCrossed"}


def test_four_objects_that_begin_to_murmur_at_once_are_a_problem() -> None:
    stage = Correlator(a_network(*((f"ont-{n}", "split-1") for n in range(4))))
    for n in range(4):
        stage(f"ont-{n}", f"10:00:{10 * n:02}", **MURMUR)
    stage.tick("10:03")

    assert list(stage.problems().values()) == [{"ont-0", "ont-1", "ont-2", "ont-3"}]


def test_four_objects_that_murmur_minutes_apart_are_near_each_other_by_chance() -> None:
    stage = Correlator(a_network(*((f"ont-{n}", "split-1") for n in range(4))))
    for n in range(4):
        stage(f"ont-{n}", f"10:{n:02}", **MURMUR)
    stage.tick("10:30")

    assert stage.kinds() == []


def test_where_much_murmurs_all_day_four_at_once_are_no_problem_either() -> None:
    stage = Correlator(a_network(*((f"ont-{n}", "split-1") for n in range(4)), *((f"box-{n}", f"mast-{n}") for n in range(60))))
    for n in range(60):
        stage(f"box-{n}", f"09:{n:02}", **MURMUR)
    for n in range(4):
        stage(f"ont-{n}", f"10:00:{10 * n:02}", **MURMUR)
    stage.tick("10:30")

    assert stage.kinds() == []


def test_a_transient_after_a_long_pause_is_judged_at_the_time_that_it_told() -> None:
    stage = Correlator(a_tree())
    stage.tell(an_alarm("ont-1", "10:00", suspect_clock=True, told_at=at("11:30"), **LESSER))
    stage.tick("11:29")
    stage.tell(an_alarm("ont-1", "11:30:20", cleared=True, **LESSER))
    stage.tick("12:30")

    assert stage.kinds() == []
    assert stage.judged() == ["transient", "cleared"]


def test_what_lasts_after_a_long_pause_began_when_it_told() -> None:
    stage = Correlator(a_tree())
    stage.tell(an_alarm("ont-1", "10:00", suspect_clock=True, told_at=at("11:30"), **LESSER))
    stage.tick("11:44")

    assert stage.kinds() == []

    stage.tick("11:45")

    assert stage.kinds()[0] == "opened"
    assert stage.changes()[0].members[0].raised_at == at("11:30")


def test_what_is_a_problem_by_itself_did_not_begin_with_a_murmur_of_minutes_ago() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00", **MURMUR)
    stage("ont-2", "10:04")

    assert list(stage.problems().values()) == [{"ont-2"}]


def test_a_murmur_of_just_now_goes_along() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00", **MURMUR)
    stage.tick("10:02")
    stage("ont-2", "10:01:20")

    assert list(stage.problems().values()) == [{"ont-1", "ont-2"}]
