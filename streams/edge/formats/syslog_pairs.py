"""Messages of network operating systems that tell the state of something: the up clears what the down raised.

`PAIRS` is the table: a few that nearly every network sends. Others are declared as a mapping of the feed (`mapped`, with
`match`), not added here one by one.
"""

import re
from typing import NamedTuple

from streams.domain.alarm import Severity

_COMMUNICATIONS = "communicationsAlarm"


class Pair(NamedTuple):
    """One kind of message."""

    sign: str
    """Stands in every such message, and in hardly another."""
    form: re.Pattern[str]
    """Groups: `part` (interface or neighbour), `to` and where told `of` (the states after and before), `on` (a neighbour's interface)."""
    cause: str
    good: str
    """The state, in lower case, that clears."""
    severity: Severity = Severity.MAJOR
    of_object: bool = True
    """Whether the part belongs to the object's name (an interface) or to the qualifier (a neighbour)."""


def _pair(sign: str, form: str, cause: str, good: str, severity: Severity = Severity.MAJOR, of_object: bool = True) -> Pair:
    return Pair(sign, re.compile(form, re.IGNORECASE), cause, good, severity, of_object)


PAIRS = (
    # Cisco IOS, IOS XE, IOS XR (PKT_INFRA-), Arista EOS.
    _pair("LINK-", r"LINK-\d-(?:UPDOWN|CHANGED) ?: Interface (?P<part>[^\s,]+), changed state to (?P<to>(?:administratively )?\w+)", "linkDown", "up"),
    _pair("LINEPROTO-", r"LINEPROTO-\d-UPDOWN ?: Line protocol on Interface (?P<part>[^\s,]+), changed state to (?P<to>\w+)", "lineProtocolDown", "up"),
    _pair("ADJCHANGE", r"BGP-\d-ADJCHANGE(?:_DETAIL)? ?: neighbor (?P<part>\S+) .{0,100}?\b(?P<to>Up|Down)\b", "bgpPeerDown", "up", of_object=False),
    _pair("ADJCHG", r"OSPF(?:v3)?-\d-ADJCHG ?: Process \S+, Nbr (?P<part>\S+) on (?P<on>\S+) .{0,60}?from (?P<of>\w+) to (?P<to>\w+)", "ospfNeighborDown", "full", of_object=False),
    # Cisco NX-OS.
    _pair("ETHPORT-", r"ETHPORT-\d-IF_(?:UP|DOWN)\w*: Interface (?P<part>\S+) is (?P<to>up|down)", "linkDown", "up"),
    # Juniper Junos.
    _pair("SNMP_TRAP_LINK_", r"SNMP_TRAP_LINK_(?P<to>UP|DOWN): .{0,200}?ifName (?P<part>[^\s,]+)", "linkDown", "up"),
    _pair("RPD_BGP_NEIGHBOR_STATE_CHANGED", r"BGP peer (?P<part>\S+) .{0,100}?changed (?:state )?from (?P<of>\w+) to (?P<to>\w+)", "bgpPeerDown", "established", of_object=False),
    _pair("RPD_OSPF_NBR", r"OSPF neighbor (?P<part>\S+) .{0,200}?changed from (?P<of>\w+) to (?P<to>\w+)", "ospfNeighborDown", "full", of_object=False),
    # Huawei VRP.
    _pair("IF_STATE", r"IF_STATE\S*:\s*Interface (?P<part>\S+) has turned into (?P<to>UP|DOWN) state", "linkDown", "up"),
)
ALARM_TYPE = _COMMUNICATIONS


class Change(NamedTuple):
    """What such a message says."""

    pair: Pair
    part: str
    cleared: bool
    severity: Severity
    matters: bool
    """False between two states that are both not good: the alarm stands since the good one was left."""


def change(message: str) -> Change | None:
    """Return what a message of the table says, None for any other."""
    for pair in PAIRS:
        if pair.sign in message and (found := pair.form.search(message)):
            groups = found.groupdict()
            to, before = groups["to"].lower(), (groups.get("of") or "").lower()
            cleared = to == pair.good
            grade = Severity.CLEARED if cleared else Severity.WARNING if to.startswith("administratively") else pair.severity
            return Change(pair, groups["part"], cleared, grade, cleared or not before or before == pair.good)
    return None
