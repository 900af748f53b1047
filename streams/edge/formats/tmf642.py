"""TMF642 Alarm Management v4 and v5, with what BMC, Broadcom TCSA, Oracle and ServiceNow make of it; MEF W148 in `mef.py`.

Two ways in. The plain v4 record, which is nearly all of a feed, is decoded straight into a typed struct of the fields
we need (`_Plain`), alone or inside an event; whatever that refuses (lists for objects, "true", epoch times, other
spellings) is read field by field from a dict. Both end in the same rules for time, state and cause.

A clear that names no object, or no cause, clears the alarm that had its id: `Told(object="", source_id=...)`.
No number is a severity here: TMF642 and its profiles know words only, and `state` tells a clear.
"""

from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats import mef
from streams.edge.formats.fields import (
    LONGEST_WORD,
    decode,
    first,
    folded,
    reference,
    references,
    several,
    severity,
    shown,
    text,
)
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

_CLEARED, _INDETERMINATE = Severity.CLEARED, Severity.INDETERMINATE
_RAISED_STATES = {"raised", "active", ""}
_TASKS = {"ackalarms": "ackAlarms", "unackalarms": "unAckAlarms", "clearalarms": "clearAlarms", "commentalarms": "commentAlarms", "groupalarms": "groupAlarms", "ungroupalarms": "unGroupAlarms"}
_INSIDE = ("alarm", "thresholdcrossingalarm", "resourcealarm")
"""What the alarm in an event is called: TMF642, Oracle's threshold events, v5's subclass."""
_PLAIN_SEVERITIES = {"critical": Severity.CRITICAL, "major": Severity.MAJOR, "minor": Severity.MINOR, "warning": Severity.WARNING, "indeterminate": _INDETERMINATE, "cleared": _CLEARED}
_ALARM_FIELDS = ("alarmedobject", "probablecause", "alarmtype", "perceivedseverity", "alarmraisedtime")
"""A record with none of these, but with the type of something else, is that."""


class _Ref(msgspec.Struct, gc=False):
    id: str = ""


class _Info(msgspec.Struct, frozen=True, gc=False):
    peer: str = ""


_NOTHING = _Info()


class _Plain(msgspec.Struct, gc=False):
    """The fields we need of a v4 alarm that is spelt as the standard says; all others are skipped undecoded."""

    alarmedObject: _Ref
    alarmRaisedTime: str
    perceivedSeverity: str
    probableCause: str
    id: str | int = ""
    state: str = "raised"
    alarmType: str = ""
    specificProblem: str = ""
    sourceSystemId: str = ""
    alarmChangedTime: str = ""
    alarmClearedTime: str = ""
    alarmDetails: str = ""
    serviceAffecting: bool | None = None
    isRootCause: bool | None = None
    parentAlarm: tuple[_Ref, ...] = ()
    additionalInformation: _Info = _NOTHING
    alarmSpecificAttributes: Any = None


class _Payload(msgspec.Struct, gc=False):
    alarm: _Plain


class _PlainEvent(msgspec.Struct, gc=False, rename={"kind": "@type"}):
    """An alarm inside the event that tells it; Oracle names the event in `@type`."""

    event: _Payload
    eventType: str = ""
    kind: str = ""


_plain = msgspec.json.Decoder(_Plain).decode
_plain_event = msgspec.json.Decoder(_PlainEvent).decode
_PLAIN_EVENTS = {"alarmcreateevent": False, "alarmstatechangeevent": True, "alarmattributevaluechangeevent": True}
"""Folded event type -> whether it tells a change."""


def parse(value: bytes) -> Reading:
    """Read one record: an alarm, an event with one inside, or a list of either."""
    return plain(value) or read(decode(value))


def plain(value: bytes) -> Told | None:
    """Return the alarm of a record that is spelt as the standard says; None for any other, never an error."""
    if len(value) > LONGEST_WORD * 4:
        return None
    try:
        if b'"event"' in value:
            outer = _plain_event(value)
            change = _PLAIN_EVENTS.get(words.fold(text(outer.eventType) or text(outer.kind)))
            return None if change is None else _told(outer.event.alarm, value, change)
        return _told(_plain(value), value, None)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _told(p: _Plain, value: bytes, change: bool | None) -> Told | None:
    """Return the alarm of a plain record, None where the tolerant way has to look again; `change` is None outside of events."""
    name, qualifier, source = p.alarmedObject.id.strip(), p.specificProblem.strip(), p.sourceSystemId.strip()
    own_id = p.id.strip() if type(p.id) is str else text(p.id)
    grade = _PLAIN_SEVERITIES.get(p.perceivedSeverity)
    raised_at = words.time(p.alarmRaisedTime)
    if grade is None or not name or not raised_at or not source or not own_id or p.alarmSpecificAttributes is not None:
        return None
    if len(value) > LONGEST_WORD and max(len(name), len(qualifier), len(p.probableCause), len(source), len(own_id)) > LONGEST_WORD:
        return None
    state = p.state
    at = raised_at
    cleared = grade is _CLEARED
    if state == "cleared" or cleared:
        cleared, grade = True, _CLEARED
        at = words.time(p.alarmClearedTime) or words.time(p.alarmChangedTime)
        if not at:
            return None
    elif state != "raised" or change:
        if state not in ("updated", "raised"):
            return None
        at = words.time(p.alarmChangedTime)
        if not at:
            if change is not None:
                return None  # the event's own time counts
            at = raised_at
    if len(p.parentAlarm) > 4:
        return None
    parents = tuple(dict.fromkeys(text(r.id) for r in p.parentAlarm if r.id.strip())) if p.parentAlarm else ()
    cause = words.probable_cause(p.probableCause)
    if not cause:
        return None
    details = p.alarmDetails
    return Told(
        name, cause, grade, cleared, at, min(raised_at, at), words.alarm_type(p.alarmType), qualifier, source,
        own_id, p.serviceAffecting, p.isRootCause, parents, text(p.additionalInformation.peer) if p.additionalInformation is not _NOTHING else "", details.strip()[:256] if details else "")


