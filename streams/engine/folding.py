"""Folding messages into partitions: what a step decides is noted in the open unit when the step has returned, or not at all."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import msgspec

from streams.engine.inbox import Bury, Codec, Inbox, Timekeeping
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.partition import partition_of
from streams.engine.record import Output, Record
from streams.engine.table import UnreadableRow
from streams.engine.unit import Unit

log = logging.getLogger(__name__)

LARGEST_RECORD = 950_000
"""Bytes of a value; brokers refuse 1 MB and a little."""
NEVER = float("inf")
_NO_HEADERS: list[tuple[str, bytes]] = []

Step = Callable[[Any, Any, int, Any], Iterable[Any]]
ComeDue = Callable[[Any, str, str, Any, int, Any], Iterable[Any]]


class Folding:
    """Folds messages, turns what steps return into records, and collects them in `unit`; `count` counts a topic's partitions."""

    def __init__(self, codecs: dict[str, Codec], time: Timekeeping, bury: Bury, count: Callable[[str], int], at_header: Callable[[int], bytes], metrics: EngineMetrics) -> None:
        self.unit = Unit()
        """The open one; it is replaced when it closes."""
        self._codecs, self._time, self._bury, self._count, self._at_header, self._metrics = codecs, time, bury, count, at_header, metrics
        self._tick_type = time.is_tick
        self.due_seconds = 0.0
        """Spent on what had come due, since whoever asks set it to 0."""
        self._packed = frozenset(topic for topic, codec in codecs.items() if codec.is_packed)
        self._partition_counts: dict[str, int] = {}
        self._routed: Counter[str] = Counter()

    def fold(self, part: Part, inbox: Inbox, message: Any, step: Step, come_due: ComeDue | None, world: Any, until: float = NEVER) -> bool:
        """Fold one message: first all that is due by its clock, then itself; rows and outputs together or not at all.

        False where what is due was not all done by `until` (of perf_counter): then the message is yet to be folded, and
        the next try goes on where this one stopped. A unit may land in between: what is done is in the rows.
        """
        is_tick = type(message) is self._tick_type
        if is_tick:
            if message.since >= 0:
                part.marked(message.clock)
                return True
            if part.taken and message.live:
                message = self._time.tick(message.clock, False)
        clock = message.clock
        if clock < part.clock:
            clock = part.clock
        if come_due is not None:
            ticked = message.clock if is_tick and 0 < part.tick_due <= message.clock else 0
            if (ticked or ((due := part.next_due) and due <= clock)) and not self.run_due(part, clock, come_due, world, ticked, until):
                return False
        part.clock = clock
        if is_tick:
            part.live = message.live
        try:
            # In a row a due time of 0 says that nothing is due: a clock that has not moved yet must not be taken for that.
            outputs = step(part, message, clock or 1, world)
            noted = self._encode(outputs) if outputs else ()
        except BaseException:
            part.forget()
            raise
        part.keep()
        self._add(noted)
        if is_tick and inbox.forward:
            self.tick(inbox.forward, part.partition, part.clock, message.live)
        return True

    def run_due(self, part: Part, clock: int, come_due: ComeDue, world: Any, ticked: int = 0, until: float = NEVER) -> bool:
        """Do all that is due by `clock`, or by what a tick told, each at its time; what raises is buried and given up, for good.

        False where `until` (of perf_counter) came before all was done; at least one thing is done at each call.
        """
        started = perf_counter()
        while (item := part.take_due(clock, ticked)) is not None:
            rows, key, value, due = item
            try:
                noted = self._encode(come_due(part, rows.name, key, value, part.clock, world))
            except UnreadableRow:
                raise
            except Exception as error:                          # noqa: BLE001 - as for a record
                part.forget()
                part.give_up(rows, key, due)
                self.refuse(part, Record(part.position, -1, key.encode(), f"due {due} in table {rows.name}".encode()), error)
            else:
                part.keep()
                self._add(noted)
            if perf_counter() > until:
                self.due_seconds += perf_counter() - started
                return False
        self.due_seconds += perf_counter() - started
        return True

    def _encode(self, outputs: Iterable[Any]) -> list[Output]:
        """Turn what a step returned into records."""
        noted: list[Output] = []
        for emit in outputs:
            topic = emit.topic
            codec = self._codecs[topic]
            value = None if emit.value is None else codec.encode(emit.value)
            if value is not None and len(value) > LARGEST_RECORD:
                value = self._cut(emit, codec, len(value))
            partition = -1 if emit.route is None else partition_of(emit.route, self._partition_counts.get(topic) or self._partitions(topic))
            if codec.is_packed:
                self._routed[emit.route] += 1
                noted.append((topic, None, value, partition, _NO_HEADERS))
            else:
                noted.append((topic, emit.key.encode(), value, partition, self._headers(emit) if codec.is_external else _NO_HEADERS))
        return noted

    def _headers(self, emit: Any) -> list[tuple[str, bytes]]:
        """Return what a record for the outside carries: its event time, and the trace contexts it belongs to."""
        headers = [("at", self._at_header(emit.at))]
        if emit.traces:
            headers.append(("traceparent", emit.traces[0].encode()))
            if len(emit.traces) > 1:
                headers.append(("spm-links", ",".join(emit.traces[1:]).encode()))
        return headers

    def _add(self, noted: Iterable[Output]) -> None:
        unit, packs = self.unit, self._packed
        for output in noted:
            if output[0] in packs:
                unit.add_packed((output[0], output[3]), output[2] or b"")
            else:
                unit.add(output)

    def take_routed(self) -> Counter[str]:
        """Return how many packed messages went to each route since the last time."""
        routed, self._routed = self._routed, Counter()
        return routed

    def _partitions(self, topic: str) -> int:
        count = self._partition_counts[topic] = self._count(topic)
        return count

    def _cut(self, emit: Any, codec: Codec, size: int) -> bytes:
        """Stand in for a record that the broker would refuse for its size: a refusal there would come again for ever."""
        log.error("%s: the record of key %s has %d bytes and is cut", emit.topic, emit.key, size)
        if not codec.is_external:
            raise ValueError(f"{emit.topic}: a message of {size} bytes for key {emit.key!r} is too large to travel")
        return b'{"id":%s,"cut":true,"bytes":%d}' % (msgspec.json.encode(emit.key), size)

    def tick(self, topic: str, partition: int, clock: int, *what: Any) -> None:
        """Note a tick, or a mark, for an inbox partition."""
        self._add(((topic, b"", self._time.encode_tick(self._time.tick(clock, *what)), partition, _NO_HEADERS),))

    def refuse(self, part: Part, record: Record, error: BaseException) -> None:
        log.warning("%s/%d offset %d: %s: %s", part.topic, part.partition, record.offset, type(error).__name__, error)
        self._metrics.failed.labels(part.topic).inc()
        self._add(self._encode(self._bury(part.topic, part.partition, record, error)))
