"""Alarms of a silent source: whether they still stand nobody knows, so they are marked, once at the start and once at the end.

Silence starts a sweep through the partition's alarm records, in pages, one a due time; it sets and removes marks by what
the sources' rows say when it comes by. Sweeps begin at most once a minute, however many sources fall silent or return.
A mark changes nothing else: no alarm is cleared, no problem resolved, because its source says nothing (decisions/0011).
"""

import msgspec

from streams.domain.alarm_book import named_problem, publish
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing
from streams.domain.instant import MINUTE, Instant
from streams.domain.view import Emit, View

PAGE = 1_000
"""Records looked at for one due time: a few milliseconds of work."""
EVERY = MINUTE
"""Sweeps begin at least this far apart."""
_replace = msgspec.structs.replace


class StateSweep(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The sweep of this partition (one row, key "")."""

    due: Instant = 0
    """When it begins or goes on, 0 where nothing is to be done."""
    began_at: Instant = 0
    cursor: str = ""
    """Record up to which it has come."""
    again: bool = False
    """Something changed while it was under way: another one follows."""


def begin_sweep(view: View, now: Instant) -> None:
    """Have the marks of all records brought up to date."""
    row: StateSweep = view.state_sweeps.get("") or StateSweep()
    if row.due:
        row = _replace(row, again=row.again or bool(row.cursor))
    else:
        row = StateSweep(max(now, row.began_at + EVERY) if row.began_at else now, row.began_at)
    view.state_sweeps.put("", row)


def sweep_due(view: View, row: StateSweep) -> list[Emit]:
    """Look at the next page of records."""
    began_at = row.began_at if row.cursor else row.due
    page = view.alarm_records.prefix("", PAGE, row.cursor)
    out = [emit for key, record in page for emit in _mark(view, record, row.due)]
    if len(page) == PAGE:
        view.state_sweeps.put("", StateSweep(row.due + 1, began_at, page[-1][0], row.again))
    else:
        view.state_sweeps.put("", StateSweep(began_at + EVERY if row.again else 0, began_at))
    return out


def _mark(view: View, record: AlarmRecord, at: Instant) -> list[Emit]:
    """Set or remove the mark of one record; one whose source is not watched keeps what it has."""
    where, clock = record.heard.source, record.heard.clock
    if where is None or record.standing in (Standing.CLEARED, Standing.UNRAISED):
        return []
    feed = view.sources.get(f"{where.topic}|")
    life: AlarmLife | None = None
    if not clock:
        life = view.alarm_lives.get(record.id)
        clock = life.alarm.source if life is not None else ""
    source = view.sources.get(f"{where.topic}|{clock}") if clock else None
    if feed is None and source is None:
        return []
    life = life or view.alarm_lives.get(record.id)
    since = min((row.since for row in (feed, source) if row is not None and row.since), default=0)
    if life is None or bool(since) == bool(life.unknown_since):
        return []
    life = _replace(life, unknown_since=since, revision=life.revision + 1, changed_at=max(life.changed_at, at))
    view.alarm_lives.put(record.id, life)
    return [publish("changed", record, life, named_problem(view, record), at)]
