"""Syslog messages as collectors write them in JSON, brought into one shape (fields folded: case, `_`, `-` and blanks dropped).

    rsyslog, property jsonmesg     msg, hostname, syslogseverity, syslogfacility, programname, app-name, msgid, timereported, structured-data
    rsyslog, list templates        message, host or sysloghost, severity (text or number), facility, programname, @timestamp or timestamp
    syslog-ng, format-json         MESSAGE, HOST, PRIORITY or LEVEL, FACILITY, PROGRAM, MSGID, ISODATE or DATE, SDATA (nested, or keys .SDATA.id.name)
    Vector, parse_syslog           message, hostname, severity, facility, appname, msgid, timestamp, each SD-ID a field of its own
    Fluent Bit, syslog parsers     message, host, pri, ident, msgid, time, extradata (the structured data as text)
    Telegraf, inputs.syslog        {"name": "syslog", "tags": {hostname, severity, ...}, "fields": {message, severity_code, timestamp, alarm_resource, ...}}
    Logstash, syslog input         message, host, severity, facility, program, timestamp
"""

import re
from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import first, folded, text
from streams.edge.formats.told import Refused

_LEVELS = {
    "emerg": 0, "emergency": 0, "panic": 0, "alert": 1, "crit": 2, "critical": 2, "err": 3, "error": 3, "warning": 4, "warn": 4, "notice": 5,
    "info": 6, "informational": 6, "information": 6, "debug": 7}
_LEVEL_FIELDS = ("syslogseverity", "severitycode", "syslogseveritytext", "severity", "priority", "level", "loglevel", "syslogpriority", "syslogprioritytext", "severitylabel")
_PRI_FIELDS = ("pri", "priority", "syslogpri")
_TIMES = ("timereported", "timestamp", "@timestamp", "isodate", "sisodate", "time", "date", "eventtime", "timegenerated", "risodate", "unixtime")
_HOSTS = ("hostname", "sysloghost", "host", "source", "fromhost", "fromhostip", "hostfrom", "sourceip")
_MESSAGES = ("msg", "message", "content", "log")
_PROGRAMS = ("appname", "programname", "program", "ident", "syslogtag", "tag", "process")
_ELEMENT = re.compile(r'\[([^\s="\]]{1,32})((?:\s+[^\s="\]]{1,64}="(?:[^"\\\]]|\\.)*")*)\s*\]')
_PARAMETER = re.compile(r'([^\s="\]]{1,64})="((?:[^"\\\]]|\\.)*)"')
_PARAMETERS = {"alarm": ("resource", "probablecause", "perceivedseverity", "eventtype", "trendindication", "resourceuri"), "meta": ("sequenceid",)}
"""Parameters of the elements we read, folded (RFC 5674 section 3, RFC 5424 7.3)."""
_NIL = "-"


class Message(msgspec.Struct, frozen=True):
    """One syslog message, whichever collector wrote it."""

    host: str
    level: int
    """0 (emergency) to 7 (debug); -1 where it is not told."""
    program: str
    msgid: str
    body: str
    at: Instant
    alarm: dict[str, Any]
    """The structured data element `alarm` (RFC 5674), parameters folded; empty where there is none."""
    sequence: object
    """sequenceId of the element `meta` (RFC 5424 7.3.1)."""


def knows(fields: dict[str, Any]) -> bool:
    """Whether a record is a syslog message, by its folded top-level fields."""
    if fields.get("name") == "syslog" and "tags" in fields:
        return True
    if "syslogseverity" in fields or "syslogseveritytext" in fields or "syslogfacility" in fields:
        return True
    if "message" not in fields and "msg" not in fields:
        return False
    graded = "severity" in fields or "priority" in fields or "level" in fields or "pri" in fields
    return graded and any(name in fields for name in ("facility", "appname", "programname", "program", "ident", "syslogtag"))


def message_of(doc: Any) -> Message:
    """Bring one record into the one shape; Refused where it is no message or does not say whose."""
    fields = folded(doc)
    if "tags" in fields and isinstance(fields.get("fields"), dict):
        fields = {**{k: v for k, v in fields.items() if k != "name"}, **folded(fields["tags"]), **folded(fields["fields"])}
    body, level = first(fields, *_MESSAGES), _level(fields)
    if not body and level < 0:
        raise Refused("message", "no-message", "Send the syslog message with its severity.")
    where = fields.get("host")
    host = first({**fields, "host": first(folded(where), "hostname", "name", "ip")} if isinstance(where, dict) else fields, *_HOSTS)
    elements = _structured_data(doc, fields)
    return Message(
        "" if host == _NIL else host, level, _said(fields, _PROGRAMS).partition("[")[0].rstrip(":"), _said(fields, ("msgid",)), body.removeprefix("\ufeff"),
        next((at for name in _TIMES if (at := words.time(fields.get(name)))), 0), elements.get("alarm", {}), elements.get("meta", {}).get("sequenceid"))


def _said(fields: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := text(fields.get(name))) not in ("", _NIL)), "")


def _level(fields: dict[str, Any]) -> int:
    """Return 0 to 7, of a number, a name, or the priority that holds the facility too."""
    for name in _LEVEL_FIELDS:
        told = text(fields.get(name)).lower()
        if told in _LEVELS:
            return _LEVELS[told]
        if len(told) == 1 and told in "01234567":
            return int(told)
    for name in _PRI_FIELDS:
        told = text(fields.get(name)).strip("<>")
        if told.isdecimal() and len(told) < 4 and int(told) < 192:
            return int(told) % 8
        if (after := told.rpartition(".")[2].lower()) in _LEVELS:
            return _LEVELS[after]
    return -1


def _structured_data(doc: Any, fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the elements `alarm` and `meta`, wherever the collector puts them, parameters folded."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("structureddata", "sdata", "extradata", "sd"):
        told = fields.get(name)
        if isinstance(told, str) and told.startswith("["):
            for element, parameters in _ELEMENT.findall(told[:16_384]):
                found.setdefault(element, {words.fold(k): re.sub(r"\\(.)", r"\1", v) for k, v in _PARAMETER.findall(parameters)})
        elif isinstance(told, dict):
            for element, parameters in told.items():
                found.setdefault(element, _parameters(parameters))
    for element in ("alarm", "meta"):
        if element not in found:
            found[element] = _parameters(fields.get(element)) or _flat(fields, element)
    return found


def _parameters(told: object) -> dict[str, Any]:
    """Return an element's parameters: an object, or a list of objects with one each."""
    if isinstance(told, list):
        return {k: v for each in told[:32] for k, v in folded(each).items()}
    return folded(told)


def _flat(fields: dict[str, Any], element: str) -> dict[str, Any]:
    """Return parameters that stand flat: `.SDATA.alarm.resource` (syslog-ng), `alarm_resource` (Telegraf)."""
    places = (f".sdata.{element}.", f"sdata.{element}.", element)
    return {name: value for name in _PARAMETERS[element] for place in reversed(places) if (value := fields.get(place + name)) is not None}
