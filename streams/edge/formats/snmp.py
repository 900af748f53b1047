"""SNMP traps and informs as JSON (which collectors' JSON: snmp_shapes.py; standards: RFC 3418, 3584, 3877, 4268, 4273).

    linkDown, linkUp                          one alarm of agent/interface; linkUp clears it
    bgpBackwardTransition, bgpEstablished     one alarm of the agent, by peer
    entStateOperDisabled, entStateOperEnabled one alarm of agent/entity
    coldStart, warmStart, authenticationFailure, egpNeighborLoss   alarms that nothing clears
    alarmActiveState, alarmClearState         ALARM-MIB: resource and model make the alarm, the model's state its severity
    any other                                 an alarm named for the trap; a variable says its severity by a word, or clears it

The pairs are `_KNOWN`; for a vendor's own pairs declare a mapping (`format: mapped`). Alarms of another trap are told
apart by the row that its variables belong to, where their names or OIDs show one.
"""

from typing import Any, NamedTuple

from streams.domain.alarm import Severity
from streams.edge import words
from streams.edge.formats import iana_itu
from streams.edge.formats.fields import bounded, decode, several, severity, shown
from streams.edge.formats.snmp_names import common_instance, numbers, trap_name
from streams.edge.formats.snmp_shapes import NO_TRAP, Trap, knows, trap_of
from streams.edge.formats.told import Reading, Refused, Told

__all__ = ["knows", "parse", "read"]


class _Known(NamedTuple):
    """What a notification means: its alarm's cause, whether it clears it, X.733 type, severity, the variables that name the part."""

    cause: str
    clears: bool
    kind: str
    severity: Severity
    part: tuple[str, ...] = ()
    qualifier: tuple[str, ...] = ()
    will_clear: bool | None = None


_INTERFACE = ("ifname", "ifdescr", "ifindex")
_PEER = ("bgppeerremoteaddr",)
_COMMUNICATIONS, _EQUIPMENT = "communicationsAlarm", "equipmentAlarm"
_KNOWN = {
    "linkDown": _Known("linkDown", False, _COMMUNICATIONS, Severity.MAJOR, _INTERFACE),
    "linkUp": _Known("linkDown", True, _COMMUNICATIONS, Severity.CLEARED, _INTERFACE),
    "bgpBackwardTransition": _Known("bgpPeerDown", False, _COMMUNICATIONS, Severity.MAJOR, qualifier=_PEER),
    "bgpBackwardTransNotification": _Known("bgpPeerDown", False, _COMMUNICATIONS, Severity.MAJOR, qualifier=_PEER),
    "bgpEstablished": _Known("bgpPeerDown", True, _COMMUNICATIONS, Severity.CLEARED, qualifier=_PEER),
    "bgpEstablishedNotification": _Known("bgpPeerDown", True, _COMMUNICATIONS, Severity.CLEARED, qualifier=_PEER),
    "entStateOperDisabled": _Known("equipmentDisabled", False, _EQUIPMENT, Severity.MAJOR),
    "entStateOperEnabled": _Known("equipmentDisabled", True, _EQUIPMENT, Severity.CLEARED),
    "coldStart": _Known("coldStart", False, _EQUIPMENT, Severity.WARNING, will_clear=False),
    "warmStart": _Known("warmStart", False, _EQUIPMENT, Severity.WARNING, will_clear=False),
    "authenticationFailure": _Known("authenticationFailure", False, "securityServiceOrMechanismViolation", Severity.WARNING, will_clear=False),
    "egpNeighborLoss": _Known("egpNeighborLoss", False, _COMMUNICATIONS, Severity.MAJOR, will_clear=False),
}
_BY_INSTANCE = ("entStateOperDisabled", "entStateOperEnabled")
"""The row is all that names the part."""
_STATES = {"1": "cleared", "2": "indeterminate", "3": "warning", "4": "minor", "5": "major", "6": "critical"}
"""Last number of an alarmModelTable row -> severity, where the model follows ITU-ALARM-MIB."""
_ITU = {"1": "cleared", "2": "indeterminate", "3": "critical", "4": "major", "5": "minor", "6": "warning"}
"""ItuPerceivedSeverity (ITU-ALARM-TC-MIB)."""
_X733 = frozenset(("cleared", "indeterminate", "warning", "minor", "major", "critical"))
_IF_INDEX = "1.3.6.1.2.1.2.2.1.1."


