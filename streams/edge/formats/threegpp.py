"""3GPP fault supervision (TS 28.532, TS 28.111): notifications, alone or inside VES `stndDefined`, and the alarm list.

The alarm's identity is its `alarmId`: a clear carries no specific problem. The alarmed object is `objectInstance`, or
`uri` / `href` where that holds a distinguished name; inside VES else the event's source. A clear without any object
clears the alarm that had its `alarmId`. What is no alarm is read in `threegpp_signals.py`, the list in `threegpp_list.py`.

- Severities are words only (an enumeration): a number is refused, as the schema does.
- `sequenceNo` orders what is told of one time; else `notificationId`, which X.733 promises to be unique and producers
  count upwards; 0 and words cannot order.
"""

from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats import threegpp_list, threegpp_signals
from streams.edge.formats.fields import (
    LONGEST_RECORD,
    decode,
    first,
    folded,
    ordinal,
    references,
    refuse_number,
    several,
    severity,
    shown,
    text,
)
from streams.edge.formats.told import Reading, Refused, Signal, Told

_ALARMS = {"notifynewalarm", "notifychangedalarm", "notifychangedalarmgeneral", "notifyclearedalarm"}
_CHANGED = {"notifychangedalarm", "notifychangedalarmgeneral"}
_SEVERITIES = {s.name: s for s in Severity}
"""The enumeration's spelling is that of ours."""


class Plain(msgspec.Struct, gc=False):
    """The fields we need of a notification that is spelt as TS 28.532 says; all others are skipped undecoded."""

    notificationType: str
    alarmId: str
    probableCause: str | int
    perceivedSeverity: str
    eventTime: str
    objectInstance: str = ""
    uri: str | int = ""
    href: str | int = ""
    alarmType: str = ""
    specificProblem: str | int = ""
    systemDN: str = ""
    notificationId: int | str = 0
    sequenceNo: int | str = 0
    alarmRaisedTime: str = ""
    alarmClearedTime: str = ""
    alarmChangedTime: str = ""
    additionalText: str = ""
    rootCauseIndicator: bool | None = None
    correlatedNotifications: Any = None
    alarmRecord: Any = None


_plain = msgspec.json.Decoder(Plain).decode


def parse(value: bytes) -> Reading:
    """Read one notification, an alarm list, or a list of either."""
    return plain(value) or read(decode(value))


def plain(value: bytes) -> Told | None:
    """Return the alarm of a notification that is spelt as the standard says; None for any other, never an error."""
    if len(value) > LONGEST_RECORD:
        return None
    try:
        return plain_told(_plain(value), "", "")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def plain_told(p: Plain, source_name: str, source: str) -> Told | None:
    """Return the alarm of a decoded notification, None where the tolerant way has to look again."""
    kind = p.notificationType.lower()
    grade, event_time = _SEVERITIES.get(p.perceivedSeverity), words.time(p.eventTime)
    name, alarm_id = text(p.objectInstance) or _named(p.uri, p.href) or source_name, text(p.alarmId)
    if kind not in _ALARMS or grade is None or not event_time or not name or not alarm_id or p.alarmRecord is not None:
        return None
    cleared = kind == "notifyclearedalarm" or grade is Severity.CLEARED
    raised_at = words.time(p.alarmRaisedTime) if p.alarmRaisedTime else 0
    at = (words.time(p.alarmClearedTime) if cleared else words.time(p.alarmChangedTime) if kind in _CHANGED else 0) or event_time
    kind_word, details = text(p.alarmType), text(p.additionalText)
    alarm_type = words.alarm_type(kind_word)
    cause = words.probable_cause(text(p.probableCause) or alarm_type or kind_word)
    if not cause:
        return None
    return Told(
        name, cause, Severity.CLEARED if cleared else grade, cleared, at, min(raised_at or at, at), alarm_type, text(p.specificProblem),
        text(p.systemDN) or source, alarm_id, None, p.rootCauseIndicator, _correlated(p.correlatedNotifications) if p.correlatedNotifications else (),
        "", details[:256], alarm_id, ordinal(p.sequenceNo) or ordinal(p.notificationId))


