"""What becomes of input that cannot be read: a dead letter with its position, the reason, and the first 64 KB.

`spm dead-letters redrive` reads the original again from its feed by the position; the text is for people. Encode with
msgspec: what json.dumps makes of the same text (\\uXXXX) may be twice as long.
"""

import re
from hashlib import sha256
from typing import Any

import msgspec

from streams.domain.alarm import Position
from streams.domain.instant import Instant, iso
from streams.edge.feed import Raw
from streams.edge.formats.told import Refused

KEPT = 64 * 1024
"""Bytes of the record that a dead letter shows (design section 2)."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""Six bytes each in JSON; as replacement characters no dead letter exceeds 256 KB."""


class DeadLetter(msgspec.Struct, frozen=True, gc=False):
    """One refused record, or one refused alarm of a record."""

    source: Position
    feed: str
    """Topic it came by."""
    field: str
    reason: str
    remedy: str
    length: int
    """Bytes of the whole record; 0 for a null value."""
    sha256: str
    """Of the whole record, in hex."""
    text: str
    """The first 64 KB; what is no text is replaced by U+FFFD."""
    at: Instant
    """The feed's clock when it was refused (0: not known yet)."""
    parts: int = 0
    """How many alarms the record was read as; 0 where it could not be read at all."""
    status: str = "refused"
    """refused, refused-again (a redrive changed nothing), or redriven: then the text is not shown again."""


def bury(raw: Raw, part: int, refused: Refused, at: Instant, parts: int = 0, status: str = "refused") -> DeadLetter:
    """Make the dead letter of a record that was refused, or of one of its `parts`: then they share what text is shown."""
    value = raw.value or b""
    kept = 0 if status == "redriven" else max(256, KEPT // max(1, parts))
    shown = _UNWRITABLE.sub("\ufffd", value[:kept].decode("utf-8", "replace"))
    where = Position(raw.topic, raw.partition, raw.offset, part)
    return DeadLetter(where, raw.topic, refused.field, refused.reason, refused.remedy[:1000], len(value), sha256(value).hexdigest(), shown, at, parts, status)


def reason_of(error: BaseException) -> str:
    """Return the reason of a record that no step could fold: what was raised, spelt as reasons are."""
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", type(error).__name__).lower().strip("_").replace("_", "-")


def key(letter: DeadLetter) -> str:
    """Return the record key on `dead-letters`: the position it was read at."""
    where = letter.source
    return f"{where.topic}/{where.partition}/{where.offset}" + (f"/{where.part}" if where.part else "")


def render(letter: DeadLetter) -> dict[str, Any]:
    """Write a dead letter as `dead-letters` carries it (schemas/dead_letter.py)."""
    where = letter.source
    return {
        "id": key(letter),
        "source": {"topic": where.topic, "partition": where.partition, "offset": where.offset, "part": where.part},
        "feed": letter.feed, "field": letter.field, "reason": letter.reason, "remedy": letter.remedy,
        "length": letter.length, "sha256": letter.sha256, "text": letter.text, "at": iso(letter.at) if letter.at else None,
        "parts": letter.parts, "status": letter.status,
    }
