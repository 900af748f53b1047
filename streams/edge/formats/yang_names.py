"""How YANG names things: fields with or without their module, lists that may be one, X.733's event types."""

from typing import Any

from streams.edge import words
from streams.edge.formats.fields import text

_LONGEST_FIELD = 80
"""A module's name and a field's."""


def plain(doc: object) -> dict[str, Any]:
    """Return an object's fields by folded name without the module's (RFC 7951 `ietf-alarms:resource`), nulls left out."""
    if not isinstance(doc, dict):
        return {}
    return {words.fold(name[name.rfind(":") + 1:]): value for name, value in doc.items() if value is not None and len(name) <= _LONGEST_FIELD}


def each(value: object) -> list[Any]:
    """Return a list, what stands where XML has but one of them, or nothing."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def own_alarm_type(told: dict[str, Any]) -> str:
    """Return the X.733 alarm type of ietf-alarms-x733 (`event-type`), "" where that module is not used."""
    return words.alarm_type(text(told.get("eventtype")))
