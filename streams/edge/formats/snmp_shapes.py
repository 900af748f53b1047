"""SNMP traps as collectors write them in JSON, brought into one shape.

    Telegraf `snmp_trap`, JSON serialiser   {"name": "snmp_trap", "tags": {"source", "name", "mib", "oid"}, "fields": {variable: value}, "timestamp"}
    Logstash `snmptrap` (and SNMP integration 4)   `message` a JSON text {"agent_addr", "generic_trap", "enterprise", "variable_bindings"} beside `host`
                                            and `@timestamp`; and the variables as top-level fields (SNMPv2-MIB::snmpTrapOID.0)
    Vector `snmp_trap`                      {"source_address", "trap_oid", "varbinds": [{"oid", "value"}], "generic_trap", "enterprise_oid", "timestamp"}
    snmptrapd through a JSON handler (Tornado's, NetSNMP::TrapReceiver)   {"PDUInfo": {"receivedfrom"}, "VarBinds": {name: value} or [{"oid", "type", "value"}]}
    ONAP DCAE snmptrap                      {"agent address", "agent name", "notify OID", "time received", "varbinds": [{"varbind_oid", "varbind_value"}]}
    OpenNMS trapd's TrapDTO                 {"agentAddress", "trapIdentity": {"trapOID", "generic", "specific", "enterpriseId"}, "snmpResults", "creationTime"}

fluent-plugin-snmptrap writes Ruby's own notation of an object; there is nothing to read in it.
"""

from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import decode, first, folded, text
from streams.edge.formats.snmp_names import named, numbers
from streams.edge.formats.told import Refused

MOST_BINDS = 256
NO_TRAP = "Say which trap it is: snmpTrapOID.0, or generic and specific trap with the enterprise."
_LISTS = ("varbinds", "variablebindings", "snmpresults", "results", "variables", "fields")
_TIMES = ("@timestamp", "timestamp", "timereceived", "creationtime", "receivedat", "traptime", "time")
_AGENTS = ("agentname", "agentaddr", "agentaddress", "trapaddress")
_SENDERS = ("source", "sourceaddress", "sourceip", "host", "hostname", "fromaddress")
_OIDS = ("trapoid", "notifyoid", "snmptrapoid", "oid")
_ABOUT_ITSELF = {"sysuptime", "snmptrapoid", "snmptrapcommunity", "snmptrapenterprise", "snmptrapaddress"}
_NAMELESS = {"", "0.0.0.0", "::"}
_EARLIEST = 946_684_800_000_000
"""Before 2000 a `timestamp` is sysUpTime (Logstash's is), or a clock that was never set."""


class Trap(msgspec.Struct, frozen=True):
    """One notification, whichever collector wrote it."""

    agent: str
    oid: str
    """As told: an OID in numbers, or a name."""
    name: str
    """The name that the collector's MIBs gave it, else ""."""
    binds: list[tuple[str, str, str]]
    """(variable as told, the object it is in lower case, its value as text), without what is about the trap itself."""
    values: dict[str, str]
    """Object in lower case -> value of its first variable."""
    at: Instant

    def said(self, *objects: str) -> str:
        """Return the value of the first of these objects that is there and says something."""
        return next((value for name in objects if (value := self.values.get(name, ""))), "")


def knows(fields: dict[str, Any]) -> bool:
    """Whether a record is a trap, by its folded top-level fields."""
    if "trapoid" in fields or "notifyoid" in fields or "trapidentity" in fields or "variablebindings" in fields or "generictrap" in fields:
        return True
    if fields.get("name") == "snmp_trap" or ("pduinfo" in fields and "varbinds" in fields):
        return True
    if any(name.endswith(("snmptrapoid.0", "1.3.6.1.6.3.1.1.4.1.0")) or name == "snmptrapoid" for name in fields):
        return True
    if isinstance(metrics := fields.get("metrics"), list):
        return bool(metrics) and folded(metrics[0]).get("name") == "snmp_trap"
    if isinstance(binds := fields.get("varbinds"), list):
        return any(named(_bind(folded(each))[0])[0] == "snmptrapoid" for each in binds[:4])
    message = fields.get("message")
    return isinstance(message, str) and message.startswith("{") and '"variable_bindings"' in message[:4096]


