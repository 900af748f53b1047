"""Stage 1 remembers what an alarm was by its source's own id, and by its record's key, where clears carry only that.

    clears: by_id      source and id -> the alarm; a clear with that id is a clear of that alarm, whatever else it says
    tombstone: clear   record key -> the alarm; a null value under that key clears it (OpenNMS' Kafka producer)

The name is remembered as it was reported and resolved again when the clear comes, so that a new topology.yaml finds the
record where it then is. A cleared alarm stays known, for a clear that is sent twice. At most `MOST` ids a partition:
when there are more, a tenth goes, those that are clear and were told the longest ago first.
"""

from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.domain.view import View
from streams.edge.alarm_key import from_tombstone
from streams.edge.feed import Feed, Raw
from streams.edge.formats.fields import bounded
from streams.edge.formats.told import Refused, Told

MOST = 50_000
SHARE_DROPPED = 10
_ANY_SOURCE = "*"
_KEY = "key:"


class RaisedAlarm(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What makes an alarm's key, as its raise told it (table raised-ids)."""

    object: str
    """"" where sources that do not name themselves share this id: then it names nothing."""
    cause: str
    qualifier: str
    identity: str
    alarm_type: str
    source: str
    source_id: str
    offset: int
    """Of the record that told it last."""
    is_clear: bool = False


TABLES = {"raised-ids": (RaisedAlarm, None, "source|its own id, or a record's key -> the alarm that it names, where clears carry nothing else")}


def recalled(view: View, feed: Feed, raw: Raw, told: Told, is_alone: bool = True) -> Told:
    """Remember a raise, and complete a clear by what was remembered; `is_alone`: its record carries no other alarm.

    Raises Refused for a clear that carries only an id which nobody raised.
    """
    names = _names(feed, raw, told, is_alone)
    if not told.cleared:
        for name in names:
            _remember(view, name, told, raw.offset)
        return told
    known = None
    for name in names if feed.clears == "by_id" else ():
        row: RaisedAlarm | None = view.raised_ids.get(name)
        if known is None and row is not None and row.object and not name.startswith(_KEY):
            known = row
    for name in names:
        _mark_clear(view, name, raw.offset)
    if known is not None:
        return msgspec.structs.replace(
            told, object=known.object, cause=known.cause, qualifier=known.qualifier, identity=known.identity, alarm_type=told.alarm_type or known.alarm_type,
            source=told.source or known.source)
    if told.object and told.cause:
        return told
    raise Refused("id", "unknown-id", "Send the alarm before its clear, or name the alarmed object and the probable cause in the clear: nobody raised this id here.")


def deleted(view: View, feed: Feed, raw: Raw, at: Instant) -> Told:
    """Return the clear that a null value means: of the alarm that its key was last used for, else of the one it spells out."""
    row: RaisedAlarm | None = view.raised_ids.get(_key(raw)) if feed.tombstone == "clear" and raw.key else None
    if row is None:
        return from_tombstone(feed, raw.key, at)
    if not at:
        raise Refused("key", "no-time", "A null value tells no time, and this feed has told none before it.")
    _mark_clear(view, _key(raw), raw.offset)
    return Told(
        object=row.object, cause=row.cause, severity=Severity.CLEARED, cleared=True, at=at, raised_at=at, qualifier=row.qualifier, identity=row.identity,
        alarm_type=row.alarm_type, source=row.source, source_id=row.source_id)


def _key(raw: Raw) -> str:
    return _KEY + bounded((raw.key or b"").decode("utf-8", "backslashreplace"))


def _names(feed: Feed, raw: Raw, told: Told, is_alone: bool) -> list[str]:
    """Return under what an alarm is remembered, the most certain first."""
    names = []
    if feed.clears == "by_id" and told.source_id:
        names.append(f"{told.source}|{told.source_id}")
        if not told.cleared or not told.source:
            names.append(f"{_ANY_SOURCE}|{told.source_id}")
    if feed.tombstone == "clear" and raw.key and is_alone:
        names.append(_key(raw))
    return names


def _remember(view: View, name: str, told: Told, offset: int) -> None:
    row: RaisedAlarm | None = view.raised_ids.get(name)
    new = RaisedAlarm(told.object, told.cause, told.qualifier, told.identity, told.alarm_type, told.source, told.source_id, offset)
    if row is None:
        _make_room(view)
    elif name.startswith(_ANY_SOURCE) and row.source != told.source and not row.is_clear:
        new = msgspec.structs.replace(new, object="")
    elif not row.is_clear and msgspec.structs.replace(row, offset=offset) == new:
        return                                    # a repeat writes nothing
    view.raised_ids.put(name, new)


def _mark_clear(view: View, name: str, offset: int) -> None:
    row: RaisedAlarm | None = view.raised_ids.get(name)
    if row is not None and not row.is_clear:
        view.raised_ids.put(name, msgspec.structs.replace(row, is_clear=True, offset=offset))


def _make_room(view: View) -> None:
    kept: Any = view.memo.get("raised-ids")
    if kept is None:
        kept = len(view.raised_ids.prefix("", 2 * MOST))
    if kept >= MOST:
        rows = sorted(view.raised_ids.prefix("", 2 * MOST), key=lambda row: (not row[1].is_clear, row[1].offset, row[0]))
        for name, _ in rows[: MOST // SHARE_DROPPED]:
            view.raised_ids.delete(name)
        kept -= MOST // SHARE_DROPPED
    view.memo["raised-ids"] = kept + 1
