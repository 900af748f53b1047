"""Grafana webhooks: alerting since 8 (Alertmanager's payload with extras), and the legacy one of a rule and its matches.

Since 8: alerts with labels, read as Alertmanager's; what names no object by a label is about the rule's folder, for the
`generatorURL` is Grafana's own. Rules without data come as alertname DatasourceNoData or DatasourceError: they are
about the rule that they name.

Legacy: `state` alerting and no_data raise, ok clears, paused and pending tell nothing. The payload has no time: it
happened when it came. Its alarm is the rule (`ruleId` at the host of `ruleUrl`); the object is named by the rule's
tags, else by the tags that all of its matches share. An ok has no matches: without a tag it clears by the rule's
id, for which its feed has to say `clears: by_id`.
"""

from typing import Any

from streams.domain.alarm import Severity
from streams.edge import words
from streams.edge.formats.alertmanager import (
    host,
    labelled,
    object_of,
    strings,
    with_truncated,
)
from streams.edge.formats.fields import bounded, decode, first, folded, several, severity, shown, text
from streams.edge.formats.told import NoAlarm, Reading, Refused, Told

_RAISES = {"alerting", "nodata"}
_SILENT = {"paused", "pending"}
_MOST_MATCHES = 100


def parse(value: bytes) -> Reading:
    """Read one webhook call."""
    return read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON."""
    if isinstance(doc, list):
        return several(doc, read)
    notification = folded(doc)
    alerts = notification.get("alerts")
    if isinstance(alerts, list):
        return with_truncated(several(alerts, lambda alert: _alert(alert, notification)), notification)
    if legacy(notification):
        return _rule(notification)
    raise Refused("alerts", "no-alarm", "Send the webhook's list of alerts, or a legacy notification with ruleName and state.")


def unified(notification: dict[str, Any]) -> bool:
    """Whether a notification with alerts is Grafana's rather than Alertmanager's; field names folded."""
    alerts = notification.get("alerts")
    if not isinstance(alerts, list):
        return False
    return "orgid" in notification or text(notification.get("version")) == "1" or any("silenceurl" in folded(alert) for alert in alerts[:4])


def legacy(notification: dict[str, Any]) -> bool:
    """Whether it is a notification of a rule as Grafana before 9 sends it; field names folded."""
    return "state" in notification and ("rulename" in notification or "ruleid" in notification)


def _alert(doc: Any, notification: dict[str, Any]) -> Told:
    alert = folded(doc)
    labels = strings(alert.get("labels"))
    notes = folded(alert.get("annotations"))
    source = first(notification, "externalurl", "receiver")
    name = object_of(labels) or first(labels, "rulename", "grafana_folder") or host(first(alert, "generatorurl")) or host(source)
    return labelled(alert, labels, name, first(notes, "summary", "description", "message") or text(alert.get("valuestring")), source)


def _rule(told: dict[str, Any]) -> Told | NoAlarm:
    state, grafana = words.fold(text(told.get("state"))), text(host(first(told, "ruleurl")))
    rule, cause = first(told, "ruleid", "rulename"), words.probable_cause(first(told, "rulename", "title"))
    if state in _SILENT:
        return NoAlarm(f"event:{state}", grafana)
    if state not in _RAISES and state != "ok":
        raise Refused("state", "no-state", "Say alerting, ok, no_data, paused or pending in state.")
    if not (rule and cause):
        raise Refused("ruleName", "no-cause", "Name the rule in ruleName, with its ruleId.")
    tags = strings(told.get("tags"))
    source_id, identity, details = bounded(f"{grafana}/{rule}"), bounded(f"rule {rule}"), first(told, "message", "title")
    cleared = state == "ok"
    name = object_of(tags) or ("" if cleared else _matched(told.get("evalmatches")) or grafana or cause)
    grade, unknown, doubt = severity(tags.get("severity"), cleared, expected=False)
    return Told(
        object=name, cause=cause, severity=Severity.CLEARED if cleared else grade, cleared=cleared, at=0, raised_at=0, source=grafana,
        source_id=source_id, identity=identity, text=shown(unknown, details), doubt=doubt)


def _matched(matches: object) -> str:
    """Return the object that all matches of a rule are about, "" where they are about none or several."""
    each = matches[:_MOST_MATCHES] if isinstance(matches, list) else []
    names = {object_of(strings(folded(match).get("tags"))) for match in each}
    return names.pop() if len(names) == 1 else ""
