"""Any JSON, read as a feed declares it in topology.yaml (`format: mapped`); ready-made mappings are in deploy/mappings.

A mapping says where each part of an alarm stands (`streams/edge/mapping.py`) and is compiled once per feed. A record is
one alarm, a list of them, or holds them at `each`. What `only_when` does not name is counted as event:other.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from schemas.json_paths import Every, json_path
from schemas.topology_mapping import ARRIVAL
from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import LONGEST_TEXT, MOST_PARENTS, bounded, decode, ordinal, several, severity, shown
from streams.edge.formats.mapped_paths import all_reader, condition, finder, reader, text_reader
from streams.edge.formats.told import Acted, NoAlarm, Reading, Refused, Told
from streams.edge.mapping import Mapping, Places, Table

_OTHER = NoAlarm("event:other")


@lru_cache(maxsize=256)
def parser(mapping: Mapping) -> Callable[[bytes], Reading]:
    """Return `parse` of a feed with this mapping."""
    return _Mapped(mapping).parse


class _Mapped:
    """One mapping, compiled."""

    def __init__(self, mapping: Mapping) -> None:
        each = json_path(mapping.each) if mapping.each else None
        self._each = finder(each) if each else None
        self._each_said = mapping.each or ""
        self._takes_lists = bool(each and each.steps and isinstance(each.steps[0], int | Every))
        self._embedded = tuple(json_path(path).steps for path in mapping.embedded)
        self._only, self._clears = condition(mapping.only_when), condition(mapping.clear_when)
        self._acks, self._unacks = condition(mapping.ack_when), condition(mapping.unack_when)
        self._object, self._cause = text_reader(mapping.object), text_reader(mapping.cause)
        self._severity, self._type = _optional(mapping.severity), _optional(mapping.type)
        self._qualifier, self._identity = _optional(mapping.qualifier), _optional(mapping.identity)
        self._source, self._source_id = _optional(mapping.source), _optional(mapping.source_id)
        self._user, self._text, self._affects = _optional(mapping.user), _optional(mapping.text), _optional(mapping.service_affecting)
        self._will_clear = _optional(mapping.will_clear)
        self._sequence, self._raised = _optional(mapping.sequence), _time(mapping.raised)
        self._time = _time(mapping.time)
        self._arrives = not mapping.time or any(place.said == ARRIVAL for place in mapping.time)
        self._parents = all_reader(mapping.parents) if mapping.parents else None
        self._severities, self._causes, self._types = _table(mapping.severities), _table(mapping.causes), _table(mapping.types)
        self._wanted = {"object": _said(mapping.object), "cause": _said(mapping.cause), "time": _said(mapping.time)}

    def parse(self, value: bytes) -> Reading:
        doc = decode(value)
        if isinstance(doc, list) and not self._takes_lists:
            return several([member for one in doc for member in self._members(one)], self._member)
        found = self._members(doc)
        return self._member(found[0]) if len(found) == 1 else several(found, self._member)

    def _members(self, doc: Any) -> list[tuple[Any, Any]]:
        """Return (member, record) for each alarm of a record."""
        for steps in self._embedded:
            _unfold(doc, steps)
        if self._each is None:
            return [(doc, doc)]
        found = self._each(doc, doc)
        return [(member, doc) for member in found] if found else [(None, doc)]

    def _member(self, pair: tuple[Any, Any]) -> Told | Acted | NoAlarm:
        here, whole = pair
        if self._only is not None and not self._only(here, whole):
            return _OTHER
        if here is None and not self._each_said:
            raise Refused("record", "not-an-object", "Send one JSON object a record, as the feed's mapping says.")
        if here is None:
            raise Refused(self._each_said, "no-alarm", f"Send a list of alarms at {self._each_said}, as the feed's mapping says.")
        if self._acks is not None and self._acks(here, whole):
            return self._acted("ack", here, whole)
        if self._unacks is not None and self._unacks(here, whole):
            return self._acted("unack", here, whole)
        return self._alarm(here, whole)

    def _alarm(self, here: Any, whole: Any) -> Told:
        word = self._severity(here, whole)
        word = self._severities.get(words.fold(word), word)
        cleared = (self._clears is not None and self._clears(here, whole)) or words.severity(word) is Severity.CLEARED
        source_id = self._source_id(here, whole)
        name, cause = self._named(here, whole, cleared and bool(source_id))
        at, raised_at = self._time(here, whole), self._raised(here, whole)
        if not at and not self._arrives:
            raise self._missing("time", "no-time", "Give a time there as ISO 8601 or epoch time")
        grade, unknown, doubt = severity(word, cleared, expected=False)
        kind = self._type(here, whole)
        return Told(
            object=name, cause=cause, severity=Severity.CLEARED if cleared else grade, cleared=cleared, at=at,
            raised_at=min(raised_at or at, at), alarm_type=words.alarm_type(self._types.get(words.fold(kind), kind)),
            qualifier=self._qualifier(here, whole), source=self._source(here, whole), source_id=source_id,
            service_affecting=words.boolean(self._affects(here, whole)), parents=self._parents(here, whole)[:MOST_PARENTS] if self._parents else (),
            text=shown(unknown, self._text(here, whole)), identity=self._identity(here, whole), sequence=ordinal(self._sequence(here, whole)),
            will_clear=words.boolean(self._will_clear(here, whole)), doubt=doubt)

    def _acted(self, action: str, here: Any, whole: Any) -> Acted:
        source_id = self._source_id(here, whole)
        name, cause = self._named(here, whole, bool(source_id))
        return Acted(
            action, name, self._time(here, whole), cause, self._qualifier(here, whole), self._source(here, whole), source_id,
            self._identity(here, whole), self._user(here, whole), self._text(here, whole)[:LONGEST_TEXT])

    def _named(self, here: Any, whole: Any, has_id: bool) -> tuple[str, str]:
        """Return object and cause; only what has an id may lack them."""
        name, word = self._object(here, whole), self._cause(here, whole)
        cause = words.probable_cause(self._causes.get(words.fold(word), word))
        if not name and not has_id:
            raise self._missing("object", "no-object", "Name the alarmed object there")
        if not cause and (name or not has_id):
            raise self._missing("cause", "no-cause", "Say there what kind of alarm it is")
        return name, cause

    def _missing(self, part: str, reason: str, remedy: str) -> Refused:
        return Refused(self._wanted[part][:200], reason, f"{remedy}, or correct the feed's mapping of {part}.")


def _optional(places: Places) -> Callable[[Any, Any], str]:
    return text_reader(places) if places else lambda here, whole: ""


def _time(places: Places) -> Callable[[Any, Any], Instant]:
    """Compile the places of a time; 0 where none of them has one."""
    reads = [reader(json_path(place.said)) if place.said.startswith("$") and not place.match else text_reader((place,)) for place in places]
    if not reads:
        return lambda here, whole: 0

    def read(here: Any, whole: Any) -> Instant:
        return next((at for each in reads if (at := words.time(each(here, whole)))), 0)

    return read


def _table(table: Table) -> dict[str, str]:
    return {words.fold(word): bounded(meant) for word, meant in table}


def _said(places: Places) -> str:
    return ", ".join(place.said for place in places)


def _unfold(doc: Any, steps: tuple[Any, ...]) -> None:
    """Put what a text says as JSON in place of the text; a text that is no JSON stays."""
    for name in steps[:-1]:
        doc = doc.get(name) if isinstance(doc, dict) else None
    if not steps or not isinstance(doc, dict) or not isinstance(told := doc.get(steps[-1]), str):
        return
    try:
        doc[steps[-1]] = decode(told.encode("utf-8", "surrogatepass"))
    except Refused:
        return
