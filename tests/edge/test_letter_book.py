"""Dead letters folded by id, chosen by feed, reason, time and status, counted."""

import json
from typing import Any

from streams.edge.letter_book import LetterBook, Wanted, summary
from tests.builders import at


def a_letter(offset: int = 0, part: int = 0, **but: Any) -> bytes:
    feed = but.get("feed", "alarms")
    ident = f"{feed}/0/{offset}" + (f"/{part}" if part else "")
    told = {"id": ident, "source": {"topic": feed, "partition": 0, "offset": offset, "part": part}, "feed": feed, "field": "f", "reason": "no-cause", "remedy": "r",
            "length": 1, "sha256": "0" * 64, "text": "x", "at": "2026-01-01T10:00:00Z", "parts": 1, "status": "refused"}
    return json.dumps(told | but).encode()


def a_book(*records: bytes, texts_of: tuple[str, ...] = ()) -> LetterBook:
    book = LetterBook(texts_of)
    for record in records:
        book.take(record)
    return book


def test_a_redriven_letter_still_says_what_it_was_refused_for() -> None:
    book = a_book(a_letter(), a_letter(status="redriven", field="", remedy="", text=""))
    [letter] = book.letters.values()

    assert (letter.status, letter.field, letter.reason, book.told[letter.id]) == ("redriven", "f", "no-cause", 2)


def test_a_letter_refused_again_says_why_it_is_refused_now() -> None:
    [letter] = a_book(a_letter(), a_letter(status="refused-again", reason="no-object")).letters.values()

    assert (letter.status, letter.reason) == ("refused-again", "no-object")


def test_texts_are_kept_of_those_asked_for_only() -> None:
    book = a_book(a_letter(0), a_letter(1), texts_of=("alarms/0/1",))

    assert ["", "x"] == [letter.text for letter in book.letters.values()]


def test_letters_are_chosen_by_feed_reason_time_status_and_id() -> None:
    book = a_book(a_letter(3), a_letter(1, 2, reason="no-object"), a_letter(0, feed="ran", at=None), a_letter(2, at="2026-01-01T11:00:00Z", status="redriven"))

    def ids(**wanted: Any) -> list[str]:
        return [letter.id for letter in book.chosen(Wanted(**wanted))]

    assert ids() == ["alarms/0/1/2", "alarms/0/2", "alarms/0/3", "ran/0/0"]
    assert ids(feed="ran") == ["ran/0/0"]
    assert ids(reason="no-object") == ["alarms/0/1/2"]
    assert ids(since=at("10:30")) == ["alarms/0/2"]
    assert ids(until=at("10:30")) == ["alarms/0/1/2", "alarms/0/3"]
    assert ids(status="redriven") == ["alarms/0/2"]
    assert ids(ids=("alarms/0/3",)) == ["alarms/0/3"]


def test_a_letter_before_there_were_parts_is_one_of_a_whole_record() -> None:
    told = json.loads(a_letter())
    del told["parts"], told["status"]
    [letter] = a_book(json.dumps(told).encode()).letters.values()

    assert (letter.is_whole, letter.status) == (True, "refused")


def test_what_is_no_letter_is_counted() -> None:
    assert 3 == a_book(None or b"", b'{"id":"x","cut":true,"bytes":7}', b"\xff").unreadable


def test_letters_are_counted_by_feed_and_reason() -> None:
    book = a_book(a_letter(0), a_letter(1, status="redriven"), a_letter(2, status="refused-again"), a_letter(3, reason="no-object"))

    assert [("alarms", "no-cause", 3, 1, 1), ("alarms", "no-object", 1, 0, 0)] == list(summary(book.letters.values()))
