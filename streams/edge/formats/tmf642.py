"""TMF642 Alarm Management v4, with what MEF W148, BMC, Broadcom TCSA and Oracle make of it (domain facts: alarm formats 7).

Two ways in. The plain v4 record, which is nearly all of a feed, is decoded straight into a typed struct of the fields
we need (`_Plain`); whatever that refuses (lists for objects, "true", epoch times, other spellings, an event around the
alarm) is read field by field from a dict. Both end in the same rules for time, state and cause.
"""

from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import (
    LONGEST_WORD,
    decode,
    first,
    folded,
    reference,
    references,
    several,
    shown,
    text,
)
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

_CLEARED, _INDETERMINATE = Severity.CLEARED, Severity.INDETERMINATE
_RAISED_STATES = {"raised", "active", ""}
_TASKS = {"ackalarms": "ackAlarms", "unackalarms": "unAckAlarms", "clearalarms": "clearAlarms", "commentalarms": "commentAlarms", "groupalarms": "groupAlarms", "ungroupalarms": "unGroupAlarms"}
_PLAIN_SEVERITIES = {"critical": Severity.CRITICAL, "major": Severity.MAJOR, "minor": Severity.MINOR, "warning": Severity.WARNING, "indeterminate": _INDETERMINATE, "cleared": _CLEARED}


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


_plain = msgspec.json.Decoder(_Plain).decode


def parse(value: bytes) -> Reading:
    """Read one record: an alarm, an event with one inside, or a list of either."""
    return plain(value) or read(decode(value))


def plain(value: bytes) -> Told | None:
    """Return the alarm of a record that is spelt as the standard says; None for any other, never an error."""
    if len(value) > LONGEST_WORD * 4:
        return None
    try:
        return _told(_plain(value), value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _told(p: _Plain, value: bytes) -> Told | None:
    """Return the alarm of a plain record, None where the tolerant way has to look again."""
    name, qualifier, source = p.alarmedObject.id.strip(), p.specificProblem.strip(), p.sourceSystemId.strip()
    own_id = p.id.strip() if type(p.id) is str else text(p.id)
    severity = _PLAIN_SEVERITIES.get(p.perceivedSeverity)
    raised_at = words.time(p.alarmRaisedTime)
    if severity is None or not name or not raised_at or not source or not own_id:
        return None
    if len(value) > LONGEST_WORD and max(len(name), len(qualifier), len(p.probableCause), len(source), len(own_id)) > LONGEST_WORD:
        return None
    state = p.state
    at = raised_at
    cleared = severity is _CLEARED
    if state == "cleared" or cleared:
        cleared, severity = True, _CLEARED
        at = words.time(p.alarmClearedTime) or words.time(p.alarmChangedTime)
        if not at:
            return None
    elif state != "raised":
        if state != "updated":
            return None
        at = words.time(p.alarmChangedTime) or raised_at
    parents = tuple(r.id for r in p.parentAlarm if r.id) if p.parentAlarm else ()
    if len(parents) > 4:
        return None
    cause = words.probable_cause(p.probableCause)
    if not cause:
        return None
    details = p.alarmDetails
    return Told(
        name, cause, severity, cleared, at, min(raised_at, at), words.alarm_type(p.alarmType), qualifier, source,
        own_id, p.serviceAffecting, p.isRootCause, parents, p.additionalInformation.peer, details[:256] if details else "")


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
        if "alarm" not in inner:
            task = next((name for word, name in _TASKS.items() if word in inner), None)
            if task is None:
                raise Refused("event.alarm", "no-alarm", "Put the alarm into event.alarm.")
            return NoAlarm(f"event:{task}", at=words.time(alarm.get("eventtime") or alarm.get("timeocurred")))
        alarm = folded(inner["alarm"]) | {k: alarm[k] for k in ("eventtime",) if k in alarm}
    elif "alarm" in alarm:
        alarm = folded(alarm["alarm"])
    return _tolerant(alarm, event_type)


def _tolerant(alarm: dict[str, Any], event_type: str) -> Told:
    name = reference(alarm.get("alarmedobject"))
    if not name:
        raise Refused("alarmedObject", "no-object", "Name the alarmed object in alarmedObject.id.")
    kind = text(alarm.get("alarmtype"))
    cause = words.probable_cause(first(alarm, "probablecause") or words.alarm_type(kind) or kind)
    if not cause:
        raise Refused("probableCause", "no-cause", "Give a probableCause, or at least an alarmType.")
    word = text(alarm.get("perceivedseverity"))
    severity = words.severity(word)
    state = words.fold(text(alarm.get("state")))
    # An alarm deleted at its source stands there no longer: for us that is its clear (Oracle's AlarmDeleteEvent).
    cleared = severity is _CLEARED or state == "cleared" or event_type.startswith("clear") or "delete" in event_type
    changed = state not in _RAISED_STATES or "change" in event_type
    raised_at = words.time(alarm.get("alarmraisedtime"))
    at = _told_at(alarm, cleared, changed, raised_at)
    unknown = f"severity told: {word[:64]}" if word and severity is None and not cleared else ""
    info = folded(alarm.get("additionalinformation"))
    return Told(
        object=name, cause=cause, severity=_CLEARED if cleared else severity or _INDETERMINATE, cleared=cleared, at=at,
        raised_at=min(raised_at or at, at), alarm_type=words.alarm_type(kind), qualifier=text(alarm.get("specificproblem")),
        source=first(alarm, "sourcesystemid", "reportingsystemid"), source_id=_own_id(alarm),
        service_affecting=words.boolean(alarm.get("serviceaffecting")), root_hint=words.boolean(alarm.get("isrootcause")),
        parents=references(alarm.get("parentalarm")), peer=reference(info.get("peer")),
        text=shown(unknown, first(alarm, "alarmdetails", "additionaltext")))


def _told_at(alarm: dict[str, Any], cleared: bool, changed: bool, raised_at: Instant) -> Instant:
    """Return when the thing told happened: cleared, else changed, else raised; then what else the record says of time."""
    order = ("alarmclearedtime", "alarmchangedtime") if cleared else ("alarmchangedtime",) if changed else ("alarmraisedtime",)
    at = next((t for name in (*order, "eventtime") if (t := words.time(alarm.get(name)))), 0)
    at = at or raised_at or words.time(alarm.get("alarmreportingtime")) or words.time(alarm.get("alarmchangedtime"))
    if not at:
        raise Refused("alarmRaisedTime", "no-time", "Give alarmRaisedTime as ISO 8601 or epoch time.")
    return at


def _own_id(alarm: dict[str, Any]) -> str:
    """Return the id by which other alarms name this one as parent: BMC sends it only as the end of href."""
    return first(alarm, "id", "alarmid") or text(alarm.get("href")).partition("/alarm/")[2] or first(alarm, "externalalarmid")