def parse(value: bytes) -> Reading:
    """Read one trap, or a list."""
    return read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON; Telegraf's batch format has its list in `metrics`."""
    if isinstance(doc, dict) and isinstance(doc.get("metrics"), list):
        doc = doc["metrics"]
    if isinstance(doc, list):
        return several(doc, _trap)
    return _trap(doc)


def _trap(doc: Any) -> Told:
    trap = trap_of(doc)
    name = trap_name(trap.oid).strip()
    if trap.name and (not name or numbers(name)):
        name = trap.name
    if not name:
        raise Refused("snmpTrapOID.0", "no-cause", NO_TRAP)
    if name in ("alarmActiveState", "alarmClearState"):
        return _alarm_mib(trap, name == "alarmClearState")
    known = _KNOWN.get(name)
    return _enterprise(trap, bounded(name)) if known is None else _standard(trap, known, name)


def _standard(trap: Trap, known: _Known, name: str) -> Told:
    part = trap.said(*known.part) or (_instance(trap) if known.part or name in _BY_INSTANCE else "")
    qualifier = trap.said(*known.qualifier) or (_instance(trap) if known.qualifier else "")
    return Told(
        object=bounded(f"{trap.agent}/{part}") if part else trap.agent, cause=known.cause, severity=known.severity, cleared=known.clears, at=trap.at, raised_at=trap.at,
        alarm_type=known.kind, qualifier=qualifier, source=trap.agent, text=_text(trap, name), will_clear=known.will_clear)


def _enterprise(trap: Trap, name: str) -> Told:
    word = _severity_word(trap)
    cleared = words.severity(word) is Severity.CLEARED
    grade, unknown, doubt = severity(word, cleared, expected=False)
    told_cause = trap.said("itualarmprobablecause")
    instance = _instance(trap)
    return Told(
        object=trap.agent, cause=iana_itu.cause(_word(told_cause)) or words.probable_cause(name), severity=grade, cleared=cleared, at=trap.at, raised_at=trap.at,
        alarm_type=iana_itu.event_type(_word(trap.said("itualarmeventtype"))), qualifier=instance, source=trap.agent,
        text=shown(unknown, _text(trap, name)), identity=bounded(f"{name} {instance}".strip()) if told_cause else "", doubt=doubt)


def _alarm_mib(trap: Trap, cleared: bool) -> Told:
    """Read ALARM-MIB's notifications: the model's row ends with its state, which a clear has otherwise than its raise."""
    pointer = trap.said("alarmactivemodelpointer", "alarmclearmodelpointer")
    model, _, state = (numbers(pointer) or pointer).rpartition(".")
    resource = trap.said("alarmactiveresourceid", "alarmclearresourceid")
    oid = numbers(resource) or resource
    part = "" if oid == "0.0" else oid.removeprefix(_IF_INDEX)
    cause = trap.said("itualarmprobablecause")
    grade, unknown, doubt = severity(_severity_word(trap) or _STATES.get(state, ""), cleared)
    return Told(
        object=bounded(f"{trap.agent}/{part}") if part else trap.agent, cause=iana_itu.cause(_word(cause)) or bounded(f"alarm model {model[-60:]}"),
        severity=Severity.CLEARED if cleared else grade, cleared=cleared, at=trap.at, raised_at=trap.at,
        alarm_type=iana_itu.event_type(_word(trap.said("itualarmeventtype"))), source=trap.agent, identity=bounded(f"alarm model {model}"),
        text=shown(unknown, trap.said("alarmactivedescription", "itualarmadditionaltext") or _text(trap, "alarmActiveState")), doubt=doubt)


def _severity_word(trap: Trap) -> str:
    """Return the severity that a variable tells: one named for it, else one whose value is a word of X.733."""
    if itu := trap.said("itualarmperceivedseverity"):
        return _ITU.get(itu, _word(itu))
    for _, object_, value in trap.binds:
        if "severity" in object_ and value:
            return _word(value)
    return next((word for _, _, value in trap.binds if len(value) < 20 and (word := _word(value).lower()) in _X733), "")


def _word(value: str) -> str:
    """Return an enumeration's word without its number: `critical(3)`."""
    return value.partition("(")[0].strip() if value.endswith(")") else value


def _instance(trap: Trap) -> str:
    found = common_instance([name for name, _, _ in trap.binds])
    return "" if found == "0" else bounded(found)


def _text(trap: Trap, name: str) -> str:
    return shown(f"{name}: {', '.join([f'{object_[:60]}={value[:60]}' for _, object_, value in trap.binds[:8]])}")
