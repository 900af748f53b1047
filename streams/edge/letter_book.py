"""Dead letters as they stand: what `dead-letters` told of each id, folded into one; chosen, counted, laid out.

Several records may have one id: refused, refused again by a redrive, redriven. The newest says how it stands; what it was
refused for is told by the first. Texts are not kept but for the ids asked for: 64 KB each.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import msgspec

from streams.domain.alarm import Position
from streams.domain.instant import Instant
from streams.edge.words import time


class _Source(msgspec.Struct, frozen=True):
    topic: str
    partition: int
    offset: int
    part: int = 0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One dead letter, as its JSON has it (schemas/dead_letter.py)."""

    id: str
    source: _Source
    feed: str
    field: str
    reason: str
    remedy: str
    length: int
    sha256: str
    at: str | None = None
    parts: int = 0
    status: str = "refused"
    text: str = ""

    @property
    def position(self) -> Position:
        """Where the record was read."""
        return Position(self.source.topic, self.source.partition, self.source.offset, self.source.part)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the record was taken in."""
        return self.parts <= 1


class Wanted(msgspec.Struct, frozen=True):
    """Which letters are meant; what is empty leaves nothing out."""

    ids: Collection[str] = ()
    feed: str = ""
    reason: str = ""
    since: Instant = 0
    until: Instant = 0
    status: str = ""

    def has(self, letter: Letter) -> bool:
        """Whether a letter is meant; one without a time is of no time."""
        if (self.ids and letter.id not in self.ids) or (self.feed and letter.feed != self.feed) or (self.reason and letter.reason != self.reason):
            return False
        if self.status and letter.status != self.status:
            return False
        if not (self.since or self.until):
            return True
        at = time(letter.at) if letter.at else 0
        return bool(at) and at >= self.since and (not self.until or at < self.until)


_decode = msgspec.json.Decoder(Letter).decode


class LetterBook:
    """All letters, folded record by record."""

    def __init__(self, texts_of: Collection[str] = ()) -> None:
        self._texts_of = frozenset(texts_of)
        self.letters: dict[str, Letter] = {}
        self.told: Counter[str] = Counter()
        """Id -> how many records told of it."""
        self.unreadable = 0
        """Records that are no dead letters of ours: cut for their size, or another's."""

    def take(self, value: bytes | None) -> None:
        """Fold one record of the topic."""
        try:
            letter = _decode(value or b"")
        except msgspec.MsgspecError:
            self.unreadable += 1
            return
        known = self.letters.get(letter.id)
        if letter.status == "redriven" and known is not None:
            letter = msgspec.structs.replace(known, status=letter.status)
        elif letter.id not in self._texts_of:
            letter = msgspec.structs.replace(letter, text="")
        self.letters[letter.id] = letter
        self.told[letter.id] += 1

    def chosen(self, wanted: Wanted) -> list[Letter]:
        """Return the letters that are meant, in order of feed, partition, offset and part."""
        return sorted((letter for letter in self.letters.values() if wanted.has(letter)), key=_order)


def _order(letter: Letter) -> tuple[str, int, int, int]:
    return letter.source.topic, letter.source.partition, letter.source.offset, letter.source.part


def summary(letters: Iterable[Letter]) -> Iterator[tuple[str, str, int, int, int]]:
    """Iterate (feed, reason, letters, of these redriven, of these refused again), most first."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for letter in letters:
        counts.setdefault((letter.feed, letter.reason), Counter())[letter.status] += 1
    for (feed, reason), of in sorted(counts.items(), key=lambda row: (-sum(row[1].values()), row[0])):
        yield feed, reason, sum(of.values()), of["redriven"], of["refused-again"]
