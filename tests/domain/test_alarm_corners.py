"""Where two things that happen to an alarm meet: what the alarm machine (tests/properties) found, each as a short story."""

from typing import Any

from streams.domain.action_answer import ActionAnswered
from streams.domain.alarm import OWN, Position, Severity
from streams.domain.alarm_record import AlarmChanged, AlarmRecord, Standing
from streams.domain.alarmed import PER_OBJECT
from streams.domain.instant import MINUTE
from streams.domain.messages import AlarmHeard, AlarmListTold, OperatorRequest, Placed, ProblemChange, SourceSpoke
from streams.domain.network import FeedWatch, HoldRule
from streams.domain.view import Emit
from tests.builders import a_network, an_alarm, at
from tests.domain.correlating import Correlator
from tests.domain.working import work


def the_record(stage: Correlator, obj: str = "node-1") -> AlarmRecord:
    return next(record for key, record in stage.view.alarm_records.rows.items() if f"|{obj}|" in key)


def ask(stage: Correlator, action: str, when: str, target: str = "", **but: Any) -> list[Emit]:
    return stage.send(OperatorRequest("r-1", action, target or the_record(stage).id, "eve", "", at(when), "dom", at(when), **but))


def answers(out: list[Emit]) -> list[tuple[bool, str]]:
    return [(e.value.done, e.value.why) for e in out if isinstance(e.value, ActionAnswered)]


def flap(stage: Correlator, minutes: range) -> None:
    for minute in minutes:
        stage("node-1", f"10:{minute:02}:00")
        stage.clear("node-1", f"10:{minute:02}:30")


def told_twice(stage: Correlator) -> list[AlarmChanged]:
    """Events of one record that bear one id (revision and count)."""
    seen, twice = set(), []
    for told in [e.value for e in stage.out if isinstance(e.value, AlarmChanged)]:
        ident = (told.record.id, told.life.revision, told.record.count)
        twice += [told] if ident in seen else []
        seen.add(ident)
    return twice


# --- shelves ---


def test_an_alarm_off_the_shelf_is_another_occurrence_of_its_problem_or_of_another() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    ask(stage, "shelve", "10:01", until=at("12:00"))
    stage.tick("12:01")
    placed = [(e.value.occurrence, e.value.problem) for e in stage.out if isinstance(e.value, Placed)]

    assert len({problem for _, problem in placed}) == 2
    assert len({occurrence for occurrence, _ in placed}) == 2
    assert the_record(stage).occurrence == placed[-1][0]


def test_work_that_explained_an_alarm_is_not_named_while_it_is_shelved() -> None:
    stage = Correlator(a_network(("node-2", "node-1")))
    stage.send(work("node-1", starts="10:00", ends="11:00"))
    stage("node-1", "10:05")
    ask(stage, "shelve", "10:06", until=at("10:30"))
    on_the_shelf = stage.view.alarm_lives.get(the_record(stage).id)
    stage.tick("10:31")
    after = stage.view.alarm_lives.get(the_record(stage).id)

    assert (on_the_shelf.suppressed, on_the_shelf.outage) == ("shelved", "")
    assert (after.suppressed, after.outage) == ("planned-outage", "chg")


def test_what_is_kept_out_of_problems_names_none() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    ask(stage, "shelve", "10:01")
    [told] = [e.value for e in ask(stage, "ack", "10:02") if isinstance(e.value, AlarmChanged)]

    assert told.problem == ""


# --- toggling ---


def test_a_toggling_alarm_cannot_be_closed_though_it_is_clear_at_the_moment() -> None:
    stage = Correlator()
    flap(stage, range(6))
    before = the_record(stage)
    out = ask(stage, "close", "10:06")

    assert answers(out) == [(False, "The alarm is toggling; it can be closed when it has kept still, or once it is cleared by hand.")]
    assert the_record(stage) == before
    assert answers(ask(stage, "clear", "10:07")) + answers(ask(stage, "close", "10:08")) == [(True, "Cleared by eve."), (True, "Now closed by eve.")]
    assert stage.view.alarm_records.rows == {}