def trap_of(doc: Any) -> Trap:
    """Bring one record into the one shape; Refused where it is no trap or does not say whose."""
    fields = folded(doc)
    if not fields:
        raise Refused("record", "not-an-object", "Send one JSON object a trap.")
    at = next((t for name in _TIMES if (t := words.time(fields.get(name))) > _EARLIEST), 0)
    inner = _inner(fields)
    tags, identity, pdu = folded(fields.get("tags")), folded(inner.get("trapidentity")), folded(fields.get("pduinfo"))
    binds = [(name, named(name)[0], value) for name, value in _binds(doc, inner)]
    said = {object_: value for _, object_, value in reversed(binds)}
    agent = _agent(said, inner, fields, tags, pdu)
    oid = said.get("snmptrapoid") or first(tags, "oid") or first(inner, *_OIDS) or text(identity.get("trapoid")) or _from_v1({**inner, **identity})
    if not oid:
        raise Refused("snmpTrapOID.0", "no-cause", NO_TRAP)
    if not agent:
        raise Refused("agent_addr", "no-object", "Say which agent sent the trap.")
    kept = [bind for bind in binds if bind[1] not in _ABOUT_ITSELF]
    return Trap(agent, oid, first(tags, "name") or first(inner, "trapname"), kept, said, at)


def _inner(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the trap's own fields: Logstash has them in the text `message`."""
    message = fields.get("message")
    if not isinstance(message, str) or not message.startswith("{"):
        return fields
    try:
        return {**fields, **folded(decode(message.encode("utf-8", "surrogatepass")))}
    except Refused:
        return fields


def _agent(said: dict[str, str], inner: dict[str, Any], fields: dict[str, Any], tags: dict[str, Any], pdu: dict[str, Any]) -> str:
    """Return who it is about: what a proxy was told, the v1 agent, else who sent it; ports and UDP's brackets dropped."""
    received = text(pdu.get("receivedfrom"))
    if "[" in received:
        received = received.partition("[")[2].partition("]")[0]
    host = fields.get("host")
    senders = (first(tags, "source"), *(text(inner.get(name)) for name in _SENDERS if name != "host"), first(folded(host), "ip", "name"), text(host), received)
    each = (said.get("sysname", ""), said.get("snmptrapaddress", ""), *(text(inner.get(name)) for name in _AGENTS), *senders)
    return next((agent for told in each if (agent := _without_port(told)) not in _NAMELESS), "")


def _without_port(told: str) -> str:
    if told.startswith("["):
        return told[1:].partition("]")[0]
    host, colon, port = told.rpartition(":")
    return host if colon and ":" not in host and port.isdecimal() else told


def _from_v1(fields: dict[str, Any]) -> str:
    """Return the snmpTrapOID of an SNMPv1 trap (RFC 3584 3.1)."""
    generic, specific = text(fields.get("generictrap")) or text(fields.get("generic")), text(fields.get("specifictrap")) or text(fields.get("specific"))
    if generic.isdecimal() and int(generic) < 6:
        return f"1.3.6.1.6.3.1.1.5.{int(generic) + 1}"
    enterprise = numbers(first(fields, "enterprise", "enterpriseoid", "enterpriseid"))
    return f"{enterprise}.0.{specific}" if enterprise and specific.isdecimal() else ""


def _binds(doc: Any, inner: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the variables in order: of a list, of an object, or those that stand among the record's own fields."""
    for name in _LISTS:
        listed = inner.get(name)
        if isinstance(listed, dict) and listed:
            return [(variable, _value(value)) for variable, value in list(listed.items())[:MOST_BINDS]]
        if isinstance(listed, list) and listed:
            return [bind for each in listed[:MOST_BINDS] if (bind := _bind(folded(each)))[0]]
    return [(name, _value(value)) for name, value in list(doc.items())[:MOST_BINDS] if "::" in name or name.lower().startswith("snmptrapoid") or numbers(name)]


def _bind(each: dict[str, Any]) -> tuple[str, str]:
    base, instance = text(each.get("base")), text(each.get("instance"))
    name = first(each, "oid", "varbindoid", "name") or (f"{base}.{instance.lstrip('.')}" if base and instance else base)
    return name, _value(each.get("value", each.get("varbindvalue")))


def _value(value: Any) -> str:
    """Return a variable's value as text: OpenNMS wraps it, MIBs put an enumeration's number behind its name."""
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, float):
        return f"{value:.15g}"
    return text(value)
