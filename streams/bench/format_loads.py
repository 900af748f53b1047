"""Alarms of every format for `spm bench normalize`: plainly spelt, raised and cleared in turn, some of them in an envelope.

To add a format: a function that writes alarm `n` about an object at a time, and a line in `LOADS`.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from streams.bench import load
from streams.domain.instant import iso, moment

Write = Callable[[int, str, int], bytes]
"""(number, object, microseconds since 1970) -> one record."""


class Load(NamedTuple):
    """What is measured under one name."""

    name: str
    format: str
    write: Write
    feed: tuple[tuple[str, Any], ...] = ()
    """What else the feed declares, by name, as in topology.yaml."""
    alarms: int = 1
    """Alarms in a record."""


def tmf642(n: int, obj: str, at: int) -> bytes:
    return load.alarm(n, obj, "lossOfSignal", "major", moment(at), moment(at), cleared=n % 2 == 1)


def tmf642_event(n: int, obj: str, at: int) -> bytes:
    return b'{"eventId":"%d","eventType":"AlarmStateChangeEvent","eventTime":"%s","event":{"alarm":%s}}' % (n, iso(at).encode(), tmf642(n, obj, at))


def ves(n: int, obj: str, at: int) -> bytes:
    return _json({"event": {"commonEventHeader": _header(n, obj, at, "fault"), "faultFields": {
        "faultFieldsVersion": "4.0", "alarmCondition": "lossOfSignal", "eventSourceType": "port", "specificProblem": "uplink", "alarmInterfaceA": "eth1",
        "eventSeverity": "NORMAL" if n % 2 else "MAJOR", "vfStatus": "Active", "alarmAdditionalInformation": {"vendor": "acme", "model": "m1"}}}})


def ves_batch(n: int, obj: str, at: int) -> bytes:
    events = (ves(n * 10 + part, obj, at + part)[len(b'{"event":') : -1] for part in range(10))
    return b'{"eventList":[' + b",".join(events) + b"]}"


def ves_3gpp(n: int, obj: str, at: int) -> bytes:
    header = {**_header(n, obj, at, "stndDefined"), "stndDefinedNamespace": "3GPP-FaultSupervision"}
    return _json({"event": {"commonEventHeader": header, "stndDefinedFields": {
        "schemaReference": "https://forge.3gpp.org/rep/sa5/MnS/raw/Rel-16/OpenAPI/TS28532_FaultMnS.yaml#components/schemas/NotifyNewAlarm",
        "data": _notification(n, obj, at), "stndDefinedFieldsVersion": "1.0"}}})


def threegpp(n: int, obj: str, at: int) -> bytes:
    return _json({**_notification(n, obj, at), "objectInstance": obj})


def alertmanager(n: int, obj: str, at: int) -> bytes:
    return _json(_webhook(n, obj, at))


def grafana(n: int, obj: str, at: int) -> bytes:
    return _json({**_webhook(n, obj, at), "version": "1", "orgId": 1, "title": "[FIRING:1] link", "state": "alerting", "message": "m"})


def yang(n: int, obj: str, at: int) -> bytes:
    return _json({"ietf-restconf:notification": {"eventTime": iso(at), "ietf-alarms:alarm-notification": {
        "resource": obj, "alarm-type-id": "acme-alarms:loss-of-signal", "alarm-type-qualifier": "uplink", "time": iso(at), "perceived-severity": "cleared" if n % 2 else "major",
        "alarm-text": "Loss of signal on the uplink", "ietf-alarms-x733:event-type": "communications-alarm"}}})


def yang_xml(n: int, obj: str, at: int) -> bytes:
    time, severity = iso(at), "cleared" if n % 2 else "major"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"><eventTime>{time}</eventTime>
  <alarm-notification xmlns="urn:ietf:params:xml:ns:yang:ietf-alarms"><resource>{obj}</resource>
    <alarm-type-id xmlns:acme="urn:acme:alarms">acme:loss-of-signal</alarm-type-id><alarm-type-qualifier>uplink</alarm-type-qualifier>
    <time>{time}</time><perceived-severity>{severity}</perceived-severity><alarm-text>Loss of signal on the uplink</alarm-text>
  </alarm-notification>
</notification>""".encode()


def snmp(n: int, obj: str, at: int) -> bytes:
    state, name = (1, "linkUp") if n % 2 else (2, "linkDown")
    return _json({"fields": {"ifIndex.3": 3, "ifAdminStatus.3": 1, "ifOperStatus.3": state, "sysUpTimeInstance": n}, "name": "snmp_trap", "timestamp": at // 1_000_000,
                  "tags": {"mib": "IF-MIB", "name": name, "oid": ".1.3.6.1.6.3.1.1.5.4" if n % 2 else ".1.3.6.1.6.3.1.1.5.3", "source": obj, "version": "2c"}})


