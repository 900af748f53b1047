"""One partition of one inbox while it is ours: its tables, its clock, what is due, and how a record is folded.

Order of things (design section 4): before a record that advances the clock, everything due by then is done, at its due
time, in order of time, then table, then key. So it does not matter when a tick comes: it only makes the due early.
Except where a table says `by_tick`: its rows come due when a tick has told their time, which all sources then have reached.
"""

import heapq
from collections.abc import Iterable
from typing import Any

import msgspec

from streams.engine.table import Rows, TableSpec, Undo


class PartState(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the engine itself remembers of a partition."""

    clock: int = 0
    live: bool = True
    taken: int = 0
    """Until the mark of this taking over is read no tick makes the partition live; 0: it was read (or there is none)."""
    given_up: dict[str, int] = {}
    """Table and key of a row -> the due time at which its work raised: it is a dead letter, and not tried again whoever owns the partition."""
    world: int = 0
    """Number of the last turn that was read (streams/engine/worlds.py); 0: none."""


MOST_GIVEN_UP = 100
"""Rows; of more the oldest are tried once more when the partition changes hands."""
OWN = TableSpec(name="!", row=PartState, help="the partition's clock")
"""The engine's own row of every partition with tables; key: ""."""


class Part:
    """Tables, clock and due times of one owned partition; it is the `view` that steps are given."""

    def __init__(self, topic: str, partition: int, generation: int, position: int, specs: Iterable[TableSpec], store: Any, limit: int) -> None:
        self.topic, self.partition, self.generation = topic, partition, generation
        self.position = position
        self.opened_in = 0.0
        """Seconds it took to be made of what was restored."""
        self.memo: dict[str, Any] = {}
        """What steps derived from the rows; it must follow from them at any time, so a step that raises forgets it."""
        self._undo: Undo = []
        self.tables = [Rows(spec, store, topic, partition, limit) for spec in specs]
        self._own = Rows(OWN, store, topic, partition, 10)
        for rows in (*self.tables, self._own):
            rows.attach(self._undo, self._schedule)
        for rows in self.tables:
            setattr(self, rows.name.replace("-", "_"), rows)
        remembered: PartState = self._own.get("") or PartState()
        self.clock: int = remembered.clock
        self.live: bool = remembered.live
        self.taken: int = remembered.taken
        self.given_up: dict[str, int] = dict(remembered.given_up)
        self.world: int = remembered.world
        self._heap: list[tuple[int, int, str]] = []
        self._tick_heap: list[tuple[int, int, str]] = []
        """The same, of tables that come due by ticks only."""
        self._scheduled: dict[tuple[int, str], int] = {}
        self._index = {rows: n for n, rows in enumerate(self.tables)}
        self._find_due(store)

    def _find_due(self, store: Any) -> None:
        for number, rows in enumerate(self.tables):
            if rows.due_of is None:
                continue
            start = len(rows.prefix_bytes)
            for raw, stored in store.scan(self.topic, self.partition, rows.prefix_bytes):
                due = int.from_bytes(stored[1:9], "big")
                if due and self.given_up.get(f"{rows.name}|{(key := raw[start:].decode())}") != due:
                    self._scheduled[number, key] = due
                    self._heap_of(rows).append((due, number, key))
        heapq.heapify(self._heap)
        heapq.heapify(self._tick_heap)

    def _heap_of(self, rows: Rows) -> list[tuple[int, int, str]]:
        return self._tick_heap if rows.spec.by_tick else self._heap

    def _schedule(self, rows: Rows, key: str, due: int) -> None:
        number = self._index[rows]
        if self.given_up:
            self.given_up.pop(f"{rows.name}|{key}", None)
        known = self._scheduled.get((number, key))
        if known is None or due < known:
            # A later due time is found when the earlier one comes up: one entry a row, however often it slides.
            self._scheduled[number, key] = due
            heapq.heappush(self._heap_of(rows), (due, number, key))

    def take(self, mark: int) -> None:
        """Be not live from here on, whatever old ticks say, until this taking over's mark is read."""
        self.live, self.taken = False, mark

    def marked(self, mark: int) -> None:
        """Read a mark; one of an earlier taking over, which ended before it was read, says nothing any more."""
        if mark == self.taken:
            self.taken = 0

    def turn(self, number: int) -> None:
        """Be in the world of this number from here on; what was derived under another is forgotten."""
        self.world = number
        self.memo.clear()

    @property
    def dirty(self) -> int:
        """Rows changed since the last unit closed."""
        return sum(len(rows.dirty) for rows in self.tables)

    def take_changes(self) -> list[tuple[Rows, dict[str, Any]]]:
        """Hand over the changed rows, table by table; from now on they belong to a closing unit."""
        self.remember()
        return [(rows, rows.take_changes()) for rows in (*self.tables, self._own) if rows.dirty]

    @property
    def next_due(self) -> int:
        """When something is due next, at the earliest; 0 where nothing is."""
        return self._heap[0][0] if self._heap else 0

    @property
    def tick_due(self) -> int:
        """The same, of what comes due by ticks only."""
        return self._tick_heap[0][0] if self._tick_heap else 0

    def keep(self) -> None:
        """The step returned and its outputs are noted: what it wrote stays."""
        self._undo.clear()

    def forget(self) -> None:
        """The step raised: what it wrote is put back, the last write first."""
        self.memo.clear()
        while self._undo:
            rows, key, known, changed = self._undo.pop()
            rows.put_back(key, known, changed)

    def take_due(self, until: int, ticked: int = 0) -> tuple[Rows, str, Any, int] | None:
        """Return the next row due by `until`, or by the time a tick told, with its due time, or None; the clock moves to that time."""
        while (heap := self._next_heap(until, ticked)) is not None:
            due, number, key = heapq.heappop(heap)
            if self._scheduled.get((number, key)) != due:
                continue
            del self._scheduled[number, key]
            rows = self.tables[number]
            value = rows.get(key)
            wanted = rows.due_of(value) if value is not None and rows.due_of is not None else None
            if wanted is None:
                continue
            if wanted > due:
                self._schedule(rows, key, wanted)
                continue
            self.clock = max(self.clock, due)
            return rows, key, value, due
        return None

    def _next_heap(self, until: int, ticked: int) -> list[tuple[int, int, str]] | None:
        """Return the heap whose head is due, the earlier one of two."""
        due = [heap for heap, reached in ((self._heap, until), (self._tick_heap, ticked)) if heap and heap[0][0] <= reached]
        return min(due, key=lambda heap: heap[0], default=None)

    def give_up(self, rows: Rows, key: str, due: int) -> None:
        """Do not try again what was due and raised, until its row is written again."""
        self.given_up[f"{rows.name}|{key}"] = due
        while len(self.given_up) > MOST_GIVEN_UP:
            del self.given_up[next(iter(self.given_up))]

    def remember(self) -> None:
        """Put the engine's own row where it differs from what is stored; what has no tables has no changelog to keep it in."""
        state = PartState(self.clock, self.live, self.taken, dict(self.given_up), self.world)
        if self.tables and state != self._own.get(""):
            self._own.put("", state)
            self.keep()
