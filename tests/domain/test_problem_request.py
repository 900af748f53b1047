"""What operators ask of a problem's life: done or refused with the reason, answered once."""

import pytest

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.domain.messages import OperatorRequest, ProblemAsked
from streams.domain.problem import Status
from tests.builders import at
from tests.domain.problems import SOLD, Managed, all_clear, diagnosed, down, on


def asks(action: str, when: str = "10:05", ident: str = "", problem: str = "p1", text: str = "", until: Instant = 0) -> ProblemAsked:
    request = OperatorRequest(ident or f"{action}@{when}", action, problem, "eva", text, at(when), "dom", until=until, position=f"operator-actions/0/{when}")
    return ProblemAsked(problem, "dom", request, at(when), at(when))


def answers(stage: Managed) -> list[tuple[bool, str]]:
    return [(a.done, a.why) for a in on("progress", stage.told) if hasattr(a, "action")]


@pytest.mark.parametrize(("action", "status", "why"), [
    ("hold", Status.HELD, "Held by eva: splice van broke."), ("wait", Status.PENDING, "Waits on its requester, says eva: splice van broke."),
    ("cancel", Status.CANCELLED, "Cancelled as a false alarm by eva: splice van broke.")])
def test_an_open_problem_goes_where_the_operator_says_and_tells_why(action: str, status: Status, why: str) -> None:
    stage = Managed()
    stage.hears(diagnosed())
    out = stage.hears(asks(action, text="splice van broke"))

    assert (stage.row().status, stage.row().status_why, stage.row().status_at) == (status, why, at("10:05"))
    assert [(True, why)] == answers(stage)
    assert status == on("problems", out)[-1].status
    assert status == on("network-inbox", out)[-1].status


def test_a_held_problem_goes_on_when_it_is_resumed_and_not_by_another_alarm() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(asks("hold"))
    stage.hears(diagnosed("10:06", members=2, active=2, worst=Severity.CRITICAL))
    held = stage.row().status
    stage.hears(asks("resume", "10:07"))

    assert (Status.HELD, Status.IN_PROGRESS) == (held, stage.row().status)


@pytest.mark.parametrize("action", ["hold", "wait"])
def test_what_is_stopped_for_a_time_goes_on_by_itself_when_that_is_over(action: str) -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(asks(action, text="splice van broke", until=at("11:00")))
    assert "splice van broke, until 2026-01-01T11:00:00.000Z." in stage.row().status_why
    stage.waits_until("10:59")
    before = stage.row().status
    stage.waits_until("11:00")

    assert before in (Status.HELD, Status.PENDING)
    assert (Status.IN_PROGRESS, at("11:00")) == (stage.row().status, stage.row().status_at)
    assert "Goes on: the time for which it was stopped is over." == stage.row().status_why


def test_who_resumes_it_earlier_leaves_nothing_due_and_a_new_stop_has_its_own_end() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(asks("hold", until=at("11:00")))
    stage.hears(asks("resume", "10:10"))
    stage.hears(asks("wait", "10:20"))
    stage.waits_until("12:00")

    assert Status.PENDING == stage.row().status


def test_a_stop_that_is_over_already_is_refused() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(asks("hold", until=at("09:00")))

    assert [(False, "`until` (2026-01-01T09:00:00.000Z) is over; say for how long it is to be stopped from now on.")] == answers(stage)


def test_what_the_table_does_not_have_is_refused_with_its_reason_and_changes_nothing() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    before = stage.row()
    stage.hears(asks("reopen"))

    assert [(False, "Only a problem that is resolved can be reopened; this one is inProgress.")] == answers(stage)
    assert (before.status, before.status_why, before.status_at) == (stage.row().status, stage.row().status_why, stage.row().status_at)


def test_an_unknown_problem_is_refused() -> None:
    stage = Managed()
    stage.hears(asks("hold", problem="p9"))

    assert [(False, "No problem p9 is known: it never was, or it has been forgotten.")] == answers(stage)


def test_a_request_that_comes_again_gets_the_first_answer() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    for when in ("10:05", "10:06"):
        stage.hears(asks("hold", when, ident="r-1"))

    assert [(True, "Held by eva.")] * 2 == answers(stage)


def test_a_problem_with_active_alarms_is_not_resolved_by_hand() -> None:
    stage = Managed()
    stage.hears(diagnosed(active=2, members=2))
    stage.hears(asks("resolve"))

    assert [(False, "2 alarms are active in it; clear what is no longer true, or cancel the problem if it was a false alarm.")] == answers(stage)


def test_a_problem_reopened_by_hand_stays_open_until_it_is_resolved_by_hand_and_then_closes() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.hears(asks("reopen", "10:30"))
    stage.waits_until("14:00")
    reopened = (stage.row().status, stage.row().reopened, stage.row().resolved_at)
    stage.hears(asks("resolve", "14:00"))
    stage.waits_until("15:01")

    assert (Status.IN_PROGRESS, 1, 0) == reopened
    assert (Status.CLOSED, 1, at("14:00")) == (stage.row().status, stage.row().reopened, stage.row().resolved_at)


def test_a_resolved_problem_can_be_closed_before_its_time() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.hears(asks("close", "10:03", text="seen at the site"))

    assert (Status.CLOSED, "Closed by eva: seen at the site.") == (stage.row().status, stage.row().status_why)


def test_a_cancelled_problem_holds_no_service_down_any_more() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(**down("svc")))
    out = stage.hears(asks("cancel"))

    assert [()] == [m.held for m in on("service-effects", out)]
    assert 0 == stage.row().active


def test_a_merged_problem_says_which_one_to_name() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(diagnosed("10:01", kind="merged", into="p2", active=0, worst=Severity.CLEARED, causes=()))
    stage.hears(asks("hold"))

    assert [(False, "It was merged into p2; name that problem.")] == answers(stage)


def test_a_comment_is_kept_and_told_whatever_the_status() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    out = stage.hears(asks("comment", text="the customer called"))

    assert ["the customer called"] == [note.text for note in stage.row().notes]
    assert "eva" == on("problems", out)[-1].notes[0].author
