"""Planned outages in stage 2: what announced work explains, until when, and what is told of it."""

from typing import Any

import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.alarm_record import Standing
from tests.builders import at
from tests.domain.correlating import Correlator
from tests.domain.working import PATHS, standing, told, work

CRITICAL, DEGRADED = {"severity": Severity.CRITICAL}, {"severity": Severity.MAJOR, "cause": "degradedSignal"}


# --- what is explained ---


@pytest.mark.parametrize(("when", "explained"), [("09:49:59", False), ("09:50", True), ("11:09:59", True), ("11:10", False)])
def test_only_what_begins_in_the_window_with_lead_and_tail_is_explained(when: str, explained: bool) -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", when)

    assert stage.judged() == ["suppressed:planned-outage" if explained else "new"]


def test_an_alarm_that_stood_before_and_is_told_again_in_the_window_is_not_explained() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "08:00")
    stage("card", "10:30")

    assert standing(stage) == {"card": "problem"}


def test_what_stands_on_the_work_alone_is_explained_though_the_worked_on_object_is_silent() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    for name in ("shop", "path-a"):
        stage(name, "10:05", **CRITICAL)

    assert standing(stage) == {"shop": "chg", "path-a": "chg"}


@pytest.mark.parametrize(("alarm", "explained"), [(DEGRADED, True), (CRITICAL, False)])
def test_work_on_one_path_explains_a_degraded_service_and_not_one_that_is_down(alarm: dict[str, Any], explained: bool) -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a"))
    stage("svc", "10:05", **alarm)

    assert standing(stage) == {"svc": "chg" if explained else "problem"}


def test_the_other_path_failing_is_a_problem_at_once_and_so_is_the_service_that_was_explained() -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a"))
    stage("path-a", "10:05", **CRITICAL)
    stage("svc", "10:06", **DEGRADED)
    stage("path-b", "10:10", **CRITICAL)
    stage.tick("10:10")

    assert standing(stage) == {"path-a": "chg", "svc": "problem", "path-b": "problem"}
    assert {c.at for c in stage.changes()} == {at("10:10")}
    assert stage.changes()[-1].why.startswith("planned outage chg does not explain it any more")


def test_the_order_in_which_the_alarms_come_does_not_matter() -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a"))
    stage("path-b", "10:10", **CRITICAL)
    stage("svc", "10:11", **DEGRADED)
    stage("path-a", "10:12", **CRITICAL)
    stage.tick("10:12")

    assert standing(stage) == {"path-a": "chg", "svc": "problem", "path-b": "problem"}


def test_work_on_both_paths_at_once_explains_that_the_service_is_down_until_the_first_of_them_ends() -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a"))
    stage.send(work("path-b", ends="12:00", ident="chg-b"))
    stage("svc", "10:05", **CRITICAL)

    assert [r.due for r in stage.view.alarm_records.rows.values()] == [at("11:20")]


def test_an_object_in_scope_that_something_outside_brings_down_is_a_problem() -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a"))
    stage("card", "10:05", **CRITICAL)
    stage("path-a", "10:06", **CRITICAL)

    assert standing(stage) == {"card": "problem", "path-a": "problem"}


def test_an_alarm_that_grows_heavier_than_the_work_explains_is_a_problem_at_once() -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a"))
    stage("svc", "10:05", **DEGRADED)
    stage("svc", "10:06", cause="degradedSignal", severity=Severity.CRITICAL)
    stage.tick("10:06")

    assert standing(stage) == {"svc": "problem"}
    assert stage.judged() == ["suppressed:planned-outage", "changed"]


def test_a_service_announced_as_unaffected_is_a_problem_even_in_the_window() -> None:
    stage = Correlator(PATHS)
    stage.send(work("path-a", unaffected=("shop",)))
    stage("path-a", "10:05", **CRITICAL)
    stage("shop", "10:05", **CRITICAL)

    assert standing(stage) == {"path-a": "chg", "shop": "problem"}


def test_only_the_part_that_is_worked_on_is_in_scope() -> None:
    stage = Correlator(PATHS)
    stage.send(work(parts=(("card/3", "card"),)))
    for name in ("card/3", "card/3/1", "card/31", "card/4"):
        stage("card", "10:05", reported=name, key=name, qualifier=name)
    explained = {stage.view.alarm_lives.get(r.id).alarm.reported for r in stage.view.alarm_records.rows.values() if r.standing is Standing.SUPPRESSED}

    assert explained == {"card/3", "card/3/1"}


def test_updates_of_an_explained_alarm_pass_through() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05")
    changed = told(stage("card", "10:06", severity=Severity.CRITICAL))
    repeated = told(stage("card", "10:12", severity=Severity.CRITICAL))
    cleared = told(stage.clear("card", "10:20"))

    assert [(c.kind, c.life.outage) for c in [*changed, *repeated, *cleared]] == [("changed", "chg"), ("changed", "chg"), ("state", "")]
    assert stage.kinds() == []


# --- what services hear ---


def test_explained_alarms_make_one_bundle_of_their_domain_and_announcement() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05", **CRITICAL)
    stage("path-a", "10:06", **CRITICAL)
    stage("card", "10:07", severity=Severity.MAJOR)
    stage.clear("card", "10:08")
    stage.clear("path-a", "10:09")

    assert [(b.kind, b.active, b.planned) for b in stage.bundles()] == [
        ("opened", 1, "chg"), ("joined", 2, "chg"), ("cleared", 1, "chg"), ("cleared", 0, "chg")]
    assert len({b.problem for b in stage.bundles()}) == 1
    assert stage.view.bundles.rows == stage.view.alarmed.rows == {}


def test_a_survivor_joins_its_problem_before_it_leaves_the_bundle() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05")
    out = stage.tick("11:20")

    assert [(c.kind, bool(c.planned)) for c in (e.value for e in out) if hasattr(c, "planned")] == [("opened", False), ("left", True)]


def test_effects_that_mean_nothing_hold_nothing_down() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05", severity=Severity.MINOR)

    assert [m.effect for b in stage.bundles() for m in b.members] == [Effect.NONE]
