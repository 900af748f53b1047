"""Planned outages in stage 2: what announced work explains, until when, and what a late, moved or cancelled announcement does."""

from typing import Any

import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.alarm_record import AlarmChanged, Standing
from streams.domain.instant import DAY
from streams.domain.messages import OutageAnnounced, OutageMatched
from streams.domain.outage_sweep import PAGE
from streams.domain.view import Emit
from tests.builders import a_network, at
from tests.domain.correlating import Correlator

PATHS = a_network(("svc", ["path-a", "path-b"], 1), ("path-a", "card"), ("shop", "path-a"), services=["svc", "shop"])
CRITICAL, DEGRADED = {"severity": Severity.CRITICAL}, {"severity": Severity.MAJOR, "cause": "degradedSignal"}


def work(*objects: str, starts: str = "10:00", ends: str = "11:00", ident: str = "chg", told: str = "09:00", **but: Any) -> OutageAnnounced:
    return OutageAnnounced(ident, "", objects, at(starts), at(ends), False, at(told), position=f"planned-outages/0/{told}", **but)


def cancel(when: str, ident: str = "chg") -> OutageAnnounced:
    return OutageAnnounced(ident, "", (), 0, 0, True, at(when), position=f"planned-outages/0/{when}")


def told(out: list[Emit]) -> list[AlarmChanged]:
    return [e.value for e in out if e.topic == "alarm-records"]


def standing(stage: Correlator) -> dict[str, str]:
    """Object -> the work that explains it, or `problem`; of active alarms."""
    found = {}
    for record in stage.view.alarm_records.rows.values():
        life = stage.view.alarm_lives.get(record.id)
        if record.standing is not Standing.CLEARED:
            found[life.alarm.object] = life.outage or "problem"
    return found


def answers(stage: Correlator) -> list[OutageMatched]:
    return [e.value for e in stage.out if isinstance(e.value, OutageMatched)]


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
    assert stage.view.outages.get("chg").former.domains == ("dom",)
    stage.tick("10:11")

    assert standing(stage) == {"card": "problem"}
    assert stage.view.outages.get("chg").former is None


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
    assert stage.view.outages.rows == stage.view.outage_sweeps.rows == stage.view.bundles.rows == {}
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

    assert stage.view.outages.rows == {}
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

    assert stage.view.outages.rows == {}


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


def test_effects_that_mean_nothing_hold_nothing_down() -> None:
    stage = Correlator(PATHS)
    stage.send(work("card"))
    stage("card", "10:05", severity=Severity.MINOR)

    assert [m.effect for b in stage.bundles() for m in b.members] == [Effect.NONE]
