"""What the topic `inventory` holds: services (TMF638), resources (TMF639) and product instances (TMF637), whole, by id.

    {"@type": "Service", "id": ..., "supportingService": [...], "supportingResource": [...], "serviceRelationship": [...]}
    {"@type": "PhysicalResource", "id": ..., "resourceRelationship": [...], "place": [...]}
    {"@type": "Product", "id": ..., "realizingService": [...], "relatedParty": [{"role": "customer", ...}]}

- The record is the truth of its id; what it leaves away is not so. A null value under the id as key, an event of type
  ...DeleteEvent, and a state in `GONE` take the id away. Events (`event: {service: {...}}`) are taken as the record itself.
- An array of records is one change: all of it counts at once, or is refused.
- What stands on what: each `supportingService` and `supportingResource` has to work. Relationships of one type with a
  characteristic `needs` are a group of which so many have to work; a type in `BESIDE` says nothing of that.
- It is state, no request: a refusal is a dead letter and has no other answer.
"""

from hashlib import sha256
from typing import Any

from streams.domain.instant import Instant
from streams.domain.inventory import PRODUCT, Entry
from streams.domain.network import Dependency, Node, Product
from streams.edge.feed import Raw
from streams.edge.formats.fields import decode, first, folded, reference, text
from streams.edge.formats.told import Refused
from streams.edge.pseudonym import Pseudonym, as_they_are
from streams.edge.words import fold, time

MOST = 5_000
"""Records in one array, and relationships in one record: a change is one message inside."""
GONE = ("terminated", "retired", "removed", "deleted", "cancelled", "decommissioned")
"""States of a service, resource or product that is no more."""
NAMES = ("alias", "aliases", "managementip", "hostname", "number", "msisdn")
"""Characteristics, folded, that tell other names: of an object as alarms name it, of a product as customers do."""
BESIDE = ("connectedto", "adjacentto", "neighbour", "neighbor", "reliedby", "supports", "contains", "hosts", "provides", "replaces", "substitutes", "migratedto")
"""Relationship types that do not say that the record's object stands on the other."""
_CHARACTERISTICS = {"service": "servicecharacteristic", "resource": "resourcecharacteristic", "product": "productcharacteristic"}
_RELATIONSHIPS = (("servicerelationship", "service"), ("resourcerelationship", "resource"))
_SUPPORTS = ("supportingservice", "supportingresource")


def read_inventory(raw: Raw, pseudonym: Pseudonym = as_they_are) -> tuple[tuple[Entry, ...], Instant]:
    """Return what a record tells and when it came about (0: it does not say), customers called by `pseudonym`; Refused with field and remedy."""
    id = (raw.key or b"").decode("utf-8", "replace")
    if raw.value is None:
        if not id:
            raise Refused("key", "no-id", "A record without a value takes away what its key names: give it the id as key.")
        return (Entry(id), Entry(PRODUCT + id)), 0
    told = decode(raw.value)
    if isinstance(told, list):
        if not 0 < len(told) <= MOST:
            raise Refused("value", "bad-size", f"Send 1 to {MOST:,} records in one array; here are {len(told):,}.")
        read = [_within(n, one, pseudonym) for n, one in enumerate(told)]
        return tuple(entry for entry, _ in read), max(at for _, at in read)
    entry, at = _entry(told, pseudonym)
    if id and id not in (entry.id, entry.id.removeprefix(PRODUCT)):
        raise Refused("key", "key-mismatch", f"Key the record by its id {entry.id.removeprefix(PRODUCT)[:64]!r}: the topic is compacted by key, and {id[:64]!r} is another.")
    return (entry,), at


def _within(n: int, told: object, pseudonym: Pseudonym) -> tuple[Entry, Instant]:
    try:
        return _entry(told, pseudonym)
    except Refused as refused:
        raise Refused(f"[{n}].{refused.field}", refused.reason, refused.remedy) from None


def _entry(told: object, pseudonym: Pseudonym) -> tuple[Entry, Instant]:
    fields = folded(told)
    if not fields:
        raise Refused("value", "not-an-object", "Send one JSON object a record, or an array of them.")
    event = fold(first(fields, "eventtype", "@type")) if "event" in fields else ""
    at = next((t for name in ("at", "lastupdate", "eventtime") if (t := time(fields.get(name)))), 0)
    if "event" in fields:
        inner = folded(fields["event"])
        kind = next((name for name in ("service", "resource", "product") if name in inner), "")
        fields = folded(inner.get(kind))
        if not fields:
            raise Refused("event", "no-record", "Give the event's service, resource or product.")
        fields.setdefault("@type", kind)
    kind = _kind(fields)
    id = first(fields, "id")
    if not id:
        raise Refused("id", "no-id", f"Give the {kind} its id.")
    is_gone = event.endswith("deleteevent") or fold(first(fields, "state", "status", "operationalstate", "resourcestatus")) in GONE
    if kind == "product":
        return Entry(PRODUCT + id) if is_gone else _product(id, fields, pseudonym), at
    return Entry(id) if is_gone else _node(id, kind == "service", fields, pseudonym), at


def _kind(fields: dict[str, Any]) -> str:
    word = fold(first(fields, "@basetype")) or fold(first(fields, "@type"))
    for kind in ("service", "resource", "product"):
        if kind in word:
            return kind
    raise Refused("@type", "unknown-type", "Say in `@type` (or `@baseType`) whether it is a Service, a Resource or a Product.")


