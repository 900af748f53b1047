"""Syslog as JSON (which collectors' JSON: syslog_shapes.py; standards: RFC 5424, 3164, 5674).

    structured data `alarm` (RFC 5674)   resource and probableCause make the alarm, perceivedSeverity its severity or its clear
    a message of `syslog_pairs.PAIRS`    interface and neighbour states: the up clears what the down raised
    severity warning and above           an alarm of the host, named for the message's kind; nothing clears it
    notice, info, debug                  counted as event:syslog

Severities without structured data are those of RFC 5674's table read backwards: alert is critical, critical is major,
error is minor. The object is `host/resource`, so that it resolves to the host where the part is not declared.
"""

import re
from typing import Any

from streams.domain.alarm import Severity
from streams.edge import words
from streams.edge.formats import iana_itu
from streams.edge.formats.fields import bounded, decode, first, ordinal, several, severity, shown, text
from streams.edge.formats.syslog_pairs import ALARM_TYPE, Change, change
from streams.edge.formats.syslog_shapes import Message, knows, message_of
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

__all__ = ["knows", "parse", "read"]

_BY_LEVEL = (Severity.CRITICAL, Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)
"""emergency, alert, critical, error, warning (RFC 5674 section 2)."""
_MNEMONIC = re.compile(r"%(?P<facility>[A-Z][A-Z0-9_]*(?:-[A-Z][A-Z0-9_]*)*)-[0-7]-(?P<name>[A-Z0-9_]+)|^(?P<tag>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+):")
"""Cisco's %FACILITY-SEVERITY-MNEMONIC, Junos' TAG_OF_THE_MESSAGE."""


def parse(value: bytes) -> Reading:
    """Read one message, or a list."""
    return read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON; Telegraf's batch format has its list in `metrics`."""
    if isinstance(doc, dict) and isinstance(doc.get("metrics"), list):
        doc = doc["metrics"]
    if isinstance(doc, list):
        return several(doc, _message)
    return _message(doc)


def _message(doc: Any) -> Told | NoAlarm:
    message = message_of(doc)
    if message.alarm:
        return _alarm(message)
    said = f"{message.program}: {message.body}" if message.program.startswith("%") else message.body
    if message.msgid and message.msgid not in said:
        said = f"{message.msgid}: {said}"
    found = change(said)
    if found is not None and found.matters:
        return _state(message, found)
    if found is not None or not 0 <= message.level < len(_BY_LEVEL):
        return NoAlarm("event:syslog", message.host, message.at)
    return _other(message, said)


def _host(message: Message) -> str:
    if not message.host:
        raise Refused("hostname", "no-object", "Say in hostname which host the message is of.")
    return message.host


def _alarm(message: Message) -> Told:
    """Read RFC 5674's element: resource, probableCause and perceivedSeverity are mandatory there."""
    told, host = message.alarm, _host(message)
    resource = first(told, "resource", "resourceuri")
    if not resource:
        raise Refused("alarm resource", "no-object", "Name the resource under alarm in the SD-PARAM resource (RFC 5674 3.1).")
    cause = iana_itu.cause(text(told.get("probablecause")))
    if not cause:
        raise Refused("alarm probableCause", "no-cause", "Give the SD-PARAM probableCause (RFC 5674 3.2).")
    word = text(told.get("perceivedseverity"))
    cleared = words.severity(word) is Severity.CLEARED
    grade, unknown, doubt = severity(word, cleared)
    trend = text(told.get("trendindication"))
    return Told(
        object=bounded(f"{host}/{resource}"), cause=cause, severity=grade, cleared=cleared, at=message.at, raised_at=message.at,
        alarm_type=iana_itu.event_type(text(told.get("eventtype"))), source=host, sequence=ordinal(message.sequence),
        text=shown(unknown, message.body, f"trend {trend}" if trend else ""), doubt=doubt)


def _state(message: Message, found: Change) -> Told:
    host, pair = _host(message), found.pair
    return Told(
        object=bounded(f"{host}/{found.part}") if pair.of_object else host, cause=pair.cause, severity=found.severity, cleared=found.cleared,
        at=message.at, raised_at=message.at, alarm_type=ALARM_TYPE, qualifier="" if pair.of_object else bounded(found.part), source=host,
        text=shown(message.body), sequence=ordinal(message.sequence))


def _other(message: Message, said: str) -> Told:
    host = _host(message)
    found = _MNEMONIC.search(said)
    kind = (found["tag"] or f"{found['facility']}-{found['name']}") if found else message.msgid or message.program or "syslog"
    return Told(
        object=host, cause=words.probable_cause(kind), severity=_BY_LEVEL[message.level], cleared=False, at=message.at, raised_at=message.at, source=host,
        text=shown(message.body), sequence=ordinal(message.sequence), will_clear=False)
