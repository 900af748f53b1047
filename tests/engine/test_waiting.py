"""Batches wait by lane, and lanes take turns."""

from streams.engine.inbox import Inbox
from streams.engine.record import Batch
from streams.engine.waiting import Waiting


def an_inbox(topic: str, rank: int, kind: str = "lane") -> Inbox:
    return Inbox(topic, rank, lambda record, partition: None, kind)


FEED, EVENTS, JOIN = an_inbox("feed", 0, "source"), an_inbox("events", 2), an_inbox("network", 6, "join")


def a_batch(partition: int, inbox: Inbox = FEED) -> Batch:
    return Batch(inbox.topic, partition, 1, [])


def drained(waiting: Waiting) -> list[Batch]:
    return list(iter(waiting.next, None))


def test_in_one_lane_what_lies_further_downstream_goes_first() -> None:
    waiting, early, late = Waiting(in_turns=True), a_batch(0), a_batch(0, EVENTS)
    waiting.add(FEED, early)
    waiting.add(EVENTS, late)

    assert [late, early] == drained(waiting)


def test_a_lane_with_very_much_downstream_does_not_keep_another_from_beginning() -> None:
    waiting, other = Waiting(in_turns=True), a_batch(1)
    hot = [a_batch(0, EVENTS) for _ in range(3)]
    for batch in hot:
        waiting.add(EVENTS, batch)
    waiting.add(FEED, other)

    assert [hot[0], other, hot[1], hot[2]] == drained(waiting)


def test_a_lane_whose_turns_are_long_has_fewer_of_them_and_one_that_had_nothing_to_do_does_not_make_up_for_it() -> None:
    waiting = Waiting(in_turns=True)
    for _ in range(8):
        waiting.add(EVENTS, a_batch(0, EVENTS))
        waiting.add(EVENTS, a_batch(1, EVENTS))

    def turn() -> int:
        batch = waiting.next()
        assert batch is not None
        waiting.spent(EVENTS, batch.partition, 0.04 if batch.partition == 0 else 0.01)
        return batch.partition

    assert [turn() for _ in range(7)] == [0, 1, 1, 1, 1, 0, 1]
    for _ in range(3):
        waiting.add(EVENTS, a_batch(2, EVENTS))
    assert [turn() for _ in range(6)].count(2) <= 3


def test_what_all_lanes_join_in_goes_before() -> None:
    waiting, joined = Waiting(in_turns=True), a_batch(0, JOIN)
    waiting.add(EVENTS, a_batch(0, EVENTS))
    waiting.add(JOIN, joined)

    assert waiting.next() is joined


def test_what_is_left_of_a_batch_waits_behind_the_other_lanes_and_before_its_own() -> None:
    waiting, hot, more, other = Waiting(in_turns=True), a_batch(0), a_batch(0), a_batch(1)
    for batch in (hot, more, other):
        waiting.add(FEED, batch)
    taken = waiting.next()
    waiting.put_back(FEED, hot)

    assert (hot, [other, hot, more]) == (taken, drained(waiting))


def test_stepped_a_batch_is_finished_before_the_next_one_and_downstream_goes_first() -> None:
    waiting, hot, more, other, late = Waiting(in_turns=False), a_batch(0), a_batch(0), a_batch(1), a_batch(3, EVENTS)
    for batch in (hot, other, more):
        waiting.add(FEED, batch)
    taken = waiting.next()
    waiting.put_back(FEED, hot)
    waiting.add(EVENTS, late)

    assert (hot, [late, hot, other, more]) == (taken, drained(waiting))


def test_partitions_that_are_given_up_are_forgotten() -> None:
    waiting, kept = Waiting(in_turns=True), a_batch(1)
    waiting.add(FEED, a_batch(0))
    waiting.add(FEED, kept)
    waiting.forget([("feed", 0), ("feed", 7)])

    assert [kept] == drained(waiting)
    assert not waiting
