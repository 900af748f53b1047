"""The engine: hands batches to agents, keeps what their steps decide, commits it as one, and lets nothing else happen.

    log --deliver--> waiting slices --> agent --work()--> open unit --commit--> log and store
                     (downstream first)        step by step       (commit thread)

Everything but the commit itself runs in the event loop's thread: between two awaits nobody else touches state.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, perf_counter
from typing import Any

import mode

from streams.engine.clock import Clock
from streams.engine.figures import Figures
from streams.engine.folding import NEVER, ComeDue, Folding, Step
from streams.engine.inbox import Bury, Codec, Inbox, Timekeeping
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.record import Batch, Log, Record
from streams.engine.table import UnreadableRow
from streams.engine.unit import Unit, encode
from streams.engine.waiting import Waiting
from streams.engine.worlds import Worlds

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.005
"""An agent gives way after this; a commit may come between slices."""
SLICE_RECORDS = 500
WAITING_RECORDS = 20_000
"""A partition with more records than this in memory is paused until half of them are worked off."""
BACKLOG = 2_000
"""Records waiting from which on transactions are to be few and large."""
GAP = 0.01
"""Between two commits: a broker is done with a transaction a little after it says so, and librdkafka waits 20 ms where it is not."""
RETRY_SECONDS = 60.0
"""A source partition that is mostly unreadable is tried again this often."""
SLOW_RECORD = 1.0
STUCK_RECORD = 5.0
FATAL_STATUS = 70


class Engine(mode.Service):
    """One worker's engine over one log."""

    def __init__(self, log_: Log, codecs: dict[str, Codec], time: Timekeeping, bury: Bury, *, commit_interval: float = 0.02, rows_in_memory: int = 400_000,
                 stepped: bool = False, metrics: EngineMetrics | None = None, at_header: Callable[[int], bytes] | None = None, on_fatal: Callable[[BaseException], None] | None = None, worlds: Worlds | None = None) -> None:
        super().__init__()
        self.journal = log_
        self.time = time
        self.inboxes: dict[str, Inbox] = {}
        self.parts: dict[tuple[str, int], Part] = {}
        self.metrics = metrics or EngineMetrics()
        self.commit_interval = commit_interval
        self.stepped = stepped
        self.rows_in_memory = rows_in_memory
        self.folding = Folding(codecs, time, bury, log_.partitions, at_header or (lambda at: str(at).encode()), self.metrics)
        self.clock = Clock(self)
        self.on_fatal = on_fatal or _exit
        self.figures = Figures(self)
        self._waiting = Waiting(in_turns=not stepped)
        self._queued: dict[tuple[str, int], int] = {}
        self._paused: set[tuple[str, int]] = set()
        self._held: dict[tuple[str, int], list[Batch]] = {}
        """What waits for a world that cannot be made yet, by partition."""
        self.worlds = worlds
        if worlds is not None:
            worlds.on_news = self.release_held
        self._work_there = asyncio.Event()
        self._worked = asyncio.Event()
        self._opened = asyncio.Event()
        self._commit_wanted = asyncio.Event()
        self._committing = asyncio.Lock()
        self._landed = asyncio.Event()
        self._landed_at = 0.0
        self._thread = ThreadPoolExecutor(1, "commit")

    # --- declaring ---

    def inbox(self, inbox: Inbox) -> Inbox:
        """Declare an inbox; its agent reads `inbox.channel`."""
        self.inboxes[inbox.topic] = inbox
        return inbox

    # --- the agents' side ---

    def work(self, batch: Batch, step: Step, come_due: ComeDue | None, world: Any = None) -> None:
        """Work off one slice of a batch: fold record by record, note what each decided, put the rest back in front.

        `world`: what steps decide by, where there are no `worlds`.
        """
        try:
            part = self.parts.get((batch.topic, batch.partition))
            if part is not None and part.generation == batch.generation:
                inbox = self.inboxes[batch.topic]
                world = self._world(part, inbox) if self.worlds is not None else world
                if world is None and self.worlds is not None:
                    self._hold(inbox, batch, part.world)
                else:
                    self._work(part, inbox, batch, step, come_due, world)
        except Exception as error:
            self.fail(error)
            raise
        finally:
            self._opened.set()
            self._worked.set()

    def _work(self, part: Part, inbox: Inbox, batch: Batch, step: Step, come_due: ComeDue | None, world: Any) -> None:
        records, done, folded, started = batch.records, 0, 0, perf_counter()
        until = started + (SLOW_RECORD if self.stepped else SLICE_SECONDS)
        self.folding.due_seconds = 0.0
        unit, decode, fold, is_packed = self.folding.unit, inbox.decode, self.folding.fold, inbox.is_packed
        unit.touch(part)
        worlds, turn = self.worlds, self.worlds.turn if self.worlds is not None else None
        awaited = 0
        # Stepped, slices depend on nothing but the records. In a packed record only the first message may be put off.
        pauses, is_cut = NEVER if self.stepped else until, False
        for record in records:
            if done and (done & 15 == 15 or is_packed) and (folded >= SLICE_RECORDS or perf_counter() > until):
                break
            if record.offset >= part.position:          # else: a re-read of what is committed already
                try:
                    decoded = decode(record, batch.partition)
                except Exception as error:                      # noqa: BLE001 - whatever it is, it is the record's reason
                    self.folding.refuse(part, record, error)
                else:
                    messages = decoded if is_packed else (decoded,)
                    if worlds is not None and (awaited := self._awaited(messages)):
                        break
                    for n, message in enumerate(messages):
                        by = NEVER if n else pauses
                        if worlds is not None and type(message) is turn:
                            part.turn(message.number)
                            world, by = worlds.turned(message.number), NEVER
                        try:
                            if not fold(part, inbox, message, step, come_due, world, by):
                                is_cut = True
                                break
                        except UnreadableRow:
                            raise
                        except inbox.fatal:
                            raise
                        except Exception as error:              # noqa: BLE001 - whatever a step raises is the record's reason
                            self.folding.refuse(part, record, error)
                        folded += 1
                if is_cut:
                    break
                part.position = record.offset + 1
            done += 1
        # What had come due in a long silence is done at one go, and is many records' work, not one's.
        if (spent := perf_counter() - started - self.folding.due_seconds) > SLOW_RECORD:
            self._slow(batch, records[max(done - 1, 0)], spent)
        self.figures.folded[batch.topic] += folded
        if done or is_cut:
            self._put_back(part, inbox, batch, done, is_cut)
        if awaited:
            self._hold(inbox, batch, awaited, is_begun=done > 0)
        if unit.is_full:
            self._commit_wanted.set()

    def _put_back(self, part: Part, inbox: Inbox, batch: Batch, done: int, is_cut: bool) -> None:
        """Keep the rest of a batch for the next slice; pause and resume its partition as its queue fills and empties."""
        place = (batch.topic, batch.partition)
        self._queued[place] -= done
        if done:
            self.clock.worked_off(place, batch.records[done - 1].timestamp)
        is_paused = inbox.is_paused is not None and inbox.is_paused(part)
        if done < len(batch.records):
            batch.records = batch.records[done:]
            self._waiting.put_back(inbox, batch, is_cut)
        elif is_paused:
            self._pause(place)
        if place in self._paused and self._queued[place] < WAITING_RECORDS // 2 and not is_paused:
            self._paused.discard(place)
            self.journal.resume(*place)

    # --- worlds ---

    def _world(self, part: Part, inbox: Inbox) -> Any:
        """Return what a partition is folded under, None where that cannot be made yet; feeds and requests go by the newest."""
        assert self.worlds is not None
        return self.worlds.at(part.world) if inbox.kind in ("lane", "join") else self.worlds.newest

    def _awaited(self, messages: Iterable[Any]) -> int:
        """Return the number of the first turn among messages whose world cannot be made yet, 0 where there is none."""
        assert self.worlds is not None
        turn, at = self.worlds.turn, self.worlds.at
        return next((message.number for message in messages if type(message) is turn and at(message.number) is None), 0)

    def _hold(self, inbox: Inbox, batch: Batch, number: int, is_begun: bool = False) -> None:
        """Let a partition wait at its turn, and say what for; what follows of it waits behind."""
        assert self.worlds is not None
        place = (batch.topic, batch.partition)
        if not is_begun:
            self._waiting.put_back(inbox, batch)
        self._held[place] = self._waiting.take(place)
        log.warning("%s/%d waits: %s", batch.topic, batch.partition, self.worlds.missing(number))
        self.metrics.held.set(len(self._held))

    def release_held(self) -> None:
        """Try what waits for a world again, and forget worlds that no partition is in any more."""
        held, self._held = self._held, {}
        for batches in held.values():
            for batch in batches:
                self._waiting.add(self.inboxes[batch.topic], batch)
        self.metrics.held.set(0)
        if self.worlds is not None:
            self.worlds.keep({part.world for part in self.parts.values()})
        self._work_there.set()

    def _slow(self, batch: Batch, record: Record, spent: float) -> None:
        log.warning("%s/%d: %.1f s for the records up to offset %d", batch.topic, batch.partition, spent, record.offset)
        if spent > STUCK_RECORD:
            raise TimeoutError(f"{batch.topic}/{batch.partition} offset {record.offset} took {spent:.1f} s: a unit open that long is fenced, and would come again for ever")

    def write_tick(self, topic: str, partition: int, clock: int, live: bool, since: int = -1) -> None:
        """Put time, or the mark of a taking over, into an inbox of ours, in the open unit, with our position in it as proof of ownership."""
        part = self.parts[topic, partition]
        self.folding.unit.touch(part)
        self.folding.tick(topic, partition, clock, live, since)
        self._opened.set()

    # --- the log's side (Host) ---

    def assigned(self, topic: str, partition: int, generation: int, position: int) -> None:
        started = perf_counter()
        inbox = self.inboxes[topic]
        try:
            part = Part(topic, partition, generation, position, inbox.tables, self.journal.store, sys.maxsize if self.journal.is_volatile else self.rows_in_memory)
        except UnreadableRow as error:
            self.fail(error)
            return
        self.parts[topic, partition] = part
        self._queued[topic, partition] = 0
        if inbox.met is not None and inbox.met(part):
            part.keep()
            self.folding.unit.touch(part)
            self._opened.set()
        self.clock.took(part)
        self.metrics.rebalances.labels("taken").inc()
        self.metrics.restore_seconds.labels(topic, partition).set(perf_counter() - started)

    async def revoke(self, partitions: list[tuple[str, int]]) -> None:
        """Hand over: no more work is begun for these partitions, what is waiting of them is forgotten, what is open is committed.

        In this order: what an agent did for them while the commit was under way would land after their next owner began.
        """
        for place in partitions:
            self.parts.pop(place, None)
            self._queued.pop(place, None)
            self._held.pop(place, None)
            self._paused.discard(place)
            self.clock.gave(place)
            self.metrics.rebalances.labels("given").inc()
        self._waiting.forget(partitions)
        await self.commit()

    def deliver(self, batch: Batch) -> None:
        place = (batch.topic, batch.partition)
        part = self.parts.get(place)
        if part is None or part.generation != batch.generation:
            return
        self.metrics.batches.labels(batch.topic).inc()
        self.clock.fetched(place)
        self._queued[place] += len(batch.records)
        if self._queued[place] > WAITING_RECORDS:
            self._pause(place)
        if (held := self._held.get(place)) is not None:
            held.append(batch)
            return
        self._waiting.add(self.inboxes[batch.topic], batch)
        self._work_there.set()

    def waiting(self, place: tuple[str, int]) -> int:
        """Records of a partition that were fetched and not worked off."""
        return self._queued.get(place, 0)

    def _pause(self, place: tuple[str, int]) -> None:
        if place not in self._paused:
            self._paused.add(place)
            self.journal.pause(*place)

    def caught_up(self, topic: str, partition: int, generation: int) -> None:
        part = self.parts.get((topic, partition))
        if part is not None and part.generation == generation:
            self.clock.ended((topic, partition))

    def fail(self, error: BaseException) -> None:
        log.critical("cannot go on: %s: %s", type(error).__name__, error, exc_info=error)
        self.on_fatal(error)

    # --- life ---

    async def on_start(self) -> None:
        await self.journal.open(self, {inbox.topic: bool(inbox.tables) for inbox in self.inboxes.values()})

    async def on_stop(self) -> None:
        self._work_there.set()
        self._opened.set()
        self._commit_wanted.set()
        await self.commit()
        await self.journal.close()
        self._thread.shutdown()

    @property
    def is_idle(self) -> bool:
        """Nothing waits and nothing is open."""
        return not self._waiting and not self.folding.unit.parts

    async def _hand_over(self, batch: Batch) -> None:
        self._worked.clear()
        await self.inboxes[batch.topic].channel.put(batch)
        await self._worked.wait()

    async def settle(self, is_ticking: bool = False) -> None:
        """Stepped: work off and commit until nothing moves any more. Same input, same order, same bytes.

        `is_ticking`: the time that was reached goes down the lanes in the same units as the work it comes from, not after all of it.
        """
        while True:
            while (batch := self._waiting.next()) is not None:
                await self._hand_over(batch)
            if not self.folding.unit.parts:
                return
            if is_ticking and self.clock.advanced(self.folding.unit.parts):
                self.clock.write_ticks()
            await self.commit()

    @mode.Service.task
    async def _live(self) -> None:
        """Run until stopped; whatever ends one of these loops ends the process."""
        if self.stepped:
            return
        try:
            await asyncio.gather(self._dispatch(), self._commits(), self._ticks())
        except Exception as error:                              # noqa: BLE001 - an engine that only half runs must not look alive
            self.fail(error)
            raise

    async def _dispatch(self) -> None:
        """Give agents one slice at a time."""
        while not self.should_stop:
            batch = self._waiting.next()
            if batch is None:
                self._work_there.clear()
                await self._work_there.wait()
                continue
            while self.folding.unit.is_full and not self.should_stop:
                self._commit_wanted.set()
                self._landed.clear()
                await self._landed.wait()
            await self._hand_over(batch)

    async def _commits(self) -> None:
        """Commit each unit when it has been open for the interval, or as soon as that is wanted; while nothing is open, wait."""
        while not self.should_stop:
            await self._opened.wait()
            if (left := max(self.folding.unit.since + self._interval(), self._landed_at + GAP) - monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._commit_wanted.wait(), left)
            self._commit_wanted.clear()
            self._opened.clear()
            await self.commit()

    def _interval(self) -> float:
        """20 ms with little waiting, growing to 100 ms under backlog: fewer, larger transactions.

        What waits in one lane alone (a storm in one domain) is no backlog of the others: their results do not wait longer for it.
        """
        lanes: dict[int, int] = {}
        for (_, partition), count in self._queued.items():
            lanes[partition] = lanes.get(partition, 0) + count
        waiting = sum(lanes.values()) - (max(lanes.values()) if len(lanes) > 1 else 0)
        return self.commit_interval if waiting < BACKLOG else max(self.commit_interval, 0.1)

    async def _ticks(self) -> None:
        tried = monotonic()
        while not self.should_stop:
            await asyncio.sleep(0.02)
            self.clock.write_ticks()
            if monotonic() - tried > RETRY_SECONDS:
                tried = monotonic()
                self._try_again()

    def _try_again(self) -> None:
        """Have another batch of each source partition that was mostly unreadable; `_work` pauses it again where that is so too."""
        for place in sorted(self._paused):
            if self._queued.get(place) == 0:
                self._paused.discard(place)
                self.journal.resume(*place)

    @mode.Service.task
    async def _figures(self) -> None:
        while not self.should_stop:
            await asyncio.sleep(1.0)
            self.figures.update()

    async def commit(self) -> None:
        """Land the open unit: all its outputs, changed rows and positions, or (then the process ends) none."""
        async with self._committing:
            unit = self.folding.unit
            if not unit.parts:
                return
            self.folding.unit = Unit()
            reached = self.clock.snapshot(unit.parts)
            closing = unit.close()
            started = perf_counter()
            try:
                if self.stepped and self.journal.is_volatile:
                    self.journal.commit(closing)        # Nothing to wait for, and no row is written down.
                else:
                    await asyncio.get_running_loop().run_in_executor(self._thread, lambda: self.journal.commit(encode(closing)))
            except Exception as error:                          # noqa: BLE001 - nothing of the unit landed: end, and begin again from the log
                self.fail(error)
                raise
            self.metrics.commit_seconds.observe(perf_counter() - started)
            for part in unit.parts:
                for rows in part.tables:
                    rows.shrink()
            self.clock.committed(reached)
            self.journal.committed()
            self._landed.set()
            self._landed_at = monotonic()


def _exit(error: BaseException) -> None:
    sys.stderr.write(f"cannot go on: {type(error).__name__}: {error}\n")        # whatever became of the logs
    sys.stderr.flush()
    logging.shutdown()
    os._exit(FATAL_STATUS)
