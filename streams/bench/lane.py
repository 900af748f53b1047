"""Stages 2 and 3 of one partition, alone: tables in memory, no log, no encoding, and processor time by alarm."""

from collections.abc import Iterable
from time import thread_time_ns
from typing import Any, NamedTuple

from streams.domain import correlate, localize
from streams.domain.alarm import Alarm, AlarmType, Position, Severity
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard
from streams.domain.view import Emit, World
from streams.engine.part import Part
from streams.engine.store import MemoryStore
from streams.engine.table import TableSpec

ALL = 1 << 30
"""Rows in memory: all."""


class Cost(NamedTuple):
    """Nanoseconds of processor time that one alarm took."""

    own: int
    """Of the alarm itself."""
    due: int
    """Of what had come due before it: other alarms' diagnoses, quiet periods, clean-up."""


class Lane:
    """One partition of alarm-events, and that of problem-changes that it feeds."""

    def __init__(self, world: World) -> None:
        self._world = world
        store = MemoryStore()
        self.alarms = _part("alarm-events", correlate.TABLES, store)
        self.problems = _part("problem-changes", localize.TABLES, store)
        self._heard = 0

    def hear(self, alarm: Alarm) -> Cost:
        """Take one alarm through both stages, with what has come due by its time."""
        self._heard += 1
        message = AlarmHeard(alarm, Position("bench", 0, self._heard), alarm.at)
        began = thread_time_ns()
        self.come_due(alarm.at)
        at = thread_time_ns()
        self.alarms.clock = max(self.alarms.clock, alarm.at)
        out = correlate.step(self.alarms, message, self.alarms.clock, self._world)  # type: ignore[arg-type]
        self.alarms.keep()
        self._locate(out)
        done = thread_time_ns()
        for part in (self.alarms, self.problems):
            if part.dirty > 10_000:
                part.take_changes()
        return Cost(done - at, at - began)

    def come_due(self, until: Instant) -> None:
        """Do what has come due in both stages."""
        while (item := self.alarms.take_due(until)) is not None:
            rows, key, value, _ = item
            out = correlate.come_due(self.alarms, rows.name, key, value, self.alarms.clock, self._world)  # type: ignore[arg-type]
            self.alarms.keep()
            self._locate(out)
        self._locate_due(until)

    def _locate(self, out: Iterable[Emit]) -> None:
        for emit in out:
            if emit.topic == "problem-changes":
                self._locate_due(emit.value.clock)
                self.problems.clock = max(self.problems.clock, emit.value.clock)
                localize.step(self.problems, emit.value, self.problems.clock, self._world)  # type: ignore[arg-type]
                self.problems.keep()

    def _locate_due(self, until: Instant) -> None:
        while (item := self.problems.take_due(until)) is not None:
            rows, key, value, _ = item
            localize.come_due(self.problems, rows.name, key, value, self.problems.clock, self._world)  # type: ignore[arg-type]
            self.problems.keep()


def _part(topic: str, tables: dict[str, tuple[Any, ...]], store: MemoryStore) -> Part:
    return Part(topic, 0, 0, 0, [TableSpec(name, row, due_of, text) for name, (row, due_of, text) in tables.items()], store, ALL)


def raised(obj: str, domain: str, at: Instant, what: str = "uplink", cause: str = "lossOfSignal", severity: Severity = Severity.MAJOR, cleared: bool = False) -> Alarm:
    """Make an alarm as stage 1 would."""
    return Alarm(f"|{obj}|{cause}|{what}", obj, domain, cause, Severity.CLEARED if cleared else severity, cleared, at, at, AlarmType.COMMUNICATIONS.value, what, feed="raw-alarms", source="ems")
