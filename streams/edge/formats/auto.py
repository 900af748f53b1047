"""Recognises each record by itself: a plain TMF642 alarm by trying, the others by their top-level fields."""

from typing import Any

from streams.edge.formats import alertmanager, threegpp, tmf642, ves
from streams.edge.formats.fields import decode, folded, several
from streams.edge.formats.told import Reading


def parse(value: bytes) -> Reading:
    """Read one record of any format we know; what nothing recognises is refused as the TMF642 alarm it fails to be."""
    return tmf642.plain(value) or read(decode(value))


def read(doc: Any) -> Reading:
    """Read decoded JSON."""
    if isinstance(doc, list):
        return several(doc, read)
    fields = folded(doc)
    if "eventlist" in fields or "commoneventheader" in fields or "commoneventheader" in folded(fields.get("event")):
        return ves.read(doc)
    if isinstance(fields.get("alerts"), list):
        return alertmanager.read(doc)
    if "notificationtype" in fields:
        return threegpp.read(doc)
    return tmf642.read(doc)
