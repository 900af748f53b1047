"""VES events that carry no alarm: signs of life, maintenance, registrations; the rest is counted by its domain.

    heartbeat, stndDefined 3GPP-Heartbeat   heartbeat, with its period in seconds
    stateChange to maintenance, inService   Maintained begins, ends; outOfService alone says nothing of work
"""

import ipaddress
from typing import Any

from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import bounded, folded, seconds, text
from streams.edge.formats.told import Maintained, NoAlarm, Refused, Signal

_WORK = {"maintenance": True, "inservice": False}


def read(domain: str, fields: dict[str, Any], name: str, source: str, at: Instant) -> Signal:
    """Read an event of a domain that carries no alarm; `fields` are the event's, folded."""
    if domain == "heartbeat":
        return NoAlarm("heartbeat", source, at, seconds(folded(fields.get("heartbeatfields")).get("heartbeatinterval")))
    if domain == "stateChange":
        return _state_change(folded(fields.get("statechangefields")), name, source, at)
    if domain == "pnfRegistration":
        _check_addresses(folded(fields.get("pnfregistrationfields")))
    return NoAlarm(f"event:{domain}", source, at)


def standard(namespace: str, data: dict[str, Any], source: str, at: Instant) -> Signal:
    """Read a stndDefined event of another namespace than fault supervision."""
    if namespace != "3GPP-Heartbeat":
        return NoAlarm("event:stndDefined", source, at)
    return NoAlarm("heartbeat", text(data.get("systemdn")) or source, at, seconds(data.get("heartbeatntfperiod")))


def port(name: str, interface: str) -> str:
    """Return the name of an interface of a source, the source's where there is none."""
    return bounded(f"{name}/{interface}") if interface else name


def _state_change(change: dict[str, Any], name: str, source: str, at: Instant) -> Signal:
    begins = _WORK.get(words.fold(text(change.get("newstate"))))
    if begins is None:
        return NoAlarm("event:stateChange", source, at)
    if not name:
        raise Refused("sourceName", "no-object", "Name the source in commonEventHeader.sourceName.")
    interface = text(change.get("stateinterface"))
    return Maintained(port(name, interface), begins, at, source)


def _check_addresses(fields: dict[str, Any]) -> None:
    """Refuse a registration whose addresses cannot be ones, as the VES collector does (schema formats ipv4, ipv6)."""
    for field, kind, written in (("oamV4IpAddress", ipaddress.IPv4Address, "RFC 791"), ("oamV6IpAddress", ipaddress.IPv6Address, "RFC 4291")):
        address = fields.get(field.lower())
        try:
            if address is not None:
                kind(address if isinstance(address, str) else "")
        except ValueError:
            raise Refused(f"pnfRegistrationFields.{field}", "bad-address", f"Give {field} as {written} writes it.") from None
