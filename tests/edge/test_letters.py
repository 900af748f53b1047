"""What is asked of a feed so that letters are redriven: the original, verified, with what is meant of it; and what cannot be."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec

from streams.edge.feed import Raw
from streams.edge.letter_book import LetterBook
from streams.edge.redrive import HEADER, asked_by
from streams.engine.embedded import Given
from streams.engine.record import Record
from streams.letters import LetterReader, ask, wait
from streams.stored import Stored
from tests.edge.test_letter_book import a_letter


class Kept:
    """A log of one feed partition, and of dead letters."""

    def __init__(self, **records: bytes | None) -> None:
        self.records = {int(name[1:]): Record(int(name[1:]), 1_700_000_000_000, b"k", value, (("spm-request", b"r"), (HEADER, b"old"))) for name, value in records.items()}
        self.letters: list[bytes] = []
        self.written: list[tuple[str, Given]] = []

    def read(self, topic: str, begins: dict[int, int]) -> Iterator[tuple[int, Record]]:
        return ((0, Record(n, 0, b"", value)) for n, value in enumerate(self.letters) if topic == "p-dead-letters" and n >= begins.get(0, 0))

    def pick(self, topic: str, partition: int, offsets: Iterable[int]) -> Iterator[tuple[int, Record | None]]:
        return ((offset, self.records.get(offset)) for offset in offsets)

    def state(self, inbox: str) -> Iterator[tuple[int, bytes, bytes]]:
        return iter(())

    def write(self, topic: str, records: list[Given]) -> None:
        self.written += [(topic, record) for record in records]

    def close(self) -> None:
        """Nothing is open."""


def refused(offset: int, value: bytes | None, part: int = 0, **but: object) -> bytes:
    return a_letter(offset, part, length=len(value or b""), sha256=sha256(value or b"").hexdigest(), **but)


def test_an_original_is_written_again_with_what_is_meant_of_it() -> None:
    log, book = Kept(n7=b"[..]"), LetterBook()
    for part in (1, 3):
        book.take(refused(7, b"[..]", part, parts=4))
    asked, unmendable = ask(Stored(log), book.letters.values())
    [(topic, (partition, key, value, headers))] = log.written

    assert (["alarms/0/7/1", "alarms/0/7/3"], []) == ([letter.id for letter in asked], unmendable)
    assert ("alarms", 0, b"k", b"[..]", ("spm-request", b"r")) == (topic, partition, key, value, headers[0])
    told = asked_by(Raw(topic, partition, 100, 0, key, value, headers))
    assert told is not None
    assert (told.offset, told.parts, told.whole, told.arrived_at) == (7, {"1": "no-cause", "3": "no-cause"}, False, 1_700_000_000_000_000)


def test_a_null_value_is_written_again_as_one() -> None:
    log, book = Kept(n7=None), LetterBook()
    book.take(refused(7, None))
    ask(Stored(log), book.letters.values())

    assert [None] == [value for _, (_, _, value, _) in log.written]


def test_what_cannot_be_redriven_is_said_and_nothing_is_written() -> None:
    log, book = Kept(n2=b"other"), LetterBook()
    for letter in (
        refused(1, b"x"), refused(2, b"y"), refused(3, b"z", status="redriven"), refused(4, b"w", feed="operator-actions"), refused(5, b"w", feed="problem-inbox"),
    ):
        book.take(letter)
    asked, unmendable = ask(Stored(log), book.letters.values())

    assert ([], []) == (asked, log.written)
    why = {each.id.rpartition("/")[2]: each.why for each in unmendable}
    assert "retention took it" in why["1"] and "SHA-256 differs" in why["2"] and "redriven before" in why["3"]
    assert "did not come by a feed" in why["4"] and "did not come by a feed" in why["5"]


def test_of_a_record_with_very_many_refused_alarms_there_are_several_requests() -> None:
    log, book = Kept(n7=b"[..]"), LetterBook()
    for part in range(1201):
        book.take(refused(7, b"[..]", part, parts=1300))
    ask(Stored(log), book.letters.values())

    assert [500, 500, 201] == [len(msgspec.json.decode(headers[-1][1])["parts"]) for _, (_, _, _, headers) in log.written]


def test_waiting_ends_when_each_letter_was_told_of_again() -> None:
    log = Kept()
    log.letters = [refused(1, b"x"), refused(2, b"y"), refused(3, b"z")]
    reader = LetterReader(Stored(log, "p-", "g"))
    letters = list(reader.read().letters.values())
    before = Counter(reader.book.told)
    log.letters += [refused(1, b"x", status="redriven"), refused(2, b"y", status="refused-again")]
    done = wait(reader, letters, before, 0)

    assert (1, 1, 1) == (done.redriven, done.again, done.waiting)
    assert json.loads(log.letters[0])["id"] in reader.book.letters
