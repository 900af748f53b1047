"""Alarms that alone open no problem: lesser ones, and those of objects that nobody declared."""


from tests.builders import at
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
