"""YANG alarms: RFC 8632 (ietf-alarms) and O-RAN's o-ran-fm, as JSON (RFC 7951) and as XML (RFC 5277).

    alarm-notification, alarm-notif           an alarm; severity `cleared` or is-cleared clears it
    operator-action                           Acted: ack, unack (state none), close, shelve, unshelve
    alarms / alarm-list, active-alarm-list    the whole list (yang_list.py)
    alarm-inventory-changed                   counted as an event, as is any other notification (event:notification)

Around them may stand RESTCONF's, NETCONF's and YANG-Push's notification with its time, and `rpc-reply` with `data`.
An alarm is resource, alarm type and qualifier (RFC 8632), o-ran-fm's fault-source and fault-id; the type without its
module's name, for XML spells that by a prefix of its own choice. A notification does not say whose it is: where an
envelope does (hostname, node-id, sys-name), the object is `host/resource`, else the resource alone, and `namespace`
of the feed has to tell sources apart.
"""

from typing import Any

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats import yang_list
from streams.edge.formats.fields import LONGEST_TEXT, decode, first, refuse_number, several, severity, shown, text
from streams.edge.formats.told import Acted, NoAlarm, Reading, Refused, Told
from streams.edge.formats.yang_names import each, own_alarm_type, plain
from streams.edge.formats.yang_xml import decode_xml, is_xml

_ENVELOPES = ("notification", "envelope", "contents", "rpcreply", "data", "alarms")
_MODULES = ("ietfalarms:", "oranfm:", "ietfrestconf:notif", "ietfnotification:", "ietfypnotification:")
_TIMES = ("eventtime", "time")
_SOURCES = ("hostname", "nodeid", "nodename", "sysname")
_ACTIONS = {"none": "unack", "ack": "ack", "closed": "close", "shelved": "shelve", "unshelved": "unshelve"}
_LISTS = ("alarmlist", "shelvedalarms", "activealarmlist")
ALARMS = ("alarmnotification", "alarmnotif", "operatoraction", *_LISTS)
"""What a record of ours holds, by folded name."""


def parse(value: bytes) -> Reading:
    """Read one record: a JSON object or list, or an XML document."""
    if is_xml(value):
        name, content = decode_xml(value)
        return read({name: content})
    return read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON."""
    if isinstance(doc, list):
        return several(doc, read)
    fields = plain(doc)
    at: Instant = 0
    source = ""
    for _ in range(len(_ENVELOPES)):
        at = next((t for name in _TIMES if (t := words.time(fields.get(name)))), 0) or at
        source = first(fields, *_SOURCES) or source
        inner = next((fields[name] for name in _ENVELOPES if isinstance(fields.get(name), dict)), None)
        if inner is None or not fields.keys().isdisjoint(ALARMS):
            break
        fields = plain(inner)
    return _content(fields, source, at)


def knows(fields: dict[str, Any]) -> bool:
    """Whether a record is YANG's, by its top-level fields as `folded` gives them."""
    if any(name.startswith(_MODULES) for name in fields):
        return True
    for _ in range(len(_ENVELOPES)):
        fields = plain(fields)
        if not fields.keys().isdisjoint(ALARMS):
            return True
        fields = next((fields[name] for name in _ENVELOPES if isinstance(fields.get(name), dict)), {})
    return False


def _content(fields: dict[str, Any], source: str, at: Instant) -> Reading:
    """Read what is in the envelopes; `source` and `at` are theirs."""
    if "alarmnotification" in fields:
        return several(each(fields["alarmnotification"]), lambda told: _alarm(plain(told), source, at))
    if "alarmnotif" in fields:
        return several(each(fields["alarmnotif"]), lambda told: fault(plain(told), source, at))
    if "operatoraction" in fields:
        return several(each(fields["operatoraction"]), lambda told: _acted(plain(told), source, at))
    if not fields.keys().isdisjoint(_LISTS):
        return yang_list.read(fields, source, at, standing, fault)
    if "alarminventorychanged" in fields:
        return NoAlarm("event:alarm-inventory-changed", source, at)
    if not any(isinstance(value, dict | list) for value in fields.values()):
        raise Refused("alarm-notification", "no-alarm", "Send alarm-notification, operator-action or an alarm list of RFC 8632, or alarm-notif of o-ran-fm.")
    return NoAlarm("event:notification", source, at)


