"""Planned outages that are announced late, moved, cancelled, or told by the object itself: what becomes of the alarms."""

from streams.domain.alarm import Severity
from streams.domain.instant import DAY
from streams.domain.messages import OutageAnnounced
from streams.domain.outage_sweep import PAGE
from tests.builders import a_network, at
from tests.domain.correlating import Correlator
from tests.domain.working import PATHS, answers, cancel, standing, work

# --- announced late, moved, cancelled ---


def test_a_late_announcement_cancels_what_it_wholly_explains_and_takes_its_alarms_out_of_the_rest() -> None:
    stage = Correlator(a_network(("x-1", "x"), ("x-2", "x"), ("y-1", "y"), ("y-2", "y")))
    for name in ("x-1", "x-2", "y-1", "y-2"):
        stage(name, "10:00")
    stage.send(work("x", "y-1", told="10:05"))
    out = stage.tick("10:05")

    assert standing(stage) == {"x-1": "chg", "x-2": "chg", "y-1": "chg", "y-2": "problem"}
    assert sorted((c.kind, c.active) for c in stage.changes(out)) == [("explained", 0), ("left", 0), ("left", 1), ("left", 1)]
    assert stage.changes(out)[-1].why == "planned outage chg explains all its active alarms"
    assert [(m.objects, m.explained, m.withdrawn) for m in answers(stage)] == [(2, 3, 1)]


def test_what_survives_after_its_problem_was_cancelled_is_another_problem_that_names_it() -> None:
    stage = Correlator(PATHS)
    stage("card", "10:00")
    stage.send(work("card", told="10:05"))
    stage.tick("11:20")
    first, second = (c for c in stage.changes() if c.kind == "opened")

    assert first.problem != second.problem
    assert (second.recurrence_of, second.members[0].raised_at) == (first.problem, at("10:00"))
    assert first.members[0].occurrence != second.members[0].occurrence


def test_a_cancelled_problem_takes_no_alarm() -> None:
    stage = Correlator(PATHS)
    stage("card", "10:00")
    stage.send(work("card", told="10:05"))
    stage.tick("10:05")
    stage("path-b", "10:06")
    stage("svc", "10:07")

    assert len({c.problem for c in stage.changes() if c.kind == "opened"}) == 2


def test_an_alarm_in_its_hold_is_explained_and_judged_once() -> None:
    stage = Correlator(PATHS)
    stage("card", "10:00", severity=Severity.MINOR)
    stage.send(work("card", told="10:01"))
    stage.tick("10:30")

    assert stage.judged() == ["suppressed:planned-outage"]
    assert stage.counts().get("held", 0) == 0
    assert stage.kinds() == []


def test_a_window_that_moves_away_and_back_ends_as_if_it_had_stood_there_all_along() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05")
    stage.send(work("card", starts="10:30", told="10:10"))
    stage.tick("10:10")
    assert standing(stage) == {"card": "problem"}
    stage.send(work("card", ends="12:00", told="10:15"))
    stage.tick("10:15")

    assert standing(stage) == {"card": "chg"}
    assert [r.due for r in stage.view.alarm_records.rows.values()] == [at("12:20")]
    assert [c.kind for c in stage.changes()] == ["opened", "left", "explained"]


def test_a_shortened_window_lets_go_what_began_after_it() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card", "path-b"))
    stage("card", "10:05")
    stage("path-b", "10:40")
    stage.send(work("card", "path-b", ends="10:20", told="10:45"))
    stage.tick("10:45")
    assert standing(stage) == {"card": "problem", "path-b": "problem"}


def test_what_was_in_scope_before_is_looked_at_however_much_it_was() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card", *(f"a-{n}" for n in range(1_500))))
    stage("card", "10:05")
    stage.send(work(*(f"b-{n}" for n in range(1_500)), told="10:10"))
    stage.send(work("path-b", told="10:10"))
    assert stage.view.announcements.get("chg").former.domains == ("dom",)
    stage.tick("10:11")

    assert standing(stage) == {"card": "problem"}
    assert stage.view.announcements.get("chg").former is None


