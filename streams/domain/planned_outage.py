"""Planned outages: which announced work explains an object's alarms, and until when.

Only the problem is suppressed, never the alarm record; an alarm that survives its window is looked at again then
(rules-of-thumb.md rules 1, 2 and 13). Windows of an object may overlap; a changed announcement replaces its old self.
"""

import msgspec

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmRecord, Standing
from streams.domain.instant import HOUR, Instant
from streams.domain.messages import OutageAnnounced
from streams.domain.view import View

WINDOWS = 16
"""Windows remembered per object, those that end last."""
WAITING = 64
"""Suppressed alarms per object that a changed announcement re-times; any beyond are looked at when the old window ends."""
REMEMBERED = HOUR
"""How long after its end a window still explains alarms that come late."""


class Outages(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Announced work on one object; key: domain|object."""

    windows: tuple[tuple[str, Instant, Instant], ...]
    """(id, starts, ends), the end excluded."""
    waiting: tuple[str, ...] = ()
    """Row keys of alarms suppressed by it."""

    @property
    def due(self) -> Instant:
        """When the last window is forgotten."""
        return max((ends for _, _, ends in self.windows), default=0) + REMEMBERED

    def until(self, at: Instant) -> Instant:
        """Return when the work that covers this moment ends, overlapping windows taken together; 0 if none covers it."""
        end = at
        for _, starts, ends in sorted(self.windows, key=lambda w: (w[1], w[2])):
            if starts <= end < ends:
                end = ends
        return end if end > at else 0


def outage_until(view: View, alarm: Alarm, key: str, at: Instant) -> Instant:
    """Return when the outage that explains an alarm at that time ends, 0 if none does; remember who waits for it."""
    row: Outages | None = view.outages.get(f"{alarm.domain}|{alarm.object}")
    if row is None:
        return 0
    until = row.until(at)
    if until and key not in row.waiting and len(row.waiting) < WAITING:
        view.outages.put(f"{alarm.domain}|{alarm.object}", Outages(row.windows, (*row.waiting, key)))
    return until


def announce(view: View, message: OutageAnnounced) -> None:
    """Take in, change or cancel an announcement; alarms it suppressed get their new time."""
    for name in message.objects:
        where = f"{message.domain}|{name}"
        row: Outages = view.outages.get(where) or Outages(())
        windows = [w for w in row.windows if w[0] != message.id]
        if not message.cancelled:
            windows.append((message.id, message.starts_at, message.ends_at))
        changed = Outages(tuple(sorted(windows, key=lambda w: (w[2], w[0]))[-WINDOWS:]), row.waiting)
        waiting = tuple(key for key in row.waiting if _retime(view, key, changed, message.at))
        if changed.windows:
            view.outages.put(where, Outages(changed.windows, waiting))
        else:
            view.outages.delete(where)




def _retime(view: View, key: str, row: Outages, at: Instant) -> bool:
    """Move the time a suppressed alarm waits for; False if it does not wait any more."""
    record: AlarmRecord | None = view.alarm_records.get(key)
    if record is None or record.standing is not Standing.SUPPRESSED:
        return False
    moment = max(at, record.began_at)
    view.alarm_records.put(key, msgspec.structs.replace(record, due=row.until(moment) or moment))
    return True
