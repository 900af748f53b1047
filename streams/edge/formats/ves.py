"""ONAP VES 7.x events: `fault`, `thresholdCrossingAlert`, 3GPP alarms in `stndDefined`; the other domains carry no alarm.

A clear is severity NORMAL (fault) or action CLEAR (threshold). VES has no alarm id: `eventId` names the event; an
alarm is its source, interface, condition and specific problem. An interface makes the object `source/interface`, so
that it resolves to the source where the interface itself is not declared.
"""

import ipaddress
from typing import Any

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats import threegpp
from streams.edge.formats.fields import decode, first, folded, several, shown, text
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

DOMAINS = (
    "fault", "heartbeat", "measurement", "mobileFlow", "notification", "other", "perf3gpp", "pnfRegistration", "sipSignaling",
    "stateChange", "stndDefined", "syslog", "thresholdCrossingAlert", "voiceQuality")
_DOMAIN_WORDS = {words.fold(d): d for d in DOMAINS}


def parse(value: bytes) -> Reading:
    """Read one record: {"event": ...}, {"eventList": [...]}, or an array of either."""
    return read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON."""
    if isinstance(doc, list):
        return several(doc, read)
    fields = folded(doc)
    events = fields.get("eventlist")
    if isinstance(events, list):
        return several(events, event)
    return event(fields.get("event") or fields)


def event(doc: Any) -> Told | NoAlarm:
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
    name, source = text(header.get("sourcename")), first(header, "reportingentityname", "sourcename")
    started, last = words.time(header.get("startepochmicrosec")), words.time(header.get("lastepochmicrosec"))
    if domain == "fault":
        return _fault(folded(fields.get("faultfields")), header, name, source, started, last)
    if domain == "thresholdCrossingAlert":
        return _threshold(folded(fields.get("thresholdcrossingalertfields")), name, source, started, last)
    if domain == "stndDefined":
        return _standard_defined(fields, header, name, source, last or started)
    if domain == "pnfRegistration":
        _check_addresses(folded(fields.get("pnfregistrationfields")))
    return NoAlarm("heartbeat" if domain == "heartbeat" else f"event:{domain}", source, last or started)


def _alarm(name: str, interface: str, cause: str, word: str, cleared: bool, started: Instant, last: Instant, **more: Any) -> Told:
    """Build the alarm that fault and threshold events have in common, or refuse it."""
    if not name:
        raise Refused("sourceName", "no-object", "Name the source in commonEventHeader.sourceName.")
    if not (started or last):
        raise Refused("startEpochMicrosec", "no-time", "Give the times of commonEventHeader in microseconds since 1970.")
    severity = words.severity(word)
    if severity is Severity.CLEARED:
        severity = None
    unknown = f"severity told: {word[:64]}" if word and severity is None and not cleared else ""
    at = last or started
    return Told(
        object=f"{name}/{interface}" if interface else name, cause=cause, cleared=cleared, at=at, raised_at=min(started or at, at),
        severity=Severity.CLEARED if cleared else severity or Severity.INDETERMINATE, text=shown(unknown, more.pop("text")), **more)


def _fault(fault: dict[str, Any], header: dict[str, Any], name: str, source: str, started: Instant, last: Instant) -> Told:
    problem, word = text(fault.get("specificproblem")), text(fault.get("eventseverity"))
    cause = words.probable_cause(text(fault.get("alarmcondition")) or problem)
    if not cause:
        raise Refused("faultFields.alarmCondition", "no-cause", "Give faultFields.alarmCondition.")
    return _alarm(
        name, text(fault.get("alarminterfacea")), cause, word, words.severity(word) is Severity.CLEARED, started, last,
        qualifier=problem, source=source, alarm_type=words.alarm_type(text(fault.get("eventcategory"))),
        text=text(header.get("eventname")))


def _threshold(alert: dict[str, Any], name: str, source: str, started: Instant, last: Instant) -> Told:
    """A threshold crossing: SET and CONT hold it, CLEAR clears it, another action leaves it to the severity."""
    word, action = text(alert.get("eventseverity")), words.fold(text(alert.get("alertaction")))
    if not alert:
        raise Refused("thresholdCrossingAlertFields", "no-cause", "Give thresholdCrossingAlertFields.")
    cleared = action == "clear" or (action not in ("set", "cont") and words.severity(word) is Severity.CLEARED)
    return _alarm(
        name, text(alert.get("interfacename")), "thresholdCrossed", word, cleared, started, last,
        qualifier=text(alert.get("alertdescription")), source=source, alarm_type=words.alarm_type("qualityOfService"),
        text=text(alert.get("alertvalue")))


def _standard_defined(fields: dict[str, Any], header: dict[str, Any], name: str, source: str, when: Instant) -> Told | NoAlarm:
    namespace = text(header.get("stnddefinednamespace"))
    if not namespace:
        raise Refused("stndDefinedNamespace", "no-namespace", "Say in stndDefinedNamespace whose event it is.")
    if namespace.startswith("3GPP-FaultSupervision"):
        return threegpp.notification(folded(fields.get("stnddefinedfields")).get("data"), name, source, when)
    return NoAlarm("heartbeat" if namespace == "3GPP-Heartbeat" else "event:stndDefined", source, when)


def _check_addresses(fields: dict[str, Any]) -> None:
    """Refuse a registration whose addresses cannot be ones, as the VES collector does (schema formats ipv4, ipv6)."""
    for field, kind in (("oamV4IpAddress", ipaddress.IPv4Address), ("oamV6IpAddress", ipaddress.IPv6Address)):
        address = fields.get(field.lower())
        try:
            if address is not None:
                kind(address if isinstance(address, str) else "")
        except ValueError:
            raise Refused(f"pnfRegistrationFields.{field}", "bad-address", f"Give {field} as RFC 4291 or RFC 791 writes it.") from None
