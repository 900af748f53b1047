"""Hours that count: how much time of a weekly calendar lies between two instants, and when so much of it will have run.

A calendar is weekly hours by the wall clock of one time zone, less its holidays. What counts is defined instant by
instant: t counts iff the wall clock shows an open hour at t. So an hour that a clock put forward leaves out never
counts, and one that it shows twice, put back, counts twice; nothing else need be said of summer time.

The zone comes in as a table of its offsets from UTC (edge/topology_slas.py makes it of zoneinfo), so all here is pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import msgspec

from streams.domain.instant import DAY, Instant, Span

Hours = tuple[tuple[Span, Span], ...]
"""Open and close of each open part of a day, since midnight, sorted and apart; close at most 24 h."""

THURSDAY = 3
"""Weekday of 1970-01-01, Monday 0."""
FOR_EVER: Instant = 1 << 62


class Calendar(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Weekly hours in one time zone."""

    week: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    """Monday first; at least one day has an open hour."""
    holidays: tuple[int, ...] = ()
    """Local dates on which nothing is open, as days since 1970-01-01, sorted."""
    offsets: tuple[tuple[Instant, Span], ...] = ((0, 0),)
    """(from when, wall clock less UTC), sorted; the first holds for all time before, the last for all after."""


def open_spans(calendar: Calendar, start: Instant) -> Iterator[tuple[Instant, Instant]]:
    """Yield the open spans (from, until) from `start` on, in order, none empty; without end."""
    offsets, week = calendar.offsets, calendar.week
    number = max(bisect_right(offsets, start, key=lambda entry: entry[0]) - 1, 0)
    at = start
    while True:
        offset = offsets[number][1]
        until = offsets[number + 1][0] if number + 1 < len(offsets) else FOR_EVER
        day = (at + offset) // DAY
        while (midnight := day * DAY - offset) < until:
            if not _is_holiday(calendar, day):
                for opens, closes in week[(day + THURSDAY) % 7]:
                    first, last = max(midnight + opens, at), min(midnight + closes, until)
                    if first < last:
                        yield first, last
            day += 1
        at, number = until, number + 1


def _is_holiday(calendar: Calendar, day: int) -> bool:
    place = bisect_left(calendar.holidays, day)
    return place < len(calendar.holidays) and calendar.holidays[place] == day


def elapsed(calendar: Calendar | None, start: Instant, until: Instant) -> Span:
    """Return how much of the time from `start` to `until` counts; 0 where `until` is not later. No calendar: all of it."""
    if until <= start:
        return 0
    if calendar is None:
        return until - start
    total = 0
    for first, last in open_spans(calendar, start):
        if first >= until:
            break
        total += min(last, until) - first
    return total


def run_out(calendar: Calendar | None, start: Instant, span: Span) -> Instant:
    """Return the first instant by which `span` of counting time has run since `start`; `start` itself for none.

    Time that runs out at closing time has run out then, not when the next day opens.
    """
    if span <= 0 or calendar is None:
        return start + max(span, 0)
    for first, last in open_spans(calendar, start):
        if last - first >= span:
            return first + span
        span -= last - first
    raise AssertionError("a calendar has no end")
