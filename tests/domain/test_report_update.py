"""What the ticketing system says of a report: taken over where it is its own, refused where it is ours, answered once."""

from typing import Any

import pytest

from streams.domain.instant import HOUR
from streams.domain.messages import ReportUpdated
from streams.domain.problem import Status
from streams.domain.report import report_id
from streams.domain.ticket import Ticket
from streams.domain.update_answer import UpdateAnswered
from streams.domain.view import Emit
from tests.builders import at
from tests.domain.problems import SOLD, Managed, all_clear, diagnosed, down, on, own_reports

REPORT = report_id("dom", "p1")


def update(when: str = "10:05", name: str = "", **said: Any) -> ReportUpdated:
    place = f"trouble-report-updates/0/{when}{name}"
    return ReportUpdated(**{"report": REPORT, "problem": "", "domain": "dom", "update": name or place, "position": place, "at": at(when), **said})


def answers(out: list[Emit]) -> list[tuple[bool, str]]:
    return [(one.done, one.why) for one in on("progress", out) if isinstance(one, UpdateAnswered)]


@pytest.fixture
def stage() -> Managed:
    """A reported problem of priority 1 with one active alarm."""
    managed = Managed(SOLD)
    managed.hears(diagnosed(**down("svc")))
    return managed


def ticket(stage: Managed) -> Ticket:
    found = stage.row().ticket
    assert found is not None
    return found


def test_it_is_accepted_with_their_number_and_assigned(stage: Managed) -> None:
    out = stage.hears(update(number="INC-7", group="transport", person="Eva", status="inProgress"))

    assert (ticket(stage).number, ticket(stage).group, ticket(stage).person, ticket(stage).accepted_at) == ("INC-7", "transport", "Eva", at("10:05"))
    assert answers(out) == [(True, "The ticketing system calls it INC-7. Assigned to Eva of transport. It is inProgress there.")]
    assert len(own_reports(out)) == len(on("problems", out)) == 1


@pytest.mark.parametrize(("said", "here"), [("pending", Status.PENDING), ("held", Status.HELD)])
def test_what_waits_there_waits_here_until_it_goes_on(stage: Managed, said: str, here: Status) -> None:
    stage.hears(update(number="INC-7", status="inProgress"))
    out = stage.hears(update("10:06", status=said, reason="no access"))
    assert (stage.row().status, stage.row().status_why, stage.row().status_at) == (here, f"Ticket INC-7 is {said}: no access.", at("10:06"))
    assert [one.status for one in on("problems", out)] == [here]
    assert [row.report.history[-1].status for row in own_reports(out)] == [here]

    stage.hears(update("10:20", status="inProgress"))
    assert (stage.row().status, stage.row().last_at) == (Status.IN_PROGRESS, at("10:00"))


def test_work_that_waits_there_does_not_keep_a_problem_from_being_resolved(stage: Managed) -> None:
    stage.hears(update(status="held"))
    stage.hears(all_clear("10:10"))
    stage.waits_until("10:11")
    late = stage.hears(update("10:12", status="pending"))

    assert stage.row().status == Status.RESOLVED and ticket(stage).state == Status.PENDING
    assert answers(late) == [(True, "It is pending there.")]


def test_it_cannot_be_closed_there_while_alarms_are_active(stage: Managed) -> None:
    first = stage.hears(update(status="closed"))
    again = stage.hears(update("10:06", status="closed"))
    why = "It cannot be closed while 1 alarm is active; it is resolved once they have cleared."

    assert answers(first) == answers(again) == [(False, why)]
    assert (len(own_reports(first)), len(own_reports(again))) == (1, 0)
    assert stage.row().status == Status.IN_PROGRESS and ticket(stage).refused == "closed" and ticket(stage).state == ""


def test_once_the_alarms_have_cleared_it_may_be_closed_there(stage: Managed) -> None:
    stage.hears(update(status="closed"))
    stage.hears(all_clear("10:10"))
    stage.waits_until("10:11")
    out = stage.hears(update("10:12", status="closed"))

    assert answers(out) == [(True, "It is closed there.")]
    assert (ticket(stage).state, ticket(stage).refused, stage.row().status) == (Status.CLOSED, "", Status.RESOLVED)


def test_resolved_there_is_noted_with_its_code_and_the_alarms_decide(stage: Managed) -> None:
    out = stage.hears(update(status="resolved", code="Replaced card", reason="slot 3"))

    assert answers(out) == [(True, "It is resolved there: Replaced card; slot 3.")]
    assert (ticket(stage).state, ticket(stage).code, stage.row().status) == (Status.RESOLVED, "Replaced card", Status.IN_PROGRESS)


