"""ONAP VES 7.x events: `fault`, `thresholdCrossingAlert`, 3GPP in `stndDefined`, heartbeats and state changes; other domains carry no alarm.

A clear is severity NORMAL (fault) or action CLEAR (threshold). VES has no alarm id: `eventId` names the event; an
alarm is its source, interface, condition and specific problem. An interface makes the object `source/interface`, so
that it resolves to the source where the interface itself is not declared. Severities are words only: NORMAL is the
one sign of a clear, so a number is refused. Headers of versions before 7 that read alike are read.

As in `tmf642.py` the plain spelling (faults, 3GPP alarms in stndDefined, batches of them) has a typed way of its own.
"""

from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats import threegpp, ves_signals
from streams.edge.formats.fields import (
    LONGEST_RECORD,
    decode,
    first,
    folded,
    ordinal,
    refuse_number,
    several,
    severity,
    shown,
    text,
)
from streams.edge.formats.told import Reading, Refused, Signal, Told
from streams.edge.formats.ves_signals import port

DOMAINS = (
    "fault", "heartbeat", "measurement", "mobileFlow", "notification", "other", "perf3gpp", "pnfRegistration", "sipSignaling",
    "stateChange", "stndDefined", "syslog", "thresholdCrossingAlert", "voiceQuality")
_DOMAIN_WORDS = {words.fold(d): d for d in DOMAINS}
_SEVERITIES = {"CRITICAL": Severity.CRITICAL, "MAJOR": Severity.MAJOR, "MINOR": Severity.MINOR, "WARNING": Severity.WARNING, "NORMAL": Severity.CLEARED}
_FAULTS = "3GPP-FaultSupervision"


class _Header(msgspec.Struct, gc=False):
    domain: str
    sourceName: str
    reportingEntityName: str
    startEpochMicrosec: int | str
    lastEpochMicrosec: int | str
    vesEventListenerVersion: str
    eventName: str = ""
    sequence: int = 0
    stndDefinedNamespace: str = ""


class _Fault(msgspec.Struct, gc=False):
    alarmCondition: str
    eventSeverity: str
    specificProblem: str = ""
    alarmInterfaceA: str = ""
    eventCategory: str = ""


class _Standard(msgspec.Struct, gc=False):
    data: threegpp.Plain


class _Event(msgspec.Struct, gc=False):
    """An event that is spelt as VES 7 says; what we need of it."""

    commonEventHeader: _Header
    faultFields: _Fault | None = None
    stndDefinedFields: _Standard | None = None


class _Record(msgspec.Struct, gc=False):
    event: _Event | None = None
    eventList: tuple[_Event, ...] = ()


_plain = msgspec.json.Decoder(_Record).decode


def parse(value: bytes) -> Reading:
    """Read one record: {"event": ...}, {"eventList": [...]}, or an array of either."""
    return plain(value) or read(decode(value))


def plain(value: bytes) -> Reading | None:
    """Return the alarms of a record that is spelt as the standard says and holds nothing else; None for any other, never an error."""
    if len(value) > LONGEST_RECORD:
        return None
    try:
        record = _plain(value)
        if record.event is not None:
            return None if record.eventList else _plain_event(record.event)
        told = [alarm for event_ in record.eventList if (alarm := _plain_event(event_))]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not told or len(told) < len(record.eventList):
        return None
    return told[0] if len(told) == 1 else list(told)


def _plain_event(event_: _Event) -> Told | None:
    header = event_.commonEventHeader
    name, source = text(header.sourceName), text(header.reportingEntityName)
    if not name or not source or not header.vesEventListenerVersion.startswith("7."):
        return None
    if header.domain == "fault" and event_.faultFields is not None:
        return _plain_fault(header, event_.faultFields, name, source)
    if header.domain == "stndDefined" and header.stndDefinedNamespace.startswith(_FAULTS) and event_.stndDefinedFields is not None:
        return threegpp.plain_told(event_.stndDefinedFields.data, name, source)
    return None


def _plain_fault(header: _Header, fault: _Fault, name: str, source: str) -> Told | None:
    grade, started, last = _SEVERITIES.get(fault.eventSeverity), words.time(header.startEpochMicrosec), words.time(header.lastEpochMicrosec)
    cause = words.probable_cause(text(fault.alarmCondition))
    if grade is None or not last or not cause:
        return None
    interface, named = text(fault.alarmInterfaceA), text(header.eventName)
    return Told(
        port(name, interface), cause, grade, grade is Severity.CLEARED, last, min(started or last, last),
        words.alarm_type(text(fault.eventCategory)), text(fault.specificProblem), source, "", None, None, (), "", named[:256], "", ordinal(header.sequence))


