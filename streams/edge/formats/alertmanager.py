"""Prometheus Alertmanager webhooks, versions 3 and 4: a notification of one or more alerts with labels.

The object is the most telling of a few labels; an alert without any is about the Prometheus that evaluates it. The
identity is the whole label set, as in Alertmanager itself: two disks of one host are two alarms. A resolved alert
clears at its end. What `max_alerts` cut off (`truncatedAlerts`) is counted as `event:truncatedAlerts` and told as a doubt.
"""

from hashlib import blake2b
from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.edge import words
from streams.edge.formats.fields import (
    bounded,
    decode,
    first,
    folded,
    ordinal,
    several,
    severity,
    shown,
    text,
)
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

_OBJECT_LABELS = ("resource", "object", "instance", "node", "host", "hostname", "pod", "device", "service", "job")


def parse(value: bytes) -> Reading:
    """Read one webhook call."""
    return read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON: the notification, or a bare list of alerts (the API's form)."""
    if isinstance(doc, list):
        return several(doc, lambda alert: _alert(alert, {}))
    notification = folded(doc)
    alerts = notification.get("alerts")
    if not isinstance(alerts, list):
        if "labels" in notification:
            return _alert(notification, {})
        raise Refused("alerts", "no-alarm", "Send the webhook's list of alerts.")
    return with_truncated(several(alerts, lambda alert: _alert(alert, notification)), notification)


def _alert(doc: Any, notification: dict[str, Any]) -> Told:
    alert = folded(doc)
    labels = strings(alert.get("labels"))
    notes = folded(alert.get("annotations"))
    name = object_of(labels) or host(first(alert, "generatorurl")) or host(first(notification, "externalurl"))
    return labelled(alert, labels, name, first(notes, "summary", "description", "message"), first(notification, "externalurl", "receiver"))


def labelled(alert: dict[str, Any], labels: dict[str, str], name: str, details: str, source: str) -> Told:
    """Read an alert with labels about an object; `alert` has folded field names."""
    cause = words.probable_cause(text(labels.get("alertname")))
    if not cause:
        raise Refused("labels.alertname", "no-cause", "Give each alert the label alertname.")
    if not name:
        raise Refused("labels.instance", "no-object", "Give each alert a label that names the object, such as instance.")
    word = text(labels.get("severity"))
    cleared = text(alert.get("status")).lower() == "resolved" or words.severity(word) is Severity.CLEARED
    started = words.time(alert.get("startsat"))
    # A firing alert says year 1 or a guess in the future: only the end of a resolved one is a time.
    at = (words.time(alert.get("endsat")) if cleared else 0) or started
    if not at:
        raise Refused("startsAt", "no-time", "Give startsAt as ISO 8601.")
    grade, unknown, doubt = severity(word, cleared, expected=False)
    return Told(
        object=name, cause=cause, severity=grade, cleared=cleared, at=at, raised_at=min(started or at, at), source=source,
        source_id=text(alert.get("fingerprint")), identity=bounded(f"{cause}#{digest(labels)}"), text=shown(unknown, details), doubt=doubt)


def with_truncated(reading: Reading, notification: dict[str, Any]) -> Reading:
    """Return the reading with what the notification says was left out of it."""
    cut = ordinal(notification.get("truncatedalerts"))
    if not cut:
        return reading
    parts = reading if isinstance(reading, list) else [reading]
    doubt = f"{cut} more alerts were left out by the sender (max_alerts)"
    told = [msgspec.structs.replace(part, doubt="; ".join(d for d in (part.doubt, doubt) if d)) if isinstance(part, Told) else part for part in parts]
    source = next((part.source for part in parts if isinstance(part, Told)), "")
    return [*told, NoAlarm("event:truncatedAlerts", source)]


def strings(labels: object) -> dict[str, str]:
    """Return the labels that are strings."""
    return {k: v for k, v in labels.items() if isinstance(v, str)} if isinstance(labels, dict) else {}


def object_of(labels: dict[str, Any]) -> str:
    """Return the most telling of the labels that name an object, "" for none."""
    return first(labels, *_OBJECT_LABELS)


def digest(labels: dict[str, str]) -> str:
    """Return what tells label sets apart."""
    return blake2b("\n".join(f"{k}={labels[k]}" for k in sorted(labels)).encode(), digest_size=8).hexdigest()


def host(url: str) -> str:
    """Return host and port of a URL."""
    return url.partition("://")[2].partition("/")[0]
