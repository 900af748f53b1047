"""Syslog: severities in any spelling, messages of network operating systems in pairs, what is no alarm."""

import json
from typing import Any

import pytest

from streams.domain.alarm import Severity
from streams.edge.alarm_key import alarm_key
from streams.edge.feed import Feed
from streams.edge.formats import FORMATS, NoAlarm, Told
from tests.builders import at

FEED = Feed("logs")


def read(**fields: Any) -> Any:
    value = json.dumps({"hostname": "edge-1", "facility": "local7", "timestamp": "2024-03-01T10:00:00Z", **fields}).encode()
    assert FORMATS["auto"](value) == FORMATS["syslog"](value)
    return FORMATS["syslog"](value)


@pytest.mark.parametrize(("down", "up", "obj", "cause", "qualifier"), [
    ("%LINK-3-UPDOWN: Interface Gi0/1, changed state to down", "%LINK-3-UPDOWN: Interface Gi0/1, changed state to up", "edge-1/Gi0/1", "linkDown", ""),
    ("%LINK-5-CHANGED: Interface Gi0/1, changed state to administratively down", "%LINK-3-UPDOWN: Interface Gi0/1, changed state to up", "edge-1/Gi0/1", "linkDown", ""),
    ("%PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/0/0/1, changed state to Down", "%PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/0/0/1, changed state to Up", "edge-1/GigabitEthernet0/0/0/1", "linkDown", ""),
    ("%LINEPROTO-5-UPDOWN: Line protocol on Interface Serial0/0, changed state to down", "%LINEPROTO-5-UPDOWN: Line protocol on Interface Serial0/0, changed state to up", "edge-1/Serial0/0", "lineProtocolDown", ""),
    ("%BGP-5-ADJCHANGE: neighbor 10.0.0.1 vpn vrf A Down BGP Notification sent", "%BGP-5-ADJCHANGE: neighbor 10.0.0.1 vpn vrf A Up", "edge-1", "bgpPeerDown", "10.0.0.1"),
    ("%OSPF-5-ADJCHG: Process 1, Nbr 10.1.1.1 on Gi2 from FULL to DOWN, Neighbor Down: Dead timer expired", "%OSPF-5-ADJCHG: Process 1, Nbr 10.1.1.1 on Gi2 from LOADING to FULL, Loading Done", "edge-1", "ospfNeighborDown", "10.1.1.1"),
    ("%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)", "%ETHPORT-5-IF_UP: Interface Ethernet1/1 is up", "edge-1/Ethernet1/1", "linkDown", ""),
    ("SNMP_TRAP_LINK_DOWN: ifIndex 519, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/1", "SNMP_TRAP_LINK_UP: ifIndex 519, ifAdminStatus up(1), ifOperStatus up(1), ifName ge-0/0/1", "edge-1/ge-0/0/1", "linkDown", ""),
    ("RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 10.0.0.2 (External AS 65002) changed state from Established to Idle (event HoldTime)", "RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 10.0.0.2 (External AS 65002) changed state from OpenConfirm to Established (event RecvKeepAlive)", "edge-1", "bgpPeerDown", "10.0.0.2"),
    ("%%01IFPDT/4/IF_STATE(l)[2]:Interface GigabitEthernet0/0/2 has turned into DOWN state.", "%%01IFPDT/4/IF_STATE(l)[3]:Interface GigabitEthernet0/0/2 has turned into UP state.", "edge-1/GigabitEthernet0/0/2", "linkDown", "")])
def test_the_up_clears_what_the_down_raised_whatever_their_severity(down: str, up: str, obj: str, cause: str, qualifier: str) -> None:
    raised, cleared = read(message=down, severity="notice"), read(message=up, severity=3)

    assert (raised.object, raised.cause, raised.qualifier, raised.cleared) == (obj, cause, qualifier, False)
    assert (cleared.cleared, cleared.severity) == (True, Severity.CLEARED)
    assert alarm_key(FEED, raised, raised.object) == alarm_key(FEED, cleared, cleared.object)


@pytest.mark.parametrize("message", [
    "%OSPF-5-ADJCHG: Process 1, Nbr 10.1.1.1 on Gi2 from EXSTART to DOWN, Neighbor Down: Too many retransmissions",
    "RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 10.0.0.2 changed state from Idle to Active"])
def test_between_two_bad_states_nothing_changes(message: str) -> None:
    assert read(message=message, severity=3) == NoAlarm("event:syslog", "edge-1", at("2024-03-01T10:00:00Z"))


@pytest.mark.parametrize(("fields", "severity"), [
    ({"severity": 0}, Severity.CRITICAL), ({"severity": "alert"}, Severity.CRITICAL), ({"severity": "2"}, Severity.MAJOR), ({"severity": "Error"}, Severity.MINOR),
    ({"severity": "warning"}, Severity.WARNING), ({"pri": "187"}, Severity.MINOR), ({"pri": "<185>"}, Severity.CRITICAL), ({"priority": "err"}, Severity.MINOR),
    ({"priority": 186}, Severity.MAJOR), ({"syslogseverity": "3"}, Severity.MINOR), ({"severity": 5}, None), ({"severity": "info"}, None), ({"pri": 191}, None)])
def test_severities_are_rfc_5674s_backwards_and_from_notice_on_it_is_no_alarm(fields: dict[str, Any], severity: Severity | None) -> None:
    reading = read(message="%SYS-2-MALLOCFAIL: Memory allocation failed", program="x", **fields)

    assert (reading.severity if isinstance(reading, Told) else None) is severity
    if isinstance(reading, Told):
        assert (reading.cause, reading.will_clear, reading.object) == ("SYS-MALLOCFAIL", False, "edge-1")


@pytest.mark.parametrize(("fields", "cause"), [
    ({"message": "CHASSISD_PSU_FAILURE: PSU 1 failed"}, "CHASSISD_PSU_FAILURE"), ({"message": "text", "msgid": "ID47"}, "ID47"), ({"message": "text", "program": "sshd[42]:"}, "sshd"),
    ({"message": "text", "msgid": "-", "program": "-"}, "syslog")])
def test_an_error_is_named_for_its_kind(fields: dict[str, Any], cause: str) -> None:
    assert read(severity=3, **fields).cause == cause


def test_other_fields_that_begin_like_the_element_are_not_the_element() -> None:
    assert isinstance(read(message="m", severity="info", alarmText="x", metaData="y"), NoAlarm)