def read(doc: Any) -> Reading:
    """Read decoded JSON, tolerantly."""
    if isinstance(doc, list):
        return several(doc, read)
    alarm = folded(doc)
    if not alarm:
        raise Refused("record", "not-an-object", "Send one JSON object a record, with the alarm's fields.")
    event_type = ""
    if "event" in alarm:
        event_type = words.fold(first(alarm, "eventtype", "@type"))
        inner = folded(alarm["event"])
        found = next((name for name in _INSIDE if name in inner), None)
        if found is None:
            task = next((name for word, name in _TASKS.items() if word in inner), None)
            if task is None:
                raise Refused("event.alarm", "no-alarm", "Put the alarm into event.alarm.")
            return NoAlarm(f"event:{task}", at=_event_time(alarm))
        alarm = {"eventtime": _event_time(alarm)} | folded(inner[found])
    elif "alarm" in alarm:
        alarm = folded(alarm["alarm"])
    elif "@type" in alarm and "alarm" not in words.fold(text(alarm["@type"])) and not any(field in alarm for field in _ALARM_FIELDS):
        raise Refused("@type", "no-alarm", f"Send alarms; this is a record of type {text(alarm['@type'])[:64]!r}.")
    return _tolerant(alarm, event_type)


def _event_time(event: dict[str, Any]) -> Instant:
    """Return an event's time; TM Forum's own files spell the field after it both ways."""
    return next((t for name in ("eventtime", "timeocurred", "timeoccurred") if (t := words.time(event.get(name)))), 0)


def _tolerant(alarm: dict[str, Any], event_type: str) -> Told:
    kind = text(alarm.get("alarmtype"))
    state = words.fold(text(alarm.get("state")))
    # An alarm deleted at its source stands there no longer: for us that is its clear (Oracle's AlarmDeleteEvent).
    deleted = "delete" in event_type
    cleared = deleted or state == "cleared" or event_type.startswith("clear") or words.severity(text(alarm.get("perceivedseverity"))) is _CLEARED
    changed = state not in _RAISED_STATES or "change" in event_type
    name, own_id, source = reference(alarm.get("alarmedobject")), _own_id(alarm), first(alarm, "sourcesystemid", "reportingsystemid")
    cause = words.probable_cause(first(alarm, "probablecause") or words.alarm_type(kind) or kind)
    raised_at = words.time(alarm.get("alarmraisedtime"))
    if not (name and cause):
        if cleared and own_id:
            at = _told_at(alarm, cleared, deleted, changed, raised_at)
            return Told("", "", _CLEARED, True, at, min(raised_at or at, at), source=source, source_id=own_id, text=shown(first(alarm, "alarmdetails")))
        if not name:
            raise Refused("alarmedObject", "no-object", "Name the alarmed object in alarmedObject.id; a clear may say the alarm's id instead.")
        raise Refused("probableCause", "no-cause", "Give a probableCause, or at least an alarmType.")
    at = _told_at(alarm, cleared, deleted, changed, raised_at)
    grade, unknown, doubt = severity(alarm.get("perceivedseverity"), cleared)
    pair = mef.crossing(alarm, cleared, own_id)
    return Told(
        object=name, cause=cause, severity=grade, cleared=cleared, at=at, raised_at=min(raised_at or at, at), alarm_type=words.alarm_type(kind),
        qualifier=text(alarm.get("specificproblem")), source=source, source_id=pair.id or own_id,
        service_affecting=words.boolean(alarm.get("serviceaffecting")), root_hint=words.boolean(alarm.get("isrootcause")),
        parents=tuple(p for p in references(alarm.get("parentalarm")) if p != pair.id), peer=reference(folded(alarm.get("additionalinformation")).get("peer")),
        text=shown(unknown, first(alarm, "alarmdetails", "additionaltext")), identity=pair.id, will_clear=pair.will_clear, doubt=doubt)


def _told_at(alarm: dict[str, Any], cleared: bool, deleted: bool, changed: bool, raised_at: Instant) -> Instant:
    """Return when the thing told happened: cleared, else changed, else raised; then what else the record says of time."""
    if deleted:
        order: tuple[str, ...] = ("alarmclearedtime", "eventtime", "alarmchangedtime")
    else:
        order = ("alarmclearedtime", "alarmchangedtime", "eventtime") if cleared else ("alarmchangedtime", "eventtime") if changed else ("alarmraisedtime", "eventtime")
    at = next((t for name in order if (t := words.time(alarm.get(name)))), 0)
    at = at or raised_at or words.time(alarm.get("alarmreportingtime")) or words.time(alarm.get("alarmchangedtime"))
    if not at:
        raise Refused("alarmRaisedTime", "no-time", "Give alarmRaisedTime as ISO 8601 or epoch time.")
    return at


def _own_id(alarm: dict[str, Any]) -> str:
    """Return the id by which other alarms name this one as parent: BMC sends it only as the end of href."""
    return first(alarm, "id", "alarmid") or text(alarm.get("href")).partition("/alarm/")[2] or first(alarm, "externalalarmid")