def read(doc: Any) -> Reading:
    """Read decoded JSON, tolerantly."""
    if isinstance(doc, list):
        return several(doc, read)
    fields = folded(doc)
    events = fields.get("eventlist")
    if isinstance(events, list) and (events or "event" not in fields):
        return several(events, event)
    return event(fields.get("event") or fields)


def event(doc: Any) -> Told | Signal:
    """Read one event: its header, then the fields of its domain."""
    fields = folded(doc)
    header = folded(fields.get("commoneventheader"))
    if not header:
        raise Refused("commonEventHeader", "no-header", "Send a VES event with its commonEventHeader.")
    version = text(header.get("veseventlistenerversion"))
    if version and version.partition(".")[0] != "7":
        raise Refused("vesEventListenerVersion", "unsupported-version", f"Send VES 7.x; this event says {version[:16]}.")
    domain = _DOMAIN_WORDS.get(words.fold(text(header.get("domain"))))
    if domain is None:
        raise Refused("domain", "unknown-domain", "Use one of the domains of VES 7.x in commonEventHeader.domain.")
    source = first(header, "reportingentityname", "sourcename")
    last = words.time(header.get("lastepochmicrosec")) or words.time(header.get("startepochmicrosec"))
    if domain == "fault":
        return _fault(folded(fields.get("faultfields")), header, source)
    if domain == "thresholdCrossingAlert":
        return _threshold(folded(fields.get("thresholdcrossingalertfields")), header, source)
    if domain != "stndDefined":
        return ves_signals.read(domain, fields, text(header.get("sourcename")), source, last)
    namespace = text(header.get("stnddefinednamespace"))
    if not namespace:
        raise Refused("stndDefinedNamespace", "no-namespace", "Say in stndDefinedNamespace whose event it is.")
    data = folded(fields.get("stnddefinedfields")).get("data")
    if namespace.startswith(_FAULTS):
        return threegpp.notification(data, text(header.get("sourcename")), source, last)
    return ves_signals.standard(namespace, folded(data), source, last)


def _fault(fault: dict[str, Any], header: dict[str, Any], source: str) -> Told:
    problem, word = text(fault.get("specificproblem")), fault.get("eventseverity")
    cause = words.probable_cause(text(fault.get("alarmcondition")) or problem)
    if not cause:
        raise Refused("faultFields.alarmCondition", "no-cause", "Give faultFields.alarmCondition.")
    cleared = words.severity(text(word)) is Severity.CLEARED
    return _alarm(header, text(fault.get("alarminterfacea")), cause, word, cleared, problem, source, words.alarm_type(text(fault.get("eventcategory"))), text(header.get("eventname")))


def _threshold(alert: dict[str, Any], header: dict[str, Any], source: str) -> Told:
    """A threshold crossing: SET and CONT hold it, CLEAR clears it, another action leaves it to the severity."""
    word, action = alert.get("eventseverity"), words.fold(text(alert.get("alertaction")))
    if not alert:
        raise Refused("thresholdCrossingAlertFields", "no-cause", "Give thresholdCrossingAlertFields.")
    cleared = action == "clear" or (action not in ("set", "cont") and words.severity(text(word)) is Severity.CLEARED)
    return _alarm(
        header, text(alert.get("interfacename")), "thresholdCrossed", word, cleared, text(alert.get("alertdescription")), source,
        words.alarm_type("qualityOfService"), text(alert.get("alertvalue")))


def _alarm(
    header: dict[str, Any], interface: str, cause: str, word: object, cleared: bool, problem: str, source: str, alarm_type: str, details: str) -> Told:
    """Build the alarm that fault and threshold events have in common, or refuse it."""
    name = text(header.get("sourcename"))
    started, last = words.time(header.get("startepochmicrosec")), words.time(header.get("lastepochmicrosec"))
    if not name:
        raise Refused("sourceName", "no-object", "Name the source in commonEventHeader.sourceName.")
    at: Instant = last or started
    if not at:
        raise Refused("startEpochMicrosec", "no-time", "Give the times of commonEventHeader in microseconds since 1970.")
    refuse_number(word, "eventSeverity")
    grade, unknown, doubt = severity(word, cleared)
    return Told(
        object=port(name, interface), cause=cause, severity=grade, cleared=cleared, at=at, raised_at=min(started or at, at),
        alarm_type=alarm_type, qualifier=problem, source=source, text=shown(unknown, details), sequence=ordinal(header.get("sequence")), doubt=doubt)
