"""What becomes of alarm records beyond raise and clear: toggling, shelves, standing alarms, operators' words."""

from typing import Any

import pytest

from streams.domain.action_answer import ActionAnswered
from streams.domain.alarm import Severity
from streams.domain.alarm_record import AlarmChanged, AlarmRecord, Standing
from streams.domain.instant import MINUTE
from streams.domain.messages import OperatorRequest
from streams.domain.view import Emit
from tests.builders import a_network, at
from tests.domain.correlating import Correlator


def published(out: list[Emit]) -> list[AlarmChanged]:
    return [e.value for e in out if e.topic == "alarm-records"]


def answers(out: list[Emit]) -> list[ActionAnswered]:
    return [e.value for e in out if e.topic == "progress"]


def the_record(stage: Correlator, obj: str = "node-1") -> AlarmRecord:
    return next(record for key, record in stage.view.alarm_records.rows.items() if f"|{obj}|" in key)


def ask(stage: Correlator, action: str, when: str, obj: str = "node-1", **but: Any) -> list[Emit]:
    target = but.pop("target", None) or the_record(stage, obj).id
    return stage.send(OperatorRequest(but.pop("ident", "r-1"), action, target, "eve", but.pop("text", ""), at(when), "dom", at(when), **but))


def flap(stage: Correlator, minutes: range) -> None:
    for minute in minutes:
        stage("node-1", f"10:{minute:02}:00")
        stage.clear("node-1", f"10:{minute:02}:30")


# --- toggling ---


def test_an_alarm_raised_four_times_in_ten_minutes_toggles_and_its_problem_goes_on() -> None:
    stage = Correlator()
    flap(stage, range(6))

    assert stage.judged() == [*("new", "cleared") * 3, "new", *("toggling",) * 5]
    assert stage.kinds() == ["opened", "cleared", "joined", "cleared", "joined", "cleared", "joined"]
    assert (the_record(stage).standing, the_record(stage).is_raised, the_record(stage).cleared_at) == (Standing.TOGGLING, False, at("10:05:30"))


def test_a_toggling_alarm_that_keeps_still_is_what_it_was_last() -> None:
    for last_raised in (False, True):
        stage = Correlator()
        flap(stage, range(6))
        if last_raised:
            stage("node-1", "10:06")
        stage.tick("10:16")

        assert the_record(stage).standing is (Standing.ACTIVE if last_raised else Standing.CLEARED)
        assert stage.kinds()[-1] == ("joined" if last_raised else "cleared")


def test_it_is_harder_to_end_toggling_than_to_begin() -> None:
    """One flap in eight minutes would never begin it, but keeps it going."""
    stage = Correlator()
    flap(stage, range(4))
    for minute in (11, 19, 27):
        flap(stage, range(minute, minute + 1))

        assert the_record(stage).standing is Standing.TOGGLING


def test_what_toggles_is_told_each_time_and_no_clear_is_hidden() -> None:
    stage = Correlator()
    flap(stage, range(4))
    out = stage("node-1", "10:04:00")
    out += stage.clear("node-1", "10:04:10")

    assert [(p.kind, p.record.is_cleared) for p in published(out)] == [("state", False), ("state", True)]


def test_switching_the_detection_off_leaves_nothing_active() -> None:
    stage = Correlator(toggle_episodes=1_000_000)
    flap(stage, range(6))

    assert (the_record(stage).standing, stage.kinds()[-1]) == (Standing.CLEARED, "cleared")


# --- shelves ---


def test_a_shelved_alarm_leaves_its_problem_and_goes_on_being_told() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    out = ask(stage, "shelve", "10:01", until=at("11:00"))
    changed = stage("node-1", "10:02", severity=Severity.CRITICAL)

    assert stage.kinds(out) == ["left"]
    assert "shelved by eve" in stage.changes(out)[0].why
    assert [(a.done, a.why) for a in answers(out)] == [(True, "Shelved by eve until 2026-01-01T11:00:00.000Z.")]
    assert (published(changed)[0].life.suppressed, published(changed)[0].record.severity) == ("shelved", Severity.CRITICAL)
    assert stage.kinds(changed) == []


def test_a_new_episode_on_the_shelf_is_suppressed_and_comes_back_when_the_shelf_ends() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage.clear("node-1", "10:01")
    ask(stage, "shelve", "10:02")
    stage("node-1", "10:30")

    assert stage.judged()[-1] == "suppressed:shelved"

    out = stage.tick("12:02")

    assert stage.kinds(out)[-1:] == ["opened"] and stage.changes(out)[-1].members[0].object == "node-1"


def test_a_clear_on_the_shelf_is_told_and_the_shelf_outlasts_it() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    ask(stage, "shelve", "10:01", until=at("10:01") + 48 * 60 * MINUTE)
    out = stage.clear("node-1", "10:02")
    stage.tick("2026-01-02T12:00:00Z")

    assert [(p.kind, p.record.is_cleared) for p in published(out)] == [("state", True)]
    assert the_record(stage).standing is Standing.CLEARED


def test_unshelving_places_the_alarm_at_once() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    ask(stage, "shelve", "10:01")
    out = ask(stage, "unshelve", "10:05")

    assert (stage.kinds(out), answers(out)[0].done) == (["joined"], True)
    assert not answers(ask(stage, "unshelve", "10:06"))[0].done


