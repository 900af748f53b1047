"""Announced work in stages 3 to 5: services hear what it holds down, nobody opens a problem, and one that it explains is cancelled."""

import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.impact_delta import ImpactDelta
from streams.domain.instant import SECOND
from streams.domain.messages import HeldDown, Tick
from streams.domain.problem import Status
from tests.builders import at
from tests.domain.problems import SOLD, Managed, all_clear, diagnosed, down, on
from tests.domain.test_localize import Desk, T, member
from tests.domain.test_watch import ONE_PATH, TWO_PATHS, Watched

A, B = ("olt-1", Effect.DOWN), ("olt-2", Effect.DOWN)


def works(service: Watched, *held: tuple[str, Effect], when: str = "10:00", outage: str = "chg-7") -> list[ImpactDelta]:
    return service.hears(HeldDown("svc", f"bundle-{outage}", "dom", held, at(when), planned=outage))


def words(deltas: list[ImpactDelta]) -> list[tuple[str, Effect, bool]]:
    return [(d.kind, d.impact, d.planned) for d in deltas]


# --- stage 5 ---


def test_what_work_alone_brings_down_is_planned_and_starts_no_clock() -> None:
    service = Watched(ONE_PATH)
    (started,) = works(service, A)
    (ended,) = works(service, when="10:30")

    assert (started.kind, started.planned, started.due_at, started.reason.problem, started.reason.outages) == ("started", True, 0, "", ("chg-7",))
    assert (ended.kind, ended.was_planned, ended.reason.outages) == ("ended", True, ("chg-7",))


def test_while_it_is_planned_how_bad_it_is_is_no_difference() -> None:
    service = Watched(TWO_PATHS)

    assert [("started", Effect.AT_RISK, True)] == words(works(service, A))
    assert [] == works(service, A, B)


def test_the_other_path_failing_outside_of_the_work_is_not_planned() -> None:
    service = Watched(TWO_PATHS)
    works(service, A)

    assert [("changed", Effect.DOWN, False)] == words(service.holds("p1", "olt-2", when="10:10"))
    assert [("changed", Effect.AT_RISK, True)] == words(service.holds("p1", when="10:20"))


def test_a_problem_that_hurts_as_badly_by_itself_is_what_counts() -> None:
    service = Watched(ONE_PATH)
    works(service, A)
    (changed,) = service.holds("p1", "path-a", when="10:10")

    assert (changed.kind, changed.impact, changed.planned, changed.was_planned, changed.reason.problem) == ("changed", Effect.DOWN, False, True, "p1")
    assert changed.reason.outages == ("chg-7",)
    assert changed.due_at == at("14:10")


def test_the_worst_unplanned_state_counts_where_work_makes_it_worse() -> None:
    service = Watched(ONE_PATH)
    works(service, A)

    assert [("changed", Effect.DEGRADED, False)] == words(service.holds("p1", ("path-a", Effect.DEGRADED)))


def test_a_survivor_that_goes_over_to_a_problem_is_one_change_and_no_end() -> None:
    service = Watched(ONE_PATH)
    works(service, A)
    told = service.holds("p1", "olt-1", when="11:20") + works(service, when="11:20")

    assert [("changed", Effect.DOWN, False)] == words(told)


# --- stage 4 ---


def planned(when: str, **but: object) -> object:
    return diagnosed(when, problem="bundle", planned="chg-7", causes=(), **but)  # type: ignore[arg-type]


def test_work_tells_services_and_nobody_else() -> None:
    stage = Managed(SOLD)
    began = stage.hears(planned("10:00", **down("svc")))
    ended = stage.hears(planned("10:30", active=0, kind="cleared"))

    assert [(e.topic, e.value.planned, bool(e.value.held)) for e in [*began, *ended]] == [("service-effects", "chg-7", True), ("service-effects", "chg-7", False)]
    assert stage.row("bundle") is None
    assert stage.view.holdings.rows == {}


def test_what_work_holds_waits_like_all_that_begins_while_the_partition_catches_up() -> None:
    stage = Managed(SOLD)
    stage.view.live = False
    assert stage.hears(planned("10:00", **down("svc"))) == []
    stage.view.live = True
    out = stage.hears(Tick(at("10:01"), True))

    assert [(e.key, e.value.planned) for e in out if isinstance(e.value, HeldDown)] == [("svc", "chg-7")]
    assert stage.view.waiting.rows == {}


def test_a_problem_that_work_wholly_explains_is_cancelled_with_the_reason() -> None:
    stage = Managed(SOLD, report_after={1: 0})
    stage.hears(diagnosed(**down("svc")))
    stage.waits_until("10:01")
    assert stage.row().report is not None
    out = stage.hears(diagnosed(
        "10:02", kind="explained", active=0, worst=Severity.CLEARED, why="planned outage chg-7 explains its alarms"))
    row = stage.row()

    assert (row.status, row.status_why) == (Status.CANCELLED, "Cancelled: planned outage chg-7 explains its alarms.")
    assert row.report is not None and row.report.history[-1].status == Status.CANCELLED
    assert [p.why for p in on("progress", out) if p.kind == "state"] == ["Cancelled: planned outage chg-7 explains its alarms."]
    assert [e.value.held for e in out if isinstance(e.value, HeldDown)] == [()]
    stage.waits_until("11:30")
    assert stage.row().status == Status.CANCELLED


def test_one_that_was_resolved_meanwhile_stays_so() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed())
    stage.hears(all_clear("10:02"))
    stage.waits_until("10:03")
    stage.hears(diagnosed("10:04", kind="explained", active=0, worst=Severity.CLEARED, why="x"))

    assert stage.row().status == Status.RESOLVED


# --- stage 3 ---


def test_work_is_diagnosed_for_what_it_hurts_and_gets_no_causes() -> None:
    told, = Desk().hear("opened", T, member("line-1"), planned="chg-7")

    assert (told.planned, told.causes, told.held) == ("chg-7", (), (("line-1", Effect.DOWN),))
    assert [h.service for h in told.hurt] == ["svc"]


@pytest.mark.parametrize(("kind", "at_once"), [("cleared", True), ("left", False)])
def test_an_alarm_that_goes_over_to_a_problem_is_told_after_the_problem_has_been(kind: str, at_once: bool) -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"), planned="chg-7")
    cleared_at = T + 60 * SECOND if kind == "cleared" else 0
    told = desk.hear(kind, T + 60 * SECOND, member("line-1", cleared_at=cleared_at), active=0, planned="chg-7")

    assert bool(told) is at_once
    assert desk.tick(T + 61 * SECOND) == []
    late = desk.tick(T + 62 * SECOND)
    assert [d.held for d in (told or late)] == [()]


def test_work_that_holds_nothing_any_more_is_forgotten() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"), planned="chg-7")
    desk.hear("cleared", T + SECOND, member("line-1", cleared_at=T + SECOND), active=0, planned="chg-7")
    desk.tick(T + 25 * 3600 * SECOND)

    assert {name: t.rows for name, t in desk.view.tables.items() if t.rows} == {}
