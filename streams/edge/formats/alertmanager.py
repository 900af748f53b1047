"""Prometheus Alertmanager webhooks, versions 3 and 4: a notification of one or more alerts with labels.

The object is the most telling of a few labels; an alert without any is about the Prometheus that evaluates it. The
identity is the whole label set, as in Alertmanager itself: two disks of one host are two alarms.
"""

from hashlib import blake2b
from typing import Any

from streams.domain.alarm import Severity
from streams.edge import words
from streams.edge.formats.fields import decode, first, folded, several, shown, text
from streams.edge.formats.told import Reading, Refused, Told

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
        raise Refused("alerts", "no-alarm", "Send the webhook's list of alerts.")
    return several(alerts, lambda alert: _alert(alert, notification))


def _alert(doc: Any, notification: dict[str, Any]) -> Told:
    alert = folded(doc)
    raw = alert.get("labels")
    labels = {k: v for k, v in raw.items() if isinstance(v, str)} if isinstance(raw, dict) else {}
    notes = folded(alert.get("annotations"))
    cause = words.probable_cause(text(labels.get("alertname")))
    if not cause:
        raise Refused("labels.alertname", "no-cause", "Give each alert the label alertname.")
    name = first(labels, *_OBJECT_LABELS) or _host(first(alert, "generatorurl")) or _host(first(notification, "externalurl"))
    if not name:
        raise Refused("labels.instance", "no-object", "Give each alert a label that names the object, such as instance.")
    word = text(labels.get("severity"))
    severity = words.severity(word)
    cleared = text(alert.get("status")).lower() == "resolved" or severity is Severity.CLEARED
    started = words.time(alert.get("startsat"))
    # A firing alert says year 1 or a guess in the future: only the end of a resolved one is a time.
    at = (words.time(alert.get("endsat")) if cleared else 0) or started
    if not at:
        raise Refused("startsAt", "no-time", "Give startsAt as ISO 8601.")
    made_of = "\n".join(f"{k}={labels[k]}" for k in sorted(labels))
    return Told(
        object=name, cause=cause, severity=Severity.CLEARED if cleared else severity or Severity.INDETERMINATE, cleared=cleared,
        at=at, raised_at=min(started or at, at), source=first(notification, "externalurl", "receiver"), source_id=text(alert.get("fingerprint")),
        identity=f"{cause}#{blake2b(made_of.encode(), digest_size=8).hexdigest()}",
        text=shown(f"severity told: {word[:64]}" if word and severity is None else "", first(notes, "summary", "description", "message")))


def _host(url: str) -> str:
    """Return host and port of a URL."""
    return url.partition("://")[2].partition("/")[0]
