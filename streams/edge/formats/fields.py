"""Reading fields out of JSON that anybody may have written: bytes to objects, and values of any type to what is meant."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import DAY, SECOND, Span
from streams.edge import words
from streams.edge.formats.told import Part, Reading, Refused
from streams.edge.words import fold

LONGEST_RECORD = 2 * 1024 * 1024
"""Twice what a broker takes by default; a longer record (over HTTP, from a file) is refused before it costs memory."""
LONGEST_WORD = 1024
"""Names longer than this are cut and made distinct by a hash: no record of ours may exceed 256 KB (design section 2)."""
LONGEST_TEXT = 256
_LONGEST_FIELD = 64
"""No format has a longer field name; `fold` remembers what it is given."""
MOST_PARENTS = 16

_FLAT = "Send alarms in one list, not in lists of lists."

_decode = msgspec.json.Decoder().decode


def decode(value: bytes) -> Any:
    """Decode JSON; every way in which that fails is a `Refused` with its own reason."""
    if len(value) > LONGEST_RECORD:
        raise Refused("record", "too-long", f"Send at most {LONGEST_RECORD} bytes a record; this one has {len(value)}.")
    try:
        return _decode(value.removeprefix(b"\xef\xbb\xbf"))
    except (RecursionError, MemoryError):
        raise Refused("record", "too-deep", "Send an alarm without deeply nested lists or objects.") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise _unreadable(value, error) from None


def _unreadable(value: bytes, error: Exception) -> Refused:
    """Say what is wrong with what is no JSON; decoders tell bytes that are no text from other mistakes in their own words, or not at all."""
    try:
        value.decode()
    except UnicodeDecodeError as wrong:
        return Refused("record", "not-utf8", f"Send UTF-8; byte {wrong.start} is not.")
    return Refused("record", "not-json", f"Send one JSON object a record: {error}.")


def folded(doc: object) -> dict[str, Any]:
    """Return an object's fields by folded name, nulls left out; {} for what is no object."""
    return {fold(k): v for k, v in doc.items() if v is not None and len(k) <= _LONGEST_FIELD} if isinstance(doc, dict) else {}


def bounded(word: str) -> str:
    """Return a name at most `LONGEST_WORD` long that differs where the whole differs."""
    if len(word) <= LONGEST_WORD:
        return word
    return f"{word[:LONGEST_WORD - 40]}~{blake2b(word.encode(), digest_size=16).hexdigest()}"


def text(value: object) -> str:
    """Return a word or whole number as trimmed text, "" for anything else."""
    if isinstance(value, str):
        return bounded(value.strip())
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        return str(value)
    return ""


def reference(value: object, depth: int = 0) -> str:
    """Return the id that a reference means: a word, {id, href, name}, or the first of a list that means one."""
    if isinstance(value, dict):
        ref = folded(value)
        return text(ref.get("id")) or text(ref.get("name")) or text(ref.get("href")).rstrip("/").rpartition("/")[2]
    if isinstance(value, list):
        return next((found for v in value[:MOST_PARENTS] if depth < 3 and (found := reference(v, depth + 1))), "")
    return text(value)


def references(value: object) -> tuple[str, ...]:
    """Return the ids of a list of references, or of one alone; empty ones left out (BMC sends [{"id": ""}])."""
    each = value[:MOST_PARENTS] if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(found for v in each if (found := reference(v))))


def first(fields: dict[str, Any], *names: str) -> str:
    """Return the first of several fields that says something."""
    return next((found for name in names if (found := text(fields.get(name)))), "")


def shown(*pieces: str) -> str:
    """Return a text for people from its pieces, at most 256 characters."""
    return "; ".join(p for p in pieces if p)[:LONGEST_TEXT]


def severity(value: object, cleared: bool, expected: bool = True) -> tuple[Severity, str, str]:
    """Return a severity, how the text says it where nobody knows the word, and the doubt about it.

    A clear needs none. `expected`: whether the format demands one, so that its absence is a doubt too.
    """
    if cleared:
        return Severity.CLEARED, "", ""
    word = text(value) or _shown(value)
    known = words.severity(word)
    if known is not None and known is not Severity.CLEARED:
        return known, "", ""
    if not word:
        return Severity.INDETERMINATE, "", "no severity is told; taken as indeterminate" if expected else ""
    if known is Severity.CLEARED:
        return Severity.INDETERMINATE, f"severity told: {word[:64]}", f"severity {word[:64]!r} means a clear, yet the alarm is raised; taken as indeterminate"
    return Severity.INDETERMINATE, f"severity told: {word[:64]}", f"severity {word[:64]!r} is no word we know; taken as indeterminate"


def _shown(value: object) -> str:
    """Return what is no word, for people: "" only for nothing."""
    if value is None or isinstance(value, str):
        return ""
    return str(value) if isinstance(value, bool | float) else "a list" if isinstance(value, list) else "an object"


def refuse_number(value: object, field: str) -> None:
    """Refuse a severity that is a number, where only that field tells a raise from a clear and its standard has words alone."""
    if (isinstance(value, int | float) and not isinstance(value, bool)) or (isinstance(value, str) and value.strip().isdigit()):
        raise Refused(field, "bad-severity", "Send the severity as a word: as a number, 1 is critical in X.721 and cleared in RFC 8632.")


def ordinal(value: object) -> int:
    """Return a sequence number from 1, 0 for what cannot order."""
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else value
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**63 else 0


def seconds(value: object) -> Span:
    """Return a period told in seconds; 0 for none, for what is no number, and for more than a year."""
    number = float(value) if isinstance(value, str) and value.isdecimal() and len(value) < 12 else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number <= 366 * DAY / SECOND:
        return 0
    return round(number * SECOND)


def several(docs: list[Any], read: Callable[[Any], Reading]) -> Reading:
    """Read each part of a list by itself; a list of one is that one."""
    if not docs:
        raise Refused("record", "empty", "Send at least one alarm a record.")
    parts = [_part(doc, read) for doc in docs]
    if len(parts) > 1:
        return parts
    if isinstance(parts[0], Refused):
        raise parts[0]
    return parts[0]


def _part(doc: Any, read: Callable[[Any], Reading]) -> Part:
    try:
        part = Refused("record", "nested-list", _FLAT) if isinstance(doc, list) else read(doc)
    except Refused as refused:
        return refused
    return Refused("record", "nested-list", _FLAT) if isinstance(part, list) else part
