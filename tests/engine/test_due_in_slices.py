"""Much that is due at one time is worked off in slices: others have their turns in between, and nothing is done twice or out of order."""

from time import perf_counter
from typing import Any

from streams.domain.view import Emit
from streams.engine.folding import NEVER, Folding
from streams.engine.inbox import Codec, Inbox, Timekeeping
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.record import Batch
from streams.engine.store import MemoryStore
from streams.engine.table import TableSpec
from streams.engine.waiting import YIELDED, Waiting
from tests.engine.counting import Tick, bury
from tests.engine.test_by_tick import Row, Word, due_of

MANY = 20_000
AT_ONCE = -1.0
"""A time that is always over: each call does one thing."""


class Clocks:
    """One partition with many rows due in the same second."""

    def __init__(self, count: int) -> None:
        self.part = Part("effects", 0, 0, 0, (TableSpec("clocks", Row, due_of),), MemoryStore(), 1_000_000)
        self.folding = Folding({"told": Codec(lambda value: value.encode())}, Timekeeping("event", Tick, lambda tick: b"", Tick), bury, lambda topic: 1, lambda at: b"", EngineMetrics())
        self.inbox = Inbox("effects", 0, lambda record, partition: None, "join")
        self.done: list[str] = []
        self.heard: list[Any] = []
        for n in range(count):
            self.part.clocks.put(f"{n:05d}", Row(1_000_000 + n % 7))
        self.part.keep()

    def fold(self, message: Any, until: float = NEVER) -> bool:
        return self.folding.fold(self.part, self.inbox, message, self.step, self.come_due, None, until)

    def step(self, view: Any, message: Any, now: int, world: Any) -> list[Emit]:
        self.heard.append(message)
        return []

    def come_due(self, view: Any, table: str, key: str, value: Row, now: int, world: Any) -> list[Emit]:
        view.clocks.delete(key)
        self.done.append(key)
        return []


def test_a_message_waits_until_all_that_is_due_before_it_is_done_in_as_many_slices_as_it_takes() -> None:
    sliced, whole = Clocks(100), Clocks(100)
    tries = 1
    while not sliced.fold(Tick(2_000_000), AT_ONCE):
        assert len(sliced.done) == tries and sliced.heard == []
        tries += 1
    whole.fold(Tick(2_000_000))

    assert tries == 101
    assert sliced.done == whole.done
    assert (sliced.part.clock, len(sliced.heard)) == (2_000_000, 1)


def test_what_a_slice_has_done_is_not_done_again_by_who_reads_the_message_anew() -> None:
    clocks = Clocks(10)
    clocks.fold(Tick(2_000_000), AT_ONCE)
    clocks.fold(Tick(2_000_000))

    assert sorted(clocks.done) == [f"{n:05d}" for n in range(10)]


def test_work_for_twenty_thousand_due_at_once_is_one_look_at_each_and_a_tick_without_any_looks_at_none() -> None:
    clocks = Clocks(MANY)
    looked = 0
    get = clocks.part.clocks.get

    def counted(key: str) -> Any:
        nonlocal looked
        looked += 1
        return get(key)

    clocks.part.clocks.get = counted
    clocks.fold(Tick(999_999))
    assert (looked, clocks.done) == (0, [])
    clocks.fold(Tick(1_000_006))
    assert (looked, len(clocks.done)) == (MANY, MANY)
    clocks.fold(Tick(5_000_000))

    assert looked == MANY


def test_lanes_have_the_next_turns_while_a_join_has_much_to_do_and_none_before_it_else() -> None:
    waiting = Waiting(in_turns=True)
    join, lane = Inbox("effects", 5, lambda record, partition: None, "join"), Inbox("alarms", 2, lambda record, partition: None, "lane")

    def turns(count: int, is_cut: bool) -> list[str]:
        order = []
        for _ in range(count):
            batch = waiting.next()
            assert batch is not None
            order.append(batch.topic)
            if batch.topic == "effects":
                waiting.put_back(join, batch, yields=is_cut)
        return order

    waiting.add(join, Batch("effects", 0, 1, []))
    for n in range(YIELDED + 1):
        waiting.add(lane, Batch("alarms", n % 2, 1, []))

    assert turns(YIELDED + 2, is_cut=True) == ["effects", *["alarms"] * YIELDED, "effects"]
    assert turns(3, is_cut=True) == ["alarms", "effects", "effects"], "The lanes have nothing left: it goes on."
    waiting.add(lane, Batch("alarms", 0, 1, []))
    assert turns(2, is_cut=False) == ["alarms", "effects"]
    waiting.add(lane, Batch("alarms", 0, 1, []))
    assert turns(2, is_cut=False) == ["effects", "effects"]


def test_a_word_waits_as_a_tick_does() -> None:
    clocks = Clocks(3)
    assert not clocks.fold(Word(3_000_000), perf_counter())
    while not clocks.fold(Word(3_000_000), AT_ONCE):
        pass

    assert [type(message) for message in clocks.heard] == [Word]
