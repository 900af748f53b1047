"""Hours that count, held against their definition: an instant counts iff the wall clock shows an open hour at it."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.calendar_time import Calendar, elapsed, open_spans, run_out
from streams.domain.instant import HOUR, MINUTE, instant, moment
from streams.edge.topology_slas import offsets

OFFICE = ((8 * HOUR, 18 * HOUR),)
NIGHT = ((0, 6 * HOUR), (22 * HOUR, 24 * HOUR))
ALWAYS = ((0, 24 * HOUR),)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Africa/Casablanca")


def a_calendar(zone="Europe/Berlin", week=(*(OFFICE,) * 5, (), ()), holidays=()):
    days = tuple(sorted((datetime.fromisoformat(day).date() - datetime(1970, 1, 1).date()).days for day in holidays))
    return Calendar(week, days, offsets(zone))


def local(text, zone="Europe/Berlin", fold=0):
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold))


def counts(calendar, zone, at):
    """The definition, by the standard library's own wall clock."""
    there = moment(at).astimezone(ZoneInfo(zone))
    if (there.date() - datetime(1970, 1, 1).date()).days in calendar.holidays:
        return False
    clock = (there.hour * 60 + there.minute) * MINUTE
    return any(opens <= clock < closes for opens, closes in calendar.week[there.weekday()])


def test_four_hours_begun_on_friday_afternoon_end_on_monday_morning():
    assert run_out(a_calendar(), local("2026-01-09T16:00"), 4 * HOUR) == local("2026-01-12T10:00")


def test_time_that_runs_out_at_closing_time_has_run_out_then():
    assert run_out(a_calendar(), local("2026-01-09T16:00"), 2 * HOUR) == local("2026-01-09T18:00")


def test_a_holiday_does_not_count_though_its_weekday_does():
    calendar = a_calendar(holidays=["2026-01-12"])

    assert run_out(calendar, local("2026-01-09T16:00"), 4 * HOUR) == local("2026-01-13T10:00")


def test_no_time_is_run_out_at_once_even_at_night():
    assert run_out(a_calendar(), local("2026-01-10T03:00"), 0) == local("2026-01-10T03:00")


def test_the_hour_that_is_left_out_in_spring_does_not_count_and_the_one_shown_twice_in_autumn_counts_twice():
    calendar = a_calendar(week=(ALWAYS,) * 7)

    assert elapsed(calendar, local("2026-03-29T00:00"), local("2026-03-30T00:00")) == 23 * HOUR
    assert elapsed(calendar, local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 25 * HOUR
    half = a_calendar(week=(((2 * HOUR + 15 * MINUTE, 2 * HOUR + 45 * MINUTE),),) * 7)
    assert [elapsed(half, local(f"2026-{day}T00:00"), local(f"2026-{day}T12:00")) for day in ("03-29", "10-25", "10-24")] == [0, HOUR, HOUR // 2]


def test_office_hours_begin_by_the_wall_clock_in_summer_and_in_winter():
    calendar = a_calendar()

    assert run_out(calendar, local("2026-03-27T17:00"), 2 * HOUR) == local("2026-03-30T09:00")
    assert moment(run_out(calendar, local("2026-03-27T17:00"), 2 * HOUR)) == datetime(2026, 3, 30, 7, tzinfo=UTC)


weeks = st.lists(st.sampled_from([OFFICE, NIGHT, ALWAYS, (), ((9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))]), min_size=7, max_size=7).filter(any).map(tuple)
zones = st.sampled_from(ZONES)
minutes = st.integers(instant(datetime(2025, 12, 1, tzinfo=UTC)) // MINUTE, instant(datetime(2027, 1, 31, tzinfo=UTC)) // MINUTE).map(lambda n: n * MINUTE)


@given(zones, weeks, minutes, st.integers(0, 3 * 24 * 60))
def test_what_elapses_is_what_counts_minute_by_minute(zone, week, start, length):
    calendar = a_calendar(zone, week, ["2026-10-25"])

    assert elapsed(calendar, start, start + length * MINUTE) == sum(counts(calendar, zone, start + n * MINUTE) for n in range(length)) * MINUTE


@given(zones, weeks, minutes, st.integers(1, 60 * HOUR))
def test_what_has_run_out_has_elapsed_and_not_a_microsecond_before(zone, week, start, span):
    calendar = a_calendar(zone, week)
    over = run_out(calendar, start, span)

    assert elapsed(calendar, start, over) == span
    assert elapsed(calendar, start, over - 1) == span - 1


@given(zones, weeks, st.lists(minutes, min_size=3, max_size=3))
def test_parts_of_a_time_add_up(zone, week, moments):
    first, middle, last = sorted(moments)
    calendar = a_calendar(zone, week)

    assert elapsed(calendar, first, middle) + elapsed(calendar, middle, last) == elapsed(calendar, first, last)


@given(zones, weeks, minutes)
def test_open_spans_are_in_order_apart_and_never_empty(zone, week, start):
    spans = [span for span, _ in zip(open_spans(a_calendar(zone, week), start), range(50), strict=False)]

    assert all(first < last for first, last in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_the_table_of_offsets_is_the_zones_own():
    for zone in ZONES:
        table = offsets(zone)
        for at, offset in table:
            for shown in (at, at + HOUR):
                assert moment(shown).astimezone(ZoneInfo(zone)).utcoffset() == timedelta(microseconds=offset), (zone, moment(at))
        for (at, _), (_, before) in zip(table[1:], table, strict=False):
            assert moment(at - 1_000_000).astimezone(ZoneInfo(zone)).utcoffset() == timedelta(microseconds=before), (zone, moment(at))
