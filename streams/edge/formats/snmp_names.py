"""Object identifiers of SNMP: the few we know by name, with or without their MIB, as numbers or as words.

    IF-MIB::ifIndex.3   ifIndex.3   .1.3.6.1.2.1.2.2.1.1.3   iso.3.6.1.2.1.2.2.1.1.3   ->   ifindex, instance 3
"""

from functools import lru_cache

_OBJECTS = {
    "1.3.6.1.2.1.1.3": "sysuptime", "1.3.6.1.2.1.1.5": "sysname", "1.3.6.1.6.3.1.1.4.1": "snmptrapoid", "1.3.6.1.6.3.1.1.4.3": "snmptrapenterprise",
    "1.3.6.1.6.3.18.1.3": "snmptrapaddress", "1.3.6.1.6.3.18.1.4": "snmptrapcommunity",
    "1.3.6.1.2.1.2.2.1.1": "ifindex", "1.3.6.1.2.1.2.2.1.2": "ifdescr", "1.3.6.1.2.1.31.1.1.1.1": "ifname",
    "1.3.6.1.2.1.15.3.1.7": "bgppeerremoteaddr", "1.3.6.1.2.1.15.3.1.14": "bgppeerlasterror", "1.3.6.1.2.1.15.3.1.2": "bgppeerstate",
    "1.3.6.1.2.1.131.1.1.1.2": "entstateadmin", "1.3.6.1.2.1.131.1.1.1.5": "entstatealarm",
    "1.3.6.1.2.1.118.1.2.2.1.10": "alarmactiveresourceid", "1.3.6.1.2.1.118.1.2.2.1.11": "alarmactivedescription", "1.3.6.1.2.1.118.1.2.2.1.13": "alarmactivemodelpointer",
    "1.3.6.1.2.1.118.1.3.2.1.8": "alarmclearresourceid", "1.3.6.1.2.1.118.1.3.2.1.10": "alarmclearmodelpointer",
    "1.3.6.1.2.1.121.1.1.1.1.1": "itualarmperceivedseverity", "1.3.6.1.2.1.121.1.1.1.1.2": "itualarmeventtype", "1.3.6.1.2.1.121.1.1.1.1.3": "itualarmprobablecause",
    "1.3.6.1.2.1.121.1.1.1.1.4": "itualarmadditionaltext"}
TRAPS = {
    "1.3.6.1.6.3.1.1.5.1": "coldStart", "1.3.6.1.6.3.1.1.5.2": "warmStart", "1.3.6.1.6.3.1.1.5.3": "linkDown", "1.3.6.1.6.3.1.1.5.4": "linkUp",
    "1.3.6.1.6.3.1.1.5.5": "authenticationFailure", "1.3.6.1.6.3.1.1.5.6": "egpNeighborLoss",
    "1.3.6.1.2.1.15.7.1": "bgpEstablished", "1.3.6.1.2.1.15.7.2": "bgpBackwardTransition",
    "1.3.6.1.2.1.15.0.1": "bgpEstablishedNotification", "1.3.6.1.2.1.15.0.2": "bgpBackwardTransNotification",
    "1.3.6.1.2.1.131.0.1": "entStateOperEnabled", "1.3.6.1.2.1.131.0.2": "entStateOperDisabled",
    "1.3.6.1.2.1.118.0.2": "alarmActiveState", "1.3.6.1.2.1.118.0.3": "alarmClearState"}
"""Notification -> its name: RFC 3418, BGP4-MIB (RFC 4273, and 1657's), ENTITY-STATE-MIB (RFC 4268), ALARM-MIB (RFC 3877)."""
_KNOWN_BELOW = ("1.3.6.1.2.1.", "1.3.6.1.6.3.")
_DEEPEST = 128
"""Sub-identifiers of an OID (RFC 2578 3.5)."""
_ROOTS = {"iso": "1", "enterprises": "1.3.6.1.4.1", "mib-2": "1.3.6.1.2.1", "snmpmodules": "1.3.6.1.6.3", "internet": "1.3.6.1"}


def numbers(name: str) -> str:
    """Return an object identifier as plain numbers, "" for what is none (`.1.3.6`, `iso.3.6`, `SNMPv2-SMI::enterprises.9`)."""
    plain = name[name.rfind("::") + 2:] if "::" in name else name
    head, dot, rest = plain.lstrip(".").partition(".")
    head = _ROOTS.get(head.lower(), head)
    whole = f"{head}{dot}{rest}"
    return whole if "." in whole and len(whole) <= 1024 and whole.replace(".", "").isdecimal() and whole.isascii() else ""


@lru_cache(maxsize=8192)
def named(name: str) -> tuple[str, str]:
    """Return (object in lower case, instance) of a variable; an unknown OID is its own name, without instance."""
    if not (oid := numbers(name)):
        symbol, _, instance = name[name.rfind("::") + 2 if "::" in name else 0:].partition(".")
        symbol = symbol.lower()
        return ("sysuptime" if symbol == "sysuptimeinstance" else symbol), instance
    if oid.startswith(_KNOWN_BELOW):
        known = oid
        for _ in range(_DEEPEST):
            if (found := _OBJECTS.get(known)) is not None:
                return found, oid[len(known) + 1:]
            known = known.rpartition(".")[0]
            if not known:
                break
    return oid, ""


def trap_name(told: str) -> str:
    """Return a notification's name: that of its OID where we know it, else as told, without the MIB's name."""
    oid = numbers(told)
    if oid:
        return TRAPS.get(oid, oid)
    return told[told.rfind("::") + 2:] if "::" in told else told


def common_instance(names: list[str]) -> str:
    """Return the instance that variables of one table have in common, "" where they tell none.

    Of names it is what follows the first dot; of bare OIDs what all end in after they differ: columns of one row.
    """
    oids = [oid.split(".") for name in names if (oid := numbers(name))]
    if len(oids) < len(names):
        instances = {named(name)[1] for name in names if not numbers(name)}
        return instances.pop() if len(instances) == 1 else ""
    if len(oids) < 2 or len({len(oid) for oid in oids}) != 1:
        return ""
    tail = 0
    while tail < len(oids[0]) and len({oid[-1 - tail] for oid in oids}) == 1:
        tail += 1
    return ".".join(oids[0][len(oids[0]) - tail:]) if 0 < tail < len(oids[0]) else ""