def syslog(n: int, obj: str, at: int) -> bytes:
    state = "up" if n % 2 else "down"
    return _json({"hostname": obj, "appname": "ios", "facility": "local7", "severity": "err", "timestamp": iso(at),
                  "message": f"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to {state}"})


def mapped(n: int, obj: str, at: int) -> bytes:
    return _json({"alert": {"id": n, "rule": "Loss of Signal", "level": "P1", "state": "back" if n % 2 else "down", "message": "no light on lane 4"}, "device": {"name": obj, "port": "uplink"},
                  "when": iso(at), "tags": ["optical", "access"], "url": "https://monitor.example/alerts"})


_MAPPING = {
    "object": "$.device.name", "cause": "$.alert.rule", "severity": "$.alert.level", "severities": {"P1": "critical", "P2": "major"}, "clear_when": {"$.alert.state": "back"}, "time": "$.when",
    "qualifier": "$.device.port", "source": "monitor", "source_id": "$.alert.id", "text": "$.alert.message"}


def _header(n: int, obj: str, at: int, domain: str) -> dict[str, Any]:
    return {
        "domain": domain, "eventId": f"e-{n}", "eventName": f"{domain}_bench", "eventType": "bench", "sequence": n, "priority": "High", "reportingEntityName": "bench-ems", "sourceName": obj,
        "startEpochMicrosec": at, "lastEpochMicrosec": at, "nfVendorName": "acme", "timeZoneOffset": "UTC+00:00", "version": "4.1", "vesEventListenerVersion": "7.2.1"}


def _notification(n: int, obj: str, at: int) -> dict[str, Any]:
    cleared = n % 2 == 1
    return {
        "href": "https://ems.example/3GPPManagement", "notificationId": n, "notificationType": "notifyClearedAlarm" if cleared else "notifyNewAlarm", "eventTime": iso(at), "systemDN": "DC=example,EMS=1",
        "alarmId": f"{obj}-1", "alarmType": "COMMUNICATIONS_ALARM", "probableCause": "lossOfSignal", "specificProblem": "uplink", "perceivedSeverity": "CLEARED" if cleared else "MAJOR",
        "backedUpStatus": True, "trendIndication": "MORE_SEVERE", "thresholdInfo": {"observedMeasurement": "rx", "observedValue": 1.5}, "correlatedNotifications": [],
        "proposedRepairActions": "Look at the fibre.", "additionalText": "no light", "additionalInformation": {"vendor": "acme"}, "rootCauseIndicator": False}


def _webhook(n: int, obj: str, at: int) -> dict[str, Any]:
    alert = {
        "status": "resolved" if n % 2 else "firing", "labels": {"alertname": "LinkDown", "instance": obj, "job": "snmp", "severity": "critical", "ifName": "eth1"},
        "annotations": {"summary": "link down", "description": "the link has been down for a minute"}, "startsAt": iso(at), "endsAt": iso(at) if n % 2 else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=ifOperStatus", "fingerprint": f"{n:016x}"}
    return {"version": "4", "groupKey": '{}:{alertname="LinkDown"}', "truncatedAlerts": 0, "status": alert["status"], "receiver": "spm", "groupLabels": {"alertname": "LinkDown"},
            "commonLabels": alert["labels"], "commonAnnotations": {}, "externalURL": "http://alertmanager.example:9093", "alerts": [alert]}


def _json(doc: dict[str, Any]) -> bytes:
    return json.dumps(doc, separators=(",", ":")).encode()


LOADS = (
    Load("tmf642", "tmf642", tmf642), Load("tmf642 in an event", "tmf642", tmf642_event), Load("ves fault", "ves", ves), Load("ves stndDefined", "ves", ves_3gpp),
    Load("ves batch of 10", "ves", ves_batch, alarms=10),
    Load("3gpp", "3gpp", threegpp), Load("alertmanager", "alertmanager", alertmanager), Load("grafana", "grafana", grafana), Load("yang JSON", "yang", yang), Load("yang XML", "yang", yang_xml),
    Load("snmp", "snmp", snmp), Load("syslog", "syslog", syslog), Load("mapped", "mapped", mapped, feed=(("mapping", _MAPPING),)),
    Load("auto: tmf642", "auto", tmf642), Load("auto: ves fault", "auto", ves), Load("auto: 3gpp", "auto", threegpp), Load("auto: alertmanager", "auto", alertmanager))
