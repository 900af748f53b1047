"""What makes two notifications the same alarm: the alarm key, and the alarm that a tombstone's record key names."""

from collections.abc import Callable

from streams.domain.alarm import Severity
from streams.domain.instant import Instant
from streams.edge.feed import Feed
from streams.edge.formats.fields import bounded
from streams.edge.formats.told import Refused, Told
from streams.edge.patterns import pattern
from streams.edge.words import probable_cause

DEFAULT = Feed("").key
MASK = "*"
"""Stands in a key for what a mask matched."""

_FIELDS: dict[str, Callable[[Told, str], str]] = {
    "object": lambda told, identity: identity,
    "cause": lambda told, identity: told.cause,
    "qualifier": lambda told, identity: told.qualifier,
    "alarm_type": lambda told, identity: told.alarm_type,
    "source": lambda told, identity: told.source,
    "source_id": lambda told, identity: told.source_id,
}


def alarm_key(feed: Feed, told: Told, identity: str) -> str:
    """Return `namespace|field|...` by the feed's declared fields; `identity` is the object as `Names` knows it.

    Where the feed declares no fields of its own and the format knows an identity (3GPP alarmId), that stands for cause
    and qualifier. A `|` within a field is escaped, so that two alarms never share a key by their spelling.
    """
    fields = feed.key
    if feed.masks:
        return _joined(feed.namespace, *(_masked(feed, field, _FIELDS[field](told, identity)) for field in fields))
    if fields == DEFAULT:
        if told.identity:
            return _joined(feed.namespace, identity, told.identity)
        key = f"{feed.namespace}|{identity}|{told.cause}|{told.qualifier}"
        return key if key.count("|") == 3 else _joined(feed.namespace, identity, told.cause, told.qualifier)
    return _joined(feed.namespace, *(_FIELDS[field](told, identity) for field in fields))


def _masked(feed: Feed, field: str, value: str) -> str:
    """Return a key field with all that its mask matches written as `*`."""
    for masked, expression in feed.masks:
        if masked == field:
            value = str(pattern(expression).sub(MASK, value))
    return value


def rekeyed(feed: Feed, key: str, before: str, identity: str) -> str:
    """Return an alarm's key with another identity of its object, where the object is part of the key.

    `before` is the identity under which it was made; a key that does not hold it stays as it is.
    """
    if "object" not in feed.key:
        return key
    place = 1 + feed.key.index("object")
    parts = _split(key)
    if place >= len(parts) or parts[place] != _masked(feed, "object", before):
        return key
    return _joined(*parts[:place], _masked(feed, "object", identity), *parts[place + 1:])


def _split(key: str) -> list[str]:
    """Undo `_joined`."""
    if "\\" not in key:
        return key.split("|")
    whole = [part.replace("\0", "|").replace("\1", "\\") for part in key.replace("\\\\", "\1").replace("\\|", "\0").split("|")]
    return whole if _joined(*whole) == key else key.split("|")


def _joined(*parts: str) -> str:
    key = "|".join(parts)
    return key if key.count("|") == len(parts) - 1 else "|".join(p.replace("\\", "\\\\").replace("|", "\\|") for p in parts)


def from_tombstone(feed: Feed, key: bytes | None, at: Instant) -> Told:
    """Return the clear that a null value means where the feed says `tombstone: clear`.

    The record's key then is the alarm key without the namespace: the declared fields joined by `|`, object among them.
    """
    if feed.tombstone != "clear":
        raise Refused("value", "tombstone", "Declare `tombstone: clear` for the feed if a null value clears an alarm.")
    parts = (key or b"").decode("utf-8", "replace").split("|")
    named = dict(zip(feed.key, parts, strict=False))
    if len(parts) != len(feed.key) or not named.get("object") or not named.get("cause"):
        raise Refused("key", "tombstone-key", f"Key the record by {'|'.join(feed.key)}, with object and cause.")
    if not at:
        raise Refused("key", "no-time", "A null value tells no time, and this feed has told none before it.")
    return Told(
        object=bounded(named["object"].strip()), cause=probable_cause(bounded(named["cause"])), severity=Severity.CLEARED, cleared=True,
        at=at, raised_at=at, qualifier=bounded(named.get("qualifier", "").strip()), source=named.get("source", ""),
        source_id=named.get("source_id", ""), alarm_type=named.get("alarm_type", ""))