def read(doc: Any) -> Reading:
    """Read decoded JSON, tolerantly."""
    if isinstance(doc, list):
        return several(doc, read)
    if records := threegpp_list.records(doc):
        return threegpp_list.told(records, alarm)
    return notification(doc, source_name="", source="", when=0)


def notification(doc: Any, source_name: str, source: str, when: Instant) -> Told | Signal:
    """Read one; `source_name`, `source` and `when` are what the envelope knows, for what the notification lacks."""
    told = folded(doc)
    if not told:
        raise Refused("data", "not-an-object", "Send the notification's fields as a JSON object.")
    kind = words.fold(text(told.get("notificationtype")))
    # 3GPP lets a record's fields stand in the notification itself or in an alarmRecord beside it.
    told |= {k: v for k, v in folded(told.get("alarmrecord")).items() if k not in told}
    if kind in _ALARMS:
        return alarm(told, kind, source_name, source, when)
    signal = threegpp_signals.read(told, kind, object_of(told) or source_name, text(told.get("systemdn")) or source, when)
    if signal is None:
        raise Refused("notificationType", "no-alarm", "Send a notification type of TS 28.532, such as notifyNewAlarm.")
    return signal


def alarm(told: dict[str, Any], kind: str, source_name: str, source: str, when: Instant) -> Told:
    """Read the fields of an alarm; `kind` is the folded notification type, "" for a record of the alarm list."""
    alarm_id, name = text(told.get("alarmid")), object_of(told) or source_name
    type_word, word = text(told.get("alarmtype")), told.get("perceivedseverity")
    cause = words.probable_cause(text(told.get("probablecause")) or words.alarm_type(type_word) or type_word)
    refuse_number(word, "perceivedSeverity")
    cleared = kind == "notifyclearedalarm" or words.severity(text(word)) is Severity.CLEARED
    raised_at = words.time(told.get("alarmraisedtime"))
    fields = ("alarmclearedtime", "eventtime") if cleared else ("alarmchangedtime", "eventtime") if kind in _CHANGED else ("eventtime",) if kind else ("alarmchangedtime", "alarmraisedtime", "eventtime")
    at = next((t for f in fields if (t := words.time(told.get(f)))), 0) or raised_at or when
    if not (name and cause) and cleared and alarm_id and at:
        name = cause = ""
    elif not name:
        raise Refused("objectInstance", "no-object", "Name the alarmed object in objectInstance; a clear may say the alarmId alone.")
    elif not cause:
        raise Refused("probableCause", "no-cause", "Give a probableCause, or at least an alarmType.")
    if not at:
        raise Refused("eventTime", "no-time", "Give eventTime as ISO 8601 or epoch time.")
    grade, unknown, doubt = severity(word, cleared)
    return Told(
        object=name, cause=cause, severity=grade, cleared=cleared, at=at, raised_at=min(raised_at or at, at), alarm_type=words.alarm_type(type_word),
        qualifier=text(told.get("specificproblem")), source=text(told.get("systemdn")) or source, source_id=alarm_id,
        root_hint=words.boolean(told.get("rootcauseindicator")), parents=_correlated(told.get("correlatednotifications")),
        text=shown(unknown, first(told, "additionaltext")), identity=alarm_id,
        sequence=ordinal(told.get("sequenceno")) or ordinal(told.get("notificationid")), doubt=doubt)


def object_of(told: dict[str, Any]) -> str:
    """Return the distinguished name of the object that a notification or a record is about, "" where it says none."""
    return text(told.get("objectinstance")) or _named(told.get("uri"), told.get("href"))


def _named(*references_: object) -> str:
    """Return the name in a `uri` or `href`: a DN as it is, a URI of TS 32.158 (`http://host/.../A=1/B=2`) as the DN it writes."""
    for reference in references_:
        name = text(reference) if isinstance(reference, str) else ""
        if "=" in name:
            return ",".join(part for part in name.split("/") if "=" in part) if "://" in name or name.startswith("/") else name
    return ""


def _correlated(value: Any) -> tuple[str, ...]:
    """Return the notification ids of `correlatedNotifications`, in both spellings of 16.4.0."""
    groups = [folded(v) for v in value[:16]] if isinstance(value, list) else []
    return tuple(dict.fromkeys(i for g in groups for f in ("notificationids", "notificationid") if f in g for i in references(g[f])))[:16]
