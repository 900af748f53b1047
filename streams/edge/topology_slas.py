"""`slas`, `calendars` and `escalations` of topology.yaml become what the clocks run by (domain/sla.py, calendar_time.py).

Time zones are data of the machine (zoneinfo); here they become tables, so that all arithmetic is the domain's. A worker
whose zone data differ computes another topology version, and waits and says so.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from schemas.topology_slas import DAYS, CalendarEntry, SlaEntry, days_of
from streams.domain.calendar_time import Calendar
from streams.domain.instant import SECOND, Instant, Span, instant
from streams.domain.sla import Escalation, Sla
from streams.edge.topology_document import Document
from streams.edge.topology_finding import Finding, nearest

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""What a table of offsets covers; before and after, its ends hold."""
_WEEK = timedelta(days=7)
_EPOCH = date(1970, 1, 1)


def slas_of(document: Document) -> dict[str, Sla]:
    """Return the service level agreements by name, sorted."""
    calendars = {name: calendar_of(entry) for name, entry in document.file.calendars.items()}
    return {name: _sla(name, entry, calendars) for name, entry in sorted(document.file.slas.items())}


def suppliers_of(document: Document) -> dict[str, Sla]:
    """Return the SLAs that we have with parties, by party, sorted."""
    slas = slas_of(document)
    return {party: slas[name] for party, name in sorted(document.file.suppliers.items())}


def escalations_of(document: Document) -> tuple[Escalation, ...]:
    """Return the escalations by age, in the order of the file."""
    return tuple(Escalation(e.level, e.age, tuple(e.tell), e.priority) for e in document.file.escalations)


def sla_mistakes(document: Document) -> Iterator[Finding]:
    """Yield calendars that are not declared and zones that do not exist."""
    known = document.file.calendars
    for party, name in document.file.suppliers.items():
        if name not in document.file.slas:
            yield document.finding("error", ("suppliers", party), f"sla {name!r} is not declared", nearest(name, document.file.slas) or "declare it under slas")
    for name, sla in document.file.slas.items():
        if sla.calendar is not None and sla.calendar not in known:
            yield document.finding(
                "error", ("slas", name, "calendar"), f"calendar {sla.calendar!r} is not declared", nearest(sla.calendar, known) or "declare it under calendars")
    for name, calendar in known.items():
        if not _is_zone(calendar.time_zone):
            yield document.finding(
                "error", ("calendars", name, "time_zone"), f"this machine knows no time zone {calendar.time_zone!r}",
                nearest(calendar.time_zone, sorted(available_timezones())) or "write an IANA name such as Europe/Berlin; if it is one, install tzdata")


def odd_slas(document: Document) -> Iterator[Finding]:
    """Yield what loads and is probably not meant."""
    used = {sla.calendar for sla in document.file.slas.values()} | {rule.calendar for rule in document.file.assignment}
    for name in document.file.calendars:
        if name not in used:
            yield document.finding("note", ("calendars", name), f"no sla and no assignment has calendar {name!r}")
    for name, sla in document.file.slas.items():
        if _span(sla.warn_at, sla) >= sla.restore_within:
            yield document.finding(
                "warning", ("slas", name, "warn_at"), "the warning comes no sooner than the violation", "take a share under 100%, or less than `restore_within`")
        levels = sorted((_span(one.at, sla), one.level) for one in sla.escalations)
        if any(before[1] > after[1] for before, after in itertools.pairwise(levels)):
            yield document.finding(
                "warning", ("slas", name, "escalations"), "a lower level comes after a higher one: the problem stays at the higher", "give what comes later the higher level")


def _sla(name: str, entry: SlaEntry, calendars: dict[str, Calendar]) -> Sla:
    return Sla(
        name, entry.restore_within, _span(entry.warn_at, entry), tuple(sorted(set(entry.pauses))),
        calendars[entry.calendar] if entry.calendar is not None else None,
        tuple(Escalation(one.level, _span(one.at, entry), tuple(one.tell), one.priority) for one in entry.escalations))


def _span(point: float | int, entry: SlaEntry) -> Span:
    return round(point * entry.restore_within) if isinstance(point, float) else point


def calendar_of(entry: CalendarEntry) -> Calendar:
    """Return a calendar with the offsets of its zone."""
    by_day = {day: tuple(sorted(parts)) for name, parts in entry.hours.items() for day in days_of(name)}
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (by_day.get(day, ()) for day in DAYS)
    holidays = tuple(sorted({(day - _EPOCH).days for day in entry.holidays}))
    return Calendar((monday, tuesday, wednesday, thursday, friday, saturday, sunday), holidays, offsets(entry.time_zone))


def _is_zone(name: str) -> bool:
    return name in available_timezones()


@lru_cache(maxsize=64)
def offsets(zone: str) -> tuple[tuple[Instant, Span], ...]:
    """Return (from when, wall clock less UTC) of a zone: its first offset, and each time it changes from then on.

    Looked for week by week, then by halves to the second: no zone has changed twice within a week since 2000.
    """
    info = ZoneInfo(zone)

    def at(moment: datetime) -> Span:
        return round((moment.astimezone(info).utcoffset() or timedelta()).total_seconds()) * SECOND

    found = [(instant(FIRST), at(FIRST))]
    moment = FIRST
    while moment < LAST:
        then = moment + _WEEK
        if (offset := at(then)) != found[-1][1]:
            low, high = moment, then
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if at(middle) == found[-1][1] else (low, middle)
            found.append((instant(high), offset))
        moment = then
    return tuple(found)