def test_a_humans_time_is_kept_with_who_promised_it(stage: Managed) -> None:
    stage.hears(update(person="Eva", promised_at=at("12:30")))
    gone = stage.hears(update("10:07", promised_at=at("10:06")))

    assert (ticket(stage).promised_at, ticket(stage).promised_by) == (at("12:30"), "Eva")
    assert answers(gone) == [(False, "expectedResolutionDate 2026-01-01T10:06:00.000Z is no promise: it had gone by at 2026-01-01T10:07:00.000Z.")]


def test_a_time_that_we_told_is_nobodys_promise(stage: Managed) -> None:
    out = stage.hears(update(promised_at=at("10:00") + 4 * HOUR))

    assert answers(out) == [(True, "Nothing in it is new.")] and stage.row().ticket.promised_at == 0


def test_notes_are_taken_over_once(stage: Managed) -> None:
    said = (("Eva", "on my way"), ("Eva", "gate is locked"))
    stage.hears(update(notes=said[:1]))
    stage.hears(update("10:06", notes=said))

    assert [(note.author, note.text) for note in stage.row().notes] == list(said)


def test_what_is_ours_is_refused_and_the_rest_taken_over(stage: Managed) -> None:
    same = stage.hears(update(ours=(("severity", "Major"), ("priority", "Critical"), ("rootCause", "olt-1"))))
    mixed = stage.hears(update("10:06", number="INC-7", ours=(("rootCause", "path-a"),)))
    only = stage.hears(update("10:07", ours=(("priority", "4"), ("requestedResolutionDate", "0"))))

    assert answers(same) == [(True, "Nothing in it is new.")]
    assert answers(mixed) == [(True, "The ticketing system calls it INC-7. rootCause (path-a) is ours to say: it follows from alarms, network and service levels.")]
    assert [done for done, _ in answers(only)] == [False]
    assert [c.object for c in stage.row().causes] == ["olt-1"]


def test_an_update_that_comes_again_gets_the_first_answer_and_changes_nothing(stage: Managed) -> None:
    first = stage.hears(update(name="e1", status="held"))
    stage.hears(update("10:06", name="e2", status="inProgress"))
    again = stage.hears(update("10:07", name="e1", status="held"))

    assert answers(again) == [(True, f"Answered before: {answers(first)[0][1]}")]
    assert stage.row().status == Status.IN_PROGRESS and [emit.topic for emit in again] == ["progress"]
    assert len({one.id for one in on("progress", stage.told)}) == len(on("progress", stage.told))


def test_what_was_said_earlier_comes_too_late(stage: Managed) -> None:
    stage.hears(update("10:06", status="inProgress"))
    out = stage.hears(update("10:05", status="held"))

    assert answers(out) == [(False, "Late: what the ticketing system said at 2026-01-01T10:06:00.000Z counts.")]
    assert stage.row().status == Status.IN_PROGRESS


@pytest.mark.parametrize("named", [{"report": "x-1"}, {"report": "", "problem": "p9"}, {"report": "x-1", "problem": "p1"}])
def test_a_report_nobody_knows_is_refused(stage: Managed, named: dict[str, str]) -> None:
    out = stage.hears(update(**named))

    assert [done for done, _ in answers(out)] == [False] and [emit.topic for emit in out] == ["progress"]


def test_the_problem_alone_names_its_report(stage: Managed) -> None:
    stage.hears(update(report="", problem="p1", number="INC-7"))

    assert ticket(stage).number == "INC-7"


def test_a_status_of_ours_that_comes_back_changes_nothing(stage: Managed) -> None:
    stage.hears(update(status="held", reason="no access"))
    ours = stage.row().report
    assert ours is not None
    out = []
    for n, each in enumerate(ours.history):
        out += stage.hears(update(f"10:1{n}", status=each.status, status_at=each.at, reason=each.why))

    assert [done for done, _ in answers(out)] == [True] * len(ours.history) and {emit.topic for emit in out} == {"progress"}
    assert stage.row().status == Status.HELD


def test_a_forgotten_problem_takes_its_report_with_it() -> None:
    stage = Managed(SOLD, forget_after=HOUR)
    stage.hears(diagnosed(**down("svc")))
    stage.hears(all_clear("10:10"))
    stage.waits_until("14:00")
    out = stage.hears(update("14:05", status="closed"))

    assert [done for done, _ in answers(out)] == [False] and stage.view.tables["reports"].rows == {}
