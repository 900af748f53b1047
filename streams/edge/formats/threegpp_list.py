"""The alarm list of TS 28.532 (`GET /alarms`): a map of alarmId to AlarmRecord, told as all that stands at its source.

It becomes [ListTold begins, the alarms, ListTold ends]: what the source had told before and is not among them has
ended. An acknowledged alarm is followed by who acknowledged it. The source is the systemDN of the records'
`lastNotificationHeader` where all name the same; a list without one speaks for all sources of its feed. The list tells
no time of its own: the intake takes it as of its arrival, and never before the newest time in it, which is told here.
A map that is empty names no source and is refused. Where a record cannot be read, the list is not whole: the others
are told, but none is taken for missing.
"""

from collections.abc import Callable
from typing import Any

from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats import threegpp_signals
from streams.edge.formats.fields import bounded, folded, text
from streams.edge.formats.told import ListTold, Part, Refused, Told

ReadAlarm = Callable[[dict[str, Any], str, str, str, Instant], Told]
_TIMES = ("alarmclearedtime", "alarmchangedtime", "alarmraisedtime", "acktime")
_SURE = {"perceivedseverity", "probablecause", "alarmtype", "alarmraisedtime"}


def records(doc: Any) -> dict[str, dict[str, Any]]:
    """Return the records of an alarm list by alarmId, {} for what is none: every value must look like an AlarmRecord."""
    if not isinstance(doc, dict) or not doc or not all(isinstance(record, dict) for record in doc.values()):
        return {}
    found = {alarm_id: folded(record) for alarm_id, record in doc.items()}
    return found if all("objectinstance" in record and not _SURE.isdisjoint(record) for record in found.values()) else {}


def told(found: dict[str, dict[str, Any]], read_alarm: ReadAlarm) -> list[Part]:
    """Tell the list; a record that cannot be read is refused by itself."""
    headers = {alarm_id: folded(record.get("lastnotificationheader")) for alarm_id, record in found.items()}
    sources = {text(header.get("systemdn")) for header in headers.values()}
    source = sources.pop() if len(sources) == 1 else ""
    at = max((t for alarm_id, record in found.items() if (t := _newest(record, headers[alarm_id]))), default=0)
    parts: list[Part] = [ListTold("begins", source, at)]
    for alarm_id, record in found.items():
        header = headers[alarm_id]
        fields = {**header, **record, "alarmid": bounded(alarm_id.strip())}
        try:
            parts.append(alarm := read_alarm(fields, "", "", text(header.get("systemdn")), 0))
            if words.fold(text(record.get("ackstate"))) == "acknowledged":
                parts.append(threegpp_signals.acknowledged(fields, alarm.object, alarm.source, alarm.at))
        except Refused as refused:
            parts.append(refused)
    return parts[1:] if any(isinstance(part, Refused) for part in parts) else [*parts, ListTold("ends", source, at)]


def _newest(record: dict[str, Any], header: dict[str, Any]) -> Instant:
    return max((words.time(record.get(name)) for name in _TIMES), default=0) or words.time(header.get("eventtime"))
