"""MEF W148 threshold crossing alerts in TMF642's record: which set a clear belongs to.

A stateful crossing is two alarms with two ids: the set, and later a clear with a specific problem of its own whose
`parentAlarm` and `correlatedAlarm` point to the set. Both are one alarm of ours, known by the id of the set: the
clear's `source_id` and both's `identity` are that id, so that the key (object and identity) pairs them without any
memory and in any order. `alarmSpecificAttributes.@type` says what it is; without it a clear is a clear of itself, for
`parentAlarm` then means what TMF642 means. A stateless crossing is never cleared (`will_clear` False).
"""

from typing import Any, NamedTuple

from streams.edge import words
from streams.edge.formats.fields import folded, references, text


class Crossing(NamedTuple):
    """What of an alarm is a threshold crossing's."""

    id: str = ""
    """The set's id, "" for an alarm that is no stateful crossing."""
    will_clear: bool | None = None


_NONE = Crossing()


def crossing(alarm: dict[str, Any], cleared: bool, own_id: str) -> Crossing:
    """Return what pairs the set and the clear; `alarm` has folded field names."""
    if "alarmspecificattributes" not in alarm:
        return _NONE
    kind = words.fold(text(folded(alarm["alarmspecificattributes"]).get("@type")))
    if "tca" not in kind:
        return _NONE
    if "stateless" in kind:
        return Crossing(will_clear=False)
    set_ids = references(alarm.get("parentalarm")) or references(alarm.get("correlatedalarm")) if cleared else ()
    return Crossing(set_ids[0] if set_ids else own_id)