def test_a_held_alarm_that_is_shelved_was_suppressed() -> None:
    stage = Correlator()
    stage("node-1", "10:00", severity=Severity.MINOR)
    ask(stage, "shelve", "10:01")

    assert stage.judged() == ["suppressed:shelved"]
    assert stage.counts().get("held", 0) == 0


@pytest.mark.parametrize(("until", "why"), [("09:00", "over already"), ("2026-03-01T00:00:00Z", "at most 168 h")])
def test_a_shelf_without_a_sensible_end_is_refused(until: str, why: str) -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    [answer] = answers(ask(stage, "shelve", "10:01", until=at(until)))

    assert not answer.done and why in answer.why


# --- acknowledgement ---


def test_an_acknowledgement_that_names_an_episode_is_refused_in_another() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage.clear("node-1", "10:01")
    stage("node-1", "10:02")
    [wrong], [right] = (answers(ask(stage, "ack", "10:03", episode=n)) for n in (1, 2))

    assert (wrong.done, right.done) == (False, True)
    assert wrong.why == "Episode 1 of the alarm is over; it is in episode 2."


def test_what_a_source_says_of_itself_is_noted_but_not_answered() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    out = ask(stage, "ack", "10:01", by_source=True)

    assert (answers(out), published(out)[0].life.operator_state) == ([], "ack")
    assert "request:ack" not in stage.counts()


def test_what_a_source_says_again_in_each_list_takes_nothing_back_and_is_told_once() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    ask(stage, "ack", "10:01", by_source=True, text="seen there")
    ask(stage, "unack", "10:05", text="crew is on its way")
    assert published(ask(stage, "ack", "10:01", by_source=True, text="seen there")) == []
    ask(stage, "comment", "10:02", by_source=True, text="a note")
    assert published(ask(stage, "comment", "10:02", by_source=True, text="a note")) == []
    life = stage.view.alarm_lives.get(the_record(stage).id)

    assert (life.operator_state, [one.text for one in life.comments]) == ("none", ["seen there", "crew is on its way", "a note"])


def test_a_shelf_that_a_source_tells_in_each_list_lasts_as_long_as_it_does() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    ask(stage, "shelve", "10:01", by_source=True)
    assert published(ask(stage, "shelve", "10:01", by_source=True)) == []
    stage.tick("20:00")
    assert the_record(stage).standing is Standing.ACTIVE

    ask(stage, "shelve", "10:01", by_source=True)
    assert the_record(stage).standing is Standing.SUPPRESSED
    assert stage.view.alarm_lives.get(the_record(stage).id).shelved_until > at("20:00")


# --- grouping by hand ---


def test_grouped_alarms_are_in_one_problem_and_an_ungrouped_one_has_its_own() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage("far-1", "10:00")

    assert len(stage.problems()) == 2

    out = ask(stage, "group", "10:01", "far-1", into=the_record(stage).id)

    assert (stage.kinds(out), answers(out)[0].done) == (["joined", "moved"], True)
    assert the_record(stage, "far-1").problem == the_record(stage).problem
    assert not answers(ask(stage, "group", "10:02", "far-1", into=the_record(stage).id, ident="r-2"))[0].done

    out = ask(stage, "ungroup", "10:03", "far-1")

    assert stage.kinds(out) == ["opened", "moved"]
    assert the_record(stage, "far-1").problem != the_record(stage).problem
    assert stage.changes(out)[-1].active == 1


def test_an_ungrouped_alarm_keeps_its_own_problem_when_it_comes_back_and_others_keep_theirs() -> None:
    stage = Correlator(a_network(("node-1", "hub"), ("node-2", "hub"), ("node-3", "hub")))
    for obj in ("node-1", "node-2"):
        stage(obj, "10:00")
    first = the_record(stage).problem
    ask(stage, "ungroup", "10:01", "node-2")
    own = the_record(stage, "node-2").problem
    stage.clear("node-2", "10:01:05")
    stage("node-2", "10:01:10")
    stage("node-3", "10:01:20")

    assert own != first
    assert (the_record(stage, "node-2").problem, the_record(stage, "node-3").problem) == (own, first)
    assert "merged" not in stage.kinds()


def test_alarms_that_are_over_or_unknown_cannot_be_grouped() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage("far-1", "10:00")
    stage.clear("far-1", "10:01")

    assert "active" in answers(ask(stage, "group", "10:02", "far-1", into=the_record(stage).id))[0].why
    assert "No problem nobody is known" in answers(ask(stage, "group", "10:02", into="nobody"))[0].why
    assert "only active one" in answers(ask(stage, "ungroup", "10:02"))[0].why


# --- standing alarms ---


def test_a_standing_alarm_says_so_to_its_problem_until_it_is_released() -> None:
    stage = Correlator()
    opened = stage("node-1", "10:00", standing=True)
    out = ask(stage, "release", "10:05")

    assert [m.standing for c in stage.changes(opened) for m in c.members] == [True]
    assert [(c.kind, [m.standing for m in c.members]) for c in stage.changes(out)] == [("changed", [False])]
    assert not answers(ask(stage, "release", "10:06"))[0].done


def test_a_problem_of_standing_alarms_is_released_by_its_id() -> None:
    stage = Correlator()
    stage("node-1", "10:00", standing=True)
    problem = stage.changes()[0].problem
    out = ask(stage, "release", "10:05", target=problem)

    assert (stage.kinds(out), answers(out)[0].done) == (["released"], True)
    assert not answers(ask(stage, "ack", "10:06", target=problem))[0].done
