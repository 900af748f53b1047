"""The clock of a service level agreement by itself."""

from hypothesis import given
from hypothesis import strategies as st

from streams.domain import sla_clock
from streams.domain.instant import HOUR, MINUTE
from streams.domain.sla import Escalation, Sla
from tests.builders import at

GOLD = Sla("gold", 4 * HOUR, escalations=(Escalation(3, 2 * HOUR, ("noc",)), Escalation(5, 4 * HOUR, ("head",))))


def kinds(steps):
    return [(step.kind, when) for step, when in steps]


def test_it_passes_its_steps_in_order_each_at_its_own_time():
    clock = sla_clock.begun(GOLD, at("10:00"))
    clock, steps = sla_clock.passed(clock, GOLD, at("20:00"))

    assert kinds(steps) == [("escalation", at("12:00")), ("warning", at("13:00")), ("violation", at("14:00")), ("escalation", at("14:00"))]
    assert (clock.next_at, clock.due_at) == (0, at("14:00"))
    assert sla_clock.passed(clock, GOLD, at("23:00"))[1] == []


def test_a_pause_moves_all_that_is_to_come_and_nothing_that_was():
    clock, _ = sla_clock.passed(sla_clock.begun(GOLD, at("10:00")), GOLD, at("12:30"))
    clock = sla_clock.stood(clock, GOLD, at("12:30"))
    assert (clock.next_at, clock.due_at) == (0, 0)

    clock = sla_clock.went_on(clock, GOLD, at("15:00"))

    assert (clock.next_at, clock.due_at, clock.stood) == (at("15:30"), at("16:30"), 150 * MINUTE)


def test_a_restoration_heard_late_takes_back_what_was_passed_since():
    clock, _ = sla_clock.passed(sla_clock.begun(GOLD, at("10:00")), GOLD, at("14:00"))
    assert sla_clock.is_violated(clock, GOLD)

    clock = sla_clock.ended(clock, GOLD, at("13:59:59"))

    assert not sla_clock.is_violated(clock, GOLD)
    assert sla_clock.is_warned(clock, GOLD)


def test_what_is_restored_when_the_time_is_over_is_over_time():
    clock, _ = sla_clock.passed(sla_clock.begun(GOLD, at("10:00")), GOLD, at("14:00"))

    assert sla_clock.is_violated(sla_clock.ended(clock, GOLD, at("14:00")), GOLD)


def test_a_clock_that_goes_on_after_its_end_has_stood_in_between():
    clock = sla_clock.ended(sla_clock.begun(GOLD, at("10:00")), GOLD, at("11:00"))
    clock = sla_clock.went_on(clock, GOLD, at("11:30"))

    assert (clock.due_at, clock.stood) == (at("14:30"), 30 * MINUTE)


def test_a_clock_that_begins_with_the_end_of_a_window_does_not_run_before():
    clock = sla_clock.stood(sla_clock.begun(GOLD, at("12:00")), GOLD, at("11:00"))
    clock = sla_clock.went_on(clock, GOLD, at("11:30"))

    assert (clock.spent, clock.due_at) == (0, at("16:00"))


@given(st.lists(st.integers(1, 90), max_size=12))
def test_a_clock_that_stands_and_runs_by_turns_has_run_for_what_it_ran(minutes):
    now, ran = at("10:00"), 0
    clock, steps = sla_clock.begun(GOLD, now), []
    for turn, span in enumerate(minutes):
        now += span * MINUTE
        ran += span * MINUTE if turn % 2 == 0 else 0
        clock, more = sla_clock.passed(clock, GOLD, now)
        steps += more
        clock = sla_clock.stood(clock, GOLD, now) if turn % 2 == 0 else sla_clock.went_on(clock, GOLD, now)
    stood = sum(span for turn, span in enumerate(minutes) if turn % 2) * MINUTE

    assert (clock.spent, clock.stood) == (ran, stood)
    assert [step.kind for step, _ in steps] == [step.kind for step in GOLD.steps if step.at <= ran]
    if clock.since and ran < GOLD.restore_within:
        assert clock.due_at == now + GOLD.restore_within - ran
