"""3GPP fault supervision notifications (TS 28.532, TS 28.111), alone or inside VES `stndDefined`.

The alarm's identity is its `alarmId`: a clear carries no specific problem. The alarmed object is `objectInstance`, or
`uri` / `href` where that is a distinguished name; inside VES else the event's source.
"""

from typing import Any

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import (
    decode,
    first,
    folded,
    references,
    several,
    shown,
    text,
)
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

_ALARMS = {"notifynewalarm", "notifychangedalarm", "notifychangedalarmgeneral", "notifyclearedalarm"}
_OTHERS = ("notifyAckStateChanged", "notifyCorrelatedNotificationChanged", "notifyComments", "notifyAlarmListRebuilt", "notifyAlarmListRebuiltAlarm", "notifyPotentialFaultyAlarmList", "notifyHeartbeat")
_OTHER_WORDS = {words.fold(n): n for n in _OTHERS}


def parse(value: bytes) -> Reading:
    """Read one notification, or a list."""
    return read(decode(value))


def read(doc: Any) -> Reading:
    if isinstance(doc, list):
        return several(doc, read)
    return notification(doc, source_name="", source="", when=0)


def notification(doc: Any, source_name: str, source: str, when: Instant) -> Told | NoAlarm:
    """Read one; `source_name`, `source` and `when` are what the envelope knows, for what the notification lacks."""
    told = folded(doc)
    if not told:
        raise Refused("data", "not-an-object", "Send the notification's fields as a JSON object.")
    kind = words.fold(text(told.get("notificationtype")))
    if kind in _OTHER_WORDS:
        disposition = "heartbeat" if kind == "notifyheartbeat" else f"event:{_OTHER_WORDS[kind]}"
        return NoAlarm(disposition, source or source_name, words.time(told.get("eventtime")) or when)
    if kind not in _ALARMS:
        raise Refused("notificationType", "no-alarm", "Send a notification type of TS 28.532, such as notifyNewAlarm.")
    # 3GPP lets a record's fields stand in the notification itself or in an alarmRecord beside it.
    told |= {k: v for k, v in folded(told.get("alarmrecord")).items() if k not in told}
    return _alarm(told, kind, source_name, source, when)


def _alarm(told: dict[str, Any], kind: str, source_name: str, source: str, when: Instant) -> Told:
    alarm_id = text(told.get("alarmid"))
    name = text(told.get("objectinstance")) or next((n for f in ("uri", "href") if "=" in (n := text(told.get(f)))), "") or source_name
    if not name:
        raise Refused("objectInstance", "no-object", "Name the alarmed object in objectInstance.")
    type_word = text(told.get("alarmtype"))
    cause = words.probable_cause(text(told.get("probablecause")) or words.alarm_type(type_word) or type_word)
    if not cause:
        raise Refused("probableCause", "no-cause", "Give a probableCause, or at least an alarmType.")
    word = text(told.get("perceivedseverity"))
    severity = words.severity(word)
    cleared = kind == "notifyclearedalarm" or severity is Severity.CLEARED
    raised_at = words.time(told.get("alarmraisedtime"))
    fields = ("alarmclearedtime", "eventtime") if cleared else ("alarmchangedtime", "eventtime") if "changed" in kind else ("eventtime",)
    at = next((t for f in fields if (t := words.time(told.get(f)))), 0) or raised_at or when
    if not at:
        raise Refused("eventTime", "no-time", "Give eventTime as ISO 8601 or epoch time.")
    return Told(
        object=name, cause=cause, severity=Severity.CLEARED if cleared else severity or Severity.INDETERMINATE, cleared=cleared, at=at,
        raised_at=min(raised_at or at, at), alarm_type=words.alarm_type(type_word), qualifier=text(told.get("specificproblem")),
        source=text(told.get("systemdn")) or source, source_id=alarm_id, root_hint=words.boolean(told.get("rootcauseindicator")),
        parents=_correlated(told.get("correlatednotifications")), identity=alarm_id,
        text=shown(f"severity told: {word[:64]}" if word and severity is None and not cleared else "", first(told, "additionaltext")))


def _correlated(value: Any) -> tuple[str, ...]:
    """Return the notification ids of `correlatedNotifications`, in both spellings of 16.4.0."""
    groups = [folded(v) for v in value[:16]] if isinstance(value, list) else []
    return tuple(dict.fromkeys(i for g in groups for f in ("notificationids", "notificationid") if f in g for i in references(g[f])))[:16]