def test_the_state_of_an_alarm_that_stopped_toggling_and_is_clear_is_known() -> None:
    network = a_network(feeds={"raw-alarms": FeedWatch("home")})
    stage = Correlator(network)
    stage.send(SourceSpoke("raw-alarms", "ems", MINUTE, at("10:00"), "home"))
    flap(stage, range(6))
    stage.tick("10:06")
    stage.tick("10:06:01")
    toggling = stage.view.alarm_lives.get(the_record(stage).id)
    stage.tick("10:20")
    still = stage.view.alarm_lives.get(the_record(stage).id)

    assert (toggling.unknown_since != 0, still.unknown_since) == (True, 0)
    assert the_record(stage).standing is Standing.CLEARED


# --- alarms of ours ---


def test_an_alarm_of_ours_that_work_explains_while_it_is_held_counts_for_nothing() -> None:
    stage = Correlator(a_network(("node-2", "node-1")))
    stage.send(AlarmHeard(an_alarm("node-1", "10:00", severity=Severity.MINOR, cause="heartbeatLost", source="spm", service_affecting=False), Position("spm", 0, 1, OWN), at("10:00")))
    held = the_record(stage).standing
    stage.send(work("node-1", starts="09:55", told="10:01"))
    stage.tick("10:01:01")

    assert (held, the_record(stage).standing) == (Standing.HELD, Standing.SUPPRESSED)
    assert "held" not in stage.counts()


def test_an_alarm_of_ours_is_no_sign_that_a_source_tells_its_list_nor_missing_from_it() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage.send(AlarmHeard(an_alarm("feed:raw-alarms", "10:01", cause="corruptData", source="spm", resolved=False), Position("raw-alarms", 0, 7, OWN), at("10:01")))
    stage.send(AlarmListTold("raw-alarms", "", "rebuilt", at("10:02"), at("10:02")))
    stage.send(AlarmHeard(an_alarm("feed:raw-alarms", "10:03", cause="feedSilent", source="spm", resolved=False), Position("spm", 0, 8, OWN), at("10:03")))
    stage.tick("10:08")
    assert {r.standing for r in stage.view.alarm_records.rows.values()} == {Standing.ACTIVE}

    stage.send(AlarmListTold("raw-alarms", "", "begins", at("10:10"), at("10:10")))
    stage.send(AlarmListTold("raw-alarms", "", "ends", at("10:10"), at("10:10")))
    stage.tick("10:11")

    assert {key.split("|")[3]: r.standing for key, r in stage.view.alarm_records.rows.items()} == {
        "lossOfSignal": Standing.CLEARED, "corruptData": Standing.ACTIVE, "feedSilent": Standing.ACTIVE}


def test_a_list_has_its_time_from_when_it_was_announced_however_long_the_partition_heard_nothing() -> None:
    stage = Correlator()
    stage("node-1", "08:00")
    stage("node-2", "08:00")
    stage.send(AlarmListTold("raw-alarms", "ems", "rebuilt", at("10:00")))
    stage.tell(an_alarm("node-2", "10:01"), clock=0)
    stage.tick("10:02")
    assert the_record(stage).standing is Standing.ACTIVE

    stage.tick("10:06")

    assert (the_record(stage).standing, the_record(stage, "node-2").standing) == (Standing.CLEARED, Standing.ACTIVE)


# --- objects ---


def test_of_more_alarms_on_one_object_than_are_remembered_work_holds_no_more_than_those() -> None:
    stage = Correlator(a_network(("node-2", "node-1")))
    stage.send(work("node-1", starts="10:00", ends="11:00"))
    for n in range(PER_OBJECT + 3):
        stage("node-1", "10:05", cause=f"cause-{n}", service_affecting=True)
    for n in range(PER_OBJECT + 3):
        stage("node-1", "10:06", cause=f"cause-{n}", service_affecting=True, severity=Severity.CRITICAL)
    [bundle] = stage.view.bundles.rows.values()
    assert bundle.active == PER_OBJECT

    for n in range(PER_OBJECT + 3):
        stage.clear("node-1", "10:07", cause=f"cause-{n}")

    assert (stage.view.bundles.rows, stage.view.alarmed.rows) == ({}, {})


