"""SNMP traps: a pair is one alarm whichever collector wrote it; names, rows, severities."""

import json
from typing import Any

import pytest

from streams.domain.alarm import Severity
from streams.edge.alarm_key import alarm_key
from streams.edge.feed import Feed
from streams.edge.formats import FORMATS, Told, iana_itu
from streams.edge.formats.snmp_names import common_instance, named, numbers, trap_name

FEED = Feed("traps")
AT = "2024-03-01T10:00:00Z"


def told(doc: dict[str, Any]) -> Told:
    reading = FORMATS["auto"](json.dumps(doc).encode())
    assert isinstance(reading, Told)
    assert reading == FORMATS["snmp"](json.dumps(doc).encode())
    return reading


def vector(trap: str, *binds: tuple[str, str]) -> dict[str, Any]:
    return {"source_address": "192.0.2.7:161", "trap_oid": trap, "varbinds": [{"oid": oid, "value": value} for oid, value in binds], "timestamp": AT}


@pytest.mark.parametrize(("raised", "cleared", "bind"), [
    ("1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4", ("1.3.6.1.2.1.2.2.1.1.3", "3")),
    ("1.3.6.1.2.1.15.7.2", "1.3.6.1.2.1.15.7.1", ("1.3.6.1.2.1.15.3.1.7.10.0.0.1", "10.0.0.1")),
    ("1.3.6.1.2.1.15.0.2", "1.3.6.1.2.1.15.0.1", ("1.3.6.1.2.1.15.3.1.7.10.0.0.1", "10.0.0.1")),
    ("IF-MIB::linkDown", "SNMPv2-MIB::linkUp", ("IF-MIB::ifDescr.3", "Gi0/3")),
    ("1.3.6.1.2.1.118.0.2", "1.3.6.1.2.1.118.0.3", ("1.3.6.1.2.1.118.1.2.2.1.13.0.1", "1.3.6.1.2.1.118.1.1.2.1.3.0.12.6"))])
def test_a_pair_is_one_alarm(raised: str, cleared: str, bind: tuple[str, str]) -> None:
    down, up, other = told(vector(raised, bind)), told(vector(cleared, bind)), told(vector(raised, (bind[0], "1.3.6.1.9.9.1")))

    assert (down.cleared, up.cleared) == (False, True)
    assert alarm_key(FEED, down, down.object) == alarm_key(FEED, up, up.object) != alarm_key(FEED, other, other.object)


def test_an_interface_has_one_name_however_it_is_written() -> None:
    names = {told({**vector(trap, (oid, "Gi0/3"))}).object for trap, oid in (
        ("1.3.6.1.6.3.1.1.5.3", ".1.3.6.1.2.1.31.1.1.1.1.3"), ("IF-MIB::linkDown", "IF-MIB::ifName.3"), ("linkDown", "iso.3.6.1.2.1.31.1.1.1.1.3"))}

    assert names == {"192.0.2.7/Gi0/3"}


@pytest.mark.parametrize(("binds", "severity"), [
    ((("1.3.6.1.4.1.9.1.1", "CRITICAL"),), Severity.CRITICAL), ((("ACME-MIB::acmeSeverity.4", "minor(5)"),), Severity.MINOR),
    ((("ACME-MIB::acmeSeverity.4", "cleared(1)"),), Severity.CLEARED), ((("1.3.6.1.2.1.121.1.1.1.1.1.0.12", "4"),), Severity.MAJOR),
    ((("ACME-MIB::acmeText.4", "critical state reached"),), Severity.INDETERMINATE), ((), Severity.INDETERMINATE)])
def test_a_trap_of_a_vendor_says_its_severity_by_a_word(binds: tuple[tuple[str, str], ...], severity: Severity) -> None:
    alarm = told(vector("1.3.6.1.4.1.9999.0.7", *binds))

    assert (alarm.cause, alarm.severity, alarm.cleared) == ("1.3.6.1.4.1.9999.0.7", severity, severity is Severity.CLEARED)


def test_rows_of_a_table_are_told_apart() -> None:
    assert common_instance(["A-MIB::x.3.1", "A-MIB::y.3.1"]) == "3.1"
    assert common_instance([".1.3.6.1.4.1.5.1.2.3.1", ".1.3.6.1.4.1.5.1.4.3.1"]) == "3.1"
    assert common_instance([".1.3.6.1.4.1.5.1.2.3.1"]) == ""
    assert common_instance([]) == ""


def test_names() -> None:
    assert numbers("iso.3.6.1") == numbers(".1.3.6.1") == "1.3.6.1"
    assert numbers("SNMPv2-SMI::enterprises.9.1") == "1.3.6.1.4.1.9.1"
    assert numbers("ifIndex.3") == numbers("") == numbers("1.3.x") == ""
    assert (named("DISMAN-EVENT-MIB::sysUpTimeInstance"), named("1.3.6.1.2.1.1.3.0")) == (("sysuptime", ""), ("sysuptime", "0"))
    assert named("1.3.6.1.2.1.118.1.2.2.1.10.4.97.98") == ("alarmactiveresourceid", "4.97.98")
    assert trap_name("IF-MIB::linkDown") == trap_name(".1.3.6.1.6.3.1.1.5.3") == "linkDown"


@pytest.mark.parametrize(("told_", "cause"), [
    ("8", "lossOfSignal"), ("527", "lossOfSignal"), ("lossOfSignalX733", "lossOfSignal"), ("508", "corruptData"), ("541", "resourceNearingCapacity"),
    ("555", "versionMismatch"), ("82", "protectingResourceFailure"), ("136", "externalPointFailure"), ("166", "versionMismatch"), ("207", "systemResourcesOverload"),
    ("615", "unexpectedInformation"), ("1024", "other"), ("unauthorizedAccessAttempt", "unauthorizedAccessAttempt"), ("9999", "9999")])
def test_probable_causes_of_iana(told_: str, cause: str) -> None:
    assert iana_itu.cause(told_) == cause


def test_event_types_of_iana() -> None:
    assert [iana_itu.event_type(n) for n in ("1", "2", "11", "12", "communicationsAlarm")] == ["", "communicationsAlarm", "timeDomainViolation", "", "communicationsAlarm"]
