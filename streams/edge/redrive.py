"""Redriving: what was refused is read again from its feed, after its mapping was fixed, and taken in exactly once.

Whoever redrives writes the original record, key, value and headers, once more into the partition it came by, with the
header `spm-redrive`: where it stood, and which refused alarms of it are meant. Stage 1 takes those alarms in with the
original position and remembers each: a second redrive (another operator, a retry, a crash in between) changes nothing.

    a part named --> had before --------> dropped             redriven-before
                 --> still unreadable --> dead letter again   redrive-refused      may be tried again
                 --> readable ----------> taken in            redriven             the letter is told as redriven

Conservation: a redrive gives each part named one of these dispositions, and one that is `redriven` also the one that the
alarm itself then gets. So inputs = all dispositions less these three, less `redriven` once more (it was `refused` before).
"""

from bisect import insort
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.domain.view import Emit, View
from streams.edge.dead_letter import bury, key
from streams.edge.feed import Raw
from streams.edge.feed_clock import PartTold, Votes
from streams.edge.formats.told import Part, Reading, Refused

HEADER = "spm-redrive"
REDRIVEN, BEFORE, AGAIN = "redriven", "redriven-before", "redrive-refused"
MOST = 100_000
"""Records remembered of one partition. Of the lowest offsets is then only remembered that they can be redriven no more."""
PARTS = 500
"""Refused alarms that one request names at most; of a record with more there are several requests."""


class Redrive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the header says, as JSON."""

    topic: str
    partition: int
    offset: int
    parts: dict[str, str]
    """Index of each refused alarm -> what it was refused for."""
    whole: bool = False
    """The record could not be read at all: whatever it holds is meant."""
    arrived_at: Instant = 0
    """When the log had the original."""
    at: Instant = 0
    """The feed's clock when it was refused."""


