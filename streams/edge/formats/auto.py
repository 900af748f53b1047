"""Recognises each record by itself: the plain spellings by trying, the others by their top-level fields.

`_SHAPES` is the table of formats that are JSON: the first that knows the record reads it. TMF642 is what remains, so
that an alarm with a field missing is refused for that field.
"""

from collections.abc import Callable
from typing import Any

from streams.edge.formats import alertmanager, grafana, snmp, syslog, threegpp, threegpp_list, tmf642, ves, yang
from streams.edge.formats.fields import decode, folded, several
from streams.edge.formats.told import Reading, Refused
from streams.edge.formats.yang_xml import is_xml

Fields = dict[str, Any]
"""The top-level fields of a record, by folded name."""


def _is_ves(fields: Fields) -> bool:
    return "eventlist" in fields or "commoneventheader" in fields or "commoneventheader" in folded(fields.get("event"))


def _is_alertmanager(fields: Fields) -> bool:
    return isinstance(fields.get("alerts"), list) or (isinstance(fields.get("labels"), dict) and "startsat" in fields)


_SHAPES: tuple[tuple[Callable[[Fields], bool], Callable[[Any], Reading]], ...] = (
    (_is_ves, ves.read),
    (lambda fields: grafana.unified(fields) or grafana.legacy(fields), grafana.read),
    (_is_alertmanager, alertmanager.read),
    (lambda fields: "notificationtype" in fields, threegpp.read),
    (yang.knows, yang.read),
    (snmp.knows, snmp.read),
    (syslog.knows, syslog.read),
)

_TMF642 = ("alarmedobject", "probablecause", "perceivedseverity", "alarmraisedtime", "alarmtype", "specificproblem", "alarmid", "alarm", "event", "alarmclearedtime", "@type")


def parse(value: bytes) -> Reading:
    """Read one record of any format we know; what nothing recognises is refused as the TMF642 alarm it fails to be."""
    if is_xml(value):
        return yang.parse(value)
    return tmf642.plain(value) or ves.plain(value) or threegpp.plain(value) or read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON."""
    if isinstance(doc, list):
        return several(doc, read)
    fields = folded(doc)
    for knows, reads in _SHAPES:
        if knows(fields):
            return reads(doc)
    if threegpp_list.records(doc):
        return threegpp.read(doc)
    if fields and fields.keys().isdisjoint(_TMF642):
        raise Refused("record", "unknown-format", "Declare the feed's format: `mapped` reads any JSON as its mapping says; here no field is known.")
    return tmf642.read(doc)
