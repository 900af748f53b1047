"""Stage 4 at work: one problem's life in times and words, what is told to whom, and what answers may not do."""

from streams.domain.alarm import Effect, Severity
from streams.domain.instant import HOUR
from streams.domain.messages import Hurt, ProblemTold
from streams.domain.policy import ManagePolicy
from streams.domain.problem import Status
from streams.domain.progress import Progress
from tests.builders import at
from tests.domain.problems import SOLD, UNSOLD, Managed, a_cause, all_clear, answer, diagnosed, down, on


def statuses(stage: Managed, problem: str = "p1") -> list[str]:
    """Statuses published, without repeats in a row."""
    told = [row.status for row in on("problems", stage.told) if row is not None and row.id == problem]
    return [s for n, s in enumerate(told) if n == 0 or told[n - 1] != s]


# --- life ---


def test_a_located_problem_is_published_once_in_progress_with_both_progress_records() -> None:
    out = Managed().hears(diagnosed())

    assert [row.status for row in on("problems", out)] == [Status.IN_PROGRESS]
    assert [(p.kind, p.status) for p in on("progress", out)] == [("created", "acknowledged"), ("state", "inProgress")]


def test_a_problem_without_a_cause_stays_acknowledged_until_one_is_located() -> None:
    stage = Managed()
    stage.hears(diagnosed(causes=()))
    stage.hears(diagnosed("10:00:01"))

    assert statuses(stage) == [Status.ACKNOWLEDGED, Status.IN_PROGRESS]


def test_a_problem_is_resolved_after_the_quiet_moment_and_closed_an_hour_later() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.waits_until("10:02:09")
    assert stage.row().status == Status.IN_PROGRESS
    stage.waits_until("10:02:10")
    resolved = stage.row()
    stage.waits_until("11:02:10")

    assert (resolved.status, resolved.resolved_at) == (Status.RESOLVED, at("10:02:10"))
    assert statuses(stage) == [Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED]


def test_an_alarm_within_the_quiet_moment_keeps_the_problem_open() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.hears(diagnosed("10:02:09"))
    stage.waits_until("10:30")

    assert statuses(stage) == [Status.IN_PROGRESS]


def test_a_new_alarm_reopens_a_resolved_problem_under_its_id_and_counts_once() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.hears(diagnosed("10:10"))
    stage.waits_until("12:00")

    assert statuses(stage) == [Status.IN_PROGRESS, Status.RESOLVED, Status.IN_PROGRESS]
    assert stage.row().reopened == 1


def test_a_closed_problem_takes_no_alarm_and_says_so() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.waits_until("12:00")
    out = stage.hears(diagnosed("12:01"))

    assert stage.row().status == Status.CLOSED
    assert on("problems", out) == [] and "came after the problem was closed" in on("progress", out)[0].why


def test_a_closed_problem_and_its_report_get_tombstones_after_thirty_days() -> None:
    stage = Managed()
    stage.hears(diagnosed("10:20"))
    stage.hears(all_clear("10:21"))
    stage.waits_until("12:00")
    out = stage.waits_until("2026-02-01T12:00:00")

    assert [(e.topic, e.value) for e in out] == [("problems", None), ("trouble-reports", None), ("trouble-reports", None)]
    assert [len(rows.rows) for rows in stage.view.tables.values()] == [0] * len(stage.view.tables)


def test_a_late_message_is_never_told_as_earlier_than_what_was_told() -> None:
    stage = Managed()
    stage.hears(diagnosed("10:05"))
    out = stage.hears(diagnosed("10:01", causes=(a_cause("path-a"),), clock=at("10:05")))

    assert {emit.at for emit in out} == {at("10:05")}


# --- what is published, and how often ---


def test_growth_is_published_at_most_once_a_second_and_never_lost() -> None:
    stage = Managed()
    start = at("10:00")
    stage.hears(diagnosed(start))
    for n in range(1, 50):
        stage.hears(diagnosed(start + n * 10_000, members=1 + n, active=1 + n))
    assert len(on("problems", stage.told)) == 1
    stage.waits_until("10:00:05")
    published = on("problems", stage.told)

    assert [row.members for row in published] == [1, 50]
    assert on("progress", stage.told)[-1].changes == (("alarmCount", "50"),)


def test_another_best_cause_is_published_at_once_and_another_confidence_is_not() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    surer = stage.hears(diagnosed(at("10:00") + 1000, causes=(a_cause(confidence=0.9),)))
    moved = stage.hears(diagnosed(at("10:00") + 2000, causes=(a_cause("path-a"),)))

    assert on("problems", surer) == []
    assert [row.cause.object for row in on("problems", moved)] == ["path-a"]


def test_a_repeated_diagnosis_tells_nothing() -> None:
    stage = Managed()
    stage.hears(diagnosed())

    assert stage.hears(diagnosed(at("10:00") + 5_000_000)) == []


