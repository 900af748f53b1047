"""When a trouble report is due, what it promises, how it follows its problem."""

import pytest

from streams.domain.alarm import Severity
from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.domain.messages import Tick
from streams.domain.problem import Status
from streams.domain.report import by_priority, report_id
from tests.builders import at
from tests.domain.problems import SOLD, UNSOLD, Managed, a_cause, all_clear, diagnosed, down, on, own_reports


@pytest.mark.parametrize(("priority", "expected"), [(1, 0), (2, 0), (3, 60), (4, 60), (5, 300), (6, 300), (10, 300)])
def test_a_priority_not_listed_takes_the_next_higher_number_else_the_last(priority: int, expected: int) -> None:
    assert by_priority({1: 0, 2: 0, 3: 60, 4: 60, 5: 300}, priority) == expected
    assert by_priority({5: 9}, 2) == 9


def test_a_problem_of_priority_1_is_reported_in_the_same_step() -> None:
    out = Managed(SOLD).hears(diagnosed(worst=Severity.CRITICAL, **down("svc")))

    (row,) = own_reports(out)
    assert (row.priority, row.report.id, row.report.etr) == (1, report_id("dom", "p1"), at("10:00") + 4 * HOUR)


def test_a_problem_of_priority_6_is_reported_when_it_has_lasted_five_minutes() -> None:
    stage = Managed(UNSOLD)
    stage.hears(diagnosed())

    assert own_reports(stage.waits_until("10:04:59")) == []
    (row,) = own_reports(stage.waits_until("10:05"))
    assert row.report.created_at == at("10:05")


def test_a_problem_that_began_long_before_it_was_heard_of_is_reported_at_once() -> None:
    out = Managed(UNSOLD).hears(diagnosed("10:20"))

    assert len(own_reports(out)) == 1


@pytest.mark.parametrize(("opened", "domain", "reported"), [("10:01:30", "dom", "10:03:00"), ("10:01:31", "dom", "10:01:31"), ("10:01", "other", "10:01")])
def test_what_begins_beside_another_of_its_domain_is_reported_once_it_would_have_been_put_together_with_it(opened: str, domain: str, reported: str) -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed("10:00", "p1"))
    stage.hears(diagnosed(opened, "p2", domain=domain, opened_at=at(opened), worst=Severity.CRITICAL, **down("svc")))
    stage.waits_until("10:04")

    assert [row.report.created_at for row in own_reports(stage.told) if row.id == "p2"][:1] == [at(reported)]


def test_what_began_first_is_reported_as_its_priority_has_it_whatever_begins_beside_it() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed("10:00", "p1", worst=Severity.CRITICAL, **down("svc")))
    stage.hears(diagnosed("10:00:10", "p2", opened_at=at("10:00:10"), into="p1"))
    stage.waits_until("10:04")

    assert {(row.id, row.report.created_at) for row in own_reports(stage.told)} == {("p1", at("10:00"))}


def test_what_takes_in_the_one_that_began_first_waits_no_longer_than_that_would_have() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed("10:00:10", "p1", opened_at=at("10:00:10"), worst=Severity.CRITICAL, **down("svc")))
    stage.hears(diagnosed("10:00:11", "p2", opened_at=at("10:00"), worst=Severity.CRITICAL, **down("svc")))
    stage.hears(diagnosed("10:00:12", "p1", opened_at=at("10:00:10"), into="p2"))
    stage.hears(diagnosed("10:00:12", "p2", opened_at=at("10:00"), worst=Severity.CRITICAL, **down("svc")))
    stage.waits_until("10:04")

    assert [row.report.created_at for row in own_reports(stage.told) if row.id == "p2"][:1] == [at("10:00:12")]


def test_a_rise_in_priority_brings_the_report_forward() -> None:
    stage = Managed(UNSOLD)
    stage.hears(diagnosed())
    out = stage.hears(diagnosed("10:01", worst=Severity.CRITICAL, **down("svc")))

    assert stage.row().priority == 2
    assert len(own_reports(out)) == 1


def test_a_problem_that_clears_before_its_time_is_never_reported() -> None:
    stage = Managed(UNSOLD)
    stage.hears(diagnosed())
    stage.hears(all_clear("10:04:59"))
    stage.waits_until("12:00")

    assert own_reports(stage.told) == []


def test_mode_observe_reports_nothing() -> None:
    observed = type(SOLD)(SOLD.version, SOLD.nodes, SOLD.depends, SOLD.carries, SOLD.products, SOLD.slas, mode="observe")
    stage = Managed(observed)
    stage.hears(diagnosed(worst=Severity.CRITICAL, **down("svc")))
    stage.waits_until("12:00")

    assert own_reports(stage.told) == []


def test_the_report_follows_status_and_cause_and_is_silent_otherwise() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(**down("svc")))
    stage.waits_until("10:01")  # others were asked to work on it by then
    grown = stage.hears(diagnosed("10:02", members=2, active=2, **down("svc")))
    moved = stage.hears(diagnosed("10:03", members=2, active=2, causes=(a_cause("path-a"),), **down("svc")))
    stage.hears(all_clear("10:04"))
    stage.waits_until("13:00")
    last = own_reports(stage.told)[-1]

    assert len(on("problems", grown)) == 1 and own_reports(grown) == []
    assert len(own_reports(moved)) == 1
    assert [change.status for change in last.report.history] == [Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED]


def test_the_report_of_a_merged_problem_is_closed_and_names_the_survivor() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(**down("svc")))
    out = stage.hears(diagnosed("10:01", kind="merged", into="p2", active=0, worst=Severity.CLEARED, why="3 hops"))

    *_, row = own_reports(out)
    assert (row.report.history[-1].status, row.into) == (Status.CLOSED, "p2")


def test_while_catching_up_reports_wait_and_only_justified_ones_are_made() -> None:
    stage = Managed(SOLD)
    stage.view.live = False
    stage.hears(diagnosed(problem="p1", **down("svc")))
    stage.hears(diagnosed(problem="p2", **down("svc")))
    stage.hears(Tick(at("10:02"), live=False))
    stage.hears(all_clear("10:02", problem="p2"))
    assert own_reports(stage.hears(Tick(at("10:03"), live=False))) == []

    stage.view.live = True
    out = stage.hears(Tick(at("10:04"), live=True))
    assert {row.id for row in own_reports(stage.told)} == {"p1"}
    assert [(p.problem, p.changes) for p in on("progress", out) if ("troubleTicket", "missed") in p.changes] == [("p2", (("troubleTicket", "missed"),))]


def test_the_time_to_restore_shortens_with_priority_and_a_report_never_promises_the_past() -> None:
    stage = Managed(UNSOLD)
    stage.hears(diagnosed())
    assert stage.row().etr == at("10:00") + 48 * HOUR
    stage.hears(diagnosed("10:01", worst=Severity.CRITICAL, **down("svc")))
    late = Managed(SOLD)
    late.hears(diagnosed("20:00", **down("svc")))

    assert stage.row().etr == at("10:00") + 8 * HOUR
    assert late.row().report is not None and late.row().report.etr == at("20:00") + 4 * HOUR


def test_spans_are_in_microseconds() -> None:
    assert MINUTE == 60 * SECOND == 60_000_000