def _named(told: dict[str, Any], source: str) -> tuple[str, str, str]:
    """Return object, probable cause and qualifier of what RFC 8632 tells, or refuse it."""
    resource = text(told.get("resource"))
    if not resource:
        raise Refused("resource", "no-object", "Name the alarming resource in resource.")
    kind = text(told.get("alarmtypeid"))
    cause = words.probable_cause(kind.rpartition(":")[2])
    if not cause:
        raise Refused("alarm-type-id", "no-cause", "Give the alarm type in alarm-type-id.")
    return (f"{source}/{resource}" if source else resource), cause, text(told.get("alarmtypequalifier"))


def _alarm(told: dict[str, Any], source: str, when: Instant) -> Told:
    """Read an alarm-notification; `when` counts where it has no time of its own."""
    return rfc8632(told, source, words.time(told.get("time")) or when, 0, words.fold(text(told.get("perceivedseverity"))) == "cleared")


def rfc8632(told: dict[str, Any], source: str, at: Instant, raised_at: Instant, cleared: bool) -> Told:
    """Build the alarm that notification and list have in common."""
    name, cause, qualifier = _named(told, source)
    if not at:
        raise Refused("time", "no-time", "Give time as RFC 3339.")
    if not cleared:
        refuse_number(told.get("perceivedseverity"), "perceived-severity")
    grade, unknown, doubt = severity(told.get("perceivedseverity"), cleared)
    roots = {text(root) for root in each(told.get("rootcauseresource"))} - {""}
    return Told(
        object=name, cause=cause, severity=Severity.CLEARED if cleared else grade, cleared=cleared, at=at, raised_at=min(raised_at or at, at),
        alarm_type=own_alarm_type(told), qualifier=qualifier, source=source, root_hint=text(told.get("resource")) in roots if roots else None,
        text=shown(unknown, text(told.get("alarmtext"))), doubt=doubt)


def standing(told: dict[str, Any], source: str) -> Told:
    """Read an alarm of an alarm list, which says when it was raised and, in its history, when it last changed."""
    cleared = words.boolean(told.get("iscleared")) is True
    raised_at = words.time(told.get("lastraised"))
    changes = [t for change in each(told.get("statuschange")) if (t := words.time(plain(change).get("time")))]
    at = max(changes, default=0) or (words.time(told.get("lastchanged")) if cleared else 0) or raised_at or words.time(told.get("timecreated"))
    return rfc8632(told, source, at, raised_at, cleared)


def fault(told: dict[str, Any], source: str, when: Instant) -> Told:
    """Read an alarm-notif, or one of the active-alarms, of o-ran-fm."""
    origin, number = text(told.get("faultsource")), text(told.get("faultid"))
    if not origin:
        raise Refused("fault-source", "no-object", "Name the faulty part in fault-source.")
    if not number:
        raise Refused("fault-id", "no-cause", "Give the fault's number in fault-id.")
    at = words.time(told.get("eventtime")) or when
    if not at:
        raise Refused("event-time", "no-time", "Give event-time as RFC 3339.")
    cleared = words.boolean(told.get("iscleared")) is True
    grade, unknown, doubt = severity(told.get("faultseverity"), cleared)
    affected = [text(plain(part).get("name")) for part in each(told.get("affectedobjects"))[:16]]
    affects = f"affects {', '.join(filter(None, affected))}" if any(affected) else ""
    return Told(
        object=f"{source}/{origin}" if source else origin, cause=f"fault-{number}", severity=Severity.CLEARED if cleared else grade, cleared=cleared,
        at=at, raised_at=at, source=source, text=shown(unknown, text(told.get("faulttext")), affects), doubt=doubt)


def _acted(told: dict[str, Any], source: str, when: Instant) -> Acted:
    action = _ACTIONS.get(words.fold(text(told.get("state"))))
    if action is None:
        raise Refused("state", "no-state", "Say none, ack, closed, shelved or un-shelved in state.")
    at = words.time(told.get("time")) or when
    if not at:
        raise Refused("time", "no-time", "Give time as RFC 3339.")
    name, cause, qualifier = _named(told, source)
    return Acted(action, name, at, cause, qualifier, source, user=text(told.get("operator")), text=text(told.get("text"))[:LONGEST_TEXT])
