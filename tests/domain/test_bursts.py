"""A second fault beside a first: bursts (domain/burst.py), the parting of a problem (domain/second_burst.py), reporting periods."""

from streams.domain.alarm import Severity
from streams.domain.burst import ENOUGH, Burst
from streams.domain.instant import MINUTE, SECOND
from streams.domain.network import Network
from streams.domain.rhythm import listen, period_of
from tests.builders import MemoryView, a_network, at
from tests.domain.correlating import Correlator

SLOW = {"cause": "responseTimeExcessive", "alarm_type": "qualityOfServiceAlarm"}


def a_shop(callers: int = 20) -> Network:
    """Pages that call both of two services."""
    return a_network(*((f"page-{n}", "cart") for n in range(callers)), *((f"page-{n}", "ads") for n in range(callers)))


def a_burst(stage: Correlator, when: str, qualifier: str, pages: int = ENOUGH) -> None:
    moment = at(when)
    for n in range(pages):
        stage(f"page-{n}", moment + n * SECOND // 4, qualifier=qualifier, **SLOW)


def test_a_burst_counts_when_it_is_much_faster_than_what_came_before_and_late_enough() -> None:
    quiet, busy = Burst(), Burst()
    for n in range(ENOUGH):
        quiet = quiet.add(at("10:05") + n * SECOND // 2, f"k{n}")
    for n in range(60):
        busy = busy.add(at("10:04") + n * SECOND, f"b{n}")
    for n in range(ENOUGH):
        busy = busy.add(at("10:05") + n * SECOND // 2, f"k{n}")

    assert quiet.onset(at("10:05:07"), at("10:00")) == at("10:05")
    assert quiet.onset(at("10:05:07"), at("10:04")) == 0
    assert busy.onset(at("10:05:07"), at("10:00")) == 0


def test_a_burst_is_counted_by_when_alarms_were_raised_whatever_order_they_come_in() -> None:
    burst = Burst()
    for n in reversed(range(ENOUGH)):
        burst = burst.add(at("10:05") + n * SECOND // 2, f"k{n}")

    assert burst.onset(at("10:05"), at("10:00")) == at("10:05")
    assert [each.key for each in burst.since(at("10:05"))] == [f"k{n}" for n in range(ENOUGH)]


def test_a_second_burst_parts_a_problem_and_takes_its_alarms_along() -> None:
    stage = Correlator(a_shop())
    a_burst(stage, "10:00", "first")
    stage("page-0", "10:01", qualifier="between", **SLOW)
    stage("page-1", "10:02", qualifier="between", **SLOW)
    a_burst(stage, "10:03", "second")

    first, second = (p for p in stage.problems())
    moved = [c for c in stage.changes() if c.kind == "moved"]

    assert [(c.problem, len(c.members)) for c in moved] == [(first, ENOUGH - 1)]
    assert len(stage.problems()[second]) == ENOUGH
    assert "parted from problem" in next(c.why for c in stage.changes() if c.problem == second)


def test_what_falls_in_a_burst_when_its_batteries_are_empty_is_no_second_fault() -> None:
    sites = a_network(*((f"cell-{n}", "hub") for n in range(ENOUGH + 4)), ("hub", "mains"))
    stage = Correlator(sites)
    stage("mains", "10:00", cause="commercialPowerFailure", severity=Severity.CRITICAL)
    for n in range(ENOUGH + 4):
        stage(f"cell-{n}", at("10:40") + n * SECOND // 4, severity=Severity.CRITICAL)

    assert len(stage.problems()) == 1
    assert not [c for c in stage.changes() if c.kind == "moved"]


def test_what_comes_after_belongs_to_the_later_burst_and_what_was_before_stays() -> None:
    stage = Correlator(a_shop())
    a_burst(stage, "10:00", "first")
    stage("page-0", "10:02", qualifier="between", **SLOW)
    a_burst(stage, "10:03", "second")
    first, second = (p for p in stage.problems())
    stage("page-3", "10:03:30", qualifier="new", **SLOW)
    stage("page-4", "10:02:10", qualifier="late", **SLOW)

    joined = {c.members[0].qualifier: c.problem for c in stage.changes() if c.kind == "joined"}

    assert (joined["new"], joined["late"]) == (second, first)


def test_what_stands_on_an_object_that_is_down_is_no_second_fault() -> None:
    stage = Correlator(a_network(*((f"ont-{n}", "olt") for n in range(40))))
    stage("olt", "10:00")
    for n in range(20):
        stage(f"ont-{n}", at("10:00:01") + n * SECOND // 4)
    for n in range(20, 40):
        stage(f"ont-{n}", at("10:04") + n * SECOND // 4)

    assert len(stage.problems()) == 1


def test_a_polled_source_has_its_period_and_others_have_none() -> None:
    view = MemoryView({"rhythms": None})
    for n in range(12):
        listen(view, "dom|polled", at("10:00") + (n + n // 2) * 5 * MINUTE + n * SECOND)
        listen(view, "dom|free", at("10:00") + n * n * 37 * SECOND)

    assert period_of(view, "dom|polled") == 5 * MINUTE
    assert period_of(view, "dom|free") == 0
    assert period_of(view, "dom|unheard") == 0
