"""A request that is sent again is one alarm notification: what stage 1 remembers of the gateway's requests, and for how long."""

import msgspec

from streams.domain.instant import MINUTE
from streams.edge import request_memory
from streams.edge.request_memory import DUPLICATE, MOST, REMEMBERED, REQUEST
from tests.builders import at
from tests.edge.feeder import Feeder, an_input

SENT = {REQUEST: "r1~00"}
START = at("10:00")


def test_a_request_sent_again_is_dropped_and_counted() -> None:
    feeder = Feeder()

    assert 1 == len(feeder.send(an_input(), arrived_at=START, **SENT))
    assert [] == feeder.send(an_input(), arrived_at=START + MINUTE, **SENT)
    assert {DUPLICATE: 1} == feeder.counts


def test_another_request_that_says_the_same_is_a_repeat() -> None:
    feeder = Feeder()
    feeder.send(an_input(), arrived_at=START, **SENT)

    assert 1 == len(feeder.send(an_input(), arrived_at=START, **{REQUEST: "r2~00"}))
    assert 1 == len(feeder.send(an_input(), arrived_at=START))


def test_after_ten_minutes_the_same_id_is_a_new_request_and_the_old_row_is_gone() -> None:
    feeder = Feeder()
    feeder.send(an_input(), arrived_at=START, **SENT)
    feeder.send(an_input(), arrived_at=START + REMEMBERED - 1, **SENT)
    told = feeder.send(an_input(), arrived_at=START + REMEMBERED, **SENT)

    assert 1 == len(told)
    assert [("r1~00", START + REMEMBERED)] == [(key, row.at) for key, row in feeder.view.requests.prefix("")]


def test_what_is_too_old_is_forgotten_as_others_come() -> None:
    feeder = Feeder()
    for n in range(8):
        feeder.send(an_input(), arrived_at=START + n, **{REQUEST: f"old-{n}"})
    for n in range(2):
        feeder.send(an_input(), arrived_at=START + 2 * REMEMBERED + n, **{REQUEST: f"new-{n}"})

    assert ["new-0", "new-1"] == [key for key, _ in feeder.view.requests.prefix("")]


def test_no_more_than_a_number_is_remembered_the_oldest_is_forgotten_first(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(request_memory, "MOST", 3)
    feeder = Feeder()
    for n in range(5):
        feeder.send(an_input(), arrived_at=START, **{REQUEST: f"r{n}"})

    assert ["r2", "r3", "r4"] == [key for key, _ in feeder.view.requests.prefix("")]
    assert MOST >= 100_000


def test_what_is_derived_from_the_rows_follows_from_them_in_their_order() -> None:
    feeder, other = Feeder(), Feeder()
    for n, name in enumerate(("z", "a", "m")):
        for each in (feeder, other):
            each.send(an_input(), arrived_at=START + n * MINUTE, **{REQUEST: name})
    feeder.view.memo.clear()
    for each in (feeder, other):
        each.send(an_input(), arrived_at=START + REMEMBERED + MINUTE, **{REQUEST: "late"})

    assert ["late", "m"] == [key for key, _ in feeder.view.requests.prefix("")]
    assert feeder.view.requests.prefix("") == other.view.requests.prefix("")
    assert feeder.view.memo == other.view.memo


def test_without_arrival_times_the_feeds_clock_counts() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="10:00"), **SENT)
    assert [] == feeder.send(an_input(when="10:00"), **SENT)

    for minute in range(1, 12):
        feeder.send(an_input(when=f"10:{minute:02}"))
    assert 1 == len(feeder.send(an_input(when="10:00"), **SENT))


def test_an_alarm_of_a_request_promises_nothing_by_its_key() -> None:
    [emit] = Feeder(single_feed=True).send(an_input("n1"), arrived_at=START, key=b"r1~00", **SENT)

    assert 0 == emit.value.clock


def test_each_duplicate_is_told_in_a_trace() -> None:
    feeder = Feeder(trace=True)
    feeder.send(an_input(), arrived_at=START, **SENT)
    [emit] = feeder.send(an_input(), arrived_at=START, **SENT)

    assert ("trace", DUPLICATE) == (emit.topic, emit.value.disposition)


def test_a_duplicate_changes_nothing_of_the_feed_but_its_count() -> None:
    feeder = Feeder()
    feeder.send(an_input(), arrived_at=START, **SENT)
    before = feeder.view.feed_clock.get("raw-alarms")
    feeder.send(an_input(), arrived_at=START, **SENT)

    assert msgspec.structs.replace(before, dispositions={DUPLICATE: 1}) == feeder.view.feed_clock.get("raw-alarms")