def test_an_alarm_that_is_renewed_or_toggles_on_another_object_leaves_the_first_one() -> None:
    renewed, toggling = Correlator(), Correlator()
    renewed("node-1", "10:00", key="roving")
    renewed("node-2", "11:00", key="roving")
    for minute in range(5):
        toggling("node-1", f"10:0{minute}:00", key="roving")
        toggling.clear("node-1", f"10:0{minute}:30", key="roving")
    toggling("node-2", "10:06", key="roving")

    assert list(renewed.view.alarmed.rows) == list(toggling.view.alarmed.rows) == ["node-2"]


# --- events ---


def test_no_two_events_of_a_record_have_one_id_where_its_candidate_opens_meanwhile() -> None:
    heavier, cleared, moved = Correlator(), Correlator(), Correlator()
    for stage in (heavier, cleared, moved):
        stage("node-1", "10:00", severity=Severity.MINOR, service_affecting=False, cause="a")
        stage.tick("10:03")
    heavier("node-1", "10:04", severity=Severity.MAJOR, service_affecting=False, cause="a")
    cleared.tell(an_alarm("node-1", "10:16", cause="a", cleared=True), clock=at("10:14"))
    moved("node-2", "10:04", cause="a")
    ask(moved, "group", "10:16", into=the_record(moved, "node-2").id)

    for stage in (heavier, cleared, moved):
        assert told_twice(stage) == []


def test_an_alarm_that_a_list_tells_again_is_told_as_another_event_and_counts_for_no_hold() -> None:
    stage = Correlator(a_network(("node-2", "node-1"), holds=(HoldRule(cause="crcErrors", times=2, within=30 * MINUTE),)))
    stage("node-1", "10:00", cause="crcErrors")
    stage.send(AlarmListTold("raw-alarms", "ems", "begins", at("10:10"), at("10:10")))
    stage("node-1", "10:10", cause="crcErrors")

    assert [told.kind for told in (e.value for e in stage.out) if isinstance(told, AlarmChanged)] == ["created", "changed"]
    assert told_twice(stage) == []
    assert the_record(stage).standing is Standing.HELD


# --- standing problems ---


def standing_problem() -> tuple[Correlator, str]:
    stage = Correlator()
    stage("node-1", "10:00", standing=True)
    return stage, the_record(stage).problem


def standings(out: list[Emit]) -> list[tuple[str, bool]]:
    return [(e.value.kind, m.standing) for e in out if isinstance(e.value, ProblemChange) for m in e.value.members]


def test_an_alarm_of_a_released_problem_stands_no_more_where_it_goes_on() -> None:
    for leaves in ("renewed", "shelved"):
        stage, problem = standing_problem()
        assert answers(ask(stage, "release", "10:01", problem)) == [(True, "The problem is released.")]
        if leaves == "shelved":
            ask(stage, "shelve", "10:02", until=at("10:40"))
            stage.tick("11:00")
        else:
            stage("node-1", "11:00", standing=True)

        assert the_record(stage).problem != problem
        assert standings(stage.out)[-1] == ("opened", False)


def test_a_problem_that_is_no_standing_one_cannot_be_released() -> None:
    stage, problem = standing_problem()
    refused = [(False, "The problem is not a standing one; there is nothing to release.")]
    ask(stage, "release", "10:01", problem)
    assert answers(ask(stage, "release", "10:02", problem)) == refused

    other = Correlator()
    other("node-1", "10:00", standing=True)
    other("node-1", "10:01", cause="b")

    assert answers(ask(other, "release", "10:02", the_record(other).problem)) == refused


def test_an_alarm_that_was_over_before_its_problem_was_told_of_does_not_end_its_standing() -> None:
    stage = Correlator()
    stage("node-1", "10:00", standing=True, severity=Severity.WARNING, service_affecting=False, cause="a")
    stage("node-1", "10:01", severity=Severity.WARNING, service_affecting=False, cause="b")
    stage.tick("10:04")
    stage.clear("node-1", "10:05", cause="b")
    stage.tick("10:30")
    problem = the_record(stage).problem

    assert standings(stage.out) == [("opened", True)]
    assert answers(ask(stage, "release", "10:31", problem)) == [(True, "The problem is released.")]