class Redriven(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was redriven of one record (table redriven, key: topic, offset)."""

    parts: tuple[int, ...] = ()
    whole: bool = False
    below: int = 0
    """In the row whose key is the topic alone: what lies before this offset can be redriven no more."""


class Taken(msgspec.Struct):
    """What a redrive has given so far: outputs, dispositions, the feed's clock, alarms and those of undeclared objects."""

    clock: Instant
    votes: Votes
    emits: list[Emit] = []
    given: list[str] = []
    alarms: int = 0
    unresolved: int = 0

    def take(self, told: PartTold) -> bool:
        """Take in one part; return whether it could be read."""
        self.clock, self.votes = told.clock, told.votes
        if told.disposition.startswith("refused:"):
            return False
        self.emits += told.emits
        self.alarms += not told.disposition
        self.unresolved += told.unresolved
        return True


TABLES = {"redriven": (Redriven, None, "feed topic|offset -> which refused alarms of that record were redriven")}

Tell = Callable[[Raw, int, int, Part, Instant, Votes], PartTold]
"""(record, index, of how many, part, clock, votes) -> what it gives."""
_GONE = Refused("record", "part-gone", "The record is no longer read as that many alarms: see how its feed's format is declared.")
_decode = msgspec.json.Decoder(Redrive).decode


def header(asked: Redrive) -> tuple[str, bytes]:
    """Return the header that makes a record a redrive."""
    return HEADER, msgspec.json.encode(asked)


def is_one(raw: Raw) -> bool:
    """Whether a record of a feed is a redrive."""
    return any(name == HEADER for name, _ in raw.headers)


def asked_by(raw: Raw) -> Redrive | None:
    """Return what a record of a feed asks to be redriven; None for any other record. Refused where it cannot be done here."""
    told = next((value for name, value in raw.headers if name == HEADER), None)
    if told is None:
        return None
    try:
        asked = _decode(told)
        parts = [int(part) for part in asked.parts]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Refused(HEADER, "redrive-unreadable", "Use `spm dead-letters redrive`, which writes this header.") from None
    if (asked.topic, asked.partition) != (raw.topic, raw.partition) or not 0 <= asked.offset < raw.offset or not parts or min(parts) < 0 or (asked.whole and parts != [0]):
        raise Refused(HEADER, "redrive-elsewhere", "Write the original into the partition that it came by, naming its parts.")
    return asked


def original(raw: Raw, asked: Redrive) -> Raw:
    """Return the record as it was first read."""
    kept = tuple((name, value) for name, value in raw.headers if name != HEADER)
    return Raw(raw.topic, raw.partition, asked.offset, asked.arrived_at, raw.key, raw.value, kept)


def had(view: View, asked: Redrive) -> Redriven | None:
    """Return what was redriven of the record before; None where that is no longer known, so that nothing may be."""
    floor: Redriven | None = view.redriven.get(asked.topic)
    if floor is not None and asked.offset < floor.below:
        return None
    return view.redriven.get(_key(asked.topic, asked.offset)) or Redriven()


def remember(view: View, asked: Redrive, before: Redriven, parts: Iterable[int]) -> None:
    """Note which parts were taken in; where too many records are remembered, the lowest offset is given up."""
    key, known = _key(asked.topic, asked.offset), _known(view, asked.topic)
    if view.redriven.get(key) is None:
        insort(known, key)
    view.redriven.put(key, Redriven(tuple(sorted({*before.parts, *parts})), before.whole or asked.whole))
    if len(known) > MOST:
        lowest = known.pop(0)
        view.redriven.delete(lowest)
        view.redriven.put(asked.topic, Redriven(below=int(lowest.rpartition("|")[2]) + 1))


def take_in(view: View, raw: Raw, asked: Redrive, read: Callable[[Raw], Reading], tell: Tell, clock: Instant, votes: Votes) -> Taken:
    """Read an original again and take in those parts that are meant and were not had."""
    again, before, taken = original(raw, asked), had(view, asked), Taken(clock, votes)
    named = sorted(map(int, asked.parts))
    if before is None or (asked.whole and before.whole):
        taken.given += [BEFORE] * len(named)
        return taken
    parts = _parts(again, read)
    if asked.whole and len(parts) > 1:
        return _unfold(view, asked, again, before, parts, tell, taken)
    done: list[int] = []
    for n in named:
        if n in before.parts:
            taken.given.append(BEFORE)
            continue
        told = tell(again, n, len(parts), parts[n] if n < len(parts) else _GONE, taken.clock, taken.votes)
        if taken.take(told):
            taken.emits.append(_status(again, n, asked, taken.clock))
            taken.given += [REDRIVEN, told.disposition] if told.disposition else [REDRIVEN]
            done.append(n)
        else:
            taken.emits += [_again(emit) for emit in told.emits]
            taken.given.append(AGAIN)
    if done:
        remember(view, asked, before, done)
    return taken


def _unfold(view: View, asked: Redrive, again: Raw, before: Redriven, parts: list[Part], tell: Tell, taken: Taken) -> Taken:
    """Take in a record that could not be read at all and holds many: a batch now, what is refused of it with letters of its own."""
    taken.emits.append(_status(again, 0, asked, taken.clock))
    taken.given += [REDRIVEN, "batch"]
    done: list[int] = []
    for n, part in enumerate(parts):
        told = tell(again, n, len(parts), part, taken.clock, taken.votes)
        if taken.take(told):
            done.append(n)
        else:
            taken.emits += told.emits
        taken.given += [told.disposition] if told.disposition else []
    remember(view, asked, before, done)
    return taken


def _parts(again: Raw, read: Callable[[Raw], Reading]) -> list[Part]:
    try:
        reading = read(again)
    except Refused as refused:
        return [refused]
    return reading if isinstance(reading, list) else [reading]


def _status(again: Raw, part: int, asked: Redrive, clock: Instant) -> Emit:
    """Say of a letter that it was redriven."""
    letter = bury(again, part, Refused("", asked.parts[str(part)], ""), clock, 0 if asked.whole else part + 1, "redriven")
    return Emit("dead-letters", key(letter), letter, clock)


def _again(emit: Emit) -> Emit:
    """Mark a letter as one that a redrive changed nothing about."""
    return msgspec.structs.replace(emit, value=msgspec.structs.replace(emit.value, status="refused-again"))


def _key(topic: str, offset: int) -> str:
    return f"{topic}|{offset:020d}"


def _known(view: View, topic: str) -> list[str]:
    """Return the keys of the remembered records of a topic, in order."""
    place = f"{HEADER}|{topic}"
    known: Any = view.memo.get(place)
    if known is None:
        known = view.memo[place] = [key for key, _ in view.redriven.prefix(f"{topic}|", MOST + 1)]
    return known  # type: ignore[no-any-return]
