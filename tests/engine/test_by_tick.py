"""Tables whose rows come due by ticks only: what a message promises of its lane says nothing of what others may still send."""

from typing import Any

import msgspec

from streams.domain.view import Emit
from streams.engine.folding import Folding
from streams.engine.inbox import Codec, Inbox, Timekeeping
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.store import MemoryStore
from streams.engine.table import TableSpec
from tests.engine.counting import Tick, bury


class Row(msgspec.Struct, array_like=True, frozen=True):
    """Something due."""

    due: int


class Word(msgspec.Struct, frozen=True):
    """A message that promises a clock."""

    clock: int


def due_of(row: Row) -> int:
    return row.due


class Lane:
    """One partition with a table of each kind; remembers what came due and at which clock."""

    def __init__(self) -> None:
        specs = (TableSpec("plain", Row, due_of), TableSpec("awaited", Row, due_of, by_tick=True))
        self.part = Part("heard", 0, 0, 0, specs, MemoryStore(), 100)
        self.folding = Folding({"said": Codec(lambda value: value.encode())}, Timekeeping("event", Tick, lambda tick: b"", Tick), bury, lambda topic: 1, lambda at: b"", EngineMetrics())
        self.inbox = Inbox("heard", 0, lambda record, partition: None, "lane")
        self.done: list[tuple[str, str, int]] = []

    def put(self, table: str, key: str, due: int) -> None:
        getattr(self.part, table).put(key, Row(due))
        self.part.keep()

    def fold(self, message: Any) -> None:
        self.folding.fold(self.part, self.inbox, message, lambda *_: [], self.come_due, None)

    def come_due(self, view: Any, table: str, key: str, value: Row, now: int, world: Any) -> list[Emit]:
        getattr(view, table).delete(key)
        self.done.append((table, key, now))
        return []


def test_a_message_brings_what_is_due_in_its_lane_and_a_tick_the_rest() -> None:
    lane = Lane()
    lane.put("plain", "a", 10)
    lane.put("awaited", "b", 5)
    lane.fold(Word(20))
    assert lane.done == [("plain", "a", 10)]
    lane.fold(Tick(30, True))

    assert lane.done[1:] == [("awaited", "b", 20)]


def test_a_tick_brings_only_what_it_tells_though_the_lane_be_further() -> None:
    lane = Lane()
    lane.put("awaited", "early", 5)
    lane.put("awaited", "late", 15)
    lane.fold(Word(20))
    lane.fold(Tick(10, True))
    assert [key for _, key, _ in lane.done] == ["early"]
    lane.fold(Tick(15, True))

    assert [key for _, key, _ in lane.done] == ["early", "late"]


def test_both_kinds_come_in_order_of_time() -> None:
    lane = Lane()
    for n, table in enumerate(("plain", "awaited", "plain", "awaited")):
        lane.put(table, f"row-{n}", 10 + n)
    lane.fold(Tick(30, True))

    assert [key for _, key, _ in lane.done] == ["row-0", "row-1", "row-2", "row-3"]
    assert (lane.part.next_due, lane.part.tick_due) == (0, 0)


def test_a_step_is_never_told_that_it_is_time_0_which_in_a_row_means_that_nothing_is_due() -> None:
    lane = Lane()
    told: list[int] = []
    lane.folding.fold(lane.part, lane.inbox, Word(0), lambda view, message, now, world: told.append(now) or [], lane.come_due, None)

    assert [1] == told
    assert 0 == lane.part.clock
