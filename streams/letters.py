"""Dead letters in a log: read, and redriven by writing their originals once more into the feed they came by (streams/edge/redrive.py)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from time import monotonic, sleep

import msgspec

from streams import topology as flow
from streams.domain.instant import Instant
from streams.edge import redrive
from streams.edge.letter_book import Letter, LetterBook
from streams.edge.words import time
from streams.engine.embedded import Given
from streams.engine.record import Record
from streams.stored import Stored

LETTERS = "dead-letters"
_BYTES = 4 << 20
"""Written at once."""
_LOOK = 0.25
"""Seconds between two looks at whether a redrive has been worked off."""


class Unmendable(msgspec.Struct, frozen=True):
    """A letter that cannot be redriven, and why, in a sentence's end."""

    id: str
    why: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of a redrive."""

    redriven: int
    again: int
    """Still unreadable: they stay dead letters."""
    waiting: int
    """Asked for, and not worked off yet when we stopped waiting."""


class LetterReader:
    """The topic of dead letters, read as far as it goes; once more, what has come since."""

    def __init__(self, stored: Stored, texts_of: Collection[str] = ()) -> None:
        self._stored = stored
        self._next: dict[int, int] = {}
        self.book = LetterBook(texts_of)

    def read(self, progress: Callable[[int], None] = lambda records: None) -> LetterBook:
        """Take in all that there is."""
        for partition, record in self._stored.peek.read(self._stored.output(LETTERS), dict(self._next)):
            self.book.take(record.value)
            self._next[partition] = record.offset + 1
            progress(self.book.told.total())
        return self.book


def ask(stored: Stored, letters: Iterable[Letter]) -> tuple[list[Letter], list[Unmendable]]:
    """Write the originals of letters once more into their feeds, each verified; return which letters that were, and which it cannot be done for."""
    asked: list[Letter] = []
    unmendable: list[Unmendable] = []
    by_place: dict[tuple[str, int], dict[int, list[Letter]]] = defaultdict(lambda: defaultdict(list))
    for letter in letters:
        if letter.status == "redriven":
            unmendable.append(Unmendable(letter.id, "was redriven before"))
        elif letter.source.topic in (*flow.REQUESTS, *flow.INBOXES):
            unmendable.append(Unmendable(letter.id, "did not come by a feed of alarms: whoever sent it has to send it again"))
        else:
            by_place[letter.source.topic, letter.source.partition][letter.source.offset].append(letter)
    for (topic, partition), at in sorted(by_place.items()):
        waiting: list[Given] = []
        for offset, record in stored.peek.pick(topic, partition, sorted(at)):
            if record is None or (why := _unlike(record, at[offset][0])):
                gone = f"{topic}/{partition} offset {offset} is no longer kept by its feed (retention took it)" if record is None else why
                unmendable += [Unmendable(letter.id, gone) for letter in at[offset]]
                continue
            waiting += _requests(partition, record, at[offset])
            asked += at[offset]
            if sum(len(value or b"") for _, _, value, _ in waiting) > _BYTES:
                stored.peek.write(topic, waiting)
                waiting = []
        if waiting:
            stored.peek.write(topic, waiting)
    return asked, unmendable


def _unlike(record: Record, letter: Letter) -> str:
    """Say how a record is not the one that was refused; "" where it is."""
    if len(record.value or b"") == letter.length and sha256(record.value or b"").hexdigest() == letter.sha256:
        return ""
    return f"what stands at {letter.source.topic}/{letter.source.partition} offset {letter.source.offset} is not what was refused (SHA-256 differs): was the topic made anew?"


def _requests(partition: int, record: Record, letters: list[Letter]) -> Iterator[Given]:
    kept = tuple((name, value) for name, value in record.headers if name != redrive.HEADER)
    for start in range(0, len(letters), redrive.PARTS):
        some = letters[start:start + redrive.PARTS]
        first = some[0]
        asked = redrive.Redrive(
            first.source.topic, partition, record.offset, {str(letter.source.part): letter.reason for letter in some}, first.is_whole,
            max(record.timestamp, 0) * 1000, _instant(first.at))
        yield partition, record.key, record.value, (*kept, redrive.header(asked))


def _instant(at: str | None) -> Instant:
    return time(at) if at else 0


def wait(reader: LetterReader, asked: Iterable[Letter], before: Counter[str], patience: float) -> Outcome:
    """Wait up to `patience` seconds until each letter was told of again; `before` says how often each had been."""
    ids, until = [letter.id for letter in asked], monotonic() + patience
    while True:
        book = reader.read()
        left = [ident for ident in ids if book.letters[ident].status != "redriven" and book.told[ident] == before[ident]]
        if not left or monotonic() >= until:
            done = Counter(book.letters[ident].status == "redriven" for ident in ids)
            return Outcome(done[True], len(ids) - done[True] - len(left), len(left))
        sleep(_LOOK)
