"""The small parts that TMF656 v5 and TMF621 v5 records are made of: references, parties, typed characteristics.

Characteristics are written in the typed form with `value` (records.md 3.7: the 656 file has no `value`, its own sample
and the 621 file do).
"""

from typing import Any, Final

Json = dict[str, Any]

US: Final[Json] = {
    "role": "serviceProvider",
    "partyOrPartyRole": {"id": "spm", "name": "Service Problem Management", "@type": "PartyRef", "@referredType": "Organization"},
    "@type": "RelatedPartyRefOrPartyRoleRef",
}
"""Who found the problem: this process."""


def assigned(role: str, name: str) -> Json:
    """Write who has the work: a group, a person of it, or a supplier."""
    referred = "Individual" if role == "assignee" else "Organization"
    return {"role": role, "partyOrPartyRole": {"id": name, "name": name, "@type": "PartyRef", "@referredType": referred}, "@type": "RelatedPartyRefOrPartyRoleRef"}


def party(role: str, id: str) -> Json:
    """Write a party that plays a part, as topology.yaml names it."""
    return {"role": role, "partyOrPartyRole": {"id": id, "name": id, "@type": "PartyRef", "@referredType": "Organization"}, "@type": "RelatedPartyRefOrPartyRoleRef"}


def refs(ids: tuple[str, ...], ref_type: str) -> list[Json]:
    """Write references of one type."""
    return [{"id": i, "@type": ref_type} for i in ids]


def related(role: str, id: str, referred: str) -> Json:
    """Write a RelatedEntity."""
    return {"role": role, "entity": {"id": id, "@type": "EntityRef", "@referredType": referred}, "@type": "RelatedEntity"}


def text(name: str, value: str) -> Json:
    """Write a characteristic that is text, times in ISO 8601 included."""
    return {"name": name, "valueType": "string", "value": value, "@type": "StringCharacteristic"}


def number(name: str, value: int) -> Json:
    """Write a characteristic that is a whole number."""
    return {"name": name, "valueType": "integer", "value": value, "@type": "IntegerCharacteristic"}


def objects(name: str, value: list[Json]) -> Json:
    """Write a characteristic that is a list of objects."""
    return {"name": name, "valueType": "array", "value": value, "@type": "ObjectArrayCharacteristic"}


def note(author: str, date: str, words: str) -> Json:
    return {"author": author, "date": date, "text": words, "@type": "Note"}
