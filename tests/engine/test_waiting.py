"""Batches wait by rank, and the partitions of a rank take turns."""

from streams.engine.record import Batch
from streams.engine.waiting import Waiting


def a_batch(partition: int, topic: str = "feed") -> Batch:
    return Batch(topic, partition, 1, [])


def test_what_lies_further_downstream_goes_first() -> None:
    waiting, early, late = Waiting(in_turns=True), a_batch(0), a_batch(0, "inbox")
    waiting.add(0, early)
    waiting.add(2, late)

    assert [late, early, None] == [waiting.next() for _ in range(3)]


def test_what_is_left_of_a_batch_waits_behind_the_other_partitions_and_before_its_own() -> None:
    waiting, hot, more, other = Waiting(in_turns=True), a_batch(0), a_batch(0), a_batch(1)
    for batch in (hot, more, other):
        waiting.add(0, batch)
    taken = waiting.next()
    waiting.put_back(0, hot)

    assert (hot, [other, hot, more]) == (taken, [waiting.next() for _ in range(3)])


def test_stepped_a_batch_is_finished_before_the_next_one() -> None:
    waiting, hot, more, other = Waiting(in_turns=False), a_batch(0), a_batch(0), a_batch(1)
    for batch in (hot, other, more):
        waiting.add(0, batch)
    taken = waiting.next()
    waiting.put_back(0, hot)

    assert (hot, [hot, other, more]) == (taken, [waiting.next() for _ in range(3)])


def test_partitions_that_are_given_up_are_forgotten() -> None:
    waiting, kept = Waiting(in_turns=True), a_batch(1)
    waiting.add(0, a_batch(0))
    waiting.add(0, kept)
    waiting.forget([("feed", 0), ("feed", 7)])

    assert [kept, None] == [waiting.next(), waiting.next()]
    assert not waiting