def test_lists_hold_at_most_a_hundred_references() -> None:
    many = tuple(f"x{n}" for n in range(300))
    stage = Managed()
    stage.hears(diagnosed(alarms=many, resources=many, sites=many, members=300, held=(("path-a", Effect.DOWN),), hurt=tuple(Hurt(s, Effect.DOWN) for s in many)))
    row = stage.row()

    assert {len(row.alarms), len(row.resources), len(row.services), len(row.sites)} == {100}
    assert (row.members, row.service_count) == (300, 300)


def test_progress_records_have_ids_of_their_own_in_order() -> None:
    stage = Managed()
    stage.hears(diagnosed("10:20"))
    stage.hears(all_clear("10:21"))
    stage.hears(answer("command", "c1", "issued"))
    stage.waits_until("12:00")
    told = [p for p in on("progress", stage.told) if isinstance(p, Progress)]

    assert len({p.id for p in told}) == len(told)
    assert stage.row().sequence + stage.row().answers == len(told) and stage.row().answers == 2, "the command, and the request to work on it"


# --- priority ---


def test_priority_rises_at_once_and_falls_when_a_lower_one_was_wanted_for_ten_minutes() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(diagnosed("10:01", worst=Severity.CRITICAL))
    stage.hears(diagnosed("10:02"))
    stage.waits_until("10:11:59")
    assert stage.row().priority == 5
    stage.waits_until("10:12")

    assert stage.row().priority == 6
    assert [p.why for p in on("progress", stage.told) if p.changes[0][0] == "priority"] == [
        "Priority rises from 6 to 5: critical, no service hurt; before it was major, no service hurt.", "Priority falls from 5 to 6: major, no service hurt for 10 min."]
    assert [p.changes for p in on("progress", stage.told) if p.changes[0][0] == "priority"] == [(("priority", "5"),), (("priority", "6"),)]


def test_priority_that_is_wanted_again_does_not_fall_and_the_ten_minutes_begin_anew() -> None:
    stage = Managed()
    stage.hears(diagnosed(worst=Severity.CRITICAL))
    stage.hears(diagnosed("10:02"))
    stage.hears(diagnosed("10:11", worst=Severity.CRITICAL))
    stage.hears(diagnosed("10:12"))
    stage.waits_until("10:21:59")
    assert stage.row().priority == 5
    stage.waits_until("10:22")

    assert stage.row().priority == 6


def test_the_table_of_priority_is_policy() -> None:
    stage = Managed(priorities={**ManagePolicy().priorities, "none": (2, 3, 4, 4)})
    stage.hears(diagnosed())

    assert stage.row().priority == 3


def test_priority_does_not_fall_because_all_is_clear() -> None:
    stage = Managed()
    stage.hears(diagnosed(worst=Severity.CRITICAL))
    stage.hears(all_clear("10:02"))
    stage.waits_until("12:00")

    assert stage.row().priority == 5


# --- stage 6 ---


def test_stage_6_hears_of_status_priority_and_cause_and_of_nothing_else() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(diagnosed("10:00:10", members=2, active=2))
    stage.hears(diagnosed("10:00:20", worst=Severity.CRITICAL))
    stage.hears(all_clear("10:01"))
    stage.waits_until("10:02")
    told: list[ProblemTold] = on("network-inbox", stage.told)

    assert [(t.status, t.priority, t.cause_object, t.cause, t.clock) for t in told] == [
        ("inProgress", 6, "olt-1", "lossOfSignal", 0), ("inProgress", 5, "olt-1", "lossOfSignal", 0), ("resolved", 5, "olt-1", "lossOfSignal", 0)]


def test_answers_move_neither_status_nor_priority_nor_any_due_time() -> None:
    stage, quiet = Managed(SOLD), Managed(SOLD)
    for one in (stage, quiet):
        one.hears(diagnosed(**down("svc")))
    out = [stage.hears(answer(kind, ref, word, when="10:30")) for kind, ref, word in
           (("parent", "far-1", ""), ("command", "c1", "issued"), ("outcome", "c1", "restored"), ("operator", "", "comment"))]
    row, without = stage.row(), quiet.row()

    assert (row.parent, row.command, row.command_word, len(row.notes)) == ("far-1", "c1", "restored", 1)
    assert all(len(on("problems", told)) == len(on("progress", told)) == 1 for told in out)
    names = ("status", "priority", "last_at", "sequence", "published_at", "resolve_at", "close_at", "fall_at", "report_at", "publish_at", "forget_at")
    assert [getattr(row, n) for n in names] == [getattr(without, n) for n in names]


def test_a_problem_that_became_a_parent_has_none() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(answer("parent", "p1"))

    assert stage.row().parent == ""


def test_an_answer_about_a_forgotten_problem_is_no_error() -> None:
    assert Managed().hears(answer("parent", "x", problem="gone")) == []


def test_a_policy_that_closes_sooner_than_correlation_lets_go_waits_for_it() -> None:
    stage = Managed(UNSOLD, close_after=1)
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.waits_until("10:17:09")
    assert stage.row().status == Status.RESOLVED
    stage.waits_until("10:17:10")

    assert stage.row().status == Status.CLOSED
    assert stage.row().forget_at - at("10:17:10") == 21 * 24 * HOUR