def test_what_is_taken_out_of_scope_is_let_go() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card", "path-b"))
    stage("card", "10:05")
    stage("path-b", "10:05")
    stage.send(work("card", told="10:10"))
    stage.tick("10:10")

    assert standing(stage) == {"card": "chg", "path-b": "problem"}
    assert answers(stage)[-1].released == 1


def test_a_cancelled_announcement_leaves_nothing_and_is_answered() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05")
    stage.send(cancel("10:10"))
    stage.tick("10:10")

    assert standing(stage) == {"card": "problem"}
    assert stage.view.announcements.rows == stage.view.outage_sweeps.rows == stage.view.bundles.rows == {}
    assert [(m.refused, m.released) for m in answers(stage)] == [("", 0), ("", 1)]


def test_cancelling_what_is_not_known_is_refused_with_the_reason() -> None:
    stage = Correlator(PATHS)
    stage.send(cancel("10:10", "typo"))

    assert [m.refused for m in answers(stage)] == ["Planned outage typo is not known, so it cannot be cancelled: it may be over, or its id is another."]


def test_an_announcement_is_counted_once_however_many_partitions_it_is_told_to() -> None:
    stages = [Correlator(PATHS), Correlator(PATHS)]
    for lane, stage in enumerate(stages):
        stage.send(work("card", lane=lane, lanes=2))

    assert [stage.counts() for stage in stages] == [{"request:planned-outage": 1}, {}]
    assert [answers(stage)[0].objects for stage in stages] == [1, 0]


def test_work_that_is_long_over_is_forgotten() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage.tick("12:00")

    assert stage.view.announcements.rows == {}
    assert stage("card", "12:01") and stage.judged() == ["new"]


# --- told by the source itself ---


def test_work_that_an_object_announces_itself_ends_by_its_word_and_is_not_answered() -> None:
    stage = Correlator(PATHS)
    stage.send(OutageAnnounced("f|card", "dom", ("card",), at("10:00"), at("10:00") + DAY, False, at("10:00"), by_source=True))
    stage("card", "10:05")
    assert [r.due for r in stage.view.alarm_records.rows.values()] == [at("2026-01-02T10:20:00")]
    stage.send(OutageAnnounced("f|card", "dom", ("card",), 0, at("10:30"), False, at("10:30"), by_source=True))
    stage.tick("10:49")
    assert standing(stage) == {"card": "f|card"}
    stage.tick("10:50")

    assert standing(stage) == {"card": "problem"}
    assert answers(stage) == [] and stage.counts().get("request:planned-outage") is None


def test_a_source_that_says_again_that_it_is_under_work_does_not_begin_anew() -> None:
    stage = Correlator(PATHS)
    for when in ("10:00", "10:40"):
        stage.send(OutageAnnounced("f|card", "dom", ("card",), at(when), at(when) + DAY, False, at(when), by_source=True))
        stage("card", "10:05")
    stage.tick("10:40")

    assert standing(stage) == {"card": "f|card"}
    assert [r.due for r in stage.view.alarm_records.rows.values()] == [at("2026-01-02T11:00:00")]


def test_an_end_without_a_begin_means_nothing() -> None:
    stage = Correlator(PATHS)
    stage.send(OutageAnnounced("f|card", "dom", ("card",), 0, at("10:30"), False, at("10:30"), by_source=True))

    assert stage.view.announcements.rows == {}


# --- how much at a time ---


def test_work_on_a_whole_domain_is_looked_at_a_page_at_a_time() -> None:
    many = 2 * PAGE + 10
    stage = Correlator(a_network(*((f"ont-{n}", "olt") for n in range(many))))
    for n in range(many):
        stage(f"ont-{n}", "10:00")
    stage.send(work(told="10:01", domains=("dom",)))
    assert stage.tick("10:01") and 0 < sum(w == "chg" for w in standing(stage).values()) <= PAGE
    stage.tick("10:02")

    assert set(standing(stage).values()) == {"chg"}
    assert [(m.objects, m.explained, m.withdrawn) for m in answers(stage)] == [(many + 1, many, 1)]
    assert stage.view.outage_sweeps.rows == {}