def _node(id: str, is_service: bool, fields: dict[str, Any], pseudonym: Pseudonym) -> Entry:
    kind = "service" if is_service else "resource"
    more = _characteristics(fields, kind)
    specification = folded(fields.get(f"{kind}specification"))
    type_ = first(fields, f"{kind}type", "category") or first(specification, "name", "id")
    node = Node(id, type_, more.get("domain", ""), "" if is_service else _site(fields), is_service)
    customers = _customers(fields, pseudonym) if is_service else ()
    products = tuple(Product(f"{id}:{_short(customer)}", id, customer, more.get("sla", "")) for customer in customers)
    return Entry(id, node, _aliases(id, more), _depends(id, fields), products)


def _short(customer: str) -> str:
    """Return what tells the products of one service apart and names nobody: product ids go where customers' do not."""
    return sha256(customer.encode()).hexdigest()[:8]


def _product(id: str, fields: dict[str, Any], pseudonym: Pseudonym) -> Entry:
    more = _characteristics(fields, "product")
    told = fields.get("realizingservice")
    services = _ids(fields, "realizingservice") if isinstance(told, list) else tuple(filter(None, (reference(told) or first(fields, "service", "serviceid"),)))
    if not services:
        raise Refused("realizingService", "no-service", f"Name the service that product {id[:64]!r} is made of in `realizingService`.")
    sla = more.get("sla", "") or reference(fields.get("agreement"))
    customer, aliases, place = next(iter(_customers(fields, pseudonym)), ""), _aliases(id, more), _site(fields)
    return Entry(PRODUCT + id, None, (), (), tuple(Product(id, service, customer, sla, aliases, place) for service in services))


def _aliases(id: str, more: dict[str, str]) -> tuple[str, ...]:
    """Return the other names that characteristics in `NAMES` tell, several with commas between."""
    told = (name.strip() for field in NAMES for name in more.get(field, "").split(","))
    return tuple(dict.fromkeys(name for name in told if name and name != id))


def _customers(fields: dict[str, Any], pseudonym: Pseudonym) -> tuple[str, ...]:
    """Return what the parties of role customer are called, sorted."""
    parties = [folded(party) for party in fields.get("relatedparty", []) if isinstance(party, dict)] if isinstance(fields.get("relatedparty"), list) else []
    found = {reference(party.get("partyorpartyrole")) or reference(party) for party in parties if fold(text(party.get("role"))) in ("customer", "user", "subscriber")}
    return tuple(sorted(map(pseudonym, found - {""})))


def _site(fields: dict[str, Any]) -> str:
    places = fields.get("place")
    return reference(folded(places[0]).get("place")) or reference(places[0]) if isinstance(places, list) and places else reference(places)


def _characteristics(fields: dict[str, Any], kind: str) -> dict[str, str]:
    """Return the characteristics by folded name, as text; a list's items with commas between."""
    told = next((found for name in (_CHARACTERISTICS[kind], "characteristic") if isinstance(found := fields.get(name), list)), [])
    return {fold(text(one.get("name"))): _text(one.get("value")) for each in told[:MOST] if (one := folded(each)) and text(one.get("name"))}


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return _text(folded(value).get("value"))
    return text(value)


def _depends(id: str, fields: dict[str, Any]) -> tuple[Dependency, ...]:
    found = [Dependency(id, (other,), 1, 1, name.removeprefix("supporting")) for name in _SUPPORTS for other in _ids(fields, name)]
    groups: dict[tuple[str, str, str], dict[str, None]] = {}
    for field, inner in _RELATIONSHIPS:
        for each in _list(fields, field):
            kind = first(each, "relationshiptype", "type")
            if fold(kind) in BESIDE:
                continue
            other = reference(each.get(inner)) or reference(each.get(f"{inner}ref")) or first(each, "id")
            if not other:
                raise Refused(field, "no-id", f"Name the {inner} that a relationship is to, in `{inner}`.")
            more = _characteristics(each | {_CHARACTERISTICS[inner]: each.get(f"{inner}relationshipcharacteristic", each.get("characteristic", []))}, inner)
            groups.setdefault((kind, more.get("needs", ""), more.get("degradedbelow", "")), {})[other] = None
    for (kind, needs, below), members in sorted(groups.items()):
        found += _group(id, kind, needs, below, tuple(sorted(members)))
    return tuple(sorted(dict.fromkeys(found), key=lambda d: (d.kind, d.on, d.needs, d.degraded_below)))


def _group(id: str, kind: str, needs: str, below: str, members: tuple[str, ...]) -> list[Dependency]:
    if not needs and not below:
        return [Dependency(id, (other,), 1, 1, kind) for other in members]
    least = _count(needs or str(len(members)), "needs", len(members))
    return [Dependency(id, members, least, max(least, _count(below or str(least), "degraded_below", len(members))), kind)]


def _count(word: str, field: str, most: int) -> int:
    if not (word.isdecimal() and len(word) < 10 and 1 <= int(word) <= most):
        raise Refused(field, f"bad-{field.replace('_', '-')}", f"Give `{field}` as a number from 1 to {most}, the members of its group; it is {word[:32]!r}.")
    return int(word)


def _list(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    told = fields.get(name, [])
    if not isinstance(told, list) or len(told) > MOST:
        raise Refused(name, "not-a-list", f"Give `{name}` as a list of at most {MOST:,}.")
    return [folded(one) for one in told]


def _ids(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    found = [reference(one.get("service") or one.get("resource")) or reference(one) for one in _list(fields, name)]
    if "" in found:
        raise Refused(name, "no-id", f"Give each entry of `{name}` an id.")
    return tuple(dict.fromkeys(found))
